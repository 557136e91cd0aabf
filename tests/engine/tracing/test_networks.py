"""Whole networks of people's own, traced by one call: every layer and cell under its name, equal to torch's."""

import contextlib
import copy
import pickle
import warnings

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import prune
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import lstmviz as lv

ROUNDING = 1e-6


class Tagger(nn.Module):
    """An embedding, two layers read both ways, a GRU and a head, as people write them."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(9, 5)
        self.encoder = nn.ModuleDict({"lstm": nn.LSTM(5, 4, 2, bidirectional=True, batch_first=True)})
        self.over = nn.GRU(8, 3, batch_first=True)
        self.head = nn.Linear(3, 9)

    def forward(self, letters):
        between, _ = self.encoder["lstm"](self.embed(letters))
        hidden, _ = self.over(torch.relu(between))
        return self.head(hidden)


class Loop(nn.Module):
    """Cells called in a loop of the user's own, one above the other."""

    def __init__(self, kind):
        super().__init__()
        self.below, self.above = nn.LSTMCell(4, 3), kind(3, 5)

    def forward(self, x):
        state, h = None, None
        for row in x:
            state = self.below(row, state)
            h = self.above(torch.tanh(state[0]), h)
        return h


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_every_layer_is_found_under_its_name_and_followed_from_what_reached_it():
    net, letters = Tagger(), torch.randint(9, (2, 7))
    tr = lv.trace(net, letters)
    assert list(tr) == ["encoder.lstm", "over"]
    with torch.no_grad():
        read = net.embed(letters)
        between, (h, c) = net.encoder["lstm"](read)
        hidden, last = net.over(torch.relu(between))
        torch.testing.assert_close(tr.output, net.head(hidden))
    lstm = tr["encoder.lstm"]
    assert [(one.layer, one.reverse) for one in lstm.layers] == [(0, False), (0, True), (1, False), (1, True)]
    assert lstm.layers[2].f.shape == (7, 2, 4)
    both = np.concatenate([lstm.layers[2].h, lstm.layers[3].h], axis=-1)
    np.testing.assert_allclose(both, between.transpose(0, 1), atol=ROUNDING)
    for ours, theirs in zip(lstm.state, (h, c), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=ROUNDING)
    np.testing.assert_allclose(tr["over"].h, hidden.transpose(0, 1), atol=ROUNDING)
    np.testing.assert_allclose(tr["over"].state, last, atol=ROUNDING)
    assert tr.difference_from_torch == max(one.difference_from_torch for one in tr.values()) <= ROUNDING


@pytest.mark.parametrize("kind", [nn.GRUCell, nn.RNNCell, lambda *sizes: nn.RNNCell(*sizes, nonlinearity="relu")])
@pytest.mark.parametrize("batch", [(), (3,)])
def test_cells_in_a_loop_are_one_sequence(kind, batch):
    net, x = Loop(kind), torch.randn(6, *batch, 4)
    tr = lv.trace(net, x)
    assert list(tr) == ["below", "above"]
    assert tr["below"].axes == ("step", "sequence")[: 1 + len(batch)]
    state, h = None, None
    with torch.no_grad():
        for t, row in enumerate(x):
            state = net.below(row, state)
            h = net.above(torch.tanh(state[0]), h)
            np.testing.assert_allclose(tr["below"].c[t], state[1], atol=ROUNDING)
            np.testing.assert_allclose(tr["above"].h[t], h, atol=ROUNDING)
    assert tr["below"].f.shape == (6, *batch, 3)
    assert tr.difference_from_torch <= ROUNDING
    if not batch:
        assert tr["below"].step_difference_from_torch <= ROUNDING


@pytest.mark.parametrize("cell", [nn.LSTMCell(4, 3), nn.GRUCell(4, 3), nn.RNNCell(4, 3), nn.RNNCell(4, 3, bias=False)])
def test_a_cell_alone_is_a_network_of_one_step(cell):
    x = torch.randn(2, 4)
    tr = lv.trace(cell, x)
    assert list(tr) == [""]
    with torch.no_grad():
        h = cell(x)
    np.testing.assert_allclose(tr.h[0], h[0] if isinstance(h, tuple) else h, atol=ROUNDING)
    start = torch.randn(2, 3)
    other = lv.trace(cell, x, (start, start) if isinstance(cell, nn.LSTMCell) else start)
    np.testing.assert_array_equal(other.h_prev[0], start)


