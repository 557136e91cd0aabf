"""Networks that learn a text by heart, and how each reads it while it learns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lstmviz.base.checks import one_of, real_number, whole_number
from lstmviz.base.limits import MAX_LR, MAX_SEED
from lstmviz.models import CELLS, Model, ModelConfig, build_model, load_parameters, parameters_of
from lstmviz.tasks import TextTask, text_task
from lstmviz.texts.openness import open_letters
from lstmviz.training import TrainConfig, train

READINGS = 11
"""Moments of a training at which the whole reading is kept, at most: every tenth epoch of the notes' hundred."""
MAX_HIDDEN = 256
MAX_EPOCHS = 2000
MAX_LAYERS = 4
LIKE_ALPHABET = 128
"""Nodes a layer at most where there are to be as many as letters in the alphabet."""
READ_EACH = 1000
"""Letters of a text up to which it is read after every epoch; a longer one only at the moments that are kept."""
_AT_ONCE = 512  # windows read together


@dataclass(frozen=True, kw_only=True)
class TextConfig:
    """One network and its training; by default, with the notes' texts, the notes'.

    Raises:
        ValueError: a value is out of range, or `text` will not do as for `text_task`.
    """

    text: str
    """as for `text_task`"""
    window: int = 10
    """letters in each window, 1 to 1000, fewer than in the text"""
    cell: str = "rnn"
    """"rnn", "rnn_relu", "lstm" or "gru\""""
    hidden_size: int | None = None
    """nodes of each layer, 1 to 256; None: as many as there are letters in the alphabet, at most 128"""
    num_layers: int = 2
    """1 to 4"""
    epochs: int = 50
    """updates by Adam, each on all windows, 1 to 2000"""
    lr: float = 0.1
    """Adam's learning rate, above 0, at most 10"""
    seed: int = 0
    """of the first weights, 0 to 2**32 - 1"""

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {
            "cell": one_of("cell", self.cell, CELLS),
            "num_layers": whole_number("num_layers", self.num_layers, 1, MAX_LAYERS),
            "epochs": whole_number("epochs", self.epochs, 1, MAX_EPOCHS),
            "lr": real_number("lr", self.lr, 0.0, MAX_LR, above=True),
            "seed": whole_number("seed", self.seed, 0, MAX_SEED),
        }
        if self.hidden_size is not None:
            checked["hidden_size"] = whole_number("hidden_size", self.hidden_size, 1, MAX_HIDDEN)
        task = _task(self.text, self.window)
        checked |= {"text": task.text, "window": task.window}  # one text is one config, however its accents are coded
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def task(self) -> TextTask:
        """The text in its windows."""
        return _task(self.text, self.window)

    @property
    def readings(self) -> tuple[int, ...]:
        """The epochs at which the reading is kept: every tenth, or if these are too many, fewer; and the last."""
        step = 10 * -(-self.epochs // (10 * (READINGS - 1)))
        return (*range(0, self.epochs, step), self.epochs)


@dataclass(frozen=True, eq=False)
class LearnedText:
    """What came of one training on a text of T + 1 letters."""

    config: TextConfig
    losses: NDArray[np.float64]
    """(epochs + 1,) mean cross entropy in nats over all steps of all windows, after so many updates; shorter if it
    diverged: the last is then no finite number"""
    accuracy: NDArray[np.float64]
    """likewise, the share of these steps that are named right, 0 to 1"""
    readings: Mapping[int, NDArray[np.int64]]
    """epoch -> (T,) the codes of the letters as the network reads the text from its second letter on (`TextTask.read`),
    at the epochs of `TextConfig.readings`"""
    correct: NDArray[np.int64]
    """(T,) the codes that are right"""
    open: NDArray[np.bool_]
    """(T,) which letters are left open by what was read, as `open_letters` finds them"""
    learned_at: int | None
    """the first epoch after which every letter that is not open is read right; of a text of more than 1000 letters the
    first of `readings`; None if there is none"""
    parameters: Mapping[str, NDArray[Any]]
    """the network in the end, as `parameters_of` names them"""

    @property
    def diverged(self) -> bool:
        """Whether its loss became no finite number."""
        return not bool(np.isfinite(self.losses[-1]))

    def mistakes(self, epoch: int) -> NDArray[np.bool_]:
        """(T,) which letters are read wrong at one of the epochs of `readings`."""
        wrong: NDArray[np.bool_] = self.readings[epoch] != self.correct
        return wrong

    @property
    def by_heart(self) -> bool:
        """Whether every letter that is not open is read right in the end."""
        return not self.diverged and not (self.mistakes(self.config.epochs) & ~self.open).any()

    @property
    def without_mistake(self) -> bool:
        """Whether the open ones are, too."""
        return not self.diverged and not self.mistakes(self.config.epochs).any()


def network_of(config: TextConfig, parameters: Mapping[str, NDArray[Any]] | None = None) -> Model:
    """The network before its training, or with the `parameters` that it has learned."""
    letters = len(config.task().alphabet)
    shape = ModelConfig(
        cell=config.cell,
        input_size=letters,
        hidden_size=config.hidden_size or min(letters, LIKE_ALPHABET),
        output_size=letters,
        num_layers=config.num_layers,
        seed=config.seed,
    )
    model = build_model(shape)
    if parameters is not None:
        load_parameters(model, parameters)
    return model


def learn(config: TextConfig, look: Callable[[int], None] | None = None) -> LearnedText:
    """Train one network, and read the text with it while it learns.

    Args:
        config: which, and how.
        look: told the epoch reached after each; what it raises ends the training.
    """
    task, model = config.task(), network_of(config)
    windows = task.examples()
    kept = set(config.readings)
    each = len(task.x) < READ_EACH
    correct = np.concatenate([windows.targets[0], windows.targets[1:, -1]])
    asked = ~open_letters(task)
    losses, accuracy, readings = list[float](), list[float](), dict[int, NDArray[np.int64]]()
    learned_at: int | None = None
    for record in train(model, task, TrainConfig(epochs=config.epochs, lr=config.lr)):
        losses.append(record.loss)
        accuracy.append(record.accuracy)
        if look is not None:
            look(record.epoch)
        if not np.isfinite(record.loss):
            break
        if record.epoch in kept or (each and learned_at is None):
            read = _read(model, windows.inputs)
            if record.epoch in kept:
                readings[record.epoch] = read
            if learned_at is None and (read == correct)[asked].all():
                learned_at = record.epoch
    return LearnedText(
        config=config,
        losses=np.array(losses),
        accuracy=np.array(accuracy),
        readings=readings,
        correct=correct,
        open=~asked,
        learned_at=learned_at,
        parameters=parameters_of(model),
    )


@lru_cache(maxsize=8)  # all networks of a study have one
def _task(text: str, window: int) -> TextTask:
    return text_task(text, window)


def _read(model: Model, inputs: NDArray[np.int64]) -> NDArray[np.int64]:
    """(T,) what the model says: in the first window at each step, in each other one at its last."""
    said = list[NDArray[np.int64]]()
    eye = torch.eye(model.config.input_size, dtype=model.head.weight.dtype)
    with torch.no_grad():
        for start in range(0, len(inputs), _AT_ONCE):
            codes = torch.from_numpy(inputs[start : start + _AT_ONCE].T.copy())
            hidden, _ = model.recurrent(eye[codes])
            rows = torch.cat([hidden[:, 0], hidden[-1, 1:]]) if start == 0 else hidden[-1]
            said.append(model.head(rows).argmax(dim=1).numpy())
    return np.concatenate(said)
