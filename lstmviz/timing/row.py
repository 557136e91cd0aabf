"""What is timed: one network, one sequence, so many passes over it."""

from dataclasses import dataclass, replace
from typing import Any

from lstmviz.base.checks import one_of, true_or_false, whole_number
from lstmviz.base.limits import MAX_EPOCHS

CELLS = ("rnn", "lstm", "gru")
DTYPES = ("float32", "float64")
FEATURES = 4
"""numbers a step that go in, and that come out, as in the notes"""
MAX_STEPS = 1_000_000
MAX_NODES = 16_384
MAX_BATCH = 65_536
_GATES = {"rnn": 1, "lstm": 4, "gru": 3}


@dataclass(frozen=True)
class Row:
    """A recurrent layer of torch with a linear layer on top, the squared error against random numbers, and Adam.

    An epoch is one pass over the sequence: forward and the error, and with `backward` the gradients and an update.

    Raises:
        ValueError: a value is none of its kind, or outside its range.
    """

    cell: str = "rnn"
    steps: int = 20_000
    hidden_size: int = 20
    batch: int | None = None
    """sequences side by side; None: one, without a dimension for it, as in the notes"""
    backward: bool = True
    dtype: str = "float32"
    epochs: int = 100

    def __post_init__(self) -> None:
        """Check each value."""
        put: dict[str, Any] = {
            "cell": one_of("cell", self.cell, CELLS),
            "steps": whole_number("steps", self.steps, 1, MAX_STEPS),
            "hidden_size": whole_number("hidden_size", self.hidden_size, 1, MAX_NODES),
            "batch": None if self.batch is None else whole_number("batch", self.batch, 1, MAX_BATCH),
            "backward": true_or_false("backward", self.backward),
            "dtype": one_of("dtype", self.dtype, DTYPES),
            "epochs": whole_number("epochs", self.epochs, 1, MAX_EPOCHS),
        }
        for name, value in put.items():
            object.__setattr__(self, name, value)

    @property
    def sequences(self) -> int:
        """How many sequences are read side by side."""
        return self.batch or 1

    @property
    def parameters(self) -> int:
        """How many numbers are learned."""
        layer = _GATES[self.cell] * self.hidden_size * (FEATURES + self.hidden_size + 2)
        return layer + FEATURES * (self.hidden_size + 1)

    @property
    def work(self) -> float:
        """Floating-point operations a step: two for each weight and sequence; the way back does twice as many again."""
        weights = _GATES[self.cell] * self.hidden_size * (self.hidden_size + FEATURES) + self.hidden_size * FEATURES
        return 2.0 * weights * self.sequences * (3 if self.backward else 1)

    @property
    def bytes(self) -> int:
        """About how much memory torch needs for it: the parameters with Adam's, and what a pass keeps for the way back.

        Gates, states and what their derivatives are taken from, for each step, node and sequence.
        """
        kept = (2 * _GATES[self.cell] + 3) * self.hidden_size if self.backward else 2 * self.hidden_size
        numbers = 5 * self.parameters + self.steps * self.sequences * (kept + 6 * FEATURES)
        return numbers * (8 if self.dtype == "float64" else 4)

    @property
    def per_epoch(self) -> "Row":
        """The same, timed for a single epoch."""
        return replace(self, epochs=1)


NOTES = tuple(
    Row(steps=steps, hidden_size=hidden, backward=backward)
    for steps, hidden in ((20_000, 20), (2_000, 20), (2_000, 1_000))
    for backward in (True, False)
)
"""The six rows that the notes time, in their order."""


def rows_against(
    what: str, cell: str = "rnn", *, backward: tuple[bool, ...] = (True, False), steps: int | None = None
) -> tuple[Row, ...]:
    """The rows of a chart: as recorded on the graphics cards, so that the curves can stand beside each other.

    what: "steps" (20 nodes), "nodes" (1,000 steps) or "batch" (500 steps, 128 nodes).
    """
    both = [(cell, flag) for flag in backward]
    match one_of("what", what, ("steps", "nodes", "batch")):
        case "steps":
            return tuple(Row(c, n, 20, None, flag) for n in STEPS for c, flag in both)
        case "nodes":
            return tuple(Row(c, steps or 1_000, n, None, flag) for n in NODES for c, flag in both)
        case _:
            return tuple(Row(c, steps or 500, 128, n, flag) for n in BATCHES for c, flag in both)


STEPS = (500, 1_000, 2_000, 5_000, 10_000, 20_000)
NODES = (2, 5, 10, 20, 50, 100, 200, 300, 500, 700, 1_000, 2_000)
BATCHES = (1, 4, 16, 64, 256, 1_024, 4_096)