def test_a_layer_that_is_given_its_own_state_step_by_step_is_one_sequence():
    class Stepwise(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(4, 3, 2)

        def forward(self, x):
            state, outputs = None, []
            for row in x.split(2):
                output, state = self.lstm(row, state)
                outputs.append(output)
            return torch.cat(outputs)

    net, x = Stepwise(), torch.randn(8, 1, 4)
    tr = lv.trace(net, x)
    whole = lv.trace(net.lstm, x)
    for ours, wanted in zip(tr["lstm"].layers, whole.layers, strict=True):
        np.testing.assert_allclose(ours.c, wanted.c, atol=ROUNDING)
    assert tr.difference_from_torch <= ROUNDING


def test_sequences_of_their_own_have_an_entry_each():
    class Siamese(nn.Module):
        def __init__(self):
            super().__init__()
            self.gru = nn.GRU(4, 3)

        def forward(self, one, other):
            return self.gru(one)[1] - self.gru(other)[1]

    net, one, other = Siamese(), torch.randn(5, 4), torch.randn(7, 4)
    tr = lv.trace(net, (one, other))
    assert list(tr) == ["gru[0]", "gru[1]"]
    np.testing.assert_allclose(tr["gru[0]"].h, lv.trace(net.gru, one).h, atol=ROUNDING)
    np.testing.assert_allclose(tr["gru[1]"].h, lv.trace(net.gru, other).h, atol=ROUNDING)
    with pytest.raises(KeyError, match=r"no layer called 'gru' was followed; there is 'gru\[0\]', 'gru\[1\]'"):
        tr["gru"]
    with pytest.raises(AttributeError, match=r"has 2 entries, so no `h`; take `\['gru\[0\]'\].h`"):
        _ = tr.h


def test_sequential_wrapped_compiled_and_subclassed_networks_are_followed():
    class Own(nn.LSTM):
        pass

    for inner in (nn.LSTM(4, 3), Own(4, 3)):
        alone = lv.trace(inner, x := torch.randn(5, 4))
        for net, name in (
            (nn.Sequential(nn.Identity(), inner), "1"),
            (nn.DataParallel(nn.Sequential(inner)), "0"),
            (torch.compile(nn.Sequential(inner), backend="eager"), "0"),
            (nn.Sequential(torch.compile(inner, backend="eager")), "0"),
        ):
            tr = lv.trace(net, x)
            assert list(tr) == [name]
            np.testing.assert_array_equal(tr.h, alone.h)
    for wrapped in (torch.compile(inner, backend="eager"), nn.DataParallel(inner)):
        np.testing.assert_array_equal(lv.trace(wrapped, x).h, alone.h)


def test_padding_inside_a_network_ends_with_each_sequence():
    class Packed(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(4, 3, bidirectional=True)

        def forward(self, x, lengths):
            outputs, _ = self.lstm(pack_padded_sequence(x, lengths, enforce_sorted=False))
            return pad_packed_sequence(outputs)[0]

    net, x = Packed(), torch.randn(6, 3, 4)
    tr = lv.trace(net, (x, torch.tensor([2, 6, 4])))["lstm"]
    assert tr.lengths == (2, 6, 4)
    assert tr.difference_from_torch <= ROUNDING
    for n, length in enumerate(tr.lengths):
        alone = lv.trace(net.lstm, x[:length, n])
        for ours, wanted in zip(tr.layers, alone.layers, strict=True):
            np.testing.assert_allclose(ours.h[:length, n], wanted.h, atol=ROUNDING)
            assert np.isnan(ours.h[length:, n]).all()


def drop_weights(net):
    """Weight drop as AWD-LSTM has it: the recurrent weights are made anew in each call, and some are left out."""
    raw = nn.Parameter(net.lstm.weight_hh_l0.detach().clone())
    del net.lstm._parameters["weight_hh_l0"]
    net.register_parameter("raw", raw)

    def anew(layer, inputs):
        layer.weight_hh_l0 = nn.functional.dropout(raw, 0.5)
        layer._flat_weights = [getattr(layer, name) for name in layer._flat_weights_names]

    net.lstm.register_forward_pre_hook(anew)


def normalize(net):
    nn.utils.parametrizations.weight_norm(net.lstm, "weight_hh_l0")


def normalize_as_before(net):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nn.utils.weight_norm(net.lstm, "weight_ih_l0")


def bound(net):
    nn.utils.parametrizations.spectral_norm(net.lstm, "weight_hh_l0")


def turn(net):
    nn.utils.parametrizations.orthogonal(net.lstm, "weight_hh_l0")


def cut(net):
    prune.l1_unstructured(net.lstm, "bias_ih_l0", amount=0.5)
    prune.l1_unstructured(net.lstm, "weight_ih_l0", amount=0.5)


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 4)

    def forward(self, x):
        return self.lstm(x)[0]


@pytest.mark.parametrize("change", [drop_weights, normalize, normalize_as_before, bound, turn, cut])
def test_the_weights_are_those_that_it_computes_with(change):
    net, x = Plain(), torch.randn(9, 4)
    before = lv.trace(net, x)
    change(net)
    tr = lv.trace(net, x)
    assert tr.difference_from_torch <= ROUNDING
    np.testing.assert_allclose(tr.h, tr.output, atol=ROUNDING)
    if change not in (normalize, normalize_as_before):
        assert np.abs(tr.h - before.h).max() > 1e-4
    alone = lv.trace(net.lstm, x)
    assert alone.difference_from_torch <= ROUNDING
    if change is not drop_weights:
        np.testing.assert_allclose(alone.h, tr.h, atol=ROUNDING)
        np.testing.assert_allclose(lv.state_map(net.lstm).layers[0].hh, lv.state_map(net.lstm).layers[0].hh)


def test_nothing_is_left_behind_and_hooks_are_called_once():
    class Busy(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm, self.drop, self.lstm = nn.BatchNorm1d(4), nn.Dropout(), nn.LSTM(4, 3)

        def forward(self, x):
            return self.lstm(self.drop(self.norm(x)))[0]

    net, x = Busy(), torch.randn(5, 4)
    fired = []
    net.lstm.register_forward_hook(lambda *_: fired.append("after"))
    net.lstm.register_forward_pre_hook(lambda *_: fired.append("before"))
    state, random = copy.deepcopy(net.state_dict()), torch.get_rng_state()
    tr = lv.trace(net, x)
    assert fired == ["before", "after"]
    assert tr.difference_from_torch <= ROUNDING
    assert torch.equal(torch.get_rng_state(), random)
    for name, tensor in net.state_dict().items():
        assert torch.equal(tensor, state[name]), name
    assert net.training
    assert all(parameter.grad is None for parameter in net.parameters())
    assert len(net.lstm._forward_hooks) == len(net.lstm._forward_pre_hooks) == 1
    assert not net._forward_hooks
    assert not tr.output.requires_grad


def test_an_error_of_the_network_s_own_comes_through_and_leaves_no_hook():
    class Broken(Plain):
        def forward(self, x):
            super().forward(x)
            raise RuntimeError("its own fault")

    net = Broken()
    with pytest.raises(RuntimeError, match="its own fault"):
        lv.trace(net, torch.zeros(2, 4))
    assert not net._forward_hooks
    assert not net.lstm._forward_pre_hooks


@pytest.mark.parametrize(
    ("net", "message"),
    [
        (nn.Linear(4, 3), "must call a recurrent layer or cell of torch; Linear called none"),
        (nn.Sequential(nn.LSTM(4, 3, proj_size=2)), r"`model` \(0\) must have no projection"),
        (
            nn.Sequential(nn.LSTM(4, 3, 2, dropout=0.5)),
            r"`model` \(0\) must be in eval\(\) mode, or dropout=0.5 changes",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:LSTM with projections")
def test_what_is_not_followed_is_refused_in_one_sentence(net, message):
    with pytest.raises(ValueError, match=message) as caught:
        lv.trace(net, torch.zeros(3, 4))
    assert "\n" not in str(caught.value)


def test_torchscript_is_refused_too():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = torch.jit.script(nn.Sequential(nn.GRU(4, 3)))
    with pytest.raises(ValueError, match="TorchScript"):
        lv.trace(net, torch.zeros(3, 4))


def test_autocast_inside_is_refused_and_around_it_does_not_reach_in():
    class Cast(Plain):
        def forward(self, x):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                return super().forward(x)

    x = torch.randn(5, 4)
    with pytest.raises(ValueError, match=r"must not switch autocast on inside; lstm runs under it"):
        lv.trace(Cast(), x)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert lv.trace(Plain(), x).difference_from_torch <= ROUNDING


def test_options_of_a_layer_are_refused_for_a_network():
    for options in ({"lengths": [3]}, {"held": [lambda name, value: value] * 3}):
        with pytest.raises(ValueError, match="must be left out for a whole network; Plain is one"):
            lv.trace(Plain(), torch.zeros(3, 4), **options)


def test_numpy_is_given_where_and_as_the_network_is():
    net, x = Plain().double(), np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    tr = lv.trace(net, x)
    assert tr["lstm"].precision == "float64"
    assert tr.h.dtype == np.float64
    assert tr.difference_from_torch <= 1e-12
    letters = lv.trace(Tagger(), np.array([[1, 2, 3]]))
    assert letters["over"].h.shape == (3, 1, 3)


def test_its_table_names_the_module_and_it_can_be_stored():
    tr = lv.trace(Tagger(), torch.randint(9, (1, 4)), letters="abcd")
    table = tr.to_pandas()
    assert list(table.columns[:2]) == ["module", "sequence"]
    rows = table[(table.module == "over") & (table.quantity == "z") & (table.letter == "c") & (table.unit == 1)]
    assert rows.value.item() == tr["over"].z[2, 0, 1]
    again = pickle.loads(pickle.dumps(tr))
    np.testing.assert_array_equal(again["over"].h, tr["over"].h)
    assert repr(tr) == "NetworkTrace('encoder.lstm': lstm, 'over': gru)"


def test_an_input_that_is_given_by_name_is_a_batch_where_it_is_one():
    class Named(Plain):
        def forward(self, x):
            return self.lstm(input=x)[0]

    assert lv.trace(Named(), torch.randn(5, 4)).h.shape == (5, 4)
    assert lv.trace(Named(), torch.randn(5, 2, 4)).h.shape == (5, 2, 4)


def test_a_layer_that_a_hook_refuses_leaves_the_names_of_the_others_right():
    class Careful(Plain):
        def __init__(self):
            super().__init__()
            self.refused = nn.GRU(4, 4)
            self.refused.register_forward_pre_hook(self.refuse)

        def refuse(self, module, inputs):
            raise RuntimeError("not this one")

        def forward(self, x):
            with contextlib.suppress(RuntimeError):
                self.refused(x)
            return super().forward(x)

    assert list(lv.trace(Careful(), torch.randn(5, 4))) == ["lstm"]
