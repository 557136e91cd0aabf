"""A layer over a whole sequence against the steps of `cells`, taken one after the other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmviz.cells.sequence import read
from lstmviz.cells.step import Weights, gru_step, lstm_step, rnn_relu_step, rnn_step

STEPS = {"rnn": (rnn_step, 1), "rnn_relu": (rnn_relu_step, 1), "lstm": (lstm_step, 4), "gru": (gru_step, 3)}


def draw_weights(rng, cell, inputs, hidden, *leading, dtype="float64"):
    rows = STEPS[cell][1] * hidden
    shapes = (rows, inputs), (rows, hidden), (rows,), (rows,)
    return Weights(*(rng.normal(size=(*leading, *shape)).astype(dtype) for shape in shapes))


def one_by_one(cell, w, x, h, c, taken=None):
    kept = []
    for t, x_t in enumerate(x):
        step = lstm_step(x_t, h, c, w) if cell == "lstm" else STEPS[cell][0](x_t, h, w)
        before = {"h_prev": h, "c_prev": c} if cell == "lstm" else {"h_prev": h}
        kept.append(step._asdict() | before)
        new_h, new_c = step.h, getattr(step, "c", c)
        if taken is not None:
            new_h, new_c = (np.where(taken[t][:, None], *pair) for pair in ((new_h, h), (new_c, c)))
        h, c = new_h, new_c
    return {name: np.stack([values[name] for values in kept]) for name in kept[0]}


@pytest.mark.parametrize("cell", STEPS)
@given(
    seed=st.integers(0, 2**32 - 1),
    dtype=st.sampled_from(["float32", "float64"]),
    steps=st.integers(1, 9),
    sizes=st.tuples(st.integers(1, 6), st.integers(1, 9)),
    snapshots=st.integers(0, 5),
    batch=st.integers(0, 3),
)
@settings(max_examples=60)
def test_every_number_is_that_of_the_step_taken_alone(cell, seed, dtype, steps, sizes, snapshots, batch):
    rng = np.random.default_rng(seed)
    inputs, hidden = sizes
    leading = (snapshots,) if snapshots else ()
    w = draw_weights(rng, cell, inputs, hidden, *leading, dtype=dtype)
    if snapshots:  # all read the same, which has no axis of theirs
        x, where = rng.normal(size=(steps, inputs)).astype(dtype), leading
    else:
        where = (batch,) if batch else ()
        x = rng.normal(scale=3, size=(steps, *where, inputs)).astype(dtype)
    h, c = rng.normal(size=(2, *where, hidden)).astype(dtype)
    taken = None
    if batch and not snapshots:
        taken = np.arange(steps)[:, None] < rng.integers(1, steps + 1, size=batch)
    expected = one_by_one(cell, w, x, h, c, taken)
    found = read(cell, w, x, h, c if cell == "lstm" else None, taken)
    assert list(found) == list(expected)
    for name, array in expected.items():
        here = taken if taken is not None else np.ones(steps, bool)  # what is not taken is nobody's
        assert found[name].dtype == array.dtype == dtype
        np.testing.assert_array_equal(found[name][here], array[here], err_msg=name)


@pytest.mark.parametrize("cell", STEPS)
def test_networks_that_share_what_they_read_may_each_have_a_state_matrix_of_their_own(cell):
    rng = np.random.default_rng(0)
    shared, many = (draw_weights(rng, cell, 4, 3, count) for count in (1, 5))
    w = Weights(shared.ih, many.hh, shared.b_ih, shared.b_hh)
    x, zeros = rng.normal(size=(7, 1, 4)), np.zeros((5, 3))
    found = read(cell, w, x, zeros, zeros)
    for name, array in one_by_one(cell, w, x, zeros, zeros).items():
        np.testing.assert_array_equal(found[name], array, err_msg=name)


@pytest.mark.parametrize("cell", STEPS)
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("poison", [np.nan, np.inf, 3e38])
def test_a_network_that_has_diverged_is_read_to_the_same_infinities(cell, poison):
    rng = np.random.default_rng(0)
    w = draw_weights(rng, cell, 4, 3)
    w.hh[0, 0] = poison
    x, zeros = rng.normal(size=(7, 4)), np.zeros(3)
    found = read(cell, w, x, zeros, zeros)
    with np.errstate(all="ignore"):
        for name, array in one_by_one(cell, w, x, zeros, zeros).items():
            np.testing.assert_array_equal(found[name], array, err_msg=name)
