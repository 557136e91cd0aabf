"""The figures of one step: every number of the engine is where it belongs, and nothing typed becomes markup."""

import re

import numpy as np
import pytest

from lstmviz.figures.cell import SHOWN, step_figure
from lstmviz.figures.letters import letter_strip
from lstmviz.figures.sums import equations, sums_table
from lstmviz.figures.theme import Palette, number
from lstmviz.models import CELLS, ModelConfig, build_model, load_parameters, parameters_of
from lstmviz.outcome import outcome
from lstmviz.reading import unit_sums
from lstmviz.tasks import alphabet_task
from lstmviz.tracing import trace

TASK = alphabet_task("abcabC", repeats=5)
VECTORS = {
    "lstm": ("h_before", "c_before", "f", "i", "g", "o", "c_after", "h_after"),
    "gru": ("h_before", "r", "z", "n", "h_after"),
    "rnn": ("h_before", "h_pre", "h_after"),
    "rnn_relu": ("h_before", "h_pre", "h_after"),
}


class Words(dict):
    def __missing__(self, key):
        return f"{key}!"


WORDS = Words(others="")


def make(cell, hidden=3, task=TASK):
    size = len(task.alphabet)
    model = build_model(ModelConfig(cell=cell, input_size=size, hidden_size=hidden, output_size=size, seed=1))
    return model, trace(model, task.one_hot())


def draw(tr, t=7, unit=0, task=TASK, dark=False, bound=1.0):
    return step_figure(tr, task, t, unit, Palette(dark=dark), bound, WORDS)


def vector(figure, key):
    """The numbers of a vector, by unit counted from 1."""
    node = figure.split(f'<div class="node {key}"')[1].split('<div class="node')[0]
    return {int(unit): text for unit, text in re.findall(r'data-unit="(\d+)"[^>]*>([^<]*)</div>', node)}


def values(tr, key, t):
    name, _, when = key.partition("_")
    if when == "before":
        return (tr.h_prev if name == "h" else tr.c_prev)[t]
    return getattr(tr, "h_pre" if key == "h_pre" else name)[t]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("t", [0, 7, 28])
@pytest.mark.parametrize("hidden", [1, 3, SHOWN])
def test_every_number_of_a_small_network_is_there(cell, t, hidden):
    _, tr = make(cell, hidden)
    figure = draw(tr, t)
    for key in VECTORS[cell]:
        assert vector(figure, key) == {k + 1: number(value) for k, value in enumerate(values(tr, key, t))}


@pytest.mark.parametrize("cell", CELLS)
def test_the_probabilities_and_the_truth(cell):
    _, tr = make(cell)
    bars = draw(tr, 7).split('<div class="node yhat"')[1].split('<div class="legend"')[0]
    assert re.findall(r"<em[^>]*>([^<]*)</em>", bars) == [number(p) for p in tr.probabilities[7]]
    assert re.findall(r"<s[^>]*>([^<]*)</s>", bars) == [number(logit) for logit in tr.logits[7]]
    assert re.findall(r'class="bar right" data-letter="(\d)"', bars) == [str(TASK.y[7])]
    guess = tr.probabilities[7].argmax()
    assert re.findall(r'class="bar wrong" data-letter="(\d)"', bars) == ([] if guess == TASK.y[7] else [str(guess)])


@pytest.mark.parametrize(("unit", "shown"), [(0, range(1, 7)), (39, range(37, 43)), (63, range(59, 65))])
def test_a_large_network_shows_the_group_of_the_chosen_unit_and_a_band_of_all(unit, shown):
    _, tr = make("lstm", 64)
    figure = draw(tr, unit=unit)
    for key in VECTORS["lstm"]:
        assert list(vector(figure, key)) == list(shown)
    bands = re.findall(r"linear-gradient\((#[^)]*)\)", figure.split('<div class="legend"')[0])
    assert len(bands) == len(VECTORS["lstm"])
    assert all(band.count("#") == 64 for band in bands)
    assert figure.count(f'class="square chosen" data-unit="{unit + 1}"') == len(VECTORS["lstm"])


def test_of_a_long_alphabet_the_likely_letters_and_the_true_one_have_bars():
    task = alphabet_task("abcdefghijklmnopqrstuvwxyz", repeats=2)
    _, tr = make("gru", task=task)
    bars = draw(tr, 3, task=task).split('<div class="node yhat"')[1].split('<div class="legend"')[0]
    shown = [int(k) for k in re.findall(r'data-letter="(\d+)"', bars)]
    assert task.y[3] in shown
    assert set(np.argsort(-tr.probabilities[3])[:5]) <= {*shown}
    rest = np.delete(tr.probabilities[3], shown).sum()
    assert re.findall(r"<em[^>]*>([^<]*)</em>", bars)[-1] == number(rest)


