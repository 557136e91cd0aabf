"""What a training tells, and how it says that it came to grief."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Record:
    """What is known after `epoch` epochs; loss and accuracy belong to the parameters of that moment.

    They are those of all that the next epoch holds, before anything is learned from it. So where each epoch draws its
    own sequences, the network has not seen them.
    """

    epoch: int
    """epochs so far, each one update of the parameters unless it is cut into batches; 0 is the untrained network"""
    loss: float
    """cross entropy in nats, mean or sum over the steps that are learned from; for numbers the squared error, mean or
    sum over all numbers of those steps"""
    accuracy: float
    """share of those steps that are right, 0 to 1: the most probable symbol is the one due, or the legal ones are the
    most probable, or the numbers are within the task's tolerance"""
    parameters: Mapping[str, NDArray[Any]] | None
    """copies under their `state_dict` names on the snapshot epochs and the last record, else None"""
    held_out_loss: float | None = None
    """mean loss of the steps that are not learned from; None where there are none"""


@dataclass(frozen=True, eq=False)
class Records:
    """The records of `models` trained side by side over a few epochs: row k belongs to epoch `first + k`."""

    first: int
    losses: NDArray[Any]
    """(epochs, models)"""
    accuracies: NDArray[Any]
    """(epochs, models)"""
    parameters: tuple[Mapping[str, NDArray[Any]], ...]
    """each model's parameters after `first` updates"""
    states: NDArray[Any] | None = None
    """(models, steps, H) the hidden states of those parameters at the steps asked for"""
    held_out_losses: NDArray[Any] | None = None
    """(epochs, models), where a part of the text is not learned from"""


class TrainingDiverged(ArithmeticError):
    """The loss was no finite number any more; the model keeps the parameters of the record before.

    Attributes:
        epoch: the first epoch whose loss is not finite.
    """

    def __init__(self, epoch: int, lr: float) -> None:
        super().__init__(
            f"The loss is not a finite number at epoch {epoch}; train with a learning rate below {lr:g}, "
            "or from another seed."
        )
        self.epoch = epoch
        self.lr = lr

    def __reduce__(self) -> Any:
        return type(self), (self.epoch, self.lr)
