"""Enclosures hold the true states of a network, not those of its floats, and a trap holds what it has caught."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lstmviz as lv
from lstmviz.predictions.simulation import simulate
from lstmviz.proof.balls import Ball, exact
from lstmviz.proof.enclosure import Period, _trapped, find_trap, follow, orbit_of, way_into
from lstmviz.statemap import StateMap, state_map

PATTERN = [0, 1, 2, 1, 0, 2]


def network(cell: str, hidden: int = 3, layers: int = 1, gain: float = 1.0) -> StateMap:
    """Untrained, so that its predictions may be anything; with a gain, so that its slopes are not all alike."""
    config = lv.ModelConfig(cell=cell, input_size=3, hidden_size=hidden, output_size=3, num_layers=layers, seed=5)
    model = lv.build_model(config)
    lv.load_parameters(model, {k: (gain * a).astype(np.float32) for k, a in lv.parameters_of(model).items()})
    return state_map(model)


def true_step(f: StateMap, s: list, letter: int) -> list:
    """A step of a network of one layer in mpmath's digits, unit by unit, from the equations of torch's manual."""
    w, size = f.layers[0], f.hidden_size
    read = [mpmath.mpf(float(a)) + float(b) for a, b in zip(w.ih[:, letter], w.b_ih, strict=True)]
    own = [mpmath.fdot(map(float, row), s[:size]) + float(b) for row, b in zip(w.hh, w.b_hh, strict=True)]

    def sigma(a: object) -> object:
        return 1 / (1 + mpmath.exp(-a))

    both = [a + b for a, b in zip(read, own, strict=True)]
    if f.cell == "rnn":
        return [mpmath.tanh(a) for a in both]
    if f.cell == "rnn_relu":
        return [max(mpmath.mpf(0), a) for a in both]
    if f.cell == "gru":
        r, z = ([sigma(a) for a in both[k * size : (k + 1) * size]] for k in (0, 1))
        n = [mpmath.tanh(read[2 * size + k] + r[k] * own[2 * size + k]) for k in range(size)]
        return [(1 - z[k]) * n[k] + z[k] * s[k] for k in range(size)]
    i, f_, _, o = ([sigma(a) for a in both[k * size : (k + 1) * size]] for k in range(4))
    c = [f_[k] * s[size + k] + i[k] * mpmath.tanh(both[2 * size + k]) for k in range(size)]
    return [o[k] * mpmath.tanh(c[k]) for k in range(size)] + c


@pytest.mark.parametrize("cell", lv.CELLS)
def test_what_floats_round_is_within_the_enclosure_of_a_single_state(cell):
    f = network(cell, gain=3.0)
    with mpmath.workdps(50):
        for seed in range(8):
            start = np.random.default_rng(seed).normal(size=f.size)
            orbit = orbit_of(f, start, PATTERN)
            one = follow(f, start, orbit, np.zeros(f.size), PATTERN)
            s = [mpmath.mpf(float(a)) for a in start]
            for t, letter in enumerate(PATTERN):
                s = true_step(f, s, letter)
                logits = [mpmath.fdot(map(float, row), s[:3]) + float(b) for row, b in zip(*f.head, strict=True)]
                right = [*PATTERN, PATTERN[0]][t + 1]
                assert one.margins[t] <= logits[right] - max(a for v, a in enumerate(logits) if v != right)
            missed = [abs(a - float(b)) for a, b in zip(s, orbit[-1], strict=True)]
            assert all(a <= float(b) for a, b in zip(missed, one.off, strict=True))
            assert max(missed) > 0
            assert one.off.max() < 1e-9


def test_what_cancels_in_a_step_is_within_the_enclosure():
    f, lost = network("rnn_relu", hidden=1), 0
    for seed in range(20):
        weight, start = np.random.default_rng(seed).random(2)
        left = 2.0**-54  # of a product that is taken away again, as floats round it
        w = f.layers[0]._replace(
            ih=np.zeros((1, 3)), hh=np.array([[weight]]), b_ih=np.zeros(1), b_hh=np.array([left - weight * start])
        )
        one_unit = StateMap("rnn_relu", (w,), f.head)
        centre = np.array([start])
        orbit = orbit_of(one_unit, centre, [0])
        one = follow(one_unit, centre, orbit, np.zeros(1), [0])
        true = max(Fraction(weight) * Fraction(start) + Fraction(float(w.b_hh[0])), Fraction(0))
        lost += true != Fraction(float(orbit[0, 0]))
        assert abs(true - Fraction(float(orbit[0, 0]))) <= Fraction(float(one.off[0]))
    assert lost > 5


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", lv.CELLS)
@pytest.mark.parametrize("width", [1e-6, 0.03, 0.3])
def test_a_period_of_a_box_holds_the_period_of_every_state_in_it(cell, layers, width):
    f = network(cell, layers=layers, gain=2.0)
    random = np.random.default_rng(6)
    centre = random.normal(size=f.size)
    orbit, box = orbit_of(f, centre, PATTERN), width * random.random(f.size)
    one = follow(f, centre, orbit, box, PATTERN)
    assert one is not None
    moved = box * random.choice([-1.0, -0.5, 0.5, 1.0], (2000, f.size))
    states = centre + moved
    codes = [*PATTERN, PATTERN[0]]
    for t, letter in enumerate(PATTERN):
        states = f.step(states, np.eye(3)[letter])
        logits = f.logits(states)
        own = logits[:, codes[t + 1]].copy()
        logits[:, codes[t + 1]] = -np.inf
        assert (own - logits.max(axis=-1)).min() >= one.margins[t] - 1e-13
    by_mean = moved @ one.derivative.mid.T
    left = np.abs(states - orbit[-1] - by_mean)
    assert (left <= np.abs(moved) @ one.derivative.rad.T + one.off + 1e-14).all()


@pytest.mark.parametrize("width", [0.9, 1.0, 1.1, 1.5])
def test_a_box_that_reaches_out_of_saturation_is_followed_though_its_centre_tells_nothing_of_it(width):
    f = network("rnn", hidden=1)
    w = f.layers[0]._replace(ih=np.zeros((1, 3)), hh=np.array([[6.0]]), b_ih=np.zeros(1), b_hh=np.zeros(1))
    f = StateMap("rnn", (w,), f.head)
    centre = np.ones(1)  # where tanh(6 h) is flat, while it is steep at 0
    orbit, box = orbit_of(f, centre, PATTERN), np.array([width])
    one = follow(f, centre, orbit, box, PATTERN)
    assert one is not None
    moved = np.linspace(-1, 1, 4001)[:, None] * box
    states = centre + moved
    for t, letter in enumerate(PATTERN):
        states = f.step(states, np.eye(3)[letter])
        logits = f.logits(states)
        own = logits[:, [*PATTERN, PATTERN[0]][t + 1]].copy()
        logits[:, [*PATTERN, PATTERN[0]][t + 1]] = -np.inf
        assert (own - logits.max(axis=-1)).min() >= one.margins[t] - 1e-13
    left = np.abs(states - orbit[-1] - moved @ one.derivative.mid.T)
    assert (left <= np.abs(moved) @ one.derivative.rad.T + one.off + 1e-14).all()


def test_an_overflow_is_no_enclosure():
    f = network("rnn_relu", gain=1e30)
    with np.errstate(all="ignore"):
        centre = np.ones(f.size)
        assert follow(f, centre, orbit_of(f, centre, PATTERN * 4), np.ones(f.size), PATTERN * 4) is None


@given(
    size=st.integers(1, 3),
    seed=st.integers(0, 10_000),
    gain=st.floats(0.05, 1.2),
    drift=st.sampled_from([0.0, 1e-9, 0.02, 0.3, 0.6]),
)
@settings(max_examples=150, deadline=None)
def test_a_trap_holds_whatever_its_slopes_and_errors_allow(size, seed, gain, drift):
    random = np.random.default_rng(seed)
    mid = gain * random.normal(size=(size, size))
    rad = 0.1 * gain * random.random((size, size))
    off, box = drift * random.random(size), random.uniform(0.3, 1, size)
    found = _trapped(Period(Ball(mid, rad), off, 1.0, (1.0,)), box)
    if found is None:
        return
    inner, periods = found
    d = inner * random.choice([-1.0, 1.0], (400, size))
    for k in range(4 * periods):
        slopes = mid + rad * random.choice([-1.0, 1.0], (400, size, size))
        d = np.matvec(slopes, d)
        d += off * np.where(random.random((400, 1)) < 0.5, np.sign(d), random.choice([-1.0, 1.0], d.shape))
        assert (np.abs(d) <= box * (1 + 1e-12)).all()
        if (k + 1) % periods == 0:
            assert (np.abs(d) <= inner * (1 + 1e-12)).all()


@pytest.mark.parametrize(
    ("slope", "off", "held"), [(0.5, 0.4, True), (0.5, 0.6, False), (-0.9, 0.05, True), (1.0, 0.0, False)]
)
def test_a_line_traps_what_its_geometric_series_says(slope, off, held):
    found = _trapped(Period(exact(np.array([[slope]])), np.array([off]), 1.0, (1.0,)), np.ones(1))
    assert (found is not None) == held  # the series ends at off / (1 - |slope|), which 1 is above or not


def test_a_way_out_of_the_box_is_no_trap_though_it_comes_back():
    shear = exact(np.array([[0.0, 10.0], [0.0, 0.0]]))  # (0, 1) goes to (10, 0), and that to 0
    inner, _ = _trapped(Period(shear, np.zeros(2), 1.0, (1.0,)), np.ones(2))
    assert 10 * inner[1] <= 1


def trained(cell: str) -> tuple[StateMap, lv.Task, list[int]]:
    task = lv.alphabet_task("abcabC")
    model = lv.build_model(lv.ModelConfig(cell=cell, input_size=4, hidden_size=3, output_size=4, seed=1))
    for _ in lv.train(model, task, lv.TrainConfig(epochs=600, lr=0.1)):
        pass
    return state_map(model), task, [int(code) for code in task.x[:6]]


def settled(f: StateMap, task: lv.Task) -> np.ndarray:
    return simulate(f, task, 6 * 400).end


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("left", [1e-3, 1e-6])
def test_a_trap_has_no_state_that_errs_even_where_little_is_left_of_the_margin(cell, left):
    f, task, pattern = trained(cell)
    centre = settled(f, task)
    margins = follow(f, centre, orbit_of(f, centre, pattern), np.zeros(f.size), pattern).margins
    t = int(np.argmin(margins))
    right = [*pattern, pattern[0]][t + 1]
    weight, bias = f.head
    bias = bias.copy()
    bias[right] -= margins[t] - left  # the least margin of the settled network is now `left`
    tight = StateMap(f.cell, f.layers, (weight, bias))
    trap = find_trap(tight, centre, pattern)
    assert trap is not None
    assert 0 < trap.margin <= left * (1 + 1e-6)


def test_a_mistake_on_the_way_is_no_way_unless_it_lies_before_the_first_step_that_counts():
    f, task, pattern = trained("gru")
    trap = find_trap(f, settled(f, task), pattern)
    tried = 0
    for start in np.random.default_rng(1).uniform(-1, 1, (60, f.size)):
        seen = simulate(f, task, 6 * 300, start=start)
        if seen.first_wrong is None or seen.last_wrong > 60:
            continue
        tried += 1
        assert way_into(f, trap, start, pattern, 300) == (None, "wrong")
        way, reason = way_into(f, trap, start, pattern, 300, seen.last_wrong + 1)
        assert (way is not None, reason) == (True, "")
        assert way.margin > 0
        end = simulate(f, task, way.steps, start=start).end if way.steps else start
        assert (np.abs(end - trap.centre) <= trap.inner).all()
        assert way_into(f, trap, start, pattern, 300, deadline=0.0)[1] in ("time", "")
    assert tried > 3