def test_colours_have_fixed_ranges_which_the_legend_tells():
    _, tr = make("lstm")
    legend = draw(tr, bound=12.5).split('<div class="legend"')[1]
    assert re.findall(r"(\S+) <i style=[^>]*></i> ([^<]*)<", legend) == [("0", "1"), ("−1", "1"), ("−12.50", "12.50")]
    relu = draw(make("rnn_relu")[1], bound=40.0).split('<div class="legend"')[1]
    assert "−40.00" in relu
    assert "40.00" in relu


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_shown_as_such(cell, bad):
    model, _ = make(cell)
    load_parameters(model, {name: np.full_like(value, bad) for name, value in parameters_of(model).items()})
    tr = trace(model, TASK.one_hot())
    shown = draw(tr) + sums_table(unit_sums(model, tr, TASK.one_hot(), 7, 0), 0, "b", Palette(), cell, Words(others=""))
    assert "NaN" in shown
    assert "background:nan" not in shown
    assert "width:nan" not in shown
    if np.isinf(bad):
        assert "∞" in shown
    assert all("nan" not in numbers.replace("NaN", "") for _, numbers in equations(tr, 7, 0))
    strip = letter_strip(TASK, 7, outcome(tr.probabilities, TASK), Palette(), WORDS)
    assert strip.count("<s>–</s>") > 0


@pytest.mark.parametrize("cell", CELLS)
def test_the_table_lists_the_terms_and_they_add_up(cell):
    model, tr = make(cell)
    sums = unit_sums(model, tr, TASK.one_hot(), 10, 2)
    table = sums_table(sums, 2, "b", Palette(), cell, Words(others=""))
    text = re.sub(r"<i>.*?</i>|<small>.*?</small>|</?(sub|u|b)>", "", table)
    rows = [re.findall(r"<td>\s*([^<]*)</td>", row) for row in text.split("<tr")[2:]]
    numbers = [[float(cell.replace("−", "-")) if cell else 0.0 for cell in row] for row in rows]
    *terms, total, result = np.array(numbers)
    if cell == "gru":  # the reset gate scales the last gate's recurrent part, which stands in a row of its own
        recurrent = np.array(terms[2:-1])
        np.testing.assert_allclose(recurrent[:, :2].sum(0) + terms[0][:2] + terms[1][:2], total[:2], atol=4e-3)
        np.testing.assert_allclose(terms[0][2] + terms[1][2] + terms[-1][2], total[2], atol=2e-3)
    else:
        np.testing.assert_allclose(np.sum(terms, axis=0), total, atol=4e-3)
    np.testing.assert_allclose(total, sums.total, atol=5.1e-4)
    np.testing.assert_allclose(result, [getattr(tr, gate)[10, 2] for gate in sums.gates], atol=5.1e-4)


def test_the_equations_are_the_right_ones():
    for cell in CELLS:
        _, tr = make(cell)
        written = equations(tr, 10, 1)
        formula, numbers = written[-1]
        assert numbers.endswith(f"= {number(tr.h[10, 1])}")
        if cell == "lstm":
            assert formula == r"h_t = o_t \odot \tanh(c_t)"
            assert written[1][1].endswith(f"= {number(tr.c[10, 1])}")


HOSTILE = alphabet_task("<&\"'<é👩‍👩‍👧", repeats=5)


@pytest.mark.parametrize("t", [0, 5, 20, 28])
def test_nothing_typed_becomes_markup(t):
    model, tr = make("lstm", task=HOSTILE)
    found = outcome(tr.probabilities, HOSTILE)
    read = HOSTILE.alphabet[HOSTILE.x[t]]
    sums = unit_sums(model, tr, HOSTILE.one_hot(), t, 0)
    for markup in (
        draw(tr, t, task=HOSTILE),
        letter_strip(HOSTILE, t, found, Palette(), WORDS),
        sums_table(sums, 0, read, Palette(), "lstm", Words(others="")),
    ):
        tags = set(re.findall(r"</?([^\s>/]*)", markup.replace("</", "<")))
        assert tags <= {"div", "span", "b", "i", "u", "s", "em", "sub", "table", "tr", "th", "td", "small"}
        assert not re.search(r"&(?!amp;|lt;|gt;|quot;|#x27;)", markup)


def strip(task, t, right=True):
    _, tr = make("lstm", task=task)
    markup = letter_strip(task, t, outcome(tr.probabilities, task), Palette(), WORDS)
    return tr, re.findall(
        r'<div class="letter ([^"]*)" title="t = (\d+)">(?:<em>.*?</em>)?<b>(.*?)</b><s>(.*?)</s>', markup
    )


@pytest.mark.parametrize("pattern", ["ab", "abcabC", "abcdefghijklmnopqrstuvwxyz" * 2])
@pytest.mark.parametrize("where", [0.0, 0.01, 0.5, 1.0])
def test_the_strip_holds_the_text_around_the_step(pattern, where):
    task = alphabet_task(pattern, repeats=9)
    t = round(where * (len(task.x) - 1))
    tr, cells = strip(task, t)
    assert 12 <= len(cells) <= 24
    at = [int(k) for _, k, _, _ in cells]
    assert at == list(range(at[0], at[0] + len(at)))
    for kinds, k, letter, guess in cells:
        k = int(k)
        assert letter == task.letters[k % task.period]
        kind = "past" if k < t else "now" if k == t else "next" if k == t + 1 else "future"
        assert kind in kinds.split()
        assert guess == (task.alphabet[tr.probabilities[k - 1].argmax()] if 0 < k <= t + 1 else "")
        assert ("wrong" in kinds.split()) == (guess not in ("", letter))
    assert {t, t + 1} <= set(at)


def test_within_a_period_the_marker_moves_and_the_text_stays():
    starts = {int(strip(TASK, t)[1][0][1]) for t in range(12, 18)}
    assert len(starts) == 1
