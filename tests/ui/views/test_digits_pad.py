"""What the pad sends and what it gets: messages that make sense are answered by the engine, others are an empty pad."""

import base64
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lstmviz.digits.doubt import doubt
from lstmviz.digits.moves import moves
from lstmviz.digits.readers import READERS, load_reader
from lstmviz.digits.reading import ORDERS, gradient, read
from lstmviz.ui.views.digits import view as digits
from lstmviz.ui.views.digits.view import Drawing, dress, offered, read_message, told
from tests.packets import joined
from tests.written import assert_shaped, properties

WHOLE = {"seq": 3, "done": True, "size": None, "pixels": None, "sample": 4, "order": "rows", "covered": []}
MOVING = ("moved", "before", "moving_units", "moving_pixels")
QUANTITIES = {"rnn": "h", "lstm": "ifgoch", "gru": "rznh"}


def ink(side: int = 112) -> np.ndarray:
    """A digit as the pad draws it."""
    pixels = np.zeros((side, side), np.uint8)
    pixels[20:90, 50:58] = 255
    pixels[20:28, 30:58] = 200
    return pixels


def drawn(pixels: np.ndarray, /, **more: Any) -> dict[str, Any]:
    text = base64.b64encode(pixels.tobytes()).decode()
    return {**WHOLE, "sample": None, "size": len(pixels), "pixels": text, **more}


def unpacked(data: bytes) -> tuple[dict[str, Any], dict[str, dict[str, NDArray[Any]]]]:
    """The header, and the arrays of each part."""
    header, parts = joined(data)
    return header, {name: arrays for name, (_, arrays) in parts.items()}


def test_what_stays_as_it_is_comes_once():
    about, images = unpacked(dress())
    assert about["samples"] == offered().texts
    np.testing.assert_array_equal(images["samples"]["images"], offered().images)
    assert len(told(read_message(drawn(ink(), done=False)))) < 4000  # bytes, while the pen moves


def test_light_ink_on_dark_paper_is_exchanged_and_said():
    plain, as_drawn = unpacked(told(read_message(drawn(ink()))))
    light, exchanged = unpacked(told(read_message(drawn(255 - ink()))))
    assert (plain["inverted"], light["inverted"]) == (False, True)
    np.testing.assert_allclose(exchanged["live"]["image"], as_drawn["live"]["image"], atol=0.01)
    assert not unpacked(told(read_message(WHOLE)))[0]["inverted"]


def test_a_sample_is_shown_as_it_is():
    header, parts = unpacked(told(read_message(WHOLE)))
    image = offered().images[4].astype(np.float32) / 255
    np.testing.assert_array_equal(parts["live"]["image"], image)
    assert (header["answer"], header["refusal"]) == (3, None)
    for network in header["networks"]:
        cell = network["cell"]
        reading = read(load_reader(cell), image)
        part = parts[network["part"]]
        np.testing.assert_array_equal(part["probabilities"], reading.probabilities)
        np.testing.assert_array_equal(part["gradient"], gradient(load_reader(cell), image))
        states = {f"{k}/{q}" for k in (0, 1) for q in QUANTITIES[cell]}
        assert set(part) == {"probabilities", "gradient", *MOVING, *states}
        did = moves(load_reader(cell), reading, image)
        np.testing.assert_array_equal(part["moved"], np.stack([did.rise, did.fall], axis=1))
        np.testing.assert_array_equal(part["before"], did.before)
        for row in range(28):
            for name, shares in (("moving_units", did.units[row]), ("moving_pixels", did.pixels[row])):
                named = [place for place in part[name][row] if place >= 0]
                assert len(set(named)) == len(named) <= 3
                rest = np.delete(shares, named)
                assert all(shares[place] >= max(rest.max(), 0.2 * shares.max(), 1e-12) for place in named)
        for k, layer in enumerate(reading.trace.layers):
            for quantity in QUANTITIES[cell]:
                np.testing.assert_array_equal(part[f"{k}/{quantity}"], layer.values[quantity])
        outcome = (network["answer"], network["last_change"], network["decided"])
        assert outcome == (reading.answer, reading.last_change, reading.decided)
        assert network["badge"][0] == "agrees"
    np.testing.assert_array_equal(parts["live"]["probabilities"], parts["lstm"]["probabilities"])


