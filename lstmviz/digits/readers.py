"""The trained networks that come with the package."""

from functools import cache
from pathlib import Path

from safetensors import safe_open
from safetensors.numpy import load_file

from lstmviz._checks import one_of
from lstmviz.digits.prepare import SIDE
from lstmviz.digits.reading import DIGITS
from lstmviz.models import Model, ModelConfig, build_model, load_parameters

READERS = ("lstm", "rnn", "gru")
"""The cells of the networks that come with the package."""
WEIGHTS = Path(__file__).parent / "weights"


@cache
def load_reader(cell: str = "lstm") -> Model:
    """The trained network with this kind of cell; one object for all who ask, so nobody may change it.

    `python -m lstmviz.digits train --recipe best` made its weights; `weights/training.log` tells how, and how well.

    Raises:
        ValueError: `cell` is none of `READERS`.
    """
    return load_weights(WEIGHTS / f"{one_of('cell', cell, READERS)}.safetensors", cell)


@cache
def measured_accuracy(cell: str) -> float:
    """The share of MNIST's 10,000 test images that the network with this kind of cell reads right, as measured once.

    Raises:
        ValueError: `cell` is none of `READERS`.
    """
    with safe_open(WEIGHTS / f"{one_of('cell', cell, READERS)}.safetensors", "numpy") as file:
        return float(file.metadata()["test_accuracy"])


def load_weights(file: Path, cell: str) -> Model:
    """The network of these weights, its sizes taken from them.

    Raises:
        OSError, safetensors.SafetensorError: the file cannot be read, or holds no weights.
        KeyError, ValueError: they are not those of a network with this kind of cell.
    """
    weights = load_file(file)
    layers = sum(name.startswith("recurrent.weight_hh_l") for name in weights)
    hidden_size = weights["recurrent.weight_hh_l0"].shape[1]
    config = ModelConfig(cell=cell, input_size=SIDE, hidden_size=hidden_size, output_size=DIGITS, num_layers=layers)
    model = build_model(config)
    load_parameters(model, weights)
    return model.eval().requires_grad_(False)
