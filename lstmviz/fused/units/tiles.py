"""What fits into the registers of a product: four rows of numbers times a panel of a matrix, or one row.

Their sums are cut in up to four parts, since an addition waits four cycles for the one before.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.extending import intrinsic

from lstmviz.fused.along import scalar_pointer
from lstmviz.fused.vector import call_llvm, in_every_lane, row_pointer, vector_of

PANEL = 4
STEP = 4
"""All rows of matrices come in multiples of this, those beyond the real ones zero."""
_REGISTERS = 16


def _parts(sums: int) -> int:
    """In how many parts so many sums are cut."""
    return max(parts for parts in (1, 2, 4) if parts == 1 or parts * sums <= _REGISTERS)


class _Emitter:
    """What the two kinds of tiles have in common."""

    def __init__(self, builder: Any, vector: Any, shape: tuple[int, int, int]) -> None:
        self.builder, self.vector, self.shape = builder, vector, shape
        self.align = vector.element.bitwidth // 8
        self.integer = ir.IntType(64)
        rows, width, parts = shape
        one = vector.llvm()
        self.sums = [
            [[cgutils.alloca_once(builder, one) for _ in range(parts)] for _ in range(width)] for _ in range(rows)
        ]

    def plus(self, index: Any, number: int) -> Any:
        return self.builder.add(index, ir.Constant(self.integer, number)) if number else index

    def load(self, base: Any, index: Any) -> Any:
        return self.builder.load(self.builder.gep(base, [index]), align=self.align)

    def spread(self, base: Any, index: Any) -> Any:
        return in_every_lane(self.builder, self.builder.load(self.builder.gep(base, [index])), self.vector)

    def begin(self, row: int, v: int, value: Any) -> None:
        zero = ir.Constant(self.vector.llvm(), None)
        for part, place in enumerate(self.sums[row][v]):
            self.builder.store(zero if part else value, place)

    def add(self, row: int, v: int, part: int, a: Any, b: Any) -> None:
        place = self.sums[row][v][part]
        self.builder.store(call_llvm(self.builder, "fma", [a, b, self.builder.load(place)]), place)

    def sum(self, row: int, v: int) -> Any:
        left = [self.builder.load(place) for place in self.sums[row][v]]
        while len(left) > 1:
            left = [self.builder.fadd(left[k], left[k + 1]) for k in range(0, len(left), 2)]
        return left[0]

    def multiply(self, matrix: Any, groups: Any, n: Any, numbers: Any, b_group: Any, offsets: list[Any]) -> None:
        """Add rows of numbers times a panel to the sums.

        Row r's numbers lie at `numbers` + offsets[r] + g * b_group + j, for g < groups and j < n.
        """
        builder, (rows, width, parts) = self.builder, self.shape
        zero, step = ir.Constant(self.integer, 0), ir.Constant(self.integer, parts)
        with cgutils.for_range(builder, groups) as group:
            before, number = builder.mul(group.index, n), builder.mul(group.index, b_group)
            with cgutils.for_range_slice(builder, zero, n, step) as (j, _):
                row = builder.mul(builder.add(before, j), ir.Constant(self.integer, width))
                place = builder.add(number, j)
                for part in range(parts):
                    weights = [self.load(matrix, self.plus(row, part * width + v)) for v in range(width)]
                    for r in range(rows):
                        factor = self.spread(numbers, builder.add(self.plus(place, part), offsets[r]))
                        for v in range(width):
                            self.add(r, v, part, factor, weights[v])


def _product_tile(width: int, rows: int) -> Any:
    """An intrinsic that multiplies rows of numbers with a panel of `width` vectors.

    out[r, v] = init[which[r], v] + sum over g < groups, j < n of b[r, g, j] * panel[g, j, v]
    """
    parts = _parts(rows * width)

    @intrinsic
    def tile(
        typing: Any, m: Any, q: Any, panel: Any, groups: Any, n: Any, b: Any, b_row: Any, b_group: Any,
        init: Any, which: Any, out: Any, total: Any,
    ) -> Any:  # fmt: skip
        vector = vector_of(m)
        if vector is None:
            return None

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            m, q, panel, groups, n, b, b_row, b_group, init, which, out, total = args
            emit = _Emitter(builder, vector, (rows, width, parts))
            matrix, given, target = (
                row_pointer(context, builder, sig.args[0], m, at, vector) for at in (panel, init, out)
            )
            numbers = scalar_pointer(context, builder, sig.args[0], m, b)
            starts = scalar_pointer(context, builder, sig.args[1], q, which)
            for r in range(rows):
                start = builder.load(builder.gep(starts, [ir.Constant(emit.integer, r)]))
                start = builder.mul(start, total)
                for v in range(width):
                    emit.begin(r, v, emit.load(given, emit.plus(start, v)))
            offsets = [builder.mul(b_row, ir.Constant(emit.integer, r)) for r in range(rows)]
            emit.multiply(matrix, groups, n, numbers, b_group, offsets)
            for r in range(rows):
                begin = builder.mul(total, ir.Constant(emit.integer, r))
                for v in range(width):
                    builder.store(emit.sum(r, v), builder.gep(target, [emit.plus(begin, v)]), align=emit.align)
            return context.get_dummy_value()

        return types.void(m, q, *[types.intp] * 10), codegen

    return tile


def _row_tile(width: int) -> Any:
    """An intrinsic that multiplies one row with a panel, and whose sums stay in registers: a tuple of vectors.

    sums[v] = init[v] + sum over g < groups, j < n of b[g, j] * panel[g, j, v]
    """
    parts = _parts(width)

    @intrinsic
    def tile(typing: Any, m: Any, panel: Any, groups: Any, n: Any, b: Any, b_group: Any, init: Any) -> Any:
        vector = vector_of(m)
        if vector is None:
            return None
        sums = types.UniTuple(vector, width)

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            m, panel, groups, n, b, b_group, init = args
            emit = _Emitter(builder, vector, (1, width, parts))
            matrix, given = (row_pointer(context, builder, sig.args[0], m, at, vector) for at in (panel, init))
            numbers = scalar_pointer(context, builder, sig.args[0], m, b)
            for v in range(width):
                emit.begin(0, v, emit.load(given, ir.Constant(emit.integer, v)))
            emit.multiply(matrix, groups, n, numbers, b_group, [ir.Constant(emit.integer, 0)])
            return context.make_tuple(builder, sums, [emit.sum(0, v) for v in range(width)])

        return sums(m, *[types.intp] * 6), codegen

    return tile


def _outer_tile(width: int) -> Any:
    """An intrinsic that adds sums of products, four rows r: panel[r, v] += sum over k < count of d[k, r] * x[k, v]."""
    parts = _parts(STEP * width)

    @intrinsic
    def tile(typing: Any, m: Any, panel: Any, d: Any, d_row: Any, x: Any, x_row: Any, count: Any) -> Any:
        vector = vector_of(m)
        if vector is None:
            return None

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            m, panel, d, d_row, x, x_row, count = args
            emit = _Emitter(builder, vector, (STEP, width, parts))
            target, vectors = (row_pointer(context, builder, sig.args[0], m, at, vector) for at in (panel, x))
            numbers = scalar_pointer(context, builder, sig.args[0], m, d)
            for r in range(STEP):
                for v in range(width):
                    emit.begin(r, v, ir.Constant(vector.llvm(), None))

            def add(k: Any, part: int) -> None:
                here, there = builder.mul(k, x_row), builder.mul(k, d_row)
                loaded = [emit.load(vectors, emit.plus(here, v)) for v in range(width)]
                for r in range(STEP):
                    factor = emit.spread(numbers, emit.plus(there, r))
                    for v in range(width):
                        emit.add(r, v, part, factor, loaded[v])

            zero, step = ir.Constant(emit.integer, 0), ir.Constant(emit.integer, parts)
            whole = builder.sub(count, builder.srem(count, step))
            with cgutils.for_range_slice(builder, zero, whole, step) as (k, _):
                for part in range(parts):
                    add(emit.plus(k, part), part)
            if parts > 1:
                with cgutils.for_range(builder, count, start=whole, intp=emit.integer) as rest:
                    add(rest.index, 0)
            for r in range(STEP):
                for v in range(width):
                    place = builder.gep(target, [ir.Constant(emit.integer, r * width + v)])
                    before = builder.load(place, align=emit.align)
                    builder.store(builder.fadd(before, emit.sum(r, v)), place, align=emit.align)
            return context.get_dummy_value()

        return types.void(m, *[types.intp] * 6), codegen

    return tile


# One row of numbers times a panel, and four rows.
four_1, four_4 = _product_tile(4, 1), _product_tile(4, 4)
three_1, three_4 = _product_tile(3, 1), _product_tile(3, 4)
two_1, two_4 = _product_tile(2, 1), _product_tile(2, 4)
one_1, one_4 = _product_tile(1, 1), _product_tile(1, 4)
# One row, its sums handed back.
row_1, row_2, row_3, row_4 = (_row_tile(width) for width in (1, 2, 3, 4))
outer_four, outer_three, outer_two, outer_one = (_outer_tile(width) for width in (4, 3, 2, 1))
