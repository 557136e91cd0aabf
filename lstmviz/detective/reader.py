"""The trained network that comes with the package."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from lstmviz.detective.alphabet import ALPHABET, as_read, codes_of
from lstmviz.models import Model, ModelConfig, build_model, load_parameters, parameters_of
from lstmviz.tasks import TextTask, text_task

WEIGHTS = Path(__file__).parent / "weights" / "detective.npz"


@cache
def load_detective() -> Model:
    """The network of the cell detective: a `Model` of two layers that reads Python, one character a step.

    One object for all who ask, so nobody may change it. `python -m lstmviz.detective train` made its weights;
    `weights/detective.json` tells how, and how well it reads files that it has not learned from. It reads the 97 signs
    of `lstmviz.detective.alphabet.ALPHABET`, one-hot, as `codes_of` numbers them.
    """
    return load_weights(WEIGHTS)


def detective_task(text: str) -> TextTask:
    r"""A text of one's own as a task of the network's alphabet, for what asks for one: `trace`, `generate`, `outcome`.

    Its face is `text` as the network reads it; nobody trains on it.

    Example::

        task = detective_task("def add(a, b):\n    ")
        lv.generate(lv.load_detective(), task, "def add(a, b):\n    ", 200, seed=1).text

    Raises:
        ValueError: as `alphabet.codes_of`.
    """
    codes_of(text)
    return text_task("".join(ALPHABET), window=2).reading(as_read(text))


def load_weights(file: Path) -> Model:
    """The network of these weights in float32, its sizes taken from them.

    Raises:
        OSError: the file cannot be read.
        KeyError, ValueError, EOFError: it holds something else.
    """
    with np.load(file, allow_pickle=False) as stored:
        weights = {name: stored[name].astype(np.float32) for name in stored.files}
    config = ModelConfig(
        input_size=len(ALPHABET),
        hidden_size=weights["recurrent.weight_hh_l0"].shape[1],
        output_size=len(ALPHABET),
        num_layers=sum(name.startswith("recurrent.weight_hh_l") for name in weights),
    )
    model = build_model(config)
    load_parameters(model, weights)
    return model.eval().requires_grad_(False)


def save_weights(model: Model, file: Path) -> None:
    """Write the weights to `file` in float16; a reader of the file sees the old ones or the new."""
    unfinished = file.with_name(f"{file.name}.part")
    with unfinished.open("wb") as to:
        weights: dict[str, Any] = {name: one.astype(np.float16) for name, one in parameters_of(model).items()}
        np.savez_compressed(to, **weights)
    unfinished.replace(file)
