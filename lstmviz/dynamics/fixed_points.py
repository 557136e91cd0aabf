"""Where a network stands still under an input that repeats, and where it goes in circles.

A fixed point of the map of a period is a state s = F(s): a memory if it is stable, a watershed between two memories if
it is not (Sussillo & Barak 2013, who look for them in trained networks by minimising |F(s) - s|). Here they are found
by Newton's method on all numbers of the state together, so that unstable ones are found as well as stable ones.

No search of this kind finds all there are for certain, so each result says how hard it looked.
"""

from dataclasses import dataclass

import numpy as np
from torch import nn

from lstmviz.base.checks import whole_number
from lstmviz.cells.step import Array
from lstmviz.dynamics.newton import distinct, inputs_of, map_of, near_each_other, spectrum
from lstmviz.dynamics.search import SINGULAR, first_starts, search, solved_pieces
from lstmviz.statemap import StateMap

_AGAIN = 2  # searches more where points are known to be missing
_BESIDE = np.geomspace(1e-3, 1.0, 10)  # how far from a known point they are then looked for too


@dataclass(frozen=True, eq=False)
class FixedPoint:
    """A state that the map leaves as it is."""

    s: Array
    """(S,) the state, as `StateMap` orders it"""
    h: Array
    """(H,) its hidden state; (layers, H) of a network of several layers"""
    c: Array | None
    """its cell state in the same shape; None where the cell has none"""
    stable: bool
    """whether every small deviation dies out: all eigenvalues within the unit circle; where the linear pieces of a ReLU
    network meet, those of each piece around (32 directions are looked at)"""
    eigenvalues: Array
    """(S,) complex, of the derivative of the map there, the largest modulus first"""
    eigenvectors: Array
    """(S, S) complex, of length 1, in columns, in the same order: the directions that grow or shrink by them"""
    residual: float
    """the largest number of |F(s) - s|, at most 1e-10"""
    isolated: bool
    """False where it is one of a whole line or plane of fixed points, all of which it stands for"""


@dataclass(frozen=True, eq=False)
class FixedPoints:
    """The fixed points that were found, and how hard was looked."""

    points: tuple[FixedPoint, ...]
    """stable ones first, then by the largest |eigenvalue|"""
    starts: int
    """states that Newton's method was started from"""
    converged: int
    """how many of these led to a fixed point"""
    index: int | None
    """the signs of det(I - dF/ds) at all points, added up: 1 if none is missing, since the map leads a box into itself
    (Poincaré and Hopf); another number proves that some are; None for a ReLU network, whose states have no bound, and
    where a point is not isolated"""
    exhaustive: bool
    """True where no other can exist: a small ReLU network under one input, each of whose linear pieces was solved"""

    @property
    def stable(self) -> tuple[FixedPoint, ...]:
        """Those that attract."""
        return tuple(point for point in self.points if point.stable)


@dataclass(frozen=True, eq=False)
class Cycle:
    """States that the map leads through in turn, back to the first."""

    states: Array
    """(k, S), each of which the map takes to the next one"""
    h: Array
    """(k, H); (k, layers, H) of a network of several layers"""
    c: Array | None
    """its cell states in the same shape; None where the cell has none"""
    stable: bool
    """whether every small deviation dies out"""
    eigenvalues: Array
    """(S,) complex, of the derivative of one whole round, the largest modulus first"""
    residual: float
    """the largest number by which a state misses the image of the one before, at most 1e-9"""

    @property
    def period(self) -> int:
        """k, how many states there are."""
        return len(self.states)


@dataclass(frozen=True, eq=False)
class Cycles:
    """The cycles that were found, and how hard was looked."""

    cycles: tuple[Cycle, ...]
    """the shortest first, stable ones first among equals"""
    longest: int
    """no cycle longer than this was looked for"""
    starts: int
    """states that Newton's method was started from, all lengths together"""
    converged: int
    """how many of these led to a cycle or a fixed point"""


