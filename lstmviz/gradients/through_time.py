"""What learning can reach: how strongly the loss at step t depends on the state at an earlier step k.

The matrices |dL_t/dh_k| and |dL_t/dc_k| (Hochreiter 1991; Bengio, Simard & Frasconi 1994; Pascanu, Mikolov & Bengio
2013), from the exact Jacobians of the steps in float64. One sweep goes back over the steps k and carries the gradients
of all losses t >= k at once. Each is carried as a vector near 1 and a power of two, so that what is too small or too
large for float64 still has its logarithm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lstmviz.base.checks import instance, real_number, whole_number
from lstmviz.cells.step import Array
from lstmviz.gradients.forward import networks_of, read, stacked
from lstmviz.gradients.sweep import jacobians_of, largest_of, sweep
from lstmviz.statemap import StateMap, check_fits, stacked_map, state_map
from lstmviz.tasks import Task

WINDOW = 60
"""Steps looked at where nothing else is asked: the last ones."""
MOST_STEPS = 2000
"""A window's longest: its matrices have the square of this many numbers."""
MAX_GAIN = 100.0

_LOG2 = float(np.log10(2.0))


@dataclass(frozen=True, eq=False)
class GradientsThroughTime:
    """Gradients of one network over a window of N steps: row t - start is the loss's, column k - start the state's.

    A gradient is what autograd gives by `retain_grad` on the state: dL/dc_k has the way over h_k = o tanh(c_k) in it.
    The matrices are NaN where k > t: what is read later has no part in an earlier loss. They are NaN too where nothing
    is asked at t, so that there is no loss, and from the step on at which the network's numbers are not finite.
    """

    cell: str
    """"rnn", "rnn_relu", "lstm" or "gru\""""
    steps: range
    """the N steps that the window holds"""
    layer: int
    """whose states are asked about, 0 for the one that reads the input"""
    gain: float
    """by which the recurrent weights were multiplied"""
    loss: Array
    """(N,) L_t, at least 0: cross entropy in nats, or of numbers the mean of their squared errors; NaN where nothing is
    asked"""
    h: Array
    """(N, N) |dL_t/dh_k|, the Euclidean norm over the units, at least 0"""
    c: Array | None
    """(N, N) |dL_t/dc_k|; None where the cell has none"""
    log10_h: Array
    """(N, N) log10 |dL_t/dh_k|, right also where `h` is 0 by underflow; -inf where the gradient is exactly 0"""
    log10_c: Array | None
    """(N, N) the same of c"""
    log10_forget: Array | None
    """(N, H) log10 of the forget gate of each step, of an LSTM; at most 0"""
    c_now: Array | None
    """(N, H) dL_t/dc_t, where the direct path of c begins"""
    first_not_finite: int | None
    """the first step, from the very beginning, at which a state or a loss is no finite number; None if all are"""
    h_vectors: Array | None
    """(N, N, H) dL_t/dh_k itself, if asked for"""
    c_vectors: Array | None
    """(N, N, H) dL_t/dc_k itself, if asked for"""
    jacobians: Array
    """(N, S, S) d s_k / d s_{k-1} of each step of the window, of the whole state in the order of `StateMap`"""

    @cached_property
    def underflows(self) -> int:
        """How many of the numbers of `h` and `c` are 0 only because float64 holds none so small."""
        pairs = [(self.h, self.log10_h), (self.c, self.log10_c)]
        return sum(int(np.sum((m == 0) & np.isfinite(log))) for m, log in pairs if m is not None and log is not None)

    @cached_property
    def zeros(self) -> int:
        """How many of them are exactly 0: nothing passes a dead ReLU, or a slope 1 - tanh^2 that is 0 in float64."""
        return sum(int(np.isneginf(log).sum()) for log in (self.log10_h, self.log10_c) if log is not None)

    @cached_property
    def log10_path(self) -> Array | None:
        """(N, N) log10 |dL_t/dc_t * f_t ... f_{k+1}|: what would reach c_k on the direct path of c alone, of an LSTM.

        Only that path: the ways over h and the gates add to it, or take from it, so it is no bound of `c`.
        """
        if self.c_now is None:
            return None
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log10(np.abs(self.c_now))[:, None] + self.forget_product()
            largest = largest_of(logs)
            safe = np.where(np.isfinite(largest), largest, 0)[..., None]
            return safe[..., 0] + np.log10(np.exp((2 * np.log(10)) * (logs - safe)).sum(axis=-1)) / 2

    def log10(self, of: str) -> Array:
        """The matrix (N, N) of log10 for "h", "c" or "path".

        Raises:
            ValueError: `of` is none of these, or the cell has no c.
        """
        known = {"h": self.log10_h, "c": self.log10_c, "path": self.log10_path}
        matrix = known.get(of)
        if matrix is None:
            options = ", ".join(name for name, array in known.items() if array is not None)
            raise ValueError(f"`of` must be one of {options} for the cell {self.cell}; got {of!r}.")
        return matrix

    def forget_product(self) -> Array:
        """(N, N, H) log10 of f_t ... f_{k+1} of each unit, at [t, k]: 0 at k = t, at most 0, NaN where k > t.

        Raises:
            ValueError: the cell has no forget gate.
        """
        if self.log10_forget is None:
            raise ValueError(f"`cell` must be lstm for forget gates; got {self.cell}.")
        sums = np.cumsum(self.log10_forget, axis=0)
        products = np.minimum(sums[:, None] - sums[None, :], 0)  # a difference of sums may round to just above 0
        later = np.triu(np.ones(products.shape[:2], dtype=bool), 1)
        products[later] = np.nan
        return products

    def singular_values(self, at: int | None = None) -> tuple[Array, Array]:
        """The singular values of d s_t / d s_k, the whole product of Jacobians, for one t and all k <= t of the window.

        Args:
            at: the step t, in the window; its last if left out.

        Returns:
            log10 of the values, (lags, S), largest first, row `lag` for k = t - lag; and `resolved`, (lags, S), whether
            the value is above S * 2.2e-16 of its row's largest. Below that it is rounding, and its log10 is NaN.

        Raises:
            ValueError: `at` is not in the window.
        """
        at = whole_number("at", self.steps[-1] if at is None else at, self.steps[0], self.steps[-1])
        return singular_values(self.jacobians[: at - self.steps[0] + 1])


