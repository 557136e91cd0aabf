"""The cell of 1997 once more, in plain torch: what autograd makes of it is what the kernel is held to."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lstmviz.paper.cell import BlockNetwork, Sequences


def told_by(
    network: BlockNetwork, hidden: Tensor, output: Tensor, x: Tensor, cut: Callable[[Tensor], Tensor]
) -> Iterator[Tensor]:
    """What is told at each step of x (T, Q); `cut` stands where an error is not to go further back."""
    blocks, cells = network.config.blocks, network.config.cells
    y, s = torch.zeros(network.config.units, dtype=hidden.dtype), torch.zeros(cells, dtype=hidden.dtype)
    one = torch.ones(1, dtype=hidden.dtype)
    for step in x:
        net = torch.cat([step, cut(y), one]) @ hidden
        gates = torch.sigmoid(net[: 2 * blocks])
        block_in, block_out = (gate.repeat_interleave(network.config.size) for gate in gates.chunk(2))
        s = s + block_in * network.config.g * (2 * torch.sigmoid(net[2 * blocks :]) - 1)
        cell = block_out * network.config.h * (2 * torch.sigmoid(s) - 1)
        y = torch.cat([gates, cell])
        net_out = torch.cat([cell, one]) @ output
        yield net_out if network.config.linear else torch.sigmoid(net_out)


def gradients(
    network: BlockNetwork, sequences: Sequences, number: int, cut: Callable[[Tensor], Tensor]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of half the squared error of one sequence, by all numbers of `hidden` and `output`."""
    hidden, output = (torch.tensor(one, requires_grad=True) for one in (network.hidden, network.output))
    part = slice(int(sequences.starts[number]), int(sequences.starts[number + 1]))
    x, y = torch.tensor(sequences.x[part]), torch.tensor(sequences.y[part])
    told = torch.stack(list(told_by(network, hidden, output, x, cut)))
    error = ((y - told) ** 2)[torch.tensor(sequences.asked[part])].sum() / 2
    error.backward()
    assert hidden.grad is not None
    assert output.grad is not None
    return hidden.grad.numpy(), output.grad.numpy()
