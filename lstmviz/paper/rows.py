"""What the paper printed, and what is trained here to stand beside it."""

from dataclasses import dataclass

from lstmviz.models import CELLS
from lstmviz.paper.cell import BlockConfig

TASKS = ("embedded_reber", "adding")
CHECKED_EVERY = 100
"""Sequences from one look at whether a network has succeeded to the next."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """A row as Hochreiter & Schmidhuber (1997) print it: Table 1 for the embedded Reber grammar, Table 7 for adding."""

    key: str
    task: str
    method: str
    hidden: str
    """the hidden layer, in the paper's words"""
    weights: str
    lr: float | None
    """None where none is printed"""
    success: str
    """percent of the trials, or the paper's words"""
    sequences: int
    """mean number shown until success, of the trials that succeeded"""
    at_least: bool = False
    """whether `sequences` is what was shown without success"""


PUBLISHED = (
    Published(
        key="rtrl-3",
        task="embedded_reber",
        method="RTRL",
        hidden="3",
        weights="≈170",
        lr=0.05,
        success="some fraction",
        sequences=173_000,
    ),
    Published(
        key="rtrl-12",
        task="embedded_reber",
        method="RTRL",
        hidden="12",
        weights="≈494",
        lr=0.1,
        success="some fraction",
        sequences=25_000,
    ),
    Published(
        key="elman-15",
        task="embedded_reber",
        method="ELM",
        hidden="15",
        weights="≈435",
        lr=None,
        success="0",
        sequences=200_000,
        at_least=True,
    ),
    Published(
        key="rcc",
        task="embedded_reber",
        method="RCC",
        hidden="7-9",
        weights="≈119-198",
        lr=None,
        success="50",
        sequences=182_000,
    ),
    *(
        Published(
            key=f"lstm-{blocks}x{size}-{lr}",
            task="embedded_reber",
            method="LSTM",
            hidden=f"{blocks} blocks, size {size}",
            weights=weights,
            lr=lr,
            success=success,
            sequences=sequences,
        )
        for blocks, size, weights, lr, success, sequences in (
            (4, 1, "264", 0.1, "100", 39_740),
            (3, 2, "276", 0.1, "100", 21_730),
            (3, 2, "276", 0.2, "97", 14_060),
            (4, 1, "264", 0.5, "97", 9_500),
            (3, 2, "276", 0.5, "100", 8_440),
        )
    ),
    Published(
        key="lstm-adding",
        task="adding",
        method="LSTM",
        hidden="2 blocks, size 2",
        weights="93",
        lr=0.5,
        success="100",
        sequences=74_000,
    ),
)
"""In the paper's order. That all trials of the adding problem succeeded is said by its text, not by Table 7."""


@dataclass(frozen=True, kw_only=True)
class Today:
    """One of torch's cells with a linear head, its weights drawn as torch draws them."""

    cell: str
    hidden_size: int

    def __post_init__(self) -> None:
        assert self.cell in CELLS


@dataclass(frozen=True, kw_only=True)
class Row:
    """What is trained here under one name, from any seed."""

    key: str
    task: str
    """one of `TASKS`"""
    network: BlockConfig | Today
    lr: float
    """of plain gradient descent for a `BlockConfig`, of Adam for `Today`"""
    limit: int
    """sequences after which a network that has not succeeded counts as one that does not"""
    update: str = "sequence"
    """when the weights change: at the end of each "sequence", or at each "step\""""
    beside: str | None = None
    """the key of the published row that it repeats; None: it stands beside all of its task"""
    deviations: tuple[str, ...]
    """how it differs from the paper, keys of `deviations.DEVIATIONS`"""

    @property
    def weights(self) -> int:
        """How many numbers it learns."""
        if isinstance(self.network, BlockConfig):
            return self.network.weights
        gates = {"rnn": 1, "rnn_relu": 1, "gru": 3, "lstm": 4}[self.network.cell]
        inputs, outputs = SIZES[self.task]
        units = self.network.hidden_size
        return gates * units * (inputs + units + 2) + outputs * (units + 1)


SIZES = {"embedded_reber": (7, 7), "adding": (2, 1)}
"""numbers read and told at each step"""
_REBER_LIMIT, _ADDING_LIMIT = 60_000, 200_000
_NEW = ("pairs", "checks", "limit")


def _reber_blocks(ranges: str, update: str) -> list[Row]:
    """The paper's five rows once more; `ranges` says whose word is taken for g and h."""
    g, h = (2.0, 1.0) if ranges == "text" else (1.0, 2.0)
    return [
        Row(
            key=f"blocks-{blocks}x{size}-{lr}-{ranges}-{update}",
            task="embedded_reber",
            network=BlockConfig(
                inputs=7,
                outputs=7,
                blocks=blocks,
                size=size,
                g=g,
                h=h,
                spread=0.2,
                output_gates=tuple(-1.0 - block for block in range(blocks)),
            ),
            lr=lr,
            limit=_REBER_LIMIT,
            update=update,
            beside=f"lstm-{blocks}x{size}-{lr}",
            deviations=(*_NEW, *(("ranges",) if ranges == "table" else ()), *(("steps",) if update == "step" else ())),
        )
        for blocks, size, lr in ((4, 1, 0.1), (3, 2, 0.1), (3, 2, 0.2), (4, 1, 0.5), (3, 2, 0.5))
    ]


def _today(task: str, cell: str, hidden_size: int, lr: float, limit: int) -> Row:
    return Row(
        key=f"{cell}-{hidden_size}-{task}-{lr}",
        task=task,
        network=Today(cell=cell, hidden_size=hidden_size),
        lr=lr,
        limit=limit,
        deviations=(*(_NEW if task == "embedded_reber" else ("error", "checks", "limit")), "today", "counts"),
    )


ROWS = (
    *_reber_blocks("text", "sequence"),
    *_reber_blocks("table", "sequence"),
    *(
        _today("embedded_reber", cell, units, lr, _REBER_LIMIT)
        for cell, units in (("lstm", 4), ("gru", 5), ("rnn", 10))
        for lr in (0.03, 0.01, 0.003)
    ),
    *(
        Row(
            key="blocks-adding-linear" if linear else "blocks-adding",
            task="adding",
            network=BlockConfig(
                inputs=2, outputs=1, blocks=2, size=2, linear=linear, biased="all", spread=0.1, input_gates=(-3.0, -6.0)
            ),
            lr=0.5,
            limit=_ADDING_LIMIT,
            beside="lstm-adding",
            deviations=("error", "checks", "limit", *(("linear",) if linear else ())),
        )
        for linear in (False, True)
    ),
    *(
        _today("adding", cell, units, lr, _ADDING_LIMIT)
        for cell, units in (("lstm", 3), ("gru", 4), ("rnn", 7))
        for lr in (0.01, 0.003)
    ),
    *_reber_blocks("table", "step"),
    *_reber_blocks("text", "step"),
)
"""All that is trained here. The sizes of today's cells are those whose weight counts come nearest to the paper's."""


def row_of(key: str) -> Row:
    """The row of that name.

    Raises:
        ValueError: there is none.
    """
    for row in ROWS:
        if row.key == key:
            return row
    raise ValueError(f"`row` must be one of {', '.join(one.key for one in ROWS)}; got {key!r:.60}.")
