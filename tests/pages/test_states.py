"""The page of the states: what its part is given is the engine's, and its sentences are true of the run."""

import html
import time

import numpy as np
import pytest

from lstmviz.dynamics.alignment import align
from lstmviz.dynamics.births import births
from lstmviz.dynamics.counting import trends, trends_of
from lstmviz.dynamics.cycle_births import cycle_births
from lstmviz.dynamics.planes import clouds, state_names
from lstmviz.figures.theme import number
from lstmviz.models import ModelConfig, build_model, load_parameters
from lstmviz.predictions.outcome import mean_loss
from lstmviz.statemap import pattern_inputs, state_map
from lstmviz.sweeps import Store, SweepConfig, sweep
from lstmviz.tasks import alphabet_task, named_task, sequences_of
from lstmviz.training import TrainConfig, train
from lstmviz.ui.background.jobs import configs
from lstmviz.ui.background.watched import View
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from tests.kinds import ONE_OF_EACH_KIND
from tests.packets import given, joined, parts

SEED = Experiment().seed  # of the network that a page shows by itself
EPOCHS = 120


@pytest.fixture(scope="module")
def sweeps(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The networks of many seeds are trained once for all tests that show them."""
    return Store(tmp_path_factory.mktemp("sweeps"))


def engine(cell="lstm", pattern="abcabC", hidden=3, seed=SEED):
    """The snapshots of the same training, made without the page."""
    task = alphabet_task(pattern)
    size = len(task.alphabet)
    model = build_model(ModelConfig(cell=cell, input_size=size, hidden_size=hidden, output_size=size, seed=seed))
    kept = [step for step in train(model, task, TrainConfig(epochs=EPOCHS, lr=0.1)) if step.parameters is not None]
    return task, model, [step.parameters for step in kept]


def text(app) -> str:
    return html.unescape(" ".join(element.value for element in app.markdown))


@pytest.mark.parametrize("letter", [0, 2])
@pytest.mark.parametrize("cell", CELL_NAMES)
def test_the_points_are_the_engines_at_every_snapshot(open_page, cell, letter):
    query = {"map": letter} if letter else {}
    app = open_page("states", cell=cell, epochs=EPOCHS, **query)
    task, model, snapshots = engine(cell)
    header, parts = joined(given(app))
    about, arrays = parts["points"]
    codes = task.x[: task.period] if letter == 0 else [letter - 1]
    xs = pattern_inputs(codes, len(task.alphabet))
    found = births(model, snapshots, xs, stride=2)
    assert header["letter"] == letter
    assert len(arrays["snapshot"]) == sum(len(branch.s) for branch in found.branches)
    assert about["branches"] == len(found.branches)
    assert [event for event in about["events"] if "cycle" not in event["kind"]] == [
        told(event) for event in found.events
    ]
    for e, state, stable in zip(arrays["snapshot"], arrays["state"], arrays["stable"], strict=True):
        load_parameters(model, snapshots[e])
        f = state_map(model)
        s = state.astype(float)
        end, jacobian = f.after_with_jacobian(s, xs)
        np.testing.assert_allclose(end, s, atol=1e-4 * max(1.0, np.abs(s).max()))
        modulus = np.abs(np.linalg.eigvals(jacobian)).max()
        assert modulus < 1.001 if stable else modulus > 0.999


def told(event, of=""):
    return {"snapshot": event.snapshot, "kind": of + event.kind.replace(" ", "_"), "branch": event.branches[0]}


@pytest.mark.parametrize(("cell", "letter"), [("lstm", 4), ("rnn", 2)])
def test_the_circles_are_the_engines_at_every_snapshot(open_page, cell, letter):
    app = open_page("states", cell=cell, seed=1, epochs=EPOCHS, map=letter)
    _, model, snapshots = engine(cell, seed=1)
    about, arrays = joined(given(app))[1]["points"]
    xs = pattern_inputs([letter - 1], 4)
    found = cycle_births(model, snapshots, xs, fixed=births(model, snapshots, xs, stride=2))
    assert found.branches
    assert len(arrays["cycle_snapshot"]) == sum(len(branch.stable) for branch in found.branches)
    assert [event for event in about["events"] if "cycle" in event["kind"]] == [
        told(event, "cycle_") for event in found.events
    ]
    for e, states in zip(arrays["cycle_snapshot"], arrays["cycle_states"].astype(float), strict=True):
        load_parameters(model, snapshots[e])
        np.testing.assert_allclose(state_map(model).after(states, xs), states[::-1], atol=1e-3)


def test_circles_of_a_large_network_are_not_looked_for(open_page):
    about, arrays = joined(given(open_page("states", hidden=17, epochs=3)))[1]["points"]
    assert not about["circles"]
    assert len(arrays["cycle_snapshot"]) == 0


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_sentences_are_true_of_the_run(open_page, language):
    app = open_page("states", epochs=EPOCHS, lang=language)
    task, model, snapshots = engine()
    load_parameters(model, snapshots[-1])
    f = state_map(model)
    states, names = f.states(task.one_hot().astype(float)), state_names(f)
    said = text(app)
    for pair in clouds(states, names, task):
        best = pair.best()
        assert best is not None
        assert f"{best.name}" in said
        assert number(best.at_first) in said
        assert number(best.at_second) in said
    counters = trends(states, names, task).counters
    assert bool(counters) == ("R²" in said)


def test_the_axes_are_those_of_all_states(open_page):
    app = open_page("states", epochs=EPOCHS, hidden=4)
    header, parts = joined(given(app))
    _, arrays = parts["first"]
    flat = np.concatenate([arrays["h"], arrays["c"]], axis=-1).reshape(-1, 8).astype(float)
    axes = np.array(header["axes"]["first"]["axes"])
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-6)
    np.testing.assert_allclose(header["axes"]["first"]["mean"], flat.mean(axis=0), atol=1e-5)
    singular = np.linalg.svd(flat - flat.mean(axis=0), compute_uv=False) ** 2
    np.testing.assert_allclose(header["axes"]["first"]["share"], (singular / singular.sum())[:3], atol=1e-4)


def test_a_network_beside_comes_along(open_page):
    app = open_page("states", epochs=EPOCHS, **{"with": "cell=rnn"})
    header, parts = joined(given(app))
    assert header["beside"] == "rnn"
    assert parts["second"][0]["cell"] == "rnn"


@pytest.mark.parametrize("cell", ["rnn", "gru"])
def test_other_seeds_are_the_sweeps_networks_with_their_units_matched(open_page, cell):
    app = open_page("states", cell=cell, seed=1, epochs=EPOCHS, seeds=1)
    for _ in range(40):
        if "seeds" in joined(given(app))[1]:
            break
        app.run()
    header, parts = joined(given(app))
    told, states = header["seeds"]["found"], parts["seeds"][1]["states"].astype(float)
    task, model, snapshots = engine(cell, seed=1)
    own = reached(model, snapshots[-1], task)
    config = SweepConfig(task="abcabC", cells=cell, hidden_size=3, lr=0.1, epochs=EPOCHS, seeds=range(25))
    others = [run for run in sweep(config, store=None) if run.solved and run.seed != 1]
    others.sort(key=lambda run: run.seed)
    assert (told["others"], told["solved"]) == (24, len(others))
    assert states.shape == (len(others), 6, 3)
    expected = [align(own, reached(model, run.parameters, task), 3) for run in others]
    np.testing.assert_allclose(states, [one.states for one in expected], atol=1e-5)
    assert told["matched"] == sum(one.matches for one in expected)


def reached(model, parameters, task):
    """The states of the last pattern."""
    load_parameters(model, parameters)
    return state_map(model).states(task.one_hot().astype(float))[task.last_pattern]


def test_other_seeds_cost_nothing_unless_they_are_asked_for(open_page):
    header, parts = joined(given(open_page("states", epochs=EPOCHS)))
    assert header["seeds"] == {"asked": False, "found": None}
    assert "seeds" not in parts


@pytest.mark.parametrize("section", ["saturation", "variables"])
def test_one_sweep_is_waited_for_in_one_place(open_page, section):
    app = open_page("states", epochs=1400, hidden=5, seeds=1, section=section)
    assert len(app.get("progress")) <= 1
    assert not app.exception


@pytest.mark.parametrize(
    "query",
    [
        {"hidden": 1},
        {"seeds": 1, "cell": "rnn_relu", "section": "saturation", "epochs": 30},
        {"seeds": 1, "lr": 10, "cell": "rnn_relu", "epochs": 5},
        {"seeds": "x"},
        {"hidden": 64, "epochs": 3},
        {"lr": 10, "cell": "rnn_relu", "epochs": 5},
        {"epochs": 1},
        {"map": "99"},
        {"map": "x"},
        {"section": "nonsense"},
    ],
)
def test_no_network_and_no_link_breaks_the_page(open_page, query):
    app = open_page("states", **{"epochs": EPOCHS, **query})
    assert not app.exception
    assert given(app)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("section", ["variables", "resting", "saturation", "counting"])
def test_every_section_is_drawn(open_page, section, language):
    app = open_page("states", epochs=EPOCHS, lang=language, section=section)
    until = time.monotonic() + 300
    while app.get("progress") and time.monotonic() < until:
        app.run()
    assert not app.exception
    said = {
        "variables": lambda: (
            len(parts(app)) == 2
            and any({"en": "soy sauce", "ko": "간장에 비유합니다"}[language] in one.value for one in app.caption)
        ),
        "resting": lambda: any({"en": "Newton", "ko": "뉴턴"}[language] in one.value for one in app.caption),
        "saturation": lambda: len(app.get("plotly_chart")) == 3 and "25" in " ".join(one.value for one in app.caption),
        "counting": lambda: "R²" in text(app) and "1,000,002" in text(app),
    }
    assert said[section]()


def test_the_section_is_in_the_url_and_a_click_writes_it_there(open_page):
    app = open_page("states", epochs=EPOCHS)
    assert len(parts(app)) == 2
    app.segmented_control(key="_section").set_value("counting").run()
    assert app.query_params["section"] in ("counting", ["counting"])
    assert "R²" in text(app)


@pytest.mark.parametrize(("asked", "refused"), [("0", False), ("4", False), ("04", False), ("5", True), ("x", True)])
def test_a_link_to_a_map_that_is_not_there_says_so(open_page, asked, refused):
    app = open_page("states", epochs=60, map=asked)
    said = [one.value for one in app.warning]
    sentence = f"This text has no map “{asked}”, so that of a whole pattern is shown: maps are numbered from 0 to 4."
    assert said == [sentence] * refused


@pytest.mark.parametrize(("asked", "refused"), [("0", False), ("1", False), ("2", True), ("yes", True)])
def test_a_link_that_says_no_such_thing_of_other_seeds_is_answered(open_page, asked, refused):
    app = open_page("states", epochs=30, seeds=asked)
    said = [one.value for one in app.warning if "other seeds" in one.value]
    assert len(said) == refused
    assert not app.exception


SHORT = {"hidden": 2, "epochs": 6, "lr": 0.05}


def learned(name, cell="lstm"):
    """The snapshots of the same short training of a task that is no pattern, made without the page."""
    model_config, train_config = configs(Experiment(task=name, cell=cell, hidden_size=2, epochs=6, lr=0.05))
    model = build_model(model_config)
    records = train(model, named_task(name), train_config)
    return model, [step.parameters for step in records if step.parameters is not None]


@pytest.mark.parametrize("name", ONE_OF_EACH_KIND)
def test_every_section_shows_every_task(open_page, name):
    for section in ("variables", "resting", "saturation", "counting"):
        for language in ("en", "ko"):
            app = open_page("states", task=name, lang=language, section=section, **SHORT)
            assert not app.exception
            assert not app.info
            assert not app.warning
            said = text(app)
            assert ("What you see" in said) == (language == "en")
            assert ("무엇이 보이나요" in said) == (language == "ko")
            assert len(app.get("plotly_chart")) == (section == "saturation")


@pytest.mark.parametrize(("name", "letter"), [("bit parity", 0), ("bit parity", 2), ("Reber grammar", 5)])
def test_of_a_sequence_the_points_are_those_of_one_symbol(open_page, name, letter):
    query = {"map": letter} if letter else {}
    app = open_page("states", task=name, cell="rnn", **query, **SHORT)
    model, snapshots = learned(name, "rnn")
    most = np.bincount(np.concatenate([named_task(name, number).x for number in range(25)])).argmax()
    shown = letter or most + 1
    xs = pattern_inputs([shown - 1], len(named_task(name).alphabet))
    header, parts = joined(given(app))
    assert header["letter"] == shown
    found = births(model, snapshots, xs, stride=2)
    arrays = parts["points"][1]
    assert len(arrays["snapshot"]) == sum(len(branch.s) for branch in found.branches)
    last = [branch for branch in found.branches if branch.last == len(snapshots) - 1]
    stable = sum(bool(branch.stable[-1]) for branch in last)
    symbol = named_task(name).alphabet[shown - 1]
    assert f"“{symbol}” leads {len(last)} state" in text(app).replace("\u2060", "")
    assert f"({stable} stable)" in text(app)
    assert not app.warning


def read_by(name):
    """All that the first 25 sequences of a task of numbers hold, (N, Q)."""
    count = min(25, sequences_of(name))
    return np.concatenate([named_task(name, number).x for number in range(count)])


@pytest.mark.parametrize("name", ["sine wave", "adding problem"])
@pytest.mark.parametrize("shown", [1, 2, 4])
def test_of_numbers_the_points_are_those_of_one_input(open_page, name, shown):
    app = open_page("states", task=name, cell="rnn", section="resting", map=shown, **SHORT)
    model, snapshots = learned(name, "rnn")
    header, parts = joined(given(app))
    read = read_by(name)
    wanted = np.zeros(read.shape[1]), read.mean(axis=0), np.eye(1, read.shape[1])[0] * read[:, 0].max()
    chosen = dict(zip((1, 2, 4), wanted, strict=True))[shown]
    assert len(header["inputs"]) == 2 + 2 * read.shape[1]
    np.testing.assert_allclose(header["inputs"][shown - 1]["x"], chosen)
    found = births(model, snapshots, chosen[None], stride=2)
    assert len(parts["points"][1]["snapshot"]) == sum(len(branch.s) for branch in found.branches)
    last = [branch for branch in found.branches if branch.last == len(snapshots) - 1]
    named = f"the input {header['inputs'][shown - 1]['name']}"
    said = text(app).replace("\u2060", "")
    assert f"{named} leads {len(last)} state" in said
    assert f"{named} again and again" in said
    assert header["inputs"][0]["name"] == ("x = 0" if read.shape[1] == 1 else "x = 0, 0")
    assert header["inputs"][1]["name"].endswith(" (mean)")


@pytest.mark.parametrize("section", ["counting", "resting"])
def test_a_space_of_a_text_is_seen(open_page, section):
    app = open_page("states", task="text in windows", section=section, **SHORT)
    task = named_task("text in windows")
    assert joined(given(app))[0]["letter"] == task.alphabet.index(" ") + 1  # what it reads most often
    said = html.unescape(" ".join(one.value for one in [*app.markdown, *app.caption])).replace("\u2060", "")
    assert "the symbol “␣” leads" in said
    assert ("reads the symbol “␣” again and again" if section == "counting" else "the letter ␣ again and again") in said


@pytest.mark.parametrize("asked", ["0", "5", "x"])
def test_an_input_that_is_not_offered_is_answered(open_page, asked):
    app = open_page("states", task="sine wave", map=asked, **SHORT)
    assert joined(given(app))[0]["letter"] == 1
    assert [one.value for one in app.warning] == [
        f"This task has no map “{asked}”, so that of x = 0 is shown: maps are numbered from 1 to 4."
    ]


@pytest.mark.parametrize("name", ["echo of numbers", "noise by heart"])
def test_the_loss_is_compared_with_the_variance_of_numbers(open_page, name):
    header = joined(given(open_page("states", task=name, **SHORT)))[0]
    assert header["chance"] == mean_loss(named_task(name))
    assert joined(given(open_page("states", task="bit parity", **SHORT)))[0]["chance"] == np.log(2)


@pytest.mark.parametrize("name", ["adding problem", "sine wave"])
def test_other_sequences_of_numbers_come_with_what_is_due(open_page, name):
    told_of = joined(given(open_page("states", task=name, **SHORT)))[0]["sequences"]
    if sequences_of(name) == 1:
        assert told_of is None
        return
    assert len(told_of) == 25
    for number_, one in enumerate(told_of):
        face = named_task(name, number_)
        assert one["x"] == face.x.tolist()
        assert one["due"] == [face.y[t].tolist() if face.scored[t] else [] for t in range(len(face.x))]


@pytest.mark.parametrize("asked", ["0", "99", "x", "²", "<b>"])
def test_a_map_that_a_task_has_not_is_answered(open_page, asked):
    app = open_page("states", task="bit parity", map=asked, **SHORT)
    letter = joined(given(app))[0]["letter"]
    assert letter in (1, 2)
    assert len(app.warning) == 1
    assert f"so that of “{letter - 1}” is shown: maps are numbered from 1 to 2" in app.warning[0].value


def test_other_seeds_of_a_sequence_are_answered_and_not_trained(open_page, begun):
    app = open_page("states", task="bit parity", seeds=1, **SHORT)
    assert [one.value for one in app.warning] == [
        "Other seeds are drawn for patterns; this task is shown without them."
    ]
    assert joined(given(app))[0]["seeds"] == {"asked": False, "found": None}
    assert not any(isinstance(one, View) for one in begun)


def test_what_lies_at_the_ends_is_counted_over_a_hundred_sequences(open_page):
    app = open_page("states", task="temporal order", section="saturation", **SHORT)
    faces = [named_task("temporal order", number) for number in range(100)]
    for cell in ("rnn", "gru", "lstm"):
        model, snapshots = learned("temporal order", cell)
        load_parameters(model, snapshots[-1])
        f = state_map(model)
        h = np.concatenate([f.h(f.states(face.one_hot().astype(float))) for face in faces])
        at_one, near = 100 * (np.abs(h) > 0.9).mean(), 100 * (np.abs(h) < 0.1).mean()
        assert f"| {CELL_NAMES[cell]}: h | {at_one:.0f}% | {near:.0f}% |" in text(app)


@pytest.mark.parametrize("letter", [1, 2])
def test_what_counts_is_asked_of_a_symbol_that_is_read_on_and_on(open_page, letter):
    app = open_page("states", task="a^n b^n", section="counting", map=letter, **SHORT)
    model, snapshots = learned("a^n b^n")
    load_parameters(model, snapshots[-1])
    f = state_map(model)
    xs = np.repeat(pattern_inputs([letter - 1], f.input_size), 80, axis=0)
    found = trends_of(f.states(xs), state_names(f))
    for k, name in enumerate(found.names):
        assert f"| {name} | {number(float(found.per_period[k]))} | {found.r2[k]:.5f} |" in text(app)
    assert "a sequence has an end" in " ".join(one.value for one in app.caption)


@pytest.mark.parametrize("name", ["Reber grammar", "matching halves"])
def test_other_sequences_come_along_with_what_is_right_in_them(open_page, name):
    told_of = joined(given(open_page("states", task=name, **SHORT)))[0]["sequences"]
    assert len(told_of) == 25
    for number_, one in enumerate(told_of):
        face = named_task(name, number_)
        assert one["x"] == face.x.tolist()
        for t, due in enumerate(one["due"]):
            if not face.scored[t]:
                assert due == []
            elif face.legal is None:
                assert due == [face.y[t]]
            else:
                assert face.y[t] in due
                assert due == np.flatnonzero(face.legal[t]).tolist()


def test_a_pattern_has_no_other_sequences(open_page):
    assert joined(given(open_page("states", epochs=6)))[0]["sequences"] is None
