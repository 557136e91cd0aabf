"""exp, tanh and the logistic function along the units against numpy's in extended precision, on all of float32."""

import os
import subprocess
import sys

import numpy as np
import pytest
from numba import njit

from lstmviz.fused import lanes
from lstmviz.fused.units.curves import exp, sigmoid, tanh
from lstmviz.fused.vector import load, store


@njit
def _apply(function, x, y):
    for row in range(x.shape[0]):
        v = load(x, row)
        if function == 0:
            store(y, row, exp(v))
        elif function == 1:
            store(y, row, tanh(v))
        else:
            store(y, row, sigmoid(v))


EXACT = {"exp": np.exp, "tanh": np.tanh, "sigmoid": lambda x: 1 / (1 + np.exp(-x))}


def evaluate(name, values):
    width = lanes(values.itemsize)
    x = np.resize(values, (-(-len(values) // width), width))
    y = np.empty_like(x)
    _apply(list(EXACT).index(name), x, y)
    return y.ravel()[: len(values)]


def all_over(largest, count=1_000_000):
    """Numbers of both signs and of every size up to `largest`, as far apart from each other as float32 has them."""
    bits = np.linspace(0, np.float32(largest).view(np.uint32), count).astype(np.uint32)
    sizes = bits.view(np.float32)
    return np.concatenate([sizes, -sizes])


@pytest.mark.parametrize(
    ("name", "largest", "tolerance"), [("exp", 80, 1.5e-7), ("sigmoid", 80, 2e-7), ("tanh", 30, 3e-7)]
)
def test_float32_is_right_to_rounding_relative_to_the_value(name, largest, tolerance):
    x = all_over(largest)
    exact = EXACT[name](x.astype(np.longdouble))
    assert (np.abs(evaluate(name, x) - exact) <= tolerance * np.abs(exact)).all()


def test_tanh_is_closer_than_side_by_side_and_never_beyond_one():
    x = all_over(30)
    y = evaluate("tanh", x)
    error = np.abs(y - np.tanh(x.astype(np.longdouble)))
    assert error.max() < 3e-7
    assert error[np.abs(x) < 8].max() < 1.5e-7
    assert np.abs(y).max() == 1
    np.testing.assert_array_equal(y, -evaluate("tanh", -x))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_saturation_and_what_is_no_number(dtype):
    far = np.array([9.02 if dtype == np.float32 else 20.0, 1e4, np.inf], dtype)
    np.testing.assert_array_equal(evaluate("tanh", far), 1)  # anything less leaves a gradient that there is not
    np.testing.assert_array_equal(evaluate("tanh", -far), -1)
    gates = evaluate("sigmoid", np.array([-np.inf, -1e4, -100, 100, 1e4, np.inf], dtype))
    assert (gates[:3] < 1e-30).all()
    np.testing.assert_array_equal(gates[3:], 1)
    for name in EXACT:
        assert np.isnan(evaluate(name, np.array([np.nan], dtype))).all()


_ELSEWHERE = """
import numpy as np
from numba import njit
from lstmviz.fused import functions, lookup
from lstmviz.fused.units import curves
from lstmviz.fused.vector import load, store

@njit
def both(x, y):
    store(y, 0, curves.tanh(load(x, 0)))
    store(y, 1, functions.tanh(load(x, 0)))
    store(y, 2, curves.sigmoid(load(x, 0)))
    store(y, 3, functions.sigmoid(load(x, 0)))

assert not lookup.is_here()
y = np.empty((4, 16), np.float32)
both(np.linspace(-9, 9, 16, dtype=np.float32)[None], y)
print((y[0] == y[1]).all(), (y[2] == y[3]).all(), abs(y[0] - np.tanh(np.linspace(-9, 9, 16))).max() < 3e-7)
"""


def test_a_processor_without_the_instructions_has_the_functions_of_networks_side_by_side():
    run = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE],
        env={**os.environ, "NUMBA_ENABLE_AVX": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.split() == ["True", "True", "True"], run.stderr


def test_float64_has_them_too():
    x = np.linspace(-30, 30, 1001)
    for name in EXACT:
        np.testing.assert_allclose(evaluate(name, x), EXACT[name](x.astype(np.longdouble)), rtol=1e-14, atol=1e-15)
