"""The paper's learning algorithm, one weight after the other (Hochreiter & Schmidhuber 1997, appendix A.1).

Units of the hidden layer stand in this order: the b input gates, the b output gates, the cells block by block. What
they read, the sources, are the inputs of this step, all hidden units of the step before, and a 1 for the bias. All in
float64; everything a kernel calls is in this file, which is what numba compares to what it kept.
"""

import numpy as np
from numba import njit


@njit
def _logistic(x):
    return 1.0 / (1.0 + np.exp(-x))


@njit
def _nets(hidden, sources, net):
    """The net inputs of all hidden units: sources (K,), hidden (K, U), net (U,)."""
    net[:] = 0.0
    for k in range(len(sources)):
        source = sources[k]
        if source != 0.0:
            for i in range(len(net)):
                net[i] += source * hidden[k, i]


@njit
def _tell(output, linear, sources, first, told):
    """The output units: output (C + 1, P) from the cells, which lie from `first` on in `sources`, and a 1."""
    cells = output.shape[0] - 1
    for p in range(len(told)):
        total = output[cells, p]
        for v in range(cells):
            total += output[v, p] * sources[first + v]
        told[p] = total if linear else _logistic(total)


@njit
def _activate(net, size, g, h, s, squashed, derivative, act):
    """One step of all blocks: `s` goes on, `act` (U,) are the activations, `squashed` g and `derivative` that of g."""
    cells = len(s)
    blocks = (len(net) - cells) // 2
    for j in range(2 * blocks):
        act[j] = _logistic(net[j])
    for v in range(cells):
        j = v // size
        y = _logistic(net[2 * blocks + v])
        squashed[v] = g * (2.0 * y - 1.0)
        derivative[v] = g * 2.0 * y * (1.0 - y)
        s[v] += act[j] * squashed[v]
        act[2 * blocks + v] = act[blocks + j] * h * (2.0 * _logistic(s[v]) - 1.0)


@njit
def _judge(output, linear, now, first, y, told, delta, above, out, bias_output):
    """The outputs' errors: what they mean for the cells goes to `above` (C,), for V to `out`; returns the largest."""
    cells, outputs = output.shape[0] - 1, output.shape[1]
    _tell(output, linear, now, first, told)
    above[:] = 0.0
    worst = 0.0
    for p in range(outputs):
        error = y[p] - told[p]
        worst = max(worst, abs(error))
        delta[p] = error if linear else error * told[p] * (1.0 - told[p])
        for v in range(cells):
            above[v] += output[v, p] * delta[p]
            out[v, p] += delta[p] * now[first + v]
        if bias_output:
            out[cells, p] += delta[p]
    return worst


@njit
def _into_blocks(above, s, act, size, h, within, at_gate):
    """The errors that arrive at each cell's s, `within` (C,), and at each output gate's net input, `at_gate` (b,)."""
    blocks = len(at_gate)
    for j in range(blocks):
        gate, total = act[blocks + j], 0.0
        for v in range(j * size, (j + 1) * size):
            state = _logistic(s[v])
            total += h * (2.0 * state - 1.0) * above[v]
            within[v] = gate * h * 2.0 * state * (1.0 - state) * above[v]
        at_gate[j] = gate * (1.0 - gate) * total


