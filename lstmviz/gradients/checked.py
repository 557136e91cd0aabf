"""How far the way back is from torch's own, measured on the network at hand."""

import copy

import numpy as np
import torch

from lstmviz.gradients.backward import Backward
from lstmviz.models import Model
from lstmviz.tasks import PatternTask


def difference_from_autograd(model: Model, task: PatternTask, back: Backward) -> float:
    """The largest difference between the gradient of any weight and torch's, both in float64.

    Args:
        model: the network whose way back it is; torch follows a copy of it.
        task: the text.
        back: what `backpropagate` found.

    Returns:
        An absolute difference; NaN where the numbers are not finite.
    """
    own = copy.deepcopy(model).double()
    own.zero_grad()
    steps = len(back.steps)
    x = torch.tensor(task.one_hot()[:steps], dtype=torch.float64)
    losses = torch.nn.functional.cross_entropy(own(x)[0], torch.tensor(task.y[:steps]), reduction="none")
    loss = losses.sum() * back.share if back.at is None else losses[back.at]
    loss.backward()
    found = [
        float(np.abs(p.grad.numpy() - back.gradients[name]).max())
        for name, p in own.named_parameters()
        if p.grad is not None
    ]
    return float(np.max(found))
