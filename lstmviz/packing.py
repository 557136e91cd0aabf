"""Runs as one string of bytes, for the parts of the dashboard that live in the browser, and for files.

A packet is a header and arrays: the header's length as a little-endian uint32, the header as JSON in UTF-8, padded with
spaces to a multiple of 4, then the arrays, each at the offset (in bytes, counted from the end of the header) that the
header's entry `arrays` names for it, little-endian, row by row. Packets are sent deflated, in zlib's format.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.changes.kinds import QUANTITIES
from lstmviz.predictions.outcome import MARGIN, outcome
from lstmviz.tasks import PatternTask, Task
from lstmviz.tracing import Trace

MOST_NUMBERS = 5_000_000
"""How many numbers of a trace go into one packet at most: 20 MB before they are deflated."""

_LEVEL = 1  # periodic texts deflate to a tenth even so, and a higher level takes longer than it saves
_DTYPES = {"float32": "<f4", "int32": "<i4", "uint8": "|u1"}


def window(tr: Trace, task: Task, start: int | None = None, around: int | None = None) -> range:
    """The steps of `tr`, the trace of all snapshots, that fit into a packet: all, or whole patterns of them.

    Args:
        tr: the trace of all snapshots.
        task: what it read.
        start: the step to begin with, or the beginning of its pattern; the last steps if neither is given.
        around: a step to have in the middle, if `start` is not given.
    """
    snapshots, steps, units = tr.h.shape
    period = task.period if isinstance(task, PatternTask) else 1
    numbers = snapshots * (len(QUANTITIES[tr.layers[0].cell]) * units + 2 * task.output_size)
    if numbers * steps <= MOST_NUMBERS:
        return range(steps)
    count = max(1, MOST_NUMBERS // numbers // period) * period
    last = -(-(steps - count) // period) * period  # whole patterns before it, the text's end in it
    if start is None:
        start = last if around is None else around - count // 2
    start = min(max(start // period * period, 0), last)
    return range(start, min(start + count, steps))


def pack_run(
    tr: Trace,
    task: Task,
    parameters: Sequence[Mapping[str, NDArray[Any]]],
    steps: range,
    more: Mapping[str, NDArray[Any]] | None = None,
    **header: Any,
) -> bytes:
    """One run: the snapshots of a training, followed through the steps of a window; deflated.

    Args:
        tr: the trace of all snapshots through the whole text, as `trace_snapshots` makes it.
        task: whose face it is.
        parameters: the weights of each snapshot, as `parameters_of` names them.
        steps: the steps to pack.
        more: further arrays, as they are; one of the same name stands in for a usual one.
        header: more entries of the header, to be written as JSON: epochs, losses, names.

    Raises:
        ValueError: `tr` has no predictions, or several layers.

    Returns:
        The packet. Its arrays, with E snapshots, N steps in the window, H units, V letters, A answers, which of a
        pattern are its letters, and G gates: `x` and `y` (T,), the letters read and to come in the whole text, as
        numbers; what the cell computes (E, N, H), of a cell without gates also `h_pre`; `logits` and `probabilities`
        (E, N, A); `h_start`, and `c_start` for an LSTM, (E, H), the state before the window; and the weights, named as
        in torch with an axis over the snapshots first: `weight_ih` (E, G*H, V), `weight_hh`
        (E, G*H, H), `bias_ih`, `bias_hh` (E, G*H), `head.weight` (E, A, H), `head.bias` (E, A). Of a task that is no
        alphabet pattern also `scored` (T,), `right` (E, N), and where several may come `legal` (T, A), 1 or
        0; its period is the whole sequence, `y` is -1 where nothing is asked, and of numbers, `x` (T, Q) and `y`
        (T, P), there are no probabilities, and the header's `largest` says where their scales end.
    """
    if len(tr.layers) > 1:
        raise ValueError(f"`tr` must be the trace of one layer; got {len(tr.layers)}.")
    layer = tr.layers[0]
    part = slice(steps.start, steps.stop)
    if tr.logits is None or tr.probabilities is None:
        raise ValueError("`tr` must be the trace of a network with a head.")
    x, y = ((array if array.ndim == 2 else array.astype(np.int32)) for array in (task.x, task.y))
    arrays: dict[str, NDArray[Any]] = {"x": x, "y": y}
    arrays |= {name: layer.values[name][:, part] for name in QUANTITIES[layer.cell]}
    arrays["logits"] = tr.logits[:, part]
    if not task.of_numbers:
        arrays["probabilities"] = tr.probabilities[:, part]
    arrays["h_start"] = layer.h_prev[:, steps.start]
    if layer.c_prev is not None:
        arrays["c_start"] = layer.c_prev[:, steps.start]
    sums = 1.0
    if "h_pre" in layer.values:  # what a cell without gates shows in their place
        arrays["h_pre"] = layer.values["h_pre"][:, part]
        sums = max(1.0, float(np.abs(layer.h_pre[np.isfinite(layer.h_pre)]).max(initial=0.0)))
    for name in parameters[0]:
        arrays[name.removeprefix("recurrent.").removesuffix("_l0")] = np.stack([one[name] for one in parameters])
    about = {
        "cell": layer.cell,
        "units": layer.h_prev.shape[-1],
        "alphabet": list(task.alphabet),
        **said_of(task, tr.logits),
        "sums": sums,
        "steps": len(task.x),
        "start": steps.start,
        "stop": steps.stop,
    }
    if not isinstance(task, PatternTask):
        arrays["scored"] = task.scored.astype(np.uint8)
        if task.legal is not None:
            arrays["legal"] = task.legal.astype(np.uint8)
        arrays["right"] = outcome(tr, task).right[:, part].astype(np.uint8)
    return zlib.compress(packet(about | header, arrays | dict(more or {})), _LEVEL)


def said_of(task: Task, told: NDArray[Any] | None = None) -> dict[str, Any]:
    """What a packet's header says of a task, beside its alphabet.

    told: of a task of numbers what the network tells, (..., P): its scale ends where these and their targets do.
    """
    if isinstance(task, PatternTask):
        labels = list(task.labels[: task.period])
        return {"pattern": task.pattern, "period": task.period, "labels": labels, "margin": MARGIN}
    said = {
        "margin": MARGIN,
        "answers": list(task.answers),
        "period": len(task.x),
        "labels": list(task.labels),
        "target_labels": list(task.target_labels),
        "tolerance": task.tolerance,
    }
    if task.of_numbers:
        told = task.y if told is None else told
        said["largest"] = {"x": _largest(task.x), "y": max(_largest(task.y), _largest(told))}
    return said


def _largest(numbers: NDArray[Any]) -> float:
    """The largest magnitude of those that are finite; 1 where there is none above 0."""
    return float(np.abs(numbers[np.isfinite(numbers)]).max(initial=0.0)) or 1.0


def packet(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """A header and arrays as bytes, not deflated; arrays of other precisions than 32 bits are written in float32."""
    entries, blocks, offset = {}, list[bytes](), 0
    for name, array in arrays.items():
        dtype = array.dtype.name if array.dtype.name in _DTYPES else "float32"
        with np.errstate(over="ignore"):
            block = np.ascontiguousarray(array).astype(_DTYPES[dtype]).tobytes()
        entries[name] = {"dtype": dtype, "shape": list(array.shape), "offset": offset}
        block += bytes(-len(block) % 4)
        blocks.append(block)
        offset += len(block)
    text = json.dumps({**header, "arrays": entries}, ensure_ascii=False, allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    return b"".join([len(text).to_bytes(4, "little"), text, *blocks])


def join(header: Mapping[str, Any], parts: Mapping[str, bytes]) -> bytes:
    """Several packets as one string of bytes, under a header of their own: not deflated, since its parts are.

    The header's entry `parts` tells where each begins, how long it is, and a digest of it by which it is known again.
    """
    entries, offset = {}, 0
    for name, part in parts.items():
        entries[name] = {"offset": offset, "length": len(part), "digest": hashlib.sha256(part).hexdigest()[:16]}
        offset += len(part)
    text = json.dumps({**header, "parts": entries}, ensure_ascii=False, allow_nan=False).encode()
    return b"".join([len(text).to_bytes(4, "little"), text, *parts.values()])
