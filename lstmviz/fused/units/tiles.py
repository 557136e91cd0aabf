"""What fits into the registers of a product: four rows of numbers times a panel of a matrix, or one row.

The sum of one row is cut in four parts, since an addition waits four cycles for the one before.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.extending import intrinsic

from lstmviz.fused.along import scalar_pointer
from lstmviz.fused.vector import in_every_lane, row_pointer, vector_of

PANEL = 4
ACCUMULATORS = 16
STEP = 4
"""All rows of matrices come in multiples of this, those beyond the real ones zero."""


def _fma(builder: Any, a: Any, b: Any, c: Any) -> Any:
    kind = a.type
    suffix = f"v{kind.count}f{32 if kind.element == ir.FloatType() else 64}"
    function = builder.module.declare_intrinsic(f"llvm.fma.{suffix}", (), ir.FunctionType(kind, [kind] * 3))
    return builder.call(function, [a, b, c])


def _vector_at(builder: Any, base: Any, index: Any, vector: Any) -> Any:
    return builder.load(builder.gep(base, [index]), align=vector.element.bitwidth // 8)


def _plus(builder: Any, index: Any, number: int) -> Any:
    return builder.add(index, ir.Constant(index.type, number)) if number else index


def _product_tile(width: int, rows: int) -> Any:
    """An intrinsic that multiplies `rows` rows of numbers with a panel of `width` vectors.

    out[r, v] = init[which[r], v] + sum over g < groups, j < n of b[r, g, j] * m[g, j, v]
    """
    parts = min(STEP, ACCUMULATORS // (rows * width))
    parts = 4 if parts >= 4 else 2 if parts >= 2 else 1

    @intrinsic
    def tile(
        typing: Any, m: Any, at: Any, groups: Any, n: Any, b: Any, b_at: Any, b_row: Any, b_group: Any,
        init: Any, which: Any, first: Any, init_row: Any, init_at: Any, out: Any, out_at: Any, out_row: Any,
    ) -> Any:  # fmt: skip
        vector = vector_of(m)
        if vector is None:
            return None

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            (m, at, groups, n, b, b_at, b_row, b_group, init, which, first, init_row, init_at, out, out_at, out_row) = (
                args
            )
            kinds = sig.args
            matrix = row_pointer(context, builder, kinds[0], m, at, vector)
            numbers = scalar_pointer(context, builder, kinds[4], b, b_at)
            starts = scalar_pointer(context, builder, kinds[9], which, first)
            given = row_pointer(context, builder, kinds[8], init, init_at, vector)
            target = row_pointer(context, builder, kinds[13], out, out_at, vector)
            zero = ir.Constant(vector.llvm(), None)
            sums = [
                [[cgutils.alloca_once(builder, vector.llvm()) for _ in range(parts)] for _ in range(width)]
                for _ in range(rows)
            ]
            for r in range(rows):
                start = builder.load(builder.gep(starts, [ir.Constant(at.type, r)]))
                start = builder.mul(start, init_row)
                for v in range(width):
                    builder.store(_vector_at(builder, given, _plus(builder, start, v), vector), sums[r][v][0])
                    for p in range(1, parts):
                        builder.store(zero, sums[r][v][p])
            offsets = [builder.mul(b_row, ir.Constant(at.type, r)) for r in range(rows)]
            step = ir.Constant(at.type, parts)
            with cgutils.for_range(builder, groups) as group:
                rows_before = builder.mul(group.index, n)
                numbers_before = builder.mul(group.index, b_group)
                with cgutils.for_range_slice(builder, ir.Constant(at.type, 0), n, step) as (j, _):
                    row = builder.mul(builder.add(rows_before, j), ir.Constant(at.type, width))
                    place = builder.add(numbers_before, j)
                    for k in range(parts):
                        weights = [
                            _vector_at(builder, matrix, _plus(builder, row, k * width + v), vector)
                            for v in range(width)
                        ]
                        for r in range(rows):
                            here = builder.add(_plus(builder, place, k), offsets[r])
                            number = in_every_lane(builder, builder.load(builder.gep(numbers, [here])), vector)
                            for v in range(width):
                                one = sums[r][v][k]
                                builder.store(_fma(builder, number, weights[v], builder.load(one)), one)
            for r in range(rows):
                begin = builder.mul(out_row, ir.Constant(at.type, r))
                for v in range(width):
                    left = [builder.load(one) for one in sums[r][v]]
                    while len(left) > 1:
                        left = [builder.fadd(left[k], left[k + 1]) for k in range(0, len(left), 2)]
                    place = builder.gep(target, [_plus(builder, begin, v)])
                    builder.store(left[0], place, align=vector.element.bitwidth // 8)
            return context.get_dummy_value()

        i = types.intp
        return types.void(m, i, i, i, b, i, i, i, init, which, i, i, i, out, i, i), codegen

    return tile


def _outer_tile(width: int) -> Any:
    """An intrinsic that adds sums of products: m[r, v] += sum over k < count of d[k, r] * x[k, v], four rows r."""
    parts = max(1, ACCUMULATORS // (STEP * width))
    parts = 4 if parts >= 4 else 2 if parts >= 2 else 1

    @intrinsic
    def tile(
        typing: Any, m: Any, at: Any, d: Any, d_at: Any, d_row: Any, x: Any, x_at: Any, x_row: Any, count: Any
    ) -> Any:
        vector = vector_of(m)
        if vector is None:
            return None

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            m, at, d, d_at, d_row, x, x_at, x_row, count = args
            kinds = sig.args
            target = row_pointer(context, builder, kinds[0], m, at, vector)
            numbers = scalar_pointer(context, builder, kinds[2], d, d_at)
            vectors = row_pointer(context, builder, kinds[5], x, x_at, vector)
            zero = ir.Constant(vector.llvm(), None)
            sums = [
                [[cgutils.alloca_once(builder, vector.llvm()) for _ in range(parts)] for _ in range(width)]
                for _ in range(STEP)
            ]
            for of_row in sums:
                for of_vector in of_row:
                    for one in of_vector:
                        builder.store(zero, one)

            def add(k: Any, part: int) -> None:
                here, there = builder.mul(k, x_row), builder.mul(k, d_row)
                loaded = [_vector_at(builder, vectors, _plus(builder, here, v), vector) for v in range(width)]
                for r in range(STEP):
                    number = builder.load(builder.gep(numbers, [_plus(builder, there, r)]))
                    number = in_every_lane(builder, number, vector)
                    for v in range(width):
                        one = sums[r][v][part]
                        builder.store(_fma(builder, number, loaded[v], builder.load(one)), one)

            whole = builder.sub(count, builder.srem(count, ir.Constant(at.type, parts)))
            step = ir.Constant(at.type, parts)
            with cgutils.for_range_slice(builder, ir.Constant(at.type, 0), whole, step) as (k, _):
                for p in range(parts):
                    add(_plus(builder, k, p), p)
            if parts > 1:
                with cgutils.for_range(builder, count, start=whole, intp=at.type) as rest:
                    add(rest.index, 0)
            for r in range(STEP):
                for v in range(width):
                    left = [builder.load(one) for one in sums[r][v]]
                    while len(left) > 1:
                        left = [builder.fadd(left[k], left[k + 1]) for k in range(0, len(left), 2)]
                    place = builder.gep(target, [ir.Constant(at.type, r * width + v)])
                    align = vector.element.bitwidth // 8
                    builder.store(builder.fadd(builder.load(place, align=align), left[0]), place, align=align)
            return context.get_dummy_value()

        i = types.intp
        return types.void(m, i, d, i, i, x, i, i, i), codegen

    return tile


# One row of numbers times a panel, and four rows.
four_1, four_4 = _product_tile(4, 1), _product_tile(4, 4)
three_1, three_4 = _product_tile(3, 1), _product_tile(3, 4)
two_1, two_4 = _product_tile(2, 1), _product_tile(2, 4)
one_1, one_4 = _product_tile(1, 1), _product_tile(1, 4)
outer_four, outer_three, outer_two, outer_one = (_outer_tile(width) for width in (4, 3, 2, 1))