def test_what_is_perhaps_no_digit_is_said_with_its_evidence_where_it_is_read_as_learned():
    cross = np.zeros((112, 112), np.uint8)
    cross[50:58, 15:100] = cross[15:100, 30:36] = cross[15:100, 70:76] = 255
    for pixels in (cross, ink()):
        drawing = read_message(drawn(pixels))
        found = doubt(drawing.image)
        told_of = unpacked(told(drawing))[0]["doubt"]
        assert told_of == {"perhaps": found.perhaps, "rarer": found.rarer, "answers": list(found.answers.values())}
    assert doubt(read_message(drawn(cross)).image).perhaps
    for more in ({"done": False}, {"order": "columns"}, {"covered": [3]}):
        assert unpacked(told(read_message(drawn(cross, **more))))[0]["doubt"] is None
    assert unpacked(told(read_message(drawn(0 * cross))))[0]["doubt"] is None


def test_while_the_pen_moves_only_the_answer_comes():
    header, parts = unpacked(told(read_message(drawn(ink(), done=False))))
    assert set(parts) == {"live"}
    assert {network["part"] for network in header["networks"]} == {None}
    assert parts["live"]["image"].max() > 0.9


@pytest.mark.parametrize("order", ORDERS)
def test_covered_rows_are_answered_beside_the_whole(order):
    header, parts = unpacked(told(read_message({**WHOLE, "order": order, "covered": [9, 4, 9]})))
    assert (header["order"], header["covered"]) == (order, [4, 9])
    image = parts["live"]["image"]
    for network in header["networks"]:
        model = load_reader(network["cell"])
        covered, whole = read(model, image, order=order, covered=(4, 9)), read(model, image, order=order)
        part = parts[network["part"]]
        np.testing.assert_array_equal(part["probabilities"], covered.probabilities)
        np.testing.assert_array_equal(part["uncovered"], whole.probabilities)


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [
        (np.zeros((112, 112), np.uint8), "blank"),
        (np.full((112, 112), 255, np.uint8), "full"),
        (np.pad(np.full((8, 8), 255, np.uint8), 52), "dot"),
    ],
)
def test_what_is_no_digit_is_not_guessed(pixels, reason):
    header, parts = unpacked(told(read_message(drawn(pixels))))
    assert header["refusal"] == reason
    assert not parts
    assert all("answer" not in network for network in header["networks"])


@pytest.mark.parametrize(
    "message",
    [
        None,
        7,
        "x",
        [],
        {},
        {"seq": "1", "order": "rows", "covered": []},
        {**WHOLE, "sample": 10**9},
        {**WHOLE, "sample": -1},
        {**WHOLE, "sample": "4"},
        {**WHOLE, "sample": True},
        drawn(ink(), size=111),
        drawn(ink(), size=10**9),
        drawn(ink(), size=-112),
        drawn(ink(), pixels="@@@@"),
        drawn(ink(), pixels="é"),
        drawn(ink(), pixels=""),
        drawn(ink(), pixels=5),
    ],
)
def test_a_message_without_sense_is_an_empty_pad(message):
    header, _ = unpacked(told(read_message(message)))
    assert header["refusal"] == "blank"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(list(WHOLE)), inner),
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(WHOLE, JSON)))
def test_no_message_breaks_it(message):
    assert isinstance(read_message(message), Drawing)


def test_an_unknown_order_is_rows_and_unknown_steps_are_not_covered():
    drawing = read_message({**WHOLE, "order": "<b>", "covered": [3, 28, -1, "5", None, 1e300]})
    assert (drawing.order, drawing.covered) == ("rows", (3,))


def test_the_offered_digits_are_what_they_are_said_to_be():
    texts = offered().texts
    answers = [read(load_reader(), image / 255).answer for image in offered().images]
    assert texts["answers"] == answers
    assert texts["wrong"] == [answer != label for answer, label in zip(answers, texts["labels"], strict=True)]
    right = [label for label, wrong in zip(texts["labels"], texts["wrong"], strict=True) if not wrong]
    assert set(right) == set(range(10))
    assert any(texts["wrong"])
    assert len(set(texts["indices"])) == len(texts["indices"])


def test_the_cells_of_the_page_have_names():
    assert {network["name"] for network in unpacked(told(Drawing()))[0]["networks"]} == {
        digits.CELL_NAMES[cell] for cell in READERS
    }


def test_a_reading_has_the_shape_that_the_browser_writes_down() -> None:
    header, parts = unpacked(told(Drawing(shown=4, covered=(3,))))
    written = "views/digits/reader/answers.js"
    assert set(properties(written, "Reading")) == set(header["networks"][0])
    for name, arrays in parts.items():
        inside = {key: values for key, values in arrays.items() if "/" not in key}
        assert_shaped(inside, written, "Inside")
        assert (len(inside) < len(arrays)) == (name != "live")
