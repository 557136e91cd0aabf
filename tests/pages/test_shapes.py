"""The shapes page: presets, fields, the URL, what is refused, and that what it shows is what torch has."""

import html
import json
import re

import pytest
import torch

from lstmviz.shapes import LIMITS, ShapesConfig, build_layer, draw_input, follow, tensors
from tests.packets import parts

NOTES = {"shape_n": 100, "shape_l": 28, "shape_q": 28, "shape_d": 128, "shape_k": 2}


def _drawing(app) -> str:
    """What is drawn, as SVG."""
    return json.loads(parts(app)[0].proto.json)["drawing"]


def _html(app) -> str:
    return "".join(element.proto.body for element in app.get("html"))


def _text(app) -> str:
    """Everything that is said, without markup."""
    shown = " ".join(element.value for element in [*app.markdown, *app.caption])
    return html.unescape(re.sub("<[^>]+>", " ", f"{shown} {_html(app)}")).replace("\u2060", "")


def _names(app) -> list[str]:
    """What the drawing calls its tensors."""
    return [html.unescape(label) for label in re.findall('aria-label="([^"]*)"', _drawing(app))]


def _shows(app, config: ShapesConfig) -> None:
    """The tensors of this layer are drawn, and its parameters counted."""
    labels = " ".join(_names(app))
    for one in tensors(config):
        letters = ", ".join(axis.letters for axis in one.axes)
        assert f"{one.name} [{letters}] = [{', '.join(map(str, one.shape))}]" in labels
    assert f"{config.parameters:,}" in _text(app)


def test_it_opens_with_a_small_lstm(open_page):
    app = open_page("shapes")
    _shows(app, ShapesConfig())
    assert "torchinfo counts 204" in _text(app)
    summary = next(code.value for code in app.code if "Total params: 204" in code.value)
    assert "[3, 5, 4]" in summary
    assert "equals torch.nn.LSTM to" in _text(app)
    assert "✓ out[:, -1, :] = hn[-1]" in re.sub(r"\s+", " ", _text(app))


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_the_values_on_display_are_torch_s(open_page, cell):
    app = open_page("shapes", shape_cell=cell, shape_item=2, shape_seed=7)
    torch.manual_seed(7)
    layer = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}[cell](4, 3, 2, batch_first=True)
    x = torch.rand(3, 5, 4, generator=torch.Generator().manual_seed(7)) * 2 - 1
    out = layer(x)[0].detach()
    cells = [float(one.replace("−", "-")) for one in re.findall(r"<td style=[^>]*>([^<]*)</td>", _html(app))]
    shown = torch.tensor(cells[: 5 * 4 + 5 * 3])
    assert torch.allclose(shown, torch.cat([x[2].flatten(), out[2].flatten()]), atol=6e-4)
    exec(next(one.value for one in app.code if "manual_seed" in one.value), scope := {})
    assert torch.equal(scope["out"], out)


def test_every_preset_is_a_layer_and_the_url_keeps_it(open_page):
    app = open_page("shapes")
    app.button(key="shape_preset_1").click().run()
    _shows(app, ShapesConfig(batch=100, steps=28, input_size=28, hidden_size=128))
    assert app.query_params["shape_d"] in ("128", ["128"])
    app.button(key="shape_preset_2").click().run()
    assert "[100, 28, 256]" in " ".join(_names(app))
    app.button(key="shape_preset_3").click().run()
    assert "[28, 100, 256]" in " ".join(_names(app))
    assert "out[-1]" in _text(app)
    app.button(key="shape_preset_4").click().run()
    _shows(app, ShapesConfig(batch=1, steps=12, num_layers=1))
    app.button(key="shape_preset_0").click().run()
    _shows(app, ShapesConfig())


def test_fields_write_the_url_and_a_link_restores_them(open_page):
    app = open_page("shapes")
    app.number_input(key="_shape_field_d").set_value(5.0).run()
    app.selectbox(key="_shape_field_cell").set_value("gru").run()
    app.toggle(key="_shape_field_bidirectional").set_value(True).run()
    app.number_input(key="_shape_field_item").set_value(1.0).run()
    wanted = ShapesConfig(cell="gru", hidden_size=5, bidirectional=True)
    _shows(app, wanted)
    query = {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}
    again = open_page("shapes", **{name: value for name, value in query.items() if name.startswith("shape_")})
    _shows(again, wanted)
    assert _drawing(again) == _drawing(app)
    assert again.number_input(key="_shape_field_item").value == 1
    assert again.toggle(key="_shape_field_bidirectional").value is True


def test_a_smaller_batch_takes_its_last_item(open_page):
    app = open_page("shapes", shape_n=9, shape_item=8)
    app.number_input(key="_shape_field_n").set_value(4.0).run()
    assert not app.exception
    assert app.number_input(key="_shape_field_item").value == 3
    assert "The batch has the items" not in _text(app)
    app.number_input(key="_shape_field_n").set_value(2.5).run()
    assert "N must be a whole number" in _text(app)
    assert "There is no item" not in _text(app)
    assert app.number_input(key="_shape_field_item").value == 3


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_both_directions_say_what_the_slice_holds(open_page, lang):
    app = open_page("shapes", lang=lang, shape_bidirectional="True")
    said = re.sub(r"\s+", " ", _text(app))
    first, second, third = follow(ShapesConfig(bidirectional=True)).comparisons
    assert "✓ out[:, -1, :3] = hn[-2]" in said
    assert "✗ out[:, -1, 3:] ≠ hn[-1]" in said
    assert "✓ out[:, 0, 3:] = hn[-1]" in said
    assert (first.difference, third.difference) == (0, 0)
    assert f"{second.difference:.3f}" in said
    assert ("Beware of out[:, -1, :]" if lang == "en" else "out[:, -1, :] 조각을 조심해야") in said


