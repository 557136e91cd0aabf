"""One network, its units along the vector, against torch's autograd and its own promises."""

import re

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
