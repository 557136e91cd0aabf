"""Where each number of a network's parameters lies, in the weights and as the way forward reads them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstmviz.fused.units.tiles import PANEL, STEP

Numbers = NDArray[np.int64]


class Shape(NamedTuple):
    """A network's own sizes."""

    gates: int
    layers: int
    inputs: int
    units: int
    outputs: int
    one_hot: bool


class Layout(NamedTuple):
    """Where things lie: in vectors those that begin somewhere, in numbers along the memory the others."""

    weights: dict[str, list[int]]
    """where ih, hh, b_ih and b_hh of each layer begin, and head and head_bias"""
    parameters: int
    """how many vectors the weights take; the last one stays zero"""
    numbers: Numbers
    """(P,) where each parameter lies, in torch's order"""
    packed: dict[str, list[int]]
    """where ih, hh, bias and hidden of each layer begin, and head, from the begin of the packed on"""
    packed_size: int
    source: Numbers
    """(packed_size * lanes,) the weight that each packed number is"""
    also: Numbers
    """(count, 2) a packed number, from their begin on, and a weight that is added to it"""
    columns: Numbers
    """(count, 2) an input weight of a letter, and where its gradient lies in `letter_sums`, from its begin on"""


def rounded_up(count: int, step: int) -> int:
    """The least multiple of `step` that is not below `count`."""
    return -(-count // step) * step


def in_panels(rows: int, vectors: int, lanes: int, width: int) -> Numbers:
    """(rows, vectors * lanes) where the numbers of a matrix lie that is laid out in panels of `width` vectors."""
    places = np.empty((rows, vectors * lanes), np.int64)
    for v in range(0, vectors, width):
        wide = min(width, vectors - v) * lanes
        places[:, v * lanes : v * lanes + wide] = v * lanes * rows + np.arange(rows * wide).reshape(rows, wide)
    return places


def layout_of(shape: Shape, lanes: int) -> Layout:
    """The layout for vectors of so many lanes."""
    G, H, L = shape.gates, shape.units, lanes
    rows, K = rounded_up(H, STEP), -(-H // L)
    n, width = G * K, PANEL if G == 1 else G
    gate, unit = np.divmod(np.arange(G * H), H)  # in the order of torch's rows
    by_gate, by_unit = gate * K * L + unit, ((unit // L) * G + gate) * L + unit % L
    gate_rows = gate * rows + unit
    with_input = (gate < 2) | (G != 3)  # torch's GRU scales b_hn by the reset gate: it goes with the state's part

    weights, where, end = _weights(shape, lanes, gate_rows, by_gate)
    zero = end * L
    packed: dict[str, list[int]] = {"ih": [], "hh": [], "bias": [], "hidden": [], "head": []}
    source, also = list[Numbers](), list[Numbers]()

    def lay(name: str, height: int, vectors: int, panel: int, taken: Numbers, columns: Numbers) -> None:
        """Lay out a matrix of zeros whose first rows have the numbers `taken` in these columns."""
        full = np.full((height, vectors * L), zero)
        full[: len(taken), columns] = taken
        flat = np.empty(full.size, np.int64)
        flat[in_panels(height, vectors, L, panel)] = full
        packed[name].append(sum(map(len, source)) // L)
        source.append(flat)

    for layer in range(shape.layers):
        read, letters = (shape.inputs, shape.one_hot) if layer == 0 else (H, False)
        lay("hh", rows, n, width, where["hh"][layer].T, by_unit)
        height, panel = (read, n) if letters else (rounded_up(read, STEP), width)
        lay("ih", height, n, panel, where["ih"][layer].T, by_unit)
        lay("bias", 1, n, n, where["b_ih"][layer][None], by_unit)
        there = packed["bias"][-1] * L + by_unit
        also.append(np.stack([there, where["b_hh"][layer]], 1)[with_input])
        lay("hidden", 1, n, n, where["b_hh"][layer][None, ~with_input], by_unit[~with_input])
    lay("head", rows, -(-shape.outputs // L), PANEL, where["head"][0].T, np.arange(shape.outputs))

    columns = np.empty((0, 2), np.int64)
    if shape.one_hot:
        sums = np.arange(shape.inputs) * n * L + by_gate[:, None]
        columns = np.stack([where["ih"][0].ravel(), sums.ravel()], 1)
    order = [where[name][layer] for layer in range(shape.layers) for name in ("ih", "hh", "b_ih", "b_hh")]
    numbers = np.concatenate([one.ravel() for one in (*order, where["head"][0], where["head_bias"][0])])
    flat = np.concatenate(source)
    return Layout(weights, end + 1, numbers, packed, len(flat) // L, flat, np.concatenate(also), columns)


def _weights(
    shape: Shape, lanes: int, gate_rows: Numbers, by_gate: Numbers
) -> tuple[dict[str, list[int]], dict[str, list[Numbers]], int]:
    """Where the weights begin, in vectors; where the numbers of each lie, in torch's shapes; and where they end."""
    G, H, L = shape.gates, shape.units, lanes
    rows, K = G * rounded_up(H, STEP), -(-H // L)
    weights: dict[str, list[int]] = {name: [] for name in ("ih", "hh", "b_ih", "b_hh", "head", "head_bias")}
    where: dict[str, list[Numbers]] = {name: [] for name in weights}
    end = 0

    def add(name: str, numbers: Numbers, vectors: int) -> None:
        nonlocal end
        weights[name].append(end)
        where[name].append(end * L + numbers)
        end += vectors

    for layer in range(shape.layers):
        read = shape.inputs if layer == 0 else H
        vectors = -(-read // L)
        add("ih", in_panels(rows, vectors, L, PANEL)[gate_rows, :read], rows * vectors)
        add("hh", in_panels(rows, K, L, PANEL)[gate_rows, :H], rows * K)
        add("b_ih", by_gate, G * K)
        add("b_hh", by_gate, G * K)
    height = rounded_up(shape.outputs, STEP)
    add("head", in_panels(height, K, L, PANEL)[: shape.outputs, :H], height * K)
    add("head_bias", np.arange(shape.outputs), -(-shape.outputs // L))
    return weights, where, end
