"""One network, its units along the vector, against torch's autograd and its own promises."""

import re
import threading

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from lstmviz.fused.units import Network

CELLS = {"rnn": nn.RNN, "rnn_relu": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
SIZES = st.one_of(st.integers(1, 70), st.sampled_from([96, 130, 200]))


class Case:
    """A network of torch, sequences for it, and the same for our kernels."""

    def __init__(
        self, cell, hidden_size, inputs, outputs, lengths, *,
        layers=1, dense=False, numbers=False, last=False, dtype="float64", seed=0, gain=1.0,
    ):  # fmt: skip
        torch.manual_seed(seed)
        kind = getattr(torch, dtype)
        options = {"nonlinearity": "relu"} if cell == "rnn_relu" else {}
        self.recurrent = CELLS[cell](inputs, hidden_size, num_layers=layers, dtype=kind, **options)
        self.head = nn.Linear(hidden_size, outputs, dtype=kind)
        with torch.no_grad():
            for one in self.parameters:
                one.mul_(gain)
        self.cell, self.lengths, self.numbers = cell, np.array(lengths), numbers
        rows, draw = sum(lengths), np.random.default_rng(seed)
        self.x = draw.normal(size=(rows, inputs)).astype(dtype) if dense else draw.integers(0, inputs, rows)
        self.y = draw.normal(size=(rows, outputs)).astype(dtype) if numbers else draw.integers(0, outputs, rows)
        if last:
            unasked = np.ones(rows, bool)
            unasked[np.cumsum(lengths) - 1] = False
            self.y[unasked] = np.nan if numbers else -1
        self.shape = {"inputs": inputs, "hidden_size": hidden_size, "outputs": outputs, "layers": layers}

    @property
    def parameters(self):
        return [*self.recurrent.parameters(), *self.head.parameters()]

    def flat(self):
        return torch.cat([one.detach().ravel() for one in self.parameters]).numpy().copy()

    def network(self, **options) -> Network:
        options = {"lr": 0.01, "lengths": self.lengths, **self.shape, **options}
        return Network(self.cell, self.flat(), self.x, self.y, **options)

    def loss(self, dtype=torch.float64, reduction="mean", which=None, first=None):
        """The loss by torch, over the sequences `which`; the modules change to `dtype`."""
        recurrent, head = self.recurrent.to(dtype), self.head.to(dtype)
        ends = np.cumsum(self.lengths)
        said, wanted = [], []
        for k in range(len(self.lengths)) if which is None else which:
            rows = slice(ends[k] - self.lengths[k], ends[k])
            x = torch.tensor(self.x[rows])
            x = x.to(dtype) if x.ndim == 2 else nn.functional.one_hot(x, self.shape["inputs"]).to(dtype)
            said.append(head(recurrent(x, None if first is None else first(k))[0]))
            wanted.append(torch.tensor(self.y[rows]))
        out, y = torch.cat(said), torch.cat(wanted)
        if self.numbers:
            asked = ~y.isnan().any(1)
            return nn.functional.mse_loss(out[asked], y[asked].to(dtype), reduction=reduction)
        return nn.functional.cross_entropy(out, y, ignore_index=-1, reduction=reduction)

    def gradients(self, **options) -> tuple[float, np.ndarray]:
        loss = self.loss(**options)
        for one in self.parameters:
            one.grad = None
        loss.backward()
        return loss.item(), torch.cat([one.grad.ravel() for one in self.parameters]).numpy()


@st.composite
def cases(draw, dtype):
    return Case(
        draw(st.sampled_from(list(CELLS))),
        draw(SIZES),
        draw(st.integers(1, 40)),
        draw(st.integers(2, 40)),
        draw(st.lists(st.integers(1, 40), min_size=1, max_size=9)),
        layers=draw(st.integers(1, 3)),
        dense=draw(st.booleans()),
        numbers=draw(st.booleans()),
        last=draw(st.booleans()),
        dtype=dtype,
        seed=draw(st.integers(0, 2**31)),
    )


@given(case=cases("float64"), mean=st.booleans())
@settings(max_examples=60, deadline=None)
def test_float64_gradients_equal_autograd(case, mean):
    network = case.network(mean=mean)
    losses, _ = network.run(1, train=False)
    loss, gradients = case.gradients(reduction="mean" if mean else "sum")
    assert losses[0] == pytest.approx(loss, rel=1e-12)
    assert np.linalg.norm(network.gradients - gradients) <= 1e-10 * np.linalg.norm(gradients)


@given(case=cases("float32"))
@settings(max_examples=60, deadline=None)
def test_float32_gradients_equal_autograd(case):
    network = case.network()
    losses, _ = network.run(1, train=False)
    loss, gradients = case.gradients()
    assert losses[0] == pytest.approx(loss, rel=2e-6)
    # To 1e-6 of the exact gradient, plus the rounding of the rows' shares where they cancel.
    error = np.linalg.norm(network.gradients - gradients)
    assert error <= 1e-6 * np.linalg.norm(gradients) + 3e-7


@given(case=cases("float32"))
@settings(max_examples=20, deadline=None)
def test_the_way_forward_alone_says_the_same(case):
    network = case.network()
    np.testing.assert_allclose(network.measure(), network.run(1, train=False), rtol=1e-6)


def test_a_network_of_many_units_has_autograds_gradient():
    """Beyond the registers and the nearest caches."""
    for cell, layers in (("rnn", 1), ("lstm", 1), ("gru", 2)):
        case = Case(cell, 300, 5, 3, [12, 9], layers=layers, dense=True, numbers=True)
        network = case.network()
        network.run(1, train=False)
        _, gradients = case.gradients()
        assert np.linalg.norm(network.gradients - gradients) <= 1e-10 * np.linalg.norm(gradients)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("numbers", [False, True])
def test_adam_is_torchs(cell, numbers):
    case = Case(cell, 19, 4, 3, [30, 12], layers=2, dense=numbers, numbers=numbers)
    network = case.network(lr=0.01)
    losses, _ = network.run(30)
    optimizer, wanted = torch.optim.Adam(case.parameters, lr=0.01), []
    for _ in range(30):
        loss = case.loss()
        wanted.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    np.testing.assert_allclose(losses, wanted, rtol=1e-9)
    np.testing.assert_allclose(network.parameters, case.flat(), rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("together", [1, 3])
def test_each_update_has_its_own_sequences(together):
    """As matching halves are learned: sequences drawn afresh, one or a few an update, asked at their end."""
    case = Case("rnn_relu", 21, 6, 2, [4, 9, 1, 7, 7, 2, 5], last=True)
    network = case.network(together=together, lr=0.003)
    losses, shares = network.run(10)
    parts = [range(k, min(k + together, 7)) for k in range(0, 7, together)]
    optimizer, wanted = torch.optim.Adam(case.parameters, lr=0.003), []
    for update in range(10):
        loss = case.loss(which=parts[update % len(parts)])
        wanted.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    np.testing.assert_allclose(losses, wanted, rtol=1e-10)
    asked = [len(parts[update % len(parts)]) for update in range(10)]
    np.testing.assert_allclose(shares * asked, np.round(shares * asked), atol=1e-12)
    np.testing.assert_allclose(network.parameters, case.flat(), rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("lengths", [[6, 6], [3, 8, 5]])
def test_states_are_torchs_in_the_order_of_the_input(lengths):
    case = Case("gru", 20, 4, 4, lengths, layers=2)
    network = case.network()
    network.measure()
    ends = np.cumsum(lengths)
    inputs = nn.functional.one_hot(torch.tensor(case.x), 4).double()
    wanted = [case.recurrent(inputs[e - n : e])[0] for e, n in zip(ends, lengths, strict=True)]
    np.testing.assert_allclose(network.states(), torch.cat(wanted).detach(), rtol=1e-10, atol=1e-14)
    np.testing.assert_array_equal(network.states(2, 5), network.states()[2:5])


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("lengths", [[5, 8, 2], [6] * 37, [1 + k % 9 for k in range(37)]], ids=["few", "equal", "many"])
def test_sequences_begin_from_their_own_states(cell, lengths):
    """They add up to one update, also where there are more of them than go side by side in a lot."""
    case = Case(cell, 18, 3, 3, lengths, layers=2)
    states = np.random.default_rng(3).normal(size=(2, 2, len(lengths), 18))
    network = case.network(first=states if cell == "lstm" else states[0])
    losses, _ = network.run(1, train=False)

    def first(k):
        h, c = (torch.tensor(one[:, k]) for one in states)
        return (h, c) if cell == "lstm" else h

    loss, gradients = case.gradients(first=first)
    assert losses[0] == pytest.approx(loss, rel=1e-12)
    assert np.linalg.norm(network.gradients - gradients) <= 1e-10 * np.linalg.norm(gradients)
    ends, inputs = np.cumsum(lengths), nn.functional.one_hot(torch.tensor(case.x), 3).double()
    wanted = [
        case.recurrent(inputs[e - n : e], first(k))[0] for k, (e, n) in enumerate(zip(ends, lengths, strict=True))
    ]
    np.testing.assert_allclose(network.states(), torch.cat(wanted).detach(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_same_calls_give_the_same_bits(cell, dtype):
    case = Case(cell, 23, 4, 4, [20, 9, 14], layers=2, dtype=dtype)
    one, other = case.network(), case.network()
    losses, _, rows = one.run_remembering(12)
    np.testing.assert_array_equal(losses[:5], other.run(5)[0])
    position = other.position()
    np.testing.assert_array_equal(rows[5], other.parameters)
    first = other.run(7)
    np.testing.assert_array_equal(losses[5:], first[0])
    other.rewind(position)
    np.testing.assert_array_equal(first, other.run(7))
    np.testing.assert_array_equal(one.parameters, other.parameters)
    other.replace(rows[0])
    np.testing.assert_array_equal(other.parameters, case.flat())


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_finite_number_shows(cell, value):
    case = Case(cell, 18, 3, 3, [6])
    network, parameters = case.network(), case.flat()
    parameters[len(parameters) // 2] = value
    network.replace(parameters)
    losses, _ = network.run(3)
    assert not np.isfinite(losses[-1])


def test_an_update_of_nothing_is_refused():
    with pytest.raises(ValueError, match="must ask for something in each update; number 1 has nothing"):
        Network(
            "rnn", np.zeros(36), np.zeros(4, int), np.array([0, -1, -1, -1]), inputs=3, hidden_size=3, outputs=3,
            lr=0.1, lengths=[2, 2], together=1,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parameters": np.zeros(35, np.float32)}, "`parameters` must be 36 numbers; got (35,)"),
        ({"x": np.array([0, 3])}, "`x` must hold whole numbers 0 to 2"),
        ({"y": np.array([-2, 0])}, "`y` must hold whole numbers -1 to 2"),
        ({"y": np.array([0])}, "`x` and `y` must have 2 rows; got 2 and 1"),
        ({"x": np.zeros((2, 4))}, "`x` must be of shape (rows,) or (rows, 3); got (2, 4)"),
    ],
)
def test_what_the_kernels_do_not_check_is_checked_before(change, message):
    given = {"parameters": np.zeros(36, np.float32), "x": np.array([0, 1]), "y": np.array([1, 2])} | change
    with pytest.raises(ValueError, match=re.escape(message)):
        Network("rnn", *given.values(), inputs=3, hidden_size=3, outputs=3, lr=0.1)


@settings(deadline=None, max_examples=40)
@given(data=st.data(), dtype=st.sampled_from(["float32", "float64"]))
def test_two_threads_have_the_bits_of_one(data, dtype):
    case = data.draw(cases(dtype))
    results = []
    for helped in (False, True):
        network = case.network(helped=helped)
        assert network.threads == 1 + helped
        losses, right = network.run(3)
        results.append((losses, right, network.measure(1)[0], network.gradients, network.parameters))
    for alone, together in zip(*results, strict=True):
        np.testing.assert_array_equal(alone, together)


def test_nobody_waits_for_a_helper_that_does_not_come():
    case = Case("lstm", 40, 3, 4, [30])
    helped, left_alone = case.network(helped=True), case.network(helped=True)
    left_alone._help = lambda m, q: None
    np.testing.assert_array_equal(helped.run(4), left_alone.run(4))
    np.testing.assert_array_equal(helped.parameters, left_alone.parameters)


def test_a_helper_ends_with_the_updates():
    network = Case("rnn", 40, 3, 4, [30]).network(helped=True)
    before = threading.active_count()
    network.run(2)
    network._run = lambda *arguments: 1 / 0
    with pytest.raises(ZeroDivisionError):
        network.run(2)
    assert threading.active_count() == before


@pytest.mark.parametrize(("hidden_size", "cores", "threads"), [(20, 2, 1), (600, 1, 1), (600, 2, 2)])
def test_many_weights_have_a_second_thread_where_there_is_a_core(hidden_size, cores, threads, monkeypatch):
    monkeypatch.setattr("lstmviz.fused.units.network.cores", lambda: cores)
    assert Case("rnn", hidden_size, 3, 4, [3]).network().threads == threads
