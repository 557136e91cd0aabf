"""The trained networks that come with the package."""

from functools import cache
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.numpy import load_file

from lstmviz.base.checks import one_of
from lstmviz.digits.prepare import SIDE
from lstmviz.digits.reading import DIGITS
from lstmviz.models import Model, ModelConfig, build_model, load_parameters

READERS = ("lstm", "rnn", "gru")
"""The cells of the networks that come with the package."""
WEIGHTS = Path(__file__).parent / "weights"


@cache
def load_reader(cell: str = "lstm") -> Model:
    """The trained network with this kind of cell; one object for all who ask, so nobody may change it.

    Its probabilities are calibrated: its logits are divided by the temperature that lies with the weights.
    `python -m lstmviz.digits train --recipe best` made its weights; `weights/training.log` tells how, and how well.

    Raises:
        ValueError: `cell` is none of `READERS`.
    """
    return load_weights(WEIGHTS / f"{one_of('cell', cell, READERS)}.safetensors", cell)


@cache
def measured_calibration(cell: str) -> float:
    """The expected calibration error on MNIST's 10,000 test images of the network with this kind of cell, 0 to 1.

    Raises:
        ValueError: `cell` is none of `READERS`.
    """
    return float(metadata_of(WEIGHTS / f"{one_of('cell', cell, READERS)}.safetensors")["calibration_error"])


@cache
def measured_accuracy(cell: str) -> float:
    """The share of MNIST's 10,000 test images that the network with this kind of cell reads right, as measured once.

    Raises:
        ValueError: `cell` is none of `READERS`.
    """
    return float(metadata_of(WEIGHTS / f"{one_of('cell', cell, READERS)}.safetensors")["test_accuracy"])


def metadata_of(file: Path) -> dict[str, str]:
    """What `train` and `calibrate` wrote beside the weights: how they were made, their temperature, what was measured.

    Raises:
        OSError, safetensors.SafetensorError: the file cannot be read, or holds no weights.
    """
    with safe_open(file, "numpy") as stored:
        return dict(stored.metadata() or {})


def load_weights(file: Path, cell: str, *, calibrated: bool = True) -> Model:
    """The network of these weights, its sizes taken from them.

    calibrated: divide its logits by the temperature in the file, if there is one; the head does that, so everything
    that follows from the logits is calibrated too. Without, it is the network that was trained.

    Raises:
        OSError, safetensors.SafetensorError: the file cannot be read, or holds no weights.
        KeyError, ValueError: they are not those of a network with this kind of cell.
    """
    weights = load_file(file)
    layers = sum(name.startswith("recurrent.weight_hh_l") for name in weights)
    hidden_size = weights["recurrent.weight_hh_l0"].shape[1]
    config = ModelConfig(cell=cell, input_size=SIDE, hidden_size=hidden_size, output_size=DIGITS, num_layers=layers)
    # A network is kept for all who ask: those who want slopes too, whatever the first one was about to do.
    with torch.inference_mode(False), torch.no_grad():
        model = build_model(config)
        load_parameters(model, weights)
        if calibrated:
            temperature = float(metadata_of(file).get("temperature", "1"))
            model.head.weight.div_(temperature)
            model.head.bias.div_(temperature)
    return model.eval().requires_grad_(False)
