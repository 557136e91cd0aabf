"""Which way the vectors run: along the networks side by side (`Batch`), or along the units of one (`units.Network`)."""

UNITS_FROM = 16
"""Hidden units from which on they run along the units.

Measured (`python -m benchmarks.units`): alone, a network is faster along its units from 2 or 3 on. 16 side by side are
faster along the networks up to 12 units or so, from 16 to some 28 about as fast either way (the RNN half as fast along
its units at 16), and along their units from 32 on. One rule for both, so that a network trains to
the same bits alone and in a crowd.
"""
MAX_LETTERS_SIDE_BY_SIDE = 64


def along_units(hidden_size: int, letters: int = 1, layers: int = 1) -> bool:
    """Whether such a network is trained with the vectors along its units."""
    return hidden_size >= UNITS_FROM or letters > MAX_LETTERS_SIDE_BY_SIDE or layers > 1