def singular_values(jacobians: Array) -> tuple[Array, Array]:
    """The same of the Jacobians (N, S, S) of successive steps: of their products from each step on to the last."""
    size = jacobians.shape[-1]
    product, exponent = np.eye(size), 0
    products, exponents = [product], [0]
    for jacobian in jacobians[:0:-1]:
        product = product @ jacobian
        largest = np.abs(product).max()
        if np.isfinite(largest) and largest > 0:
            shift = int(np.frexp(largest)[1])
            product, exponent = np.ldexp(product, -shift), exponent + shift
        products.append(product)
        exponents.append(exponent)
    stack = np.array(products)
    fine = np.isfinite(stack).all(axis=(-1, -2))
    values = np.full((len(stack), size), np.nan)
    values[fine] = np.linalg.svd(stack[fine], compute_uv=False)
    resolved = values > size * np.finfo(float).eps * values[:, :1]
    with np.errstate(divide="ignore"):
        logs = np.log10(np.where(resolved, values, np.nan)) + np.array(exponents)[:, None] * _LOG2
    return logs, resolved


def gradients_through_time(
    model: nn.Module | StateMap,
    task: Task,
    *,
    steps: slice | range | None = None,
    layer: int = -1,
    gain: float = 1.0,
    vectors: bool = False,
) -> GradientsThroughTime:
    """How the loss at each step of a window depends on the states of the steps before; see `GradientsThroughTime`.

    Args:
        model: a `Model` of one direction and any number of layers, as it is now, or its `StateMap`.
        task: what is asked of it; its face is read from the beginning in a zero state.
        steps: a window of at most `MOST_STEPS` successive steps; the last `WINDOW` if left out.
        layer: whose states are asked about; the last one's if left out.
        gain: the recurrent weights U (torch's weight_hh) are multiplied by it, 0 to `MAX_GAIN`; the biases are not.
        vectors: whether to keep the gradients themselves beside their norms.

    Raises:
        TypeError: `task` is none, or as `state_map`.
        ValueError: as `state_map`; or the model has no head, or does not read and tell what the task asks for, or
            `steps`, `layer` or `gain` is out of range.
    """
    gain = real_number("gain", gain, 0.0, MAX_GAIN)
    return _of_networks(networks_of(model, task, (gain,)), task, steps, layer, vectors, gain)[0]


