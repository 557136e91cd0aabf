"""The network over texts, many side by side: the value of every unit at every character, and what each character cost.

`lstmviz.trace` follows one text with all its gates; here only states and losses are kept, and units can be held.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import instance, one_of, whole_number
from lstmviz.cells.step import Array, Weights
from lstmviz.detective.alphabet import ALPHABET, as_read, encode
from lstmviz.models import Model
from lstmviz.statemap import state_map

QUANTITIES = ("h", "c")
"""What is looked at of a unit: its hidden state, which the rest of the network sees, and its cell state."""
MAX_TOTAL = 50_000
"""The most characters that are read at once, over all texts."""


@dataclass(frozen=True, order=True)
class Cell:
    """One number of the network's state."""

    layer: int
    """0 is the layer that reads the text"""
    unit: int
    """0 to H - 1"""
    quantity: str = "c"
    """"h" or "c\""""


@dataclass(frozen=True, eq=False)
class Reading:
    """What the network made of one text, from a zero state on."""

    text: str
    """(T,) as `alphabet.as_read` makes it"""
    h: NDArray[np.float32]
    """(layers, T, H) the hidden states after each character, in [-1, 1]"""
    c: NDArray[np.float32]
    """(layers, T, H) the cell states after each character"""
    bits: NDArray[np.float64]
    """(T,) what each character cost: minus the logarithm, base 2, of the probability that the network gave it before
    it was read; NaN for the first one"""

    def values(self, cell: Cell) -> NDArray[np.float32]:
        """(T,) the values of one unit after each character, to colour the text by."""
        return (self.h if cell.quantity == "h" else self.c)[cell.layer, :, cell.unit]


@dataclass(frozen=True, eq=False)
class _Held:
    """Units of one layer, each held in a run of its own."""

    layer: int
    units: NDArray[np.int64]
    """(K,)"""
    values: NDArray[np.float32]
    """(K,) of h"""


def read_texts(model: Model, texts: Sequence[str]) -> tuple[Reading, ...]:
    """The network over each of `texts`, in float32.

    Example, text coloured by a unit::

        findings = lv.find_cells(lv.load_detective())
        best = findings.best("string")[0]
        (reading,) = read_texts(lv.load_detective(), ['say("hello")  # politely'])
        for sign, value in zip(reading.text, reading.values(best.cell)):
            ...  # one colour for each value, on a scale of -m to m with m = np.abs(values).max()

    Raises:
        TypeError: `model` is no Model.
        ValueError: it reads other signs, or is no LSTM read in one direction; or a text is empty, or there is none, or
            they have more than 50,000 characters together.
    """
    layers, head = weights_for(model)
    read = check_texts(texts)
    codes, lengths = _padded(read)
    h, c, bits = _follow(layers, head, codes, keep=True)
    return tuple(
        Reading(text, h[:, :n, k].copy(), c[:, :n, k].copy(), bits[:n, k].copy())
        for k, (text, n) in enumerate(zip(read, lengths, strict=True))
    )


def bits_with_held(
    model: Model, texts: Sequence[str], layer: int, units: Sequence[int], values: Sequence[float], at_once: int = 20
) -> tuple[NDArray[np.float64], ...]:
    """What each character costs while h of a unit is held at a value; each unit in a run of its own.

    Whatever the rest of the network, this layer at the next step included, learns of a unit it learns from h: an LSTM's
    c is seen through it alone. So holding h takes away all that the unit says.

    Args:
        model: as for `read_texts`.
        texts: as for `read_texts`.
        layer: of the units, from 0.
        units: (K,) their numbers, from 0.
        values: (K,) what h is held at.
        at_once: how many runs are made side by side.

    Returns:
        for each text (K, T): as `Reading.bits`.

    Raises:
        TypeError: as `read_texts`.
        ValueError: as `read_texts`, or there is no such layer or unit.
    """
    layers, head = weights_for(model)
    layer = whole_number("layer", layer, 0, len(layers) - 1)
    for unit in units:
        whole_number("units", unit, 0, layers[0].hh.shape[1] - 1)
    codes, lengths = _padded(check_texts(texts))
    parts = []
    for first in range(0, len(units), at_once):
        part = slice(first, first + at_once)
        held = _Held(layer, np.array(units[part]), np.array(values[part], dtype=np.float32))
        parts.append(_follow(layers, head, codes, held)[2])  # (T, K * N)
    bits = np.concatenate([part.reshape(len(codes), -1, len(lengths)) for part in parts], axis=1)
    return tuple(bits[:n, :, k].T.copy() for k, n in enumerate(lengths))