def fixed_points(
    model: nn.Module | StateMap,
    x: Array,
    *,
    starts: int = 100,
    seed: int = 0,
    near: Array | None = None,
    box: float | None = None,
) -> FixedPoints:
    """The fixed points of a network under a constant input, or of the map of a whole period of inputs.

    Newton's method is started from random states, from where the map takes them, from the states given and from where
    it takes those; then from the watersheds between the points that were found to attract; and all over again with
    other random states and with states beside the points found, twice at most, where `FixedPoints.index` says that some
    are missing.

    Args:
        model: a `Model`, a bare nn.RNN, nn.LSTM or nn.GRU, or a `StateMap`.
        x: (V,) a constant input, or (P, V) the inputs of a period.
        starts: how many random states to start from, 1 to 100,000.
        seed: what they are drawn by, 0 to 2**32 - 1.
        near: (N, S) more states to start from, such as those of a trace.
        box: the random states have all numbers between -box and box. If left out h is between -1 and 1, where it must
            lie, and what has no bound (c, and h of a ReLU network) within twice what the map itself reaches.

    Raises:
        TypeError: `model` is none of these.
        ValueError: a shape does not fit, a number is out of range, or as `state_map`.
    """
    f = map_of(model)
    xs = inputs_of(f, x)
    first = first_starts(f, xs, whole_number("starts", starts, 1, 100_000), seed, near, box)
    pieces, all_regular = solved_pieces(f, xs)
    states, tried, converged = search(f, xs, np.concatenate([first, pieces]))
    points = _points(f, xs, states)
    for again in range(1, _AGAIN + 1):
        if _index(f, points) in (1, None):
            break
        more, count, good = search(f, xs, first_starts(f, xs, starts, (seed + again) % 2**32, _beside(points), box))
        tried, converged = tried + count, converged + good
        states = np.concatenate([states, more])
        points = _points(f, xs, states[distinct(states)])
    return FixedPoints(tuple(sorted(points, key=_rank)), tried, converged, _index(f, points), all_regular)


def cycles(
    model: nn.Module | StateMap,
    x: Array,
    longest: int = 4,
    *,
    starts: int = 24,
    seed: int = 0,
    near: Array | None = None,
    box: float | None = None,
) -> Cycles:
    """The cycles of 2 to `longest` states: the fixed points of the map taken k times that are none of a divisor of k.

    Args:
        model: as `fixed_points`, like all that is not said here.
        x: (V,) a constant input, or (P, V) the inputs of a period; one state a period is then counted.
        longest: the longest cycle looked for, 2 to 64.
        starts: how many random states to start from, for each length.
        seed: what they are drawn by.
        near: (N, S) more states to start from.
        box: where the random states lie.

    Raises:
        TypeError: as `fixed_points`.
        ValueError: as `fixed_points`, or `longest` is out of range.
    """
    f = map_of(model)
    xs = inputs_of(f, x)
    first = first_starts(f, xs, whole_number("starts", starts, 1, 100_000), seed, near, box)
    cycles, tried, converged = list[Cycle](), 0, 0
    for k in range(2, whole_number("longest", longest, 2, 64) + 1):
        states, more, good = search(f, np.tile(xs, (k, 1)), first)
        tried, converged = tried + more, converged + good
        own = list[Cycle]()
        for s in states:
            cycle = _cycle(f, xs, s, k)
            if cycle is not None and not any(near_each_other(s, other.states).any() for other in own):
                own.append(cycle)
        cycles += sorted(own, key=lambda cycle: (not cycle.stable, abs(cycle.eigenvalues[0])))
    return Cycles(tuple(cycles), longest, tried, converged)


def parts_of_states(f: StateMap, s: Array) -> tuple[Array, Array | None]:
    """The h and c of states (..., S): (..., H), or (..., layers, H) where there are several layers."""
    shape = (*s.shape[:-1], len(f.layers), f.parts, f.hidden_size)
    split = s.reshape(shape)
    if len(f.layers) == 1:
        split = split[..., 0, :, :]
    return split[..., 0, :], split[..., 1, :] if f.parts == 2 else None


