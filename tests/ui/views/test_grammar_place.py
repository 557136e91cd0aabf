"""The graph of a language: each state has a place of its own, and the mark stands where the string has led."""

import numpy as np
import pytest

from lstmviz.automata.counting import counting_machine
from lstmviz.automata.reference import place_in, reference_machine
from lstmviz.figures.theme import Palette
from lstmviz.grammars import ASKED, COUNTED, LANGUAGES, GrammarConfig, drawn_string
from lstmviz.ui.views.grammar.place import place_figure


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mark_goes_where_the_string_leads(language):
    config = GrammarConfig(language=language, longest=6)
    word = drawn_string(config, 1)
    read = word if language in ASKED else word[:-1]
    figure = place_figure(config, word, Palette(), "after")
    if language in COUNTED:
        counting = counting_machine(config.task())
        machine, places = counting.control, counting.places(read)
    else:
        machine, places = reference_machine(config.task()), place_in(config.task(), read)
    states = figure.data[-3]
    where = np.column_stack([states.x, states.y])
    assert len({tuple(place) for place in where}) == machine.size
    assert [(frame.data[0].x[0], frame.data[0].y[0]) for frame in figure.frames] == [
        tuple(where[one]) for one in places
    ]
    assert [step.label for step in figure.layout.sliders[0].steps] == list(read)
    ways = sum(to is not None for row in machine.moves for to in row)
    letters = [text for trace in figure.data if trace.mode == "text" for text in trace.text][: -machine.size]
    assert sum(len(text.split()) for text in letters) == ways


def test_the_embedded_graph_has_tops_and_bottoms_that_mirror_each_other():
    figure = place_figure(GrammarConfig(language="embedded_reber"), "BTBTXSETE", Palette(), "after")
    states = figure.data[-3]
    where = {(round(x, 9), round(y, 9)) for x, y in zip(states.x, states.y, strict=True)}
    shift = 2 * 1.35  # from the copy of P to that of T
    upper = {(x, y) for x, y in where if y > 0.05 and -1.5 < x < 4.5}
    assert {(x, round(y - shift, 9)) for x, y in upper} == {(x, y) for x, y in where if y < -0.05}
