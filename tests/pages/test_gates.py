"""The page of the two pictures: what it draws and what it says are the engine's numbers, in both languages."""

import base64
import html
import json
import time

import numpy as np
import plotly.graph_objects as go
import pytest

from lstmviz.figures.gates import PICTURES, window
from lstmviz.figures.theme import number
from lstmviz.models import ModelConfig, build_model
from lstmviz.tasks import alphabet_task
from lstmviz.tracing import trace_snapshots
from lstmviz.training import TrainConfig, train
from lstmviz.ui.frame.fields import CELL_NAMES

EPOCHS = 40


def engine(cell="lstm", pattern="abcabC", hidden=3, epochs=EPOCHS, lr=0.1):
    """The snapshots of the same training, made and followed without the page."""
    task = alphabet_task(pattern)
    size = len(task.alphabet)
    model = build_model(ModelConfig(cell=cell, input_size=size, hidden_size=hidden, output_size=size, seed=1))
    kept = [step for step in train(model, task, TrainConfig(epochs=epochs, lr=lr)) if step.parameters is not None]
    return task, [step.epoch for step in kept], trace_snapshots(model, [s.parameters for s in kept], task.one_hot())


def pictures(app) -> go.Figure:
    (chart,) = app.get("plotly_chart")
    return go.Figure(json.loads(chart.proto.spec))


def text(app) -> str:
    return html.unescape(" ".join(element.value for element in [*app.markdown, *app.caption]))


def chips(app) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


def decoded(value) -> np.ndarray:
    """An array as plotly.py sends it: in binary, or as a list."""
    if not isinstance(value, dict):
        return np.array(value, dtype=float)
    flat = np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"])
    return flat.reshape([int(side) for side in value["shape"].split(",")]) if "shape" in value else flat


def expect_pictures(app, tr, kept, steps) -> None:
    (chart,) = app.get("plotly_chart")
    figure = json.loads(chart.proto.spec)
    numbers = {trace["meta"]: k for k, trace in enumerate(figure["data"]) if "meta" in trace}
    assert list(numbers) == [name for picture in PICTURES[tr.layers[0].cell] for name in picture]
    assert figure["layout"]["meta"]["epochs"] == kept
    assert figure["layout"]["meta"]["steps"] == list(steps)
    for frame in figure["frames"]:
        changes = dict(zip(frame["traces"], frame["data"], strict=True))
        for name, k in numbers.items():
            values = tr.probabilities if name == "yhat" else getattr(tr, name)
            if frame["name"].startswith("epoch"):
                e = kept.index(int(frame["name"].split()[1]))
                np.testing.assert_array_equal(decoded(changes[k]["z"]), values[e, steps.start : steps.stop])


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("cell", CELL_NAMES)
def test_every_frame_of_every_cell_is_the_engines(open_page, cell, language):
    app = open_page("gates", cell=cell, epochs=EPOCHS, lang=language)
    task, kept, tr = engine(cell)
    expect_pictures(app, tr, kept, window(task, 3, last=True))
    assert {"en": "equals torch.nn.", "ko": "결과와 일치"}[language] in chips(app)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("cell", CELL_NAMES)
@pytest.mark.parametrize("pattern", ["abcabC", "AbAcAd", "xy"])
def test_the_text_is_of_this_run(open_page, cell, language, pattern):
    app = open_page("gates", cell=cell, epochs=EPOCHS, lang=language, task=pattern)
    said = text(app)
    assert ("What you see" in said) == (language == "en")
    assert ("무엇이 보이나요" in said) == (language == "ko")
    assert "{" not in said.replace("_{", "").replace("\\text{", "")
    if pattern == "xy":
        assert {"en": "nothing has to be remembered", "ko": "기억할 것이 없습니다"}[language] in said
        return
    task, _, tr = engine(cell, pattern)
    means = tr.h[-1, 89 * 6 : 99 * 6].reshape(10, 6, 3).mean(axis=0)
    pairs = {"abcabC": [(1, 4)], "AbAcAd": [(0, 2), (0, 4), (2, 4)]}[pattern]
    first, second, unit = max(
        ((a, b, k) for a, b in pairs for k in range(3)), key=lambda at: abs(means[at[0], at[2]] - means[at[1], at[2]])
    )
    assert f"**{task.labels[first]}**" in said
    assert f"**{task.labels[second]}**" in said
    assert f"**h{unit + 1}**" in said
    assert number(float(means[first, unit])) in said
    assert number(float(means[second, unit])) in said
    t = 594 + second if second < 5 else 588 + second
    state, own = ("c", None) if cell == "lstm" else ("h", unit)
    results = getattr(tr, state)[-1, t]
    assert any(f"= {number(float(value))}" in said for k, value in enumerate(results) if own in (None, k))


