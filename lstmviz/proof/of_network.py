"""Does a network name every letter right, forever? A proof, a step where it fails, or why neither is known.

A text of a pattern repeated without end leads a network through a period map, again and again. Where this map has an
attracting point (or goes in a circle of a few), a box around it is looked for such that, by interval arithmetic with
outward rounding, (1) whatever starts in an inner box stays in the box and comes back into the inner one after some
periods, for ever, (2) in every state of the boxes of every step the right letter has the largest logit, and (3) the
network's own trajectory from its start, enclosed in the same way, comes into the inner box with every letter on the
way named right. Together these are a proof. What is proven is the network of real numbers that has exactly these
weights; a computer's own rounding of it differs by far less than the margins that are told.

Limits. The method needs an attracting point of the period map: a network that never repeats itself, or whose memory
fades so slowly that some thousand periods do not show where it goes, is "undecided". An LSTM that counts has its c end
at i g / (1 - f), which may be far away; as far as tanh(c) is saturated there, c may be anywhere beyond, and the network
can be decided; otherwise its counting units are told. numpy's tanh and exp are taken to be right to a few units in the
last place; see `balls`.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import nn

from lstmviz.base.checks import real_number, whole_number
from lstmviz.base.clock import worked
from lstmviz.cells.step import Array
from lstmviz.predictions.simulation import Simulation, simulate
from lstmviz.proof.enclosure import Trap, Way, find_trap, way_into
from lstmviz.statemap import StateMap, pattern_inputs, state_map
from lstmviz.tasks import PatternTask, check_pattern

VERDICTS = ("proven", "fails", "undecided")
STEPS = 1_000_000
"""How far a network is simulated that could not be decided by an enclosure."""
_FIRST_STEPS = 5_000  # simulated before anything is enclosed, at least: most networks that err do so early
_CIRCLES = (1, 2, 3, 4)  # periods after which the states may come again
_PERIODS = 400  # simulated to find where it goes, at least
_WAY = 3_000  # periods of the trajectory that are enclosed, at most
_NEWTON = 30


@dataclass(frozen=True, eq=False)
class Proof:
    """What is known of a network's predictions over a text without end."""

    verdict: str
    """"proven", "fails" or "undecided\""""
    step: int | None
    """the first step that it names wrong; None unless it fails"""
    right_from: int | None
    """the step from which on every letter is proven to be named right: 0 if proven; of a network that fails early the
    one after its last mistake, if that could be proven; else None"""
    trap: Trap | None
    """the box that its states never leave, where one was found in which every letter is named right"""
    circle: int
    """after how many patterns its states come again, where they settle; 0 where they were not seen to"""
    way: Way | None
    """how it comes there"""
    margin: float | None
    """the least by which a right letter's logit is proven to be ahead, from `right_from` on; None without proof"""
    reason: str
    """why undecided: "no point" (the states settle nowhere), "no box" (no box around where they settle holds), "wide",
    "wrong" or "long" (see `way_into`), "time"; empty otherwise"""
    counters: tuple[int, ...]
    """units of an LSTM's c, from 0, that were still counting at the end of the simulation"""
    simulated: int
    """how many steps were simulated in plain float64"""
    seconds: float
    """how long it took"""


def prove(model: nn.Module | StateMap, task: PatternTask, *, steps: int = STEPS, seconds: float = 10.0) -> Proof:
    """Decide whether a network names every letter of a pattern right that is repeated without end, from its first on.

    Args:
        model: a `Model` of one direction over the letters of the task, or its map; its weights are taken as exact.
        task: the pattern.
        steps: how far to simulate a network that no enclosure decides, 1 to 100,000,000.
        seconds: of work of this thread, after which the search for an enclosure is given up; above 0, at most 3600. The
            simulation comes on top: a million steps take a second for 8 units, some fifteen for 64.

    Raises:
        TypeError: `task` is no alphabet pattern, or as `state_map`.
        ValueError: the model has no head or other letters, a number is out of range, or as `state_map`.
    """
    check_pattern(task)
    began = time.perf_counter()
    f = model if isinstance(model, StateMap) else state_map(model)
    steps = whole_number("steps", steps, 1, 100_000_000)
    seconds = real_number("seconds", seconds, 0.0, 3600.0, above=True)
    pattern = [int(code) for code in np.append(task.x, task.y[-1])[: task.period]]
    seen = _simulated(f, task, min(max(_FIRST_STEPS, _PERIODS * task.period), steps))
    start = 0 if seen.last_wrong is None else seen.last_wrong + 1
    found = _Found()
    if start < seen.steps - 4 * task.period:
        with np.errstate(all="ignore"):  # what overflows is no enclosure, and is looked for
            found = _enclosed(f, pattern, seen.kept[-1], start, seconds)
    if found.way is None and seen.first_wrong is None and steps > seen.steps:
        seen = _simulated(f, task, steps)
    proven = found.way is not None and seen.first_wrong is None
    verdict = "proven" if proven else "undecided" if seen.first_wrong is None else "fails"
    margin = None
    if found.trap is not None and found.way is not None:
        margin = min(found.trap.margin, found.way.margin)
    return Proof(
        verdict=verdict,
        step=seen.first_wrong,
        right_from=start if found.way is not None else None,
        trap=found.trap,
        circle=found.circle,
        way=found.way,
        margin=margin,
        reason=found.reason if verdict == "undecided" else "",
        counters=_counters(f, task, seen) if verdict == "undecided" else (),
        simulated=seen.steps,
        seconds=time.perf_counter() - began,
    )


