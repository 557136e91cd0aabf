"""Networks written out as loops of torch operations, so that autograd can be asked about every value in them."""

import numpy as np
import torch
from torch import Tensor

import lstmviz as lv
from tests.engine.scaled import scaled

CELLS = ("rnn", "rnn_relu", "lstm", "gru")


def network(
    cell: str,
    layers: int = 1,
    hidden: int = 3,
    seed: int = 1,
    letters: int = 4,
    gain: float = 1.0,
    answers: int | None = None,
) -> lv.Model:
    return scaled(cell, letters, hidden, layers, seed=seed, gain=gain, named="weight_hh", answers=answers)


def unrolled(model: lv.Model, task: lv.Task, total: int) -> tuple[Tensor, list[list[dict[str, Tensor]]]]:
    """The loss of each step, and the values of each layer at each step, all of them kept by autograd."""
    x = torch.tensor(task.inputs(), dtype=torch.float64)[:total]
    cell, count, size = model.config.cell, model.config.num_layers, model.config.hidden_size
    p = dict(model.recurrent.named_parameters())
    h = [torch.zeros(size, dtype=torch.float64) for _ in range(count)]
    c = [torch.zeros(size, dtype=torch.float64) for _ in range(count)]
    steps: list[list[dict[str, Tensor]]] = [[] for _ in range(count)]
    logits = []
    for t in range(total):
        read = x[t]
        for k in range(count):
            by_x = p[f"weight_ih_l{k}"] @ read + p[f"bias_ih_l{k}"]
            by_h = p[f"weight_hh_l{k}"] @ h[k] + p[f"bias_hh_l{k}"]
            v: dict[str, Tensor] = {}
            if cell == "lstm":
                v["i_pre"], v["f_pre"], v["g_pre"], v["o_pre"] = (by_x + by_h).split(size)
                v["i"], v["f"], v["o"] = (torch.sigmoid(v[name]) for name in ("i_pre", "f_pre", "o_pre"))
                v["g"] = torch.tanh(v["g_pre"])
                v["c"] = v["f"] * c[k] + v["i"] * v["g"]
                v["h"] = v["o"] * torch.tanh(v["c"])
                c[k] = v["c"]
            elif cell == "gru":
                r_x, z_x, n_x = by_x.split(size)
                r_h, z_h, v["n_hidden"] = by_h.split(size)
                v["r_pre"], v["z_pre"] = r_x + r_h, z_x + z_h
                v["r"], v["z"] = torch.sigmoid(v["r_pre"]), torch.sigmoid(v["z_pre"])
                v["n_pre"] = n_x + v["r"] * v["n_hidden"]
                v["n"] = torch.tanh(v["n_pre"])
                v["h"] = (1 - v["z"]) * v["n"] + v["z"] * h[k]
            else:
                v["h_pre"] = by_x + by_h
                v["h"] = torch.tanh(v["h_pre"]) if cell == "rnn" else torch.relu(v["h_pre"])
            h[k] = read = v["h"]
            for value in v.values():
                value.retain_grad()
            steps[k].append(v)
        logits.append(model.head(read))
    told, y = torch.stack(logits), torch.tensor(task.y)[:total]
    if task.of_numbers:
        losses = torch.nn.functional.mse_loss(told, y.double(), reduction="none").mean(-1)
        return losses * torch.tensor(task.scored[:total]), steps
    return torch.nn.functional.cross_entropy(told, y, reduction="none", ignore_index=lv.tasks.NOTHING), steps


def gradients_of_state(model: lv.Model, task: lv.Task, window: range, name: str, layer: int) -> np.ndarray:
    """(N, N, H) dL_t / d state_k by autograd, NaN where k > t."""
    losses, steps = unrolled(model, task, window.stop)
    states = [steps[layer][k][name] for k in window]
    found = np.full((len(window), len(window), len(states[0])), np.nan)
    for n, t in enumerate(window):
        grads = torch.autograd.grad(losses[t], states[: n + 1], retain_graph=True)
        found[n, : n + 1] = torch.stack(grads).numpy()
    return found


def trained(cell: str, epochs: int = 150) -> lv.Model:
    """A network after a short training on abcabC, in float64."""
    config = lv.ModelConfig(cell=cell, input_size=4, hidden_size=3, output_size=4, seed=1)
    model = lv.build_model(config)
    for _ in lv.train(model, lv.alphabet_task("abcabC", 20), lv.TrainConfig(epochs=epochs, lr=0.1)):
        pass
    return model.double()
