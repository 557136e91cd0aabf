"""Which kernel trains what: `Batch` networks side by side, `Single` and `Network` one along its units."""

UNITS_FROM = 16
"""Hidden units from which on they run along the units, in a crowd too.

Measured (`python -m benchmarks.units`): 16 side by side are faster along the networks up to 12 units or so, from 16 to
some 28 about as fast either way (the RNN half as fast along its units at 16), and along their units from 32 on. One
rule for a network alone and in a crowd, for the two ways add in another order; below, `Single` keeps that of `Batch`.
"""
MAX_LETTERS_SIDE_BY_SIDE = 64


def along_units(hidden_size: int, letters: int = 1, layers: int = 1) -> bool:
    """Whether such a network is trained by `Network`, alone and among others."""
    return hidden_size >= UNITS_FROM or letters > MAX_LETTERS_SIDE_BY_SIDE or layers > 1


def is_single(lanes: int, hidden_size: int, letters: int = 1, layers: int = 1) -> bool:
    """Whether such a network, where it is alone, is trained by `Single`: its units fit a vector of so many lanes."""
    return not along_units(hidden_size, letters, layers) and hidden_size <= lanes
