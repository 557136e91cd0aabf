"""States and losses of many texts at once, with units held or not, against the trace of one and against torch."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import lstmviz as lv
from lstmviz.detective.alphabet import ALPHABET, codes_of, encode
from lstmviz.detective.reader import detective_task, load_detective, load_weights, save_weights
from lstmviz.detective.reading import MAX_TOTAL, Cell, bits_with_held, read_texts

SIGNS = len(ALPHABET)


def network(hidden_size=6, num_layers=2, seed=0, **other):
    options = {"input_size": SIGNS, "output_size": SIGNS, "hidden_size": hidden_size, "num_layers": num_layers}
    return lv.build_model(lv.ModelConfig(**options | {"seed": seed, "gain": 2.0} | other))


@torch.no_grad()
def by_torch(model, text, layer, unit, value):
    """Bits of each character with h held, by torch's own cells one step after the other."""
    recurrent, codes = model.recurrent.double(), torch.from_numpy(encode(text))
    sizes = [recurrent.input_size] + [recurrent.hidden_size] * (recurrent.num_layers - 1)
    cells = [torch.nn.LSTMCell(size, recurrent.hidden_size, dtype=torch.float64) for size in sizes]
    for k, cell in enumerate(cells):
        cell.load_state_dict({name: getattr(recurrent, f"{name}_l{k}") for name in cell.state_dict()})
    states = [(torch.zeros(recurrent.hidden_size).double(),) * 2 for _ in cells]
    bits = [math.nan]
    for now, after in pairwise(codes):
        x = torch.nn.functional.one_hot(now, SIGNS).double()
        for k, cell in enumerate(cells):
            h, c = cell(x, states[k])
            if k == layer:
                h = h.clone()
                h[unit] = value
            states[k], x = (h, c), h
        bits.append(float(-torch.log_softmax(model.head.double()(x), 0)[after]) / math.log(2))
    return np.array(bits)


texts_of = st.lists(st.text(st.sampled_from("ab(\n"), min_size=2, max_size=9), min_size=1, max_size=4)


@given(texts_of, st.integers(1, 3), st.integers(0, 99))
@settings(max_examples=25)
def test_every_text_is_read_as_a_trace_reads_it_alone(texts, layers, seed):
    model = network(num_layers=layers, seed=seed)
    for text, reading in zip(texts, read_texts(model, texts), strict=True):
        tr = lv.trace(model, np.eye(SIGNS, dtype=np.float32)[encode(text)])
        assert np.allclose(reading.h, [layer.h for layer in tr.layers], atol=1e-5)
        assert np.allclose(reading.c, [layer.c for layer in tr.layers], atol=1e-5)
        own = tr.probabilities[np.arange(len(text) - 1), encode(text)[1:]]
        assert np.allclose(reading.bits[1:], -np.log2(own), atol=1e-4)
        assert np.isnan(reading.bits[0])
        assert np.array_equal(reading.values(Cell(layers - 1, 2, "c")), reading.c[layers - 1, :, 2])


@given(texts_of, st.integers(0, 2), st.lists(st.integers(0, 5), min_size=1, max_size=4), st.integers(1, 3))
@settings(max_examples=25)
def test_a_held_unit_does_to_each_character_what_it_does_in_torch(texts, layer, units, at_once):
    model = network(num_layers=3)
    values = [0.3 * unit - 0.5 for unit in units]
    found = bits_with_held(model, texts, layer, units, values, at_once)
    for text, bits in zip(texts, found, strict=True):
        assert bits.shape == (len(units), len(text))
        for k, (unit, value) in enumerate(zip(units, values, strict=True)):
            assert np.allclose(
                bits[k], by_torch(network(num_layers=3), text, layer, unit, value), atol=1e-4, equal_nan=True
            )


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ([], "`texts` must be a list of strings, at least one."),
        ("x = 1", "`texts` must be a list of strings, at least one."),
        ([b"x"], "`texts` must be a list of strings, at least one."),
        (["x = 1", "x"], "`texts` must have at least 2 characters each; got one of 1."),
        (["xy" * MAX_TOTAL], "`texts` must have at most 50,000 characters together; got 100,000."),
        (["\t" * 10_000], "50,000 characters together, tabs written out; got 80,000."),
    ],
)
def test_texts_that_cannot_be_read_are_refused(texts, sentence):
    with pytest.raises(ValueError, match="`texts`") as refused:
        read_texts(network(), texts)
    assert sentence in str(refused.value)


def test_a_network_that_reads_something_else_is_refused():
    with pytest.raises(ValueError, match=r"`model` must read and tell the 97 signs of the detective; got \(3, 97\)"):
        read_texts(network(input_size=3), ["ab"])
    with pytest.raises(ValueError, match=r"`model.config.cell` must be one of lstm; got 'gru'"):
        read_texts(network(cell="gru"), ["ab"])
    with pytest.raises(ValueError, match="one direction"):
        read_texts(network(bidirectional=True), ["ab"])
    with pytest.raises(TypeError, match="`model` must be a Model"):
        read_texts(torch.nn.LSTM(SIGNS, 4), ["ab"])
    with pytest.raises(ValueError, match="`layer` must be between 0 and 1; got 2"):
        bits_with_held(network(), ["ab"], 2, [0], [0.0])
    with pytest.raises(ValueError, match="`units` must be between 0 and 5; got 6"):
        bits_with_held(network(), ["ab"], 1, [6], [0.0])


def test_weights_are_kept_to_half_precision(tmp_path):
    model = network()
    save_weights(model, tmp_path / "own.npz")
    back = load_weights(tmp_path / "own.npz")
    for name, weights in lv.parameters_of(back).items():
        assert np.array_equal(weights, lv.parameters_of(model)[name].astype(np.float16))
    assert not any(one.requires_grad for one in back.parameters())


def test_the_shipped_network_is_followed_like_any_other_and_goes_on_writing():
    model = load_detective()
    assert model is load_detective()
    assert isinstance(model, lv.Model)
    text = "def add(a, b):\n    return "
    tr = lv.trace(model, np.eye(SIGNS, dtype=np.float32)[codes_of(text)])
    assert tr.difference_from_torch < 1e-4
    assert len(tr.layers) == model.config.num_layers == 2
    assert lv.state_map(model).size == 4 * model.config.hidden_size
    written = lv.generate(model, detective_task(text), text, 30, seed=1)
    assert written.text.startswith(text)
    assert len(written.text) == len(text) + 30


@pytest.mark.parametrize("arguments", ["a, b", "self.name", "x, key=1"])
def test_the_shipped_network_expects_a_bracket_to_close_where_one_is_open(arguments):
    opened, plain = read_texts(load_detective(), [f"    y = call({arguments})", f"    y = {arguments})"])
    assert opened.bits[-1] + 2 < plain.bits[-1]
