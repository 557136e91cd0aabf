"""Products of rows of numbers with matrices, the rows' results along the vector, and the sums that gradients are.

A matrix lies in panels of up to four vectors: all its rows in the first 64 (float64: 32) columns, then all its rows in
the next, so that whatever its size it is read as it lies. Everything is in one memory `m`, beside whole numbers in `q`.
"""

from numba import njit

from lstmviz.fused.functions import INLINE
from lstmviz.fused.units.tiles import (
    PANEL,
    STEP,
    four_1,
    four_4,
    one_1,
    one_4,
    outer_four,
    outer_one,
    outer_three,
    outer_two,
    three_1,
    three_4,
    two_1,
    two_4,
)
from lstmviz.fused.vector import fill, load, store


@njit(**INLINE)
def multiply_row(m, q, matrix, groups, n, width, total, b, b_group, init, which, out):
    """One row of `multiply`, without a call."""
    for v in range(0, total, width):
        here, wide = matrix + v * groups * n, min(width, total - v)
        if wide == 4:
            four_1(m, q, here, groups, n, b, 0, b_group, init + v, which, out + v, total)
        elif wide == 3:
            three_1(m, q, here, groups, n, b, 0, b_group, init + v, which, out + v, total)
        elif wide == 2:
            two_1(m, q, here, groups, n, b, 0, b_group, init + v, which, out + v, total)
        else:
            one_1(m, q, here, groups, n, b, 0, b_group, init + v, which, out + v, total)


@njit(_nrt=False)
def multiply_panel(m, q, here, groups, n, wide, total, b, b_row, b_group, given, which, out, count):
    """`multiply` with one panel, which begins at `here`; `given` and `out` are those of its first column."""
    end = count - count % 4
    for r in range(0, end, 4):
        start, row, to = b + r * b_row, which + r, out + r * total
        if wide == 4:
            four_4(m, q, here, groups, n, start, b_row, b_group, given, row, to, total)
        elif wide == 3:
            three_4(m, q, here, groups, n, start, b_row, b_group, given, row, to, total)
        elif wide == 2:
            two_4(m, q, here, groups, n, start, b_row, b_group, given, row, to, total)
        else:
            one_4(m, q, here, groups, n, start, b_row, b_group, given, row, to, total)
    for r in range(end, count):
        start, row, to = b + r * b_row, which + r, out + r * total
        if wide == 4:
            four_1(m, q, here, groups, n, start, 0, b_group, given, row, to, total)
        elif wide == 3:
            three_1(m, q, here, groups, n, start, 0, b_group, given, row, to, total)
        elif wide == 2:
            two_1(m, q, here, groups, n, start, 0, b_group, given, row, to, total)
        else:
            one_1(m, q, here, groups, n, start, 0, b_group, given, row, to, total)


@njit(_nrt=False)
def multiply(m, q, matrix, groups, n, width, total, b, b_row, b_group, init, which, out, count):
    """out[r] = init[q[which + r]] + b[r] times the matrix, for `count` rows r of `total` vectors each.

    The matrix has panels of `width` vectors, `groups` times `n` rows, n a multiple of 4. b is counted in numbers, row r
    at b + r * b_row, those of a group at g * b_group within it; matrix, init and out in vectors.
    """
    for v in range(0, total, width):
        here, wide = matrix + v * groups * n, min(width, total - v)
        multiply_panel(m, q, here, groups, n, wide, total, b, b_row, b_group, init + v, which, out + v, count)


@njit(_nrt=False)
def outer_panel(m, here, groups, n, wide, d, d_row, d_group, x, x_row, count):
    """`add_outer` for one panel, which begins at `here`; `x` is that of its first column."""
    for g in range(groups):
        for j in range(0, n, STEP):
            place, there = here + (g * n + j) * wide, d + g * d_group + j
            if wide == 4:
                outer_four(m, place, there, d_row, x, x_row, count)
            elif wide == 3:
                outer_three(m, place, there, d_row, x, x_row, count)
            elif wide == 2:
                outer_two(m, place, there, d_row, x, x_row, count)
            else:
                outer_one(m, place, there, d_row, x, x_row, count)


@njit(_nrt=False)
def add_outer(m, matrix, groups, n, total, d, d_row, d_group, x, count):
    """matrix[g, j] += sum over rows r < count of d[r, g, j] * x[r], for a matrix of `total` vectors, in panels of 4.

    d is counted in numbers, as `b` in `multiply`; x in vectors, `total` a row.
    """
    for v in range(0, total, PANEL):
        wide = min(PANEL, total - v)
        outer_panel(m, matrix + v * groups * n, groups, n, wide, d, d_row, d_group, x + v, total, count)


@njit(_nrt=False)
def add_columns(m, target, rows, total, count):
    """target[v] += the sum of `count` rows of `total` vectors, in four parts."""
    end = count - count % 4
    for v in range(total):
        a, b, c, d = load(m, target + v), fill(m, 0.0), fill(m, 0.0), fill(m, 0.0)
        for r in range(rows + v, rows + v + end * total, 4 * total):
            a = a + load(m, r)
            b = b + load(m, r + total)
            c = c + load(m, r + 2 * total)
            d = d + load(m, r + 3 * total)
        for r in range(end, count):
            a = a + load(m, rows + r * total + v)
        store(m, target + v, (a + b) + (c + d))
