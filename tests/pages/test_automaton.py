"""The page of the automaton: what is drawn is the engine's, and each sentence and badge is true of the run."""

import html

import numpy as np
import pytest

from lstmviz.automata.clusters import cluster
from lstmviz.automata.lstar import learn
from lstmviz.automata.machine import Machine, isomorphic
from lstmviz.automata.needed import needed
from lstmviz.automata.of_network import automaton
from lstmviz.automata.reference import place_in, reference_machine
from lstmviz.changes.knockout import knockout_by_unit
from lstmviz.figures.theme import share_text
from lstmviz.models import ModelConfig, build_model
from lstmviz.proof.of_network import prove
from lstmviz.statemap import state_map
from lstmviz.tasks import alphabet_task, named_task
from lstmviz.tracing import trace
from lstmviz.training import TrainConfig, train
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.views.automaton.proven import badge_text
from tests.packets import given, joined
from tests.pages.conftest import new_server

SEED = Experiment().seed  # of the network that a page shows by itself
EPOCHS = 120
RIGHT = {"seed": 1, "epochs": EPOCHS}
MERGED = {"cell": "rnn", "seed": 0, "epochs": 300}


@pytest.fixture(scope="module")
def server():
    new_server()


def engine(cell="lstm", pattern="abcabC", hidden=3, seed=SEED, epochs=EPOCHS):
    """The same network, trained without the page."""
    task = alphabet_task(pattern)
    size = len(task.alphabet)
    model = build_model(ModelConfig(cell=cell, input_size=size, hidden_size=hidden, output_size=size, seed=seed))
    for _ in train(model, task, TrainConfig(epochs=epochs, lr=0.1)):
        pass
    return task, model


def text(app) -> str:
    shown = [element.value for element in (*app.markdown, *app.caption, *app.get("html"))]
    return html.unescape(" ".join(shown)).replace("\u2060", "")


def badges(app) -> list[tuple[str, str]]:
    """The kinds of badges in the header, and what they say."""
    found = [element.value for element in app.get("html") if 'class="chips"' in element.value]
    parts = [one.split('<span class="')[1].split('">', 1) for one in found if '<span class="' in one]
    return [(kind, html.unescape(rest.split("</span>")[0])) for kind, rest in parts]


def told(app, number: int = 0) -> tuple[list[dict], np.ndarray, np.ndarray]:
    """The machines that the browser draws, their states by step, and what the network says."""
    _, parts = joined(given(app, number))
    about, arrays = parts["machines"]
    return about["machines"], arrays["states"], arrays["predicted"]


def machine_of(one: dict, alphabet: tuple[str, ...]) -> Machine:
    """A machine as it can be read off the arrows that are drawn."""
    moves: list[list[int | None]] = [[None] * len(alphabet) for _ in one["says"]]
    for source, target, letters, _bent in one["edges"]:
        for letter in letters:
            moves[source][alphabet.index(letter)] = target
    return Machine(alphabet, tuple(one["says"]), tuple(map(tuple, moves)), one["start"])


@pytest.mark.parametrize("query", [RIGHT, MERGED], ids=["right", "merged"])
def test_what_is_drawn_is_the_engines_machine_and_the_one_required(open_page, query):
    app = open_page("automaton", **query)
    task, model = engine(**query)
    found = automaton(model, task)
    (own, due), states, predicted = told(app)
    assert isomorphic(machine_of(own, task.alphabet), found.machine)
    assert isomorphic(machine_of(due, task.alphabet), needed(task))
    np.testing.assert_array_equal(states[0], found.states)
    said = [task.alphabet[code] for code in predicted]
    assert [own["says"][state] for state in states[0]] == said  # it says what the network says
    assert [due["says"][state] for state in states[1]] == [task.alphabet[code] for code in task.y]
    walked = [machine_of(one, task.alphabet).run(task.letters[1 : len(task.letters)]) for one in (own, due)]
    period = len(walked[0])
    assert [list(way) for way in walked] == states[:, :period].tolist()
    wrong = predicted != task.y
    assert own["wrong"] == [int((wrong & (states[0] == state)).sum()) for state in range(len(own["says"]))]
    assert due["wrong"] == [0] * needed(task).size


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_network_that_has_become_the_machine_is_said_to_be(open_page, language):
    app = open_page("automaton", lang=language, **RIGHT)
    task, model = engine(**RIGHT)
    assert automaton(model, task).isomorphic
    assert prove(model, task).verdict == "proven"
    assert {"en": "the very machine", "ko": "과제에 필요한 오토마톤과 똑같습니다"}[language] in text(app)
    kind, said = badges(app)[-1]
    assert kind == "agrees"
    assert {"en": "forever", "ko": "영원히"}[language] in said


