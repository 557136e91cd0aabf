"""The digit reader: training against the notes' plain loop, and how long a drawing takes."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from lstmviz.digits.data import MnistError, load_mnist, mnist_root
from lstmviz.digits.doubt import doubt
from lstmviz.digits.moves import moves
from lstmviz.digits.prepare import prepare
from lstmviz.digits.readers import READERS, load_reader
from lstmviz.digits.reading import gradient, read
from lstmviz.digits.recipes import RECIPES
from lstmviz.digits.sample import sample
from lstmviz.digits.training import train

ALL = 60_000
TIMED = 6_000  # images of an epoch that are really read; the rest is that, scaled
ROUNDS = 5
READINGS = 100


def report() -> Iterator[str]:
    """Lines for `make bench`."""
    yield "The digit reader"
    try:
        yield from _training()
    except MnistError as error:
        yield f"  training is left out: {error}"
    yield from _reading()


def _training() -> Iterator[str]:
    mnist = load_mnist()
    before = torch.get_num_threads()
    torch.set_num_threads(os.cpu_count() or 1)  # other benches, and the server's modules, keep torch to one
    images = torch.from_numpy(mnist.train_images[:TIMED])
    labels = torch.from_numpy(mnist.train_labels[:TIMED]).long()

    def ours(recipe: str) -> object:
        return list(train(replace(RECIPES[recipe], epochs=1), "lstm", 0, images, labels))

    ways = {"ours": lambda: ours("notes"), "plain": _plain_loop(), "best": lambda: ours("best")}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS + 1):  # in turns, so that what else the machine does hits all alike; the first warms up
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            seconds[name].append((time.perf_counter() - began) * ALL / TIMED)
    middle = {name: statistics.median(found[1:]) for name, found in seconds.items()}
    ratios = [plain / own for plain, own in zip(seconds["plain"][1:], seconds["ours"][1:], strict=True)]
    cores = torch.get_num_threads()
    torch.set_num_threads(before)
    yield (
        f"  the notes' network, an epoch of {ALL:,} images ({TIMED:,} timed), {cores} threads: "
        f"{middle['ours']:.1f} s; the notes' plain loop {middle['plain']:.1f} s, {statistics.median(ratios):.2f} times "
        f"that ({min(ratios):.2f} to {max(ratios):.2f} over {ROUNDS} rounds)"
    )
    epochs = RECIPES["best"].epochs
    yield f"  the best recipe: {middle['best']:.1f} s an epoch, {epochs * middle['best'] / 60:.1f} minutes for {epochs}"


def _plain_loop() -> Callable[[], None]:
    """The notes' epoch: torchvision's dataset, ToTensor, a DataLoader, the layer batch first."""
    from lstmviz.digits._torchvision import mnist_dataset, transforms

    dataset = mnist_dataset()(mnist_root(), train=True, transform=transforms.ToTensor())
    some = torch.utils.data.Subset(dataset, range(TIMED))
    loader: torch.utils.data.DataLoader = torch.utils.data.DataLoader(some, batch_size=100, shuffle=True)

    def epoch() -> None:
        layer = nn.LSTM(28, 128, 2, batch_first=True)
        linear = nn.Linear(128, 10)
        loss_fn = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam([*layer.parameters(), *linear.parameters()], lr=0.01)
        for images, labels in loader:
            out, _ = layer(images.reshape(-1, 28, 28))
            loss = loss_fn(linear(out[:, -1, :]), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return epoch


def _reading() -> Iterator[str]:
    torch.set_num_threads(1)  # as in the server
    images = sample().images[:READINGS].astype(np.float32) / 255
    drawings = [np.kron(image, np.ones((4, 4), np.float32)) for image in images]  # as large as the pad's
    yield f"  a drawing of 112 x 112 pixels, prepared: {_each(prepare, drawings)}"
    for cell in READERS:
        model = load_reader(cell)
        reading = _each(lambda image, model=model: read(model, image), images)
        slopes = _each(lambda image, model=model: gradient(model, image), images)
        kept = list(images)
        known = {id(image): read(model, image) for image in kept}
        rows = _each(lambda image, model=model, known=known: moves(model, known[id(image)], image), kept)
        yield f"  {cell:4} reads it, with every gate of 28 rows: {reading}; its gradient: {slopes}"
        yield f"       what each row did: {rows}"
    yield f"  whether it is a digit at all, by three networks: {_each(doubt, images)}"


def _each(work: Callable[[np.ndarray], object], items: list[np.ndarray] | np.ndarray) -> str:
    seconds = []
    for item in items:
        began = time.perf_counter()
        work(item)
        seconds.append(time.perf_counter() - began)
    parts = statistics.quantiles(seconds, n=20)
    return f"median {parts[9] * 1e3:.1f} ms, p95 {parts[18] * 1e3:.1f} ms"
