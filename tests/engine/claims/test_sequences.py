"""One network over many sequences: every step counts alike, and the shares are those of the values themselves."""

import numpy as np
import pytest

import lstmviz as lv
from lstmviz.claims import over_sequences
from lstmviz.models import CELLS, parameters_of
from lstmviz.tasks import named_task


@pytest.mark.parametrize("cell", CELLS)
def test_the_shares_are_those_of_all_steps_of_all_sequences(cell):
    faces = [named_task("embedded Reber grammar", number) for number in range(7)]
    config = lv.ModelConfig(
        cell=cell, input_size=faces[0].input_size, hidden_size=4, output_size=faces[0].output_size, dtype="float64"
    )
    model = lv.build_model(config)
    found = over_sequences(config, parameters_of(model), faces)
    traces = [lv.trace(model, face.one_hot().astype(float)) for face in faces]
    assert len({len(face.x) for face in faces}) > 1
    for name in {"lstm": "hcifgo", "gru": "hrzn"}.get(cell, "h"):
        values = np.concatenate([getattr(tr, name) for tr in traces])
        own = found[name]
        counts, _ = np.histogram(values, own.edges)
        np.testing.assert_allclose(own.shares, counts / values.size)
        assert own.near_zero.mean == pytest.approx((np.abs(values) < 0.1).mean())
        assert own.at_one.mean == pytest.approx((np.abs(np.abs(values) - 1) < 0.1).mean())
        assert own.largest == pytest.approx(values.max())


def test_there_must_be_a_sequence():
    config = lv.ModelConfig(cell="rnn", input_size=2, hidden_size=2, output_size=2)
    with pytest.raises(ValueError, match="`tasks` must be at least one task; got none"):
        over_sequences(config, parameters_of(lv.build_model(config)), [])
