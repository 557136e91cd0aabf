"""Follow a network with changes made from outside, and see what they do to its predictions."""

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.checks import instance
from lstmviz.cells.step import Array, Held, as_it_is
from lstmviz.changes.kinds import STATES, Change, Hold, Read, SetWeight, Start, changed_weights, letters_read
from lstmviz.changes.text import format_changes, parse_changes
from lstmviz.models import Model, ModelConfig, check_parameters, load_parameters, parameters_of
from lstmviz.predictions.patterns import drift, twins
from lstmviz.tasks import PatternTask, Task, check_symbols
from lstmviz.tracing import Trace, trace, trace_snapshots

FELT = 0.01
"""A step feels a change if it moves the probability of some letter by at least this much."""
COUNTS = 0.1
"""A cell unit counts if it changes by at least this much from period to period."""


@dataclass(frozen=True, eq=False)
class Effect:
    """What a change does to the predictions; with snapshots, every array leads with an axis over them."""

    probability: Array
    """(T,) by how much the probability of the letter that comes changes, -1 to 1; NaN where one is not finite
    or nothing is asked"""
    loss_before: Array
    """(T,) cross-entropy of each step before the change: minus the logarithm (base e) of that probability"""
    loss_after: Array
    """(T,) the same after it"""
    largest: Array
    """(T,) the largest change of any letter's probability, 0 to 1: 0 where none is finite on either side, infinite
    where one is on one side only"""
    first: NDArray[np.int64]
    """() the first step that feels the change, `largest` being at least `FELT`; -1 if there is none"""
    last: NDArray[np.int64]
    """() the last one; -1 if there is none"""
    period: int
    """the letters in one period of the text; 1 where it has none"""

    @property
    def lasting(self) -> NDArray[np.int64]:
        """() How long the effect lasts: the steps from the first to the last that feels it, 0 if there is none."""
        return np.where(self.first < 0, 0, self.last - self.first + 1)[()]

    @property
    def to_the_end(self) -> NDArray[np.bool_]:
        """() Whether the last period of the text still feels it."""
        return self.last >= self.largest.shape[-1] - self.period


@dataclass(frozen=True)
class Preset:
    """Changes that show something at one glance."""

    key: str
    """the same in every language"""
    changes: tuple[Change, ...]


def trace_changed(model: Model, task: Task, changes: Iterable[Change], *, compare: bool = True) -> Trace:
    """Follow `model` through the text of `task` with `changes` made; the model itself is left as it is.

    `h_prev` and `c_prev` of the trace are what each step really started from, held states and the start included;
    `letters` are the letters really read. Without changes it is `trace(model, task.one_hot(), letters=task.labels)`,
    bit for bit.

    Weights, letters and the start torch can change too, and `difference_from_torch` is measured against torch's run
    with the same changes. Where a quantity is held torch has no such run: the difference is then NaN, and that of the
    single steps None.

    Args:
        model: of one layer and one direction, reading and telling the letters of `task`.
        task: the text; its first step starts from zeros, where no change says otherwise.
        changes: at most 64; of several about the same thing the last one counts.
        compare: whether to measure the difference from torch, which takes up to as long as the rest.

    Raises:
        TypeError: `model` is no Model, or one of `changes` is no change.
        ValueError: the model has several layers or directions, or other letters than `task`.
        ChangeError: a change does not fit the network or the text.
    """
    changes = _checked(model, task, changes)
    x, letters = _text(changes, task)
    dtype = _precision(model)
    start, held = _start(changes, model.config, dtype), _held(changes, model.config.hidden_size, len(x), dtype)
    if any(isinstance(change, SetWeight) for change in changes):
        model = copy.deepcopy(model)
        load_parameters(model, changed_weights(parameters_of(model), changes))
    return trace(model, x, start, letters=letters, held=held, compare=compare)


def trace_changed_snapshots(
    model: Model,
    snapshots: Sequence[Mapping[str, np.ndarray]],
    task: Task,
    changes: Iterable[Change],
    *,
    compare: bool = True,
) -> Trace:
    """Follow E snapshots of the weights of `model` with the same `changes`, as `trace_changed` follows one.

    Every array leads with an axis over the snapshots, and the difference from torch is measured on some of them, as in
    `trace_snapshots`.

    Args:
        model: as for `trace_changed`; its own weights do not matter.
        snapshots: the weights, named as `parameters_of` names them.
        task: as for `trace_changed`.
        changes: as for `trace_changed`; a weight is typed over in every snapshot.
        compare: as for `trace_changed`.

    Raises:
        TypeError: as `trace_changed`.
        ValueError: as `trace_changed` and `trace_snapshots`.
        ChangeError: a change does not fit the network or the text.
    """
    changes = _checked(model, task, changes)
    x, letters = _text(changes, task)
    dtype = _precision(model)
    start, held = _start(changes, model.config, dtype), _held(changes, model.config.hidden_size, len(x), dtype)
    if any(isinstance(change, SetWeight) for change in changes):
        check_parameters(model, *snapshots)
        snapshots = [changed_weights(snapshot, changes) for snapshot in snapshots]
    return trace_snapshots(model, snapshots, x, start, letters=letters, held=held, compare=compare)


