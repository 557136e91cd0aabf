"""Strings of grammars a second: drawn, against a walk symbol by symbol, and learned, against torch's loop."""

import random
import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import nn

from lstmviz.models import ModelConfig, build_model
from lstmviz.tasks.grammar import GRAMMARS, REBER_LETTERS, grammar_task
from lstmviz.training import TrainConfig, train

DRAWN = 4096
UPDATES, TIMED = 20_000, 300
ROUNDS = 5


def report() -> Iterator[str]:
    """Lines for `make bench`."""
    yield f"Strings a second, drawn {DRAWN:,} at a time (median of {ROUNDS}):"
    for grammar in GRAMMARS:
        task = grammar_task(grammar)
        rng = np.random.default_rng(1)
        seconds = _median(lambda task=task, rng=rng: task.draw(rng, DRAWN))
        yield f"  {grammar:16} {DRAWN / seconds:12,.0f}"
    walk = _median(lambda: [_walk(random.Random(seed)) for seed in range(200)]) / 200
    yield f"  a walk through Reber's embedded graph, symbol by symbol: {1 / walk:,.0f}"
    task = grammar_task("embedded_reber", drawn=1)
    model = build_model(ModelConfig(input_size=7, hidden_size=12, output_size=7))
    for _ in train(model, task, TrainConfig(epochs=100, lr=0.01)):
        pass  # compiled, and its strings' room found
    began = time.perf_counter()
    for _ in train(model, task, TrainConfig(epochs=UPDATES, lr=0.01)):
        pass
    ours = UPDATES / (time.perf_counter() - began)
    theirs = TIMED / _median(_loop)
    yield (
        f"Embedded Reber strings learned a second, LSTM of 12, Adam, one string an update: torch {theirs:,.0f}   here "
        f"{ours:,.0f}   {ours / theirs:.0f}x"
    )


def _walk(chance: random.Random) -> str:
    """One string, as who has only the rules would draw it: each symbol is asked for, with those before it."""
    inside = ""
    own = chance.choice("TP")
    while not inside.endswith("E"):
        legal = [one for one in REBER_LETTERS if _goes_on(inside + one)]
        inside += chance.choice(legal)
    return f"B{own}{inside}{own}E"


_NEXT = (
    {"B": 1},
    {"T": 2, "P": 3},
    {"S": 2, "X": 4},
    {"T": 3, "V": 5},
    {"X": 3, "S": 6},
    {"P": 4, "V": 6},
    {"E": 7},
    {},
)


def _goes_on(read: str) -> bool:
    state = 0
    for symbol in read:
        if symbol not in _NEXT[state]:
            return False
        state = _NEXT[state][symbol]
    return True


def _loop() -> None:
    """The loop of torch alone, over strings that are there already."""
    layer, head = nn.LSTM(7, 12), nn.Linear(12, 7)
    optimizer = torch.optim.Adam([*layer.parameters(), *head.parameters()], lr=0.01)
    examples = grammar_task("embedded_reber", drawn=TIMED).examples()
    for row, length in enumerate(examples.lengths):
        x = nn.functional.one_hot(torch.tensor(examples.inputs[row, :length]), 7).float()
        loss = nn.functional.cross_entropy(head(layer(x)[0]), torch.tensor(examples.targets[row, :length]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _median(work: Callable[[], object]) -> float:
    work()
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


if __name__ == "__main__":
    for line in report():
        print(line, flush=True)
