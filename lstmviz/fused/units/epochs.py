"""An update: forward, the loss, the way back, the gradients of all weights, Adam; and one after the other."""

from numba import njit

from lstmviz.fused.along import put_first, total
from lstmviz.fused.functions import INLINE
from lstmviz.fused.shared import Weights, adam
from lstmviz.fused.units import gru, lstm, rnn
from lstmviz.fused.units.head import head
from lstmviz.fused.units.helping import add_outer_wide, multiply_wide
from lstmviz.fused.units.plan import plan_in
from lstmviz.fused.units.products import add_columns
from lstmviz.fused.vector import fill, load, store


@njit(_nrt=False)
def pack(m, flat, q, at):
    """Lay the weights out for the way forward, biases added up."""
    begin = at.packed * at.lanes
    for k in range(at.source_count):
        flat[begin + k] = flat[q[at.source + k]]
    for k in range(at.also, at.also + 2 * at.also_count, 2):
        flat[q[k]] += flat[q[k + 1]]
    if at.one_hot:
        table, bias = q[at.packed_ih], q[at.packed_bias]
        for letter in range(table, table + at.inputs * at.sums, at.sums):
            for v in range(at.sums):
                store(m, letter + v, load(m, letter + v) + load(m, bias + v))


@njit(**INLINE)
def weights_in(m, at):
    """The weights with their gradient and what Adam remembers of them."""
    count = at.parameters
    return Weights(
        m[:count],
        m[at.first : at.first + count],
        m[at.second : at.second + count],
        m[at.gradient : at.gradient + count],
        m[at.rate : at.rate + 1],
    )


@njit(_nrt=False)
def zero(m, start, count):
    """Set vectors to zero."""
    for k in range(start, start + count):
        store(m, k, fill(m, 0.0))


@njit(_nrt=False)
def begin_sequences(m, at, own, first, count):
    """Put a lot's first states, those of an update from sequence `first` on, where its first step looks for them."""
    for layer in range(at.layers):
        from_here, to = layer * at.layer_sequences + first * at.vectors, layer * at.layer_states + own
        for v in range(count * at.vectors):
            store(m, at.before + to + v, load(m, at.begin + from_here + v))
            if at.gates == 4:
                store(m, at.c_before + to + v, load(m, at.begin_c + from_here + v))


@njit(_nrt=False)
def input_sums(m, q, at, layer, below, first, count):
    """The input's part of all sums of a block, one product; `below` is where the states of the layer below lie."""
    ih, bias, rows, vectors = q[at.packed_ih + layer], q[at.packed_bias + layer], at.rows, at.vectors
    if layer == 0:
        below, rows, vectors = at.dense + first * at.input_vectors, at.input_rows, at.input_vectors
    multiply_wide(
        m, q, at, ih, at.once, rows, at.width, at.sums, below * at.lanes, vectors * at.lanes, at.nought, bias, at.none,
        at.pre, count,
    )  # fmt: skip


@njit(_nrt=False)
def weight_gradients(m, q, at, layer, below, before, first, count):
    """Add what a block gives to the gradients of a layer's weights, as products over all its rows.

    below, before: where the block's rows begin in the states of the layer below, and in `before`.
    """
    K, L, G, n, grad = at.vectors, at.lanes, at.gates, at.sums, at.gradient
    d_input, d_hidden = at.d_input * L, at.d_hidden * L
    add_outer_wide(m, q, at, grad + q[at.hh + layer], G, at.rows, K, d_hidden, n * L, K * L, before, count)
    b_ih, b_hh = grad + q[at.b_ih + layer], grad + q[at.b_hh + layer]
    add_columns(m, b_hh, at.d_hidden, n, count)
    if at.d_input == at.d_hidden:
        for v in range(n):
            store(m, b_ih + v, load(m, b_hh + v))
    else:
        add_columns(m, b_ih, at.d_input, n, count)
    ih = grad + q[at.ih + layer]
    if layer > 0:
        add_outer_wide(m, q, at, ih, G, at.rows, K, d_input, n * L, K * L, below, count)
    elif at.one_hot:
        for r in range(count):
            column = at.letter_sums + q[at.letters + first + r] * n
            for v in range(n):
                store(m, column + v, load(m, column + v) + load(m, at.d_input + r * n + v))
    else:
        read = at.dense + first * at.input_vectors
        add_outer_wide(m, q, at, ih, G, at.rows, at.input_vectors, d_input, n * L, K * L, read, count)


