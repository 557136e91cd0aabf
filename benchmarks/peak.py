"""How near the kernels come to what the machine's arithmetic units can do at most."""

import time

import numpy as np
from numba import njit

from lstmviz.fused.vector import fma, lanes, load, store

ROUNDS = 2_000_000
GATES = {"rnn": 1, "rnn_relu": 1, "gru": 3, "lstm": 4}
# Multiplications and additions of one evaluation, counted in functions.py: clamping, rounding and bit work left out.
EXP, TANH, LOG = 21, 28, 20
SIGMOID = EXP + 2


@njit(nogil=True)
def _multiply_add(a, rounds):
    """Twelve independent chains of fused multiply-adds: enough to keep two units busy through their latency."""
    m = load(a, 0)
    s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11 = m, m, m, m, m, m, m, m, m, m, m, m
    for _ in range(rounds):
        s0, s1, s2, s3 = fma(s0, m, m), fma(s1, m, m), fma(s2, m, m), fma(s3, m, m)
        s4, s5, s6, s7 = fma(s4, m, m), fma(s5, m, m), fma(s6, m, m), fma(s7, m, m)
        s8, s9, s10, s11 = fma(s8, m, m), fma(s9, m, m), fma(s10, m, m), fma(s11, m, m)
    store(a, 1, s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11)


def peak_flops() -> float:
    """Floating-point operations a second of one core, float32: the best of five runs of nothing but multiply-adds."""
    a = np.full((2, lanes(4)), 0.5, np.float32)
    best = np.inf
    for _ in range(6):
        began = time.perf_counter()
        _multiply_add(a, ROUNDS)
        best = min(best, time.perf_counter() - began)
    return ROUNDS * 12 * 2 * lanes(4) / best


def epoch_flops(cell: str, letters: int, hidden_size: int, steps: int) -> int:
    """Floating-point operations of one epoch of one model: forward, head, backward and weight gradients."""
    V, H, G = letters, hidden_size, GATES[cell] * hidden_size
    activations = {
        "rnn": TANH,
        "rnn_relu": 1,
        "gru": 2 * SIGMOID + TANH + 5,
        "lstm": 3 * SIGMOID + 2 * TANH + 4,
    }[cell]
    derivatives = {"rnn": 4, "rnn_relu": 1, "gru": 17, "lstm": 20}[cell]
    forward = 2 * G * H + activations * H
    head = 2 * V * H + V * (EXP + 4) + LOG // 16 + 2 * V * H
    backward = derivatives * H + 2 * G * H
    gradients = 2 * G * H + G + 2 * V * H + V
    return steps * (forward + head + backward + gradients)