@dataclass(frozen=True, eq=False)
class _Found:
    trap: Trap | None = None
    circle: int = 0
    way: Way | None = None
    reason: str = "no point"


def _enclosed(f: StateMap, pattern: Sequence[int], near: Array, first: int, seconds: float) -> _Found:
    """A trap about where the network settles, which is `near`, and the way into it."""
    deadline = worked() + seconds
    if not np.isfinite(near).all():
        return _Found()
    found = _Found()
    for circle in _CIRCLES:
        if worked() > deadline:
            return _Found(reason="time")
        whole = list(pattern) * circle
        centre = _newton(f, near, pattern_inputs(whole, f.input_size))
        if centre is None:
            continue
        trap = find_trap(f, centre, whole, deadline)
        found = _Found(circle=circle, reason="no box")
        if trap is None:
            continue
        way, reason = way_into(f, trap, np.zeros(f.size), whole, _WAY // circle, first, deadline)
        found = _Found(trap, circle, way, reason)
        if way is not None:
            break
    return found


def _newton(f: StateMap, s: Array, xs: Array) -> Array | None:
    """The fixed point of the map of all of xs near s, in floating point; None if Newton leads to none that attracts."""
    for _ in range(_NEWTON):
        end, jacobian = f.after_with_jacobian(s, xs)
        if not (np.isfinite(end).all() and np.isfinite(jacobian).all()):
            return None
        try:
            step = np.linalg.solve(np.eye(f.size) - jacobian, end - s)
        except np.linalg.LinAlgError:
            return None
        s = s + step
        if np.abs(step).max() <= 1e-13 * max(1.0, np.abs(s).max()):
            break
    end, jacobian = f.after_with_jacobian(s, xs)
    if not np.isfinite(end).all() or np.abs(end - s).max() > 1e-9 * max(1.0, np.abs(s).max()):
        return None
    return s if np.abs(np.linalg.eigvals(jacobian)).max() < 1 else None


def _simulated(f: StateMap, task: PatternTask, steps: int) -> Simulation:
    """So many steps; kept is the last state in which each of the circles, begun with the text, begins again."""
    round_ = task.period * math.lcm(*_CIRCLES)
    whole = steps // round_ * round_ or steps // task.period * task.period
    return simulate(f, task, steps, keep=[whole - 1] if whole else [])


def _counters(f: StateMap, task: PatternTask, seen: Simulation) -> tuple[int, ...]:
    """Units of c that still move, in one direction, over a thousand more periods."""
    if f.parts != 2 or not len(seen.kept) or not np.isfinite(seen.kept).all():
        return ()
    keep = [task.period * k - 1 for k in (200, 400, 600, 800, 1000)]
    at = simulate(f, task, task.period * 1000, start=seen.kept[-1], keep=keep).kept
    moved = np.diff(at, axis=0)
    one_way = np.abs(np.sign(moved).sum(axis=0)) == len(moved)
    felt = np.all(np.abs(moved) > 1e-6 * np.maximum(1.0, np.abs(at[1:])), axis=0)
    steady = felt & one_way
    c = np.arange(f.size).reshape(len(f.layers), 2, f.hidden_size)[:, 1].ravel()
    return tuple(number for number, k in enumerate(c) if steady[k])