def effect(before: Trace, after: Trace, task: Task) -> Effect:
    """What a change did to the predictions: two traces of the text of `task` held against each other, step by step.

    Args:
        before: the trace without the change, of one network or of snapshots.
        after: the trace with it, of as many.
        task: what both read.

    Raises:
        TypeError: `task` is one of numbers.
        ValueError: a trace has no predictions, or they are not of the task's steps and letters, or not of one shape.
    """
    check_symbols(task)
    logits, other, p, q = before.logits, after.logits, before.probabilities, after.probabilities
    if logits is None or other is None or p is None or q is None:
        raise ValueError("`before` and `after` must come from a network with a head.")
    if logits.shape != other.shape or logits.shape[-2:] != (len(task.y), task.output_size):
        shape = (len(task.y), task.output_size)
        raise ValueError(f"`before` and `after` must both end in the shape {shape}; got {logits.shape}, {other.shape}.")
    with np.errstate(all="ignore"):
        moved = np.abs(q - p)
        probability = _of_targets(q, task) - _of_targets(p, task)
    finite, other_finite = np.isfinite(p), np.isfinite(q)
    moved = np.where(finite & other_finite, moved, np.where(finite == other_finite, 0, np.inf).astype(p.dtype))
    largest = moved.max(axis=-1)
    felt = largest >= FELT
    first, last = felt.argmax(axis=-1), felt.shape[-1] - 1 - felt[..., ::-1].argmax(axis=-1)
    return Effect(
        probability=probability,
        loss_before=_loss(logits, task),
        loss_after=_loss(other, task),
        largest=largest,
        first=np.where(felt.any(axis=-1), first, -1)[()],
        last=np.where(felt.any(axis=-1), last, -1)[()],
        period=task.period if isinstance(task, PatternTask) else 1,
    )


def presets(task: Task, config: ModelConfig, tr: Trace) -> tuple[Preset, ...]:
    """Changes worth trying, by keys that stay the same.

    - lstm: forget_0, forget_1 (the forget gates shut, open), output_0 (the output gates shut), and counter_erased (the
      cell unit that counts periods set to 0 as one begins; absent where no unit counts);
    - gru: update_1 (the state frozen), update_0 (no old state kept), reset_0 (the candidate sees no state);
    - rnn, rnn_relu: start (every unit starts at 1);
    - every cell: wrong_letter (where it can be mistaken for another place of the pattern).

    Single steps lie in the middle of the text. Of a task that is no alphabet pattern there are those of all steps.

    Args:
        task: the text.
        config: the network.
        tr: its trace through the text, without changes.

    Raises:
        TypeError: `task` does not read symbols.
        ValueError: `tr` is no trace of one network through this text.
    """
    check_symbols(task)
    if tr.axes != ("step",) or tr.h.shape != (len(task.x), config.hidden_size) or tr.layers[0].cell != config.cell:
        raise ValueError("`tr` must be the trace of one network, as `config` says it, through the text of `task`.")
    match config.cell:
        case "lstm":
            found = [_always("forget_0", "f", 0.0), _always("forget_1", "f", 1.0), _always("output_0", "o", 0.0)]
        case "gru":
            found = [_always("update_1", "z", 1.0), _always("update_0", "z", 0.0), _always("reset_0", "r", 0.0)]
        case _:
            found = [Preset("start", (Start("h", None, 1.0),))]
    if not isinstance(task, PatternTask):
        return tuple(found)
    found.append(Preset("wrong_letter", (_telling_mistake(task),)))
    if config.cell == "lstm":
        counter, step = drift(tr.c, task), _middle(task)
        if COUNTS <= abs(counter.per_period) < np.inf:
            found.append(Preset("counter_erased", (Hold("c", 0.0, counter.unit, first=step, last=step),)))
    return tuple(found)


