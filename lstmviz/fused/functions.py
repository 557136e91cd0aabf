"""exp, log, tanh and the logistic function of a vector, without branches, so that every lane does the same work.

The tests hold them to 50-digit arithmetic: within 3e-7 (float32) and 1e-15 (float64), relative for exp and sigmoid,
absolute for tanh, which is about what torch's own kernels reach.
"""

from math import factorial
from typing import Any

from numba import njit
from numba.core.extending import overload

from lstmviz.fused.vector import FLOAT32, clamp, exponent, fma, polynomial, power_of_two, round_to_integer

LOG2_E = 1.4426950408889634
# ln 2 in two parts: the first has so few bits that n * LN2_HIGH is exact.
LN2_HIGH, LN2_LOW = 0.693145751953125, 1.4286068203094172321e-06

_exp32 = polynomial(*(1 / factorial(k) for k in range(8)))
_exp64 = polynomial(*(1 / factorial(k) for k in range(14)))
_atanh32 = polynomial(*(2 / (2 * k + 1) for k in range(5)))
_atanh64 = polynomial(*(2 / (2 * k + 1) for k in range(12)))
# tanh(x) = x P(x^2) / Q(x^2) up to the limit: the coefficients of Eigen's float tanh. The limit is where the quotient
# rounds to 1, and no smaller one will do: a saturated unit that stops short of 1 keeps a gradient that it does not
# have, and Adam, which scales every gradient to the same size, makes of it a drift over thousands of epochs.
TANH_LIMIT = 7.99881172180175781
_tanh_p = polynomial(
    4.89352455891786e-03,
    6.37261928875436e-04,
    1.48572235717979e-05,
    5.12229709037114e-08,
    -8.60467152213735e-11,
    2.00018790482477e-13,
    -2.76076847742355e-16,
)
_tanh_q = polynomial(4.89352518554385e-03, 2.26843463243900e-03, 1.18534705686654e-04, 1.19825839466702e-06)


def exp(x: Any) -> Any:
    """e**x in each lane (jitted code only); arguments below -87 (float64: -708) count as that, NaN stays NaN."""
    raise TypeError("`exp` works on vectors, inside jitted code.")


def log(x: Any) -> Any:
    """The natural logarithm in each lane, for normal x > 0 (jitted code only)."""
    raise TypeError("`log` works on vectors, inside jitted code.")


def tanh(x: Any) -> Any:
    """Tanh in each lane (jitted code only)."""
    raise TypeError("`tanh` works on vectors, inside jitted code.")


# LLVM weighs each call before it inlines it, and here it must not decide against it: a call spills every register.
# Nor may numba count references to the arrays: in the innermost loops that took four fifths of the RNN's backward pass.
INLINE = {"forceinline": True, "_nrt": False}


@overload(exp, jit_options=INLINE)
def _exp(x):
    series, low, high = (_exp32, -87.0, 88.0) if x == FLOAT32 else (_exp64, -708.0, 709.0)

    def impl(x):
        x = clamp(x, low, high)
        n = round_to_integer(x * LOG2_E)
        r = fma(n, -LN2_LOW, fma(n, -LN2_HIGH, x))
        return series(r) * power_of_two(n)

    return impl


@overload(log, jit_options=INLINE)
def _log(x):
    series = _atanh32 if x == FLOAT32 else _atanh64

    def impl(x):
        # x = 2^n m with m in [0.7, 1.42], and log m = 2 atanh((m - 1) / (m + 1)).
        n = exponent(x * 1.4142135623730951)
        m = x * power_of_two(-1.0 * n)
        z = (m - 1.0) / (m + 1.0)
        # x - x is 0, or NaN where x is inf or NaN, whose bits the lines above took for a number.
        return fma(n, LN2_HIGH, fma(n, LN2_LOW, z * series(z * z))) + (x - x)

    return impl


@overload(tanh, jit_options=INLINE)
def _tanh(x):
    if x == FLOAT32:

        def impl(x):
            x = clamp(x, -TANH_LIMIT, TANH_LIMIT)
            square = x * x
            return x * _tanh_p(square) / _tanh_q(square)

    else:

        def impl(x):
            return 1.0 - 2.0 / (exp(2.0 * clamp(x, -20.0, 20.0)) + 1.0)

    return impl


@njit(**INLINE)
def sigmoid(x):
    """1 / (1 + e**-x) in each lane; not 0.5 + 0.5 tanh(x / 2), whose small values are inexact."""
    return 1.0 / (1.0 + exp(-1.0 * x))
