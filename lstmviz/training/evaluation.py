"""How a trained network does on sequences that it has not learned from."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from lstmviz.base.checks import instance
from lstmviz.models import Model
from lstmviz.tasks import Examples, Task
from lstmviz.training.lessons import batch_of, loss_of, right_steps, told
from lstmviz.training.start import check_sizes


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a network makes of N sequences."""

    loss: float
    """the mean over all that is asked, cross entropy in nats or squared error"""
    accuracy: float
    """share of the steps at which something is asked that are right, 0 to 1"""
    right: NDArray[np.bool_]
    """(N,) the sequences in which every such step is right"""
    lengths: NDArray[np.int64]
    """(N,) their steps"""
    right_steps: NDArray[np.bool_]
    """(N, T) which steps are right; True also where nothing is asked"""


def evaluate(model: Model, task: Task, examples: Examples | None = None) -> Evaluation:
    """Ask `model` what `task` asks in each of `examples`, without dropout; the model is left as it is.

    Right is as in `Outcome`. All sequences are read at once.

    Args:
        model: its `input_size` and `output_size` must be those of `task`.
        task: what is asked.
        examples: sequences of it; `task.tests()` if left out.

    Raises:
        TypeError: `model` or `task` is something else.
        ValueError: they do not fit.
    """
    check_sizes(model, task)
    examples = task.tests() if examples is None else examples
    instance("examples", examples, Examples)
    batch = batch_of(task, examples, next(model.parameters()))
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            logits = told(model, batch)
            loss, right = loss_of(batch, logits, "mean"), right_steps(batch, logits)
    finally:
        model.train(training)
    asked = examples.scored.T
    all_right = ~asked
    all_right[asked] = right.cpu().numpy()
    accuracy = right.double().mean().item()
    return Evaluation(loss.item(), accuracy, np.all(all_right, axis=0), examples.lengths, all_right.T)
