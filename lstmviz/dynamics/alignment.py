"""Units of one network matched with those of another: seeds number them and choose their signs as they like.

A network whose units are permuted, with h -> -h for some of them and their rows and columns of the weights turned
likewise, is the same function: tanh is odd, so an RNN's h, an LSTM's g, c and h, and a GRU's n and h turn their sign,
while no gate does. A ReLU is not odd: there only the order is free. So before states of several networks are drawn in
one plane, each is turned by the signed permutation that brings it nearest to one of them. It is found exactly: the cost
of a unit does not depend on where the others go, which makes it an assignment problem.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from lstmviz.base.checks import real_number
from lstmviz.cells.step import Array


@dataclass(frozen=True, eq=False)
class Alignment:
    """A network's states, its units in the order and with the signs in which they are nearest to another's."""

    states: Array
    """(P, S), as they were given but for order and signs"""
    permutation: NDArray[Any]
    """(H,) which of its units stands at the place of each unit of the reference"""
    signs: Array
    """(H,) 1, or -1 where that unit is turned"""
    distance: float
    """the root of the mean over the P places of the squared distance that is left; c counts by its scale"""
    nearest: NDArray[Any]
    """(P,) the place of the reference whose state is nearest to that of each place, by the same distance"""

    @property
    def matches(self) -> bool:
        """Whether each place is nearer to the same place of the reference than to any other."""
        return bool((self.nearest == np.arange(len(self.nearest))).all())


def align(reference: Array, states: Array, hidden_size: int, *, signs: bool = True, scale: float = 1.0) -> Alignment:
    """The signed permutation of units that brings the states of a network nearest to those of another.

    Args:
        reference: (P, S) the states of one network at P places of the pattern, as `StateMap` orders them: h, and c
            behind it where there is one.
        states: (P, S) those of another network of the same cell and size at the same places.
        hidden_size: H, of both; S is H or 2 H, and each part is permuted alike.
        signs: whether signs may be turned too: False for a ReLU network.
        scale: what c is divided by before distances are taken, above 0, since it has no bound while h has.

    Raises:
        ValueError: the shapes do not fit each other, a number is not finite, or `scale` is not above 0.
    """
    reference, states = np.asarray(reference, dtype=float), np.asarray(states, dtype=float)
    scale = real_number("scale", scale, 0.0, np.inf, above=True)
    fits = states.ndim == 2 and states.shape == reference.shape and states.size
    if not fits or states.shape[1] not in (hidden_size, 2 * hidden_size):
        raise ValueError(
            f"`reference` and `states` must both have shape (P, {hidden_size}) or (P, {2 * hidden_size}); "
            f"got {reference.shape} and {states.shape}."
        )
    if not (np.isfinite(reference).all() and np.isfinite(states).all()):
        raise ValueError("`reference` and `states` must hold finite numbers only.")
    weights = np.repeat([1.0, 1.0 / scale], hidden_size)[: states.shape[1]]
    # (H, P * parts): all that a unit is at the places.
    own, other = (_by_unit(one * weights, hidden_size) for one in (reference, states))
    squares = (own**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)
    together = own @ other.T
    _, permutation = linear_sum_assignment(squares - 2 * (np.abs(together) if signs else together))
    chosen = together[np.arange(hidden_size), permutation]
    turned = np.where(chosen < 0, -1.0, 1.0) if signs else np.ones(hidden_size)
    parts = states.shape[1] // hidden_size
    aligned = states.reshape(len(states), parts, hidden_size)[:, :, permutation] * turned
    aligned = aligned.reshape(states.shape)
    far = np.linalg.norm((aligned[:, None] - reference) * weights, axis=-1)
    distance = float(np.sqrt((np.diagonal(far) ** 2).mean()))
    return Alignment(aligned, permutation, turned, distance, far.argmin(axis=1))


def _by_unit(states: Array, hidden_size: int) -> Array:
    """(P, S) to (H, P * parts)."""
    return states.reshape(len(states), -1, hidden_size).transpose(2, 0, 1).reshape(hidden_size, -1)
