"""The shapes page's engine, held to torch: shapes, sums, blocks and numbers over random layers."""

import io
import re
import zlib
from contextlib import redirect_stdout

import numpy as np
import pytest
import torch
import torchinfo
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from lstmviz.figures.theme import Palette
from lstmviz.shapes import (
    GATES,
    LIMITS,
    MAX_PARAMETERS,
    MAX_PRODUCTS,
    ShapesConfig,
    build_layer,
    code,
    draw_input,
    follow,
    gates_from_blocks,
    tensors,
    weights,
)
from lstmviz.ui.views.shapes.drawing import drawing, some
from lstmviz.ui.views.shapes.tables import _picked, _png, weight_formula

CONFIGS = st.builds(
    ShapesConfig,
    cell=st.sampled_from(tuple(GATES)),
    batch=st.integers(1, 9),
    steps=st.integers(1, 12),
    input_size=st.integers(1, 9),
    hidden_size=st.integers(1, 11),
    num_layers=st.integers(1, 5),
    batch_first=st.booleans(),
    bidirectional=st.booleans(),
    seed=st.integers(0, 1000),
)
few = settings(max_examples=40)


def from_torch(config: ShapesConfig) -> nn.RNNBase:
    """The layer as a user of torch would make it."""
    with torch.random.fork_rng():
        torch.manual_seed(config.seed)
        return {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[config.cell](
            config.input_size,
            config.hidden_size,
            config.num_layers,
            batch_first=config.batch_first,
            bidirectional=config.bidirectional,
        )


@few
@given(CONFIGS)
def test_every_shape_is_that_of_torch_s_own_tensors(config):
    layer, x = from_torch(config), draw_input(config)
    with torch.no_grad():
        out, state = layer(x)
    hn, cn = state if config.cell == "lstm" else (state, None)
    theirs = {"x": x, "h0": hn, "out": out, "hn": hn} | ({} if cn is None else {"c0": cn, "cn": cn})
    assert {one.name: one.shape for one in tensors(config)} == {name: tuple(one.shape) for name, one in theirs.items()}
    with torch.no_grad():  # and torch takes states of these shapes
        sizes = {one.name: one.shape for one in tensors(config)}
        start = torch.zeros(sizes["h0"])
        again, _ = layer(x, start if cn is None else (start, torch.zeros(sizes["c0"])))
    assert torch.equal(again, out)


@few
@given(CONFIGS)
def test_every_weight_is_that_of_torch_by_name_shape_and_value(config):
    theirs = dict(from_torch(config).named_parameters())
    assert {one.name: one.shape for one in weights(config)} == {name: tuple(one.shape) for name, one in theirs.items()}
    assert [one.name for one in weights(config)] == list(theirs)
    for name, ours in build_layer(config).named_parameters():
        assert torch.equal(ours, theirs[name]), name


@few
@given(CONFIGS)
def test_the_sum_is_torch_s_and_torchinfo_s(config):
    layer = from_torch(config)
    assert config.parameters == sum(one.count for one in weights(config)) == sum(p.numel() for p in layer.parameters())
    assert torchinfo.summary(layer, input_data=draw_input(config), verbose=0).total_params == config.parameters


@few
@given(CONFIGS)
def test_the_formula_gives_the_sum(config):
    letters = {"Q": config.input_size, "D": config.hidden_size, "K": config.num_layers}
    text = weight_formula(config).replace(" · ", " * ").replace("−", "-")
    text = re.sub(r"(\d)([A-Z])", r"\1 * \2", text)
    text = re.sub(r"([A-Z])\(", r"\1 * (", text)
    assert eval(text, letters) == config.parameters


@few
@given(CONFIGS, st.data())
def test_the_numbers_of_an_item_are_those_of_torch_s_batch(config, data):
    item = data.draw(st.integers(0, config.batch - 1))
    found = follow(config, item)
    with torch.no_grad():
        out, state = from_torch(config)(draw_input(config))
    hn, cn = state if config.cell == "lstm" else (state, None)
    out = out if config.batch_first else out.transpose(0, 1)
    np.testing.assert_allclose(found.output, out[item].numpy(), atol=1e-6)
    np.testing.assert_allclose(found.h_n, hn[:, item].numpy(), atol=1e-6)
    np.testing.assert_allclose(found.last, out[list(found.items), -1].numpy(), atol=1e-6)
    assert item in found.items
    if cn is None:
        assert found.c_n is None
    else:
        np.testing.assert_allclose(found.c_n, cn[:, item].numpy(), atol=1e-6)
    assert found.difference_from_torch < 1e-6
    assert found.difference_of_blocks < 1e-6
    assert found.shapes == {one.name: one.shape for one in tensors(config)}


@few
@given(CONFIGS, st.data())
def test_the_blocks_of_the_stacked_weights_are_the_gates(config, data):
    """Each gate out of its block by hand, in torch alone, makes the very step of torch's own cell."""
    layer = from_torch(config)
    own = {name: one.detach() for name, one in layer.named_parameters()}
    draw = torch.Generator().manual_seed(data.draw(st.integers(0, 99)))
    x = torch.rand(config.input_size, generator=draw) - 0.5
    h = torch.rand(config.hidden_size, generator=draw) - 0.5
    c = torch.rand(config.hidden_size, generator=draw) - 0.5
    named = {name: one.numpy() for name, one in own.items()}
    gates = {k: torch.from_numpy(v) for k, v in gates_from_blocks(config, named, x.numpy(), h.numpy()).items()}
    four = [own[f"{kind}_l0"] for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    if config.cell == "lstm":
        theirs = torch.lstm_cell(x[None], (h[None], c[None]), *four)[0][0]
        ours = gates["o"] * torch.tanh(gates["f"] * c + gates["i"] * gates["g"])
    elif config.cell == "gru":
        theirs = torch.gru_cell(x[None], h[None], *four)[0]
        ours = (1 - gates["z"]) * gates["n"] + gates["z"] * h
    else:
        theirs, ours = torch.rnn_tanh_cell(x[None], h[None], *four)[0], gates["h"]
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-6)
    blocks = weights(config)[0].blocks
    assert [block.gate for block in blocks] == list(GATES[config.cell])
    assert [(b.start, b.stop) for b in blocks] == [
        (k * config.hidden_size, (k + 1) * config.hidden_size) for k in range(len(blocks))
    ]


@few
@given(CONFIGS)
def test_what_is_said_of_the_last_step_holds_in_torch(config):
    """The code that a comparison names is run on torch's tensors."""
    layer, x = from_torch(config), draw_input(config)
    with torch.no_grad():
        out, state = layer(x)
    names = {"out": out, "hn": state[0] if config.cell == "lstm" else state}
    for one in follow(config).comparisons:
        difference = float((eval(one.left, names) - eval(one.right, names)).abs().max())
        assert difference == pytest.approx(one.difference, abs=1e-6)
    same = [one.difference == 0 for one in follow(config).comparisons]
    if not config.bidirectional:
        assert same == [True]
    else:
        assert (same[0], same[2]) == (True, True)
        assert same[1] == (config.steps == 1)  # the reverse direction has read but one step there


def test_turning_batch_first_off_leaves_the_numbers():
    first, steps_first = follow(ShapesConfig()), follow(ShapesConfig(batch_first=False))
    np.testing.assert_array_equal(first.x, steps_first.x)
    np.testing.assert_allclose(first.output, steps_first.output, atol=1e-6)


@few
@given(CONFIGS)
def test_the_code_on_display_gives_the_numbers_on_display(config):
    scope: dict = {}
    with torch.random.fork_rng():
        exec(code(config), scope)
    out = scope["out"] if config.batch_first else scope["out"].transpose(0, 1)
    found = follow(config, config.batch - 1)
    np.testing.assert_allclose(found.output, out[-1].detach().numpy(), atol=1e-6)
    hn = scope["hn"]
    np.testing.assert_allclose(found.h_n, hn[:, -1].detach().numpy(), atol=1e-6)


def test_torch_s_random_state_is_left_alone():
    before = torch.random.get_rng_state()
    follow(ShapesConfig())
    assert torch.equal(before, torch.random.get_rng_state())


def test_the_notes_digits():
    config = ShapesConfig(batch=100, steps=28, input_size=28, hidden_size=128)
    shapes = {one.name: one.shape for one in tensors(config)}
    assert shapes["x"] == (100, 28, 28)
    assert shapes["out"] == (100, 28, 128)
    assert shapes["hn"] == shapes["cn"] == (2, 100, 128)
    assert config.parameters == 212_992
    assert config.quick
    both = ShapesConfig(batch=100, steps=28, input_size=28, hidden_size=128, bidirectional=True)
    assert both.quick
    assert len(follow(config, 99).items) > 1


def test_an_array_of_a_pass_cannot_be_changed():
    found = follow(ShapesConfig())
    for array in (found.x, found.output, found.h_n, found.c_n, found.last, *found.weights.values()):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"cell": "elman"}, "`cell` must be one of lstm, gru, rnn"),
        *(({name: 0}, f"`{name}` must be between 1 and {high}") for name, high in LIMITS.items()),
        *(({name: high + 1}, f"`{name}` must be between 1 and {high}") for name, high in LIMITS.items()),
        ({"batch_first": 1}, "`batch_first` must be True or False"),
        ({"bidirectional": None}, "`bidirectional` must be True or False"),
        ({"seed": -1}, "`seed` must be between 0"),
    ],
)
def test_a_wrong_value_is_named(wrong, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        ShapesConfig(**wrong)


def test_what_would_take_long_is_refused():
    large = ShapesConfig(hidden_size=256, input_size=256, num_layers=3)
    assert large.parameters > MAX_PARAMETERS
    long = ShapesConfig(batch=256, steps=100, hidden_size=256, num_layers=1)
    assert long.parameters < MAX_PARAMETERS < MAX_PRODUCTS < long.products
    for config in (large, long):
        with pytest.raises(ValueError, match="`config` must have at most 1,000,000 parameters"):
            follow(config)
    with pytest.raises(ValueError, match="`item` must be between 0 and 2; got 3"):
        follow(ShapesConfig(), 3)


@given(st.integers(1, 300), st.integers(4, 9), st.integers(1, 2))
def test_of_many_the_first_and_the_last_are_drawn(count, most, tail):
    shown = some(count, most, tail)
    assert len(shown) <= most
    assert shown[0] == 0
    assert shown[-1] == count - 1
    whole = [k for k in shown if k is not None]
    assert whole == sorted(set(whole))
    assert (None in shown) == (count > most)


def test_rows_of_a_picture_are_rows_of_their_block():
    for size in (1, 3, 16, 17, 256):
        rows = _picked(size, 2 * size, 16)
        assert rows[0] == size
        assert rows[-1] == 2 * size - 1
        assert len(set(rows.tolist())) == min(size, 16)


def test_a_picture_is_a_png_of_its_bytes():
    rgb = np.random.default_rng(0).integers(0, 256, (3, 5, 3), dtype=np.uint8)
    file = io.BytesIO(_png(rgb))
    assert file.read(8) == b"\x89PNG\r\n\x1a\n"
    chunks = {}
    while size := file.read(4):
        kind = file.read(4)
        data = file.read(int.from_bytes(size))
        assert int.from_bytes(file.read(4)) == zlib.crc32(kind + data)
        chunks[kind] = data
    assert chunks[b"IHDR"][:8] == (5).to_bytes(4) + (3).to_bytes(4)
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(3, 16)
    np.testing.assert_array_equal(rows[:, 1:].reshape(3, 5, 3), rgb)


@settings(max_examples=20)
@given(CONFIGS, st.booleans())
def test_the_drawing_names_every_tensor_with_its_shape(config, dark):
    text = drawing(follow(config), Palette(dark=dark))
    assert "nan" not in text
    for one in tensors(config):
        letters = ", ".join(axis.letters for axis in one.axes)
        sizes = ", ".join(map(str, one.shape))
        assert text.count(f"{one.name} [{letters}] = [{sizes}]: ") == 3  # wide, for a projector, narrow
    assert text.count("<g ") == text.count("</g>") == 3 * len(tensors(config))


def test_the_same_numbers_have_the_same_colours_in_out_and_in_hn():
    """With three units each square is drawn: the last step of `out` and the last row of `hn` look alike."""
    found = follow(ShapesConfig())
    scale = Palette().scale("h")
    colours = [scale.colour(value)[0] for value in found.output[-1]]
    assert colours == [scale.colour(value)[0] for value in found.h_n[-1]]
    text = drawing(found, Palette())
    for colour in colours:
        assert text.count(f'fill="{colour}"') >= 6  # in each of the three


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [1, 2, 3, 4])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize(("batch", "hidden"), [(1, 1), (3, 3), (100, 100)])
def test_names_and_shapes_keep_clear_of_the_boxes_and_of_each_other(cell, layers, bidirectional, batch, hidden):
    config = ShapesConfig(cell=cell, batch=batch, hidden_size=hidden, num_layers=layers, bidirectional=bidirectional)
    drawn = layers - (layers == 3 and bidirectional) if layers < 4 else 2  # of more, dots stand for those between
    for svg in re.findall(r"<svg.*?</svg>", drawing(follow(config), Palette())):
        boxes = [_box(*place) for place in re.findall(_TOP, svg)]
        written = [_written(*one) for one in _texts(svg)]
        assert len(boxes) == 2 + (4 if cell == "lstm" else 2) * drawn * config.ways  # x, out, and both ends of a layer
        assert any("h0" in text for *_where, text in _texts(svg))
        for k, (left, top, right, bottom) in enumerate(written):
            for x0, y0, x1, y1 in [*written[:k], *boxes]:
                assert right + 4 <= x0 or x1 + 4 <= left or bottom <= y0 or y1 <= top


