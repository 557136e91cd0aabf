"""Networks of one unit, built by hand so that every gate is known."""

import numpy as np

import lstmviz as lv
from lstmviz.models import ModelConfig, build_model, parameters_of

ABAB = lv.alphabet_task("abaB", repeats=12)
SURE = 40.0
"""A pre-activation at which sigmoid and tanh are 0 or 1 to the last digits."""


def logit(gate: float) -> float:
    return SURE * np.sign(gate - 0.5) if gate in (0.0, 1.0) else float(np.log(gate / (1 - gate)))


def config(cell: str = "lstm", hidden: int = 1) -> ModelConfig:
    return ModelConfig(cell=cell, input_size=3, hidden_size=hidden, output_size=3)


def lstm(i: float, f: float, g: tuple[float, float, float], o: float) -> dict[str, np.ndarray]:
    """An LSTM whose gates are always the same, and whose candidate is g[k] at letter k; 1 stands for nearly that."""
    parameters = {name: np.zeros_like(array) for name, array in parameters_of(build_model(config())).items()}
    parameters["recurrent.bias_ih_l0"][:] = [logit(i), logit(f), 0, logit(o)]
    parameters["recurrent.weight_ih_l0"][2] = [SURE * one if abs(one) == 1 else np.arctanh(one) for one in g]
    return parameters


def rnn(h: tuple[float, float, float]) -> dict[str, np.ndarray]:
    """An RNN that forgets all, and whose state is h[k] at letter k."""
    parameters = {name: np.zeros_like(array) for name, array in parameters_of(build_model(config("rnn"))).items()}
    parameters["recurrent.weight_ih_l0"][0] = [SURE * one if abs(one) == 1 else np.arctanh(one) for one in h]
    return parameters
