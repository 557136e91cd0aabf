"""Products with matrices that are read from afar, their panels shared by two threads.

A network of a thousand units reads four megabytes of weights at each step, and one core reads only so much. So the
thread that trains writes each such product on a board, and a helper takes panels from its end while the other takes
them from its beginning, so that each core meets the same weights again at the next step. Every panel is worked out in
the same way whoever takes it, so the bits are those of one thread; and nobody waits for a helper that is not there,
only for a panel that it has begun.
"""

from numba import njit

from lstmviz.fused.atomic import add, look, publish
from lstmviz.fused.units.plan import plan_in
from lstmviz.fused.units.products import add_outer, multiply, multiply_panel, outer_panel
from lstmviz.fused.units.tiles import PANEL

# Places on the board, each on a cache line of its own.
CLAIMS, DONE, STOP, JOB = 8, 16, 24, 32
BOARD = 56
"""Whole numbers that the board takes"""
# A claim is one number: panels taken from the beginning, from the end, and how many there are, 16 bits each.
_ENDS, _COUNT, _MASK = 1 << 16, 1 << 32, (1 << 16) - 1


@njit(_nrt=False)
def _open(claims):
    """How many panels nobody has taken."""
    return (claims >> 32) - (claims & _MASK) - ((claims >> 16) & _MASK)


@njit(_nrt=False)
def _work(m, q, board, v):
    """Work out the panel that begins in column v of the job on the board."""
    j = board + JOB
    outer, matrix, groups, n, width, total = q[j], q[j + 1], q[j + 2], q[j + 3], q[j + 4], q[j + 5]
    numbers, row, group, other, which, out, count = (
        q[j + 6], q[j + 7], q[j + 8], q[j + 9], q[j + 10], q[j + 11], q[j + 12]
    )  # fmt: skip
    here, wide = matrix + v * groups * n, min(width, total - v)
    if outer:
        outer_panel(m, here, groups, n, wide, numbers, row, group, other + v, total, count)
    else:
        multiply_panel(m, q, here, groups, n, wide, total, numbers, row, group, other + v, which, out + v, count)


@njit(_nrt=False)
def _share(m, q, board, outer, matrix, groups, n, width, total, numbers, row, group, other, which, out, count):
    """Write a job on the board, work on it with whoever helps, and return when all of it is done."""
    j, panels = board + JOB, -(-total // width)
    q[j], q[j + 1], q[j + 2], q[j + 3], q[j + 4], q[j + 5] = outer, matrix, groups, n, width, total
    q[j + 6], q[j + 7], q[j + 8], q[j + 9], q[j + 10], q[j + 11] = numbers, row, group, other, which, out
    q[j + 12] = count
    publish(q, board + DONE, 0)
    publish(q, board + CLAIMS, panels * _COUNT)
    mine = 0
    while True:
        claims = add(q, board + CLAIMS, 1)
        if _open(claims) <= 0:
            break
        _work(m, q, board, (claims & _MASK) * width)
        mine += 1
    while look(q, board + DONE) < panels - mine:
        pass


@njit(nogil=True, cache=True, _nrt=False)
def help_with(m, q):
    """Take panels from the end of whatever is on the board, until the board says to stop."""
    board = plan_in(q).board
    while look(q, board + STOP) == 0:
        if _open(look(q, board + CLAIMS)) > 0:
            claims = add(q, board + CLAIMS, _ENDS)
            if _open(claims) > 0:
                _work(m, q, board, ((claims >> 32) - 1 - ((claims >> 16) & _MASK)) * q[board + JOB + 4])
                add(q, board + DONE, 1)


@njit(_nrt=False)
def multiply_wide(m, q, at, matrix, groups, n, width, total, b, b_row, b_group, init, which, out, count):
    """`multiply`, by two threads where somebody helps."""
    if q[at.board]:
        _share(m, q, at.board, 0, matrix, groups, n, width, total, b, b_row, b_group, init, which, out, count)
    else:
        multiply(m, q, matrix, groups, n, width, total, b, b_row, b_group, init, which, out, count)


@njit(_nrt=False)
def add_outer_wide(m, q, at, matrix, groups, n, total, d, d_row, d_group, x, count):
    """`add_outer`, by two threads where somebody helps."""
    if q[at.board]:
        _share(m, q, at.board, 1, matrix, groups, n, PANEL, total, d, d_row, d_group, x, 0, 0, count)
    else:
        add_outer(m, matrix, groups, n, total, d, d_row, d_group, x, count)