@njit(nogil=True, cache=True)
def learn(hidden, output, size, g, h, linear, bias_cells, bias_output, x, y, asked, starts, order, lr, errors):
    """Show the sequences of `order`, one after the other; the weights change at the end of each.

    What is descended is half the squared error, summed over the outputs and steps that are asked. An error that arrives
    at the net input of a gate or a cell changes the weights into it and goes no further; within a cell it goes back
    through all s, whose derivative by the s before is 1, so one way back over the sequence has it all.

    hidden: (K, U), K = Q + U + 1; output: (C + 1, P), the last row of each is the bias; both are changed.
    size: cells a block; g, h: the ranges of those functions, from -g to g and from -h to h; linear: whether outputs
    are that, not logistic; bias_cells, bias_output: whether cells and outputs have a bias that learns.
    x: (R, Q), y: (R, P), asked: (R,) of all sequences one behind the other; starts: (N + 1,), where each begins.
    order: (M,); lr: learning rate. errors: (M,) gets each sequence's largest absolute error.
    """
    count, units = hidden.shape
    inputs, cells, outputs = x.shape[1], output.shape[0] - 1, output.shape[1]
    blocks = (units - cells) // 2
    first = inputs + 2 * blocks
    longest = 0
    for n in range(len(starts) - 1):
        longest = max(longest, starts[n + 1] - starts[n])
    read = np.zeros((longest + 1, count))  # what is read at each step
    arrives = np.zeros((longest, cells))
    at_gate = np.zeros((longest, blocks))
    squashed, derivative = np.zeros((longest, cells)), np.zeros((longest, cells))
    net, act, s = np.zeros(units), np.zeros(units), np.zeros(cells)
    told, delta, above, back = np.zeros(outputs), np.zeros(outputs), np.zeros(cells), np.zeros(cells)
    now, into, out = np.zeros(count), np.zeros(units), np.zeros_like(output)
    for m in range(len(order)):
        start = starts[order[m]]
        steps = starts[order[m] + 1] - start
        read[0] = 0.0
        s[:] = 0.0
        worst = 0.0
        for t in range(steps):
            for k in range(inputs):
                read[t, k] = x[start + t, k]
            read[t, count - 1] = 1.0
            _nets(hidden, read[t], net)
            _activate(net, size, g, h, s, squashed[t], derivative[t], act)
            for j in range(blocks):
                for v in range(j * size, (j + 1) * size):
                    derivative[t, v] *= act[j]
                    squashed[t, v] *= act[j] * (1.0 - act[j])
            for i in range(units):
                now[inputs + i] = act[i]
                read[t + 1, inputs + i] = act[i]
            if asked[start + t]:
                worst = max(
                    worst, _judge(output, linear, now, first, y[start + t], told, delta, above, out, bias_output)
                )
                _into_blocks(above, s, act, size, h, arrives[t], at_gate[t])
            else:
                arrives[t] = 0.0
                at_gate[t] = 0.0
        back[:] = 0.0
        for t in range(steps - 1, -1, -1):
            for j in range(blocks):
                total = 0.0
                for v in range(j * size, (j + 1) * size):
                    back[v] += arrives[t, v]
                    total += back[v] * squashed[t, v]
                    into[2 * blocks + v] = lr * back[v] * derivative[t, v]
                into[j] = lr * total
                into[blocks + j] = lr * at_gate[t, j]
            for k in range(count - 1):
                source = read[t, k]
                if source != 0.0:
                    for i in range(units):
                        hidden[k, i] += source * into[i]
            for i in range(units if bias_cells else 2 * blocks):
                hidden[count - 1, i] += into[i]
        for v in range(cells + 1):
            for p in range(outputs):
                output[v, p] += lr * out[v, p]
                out[v, p] = 0.0
        errors[m] = worst


