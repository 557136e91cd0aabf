"""How a network is trained, and which of its moments are kept."""

from dataclasses import dataclass
from typing import Any

from lstmviz.base.checks import one_of, real_number, whole_number
from lstmviz.base.limits import MAX_EPOCHS, MAX_LR

OPTIMIZERS = ("adam", "adamw", "sgd", "rmsprop")
"""How the parameters are updated: each is torch's own, with torch's defaults beside what is said here."""
SNAPSHOT_MULTIPLE = 3000
"""The lecture shows its networks after each 3000 epochs, so these are always among the snapshots."""


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """How a network is trained, checked when made.

    Raises:
        ValueError: a value is out of range.
    """

    epochs: int = 1000
    """how often all is learned from that an epoch of the task holds, 1 to 100,000: a whole text, all its windows, the
    sequences drawn for it. Each is one update of the parameters, or one for each batch"""
    lr: float = 0.1
    """learning rate, above 0, at most 10"""
    loss: str = "mean"
    """cross entropy, or squared error for numbers, over all that is asked: the "mean" or the "sum\""""
    target_loss: float | None = None
    """stop at the first record whose loss is not above this; None: train to the end"""
    snapshots: int = 60
    """about how many records carry a copy of the parameters, 2 to 1000"""
    optimizer: str = "adam"
    """one of `OPTIMIZERS`"""
    momentum: float = 0.0
    """of "sgd" and "rmsprop", 0 to 0.9999"""
    max_norm: float | None = None
    """the norm of the whole gradient is clipped to this, above 0; None: left as it is"""
    truncate: int | None = None
    """how many steps a gradient flows back at most: the text is cut into pieces of so many, from one to the next the
    state goes on and its gradient does not; None: through the whole text"""
    held_out: float = 0.0
    """share of the text, its end, that is read but not learned from, 0 to 0.9; its loss is in the records"""
    batch_size: int | None = None
    """how many sequences an update learns from, 1 to 1,000,000, in an order that the model's seed and the epoch
    decide; None: all that an epoch holds are one update"""

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {
            "epochs": whole_number("epochs", self.epochs, 1, MAX_EPOCHS),
            "lr": real_number("lr", self.lr, 0.0, MAX_LR, above=True),
            "loss": one_of("loss", self.loss, ("mean", "sum")),
            "snapshots": whole_number("snapshots", self.snapshots, 2, 1000),
            "optimizer": one_of("optimizer", self.optimizer, OPTIMIZERS),
            "momentum": real_number("momentum", self.momentum, 0.0, 0.9999),
            "held_out": real_number("held_out", self.held_out, 0.0, 0.9),
        }
        if self.momentum > 0 and self.optimizer not in ("sgd", "rmsprop"):
            raise ValueError(f"`momentum` must be 0 for {self.optimizer}, which has none of this kind.")
        if self.max_norm is not None:
            checked["max_norm"] = real_number("max_norm", self.max_norm, 0.0, 1e9, above=True)
        if self.truncate is not None:
            checked["truncate"] = whole_number("truncate", self.truncate, 1, MAX_EPOCHS)
        if self.batch_size is not None:
            checked["batch_size"] = whole_number("batch_size", self.batch_size, 1, 1_000_000)
        if self.target_loss is not None:
            checked["target_loss"] = real_number("target_loss", self.target_loss, 0.0, 1e9)
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def plain(self) -> bool:
        """Whether it is what the fused kernels do: Adam, on the whole gradient of the whole text."""
        options = (self.max_norm, self.truncate, self.batch_size)
        return self.optimizer == "adam" and self.held_out == 0 and all(one is None for one in options)


def snapshot_epochs(epochs: int, count: int = 60) -> tuple[int, ...]:
    """The epochs whose parameters are kept: the first, the last, the multiples of 3000, and others, denser early.

    They grow with the cube of their number, so that the first half of them covers an eighth of the training, when most
    happens. About `count` of them; fewer where the training has fewer epochs.
    """
    curve = (round(epochs * (k / (count - 1)) ** 3) for k in range(count))
    return tuple(sorted({*curve, *range(0, epochs + 1, SNAPSHOT_MULTIPLE), epochs}))