@pytest.mark.parametrize("language", ["en", "ko"])
def test_of_one_that_has_not_the_parting_text_and_the_merged_places_are_said(open_page, language):
    app = open_page("automaton", lang=language, **MERGED)
    task, model = engine(**MERGED)
    found = automaton(model, task)
    assert found.parting is not None
    assert found.merged
    said = text(app)
    assert f"“{''.join(found.parting)}”" in said
    assert f"“{found.said}”" in said
    assert f"“{found.due}”" in said
    for one in found.merged:
        assert ", ".join(one.labels) in said
    assert f"{found.steps:,}" in said
    kind, told = badges(app)[-1]
    assert kind == "differs"
    assert str(prove(model, task).step) in told


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_table_of_questions_is_the_engines_round_by_round(open_page, language):
    app = open_page("automaton", lang=language, **MERGED)
    task, model = engine(**MERGED)
    rounds = learn(state_map(model), task).rounds
    assert len(rounds) > 1
    slider = app.slider[0]
    assert slider.max == len(rounds)
    for number, one in enumerate(rounds, 1):
        app.slider[0].set_value(number).run()
        rows = next(e.value for e in app.markdown if "| ε |" in e.value).split("\n")[2:]
        assert len(rows) == len(one.rows)
        for row, word, said in zip(rows, (*one.prefixes, *one.extended), one.rows, strict=True):
            cells = [cell.strip(" *") for cell in html.unescape(row).split("|")[2:-1]]
            assert cells == ["".join(word) or "ε", *("·" if letter is None else letter for letter in said)]
        if one.counterexample is not None:
            assert f"**{''.join((task.letters[0], *one.counterexample))}**" in text(app)


@pytest.mark.parametrize("domain", ["pairs", "all"])
def test_other_words_are_asked_about_on_request(open_page, domain):
    app = open_page("automaton", **RIGHT)
    app.segmented_control(key="automaton_domain").set_value(domain).run()
    assert not app.exception
    task, model = engine(**RIGHT)
    learned = learn(state_map(model), task, domain)
    said = text(app)
    assert f"{learned.words:,}" in said
    assert f"up to {learned.length} letters" in said
    if len(learned.rounds[-1].rows) > 40:
        assert f"The first 40 of {len(learned.rounds[-1].rows)} rows" in said
    assert ("given up" in said) == (not learned.complete)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("query", [RIGHT, MERGED], ids=["right", "merged"])
def test_the_clusters_and_their_folded_machine_are_the_engines(open_page, query, language):
    app = open_page("automaton", automaton_section="clusters", lang=language, **query)
    task, model = engine(**query)
    found = cluster(state_map(model), task)
    (clusters, folded), states, _ = told(app, 1)
    assert isomorphic(machine_of(clusters, task.alphabet), found.machine)
    assert isomorphic(machine_of(folded, task.alphabet), found.folded)
    np.testing.assert_array_equal(states[0], found.states[: len(task.x)])
    rows = next(e.value for e in app.markdown if e.value.startswith("| |")).split("\n")[2:]
    values = [row.split("|")[2].strip() for row in rows]
    assert values[0] == str(found.machine.size)
    assert values[-1] == str(found.folded.size)
    assert values[3] == values[4] == "100%"
    assert found.fidelity == found.held_out == 1


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_numbers_of_the_proof_are_told(open_page, language):
    app = open_page("automaton", automaton_section="proof", lang=language, **RIGHT)
    task, model = engine(**RIGHT)
    found = prove(model, task)
    assert found.trap is not None
    assert found.way is not None
    said = text(app)
    for number in (f"{found.margin:.3f}", f"{100 * found.trap.contraction:.2g}%", f"{found.simulated:,}"):
        assert number in said
    assert str(found.way.steps) in said


def test_a_badge_is_green_for_a_proof_alone():
    task, model = engine(**RIGHT)
    assert badge_text(prove(model, task))[0] == "agrees"
    given_up = prove(model, task, steps=1000, seconds=1e-9)
    assert given_up.verdict == "undecided"
    kind, said = badge_text(given_up)
    assert kind == "open"
    assert "right for 1,000 steps, but the search was given up" in said
    task, model = engine(seed=1, epochs=30)
    found = prove(model, task)
    assert found.verdict == "fails"
    assert found.right_from is not None
    kind, said = badge_text(found)
    assert kind == "differs"
    assert f"step {found.step};" in said
    assert f"step {found.right_from} on" in said


