"""One network, its units along the vector, against torch on the CPU and one lane of sixteen, in the same run."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import nn

from benchmarks.peak import peak_flops
from lstmviz.fused import Batch, Network, Single, is_single, is_warm, warm
from lstmviz.fused.latency import tanh_nanoseconds
from lstmviz.fused.vector import lanes
from lstmviz.models import ModelConfig, build_model
from lstmviz.tasks import PatternTask, alphabet_task
from lstmviz.training.plain import Held

GATES = {"rnn": 1, "rnn_relu": 1, "gru": 3, "lstm": 4}
ROUNDS = 5
THREADS = (1, 2)
SIZES = (2, 3, 8, 15, 16, 20, 32, 64)


def _median(run: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Seconds of a call: the median, behind one that does not count."""
    run()
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def _by_torch(run: Callable[[], object], rounds: int = 3) -> tuple[float, int]:
    """The same by the better of torch's thread counts, and that count."""
    before, seconds = torch.get_num_threads(), []
    for threads in THREADS:
        torch.set_num_threads(threads)
        seconds.append((_median(run, rounds), threads))
    torch.set_num_threads(before)
    return min(seconds)


def _flat(modules: Sequence[nn.Module]) -> np.ndarray:
    return torch.cat([one.detach().ravel() for module in modules for one in module.parameters()]).numpy()


