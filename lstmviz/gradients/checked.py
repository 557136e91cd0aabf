"""How far the way back is from torch's own, measured on the network at hand."""

import copy

import numpy as np
import torch

from lstmviz.gradients.backward import Backward
from lstmviz.models import Model
from lstmviz.tasks import Task


def difference_from_autograd(model: Model, task: Task, back: Backward) -> float:
    """The largest difference between the gradient of any weight and torch's, both in float64.

    Args:
        model: the network whose way back it is; torch follows a copy of it.
        task: what was read and asked.
        back: what `backpropagate` found.

    Returns:
        An absolute difference; NaN where the numbers are not finite.
    """
    own = copy.deepcopy(model).double()
    own.zero_grad()
    steps = len(back.steps)
    told = own(torch.tensor(task.inputs()[:steps], dtype=torch.float64))[0]
    counts = np.flatnonzero(task.scored[:steps]) if back.at is None else [back.at]
    told, target = told[counts], torch.tensor(task.y[counts])
    if task.of_numbers:
        losses = torch.nn.functional.mse_loss(told, target.double(), reduction="none").mean(-1)
    else:
        losses = torch.nn.functional.cross_entropy(told, target, reduction="none")
    (losses.sum() * back.share).backward()
    found = [
        float(np.abs(p.grad.numpy() - back.gradients[name]).max())
        for name, p in own.named_parameters()
        if p.grad is not None
    ]
    return float(np.max(found))
