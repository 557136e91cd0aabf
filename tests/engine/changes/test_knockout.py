"""Which unit holds T or P: each one is held at its mean while all embedded strings are read."""

import numpy as np
import pytest

import lstmviz as lv
from lstmviz.changes.kinds import Hold
from lstmviz.changes.knockout import _strings, knockout_by_unit
from tests.engine.tasks.test_drawn import Reber


def network(cell="lstm", hidden=5, seed=2, gain=3.0, layers=1, dtype="float64"):
    sizes = {"input_size": 7, "hidden_size": hidden, "output_size": 7}
    return lv.build_model(lv.ModelConfig(cell=cell, seed=seed, gain=gain, num_layers=layers, dtype=dtype, **sizes))


def strings(longest):
    """All embedded strings, by trying every symbol."""
    words, found = [""], []
    for _ in range(longest - 4):
        words = [word + letter for word in words for letter in Reber.may_come(word)]
        found += [word for word in words if Reber.place(word) == "end"]
    return [f"B{second}{word}{second}E" for second in "TP" for word in found]


def test_all_strings_are_there():
    drawn = {"".join("BTPSXVE"[code] for code in word[:length]) for word, length in zip(*_strings(13), strict=True)}
    assert drawn == {word[:-2] for word in strings(13)}


@pytest.mark.parametrize(
    ("cell", "quantity"), [("lstm", "c"), ("lstm", "h"), ("gru", "h"), ("rnn", "h"), ("rnn_relu", "h")]
)
def test_it_is_what_holding_a_unit_by_hand_gives(cell, quantity):
    task, model = lv.grammar_task("embedded_reber"), network(cell)
    found = knockout_by_unit(model, task, quantity, longest=10)
    assert found.longest == 10
    faces = [task.reading(word) for word in strings(10)]
    traces = [lv.trace(model, face.inputs()) for face in faces]
    # up to the inner E; the twin of the second symbol is read after that
    means = np.concatenate([getattr(tr, quantity)[:-1] for tr in traces]).mean(axis=0)
    np.testing.assert_allclose(found.means, means, rtol=1e-10)
    second = np.array([face.x[1] for face in faces])
    assert found.strings.tolist() == [int((second == code).sum()) for code in (1, 2)]
    for unit in range(-1, 5):
        named = []
        for face in faces:
            holds = [Hold(quantity, float(means[unit]), unit)] if unit >= 0 else []
            named.append(lv.trace_changed(model, face, holds, compare=False).probabilities[-2].argmax())
        right = np.array(named) == second
        shares = [right[second == code].mean() for code in (1, 2)]
        np.testing.assert_allclose(found.held[unit] if unit >= 0 else found.intact, shares)


def test_of_a_network_that_has_learned_it_some_unit_is_missed():
    task, model = lv.grammar_task("embedded_reber", drawn=16), network(hidden=12, seed=1, gain=1.0, dtype="float32")
    for _ in lv.train(model, task, lv.TrainConfig(epochs=1000, lr=0.03)):
        pass
    found = knockout_by_unit(model, task)
    assert found.quantity == "c"
    assert found.held.shape == (12, 2)
    assert found.intact.tolist() == [1, 1]
    assert found.loss.max() > 0.4
    assert found.loss.min() >= 0


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda: knockout_by_unit(network(), lv.grammar_task("reber")), "`task` must be the embedded or the continual"),
        (lambda: knockout_by_unit(network("gru"), lv.grammar_task("embedded_reber"), "c"), "`quantity` must be"),
        (lambda: knockout_by_unit(network(layers=2), lv.grammar_task("embedded_reber")), "`model` must have one layer"),
        (
            lambda: knockout_by_unit(network(), lv.grammar_task("embedded_reber"), longest=8),
            "`longest` must be between",
        ),
    ],
)
def test_what_cannot_be_is_refused(ask, sentence):
    with pytest.raises(ValueError, match=sentence):
        ask()
