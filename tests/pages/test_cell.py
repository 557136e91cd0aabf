"""The page of one step: the numbers shown are the engine's, in both languages, for each cell and over time."""

import html
import re

import pytest

from lstmviz.figures.theme import number
from lstmviz.models import ModelConfig, build_model
from lstmviz.reading import telling_step
from lstmviz.tasks import alphabet_task
from lstmviz.tracing import trace
from lstmviz.training import TrainConfig, train
from lstmviz.ui.fields import CELL_NAMES

EPOCHS = 40


def engine(cell="lstm", hidden=3, pattern="abcabC", epochs=EPOCHS):
    """The same network trained and followed without the page."""
    task = alphabet_task(pattern)
    size = len(task.alphabet)
    model = build_model(ModelConfig(cell=cell, input_size=size, hidden_size=hidden, output_size=size, seed=1))
    for _ in train(model, task, TrainConfig(epochs=epochs, lr=0.1)):
        pass
    return task, trace(model, task.one_hot())


def markup(app):
    return " ".join(element.proto.body for element in app.get("html"))


def text(app):
    return html.unescape(" ".join(element.value for element in [*app.markdown, *app.caption]))


def vector(app, key):
    node = markup(app).split(f'<div class="node {key}"')[1].split('<div class="node')[0]
    return re.findall(r'data-unit="\d+"[^>]*>([^<]*)</div>', node)


def expect_step(app, tr, t):
    assert f"<em>t = {t}</em>" in markup(app)
    assert vector(app, "h_before") == [number(value) for value in tr.h_prev[t]]
    assert vector(app, "h_after") == [number(value) for value in tr.h[t]]
    for gate in set("ifgorzn") & tr.layers[0].values.keys():
        assert vector(app, gate) == [number(value) for value in getattr(tr, gate)[t]]
    bars = markup(app).split('<div class="node yhat"')[1]
    assert re.findall(r"<em[^>]*>([^<]*)</em>", bars) == [number(p) for p in tr.probabilities[t]]


def press(app, name):
    app.button(key=f"_step_{name}").click().run()
    assert not app.exception


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("cell", CELL_NAMES)
def test_it_begins_where_memory_is_needed_and_steps_both_ways(open_page, cell, language):
    app = open_page("cell", cell=cell, epochs=EPOCHS, lang=language)
    task, tr = engine(cell)
    t = telling_step(task)
    expect_step(app, tr, t)
    press(app, "forward")
    expect_step(app, tr, t + 1)
    press(app, "period_back")
    expect_step(app, tr, t + 1 - task.period)
    press(app, "first")
    expect_step(app, tr, 0)
    press(app, "back")
    expect_step(app, tr, 0)
    press(app, "last")
    expect_step(app, tr, len(task.x) - 1)
    assert ("What you see" in text(app)) == (language == "en")
    assert ("무엇이 보이나요" in text(app)) == (language == "ko")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("cell", CELL_NAMES)
def test_the_sentences_have_the_numbers_of_the_step(open_page, cell, language):
    app = open_page("cell", cell=cell, epochs=EPOCHS, lang=language)
    _, tr = engine(cell)
    for t in (0, 4, 301):
        app.slider(key="t").set_value(t).run()
        assert not app.exception
        said = text(app)
        assert f"t = {t}" in said
        assert f"{tr.probabilities[t].max():.1%}" in said
        (about_unit,) = re.findall(r"^(?:Unit 1:|1번 노드:).*", said, re.MULTILINE)
        for name in set("ifgozcn") & tr.layers[0].values.keys() | {"h"}:
            assert number(getattr(tr, name)[t, 0]) in about_unit
        assert "{{" not in said
        assert "}}" not in said


def test_a_unit_can_be_chosen_and_its_sums_are_shown(open_page):
    app = open_page("cell", epochs=EPOCHS)
    _, tr = engine()
    app.button_group(key="unit").set_value(3).run()
    assert not app.exception
    assert "i<sub>3</sub>" in markup(app)
    t = app.slider(key="t").value
    row = markup(app).split('<tr class="result">')[1]
    shown = re.findall(r"<b>([^<]*)</b>", row.split("</tr>")[0])
    assert shown == [number(getattr(tr, gate)[t, 2]) for gate in "ifgo"]
    assert markup(app).count('class="square chosen" data-unit="3"') == 8


def test_an_earlier_epoch_can_be_chosen(open_page):
    app = open_page("cell", epochs=EPOCHS)
    app.select_slider(key="epoch").set_value(0).run()
    assert not app.exception
    task = alphabet_task("abcabC")
    model = build_model(ModelConfig(input_size=4, hidden_size=3, output_size=4, seed=1))
    expect_step(app, trace(model, task.one_hot()), telling_step(task))
    assert "after training" in [button.label for button in app.button]


def test_another_experiment_keeps_the_step_and_goes_to_the_end_of_its_training(open_page):
    app = open_page("cell", epochs=EPOCHS)
    app.slider(key="t").set_value(10).run()
    app.number_input(key="_epochs").set_value(55).run()
    app.run()
    assert not app.exception
    _, tr = engine(epochs=55)
    expect_step(app, tr, 10)
    assert app.select_slider(key="epoch").value == 55


def test_a_shorter_text_has_no_step_beyond_its_end(open_page):
    app = open_page("cell", epochs=EPOCHS)
    press(app, "last")
    app.selectbox(key="_task").select("abaB").run()
    app.run()
    assert not app.exception
    task, tr = engine(pattern="abaB")
    expect_step(app, tr, telling_step(task))


def test_the_text_s_buttons_lead_to_the_other_step_the_other_unit_and_the_start(open_page):
    app = open_page("cell", epochs=EPOCHS)
    app.button(key="_cell_to_t").click().run()
    assert "<em>t = 589</em>" in markup(app)
    app.button(key="_cell_to_epoch").click().run()
    assert app.select_slider(key="epoch").value == 0
    assert not app.exception


def test_many_units_are_chosen_from_a_list(open_page):
    app = open_page("cell", hidden=12, epochs=5)
    app.selectbox(key="unit").select(9).run()
    assert not app.exception
    assert "i<sub>9</sub>" in markup(app)
    assert "6 other units" in markup(app)
    app.number_input(key="_hidden").set_value(2).run()
    app.run()
    assert not app.exception
    assert "i<sub>1</sub>" in markup(app)


@pytest.mark.parametrize("hidden", [1, 64])
def test_the_smallest_and_the_largest_network(open_page, hidden):
    app = open_page("cell", hidden=hidden, epochs=1)
    assert vector(app, "f")
    assert not app.exception


def test_a_diverged_run_shows_what_came_before(open_page):
    app = open_page("cell", cell="rnn_relu", hidden=8, lr=10, epochs=200)
    assert "no finite number" in app.warning[0].value
    assert vector(app, "h_after")


def test_what_a_user_types_stays_text(open_page):
    app = open_page("cell", task="<b>*$", epochs=EPOCHS)
    app.slider(key="t").set_value(0).run()
    assert not app.exception
    assert "<b>&lt;</b>" in markup(app)
    raw = " ".join(element.value for element in app.markdown)
    assert "<" not in raw
    for button in app.button:
        assert "<" not in button.label


def test_the_badge_says_how_far_from_torch(open_page):
    app = open_page("cell", cell="gru", epochs=EPOCHS)
    assert "equals torch.nn.GRU to" in markup(app)