@pytest.mark.parametrize("layers", [1, 2])
def test_what_is_said_of_both_directions_holds_for_so_many_layers(open_page, layers):
    config = ShapesConfig(bidirectional=True, num_layers=layers)
    said = _text(open_page("shapes", shape_bidirectional="True", shape_k=layers))
    assert ("nothing else" in said) == (layers == 1)
    assert ("both directions of it" in said) == (layers == 2)
    assert "Switch `bidirectional` off" in said
    # What the sentences claim of the slice: the first step decides about the last layer's reverse half there, or not.
    layer, x = build_layer(config), draw_input(config)
    other = x.clone()
    other[:, 0] += 1.0
    last = [layer(one)[0][:, -1, config.hidden_size :] for one in (x, other)]
    assert torch.equal(*last) == (layers == 1)


@pytest.mark.parametrize(("cell", "lang"), [("lstm", "en"), ("gru", "ko"), ("rnn", "en")])
def test_the_blocks_are_named_in_torch_s_order(open_page, cell, lang):
    app = open_page("shapes", lang=lang, shape_cell=cell, shape_bidirectional="True", shape_k=3)
    blocks = re.findall(r"<b>([a-z])</b> <span>[^<]*</span>\s*<code>\[(\d+:\d+)\]", _html(app))
    names = {"lstm": "ifgo", "gru": "rzn", "rnn": "h"}[cell]
    expected = [(name, f"{3 * k}:{3 * k + 3}") for k, name in enumerate(names)]
    assert blocks == expected * 4  # layers 0 and 1, both ways
    assert "weight_ih_l2_reverse" not in _html(app)
    assert ("Layer 2 has the shapes of layer 1." if lang == "en" else "층 2의 모양은 층 1과 같습니다.") in _text(app)


BAD = {
    "shape_n": ("0", "N must be a whole number from 1 to 256; got “0”, so 3 stays in use"),
    "shape_q": ("2.5", "got “2.5”, so 4 stays in use"),
    "shape_d": ("<b>x</b>", "D must be a whole number"),
    "shape_cell": ("elman", "“Cell” must be one of lstm, gru, rnn; got “elman”"),
    "shape_batch_first": ("maybe", "“batch_first” must be one of True, False"),
    "shape_bidirectional": ("", "“bidirectional” must be one of True, False; got nothing"),
    "shape_item": ("-1", "There is no item “-1” in the batch, so 0 stays in use"),
    "shape_seed": ("x", "The seed must be a whole number"),
}


def test_every_bad_value_is_answered_and_the_page_works(open_page):
    app = open_page("shapes", **{name: text for name, (text, _part) in BAD.items()})
    for _bad, part in BAD.values():
        assert part in _text(app)
    assert not any("<b>x" in element.value for element in app.markdown)
    _shows(app, ShapesConfig())


def test_a_letter_beyond_its_limit_is_answered(open_page):
    limits = list(zip("nlqdk", LIMITS.values(), strict=True))
    app = open_page("shapes", **{f"shape_{letter}": high + 1 for letter, high in limits})
    for letter, high in limits:
        assert f"{letter.upper()} must be a whole number from 1 to {high}; got “{high + 1}”" in _text(app)
    _shows(app, ShapesConfig())


@pytest.mark.parametrize(
    ("bad", "part"),
    [
        ({"shape_item": "3"}, "The batch has the items 0 to 2; got 3, so item 2 is shown"),
        ({"shape_d": 256, "shape_q": 256, "shape_k": 8}, "make D, Q or K smaller"),
        ({"shape_d": 200, "shape_n": 256, "shape_l": 100}, "at most 2,000,000,000 are done at once: make N, L or D"),
        ({"shape_d": 256, "shape_n": 256, "shape_l": 100}, "Shown instead: `torch.nn.LSTM(4, 3, 2)`"),
    ],
)
def test_values_that_do_not_go_together_are_answered(open_page, bad, part):
    app = open_page("shapes", **bad)
    assert part in _text(app)
    _shows(app, ShapesConfig())


def test_a_bad_value_stays_in_its_field_while_another_is_changed(open_page):
    app = open_page("shapes", shape_d=999)
    app.number_input(key="_shape_field_n").set_value(2.0).run()
    assert app.number_input(key="_shape_field_d").value == 999
    assert "got “999”, so 3 stays in use" in _text(app)
    _shows(app, ShapesConfig(batch=2))


def test_a_layer_too_large_keeps_the_one_before(open_page):
    app = open_page("shapes", **NOTES)
    app.number_input(key="_shape_field_k").set_value(8.0).run()
    assert "Shown instead: `torch.nn.LSTM(28, 128, 2)`" in _text(app)
    _shows(app, ShapesConfig(batch=100, steps=28, input_size=28, hidden_size=128))


def test_korean_is_korean(open_page):
    app = open_page("shapes", lang="ko", **NOTES)
    text = _text(app)
    assert "torchinfo가 센 수 212,992" in text
    assert "배치 전체에서 값이 같습니다" in text
    assert "층 1" in _drawing(app)
    for english in ("the input", "layer 0", "item 0 in front", "Colours", "reads"):
        assert english not in text + _drawing(app)