def _products(cell: str, units: int, read: int, outputs: int) -> tuple[float, float]:
    """Multiply-adds of one step as they are done, padding counted: forward, and back with all weight gradients."""
    width = lanes(4)
    rows, vectors, gates = -(-units // 4) * 4, -(-units // width), GATES[cell]
    own, below = gates * rows * vectors * width, gates * -(-read // 4) * 4 * vectors * width
    head = -(-outputs // width) * width * rows
    back = 2 * own + gates * rows * -(-read // width) * width + 2 * -(-outputs // 4) * 4 * vectors * width
    return own + below + head, own + below + head + back


def _sizes() -> Iterator[str]:
    task = alphabet_task("abcabC")
    steps, letters = len(task.x), len(task.alphabet)
    yield "One network, abcabC, forward, backward and Adam, us a step (float32, one core): a lane of 16, alone."
    yield "The last column: a network of a crowd of 16 side by side, against each of them alone."
    for cell in ("lstm", "gru", "rnn"):
        for units in SIZES:
            config = ModelConfig(cell=cell, input_size=letters, hidden_size=units, output_size=letters, seed=1)
            row = Held(build_model(config)).row()
            lane = Batch(cell, row[None], task.x, task.y, letters=letters, hidden_size=units, lr=1e-6)
            own = _alone(cell, row, task, letters, units)
            epochs = max(1, 3000 // units**2)
            by_lane = _median(lambda run=lane.run, n=epochs: run(n)) / epochs / steps
            by_units = _median(lambda run=own.run, n=epochs: run(n)) / epochs / steps
            yield (
                f"  {cell:4} {units:2} units   {by_lane * 1e6:7.3f}   {by_units * 1e6:6.3f}   "
                f"{by_lane / by_units:5.1f}x   crowd {by_lane / 16 / by_units:5.2f}x"
            )


def _alone(cell: str, row: np.ndarray, task: PatternTask, letters: int, units: int) -> Single | Network:
    """The kernel that trains one network, as `train` chooses it."""
    if is_single(lanes(row.itemsize), units, letters):
        return Single(cell, row, task.x, task.y, letters=letters, hidden_size=units, lr=1e-6)
    return Network(cell, row, task.x, task.y, inputs=letters, hidden_size=units, outputs=letters, lr=1e-6)


def _dense(peak: float, wait: float) -> Iterator[str]:
    yield "tanh RNN, 4 numbers in and out, squared error at every step, as the notes time it (ms an epoch):"
    for units, steps in ((20, 20_000), (20, 2_000), (1000, 2_000)):
        torch.manual_seed(1)
        layer, head = nn.RNN(4, units), nn.Linear(units, 4)
        x, y = torch.randn(steps, 4), torch.randn(steps, 4)
        network = Network(
            "rnn", _flat((layer, head)), x.numpy(), y.numpy(), inputs=4, hidden_size=units, outputs=4, lr=1e-3
        )

        def forward(layer=layer, head=head, x=x, y=y):
            return nn.functional.mse_loss(head(layer(x)[0]), y)

        def with_backward(forward=forward):
            forward().backward()

        for name, slow, fast, index in (
            ("forward", forward, network.measure, 0),
            ("with backward", with_backward, lambda run=network.run: run(1, train=False), 1),
        ):
            theirs, threads = _by_torch(slow, 1 if units > 20 or index else 3)
            ours = _median(fast, 9)
            work = 2 * _products("rnn", units, 4, 4)[index] / (ours / steps)
            yield (
                f"  {units:4} units, {steps:6} steps, {name:13}  torch {theirs * 1e3:8.2f} ({threads} threads)   here "
                f"{ours * 1e3:7.2f}, {ours / steps * 1e9:6.0f} ns a step   {theirs / ours:6.1f}x   "
                f"{work / peak:.0%} of the peak, {ours / steps / wait:.1f} waits for a tanh"
            )


def matching_sequences(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Digits whose second half repeats the first or does not, as the notes draw them; asked at the last digit."""
    draw = np.random.default_rng(1)
    halves = draw.integers(1, 11, count)
    x, y = list[np.ndarray](), list[np.ndarray]()
    for n in halves:
        half, same = draw.integers(0, 10, n), int(draw.integers(2))
        x.append(np.concatenate([half, half if same else draw.integers(0, 10, n)]))
        y.append(np.append(np.full(2 * n - 1, -1), same))
    return np.concatenate(x), np.concatenate(y), 2 * halves


def _matching(updates: int = 100_000, timed: int = 300) -> Iterator[str]:
    x, y, lengths = matching_sequences(updates)
    ends = np.cumsum(lengths)
    torch.manual_seed(1)
    to_hidden, hidden_to_hidden, out = nn.Linear(10, 50), nn.Linear(50, 50), nn.Linear(50, 2)
    parts = [
        to_hidden.weight, hidden_to_hidden.weight, to_hidden.bias, hidden_to_hidden.bias, out.weight, out.bias
    ]  # fmt: skip
    parameters = torch.cat([one.detach().ravel() for one in parts]).numpy()
    optimizer = torch.optim.Adam(parts, lr=1e-3)

    def loop():
        for k in range(timed):
            read = nn.functional.one_hot(torch.tensor(x[ends[k] - lengths[k] : ends[k]]), 10).float()
            h = torch.zeros(1, 50)
            for letter in read:
                h = torch.relu(to_hidden(letter[None]) + hidden_to_hidden(h))
            loss = nn.functional.cross_entropy(out(h), torch.tensor([y[ends[k] - 1]]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    theirs, threads = _by_torch(loop, 1)
    began = time.perf_counter()
    network = Network(
        "rnn_relu", parameters, x, y, inputs=10, hidden_size=50, outputs=2, lr=1e-3, lengths=lengths, together=1
    )
    made = time.perf_counter() - began
    began = time.perf_counter()
    network.run(updates)
    ours = time.perf_counter() - began
    yield (
        f"Matching halves, ReLU RNN of 50, one sequence an update, {updates:,} updates: the notes' loop "
        f"{theirs / timed * updates:.0f} s ({timed} timed, {threads} threads)   here {ours:.2f} s "
        f"(and {made:.2f} s to lay them out)   {theirs / timed * updates / ours:.0f}x"
    )


def _windows(windows: int = 170, steps: int = 10, letters: int = 26) -> Iterator[str]:
    yield f"Text, {windows} windows of {steps} letters as one batch, 2 layers of {letters}, an epoch with Adam (ms):"
    draw = np.random.default_rng(1)
    x, y = draw.integers(0, letters, (windows, steps)), draw.integers(0, letters, (windows, steps))
    for cell, kind in (("rnn", nn.RNN), ("gru", nn.GRU), ("lstm", nn.LSTM)):
        torch.manual_seed(1)
        layer, head = kind(letters, letters, num_layers=2), nn.Linear(letters, letters)
        network = Network(
            cell, _flat((layer, head)), x.ravel(), y.ravel(), inputs=letters, hidden_size=letters, outputs=letters,
            layers=2, lr=1e-4, lengths=[steps] * windows,
        )  # fmt: skip
        read = nn.functional.one_hot(torch.tensor(x.T.copy()), letters).float()
        wanted = torch.tensor(y.T.copy()).ravel()
        optimizer = torch.optim.Adam([*layer.parameters(), *head.parameters()], lr=1e-4)

        def epoch(layer=layer, head=head, read=read, wanted=wanted, optimizer=optimizer):
            loss = nn.functional.cross_entropy(head(layer(read)[0]).flatten(0, 1), wanted)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        theirs, threads = _by_torch(epoch, 9)
        ours = _median(lambda run=network.run: run(10)) / 10
        said = f"torch {theirs * 1e3:6.2f} ({threads} threads)   here {ours * 1e3:5.2f}"
        yield f"  {cell:4}  {said}   {theirs / ours:.1f}x"


def report() -> Iterator[str]:
    """The lines of the report, as they are measured."""
    if not is_warm("rnn", hidden_size=1024):
        warm("rnn", hidden_size=1024)
    peak, wait = peak_flops(), 1e-9 * tanh_nanoseconds()
    yield f"Peak of one core: {peak / 1e9:.0f} GFLOP/s (float32); a tanh that waits for another: {wait * 1e9:.1f} ns"
    yield ""
    yield from _dense(peak, wait)
    yield ""
    yield from _matching()
    yield ""
    yield from _windows()
    yield ""
    yield from _sizes()


if __name__ == "__main__":
    for line in report():
        print(line, flush=True)
