"""The lecture notes' own training loop: a torch.nn layer, CrossEntropyLoss and Adam, written as the notes write it."""

import time

import torch

from lstmviz.tasks import PatternTask

LAYERS = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


def seconds_for(cell: str, task: PatternTask, hidden_size: int, epochs: int) -> float:
    """Train one network for `epochs` and say how long it took; five epochs before it do not count."""
    x = torch.tensor(task.one_hot())
    y = torch.nn.functional.one_hot(torch.tensor(task.y)).float()
    letters = len(task.alphabet)
    torch.manual_seed(1)
    layer = LAYERS[cell](letters, hidden_size)
    linear = torch.nn.Linear(hidden_size, letters)
    loss_fn = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(list(layer.parameters()) + list(linear.parameters()), lr=0.1)
    state = torch.zeros(1, hidden_size)
    start = (state, state) if cell == "lstm" else state
    began = 0.0
    for epoch in range(epochs + 5):
        if epoch == 5:
            began = time.perf_counter()
        hidden, _ = layer(x, start)
        loss = loss_fn(linear(hidden), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return time.perf_counter() - began