@njit(nogil=True, cache=True)
def learn_at_each_step(
    hidden, output, size, g, h, linear, bias_cells, bias_output, x, y, asked, starts, order, lr, errors
):
    """As `learn`, but the weights change at each step that is asked.

    The derivatives of each s by the weights are carried along, those by the weights into a cell in `by_cell` and those
    into its input gate in `by_gate`, as the paper writes it; the weights at which they were taken have changed since.
    """
    count, units = hidden.shape
    inputs, cells, outputs = x.shape[1], output.shape[0] - 1, output.shape[1]
    blocks = (units - cells) // 2
    first = inputs + 2 * blocks
    sources, now, net, act = np.zeros(count), np.zeros(count), np.zeros(units), np.zeros(units)
    s, squashed, derivative = np.zeros(cells), np.zeros(cells), np.zeros(cells)
    by_cell, by_gate = np.zeros((count, cells)), np.zeros((count, cells))
    told, delta, out = np.zeros(outputs), np.zeros(outputs), np.zeros_like(output)
    above, within, at_gate = np.zeros(cells), np.zeros(cells), np.zeros(blocks)
    for m in range(len(order)):
        sources[:] = 0.0
        sources[count - 1] = 1.0
        s[:] = 0.0
        by_cell[:] = 0.0
        by_gate[:] = 0.0
        worst = 0.0
        for t in range(starts[order[m]], starts[order[m] + 1]):
            for k in range(inputs):
                sources[k] = x[t, k]
            _nets(hidden, sources, net)
            _activate(net, size, g, h, s, squashed, derivative, act)
            for j in range(blocks):
                for v in range(j * size, (j + 1) * size):
                    derivative[v] *= act[j]
                    squashed[v] *= act[j] * (1.0 - act[j])
            for k in range(count):
                source = sources[k]
                if source != 0.0:
                    for v in range(cells):
                        by_cell[k, v] += derivative[v] * source
                        by_gate[k, v] += squashed[v] * source
            for i in range(units):
                now[inputs + i] = act[i]
            if asked[t]:
                off = _judge(output, linear, now, first, y[t], told, delta, above, out, bias_output)
                worst = max(worst, off)
                _into_blocks(above, s, act, size, h, within, at_gate)
                for k in range(count):
                    for j in range(blocks):
                        total = 0.0
                        for v in range(j * size, (j + 1) * size):
                            total += within[v] * by_gate[k, v]
                        hidden[k, j] += lr * total
                        hidden[k, blocks + j] += lr * at_gate[j] * sources[k]
                    if k < count - 1 or bias_cells:
                        for v in range(cells):
                            hidden[k, 2 * blocks + v] += lr * within[v] * by_cell[k, v]
                for v in range(cells + 1):
                    for p in range(outputs):
                        output[v, p] += lr * out[v, p]
                        out[v, p] = 0.0
            for i in range(units):
                sources[inputs + i] = act[i]
        errors[m] = worst


@njit(nogil=True, cache=True)
def read(hidden, output, size, g, h, linear, x, starts, told):
    """Read all sequences from zero states: what is told at each step goes to `told`, (R, P); else as `learn`."""
    units, inputs = hidden.shape[1], x.shape[1]
    cells = output.shape[0] - 1
    first = inputs + units - cells
    sources, net, act = np.zeros(hidden.shape[0]), np.zeros(units), np.zeros(units)
    s, squashed, derivative = np.zeros(cells), np.zeros(cells), np.zeros(cells)
    for n in range(len(starts) - 1):
        sources[:] = 0.0
        sources[hidden.shape[0] - 1] = 1.0
        s[:] = 0.0
        for t in range(starts[n], starts[n + 1]):
            sources[:inputs] = x[t]
            _nets(hidden, sources, net)
            _activate(net, size, g, h, s, squashed, derivative, act)
            sources[inputs : inputs + units] = act
            _tell(output, linear, sources, first, told[t])


@njit(nogil=True, cache=True)
def first_wrong(hidden, output, size, g, h, linear, x, legal, starts, begin):
    """The first sequence, looking from `begin` on and around, with a step at which not the legal symbols lead; else -1.

    legal: (R, P) which symbols may come; they lead if each of them is more active than all others.
    """
    units, inputs = hidden.shape[1], x.shape[1]
    cells, outputs = output.shape[0] - 1, output.shape[1]
    first = inputs + units - cells
    sources, net, act = np.zeros(hidden.shape[0]), np.zeros(units), np.zeros(units)
    s, squashed, derivative = np.zeros(cells), np.zeros(cells), np.zeros(cells)
    told = np.zeros(outputs)
    sequences = len(starts) - 1
    for k in range(sequences):
        n = (begin + k) % sequences
        sources[:] = 0.0
        sources[hidden.shape[0] - 1] = 1.0
        s[:] = 0.0
        for t in range(starts[n], starts[n + 1]):
            sources[:inputs] = x[t]
            _nets(hidden, sources, net)
            _activate(net, size, g, h, s, squashed, derivative, act)
            sources[inputs : inputs + units] = act
            _tell(output, linear, sources, first, told)
            least, most = np.inf, -np.inf
            for p in range(outputs):
                if legal[t, p]:
                    least = min(least, told[p])
                else:
                    most = max(most, told[p])
            if not least > most:
                return n
    return -1
