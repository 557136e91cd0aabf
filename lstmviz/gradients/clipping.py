"""Exploding, and what clipping does about it: the norm of the whole gradient as the recurrent weights grow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from torch import nn

from lstmviz.base.checks import one_of, real_number
from lstmviz.cells.step import Array
from lstmviz.gradients.backward import back_through, parameter_gradients
from lstmviz.gradients.forward import networks_of, read
from lstmviz.gradients.through_time import MAX_GAIN
from lstmviz.statemap import StateMap
from lstmviz.tasks import Task

MAX_NORM = 1e9
_TORCH_EPS = 1e-6  # what clip_grad_norm_ adds to the norm before it divides


@dataclass(frozen=True, eq=False)
class Clipping:
    """The gradient of a network's loss over a whole sequence, at E gains of its recurrent weights, and clipped.

    The rule is that of torch.nn.utils.clip_grad_norm_ (Pascanu, Mikolov & Bengio 2013): every number of the gradient is
    multiplied by min(1, max_norm / (norm + 1e-6)). It changes the length, never the direction.
    """

    max_norm: float
    """the norm it is clipped to, above 0"""
    gains: Array
    """(E,) by which the recurrent weights were multiplied"""
    loss: Array
    """(E,) of all asked steps; NaN where the network's numbers are not finite"""
    norm: Array
    """(E,) the norm of all parameters' gradient as one vector; inf or NaN where float64 cannot hold it"""
    factor: Array
    """(E,) what clipping multiplies it by, 0 to 1; NaN where `norm` is"""
    clipped: Array
    """(E,) the norm after; NaN where `norm` is not finite, as torch's is then"""
    by_parameter: Mapping[str, Array]
    """(E,) the norm of each parameter's own gradient before, by its name in `state_dict`"""

    def to(self, max_norm: float) -> "Clipping":
        """The same gradient clipped to another norm, above 0 and at most 1e9.

        Raises:
            ValueError: `max_norm` is out of range.
        """
        max_norm = real_number("max_norm", max_norm, 0.0, MAX_NORM, above=True)
        factor, clipped = _clip(self.norm, max_norm)
        return replace(self, max_norm=max_norm, factor=factor, clipped=clipped)


def clip_norms(
    model: nn.Module | StateMap,
    task: Task,
    *,
    max_norm: float = 1.0,
    gains: Sequence[float] = (1.0,),
    loss: str = "mean",
) -> Clipping:
    """The norm of the gradient at each of `gains`, and what clipping to `max_norm` makes of it.

    Args:
        model: a `Model` of one direction and any number of layers, or its `StateMap`.
        task: what is asked of it; its face is read, all of it.
        max_norm: above 0, at most 1e9.
        gains: at least one, each 0 to `MAX_GAIN`.
        loss: the "mean" over the asked steps, or their "sum".

    Raises:
        TypeError: as `gradients_through_time`.
        ValueError: a number is out of range, there are no gains, or as `gradients_through_time`.
    """
    max_norm = real_number("max_norm", max_norm, 0.0, MAX_NORM, above=True)
    factors = [real_number("gains", gain, 0.0, MAX_GAIN) for gain in gains]
    if not factors:
        raise ValueError("`gains` must hold at least one gain; got none.")
    mean = one_of("loss", loss, ("mean", "sum")) == "mean"
    run = read(networks_of(model, task, factors), task, len(task.x))
    share = 1 / int(task.scored.sum()) if mean else 1.0
    error = run.error * share
    gradients = parameter_gradients(run, back_through(run, error), error)
    with np.errstate(all="ignore"):
        norms = {
            name: np.broadcast_to(np.linalg.norm(g.reshape(len(g), -1), axis=-1), (len(factors),))
            for name, g in gradients.items()
        }
        norm = np.linalg.norm(np.array(list(norms.values())), axis=0)
        total = run.loss[run.asked].sum(axis=0) * share
    factor, clipped = _clip(norm, max_norm)
    return Clipping(max_norm, np.array(factors), total, norm, factor, clipped, norms)


def _clip(norm: Array, max_norm: float) -> tuple[Array, Array]:
    """The factor for each norm, and the norms after."""
    with np.errstate(all="ignore"):
        factor = np.minimum(1.0, max_norm / (norm + _TORCH_EPS))
        return factor, np.where(np.isfinite(norm), norm * factor, np.nan)