def test_the_text_says_since_when_it_is_right(open_page):
    app = open_page("gates", epochs=300)
    task, kept, tr = engine(epochs=300)
    right = (tr.probabilities.argmax(axis=-1) == task.y)[:, 98 * 6 : 99 * 6].all(axis=1)
    since = kept[len(right) - int(np.argmin(right[::-1]))]
    assert f"from epoch {since} on" in text(app)


def test_the_text_says_how_many_letters_are_wrong(open_page):
    app = open_page("gates", epochs=2)
    task, _, tr = engine(epochs=2)
    wrong = (tr.probabilities[-1].argmax(axis=-1) != task.y)[98 * 6 : 99 * 6].sum()
    assert f"{wrong} of the 6 letters of a pattern are still wrong" in text(app)


def test_the_window_can_be_chosen(open_page):
    app = open_page("gates", epochs=EPOCHS)
    task, kept, tr = engine()
    app.button_group(key="gates_end").set_value("first").run()
    expect_pictures(app, tr, kept, range(18))
    (count,) = [box for box in app.selectbox if box.key.startswith("gates_patterns")]
    count.set_value(1).run()
    expect_pictures(app, tr, kept, range(6))
    app.button_group(key="gates_end").set_value("last").run()
    expect_pictures(app, tr, kept, window(task, 1, last=True))


def test_numbers_colours_and_lines_on_demand(open_page):
    app = open_page("gates", epochs=EPOCHS)
    assert pictures(app).data[0].texttemplate is None
    assert "each column a unit" in text(app)
    app.toggle(key="gates_numbers").set_value(True).run()
    assert pictures(app).data[0].texttemplate == "%{z:.2f}"
    app.toggle(key="gates_lecture").set_value(True).run()
    assert (pictures(app).data[0].zmin, pictures(app).data[0].zmax) == (-1, 1)
    app.toggle(key="gates_lines").set_value(True).run()
    assert not app.exception
    assert {trace.type for trace in pictures(app).data} == {"scatter"}
    assert "each line a unit" in text(app)
    assert app.toggle(key="gates_numbers").disabled


def test_the_choice_of_view_is_kept_on_another_page(open_page):
    app = open_page("gates", epochs=EPOCHS)
    app.toggle(key="gates_lines").set_value(True).run()
    app.switch_page("pages/training.py").run().run()
    app.switch_page("pages/gates.py").run().run()
    assert app.toggle(key="gates_lines").value


def test_it_begins_at_the_step_and_epoch_of_the_url(open_page):
    app = open_page("gates", epochs=EPOCHS, t=590, epoch=11)
    steps, training = pictures(app).layout.sliders
    assert steps.steps[steps.active].value == "step 590"
    assert training.steps[training.active].value == "epoch 11"


@pytest.mark.parametrize("bad", ["", "-1", "x", "99999999999999999999", "²"])
def test_a_step_or_epoch_that_is_none_is_passed_over(open_page, bad):
    app = open_page("gates", epochs=EPOCHS, t=bad)
    steps, _ = pictures(app).layout.sliders
    assert steps.active == 0
    app = open_page("gates", epochs=EPOCHS, epoch=bad)
    _, training = pictures(app).layout.sliders
    assert training.steps[training.active].value == f"epoch {EPOCHS}"


def test_a_large_network_says_how_many_snapshots_it_shows(open_page):
    app = open_page("gates", epochs=40, hidden=64)
    while any("Stop" in button.label for button in app.button):
        time.sleep(0.2)
        app.run()
    shown = len(pictures(app).layout.meta["epochs"])
    _, kept, _ = engine(hidden=64)
    assert shown < len(kept)
    assert f"in {shown} of its {len(kept)} snapshots" in text(app)


def test_it_is_said_where_numbers_do_not_fit(open_page):
    app = open_page("gates", epochs=EPOCHS, hidden=12)
    assert "too narrow" not in text(app)
    app.toggle(key="gates_numbers").set_value(True).run()
    assert "too narrow" in text(app)


def test_a_diverged_run_shows_what_came_before(open_page):
    app = open_page("gates", cell="rnn_relu", hidden=8, lr=10, epochs=200)
    assert "no finite number" in app.warning[0].value
    assert pictures(app).layout.meta["epochs"][-1] < 200


@pytest.mark.parametrize(
    "pattern", ["ab", "abcdefghijklmnopqrstuvwxyz" * 2 + "abcdefghijkL", "가나가다", "<b>*$", "👩‍🚀a👩‍🚀b"]
)
def test_any_pattern_can_be_shown(open_page, pattern):
    app = open_page("gates", task=pattern, epochs=20)
    task = alphabet_task(pattern)
    labels = [html.unescape(label) for label in pictures(app).layout.yaxis.ticktext]
    assert len(labels) >= task.period - 1  # the text's last letter is never read
    assert labels[: task.period] == list(task.labels[: task.period])[: len(labels)]
    assert "<b>*" not in " ".join(element.value for element in app.markdown)
