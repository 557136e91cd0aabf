"""exp, tanh and the logistic function of float32 vectors where one step waits for them: short, by tables.

The recurrence of one network waits for its tanh at every step. The quotient of two polynomials takes 68 cycles from
what goes in to what comes out; one polynomial of degree 5, one of 30 looked up by the exponent of |x| and the two bits
behind it, takes 33 and is closer. Where the processor has no such look-up, and in float64, the functions are those of
`fused/functions.py`; networks side by side always have those, since they wait for no single lane.
"""

from typing import Any

import numpy as np
from numba.core.extending import overload
from numpy.polynomial import Chebyshev, Polynomial

from lstmviz.fused import functions
from lstmviz.fused.functions import INLINE, LN2_HIGH, LN2_LOW, LOG2_E
from lstmviz.fused.lookup import (
    ENTRIES,
    about_reciprocal,
    is_here,
    magnitude,
    places,
    table,
    times_power_of_two,
    with_sign_of,
)
from lstmviz.fused.vector import FLOAT32, clamp, fma, minimum

_DROPPED = 21
"""bits of a float32 behind its exponent and the two that follow"""
_FLAT = 8.0
"""from here on tanh is 1, as that of networks side by side; a last piece would stop short of 1 or go beyond"""


def _place(x: float) -> int:
    return int(np.float32(x).view(np.uint32)) >> _DROPPED


_LOWEST, _HIGHEST = _place(2**-4) - 1, _place(_FLAT)


def _tanh_piece(place: int) -> tuple[float, list[float]]:
    """The middle of the piece, and six coefficients of a polynomial in what x is off it."""
    begin, end = (float(np.uint32(k << _DROPPED).view(np.float32)) for k in (place, place + 1))
    if place == _HIGHEST:
        return _FLAT, [1.0, 0, 0, 0, 0, 0]
    if place == _LOWEST:  # all that is smaller too, so that tanh of next to nothing is exactly that
        series = Chebyshev.interpolate(lambda s: (np.tanh(s**0.5) / s**0.5 - 1) / s, 1, domain=[0, end**2])
        third, fifth = series.convert(kind=Polynomial).coef
        return 0.0, [0, 1.0, 0, third, 0, fifth]
    middle, half = (begin + end) / 2, (end - begin) / 2
    piece = Chebyshev.interpolate(lambda t: np.tanh(middle + t), 5, domain=[-half, half])
    return middle, piece.convert(kind=Polynomial).coef.tolist()


def _tanh_tables() -> list[Any]:
    """Tables of the middles and of the coefficients, by the last five bits of a place."""
    numbers = np.zeros((7, ENTRIES))
    for place in range(_LOWEST, _HIGHEST + 1):
        middle, coefficients = _tanh_piece(place)
        numbers[:, place % ENTRIES] = [middle, *coefficients]
    return [table(*row) for row in numbers.tolist()]


_tanh_place = places(_LOWEST, _HIGHEST, _DROPPED)
_middle, _c0, _c1, _c2, _c3, _c4, _c5 = _tanh_tables()
_root = table(*(2.0 ** (k / ENTRIES) for k in range(ENTRIES)))
_MAGIC = 1.5 * 2.0**23
"""added to a small number it leaves its integer in the last bits"""


def exp(x: Any) -> Any:
    """e**x in each lane (jitted code only); arguments below -87 (float64: -708) count as that, NaN stays NaN."""
    raise TypeError("`exp` works on vectors, inside jitted code.")


def tanh(x: Any) -> Any:
    """Tanh in each lane (jitted code only)."""
    raise TypeError("`tanh` works on vectors, inside jitted code.")


def sigmoid(x: Any) -> Any:
    """1 / (1 + e**-x) in each lane (jitted code only)."""
    raise TypeError("`sigmoid` works on vectors, inside jitted code.")


def _by_table(x: Any) -> bool:
    return bool(x == FLOAT32) and is_here()


@overload(exp, jit_options=INLINE)
def _exp(x):
    if not _by_table(x):
        return lambda x: functions.exp(x)

    def impl(x):
        # x = (32 n + k) ln 2 / 32 + r, and e**x = 2**n 2**(k / 32) e**r.
        x = clamp(x, -87.0, 88.0)
        place = fma(x, 32.0 * LOG2_E, _MAGIC)
        whole = place - _MAGIC
        r = fma(whole, -LN2_LOW / 32.0, fma(whole, -LN2_HIGH / 32.0, x))
        root = _root(place)
        grown = fma(r * r, fma(r, 1.0 / 6.0, 0.5), r)
        return times_power_of_two(fma(root, grown, root), place)

    return impl


@overload(tanh, jit_options=INLINE)
def _tanh(x):
    if not _by_table(x):
        return lambda x: functions.tanh(x)

    def impl(x):
        place = _tanh_place(x)
        t = minimum(_FLAT, magnitude(x)) - _middle(place)  # NaN stays NaN
        square = t * t
        last, middle = fma(t, _c5(place), _c4(place)), fma(t, _c3(place), _c2(place))
        return with_sign_of(fma(square, fma(square, last, middle), fma(t, _c1(place), _c0(place))), x)

    return impl


@overload(sigmoid, jit_options=INLINE)
def _sigmoid(x):
    if not _by_table(x):
        return lambda x: functions.sigmoid(x)

    def impl(x):
        below = 1.0 + exp(-1.0 * x)
        about = about_reciprocal(below)
        return fma(fma(-1.0 * below, about, 1.0), about, about)

    return impl
