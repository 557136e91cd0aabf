"""A row by torch, on the CPU or on a GPU: what an epoch is, and each part of it."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lstmviz.timing.row import FEATURES, Row

_LAYERS: Mapping[str, Callable[[int, int], nn.Module]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
_SEED = 43052


@dataclass(frozen=True)
class Part:
    """A part of an epoch, and how it is done; "unrecorded" is no part, but the way forward under `no_grad`."""

    name: str
    do: Callable[[], object]


class TorchWork:
    """A row's network and numbers on a device, as the notes write it.

    Without backward, too, torch records what it would need for the way back, since the notes do not tell it otherwise.
    """

    def __init__(self, row: Row, device: str = "cpu") -> None:
        """Make the network and its numbers, the same for a row wherever it is computed."""
        generator = torch.Generator().manual_seed(_SEED)
        dtype = getattr(torch, row.dtype)
        shape = (row.steps, FEATURES) if row.batch is None else (row.steps, row.batch, FEATURES)
        self.row = row
        self.device = torch.device(device)
        self.host_x, self.host_y = (torch.randn(*shape, generator=generator).to(dtype) for _ in range(2))
        layer, head = _LAYERS[row.cell](FEATURES, row.hidden_size), nn.Linear(row.hidden_size, FEATURES)
        with torch.no_grad():
            for parameter in (*layer.parameters(), *head.parameters()):
                bound = row.hidden_size**-0.5
                parameter.copy_((torch.rand(parameter.shape, generator=generator) * 2 - 1) * bound)
        self.layer, self.head = (part.to(self.device, dtype) for part in (layer, head))
        self.x, self.y = self.host_x.to(self.device), self.host_y.to(self.device)
        self.optimizer = torch.optim.Adam([*self.layer.parameters(), *self.head.parameters()])
        self.loss: Tensor | None = None

    def output(self) -> Tensor:
        """What the network says of the sequence, (steps, [batch,] 4)."""
        h, _ = self.layer(self.x)
        out: Tensor = self.head(h)
        return out

    def states(self) -> Tensor:
        """Its hidden states, (steps, [batch,] nodes)."""
        with torch.no_grad():
            h: Tensor = self.layer(self.x)[0]
        return h

    def epoch(self) -> None:
        """One epoch of the row."""
        self.forward()
        if self.row.backward:
            self.go_back()
            self.update()

    def forward_unrecorded(self) -> None:
        """Forward and the error under `torch.no_grad`, which is the fastest that torch has."""
        with torch.no_grad():
            self.loss = nn.functional.mse_loss(self.output(), self.y)

    def forward(self) -> None:
        """Forward and the error."""
        self.loss = nn.functional.mse_loss(self.output(), self.y)

    def go_back(self) -> None:
        """The gradients of the last error."""
        assert self.loss is not None
        self.loss.backward()

    def update(self) -> None:
        """Adam's step."""
        self.optimizer.step()
        self.optimizer.zero_grad()

    def transfer(self) -> None:
        """Bring the numbers onto the device, and the error back."""
        self.x, self.y = self.host_x.to(self.device), self.host_y.to(self.device)
        if self.loss is not None:
            self.loss.item()

    def synchronise(self) -> None:
        """Wait until the device has done what it was asked to."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        elif self.device.type == "mps":
            torch.mps.synchronize()

    def parts(self) -> Iterator[Part]:
        """The parts of an epoch, in their order; each needs the one before."""
        if self.device.type != "cpu":
            yield Part("transfer", self.transfer)
        yield Part("forward", self.forward)
        if self.row.backward:
            yield Part("backward", self.go_back)
            yield Part("update", self.update)
        yield Part("unrecorded", self.forward_unrecorded)

    def split(self, repeats: int, clock: Callable[[], float] = time.perf_counter) -> dict[str, float]:
        """Seconds of each part of an epoch, medians of `repeats` epochs."""
        found: dict[str, list[float]] = {}
        for _ in range(repeats):
            for part in self.parts():
                self.synchronise()
                began = clock()
                part.do()
                self.synchronise()
                found.setdefault(part.name, []).append(clock() - began)
        return {name: sorted(times)[len(times) // 2] for name, times in found.items()}


def gpu() -> str | None:
    """The kind of GPU that torch can use here, "cuda" or "mps"; None without one."""
    if torch.cuda.is_available():
        return "cuda"
    if torch.backends.mps.is_available():
        return "mps"
    return None


def gpu_name() -> str:
    """What the GPU calls itself; "" without one."""
    kind = gpu()
    if kind == "cuda":
        return torch.cuda.get_device_name()
    return "Apple GPU (MPS)" if kind == "mps" else ""
