"""The way back as a packet, as `lstmviz.packing` writes them: the browser steps through it without asking again."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.gradients.backward import Backward
from lstmviz.gradients.through_time import GradientsThroughTime, window_of
from lstmviz.packing import packet


def pack_backward(back: Backward, *, steps: slice | range | None = None, layer: int = -1, **header: Any) -> bytes:
    """One layer's way back over a window of N steps, not deflated.

    float32 ends at 1e-45, which a gradient can reach within a short text; so each step's derivatives are written over a
    power of two of its own: value = number * 2 ** exponent[step], for every array whose name begins with "d_", and for
    the parts "above", "next", "carried" and "error".

    Args:
        back: the way back.
        steps: the window, as for `gradients_through_time`, within `back.steps`.
        layer: the layer.
        header: more entries of the header.

    Raises:
        ValueError: a number is out of range.

    Returns:
        The packet. Arrays: `exponent` (N,) int32; each derivative of `LayerBackward.d` as d_h, d_c, d_i_pre, ...
        (N, H); `above`, `next` and, for an LSTM, `carried` (N, H); `error` (N, V); each value as i, f, c, h_prev, ...
        (N, H); `x` (N, V), what the layer read; and the weights `hh` (G*H, H), `ih` (G*H, V), `head` (V, H). Header:
        `cell`, `units`, `layer`, `start`, `stop`, `at` (or null), `loss`, `share`, `reaches`.
    """
    window = window_of(steps, len(back.steps))
    own = back.layers[layer]
    part = slice(window.start, window.stop)
    derivatives = {f"d_{name}": array[part] for name, array in own.d.items()}
    derivatives |= {"above": own.from_above[part], "next": own.from_next[part], "error": back.error[part]}
    if own.carried is not None:
        derivatives["carried"] = own.carried[part]
    exponent = _exponents([*derivatives.values()])
    arrays: dict[str, NDArray[Any]] = {"exponent": exponent.astype(np.int32)}
    arrays |= {name: np.ldexp(array, -exponent[:, None]) for name, array in derivatives.items()}
    arrays |= {name: array[part] for name, array in own.values.items()}
    assert back.networks.head is not None
    w = back.networks.layers[layer]
    arrays |= {"x": own.x[part], "ih": w.ih, "hh": w.hh, "head": back.networks.head[0]}
    about = {
        "cell": back.networks.cell,
        "units": back.networks.hidden_size,
        "layer": layer % len(back.layers),
        "start": window.start,
        "stop": window.stop,
        "at": back.at,
        "loss": back.loss if np.isfinite(back.loss) else None,
        "share": back.share,
        "reaches": back.reaches,
    }
    return packet(about | header, arrays)


def pack_through_time(gradients: GradientsThroughTime, **header: Any) -> bytes:
    """The matrices of one network over a window of N steps, not deflated.

    Arrays: `log10_h` and, where there are some, `log10_c` and `log10_path` (N, N), NaN where k > t and -inf for an
    exact 0; `loss` (N,); `log10_forget` (N, H) of an LSTM. Header: `cell`, `layer`, `gain`, `start`, `stop`,
    `underflows`, `zeros`, `first_not_finite` (or null).
    """
    named = {
        "log10_h": gradients.log10_h,
        "log10_c": gradients.log10_c,
        "log10_path": gradients.log10_path,
        "log10_forget": gradients.log10_forget,
        "loss": gradients.loss,
    }
    about = {
        "cell": gradients.cell,
        "layer": gradients.layer,
        "gain": gradients.gain,
        "start": gradients.steps.start,
        "stop": gradients.steps.stop,
        "underflows": gradients.underflows,
        "zeros": gradients.zeros,
        "first_not_finite": gradients.first_not_finite,
    }
    return packet(about | header, {name: array for name, array in named.items() if array is not None})


def _exponents(arrays: list[NDArray[Any]]) -> NDArray[np.int64]:
    """(N,) the power of two that brings the largest number of each step, over all arrays, to between 1/2 and 1."""
    largest = np.max([np.abs(array).max(axis=-1) for array in arrays], axis=0)
    exponents: NDArray[np.int64] = np.where(np.isfinite(largest), np.frexp(largest)[1], 0).astype(np.int64)
    return exponents
