"""A recurrent network as a map of its state: s' = F(s; x), with the matrix of its derivatives.

What a network can remember is decided by this map: where it leads (`dynamics`), what it can tell apart (`automata`),
what learning can reach through it (`gradients`), and what is so forever (`proof`). It is computed in float64 from the
trained weights taken as exact, by the very steps of `cells`.

The state of a network is all that a step hands on to the next one, as one vector of S numbers: for each layer its h,
followed, in an LSTM, by its c. One layer of H units has S = H, or 2H for an LSTM.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import nn

from lstmviz._checks import instance
from lstmviz.cells import Array, Weights, gru_step, lstm_step, rnn_relu_step, rnn_step
from lstmviz.tasks import Task
from lstmviz.tracing.following import shape_of, weights_of
from lstmviz.tracing.given import parts_of
from lstmviz.tracing.in_use import weights_in_use


@dataclass(frozen=True, eq=False)
class StateMap:
    """The map of a network read in one direction; made by `state_map`. Its arrays are float64."""

    cell: str
    """"rnn", "rnn_relu", "lstm" or "gru\""""
    layers: tuple[Weights, ...]
    """the weights of each layer, the one that reads the input first"""
    head: tuple[Array, Array] | None
    """the weight, (V_out, H), and the bias, (V_out,), of the head over the last layer's h; None for a bare layer"""

    @property
    def hidden_size(self) -> int:
        """H, the units of each layer."""
        return int(self.layers[0].hh.shape[-1])

    @property
    def input_size(self) -> int:
        """V, the numbers read at each step."""
        return int(self.layers[0].ih.shape[-1])

    @property
    def parts(self) -> int:
        """Vectors of H numbers in a layer's state: h, and c where there is one."""
        return 2 if self.cell == "lstm" else 1

    @property
    def size(self) -> int:
        """S, the numbers of the whole state."""
        return len(self.layers) * self.parts * self.hidden_size

    def h(self, s: Array, layer: int = -1) -> Array:
        """The hidden state of a layer, (..., H), within the states s (..., S)."""
        return s[..., self._where(layer, 0)]

    def c(self, s: Array, layer: int = -1) -> Array | None:
        """The cell state of a layer, (..., H); None where the cell has none."""
        return s[..., self._where(layer, 1)] if self.parts == 2 else None

    def step(self, s: Array, x: Array) -> Array:
        """The state after reading x (..., V) in the state s (..., S): (..., S)."""
        states = []
        for k, w in enumerate(self.layers):
            h = s[..., self._where(k, 0)]
            match self.cell:
                case "lstm":
                    step = lstm_step(x, h, s[..., self._where(k, 1)], w)
                    states += [step.h, step.c]
                case "gru":
                    states.append(gru_step(x, h, w).h)
                case "rnn_relu":
                    states.append(rnn_relu_step(x, h, w).h)
                case _:
                    states.append(rnn_step(x, h, w).h)
            x = states[-self.parts]
        return np.concatenate(states, axis=-1)

    def jacobian(self, s: Array, x: Array) -> Array:
        """D s' / d s at s (..., S) and x (..., V): (..., S, S), the numbers of s' along the rows.

        A ReLU counts as flat at 0, as torch takes it.
        """
        lead = np.broadcast_shapes(s.shape[:-1], x.shape[:-1])
        full = np.zeros((*lead, self.size, self.size))
        size = self.parts * self.hidden_size
        below: Array | None = None  # d x / d s of what this layer reads
        for k, w in enumerate(self.layers):
            rows = slice(k * size, (k + 1) * size)
            h = s[..., self._where(k, 0)]
            c = s[..., self._where(k, 1)] if self.parts == 2 else None
            own, read, x = _layer_jacobian(self.cell, x, h, c, w)
            full[..., rows, rows] = own
            if below is not None:
                full[..., rows, :] += read @ below
            below = full[..., rows.start : rows.start + self.hidden_size, :]
        return full

    def states(self, xs: Array, start: Array | None = None) -> Array:
        """The state after each step of xs (T, ..., V), from `start` (..., S), zeros if left out: (T, ..., S)."""
        s = np.zeros((*xs.shape[1:-1], self.size)) if start is None else start
        states = []
        for x in xs:
            s = self.step(s, x)
            states.append(s)
        return np.stack(states)

    def after(self, s: Array, xs: Array) -> Array:
        """The state after all of xs, (P, V), from the states s (..., S): the map of a whole period, (..., S)."""
        for x in xs:
            s = self.step(s, x)
        return s

    def after_with_jacobian(self, s: Array, xs: Array) -> tuple[Array, Array]:
        """The same, and its derivative by the chain rule: (..., S), (..., S, S)."""
        product = np.broadcast_to(np.eye(self.size), (*s.shape[:-1], self.size, self.size))
        for x in xs:
            product = self.jacobian(s, x) @ product
            s = self.step(s, x)
        return s, product

    def logits(self, s: Array) -> Array:
        """What the head says in the states s (..., S): (..., V_out).

        Raises:
            ValueError: there is no head.
        """
        if self.head is None:
            raise ValueError("`model` must have a head for its predictions; got a bare recurrent layer.")
        weight, bias = self.head
        return np.matvec(weight, self.h(s)) + bias

    def _where(self, layer: int, part: int) -> slice:
        """The place of a layer's h (part 0) or c (part 1) in the state."""
        start = ((layer % len(self.layers)) * self.parts + part) * self.hidden_size
        return slice(start, start + self.hidden_size)


