"""An update: forward, the loss, the way back, the gradients of all weights, Adam; and one after the other."""

from numba import njit

from lstmviz.fused.along import put_first, total
from lstmviz.fused.shared import adam
from lstmviz.fused.units import gru, lstm, rnn
from lstmviz.fused.units.head import head
from lstmviz.fused.units.products import add_outer, multiply
from lstmviz.fused.vector import fill, load, store


@njit(_nrt=False)
def pack(sizes, places, packing, packed, one_hot):
    """Lay the weights out for the way forward, biases added up."""
    for k in range(packing.source.shape[0]):
        packing.packed[k] = packing.values[packing.source[k]]
    for k in range(packing.also.shape[0]):
        packing.packed[packing.also[k, 0]] += packing.values[packing.also[k, 1]]
    if one_hot:
        table, bias, n = places.packed_ih[0], places.packed_bias[0], sizes.gates * sizes.vectors
        for v in range(sizes.inputs):
            for q in range(n):
                place = table + v * n + q
                store(packed, place, load(packed, place) + load(packed, bias + q))


@njit(_nrt=False)
def zero(rows, count):
    """Set vectors to zero."""
    for k in range(count):
        store(rows, k, fill(rows, 0.0))


@njit(_nrt=False)
def begin_sequences(sizes, work, room, count):
    """Put the first states where the first step looks for them."""
    K = sizes.vectors
    for layer in range(sizes.layers):
        for v in range(count * K):
            at = layer * room.sequences + v
            store(work.before, layer * room.before + v, load(work.begin, at))
            store(work.c_before, layer * room.before + v, load(work.begin, sizes.layers * room.sequences + at))


@njit(_nrt=False)
def input_sums(sizes, places, packed, data, work, layer, below, start, count):
    """The input's part of all sums of a block: one product. `below` is where the states of the layer below lie."""
    n, L = sizes.gates * sizes.vectors, sizes.lanes
    if layer == 0:
        rows, vectors, at = sizes.input_rows, sizes.input_vectors, start * sizes.input_vectors
        multiply(
            packed, places.packed_ih[0], 1, rows, sizes.width, n,
            data.dense, at * L, vectors * L, 0,
            packed, places.packed_bias[0], work.none, 0, work.pre, 0, count,
        )  # fmt: skip
    else:
        multiply(
            packed, places.packed_ih[layer], 1, sizes.rows, sizes.width, n,
            work.h, below * L, sizes.vectors * L, 0,
            packed, places.packed_bias[layer], work.none, 0, work.pre, 0, count,
        )  # fmt: skip


@njit(_nrt=False)
def weight_gradients(sizes, places, weights, data, work, room, layer, below, base, start, count, one_hot):
    """Add what a block of rows gives to the gradients of a layer's weights, as products over all of it."""
    K, L, G, n = sizes.vectors, sizes.lanes, sizes.gates, sizes.gates * sizes.vectors
    grad = weights.gradient
    before = layer * room.before + (start - base) * K
    add_outer(
        grad, places.hh[layer], G, sizes.rows, K,
        work.d_hidden, 0, n * L, K * L, work.before, before, count,
    )  # fmt: skip
    for q in range(n):
        of_input, of_hidden = fill(grad, 0.0), fill(grad, 0.0)
        for r in range(count):
            of_input = of_input + load(work.d_input, r * n + q)
            of_hidden = of_hidden + load(work.d_hidden, r * n + q)
        store(grad, places.b_ih[layer] + q, load(grad, places.b_ih[layer] + q) + of_input)
        store(grad, places.b_hh[layer] + q, load(grad, places.b_hh[layer] + q) + of_hidden)
    if layer == 0 and one_hot:
        for r in range(count):
            column = data.letters[start + r] * n
            for q in range(n):
                sums = load(work.letter_sums, column + q) + load(work.d_input, r * n + q)
                store(work.letter_sums, column + q, sums)
    elif layer == 0:
        add_outer(
            grad, places.ih[0], G, sizes.rows, sizes.input_vectors,
            work.d_input, 0, n * L, K * L, data.dense, start * sizes.input_vectors, count,
        )  # fmt: skip
    else:
        add_outer(
            grad, places.ih[layer], G, sizes.rows, K,
            work.d_input, 0, n * L, K * L, work.h, below, count,
        )  # fmt: skip


@njit(_nrt=False)
def block_end(steps, start, stop, most):
    """The step behind a block that begins with `start`: at least one step, then as many as stay below `most` rows."""
    end = start + 1
    while end < stop and steps[end + 1] - steps[start] <= most:
        end += 1
    return end


@njit(_nrt=False)
def block_start(steps, start, stop, most):
    """The first step of a block that ends before `stop`, likewise."""
    first = stop - 1
    while first > start and steps[stop] - steps[first - 1] <= most:
        first -= 1
    return first


