"""The compiled loop: the engine's kernels that hold the units of one network along the vector.

They run on one core; a network whose weights are many has a second one to read them with.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from lstmviz.fused import Network, compiles
from lstmviz.timing.row import FEATURES
from lstmviz.timing.torch_work import TorchWork

_LR = 1e-3  # as torch's Adam has it


def available() -> bool:
    """Whether numba compiles here."""
    return compiles()


class CompiledWork:
    """A row by the compiled loop, with the very weights and numbers of a `TorchWork`."""

    def __init__(self, work: TorchWork) -> None:
        """Take over the network and its sequences; the kernels are compiled where this machine has not yet."""
        self._torch = work
        row = work.row
        x, y = (_one_behind_the_other(part.numpy(), row.batch) for part in (work.host_x, work.host_y))
        parameters = [*work.layer.parameters(), *work.head.parameters()]
        self._network = Network(
            row.cell,
            np.concatenate([one.detach().numpy().ravel() for one in parameters]),
            x,
            y,
            inputs=FEATURES,
            hidden_size=row.hidden_size,
            outputs=FEATURES,
            lr=_LR,
            lengths=np.full(row.sequences, row.steps),
        )

    @property
    def threads(self) -> int:
        """How many threads it runs on: 1 or 2."""
        return self._network.threads

    def epoch(self) -> None:
        """One epoch of the row."""
        if self._torch.row.backward:
            self._network.run(1)
        else:
            self._network.measure(1)

    def difference(self) -> float:
        """The largest difference from torch: of the states, and of the gradients in shares of the largest one.

        Asked before the first epoch, while both have the same weights; torch's gradients are taken, its weights stay.
        """
        work, network = self._torch, self._network
        if not work.row.backward:
            network.measure(1)
            return self._states_apart()
        network.run(1, train=False)
        work.forward()
        work.go_back()
        parameters = [*work.layer.parameters(), *work.head.parameters()]
        torchs = np.concatenate([one.grad.numpy().ravel() for one in parameters if one.grad is not None])
        work.optimizer.zero_grad()
        apart = float(np.abs(network.gradients - torchs).max() / np.abs(torchs).max())
        return max(apart, self._states_apart())

    def split(self, repeats: int, clock: Callable[[], float] = time.perf_counter) -> dict[str, float]:
        """Seconds of the parts, medians of `repeats`: what is not forward is the way back and the update."""
        found: dict[str, float] = {}
        for name, do in (("forward", self._network.measure), ("whole", self._network.run)):
            times = []
            for _ in range(repeats):
                began = clock()
                do(1)
                times.append(clock() - began)
            found[name] = sorted(times)[repeats // 2]
            if not self._torch.row.backward:
                return found
        return {"forward": found["forward"], "backward": max(found["whole"] - found["forward"], 0.0)}

    def _states_apart(self) -> float:
        row = self._torch.row
        h = self._torch.states().numpy()
        return float(np.abs(self._network.states() - _one_behind_the_other(h, row.batch)).max())


def _one_behind_the_other(numbers: np.ndarray[Any, Any], batch: int | None) -> np.ndarray[Any, Any]:
    """(steps, [batch,] n) as (batch * steps, n), sequence by sequence."""
    if batch is None:
        return np.ascontiguousarray(numbers)
    return np.ascontiguousarray(numbers.swapaxes(0, 1)).reshape(-1, numbers.shape[-1])