def state_map(model: nn.Module) -> StateMap:
    """The map of `model`, a `Model` or a bare nn.RNN, nn.LSTM or nn.GRU of any number of layers, as it is now.

    Raises:
        TypeError: `model` is none of these.
        ValueError: it reads both ways, so that no state holds all that a step needs; a weight is not finite; or as
            `trace`.
    """
    layer, head = parts_of(model)
    if layer.bidirectional:
        raise ValueError(
            "`model` must read in one direction: read both ways, it has no state that decides the next one."
        )
    flat = list(map(_exact, weights_in_use(layer)))
    own_head = None
    if head is not None:
        own_head = _exact(head.weight), np.zeros(len(head.weight)) if head.bias is None else _exact(head.bias)
    arrays = [*flat, *(own_head or ())]
    if not all(np.isfinite(array).all() for array in arrays):
        raise ValueError("`model` must have finite weights; this one's training diverged.")
    shape = shape_of(layer)
    return StateMap(shape.cell, tuple(weights_of(shape, flat)), own_head)


def check_letters(f: StateMap, task: Task) -> None:
    """Do nothing if the network reads and names the letters of `task`.

    Raises:
        TypeError: `task` is no Task.
        ValueError: it does not, or has no head.
    """
    instance("task", task, Task)
    if f.head is None:
        raise ValueError("`model` must have a head for its predictions; got a bare recurrent layer.")
    letters = len(task.alphabet)
    if (f.input_size, len(f.head[1])) != (letters, letters):
        raise ValueError(
            f"`model` must read and name the task's {letters} letters; "
            f"got one that reads {f.input_size} and names {len(f.head[1])}."
        )


def pattern_inputs(codes: Sequence[int] | Array, letters: int) -> Array:
    """Letters as the network reads them, one-hot in float64: (P,) numbers of letters to (P, letters)."""
    return np.eye(letters)[np.asarray(codes)]


def _exact(tensor: Any) -> Array:
    """A tensor's numbers in float64, which holds each float32 exactly."""
    array: Array = tensor.detach().cpu().double().numpy()
    return array


def _layer_jacobian(cell: str, x: Array, h: Array, c: Array | None, w: Weights) -> tuple[Array, Array, Array]:
    """Of one layer: d s' / d s (..., P*H, P*H), d s' / d x (..., P*H, V), and its new h (..., H), which goes up."""
    if cell == "lstm":
        assert c is not None
        return _lstm_jacobian(x, h, c, w)
    if cell == "gru":
        return _gru_jacobian(x, h, w)
    step = rnn_relu_step(x, h, w) if cell == "rnn_relu" else rnn_step(x, h, w)
    slope = (step.h_pre > 0).astype(float) if cell == "rnn_relu" else 1 - step.h**2
    return slope[..., None] * w.hh, slope[..., None] * w.ih, step.h


def _lstm_jacobian(x: Array, h: Array, c: Array, w: Weights) -> tuple[Array, Array, Array]:
    """C' = f c + i g and h' = o tanh(c'), each gate by the product rule."""
    step = lstm_step(x, h, c, w)
    tanh_c = np.tanh(step.c)
    through_c = step.o * (1 - tanh_c**2)  # d h' / d c'
    by_i, by_f = step.g * step.i * (1 - step.i), c * step.f * (1 - step.f)
    by_g, by_o = step.i * (1 - step.g**2), tanh_c * step.o * (1 - step.o)

    def by(matrix: Array) -> tuple[Array, Array]:
        """D h' and d c' by what a stacked matrix, (4H, K), multiplies: (..., H, K) each."""
        m_i, m_f, m_g, m_o = np.split(matrix, 4, axis=-2)
        d_c = by_i[..., None] * m_i + by_f[..., None] * m_f + by_g[..., None] * m_g
        return by_o[..., None] * m_o + through_c[..., None] * d_c, d_c

    h_by_h, c_by_h = by(w.hh)
    h_by_x, c_by_x = by(w.ih)
    along = np.eye(h.shape[-1]) * step.f[..., None]  # d c' / d c where h is given
    own = np.concatenate(
        [
            np.concatenate([h_by_h, through_c[..., None] * along], axis=-1),
            np.concatenate([c_by_h, np.broadcast_to(along, c_by_h.shape)], axis=-1),
        ],
        axis=-2,
    )
    return own, np.concatenate([h_by_x, c_by_x], axis=-2), step.h


def _gru_jacobian(x: Array, h: Array, w: Weights) -> tuple[Array, Array, Array]:
    """H' = (1 - z) n + z h with n = tanh(W_n x + b_in + r (U_n h + b_hn))."""
    step = gru_step(x, h, w)
    slope_n = (1 - step.z) * (1 - step.n**2)
    by_z = (h - step.n) * step.z * (1 - step.z)
    by_r = slope_n * step.n_hidden * step.r * (1 - step.r)

    def by(matrix: Array, of_n: Array) -> Array:
        m_r, m_z, m_n = np.split(matrix, 3, axis=-2)
        return by_r[..., None] * m_r + by_z[..., None] * m_z + (slope_n * of_n)[..., None] * m_n

    own = by(w.hh, step.r) + np.eye(h.shape[-1]) * step.z[..., None]
    return own, by(w.ih, np.ones_like(step.r)), step.h