@njit(_nrt=False)
def forward(sizes, places, packed, data, work, room, layer, base, start, stop, shift, one_hot, relu):
    """The way forward of one layer through the steps from `start` to `stop`."""
    steps, first = data.steps, data.steps[start]
    pre, pre_at, which, at = work.pre, 0, work.order, 0
    if layer == 0 and one_hot:
        # An input that is one letter picks a row of the table.
        pre, pre_at, which, at = packed, places.packed_ih[0], data.letters, first
    else:
        below = (layer - 1) * room.h + shift + (first - base) * sizes.vectors
        input_sums(sizes, places, packed, data, work, layer, below, first, steps[stop] - first)
    if sizes.gates == 4:
        lstm.forward(
            sizes, places, packed, work, room, layer, pre, pre_at, which, at, steps, base, start, stop, shift
        )  # fmt: skip
    elif sizes.gates == 3:
        gru.forward(
            sizes, places, packed, work, room, layer, pre, pre_at, which, at, steps, base, start, stop, shift
        )  # fmt: skip
    else:
        rnn.forward(
            sizes, places, packed, work, room, layer, pre, pre_at, which, at, steps, base, start, stop, shift, relu
        )  # fmt: skip


@njit(_nrt=False)
def backward(sizes, places, weights, data, work, room, layer, base, start, stop, shift, one_hot, relu):
    """The way back of one layer through the steps from `stop` to `start`; leaves d_h of the layer below."""
    steps, values, K = data.steps, weights.values, sizes.vectors
    first, count = steps[start], steps[stop] - steps[start]
    if sizes.gates == 4:
        lstm.backward(sizes, places, values, work, room, layer, steps, base, start, stop, shift)
    elif sizes.gates == 3:
        gru.backward(sizes, places, values, work, room, layer, steps, base, start, stop, shift)
    else:
        rnn.backward(sizes, places, values, work, room, layer, steps, base, start, stop, shift, relu)
    below = (layer - 1) * room.h + shift + (first - base) * K
    weight_gradients(sizes, places, weights, data, work, room, layer, below, base, first, count, one_hot)
    if layer > 0:
        multiply(
            values, places.ih[layer], sizes.gates, sizes.rows, 4, K,
            work.d_input, 0, sizes.gates * K * sizes.lanes, K * sizes.lanes,
            work.zero, 0, work.none, 0, work.d_h, 0, count,
        )  # fmt: skip


@njit(nogil=True, cache=True, _nrt=False)
def run(
    sizes, places, weights, packing, packed, data, work, room, one_hot, numbers, relu, constants, updates, first,
    losses, hits, history, learn,
):  # fmt: skip
    """An update for each number in `hits`, on the data of update `first` and on, round and round.

    learn: 0 leaves it at the losses, 1 has the gradients, 2 goes a step of Adam down them. history: the weights before
    each update, if it has rows.
    """
    K, steps, top = sizes.vectors, data.steps, sizes.layers - 1
    for e in range(hits.shape[0]):
        u = (first + e) % (data.updates.shape[0] - 1)
        begin, stop = data.updates[u], data.updates[u + 1]
        base, scale = steps[begin], data.scales[u]
        sequences = steps[begin + 1] - base
        shift = sequences * K if room.shared else 0
        if e == 0 or learn == 2:
            pack(sizes, places, packing, packed, one_hot)
        begin_sequences(sizes, work, room, sequences)
        zero(work.tally, 1)
        right, start = 0, begin
        while start < stop:
            end = block_end(steps, start, stop, room.block)
            for layer in range(sizes.layers):
                forward(sizes, places, packed, data, work, room, layer, base, start, end, shift, one_hot, relu)
            if learn == 0:
                right += head(
                    sizes, places, weights, packed, data, work, top * room.h + shift, base, steps[start], steps[end],
                    scale, numbers, False,
                )  # fmt: skip
            start = end
        if learn > 0:
            zero(weights.gradient, weights.gradient.shape[0])
            zero(work.carry, sizes.layers * room.sequences)
            zero(work.carry_c, sizes.layers * room.sequences)
            zero(work.letter_sums, work.letter_sums.shape[0])
            end = stop
            while end > begin:
                start = block_start(steps, begin, end, room.block)
                right += head(
                    sizes, places, weights, packed, data, work, top * room.h + shift, base, steps[start], steps[end],
                    scale, numbers, True,
                )  # fmt: skip
                for layer in range(top, -1, -1):
                    backward(sizes, places, weights, data, work, room, layer, base, start, end, shift, one_hot, relu)
                end = start
            for k in range(packing.columns.shape[0]):
                packing.gradient[packing.columns[k, 0]] = packing.sums[packing.columns[k, 1]]
        put_first(losses, e, total(load(work.tally, 0)) * scale)
        hits[e] = right
        if history.shape[0] > 0:
            for k in range(weights.values.shape[0]):
                store(history, e * weights.values.shape[0] + k, load(weights.values, k))
        if learn == 2:
            adam(weights, updates + e + 1, constants)
