"""One small network alone: the numbers of the kernels for many side by side, to the bit."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmviz.fused import Batch, Single, lanes
from lstmviz.models import CELLS, ModelConfig, build_model
from lstmviz.tasks import alphabet_task

runs = st.fixed_dictionaries(
    {
        "cell": st.sampled_from(CELLS),
        "pattern": st.sampled_from(["ab", "abaB", "abcabC", "abcdabcD", "가나가다", "abcdefghijklmnopqrstuvwx"]),
        "hidden_size": st.integers(1, 15),
        "repeats": st.integers(2, 40),
        "seed": st.integers(0, 2**32 - 1),
        "lr": st.sampled_from([0.001, 0.1, 1.0, 1e30]),
        "mean": st.booleans(),
        "dtype": st.sampled_from(["float32", "float64"]),
    }
)


def _both(cell, pattern, hidden_size, repeats, seed, dtype, **options):
    task, width = alphabet_task(pattern, repeats), lanes(np.dtype(dtype).itemsize)
    letters, hidden_size = len(task.alphabet), min(hidden_size, width)
    config = ModelConfig(
        cell=cell, input_size=letters, hidden_size=hidden_size, output_size=letters, seed=seed, dtype=dtype
    )
    row = np.concatenate([p.detach().numpy().ravel() for p in build_model(config).parameters()])
    options |= {"letters": letters, "hidden_size": hidden_size}
    return Single(cell, row, task.x, task.y, **options), Batch(cell, row[None], task.x, task.y, **options), task


@given(run=runs, epochs=st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_it_has_the_bits_that_it_has_among_others(run, epochs):
    single, batch, task = _both(**run)
    for train in (True, False):
        for ours, theirs in zip(
            single.run_remembering(epochs, train=train), batch.run_remembering(epochs, train=train), strict=True
        ):
            np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(single.parameters, batch.parameters[0])
    np.testing.assert_array_equal(single.gradients, batch.gradients[0])
    np.testing.assert_array_equal(single.states(0, len(task.x)), batch.states(0, len(task.x))[0])
    moments = zip(single.moments(single.position()), batch.moments(batch.position()), strict=True)
    for ours, theirs in moments:
        np.testing.assert_array_equal(ours, theirs[0])
    assert single.updates == batch.updates == epochs


@pytest.mark.parametrize("cell", CELLS)
def test_training_on_in_parts_and_again_gives_the_same(cell):
    single, batch, _ = _both(cell, "abcabC", 3, 20, 5, "float32", lr=0.1)
    losses, _ = batch.run(30)
    first, _ = single.run(11)
    position = single.position()
    np.testing.assert_array_equal(np.concatenate([first, single.run(19)[0]]), losses[:, 0])
    single.rewind(position)
    np.testing.assert_array_equal(single.run(19)[0], losses[11:, 0])
    other = batch.parameters[0] / 2
    single.replace(other)
    batch.replace(other)
    np.testing.assert_array_equal(single.run(5)[0], batch.run(5)[0][:, 0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hidden_size": 17}, "`hidden_size` must be 1 to 16; got 17"),
        ({"hidden_size": 0}, "`hidden_size` must be 1 to 16; got 0"),
        ({"parameters": np.zeros(35, np.float32)}, "must be 36 numbers; got (35,)"),
        ({"x": np.array([0, 3])}, "`x` must hold letters 0 to 2; got 0 to 3"),
        ({"y": np.array([0])}, "as long as each other"),
    ],
)
def test_what_the_kernel_does_not_check_is_checked_before(change, message):
    given = {"parameters": np.zeros(36, np.float32), "x": np.array([0, 1]), "y": np.array([1, 2]), "hidden_size": 3}
    with pytest.raises(ValueError, match=re.escape(message)):
        Single("rnn", letters=3, lr=0.1, **given | change)


def test_no_epochs_can_be_taken_back():
    with pytest.raises(ValueError, match="`epochs` must be at least 0; got -1"):
        _both("rnn", "abaB", 2, 2, 1, "float32", lr=0.1)[0].run(-1)


def test_no_such_steps_have_states():
    with pytest.raises(ValueError, match="`start` and `stop` must be steps in 0 to 7; got 3 and 9"):
        _both("rnn", "abaB", 2, 2, 1, "float32", lr=0.1)[0].states(3, 9)
