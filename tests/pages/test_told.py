"""What pages tell the browser has the shapes that its modules write down: no more, no less."""

import pytest

from tests.packets import given, joined
from tests.written import assert_shaped, properties

RUN = "parts/run/data.js"
VIEWER = "parts/run/viewer.js"
PLAYER = "views/cell/player/main.js"
ANSWERS = "views/digits/reader/answers.js"


def test_shapes_are_found() -> None:
    assert properties(ANSWERS, "Reading")["cell"]
    assert not properties(ANSWERS, "Reading")["badge"]


@pytest.mark.parametrize("cell", ["lstm", "rnn_relu"])
def test_the_player_s(open_page, cell):
    header, runs = joined(given(open_page("cell", cell=cell, epochs=40, do="x=2@4;h1=0", **{"with": "cell=gru"})))
    own = properties(VIEWER, "Header") | properties(PLAYER, "PlayerSays")
    assert {name for name, needed in own.items() if needed} == set(header) - {"parts"}
    for said in header["languages"].values():
        assert_shaped(said, PLAYER, "Said")
    assert set(runs) == {"first", "changed", "second"}
    for about, arrays in runs.values():
        assert_shaped(about, RUN, "RunHeader", besides="arrays")
        assert {"x", "y", "h", "logits", "probabilities", "h_start", "weight_ih", "head.bias"} <= set(arrays)
    assert runs["changed"][0]["held"] == [{"quantity": "h", "unit": 0, "first": 0, "last": None}]
    effects = ("effect_probability", "effect_loss", "effect_loss_before", "effect_loss_after")
    assert set(effects) | {"effect_first", "effect_last"} <= set(runs["changed"][1])


@pytest.mark.parametrize("page", ["", "gates", "training"])
def test_a_run_s_elsewhere(open_page, page):
    header, runs = joined(given(open_page(page, epochs=40)))
    more = {"moments"} if page == "training" else set()
    assert {name for name, needed in properties(VIEWER, "Header").items() if needed} | more == set(header) - {"parts"}
    for about, _ in runs.values():
        assert_shaped(about, RUN, "RunHeader", besides="arrays")


@pytest.mark.parametrize("task", ["Reber grammar", "bit parity"])
@pytest.mark.parametrize("page", ["", "cell", "gates", "training"])
def test_a_run_s_of_a_task_that_is_no_pattern(open_page, page, task):
    about, arrays = joined(given(open_page(page, task=task, epochs=3, do="x=2@0")))[1]["first"]
    assert_shaped(about, RUN, "RunHeader", besides="arrays")
    assert ("legal" in arrays) == (task == "Reber grammar")


def test_the_digit_reader_s(open_page):
    app = open_page("digits")
    dress, offered = joined(given(app, 0))
    assert_shaped(dress, ANSWERS, "Dress", besides="parts")
    assert set(offered) == {"samples"}
    answer, _ = joined(given(app, 1))
    assert_shaped(answer, ANSWERS, "Answer", besides="parts")
    for reading in answer["networks"]:
        assert_shaped(reading, ANSWERS, "Reading")
