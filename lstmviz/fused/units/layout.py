"""Where each number of a network's parameters lies in the arrays of the kernels."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstmviz.fused.units.arrays import Places, Sizes
from lstmviz.fused.units.tiles import PANEL, STEP

Numbers = NDArray[np.int64]


class Layout(NamedTuple):
    """The layout of one network."""

    places: Places
    rows: int
    """vector rows of the weights; the last one stays zero"""
    packed_rows: int
    numbers: Numbers
    """(P,) where each parameter lies, in torch's order, as a number of the weights"""
    source: Numbers
    also: Numbers
    columns: Numbers


def sizes_of(cell_gates: int, lanes: int, layers: int, units: int, inputs: int, outputs: int) -> Sizes:
    """The whole numbers that follow from a network's own."""
    return Sizes(
        layers=layers,
        gates=cell_gates,
        lanes=lanes,
        width=PANEL if cell_gates == 1 else cell_gates,
        rows=_up(units, STEP),
        vectors=-(-units // lanes),
        inputs=inputs,
        input_rows=_up(inputs, STEP),
        input_vectors=-(-inputs // lanes),
        outputs=outputs,
        output_rows=_up(outputs, STEP),
        output_vectors=-(-outputs // lanes),
    )


def _up(count: int, step: int) -> int:
    return -(-count // step) * step


def _in_panels(rows: int, vectors: int, lanes: int, width: int) -> Numbers:
    """(rows, vectors * lanes) where the numbers of a matrix lie that is laid out in panels of `width` vectors."""
    places = np.empty((rows, vectors * lanes), np.int64)
    for v in range(0, vectors, width):
        wide = min(width, vectors - v) * lanes
        places[:, v * lanes : v * lanes + wide] = v * lanes * rows + np.arange(rows * wide).reshape(rows, wide)
    return places


def layout_of(sizes: Sizes, units: int, *, one_hot: bool) -> Layout:
    """The layout for networks of these sizes; `units` is H."""
    G, H, L, K, n = sizes.gates, units, sizes.lanes, sizes.vectors, sizes.gates * sizes.vectors
    index = list[Numbers]()
    ih, hh, b_ih, b_hh = (list[int]() for _ in range(4))
    by_gate = (np.arange(G)[:, None] * K * L + np.arange(H)).ravel()  # where (gate, unit) lies in n vectors, by gate
    gate_rows = (np.arange(G)[:, None] * sizes.rows + np.arange(H)).ravel()
    weights_of = dict[str, list[Numbers]](ih=[], hh=[], b_ih=[], b_hh=[])
    at = 0
    for layer in range(sizes.layers):
        read, vectors = (sizes.inputs, sizes.input_vectors) if layer == 0 else (H, K)
        for name, begins, numbers in (
            ("ih", ih, _in_panels(G * sizes.rows, vectors, L, PANEL)[gate_rows][:, :read]),
            ("hh", hh, _in_panels(G * sizes.rows, K, L, PANEL)[gate_rows][:, :H]),
            ("b_ih", b_ih, by_gate),
            ("b_hh", b_hh, by_gate),
        ):
            begins.append(at)
            weights_of[name].append(at * L + numbers)
            index.append(weights_of[name][-1].ravel())
            at += n if name.startswith("b") else G * sizes.rows * (vectors if name == "ih" else K)
    head, head_numbers = at, at * L + _in_panels(sizes.output_rows, K, L, PANEL)[: sizes.outputs, :H]
    at += sizes.output_rows * K
    head_bias = at
    index += [head_numbers.ravel(), at * L + np.arange(sizes.outputs)]
    at += sizes.output_vectors
    zero = at * L
    at += 1

    # By unit: where gate g of unit u lies in n vectors, in the order of torch's rows.
    gate, unit = np.divmod(np.arange(G * H), H)
    by_unit = ((unit // L) * G + gate) * L + unit % L
    source, also, columns = list[Numbers](), list[Numbers](), np.empty((0, 2), np.int64)
    packed_ih, packed_hh, packed_bias, packed_hidden = (list[int]() for _ in range(4))
    packed = 0

    def lay(rows: int, vectors: int, width: int, taken: Numbers, where: Numbers) -> int:
        """Lay out a matrix of zeros with the numbers `taken` at (row, column) of `where`; returns where it begins."""
        nonlocal packed
        begins, full = packed, np.full((rows, vectors * L), zero)
        full[where[0], where[1]] = taken
        flat = np.empty(full.size, np.int64)
        flat[_in_panels(rows, vectors, L, width)] = full
        source.append(flat)
        packed += rows * vectors
        return begins

    for layer in range(sizes.layers):
        transposed = weights_of["hh"][layer].T
        where = np.broadcast_arrays(np.arange(H)[:, None], by_unit)
        packed_hh.append(lay(sizes.rows, n, sizes.width, transposed, np.array(where)))
        read = sizes.inputs if layer == 0 else H
        rows = sizes.inputs if one_hot and layer == 0 else _up(read, STEP)
        width = n if one_hot and layer == 0 else sizes.width
        where = np.broadcast_arrays(np.arange(read)[:, None], by_unit)
        packed_ih.append(lay(rows, n, width, weights_of["ih"][layer].T, np.array(where)))
        line = np.array([np.zeros(G * H, np.int64), by_unit])
        packed_bias.append(lay(1, n, n, weights_of["b_ih"][layer], line))
        # torch's GRU scales b_hn by the reset gate, so this one does not go with the input's part.
        with_input = np.arange(G * H) < (2 * H if G == 3 else G * H)
        there = packed_bias[-1] * L + by_unit[with_input]
        also.append(np.stack([there, weights_of["b_hh"][layer][with_input]], 1))
        packed_hidden.append(lay(1, n, n, weights_of["b_hh"][layer][~with_input], line[:, ~with_input]))
    where = np.broadcast_arrays(np.arange(H)[:, None], np.arange(sizes.outputs))
    packed_head = lay(sizes.rows, sizes.output_vectors, PANEL, head_numbers.T, np.array(where))
    if one_hot:
        letters = np.arange(sizes.inputs)
        sums = letters * n * L + by_gate[:, None]
        columns = np.stack([weights_of["ih"][0].ravel(), sums.ravel()], 1)
    of_weights: list[Any] = [np.array(one) for one in (ih, hh, b_ih, b_hh)]
    of_packed: list[Any] = [np.array(one) for one in (packed_ih, packed_hh, packed_bias, packed_hidden)]
    places = Places(*of_weights, head, head_bias, *of_packed, packed_head)
    return Layout(places, at, packed, np.concatenate(index), np.concatenate(source), np.concatenate(also), columns)