_TOP = r'<path class="top \w+" d="M([\d.-]+) ([\d.-]+)l([\d.-]+) ([\d.-]+)h([\d.-]+)l.*?<rect [^>]*height="([\d.]+)"'
_FONT = {"name": 15.0, "shape": 12.0}


def _box(x: str, y: str, dx: str, dy: str, width: str, height: str) -> tuple[float, ...]:
    """Left, top, right and bottom of a slab with its depth."""
    return float(x), float(y) + float(dy), float(x) + float(dx) + float(width), float(y) + float(height)


def _texts(svg: str) -> list[tuple[str, ...]]:
    """x, y, where it is anchored, its kind and its letters, of all names and shapes."""
    found = re.findall(r'<text class="(name|shape)[^"]*" x="([^"]*)" y="([^"]*)" text-anchor="(\w+)">([^<]*)', svg)
    return [(x, y, anchor, kind, text) for kind, x, y, anchor, text in found]


def _written(x: str, y: str, anchor: str, kind: str, text: str) -> tuple[float, ...]:
    """The same of a text, in a font whose letters are 0.602 of its size wide, as DejaVu's and Menlo's are."""
    width = 0.602 * _FONT[kind] * len(text)
    left = float(x) - (width if anchor == "end" else 0.0)
    return left, float(y) - 0.75 * _FONT[kind], left + width, float(y) + 0.2 * _FONT[kind]


def test_nothing_is_printed():
    with redirect_stdout(io.StringIO()) as out:
        follow(ShapesConfig())
    assert out.getvalue() == ""
