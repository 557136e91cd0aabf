"""The page of digits: its texts, and what it does with what the pad sends."""

import html

import pytest

from lstmviz.digits.readers import measured_accuracy, measured_calibration
from tests.packets import given, split


def header(app) -> dict:
    """What the reader is told, of everything and of the drawing."""
    return split(given(app, 0))[0] | split(given(app, 1))[0]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_it_opens_with_an_empty_pad_and_says_how_good_its_networks_are(open_page, lang):
    app = open_page("digits", lang=lang)
    assert header(app)["refusal"] == "blank"
    assert header(app)["language"] == lang
    text = html.unescape(" ".join(element.value for element in app.markdown))
    for cell in ("lstm", "gru", "rnn"):
        assert f"{100 * measured_accuracy(cell):.2f}" in text
        assert f" {100 * measured_calibration('lstm'):.1f}" in text
        assert {one["cell"]: one["accuracy"] for one in header(app)["networks"]}[cell] == measured_accuracy(cell)


def test_what_the_pad_sends_is_answered(open_page):
    app = open_page("digits")
    message = {"seq": 5, "done": True, "sample": 0, "pixels": None, "order": "rows", "covered": []}
    app.session_state["digit_wire"] = {"drawing": message}
    app.run()
    assert not app.exception
    assert header(app)["answer"] == 5
    assert header(app)["networks"][0]["answer"] == header(app)["samples"]["labels"][0]


@pytest.mark.parametrize("message", [{}, {"drawing": "<script>"}, {"drawing": [1]}, {"drawing": {"seq": float("nan")}}])
def test_nonsense_leaves_the_pad_empty(open_page, message):
    app = open_page("digits")
    app.session_state["digit_wire"] = message
    app.run()
    assert not app.exception
    assert header(app)["refusal"] == "blank"