def gradients_of_networks(
    models: Sequence[nn.Module | StateMap],
    task: Task,
    *,
    steps: slice | range | None = None,
    layer: int = -1,
    vectors: bool = False,
) -> tuple[GradientsThroughTime, ...]:
    """The same of several networks of one shape, such as the seeds of a sweep, all in one sweep.

    Raises:
        TypeError: as `gradients_through_time`.
        ValueError: as `gradients_through_time`; or there are no models, or of several shapes.
    """
    maps = [model if isinstance(model, StateMap) else state_map(model) for model in models]
    for f in maps:
        check_fits(f, task)
    return _of_networks(stacked(maps), task, steps, layer, vectors, 1.0)


def gradients_of_snapshots(
    model: nn.Module,
    snapshots: Sequence[Mapping[str, NDArray[Any]]],
    task: Task,
    *,
    steps: slice | range | None = None,
    layer: int = -1,
    vectors: bool = False,
) -> tuple[GradientsThroughTime, ...]:
    """The same of one network before, during and after its training.

    Args:
        model: only its shape matters.
        snapshots: the weights, named as `parameters_of` names them.
        task: as for `gradients_through_time`.
        steps: likewise.
        layer: likewise.
        vectors: likewise.

    Raises:
        TypeError: as `gradients_through_time`.
        ValueError: as `gradients_through_time`; or there is no snapshot, or one does not fit the model.
    """
    networks, finite = stacked_map(model, snapshots)
    if not finite.all():
        raise ValueError("`snapshots` must hold finite weights; one is of a training that diverged.")
    check_fits(networks, task)
    return _of_networks(networks, task, steps, layer, vectors, 1.0)


def window_of(steps: slice | range | None, total: int) -> range:
    """`steps` as a range within 0 to `total`; the last `WINDOW` if None.

    Raises:
        TypeError: it is neither a slice nor a range.
        ValueError: it is empty, not one step after the other, not within the text, or longer than `MOST_STEPS`.
    """
    if steps is None:
        return range(max(0, total - WINDOW), total)
    window = range(*steps.indices(total)) if isinstance(steps, slice) else steps
    instance("steps", window, range)
    if window.step != 1 or not len(window) or window[0] < 0 or window[-1] >= total:
        raise ValueError(f"`steps` must be successive steps between 0 and {total - 1}; got {steps}.")
    if len(window) > MOST_STEPS:
        raise ValueError(f"`steps` must be at most {MOST_STEPS} steps; got {len(window)}.")
    return window


def _of_networks(
    networks: StateMap, task: Task, steps: slice | range | None, layer: int, vectors: bool, gain: float
) -> tuple[GradientsThroughTime, ...]:
    count = len(networks.layers)
    layer = whole_number("layer", layer, -count, count - 1) % count
    window = window_of(steps, len(task.x))
    run = read(networks, task, window.stop)
    part = slice(window.start, window.stop)
    with np.errstate(all="ignore"):
        jacobians = jacobians_of(run, window)
        swept = sweep(run, window, jacobians, layer, vectors)
        size = np.ldexp(swept.norms, swept.exponents)
        log10 = np.log10(swept.norms) + swept.exponents * _LOG2
        forget = None
        if networks.cell == "lstm":
            forget = -np.logaddexp(0, -run.layers[layer].values["f_pre"][part]) / np.log(10)
    with_c = len(size) == 2
    return tuple(
        GradientsThroughTime(
            cell=networks.cell,
            steps=window,
            layer=layer,
            gain=gain,
            loss=run.loss[part, e],
            h=size[0, e],
            c=size[1, e] if with_c else None,
            log10_h=log10[0, e],
            log10_c=log10[1, e] if with_c else None,
            log10_forget=None if forget is None else forget[:, e],
            c_now=swept.now[1, e] if with_c else None,
            first_not_finite=first,
            h_vectors=None if swept.vectors is None else swept.vectors[0, e],
            c_vectors=swept.vectors[1, e] if swept.vectors is not None and with_c else None,
            jacobians=jacobians[:, e],
        )
        for e, first in enumerate(run.first_not_finite())
    )