def weights_for(model: Model) -> tuple[tuple[Weights, ...], tuple[Array, Array]]:
    """The weights of each layer and of the head in float32, once the network is known to read the detective's signs.

    Raises:
        TypeError: `model` is no Model.
        ValueError: it reads other signs, or is no LSTM read in one direction.
    """
    instance("model", model, Model)
    one_of("model.config.cell", model.config.cell, ("lstm",))
    sizes = model.config.input_size, model.config.output_size
    if sizes != (len(ALPHABET), len(ALPHABET)):
        raise ValueError(f"`model` must read and tell the {len(ALPHABET)} signs of the detective; got {sizes}.")
    f = state_map(model)
    assert f.head is not None
    layers = tuple(Weights(*(one.astype(np.float32) for one in w)) for w in f.layers)
    return layers, (f.head[0].astype(np.float32), f.head[1].astype(np.float32))


def check_texts(texts: Sequence[str]) -> tuple[str, ...]:
    """`texts` as they are read.

    Raises:
        ValueError: there is none, one has fewer than two characters or is no string, or they are too long together.
    """
    if isinstance(texts, str) or not len(texts) or not all(isinstance(text, str) for text in texts):
        raise ValueError("`texts` must be a list of strings, at least one.")
    if (total := sum(map(len, texts))) > MAX_TOTAL:
        raise ValueError(f"`texts` must have at most {MAX_TOTAL:,} characters together; got {total:,}.")
    read = tuple(map(as_read, texts))
    if (shortest := min(map(len, read))) < 2:
        raise ValueError(f"`texts` must have at least 2 characters each; got one of {shortest}.")
    if (total := sum(map(len, read))) > MAX_TOTAL:
        raise ValueError(
            f"`texts` must have at most {MAX_TOTAL:,} characters together, tabs written out; got {total:,}."
        )
    return read


def _padded(texts: Sequence[str]) -> tuple[NDArray[np.int64], list[int]]:
    """The texts side by side, (T, N), padded behind their ends, and how long each is."""
    lengths = list(map(len, texts))
    codes = np.zeros((max(lengths), len(texts)), dtype=np.int64)
    for k, text in enumerate(texts):
        codes[: lengths[k], k] = encode(text)
    return codes, lengths


def _follow(
    layers: tuple[Weights, ...],
    head: tuple[Array, Array],
    codes: NDArray[np.int64],
    held: _Held | None = None,
    *,
    keep: bool = False,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
    """All texts at once, codes (T, N): h and c (layers, T, N, H) where they are kept, and bits (T, K * N).

    The equations are those of `cells.lstm_step`, the products over all lanes one matrix product each. What lies below a
    held unit is the same in all runs, and computed once.
    """
    runs, from_layer = (1, len(layers)) if held is None else (len(held.units), held.layer)
    (steps, texts), units = codes.shape, layers[0].hh.shape[1]
    lanes = [texts if k < from_layer else texts * runs for k in range(len(layers))]
    kept = np.empty((2, len(layers), steps, texts, units) if keep else (2, 0, 0, 0, 0), np.float32)
    following = np.tile(codes, (1, runs))
    bits = np.full(following.shape, np.nan)
    halves = np.repeat(np.array([0.5, 0.5, 1, 0.5], np.float32), units)  # sigmoid(a) = (tanh(a / 2) + 1) / 2
    by_state = [np.ascontiguousarray(w.hh.T * halves) for w in layers]
    by_input = [np.ascontiguousarray(w.ih.T * halves) for w in layers]
    biases = [(w.b_ih + w.b_hh) * halves for w in layers]
    rows = by_input[0] + biases[0]  # the input is one-hot, so its product is a row
    h = [np.zeros((count, units), np.float32) for count in lanes]
    c = [np.zeros((count, units), np.float32) for count in lanes]
    for t in range(steps):
        for k in range(len(layers)):
            told = rows[codes[t]] if k == 0 else h[k - 1] @ by_input[k] + biases[k]
            gates = h[k] @ by_state[k]
            gates.reshape(-1, *told.shape)[:] += told  # once for all runs where those below are one
            np.tanh(gates, out=gates)
            i, f, g, o = (gates[:, part * units : (part + 1) * units] for part in range(4))
            for gate in (i, f, o):
                gate += 1
                gate *= np.float32(0.5)
            c[k] = f * c[k] + i * g
            h[k] = o * np.tanh(c[k])
            if held is not None and held.layer == k:
                h[k].reshape(runs, texts, units)[np.arange(runs), :, held.units] = held.values[:, None]
            if keep:
                kept[0, k, t], kept[1, k, t] = h[k], c[k]
        if t + 1 < steps:
            logits = h[-1] @ head[0].T + head[1]
            logits -= logits.max(axis=1, keepdims=True)
            own = logits[np.arange(lanes[-1]), following[t + 1]]
            bits[t + 1] = (np.log(np.exp(logits).sum(axis=1)) - own) / np.log(2)
    return kept[0], kept[1], bits