@njit(_nrt=False)
def go_forward(m, q, at, base, own, begin, stop, shift, scale, judged):
    """The states of a lot's steps, block by block; with `judged` its losses too. Returns how many rows are right."""
    K, top, right = at.vectors, at.layers - 1, 0
    for start in range(begin, stop, at.block):
        end = min(start + at.block, stop)
        first, behind = q[at.steps + start], q[at.steps + end]
        for layer in range(at.layers):
            init, which = at.pre, at.order
            if layer == 0 and at.one_hot:
                init, which = q[at.packed_ih], at.letters + first
            else:
                below = at.h + (layer - 1) * at.layer_states + own + shift + (first - base) * K
                input_sums(m, q, at, layer, below, first, behind - first)
            if at.gates == 4:
                lstm.forward(m, q, at, layer, base, own, start, end, shift, init, which)
            elif at.gates == 3:
                gru.forward(m, q, at, layer, base, own, start, end, shift, init, which)
            else:
                rnn.forward(m, q, at, layer, base, own, start, end, shift, init, which)
        if judged:
            h = at.h + top * at.layer_states + own + shift + (first - base) * K
            right += head(m, q, at, h, first, behind, scale, False)
    return right


@njit(_nrt=False)
def go_back(m, q, at, base, own, begin, stop, shift, scale):
    """A lot's losses, and what it gives to the gradients of all weights, last block first."""
    K, top, right = at.vectors, at.layers - 1, 0
    zero(m, at.carry, at.layers * at.layer_carry)
    zero(m, at.carry_c, at.layers * at.layer_carry)
    for start in range(begin + (stop - begin - 1) // at.block * at.block, begin - 1, -at.block):
        end = min(start + at.block, stop)
        first, behind = q[at.steps + start], q[at.steps + end]
        here = own + (first - base) * K
        right += head(m, q, at, at.h + top * at.layer_states + here + shift, first, behind, scale, True)
        for layer in range(top, -1, -1):
            if at.gates == 4:
                lstm.backward(m, q, at, layer, base, own, start, end, shift)
            elif at.gates == 3:
                gru.backward(m, q, at, layer, base, own, start, end, shift)
            else:
                rnn.backward(m, q, at, layer, base, own, start, end, shift)
            below = at.h + (layer - 1) * at.layer_states + here + shift
            weight_gradients(m, q, at, layer, below, at.before + layer * at.layer_states + here, first, behind - first)
            if layer > 0:
                multiply_wide(
                    m, q, at, q[at.ih + layer], at.gates, at.rows, at.panel, K, at.d_input * at.lanes,
                    at.sums * at.lanes, K * at.lanes, at.zero, at.none, at.d_h, behind - first,
                )  # fmt: skip
    return right


@njit(nogil=True, cache=True, _nrt=False)
def run(m, flat, q, scales, constants, updates, place, losses, hits, history, learn):
    """An update for each number in `hits`, on the data of update `place` and on, round and round.

    learn: 0 leaves it at the losses, 1 has the gradients, 2 goes a step of Adam down them. history: the weights before
    each update, if it has rows. flat: the memory, as one row of numbers.
    """
    at = plan_in(q)
    for e in range(hits.shape[0]):
        u = (place + e) % scales.shape[0]
        scale, first_lot, last_lot = scales[u], q[at.updates + u], q[at.updates + u + 1]
        if e == 0 or learn == 2:
            pack(m, flat, q, at)
        zero(m, at.tally, 1)
        if learn > 0:
            zero(m, at.gradient, at.parameters)
            if at.one_hot:
                zero(m, at.letter_sums, at.inputs * at.sums)
        right, before = 0, 0
        update_base = q[at.steps + q[at.lots + first_lot]]
        for lot in range(first_lot, last_lot):
            begin, stop = q[at.lots + lot], q[at.lots + lot + 1]
            base = q[at.steps + begin]
            sequences = q[at.steps + begin + 1] - base
            own, shift = (base - update_base + before) * at.vectors, sequences * at.vectors if at.shared else 0
            begin_sequences(m, at, own, before, sequences)
            right += go_forward(m, q, at, base, own, begin, stop, shift, scale, learn == 0)
            if learn > 0:
                right += go_back(m, q, at, base, own, begin, stop, shift, scale)
            before += sequences
        if learn > 0:
            for k in range(at.columns, at.columns + 2 * at.columns_count, 2):
                flat[q[k]] = flat[q[k + 1]]
        put_first(losses, e, total(load(m, at.tally)) * scale)
        hits[e] = right
        if history.shape[0] > 0:
            for k in range(at.parameters):
                store(history, e * at.parameters + k, load(m, k))
        if learn == 2:
            adam(weights_in(m, at), updates + e + 1, constants)
