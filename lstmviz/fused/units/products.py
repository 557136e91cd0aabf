"""Products of rows of numbers with matrices, the rows' results along the vector, and the sums that gradients are.

A matrix lies in panels of up to four vectors: all its rows in the first 64 (float64: 32) columns, then all its rows in
the next, so that whatever its size it is read as it lies. A tile is what fits into the registers: four rows of numbers
times a panel, or one row, whose sum is then cut in four parts, since an addition waits four cycles for the one before.
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
)  # fmt: skip


@njit(**INLINE)
def multiply_row(m, at, groups, n, total, b, b_at, b_group, init, init_at, which, row, out, out_at):
    """`out` = init[which[row]] + b times the matrix, a row of `total` vectors; see `multiply`, here without a call."""
    for v in range(0, total, PANEL):
        here, wide, given = at + v * groups * n, min(PANEL, total - v), init_at + v
        if wide == 4:
            four_1(m, here, groups, n, b, b_at, 0, b_group, init, which, row, total, given, out, out_at + v, 0)
        elif wide == 3:
            three_1(m, here, groups, n, b, b_at, 0, b_group, init, which, row, total, given, out, out_at + v, 0)
        elif wide == 2:
            two_1(m, here, groups, n, b, b_at, 0, b_group, init, which, row, total, given, out, out_at + v, 0)
        else:
            one_1(m, here, groups, n, b, b_at, 0, b_group, init, which, row, total, given, out, out_at + v, 0)


@njit(_nrt=False)
def multiply(m, at, groups, n, width, total, b, b_at, b_row, b_group, init, init_at, which, first, out, out_at, count):
    """out[r] = init[which[first + r]] + b[r] times the matrix, for `count` rows r of `total` vectors each.

    m, at: the matrix, in panels of `width` vectors, `groups` times `n` rows, n a multiple of 4. b, b_at: the numbers,
    row r at b_at + r * b_row, those of a group at g * b_group within it. init, init_at, out, out_at: vector rows.
    """
    for v in range(0, total, width):
        here, end, wide, given = at + v * groups * n, count - count % 4, min(width, total - v), init_at + v
        for r in range(0, end, 4):
            start, row, to = b_at + r * b_row, first + r, out_at + r * total + v
            if wide == 4:
                four_4(
                    m, here, groups, n, b, start, b_row, b_group, init, which, row, total, given, out, to, total
                )  # fmt: skip
            elif wide == 3:
                three_4(
                    m, here, groups, n, b, start, b_row, b_group, init, which, row, total, given, out, to, total
                )  # fmt: skip
            elif wide == 2:
                two_4(m, here, groups, n, b, start, b_row, b_group, init, which, row, total, given, out, to, total)
            else:
                one_4(m, here, groups, n, b, start, b_row, b_group, init, which, row, total, given, out, to, total)
        for r in range(end, count):
            start, row, to = b_at + r * b_row, first + r, out_at + r * total + v
            if wide == 4:
                four_1(m, here, groups, n, b, start, 0, b_group, init, which, row, total, given, out, to, 0)
            elif wide == 3:
                three_1(m, here, groups, n, b, start, 0, b_group, init, which, row, total, given, out, to, 0)
            elif wide == 2:
                two_1(m, here, groups, n, b, start, 0, b_group, init, which, row, total, given, out, to, 0)
            else:
                one_1(m, here, groups, n, b, start, 0, b_group, init, which, row, total, given, out, to, 0)


@njit(_nrt=False)
def add_outer(m, at, groups, n, total, d, d_at, d_row, d_group, x, x_at, count):
    """m[g, j] += sum over rows r < count of d[r, g, j] * x[r], for a matrix of `total` vectors a row, in panels of 4.

    d, d_at: numbers, as `b` in `multiply`; x, x_at: vector rows, `total` each.
    """
    for v in range(0, total, PANEL):
        wide = min(PANEL, total - v)
        for g in range(groups):
            for j in range(0, n, STEP):
                here = at + v * groups * n + (g * n + j) * wide
                there = d_at + g * d_group + j
                if wide == 4:
                    outer_four(m, here, d, there, d_row, x, x_at + v, total, count)
                elif wide == 3:
                    outer_three(m, here, d, there, d_row, x, x_at + v, total, count)
                elif wide == 2:
                    outer_two(m, here, d, there, d_row, x, x_at + v, total, count)
                else:
                    outer_one(m, here, d, there, d_row, x, x_at + v, total, count)