@pytest.mark.parametrize("section", ["lstar", "clusters", "proof", "nonsense"])
@pytest.mark.parametrize(
    "query",
    [
        {"hidden": 1},
        {"hidden": 64, "epochs": 3},
        {"lr": 10, "cell": "rnn_relu", "epochs": 300},
        {"epochs": 1},
        {"task": "abcdefghijklmnopqrstuvwxyz" * 2 + "abcdefghijkL", "epochs": 5},
        {"task": "<b>*$|", "epochs": 20},
    ],
    ids=["one unit", "64 units", "diverged", "untrained", "64 letters", "signs"],
)
def test_no_network_and_no_link_breaks_the_page(open_page, query, section):
    app = open_page("automaton", automaton_section=section, **{"epochs": EPOCHS, **query})
    assert not app.exception
    assert app.segmented_control(key="_automaton_section").value == ("lstar" if section == "nonsense" else section)


TOMITA = {"task": "Tomita 2", "hidden": 4, "lr": 0.05, "epochs": 250}
REBER = {"task": "Reber grammar", "hidden": 8, "lr": 0.03, "epochs": 300}
UNTRAINED = {"task": "Reber grammar", "hidden": 2, "lr": 0.03, "epochs": 3}


def on_strings(task, hidden, lr, epochs, cell="lstm", face=0):
    """What the engine finds of a network trained without the page, and the trace of its face."""
    named = named_task(task)
    sizes = {"input_size": named.input_size, "hidden_size": hidden, "output_size": named.output_size}
    model = build_model(ModelConfig(cell=cell, seed=SEED, **sizes))
    for _ in train(model, named, TrainConfig(epochs=epochs, lr=lr)):
        pass
    shown = named_task(task, face)
    return shown, automaton(model, shown), trace(model, shown.inputs())


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("query", [TOMITA, REBER, UNTRAINED], ids=["language", "grammar", "untrained"])
def test_of_a_grammar_both_machines_and_the_sequence_in_them_are_the_engines(open_page, query, language):
    app = open_page("automaton", lang=language, sequence=3, **query)
    task, found, tr = on_strings(**query, face=3)
    about, arrays = joined(given(app))[1]["machines"]
    own, due = about["machines"]
    assert isomorphic(machine_of(own, task.alphabet), found.machine)
    assert isomorphic(machine_of(due, task.alphabet), reference_machine(task))
    np.testing.assert_array_equal(arrays["states"][0], found.states)
    assert arrays["states"][1].tolist() == list(place_in(task, [task.alphabet[code] for code in task.x]))
    names = about["names"]
    assert [names[code] for code in arrays["predicted"]] == list(found.said_along)
    assert [names[code] for code in arrays["due"]] == [due["says"][state] for state in arrays["states"][1]]
    if task.legal is not None:
        np.testing.assert_allclose(arrays["mass"], (tr.probabilities * task.legal).sum(axis=1), rtol=1e-6)
    said = text(app)
    assert f"{found.words:,}" in said
    if found.parting:
        assert f"“{''.join(found.parting)}”" in said
    assert found.isomorphic == (query is not UNTRAINED)
    very = {"en": "the very machine", "ko": "과제에 필요한 오토마톤과 똑같습니다"}[language]
    assert (very in said) == found.isomorphic


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    "task", ["continual Reber grammar", "a^n b^n c^n", "bit parity", "temporal order", "embedded Reber grammar"]
)
def test_every_task_that_has_a_machine_has_its_page(open_page, task, language):
    app = open_page("automaton", task=task, lang=language, hidden=2, epochs=3, lr=0.05)
    assert not app.exception
    said = text(app)
    assert ("What you see" in said) == (language == "en")
    assert {"en": "states", "ko": "상태"}[language] in said
    assert not app.info


@pytest.mark.parametrize("language", ["en", "ko"])
def test_which_unit_holds_t_or_p_is_the_engines_count(open_page, language):
    query = {"task": "embedded Reber grammar", "hidden": 3, "lr": 0.05, "epochs": 60}
    app = open_page("automaton", lang=language, **query)
    task = named_task(query["task"])
    model = build_model(ModelConfig(cell="lstm", input_size=7, hidden_size=3, output_size=7, seed=SEED))
    for _ in train(model, task, TrainConfig(epochs=60, lr=0.05)):
        pass
    found = knockout_by_unit(model, task)
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for element in app.markdown
        if "| c1 |" in element.value
        for line in element.value.split("\n")[2:]
    ]
    assert rows[0][1:] == [percent(share) for share in found.intact]
    assert {row[0]: row[1:] for row in rows[1:]} == {
        f"c{unit + 1}": [percent(share) for share in found.held[unit]] for unit in range(3)
    }
    assert f"{int(found.strings.sum())}" in text(app)


def percent(share) -> str:
    return share_text(share).removesuffix("%")