def _index(f: StateMap, points: list[FixedPoint]) -> int | None:
    if f.cell == "rnn_relu" or not all(point.isolated for point in points):
        return None
    # Complex eigenvalues come in pairs and count for nothing in the sign.
    return sum(int(np.sign(np.prod(1 - point.eigenvalues).real)) for point in points)


def _points(f: StateMap, xs: Array, states: Array) -> list[FixedPoint]:
    """Each of the states with all that is known about it; of a line of fixed points one stands for all."""
    if not len(states):
        return []
    after, jacobian = f.after_with_jacobian(states, xs)
    values, vectors = spectrum(jacobian)
    isolated = np.linalg.svd(np.eye(f.size) - jacobian, compute_uv=False)[:, -1] > SINGULAR
    kept = list[int]()
    for k in np.argsort(
        isolated, kind="stable"
    ):  # those of a line first: a ReLU's line can end in a point that looks alone
        if not any(not isolated[o] and _on_one_line(f, xs, states[k], states[o]) for o in kept):
            kept.append(int(k))
    points = []
    for k in kept:
        h, c = parts_of_states(f, states[k])
        points.append(
            FixedPoint(
                s=states[k],
                h=h,
                c=c,
                stable=bool(isolated[k] and abs(values[k, 0]) < 1 and _holds_on_all_sides(f, xs, states[k])),
                eigenvalues=values[k],
                eigenvectors=vectors[k],
                residual=float(np.abs(after[k] - states[k]).max()),
                isolated=bool(isolated[k]),
            )
        )
    return points


def _holds_on_all_sides(f: StateMap, xs: Array, s: Array) -> bool:
    """Whether the pieces of a ReLU network that meet at s all shrink what is small; a smooth network has but one.

    torch calls a ReLU flat where its input is 0, which says nothing of the side on which it is not.
    """
    if f.cell != "rnn_relu":
        return True
    sides = s + 1e-7 * np.random.default_rng(0).choice([-1.0, 1.0], (32, len(s)))
    _, jacobian = f.after_with_jacobian(sides, xs)
    return bool(np.abs(np.linalg.eigvals(jacobian)).max() < 1)


def _on_one_line(f: StateMap, xs: Array, a: Array, b: Array) -> bool:
    """Whether what lies between two fixed points are fixed points too."""
    between = a + np.linspace(0.1, 0.9, 5)[:, None] * (b - a)
    return bool(np.abs(f.after(between, xs) - between).max() <= 1e-8 * max(1.0, float(np.abs(b - a).max())))


def _beside(points: list[FixedPoint]) -> Array | None:
    """States beside known points, along their directions: two that were born together lie near each other for long."""
    if not points:
        return None
    along = np.concatenate([(point.eigenvectors.real * max(1.0, np.abs(point.s).max())).T for point in points])
    middle = np.concatenate([np.broadcast_to(point.s, point.eigenvectors.shape) for point in points])
    far = np.concatenate([-_BESIDE, _BESIDE])[:, None, None]
    states: Array = (middle + far * along).reshape(-1, middle.shape[-1])
    return states


def _rank(point: FixedPoint) -> tuple[bool, float, tuple[float, ...]]:
    """Rounded, so that points which a symmetry makes alike come in the order of their numbers."""
    return not point.stable, round(float(abs(point.eigenvalues[0])), 8), tuple(point.s.round(6).tolist())


def _cycle(f: StateMap, xs: Array, s: Array, k: int) -> Cycle | None:
    """The cycle of k states through s; None where a shorter one passes through it."""
    states = [s]
    for _ in range(k):
        states.append(f.after(states[-1], xs))
    if any(k % d == 0 and near_each_other(s, states[d]) for d in range(1, k)):
        return None
    _, jacobian = f.after_with_jacobian(s, np.tile(xs, (k, 1)))
    values, _ = spectrum(jacobian)
    orbit = np.stack(states[:k])
    h, c = parts_of_states(f, orbit)
    return Cycle(orbit, h, c, bool(abs(values[0]) < 1), values, float(np.abs(states[k] - s).max()))
