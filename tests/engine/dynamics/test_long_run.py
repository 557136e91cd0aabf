"""Reading on and on: in pieces as in one go, and the notes' counter comes to rest."""

import numpy as np
import pytest

import lstmviz as lv
from lstmviz.dynamics.fixed_points import fixed_points
from lstmviz.dynamics.long_run import long_run
from lstmviz.predictions.simulation import simulate
from lstmviz.statemap import pattern_inputs, state_map


def network(cell="gru", pattern="abcabC", seed=1, epochs=200, hidden=3):
    task = lv.alphabet_task(pattern)
    size = len(task.alphabet)
    model = lv.build_model(lv.ModelConfig(cell=cell, input_size=size, hidden_size=hidden, output_size=size, seed=seed))
    for _ in lv.train(model, task, lv.TrainConfig(epochs=epochs, lr=0.1)):
        pass
    return task, model


@pytest.mark.parametrize("cell", lv.CELLS)
def test_pieces_are_the_whole(cell):
    task, model = network(cell, epochs=60)
    f = state_map(model)
    found = long_run(f, task, (5, 50, 400))
    whole = simulate(f, task, 402, keep=[5, 53, 47, 395, 401])
    assert [stop.steps for stop in found.stops] == [6, 54, 402]
    np.testing.assert_array_equal([stop.state for stop in found.stops], whole.kept[[0, 2, 4]])
    np.testing.assert_allclose(found.stops[1].moved, whole.kept[2] - whole.kept[1])
    np.testing.assert_allclose(found.stops[2].moved, whole.kept[4] - whole.kept[3])
    assert (found.first_wrong, found.last_wrong, found.stops[-1].wrong) == (
        whole.first_wrong,
        whole.last_wrong,
        whole.wrong,
    )
    assert min(stop.margin for stop in found.stops) == whole.margin


def test_the_notes_counter_comes_to_rest_where_its_map_stands_still():
    task, model = network("lstm", "abaB", seed=43052, epochs=1000, hidden=2)
    found = long_run(model, task)
    points = fixed_points(model, pattern_inputs(task.x[:4], 3)).stable
    assert len(points) == 1
    np.testing.assert_allclose(found.stops[-1].state, points[0].s, rtol=1e-9)
    assert np.abs(found.stops[-1].moved).max() < 1e-9
    assert np.abs(points[0].c).max() > 127
    assert found.first_wrong is None


@pytest.mark.parametrize("stops", [(), (10, 5), (5, 5), (0,), (10**9,)])
def test_stops_are_checked(stops):
    task, model = network(epochs=1)
    with pytest.raises(ValueError, match="`stops`"):
        long_run(model, task, stops)
