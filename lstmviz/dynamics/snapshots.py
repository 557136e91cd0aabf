"""The maps of all snapshots of a training at once."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lstmviz.cells import Array
from lstmviz.models import check_parameters
from lstmviz.statemap import StateMap
from lstmviz.tracing.following import named_weights, shape_of
from lstmviz.tracing.given import parts_of


def stacked_map(model: nn.Module, snapshots: Sequence[Mapping[str, Array]]) -> tuple[StateMap, NDArray[np.bool_]]:
    """The map under E snapshots of the weights, which lead with an axis of E; and (E,) whether they are all finite.

    Weights that are not finite are set to 0, so that nothing overflows where nothing will be looked at.

    Raises:
        TypeError: as `trace`.
        ValueError: there is no snapshot, one does not fit the model, or as `state_map`.
    """
    layer, _ = parts_of(model)
    if layer.bidirectional:
        raise ValueError(
            "`model` must read in one direction: read both ways, it has no state that decides the next one."
        )
    if not snapshots:
        raise ValueError("`snapshots` must hold at least one set of weights; got none.")
    check_parameters(model, *snapshots)
    stacked = {name: np.stack([snapshot[name] for snapshot in snapshots]).astype(float) for name in snapshots[0]}
    own = {name.removeprefix("recurrent."): array for name, array in stacked.items() if not name.startswith("head.")}
    finite = np.all([np.isfinite(a).reshape(len(a), -1).all(axis=-1) for a in stacked.values()], axis=0)
    own = {name: np.where(finite.reshape(-1, *[1] * (a.ndim - 1)), a, 0.0) for name, a in own.items()}
    shape = shape_of(layer)
    return StateMap(shape.cell, tuple(named_weights(shape, own)), None), finite
