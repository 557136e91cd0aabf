"""The examples of a task as torch learns from them: tensors, in batches."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from lstmviz.models import Model
from lstmviz.tasks import Examples, Task


@dataclass(frozen=True, eq=False)
class Batch:
    """Some sequences, with the time first; one alone has no axis N.

    Steps are counted through the batch: step t of sequence n is number t * N + n.
    """

    x: Tensor
    """(T, V) or (T, N, V)"""
    y: Tensor
    """(T * N,) or (T * N, P)"""
    scored: Tensor | None
    """the numbers of the steps that are learned from; None where all are"""
    held_out: Tensor | None
    """the numbers of those that are asked, but not learned from; None where there are none"""
    legal: Tensor | None
    """(T * N, V)"""
    lengths: Tensor | None
    """(N,) where the sequences are not all of one length"""
    tolerance: float | None
    """of a task that tells numbers"""


class Lessons:
    """The batches of a task's epochs.

    An epoch holds what `task.examples` says. They are one batch, or are cut into batches of `batch_size`, in an order
    that the number of the epoch and the model's seed decide.

    Attributes:
        whole: whether an epoch is one update, from all that it holds.
    """

    def __init__(self, task: Task, batch_size: int | None, held_out: float) -> None:
        self._task, self._size, self._share = task, batch_size, held_out
        self._kept: tuple[object, Batch] | None = None
        self.whole = batch_size is None or batch_size >= len(_learned(task.examples(0, held_out)))

    def all_of(self, epoch: int, model: Model) -> Batch:
        """All that the epoch holds, in the precision and on the device of `model`."""
        like = next(model.parameters())
        key = (None if self._task.fixed else epoch, like.dtype, like.device)
        if self._kept is None or self._kept[0] != key:
            self._kept = key, batch_of(self._task, self._task.examples(epoch, self._share), like)
        return self._kept[1]

    def batches(self, epoch: int, model: Model) -> Iterator[Batch]:
        """What the updates of the epoch learn from, one after the other."""
        if self.whole:
            yield self.all_of(epoch, model)
            return
        assert self._size is not None
        examples = self._task.examples(epoch, self._share)
        order = np.random.default_rng((model.config.seed, epoch)).permutation(_learned(examples))
        for start in range(0, len(order), self._size):
            yield batch_of(self._task, examples.rows(order[start : start + self._size]), next(model.parameters()))


def _learned(examples: Examples) -> NDArray[np.intp]:
    """The sequences from which something is learned."""
    return np.flatnonzero(examples.scored.any(axis=1))


def batch_of(task: Task, examples: Examples, like: Tensor) -> Batch:
    """Sequences as torch reads them, in the precision and on the device of `like`."""
    device = like.device
    inputs = torch.tensor(examples.inputs.swapaxes(0, 1), device=device)
    x = (nn.functional.one_hot(inputs, task.input_size) if task.alphabet else inputs).to(like.dtype)
    if len(examples.inputs) == 1:
        x = x[:, 0]

    def flat(array: NDArray[np.generic]) -> Tensor:
        return torch.tensor(array.swapaxes(0, 1), device=device).flatten(0, 1)

    y = flat(examples.targets)
    return Batch(
        x=x,
        y=y.to(like.dtype) if task.of_numbers else y,
        scored=None if examples.scored.all() else flat(examples.scored).nonzero()[:, 0],
        held_out=None if examples.held_out is None else flat(examples.held_out).nonzero()[:, 0],
        legal=None if examples.legal is None else flat(examples.legal),
        lengths=None if (examples.lengths == len(x)).all() else torch.tensor(examples.lengths),
        tolerance=task.tolerance,
    )


def told(model: Model, batch: Batch) -> Tensor:
    """What `model` says after each step, (T, V) or (T, N, V).

    What comes after the end of a shorter sequence is read forwards only behind all that counts; a network that reads
    both ways is given each sequence to its own end.
    """
    if batch.lengths is None or not model.config.bidirectional:
        logits: Tensor = model(batch.x)[0]
        return logits
    said: PackedSequence = model(pack_padded_sequence(batch.x, batch.lengths, enforce_sorted=False))[0]
    return pad_packed_sequence(said)[0]


def loss_of(batch: Batch, logits: Tensor, reduction: str, steps: Tensor | None = None) -> Tensor:
    """Cross entropy, or for numbers squared error, over `steps`, those learned from if left out.

    The mean is taken over the steps, for numbers over all numbers of them, as torch does.
    """
    chosen = batch.scored if steps is None else steps
    logits, y = _at(logits.flatten(0, -2), chosen), _at(batch.y, chosen)
    loss = nn.functional.cross_entropy if batch.tolerance is None else nn.functional.mse_loss
    return loss(logits, y, reduction=reduction)


def right_steps(batch: Batch, logits: Tensor) -> Tensor:
    """Of the steps learned from, which are right, as `lstmviz.predictions.outcome.Outcome` has it."""
    logits, y = _at(logits.flatten(0, -2), batch.scored), _at(batch.y, batch.scored)
    if batch.tolerance is not None:
        return (logits - y).abs().amax(1) <= batch.tolerance
    if batch.legal is None:
        return logits.argmax(1) == y
    legal = _at(batch.legal, batch.scored)
    return logits.masked_fill(~legal, torch.inf).amin(1) > logits.masked_fill(legal, -torch.inf).amax(1)


def _at(rows: Tensor, steps: Tensor | None) -> Tensor:
    return rows if steps is None else rows[steps]