def _checked(model: Model, task: Task, changes: Iterable[Change]) -> tuple[Change, ...]:
    """`changes`, once they are known to fit."""
    check_symbols(task)
    instance("model", model, Model)
    config = model.config
    if config.num_layers > 1 or config.bidirectional:
        raise ValueError("`model` must have one layer and one direction for its steps to be changed.")
    if (config.input_size, config.output_size) != (task.input_size, task.output_size):
        sizes = f"{config.input_size} and {config.output_size}"
        due = f"the {task.input_size} letters" + ("" if task.answers == task.alphabet else " and answers")
        raise ValueError(f"`model` must read and tell {due} of `task`; got {sizes}.")
    return parse_changes(format_changes(changes), config, task)  # what fits is known in one place, to the parser


def _precision(model: Model) -> Any:
    """The dtype of the model's weights, which is that of its config unless it was converted since."""
    return model.head.bias.detach().cpu().numpy().dtype


def _text(changes: Sequence[Change], task: Task) -> tuple[Array, tuple[str, ...]]:
    """The text as it is read, (T, V), and its labels; a letter that is read instead of another is not numbered."""
    read, labels = letters_read(task, changes), list(task.labels)
    for step in np.flatnonzero(read != task.x):
        labels[step] = task.alphabet[read[step]]
    return np.eye(len(task.alphabet), dtype=np.float32)[read], tuple(labels)


def _start(changes: Sequence[Change], config: ModelConfig, dtype: Any) -> Array | tuple[Array, Array]:
    """The state before the first step, as torch takes it."""
    states = {name: np.zeros((1, config.hidden_size), dtype) for name in STATES[config.cell]}
    for change in changes:
        if isinstance(change, Start):
            states[change.quantity][:, _units(change.unit)] = change.value
    return (states["h"], states["c"]) if "c" in states else states["h"]


def _held(changes: Sequence[Change], size: int, steps: int, dtype: Any) -> list[Held] | None:
    """What is held in each step; None if nothing is in any."""
    rows: dict[str, Array] = {}  # (T, H) by quantity, NaN where it is free
    for change in changes:
        if isinstance(change, Hold):
            row = rows.setdefault(change.quantity, np.full((steps, size), np.nan, dtype))
            row[change.first : None if change.last is None else change.last + 1, _units(change.unit)] = change.value
    if not rows:
        return None
    free = {name: np.isnan(row) for name, row in rows.items()}
    in_step: dict[str, NDArray[np.bool_]] = {name: np.any(~mask, axis=-1) for name, mask in free.items()}
    return [
        _held_at({name: (free[name][t], row[t]) for name, row in rows.items() if in_step[name][t]})
        for t in range(steps)
    ]


def _held_at(rows: Mapping[str, tuple[NDArray[np.bool_], Array]]) -> Held:
    """What is held in one step: by quantity which units are free, (H,), and the values of the others."""
    if not rows:
        return as_it_is

    def held(name: str, value: Array) -> Array:
        if name not in rows:
            return value
        free, row = rows[name]
        return np.where(free, value, row)

    return held


def _units(unit: int | None) -> int | slice:
    return slice(None) if unit is None else unit


def _of_targets(values: Array, task: Task) -> Array:
    """Of `values` (..., T, V), those of the letters that come, or NaN where nothing is asked: (..., T)."""
    targets = np.broadcast_to(task.y, values.shape[:-1])
    found: Array = np.take_along_axis(values, targets[..., None], axis=-1)[..., 0]
    return found if task.scored.all() else np.where(task.scored, found, np.nan)


def _loss(logits: Array, task: Task) -> Array:
    """Cross-entropy of each step, (..., T): log of the sum of exp(logits), less the logit of the letter that comes."""
    with np.errstate(all="ignore"):
        largest = logits.max(axis=-1, keepdims=True)  # taken off first, so that exp cannot overflow
        return np.log(np.exp(logits - largest).sum(axis=-1)) - _of_targets(logits - largest, task)


def _always(key: str, gate: str, value: float) -> Preset:
    return Preset(key, (Hold(gate, value),))


def _middle(task: PatternTask) -> int:
    """The step that begins the period in the middle of the text."""
    return (task.repeats - 1) // 2 * task.period


def _telling_mistake(task: PatternTask) -> Read:
    """One wrong letter in the middle of the text, the one that makes a place look like its twin.

    Equal letters with different successors are told apart by what came before them: by the last letter in which their
    pasts differ. The second twin gets the first one's. Without twins no letter tells more than another, and the first
    of a period gives way to the next of the alphabet.
    """
    for first, second in twins(task):
        back = next(k for k in range(1, task.period) if task.letters[first - k] != task.letters[second - k])
        return Read(_middle(task) + (second - back) % task.period, task.alphabet.index(task.letters[first - back]))
    return Read(_middle(task), (int(task.x[0]) + 1) % len(task.alphabet))
