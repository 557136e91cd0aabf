"""What vectors can do where the numbers along one belong together, such as the units of a layer."""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.extending import intrinsic

from lstmviz.fused.vector import Vector, in_every_lane, vector_of


def scalar_pointer(context: Any, builder: Any, kind: Any, array: Any, at: Any) -> Any:
    """Where number `at` of an array lies, counted along its rows."""
    return builder.gep(context.make_array(kind)(context, builder, array).data, [at])


@intrinsic
def spread(typing: Any, array: Any, at: Any) -> Any:
    """Number `at` of an array of shape (rows, lanes), counted along its rows, in every lane. Not bounds-checked."""
    vector = vector_of(array)
    if vector is None or not isinstance(at, types.Integer):
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        number = builder.load(scalar_pointer(context, builder, sig.args[0], args[0], args[1]))
        return in_every_lane(builder, number, vector)

    return vector(array, types.intp), codegen


@intrinsic
def put_first(typing: Any, array: Any, at: Any, value: Any) -> Any:
    """Write the first lane of `value` to number `at` of an array, counted along its rows."""
    vector = vector_of(array)
    if vector is None or value != vector:
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        number = builder.extract_element(args[2], ir.Constant(ir.IntType(32), 0))
        builder.store(number, scalar_pointer(context, builder, sig.args[0], args[0], args[1]))
        return context.get_dummy_value()

    return types.void(array, types.intp, value), codegen


@intrinsic
def store_at(typing: Any, array: Any, at: Any, value: Any) -> Any:
    """Write a vector to number `at` of an array and those behind it, counted along its rows. Not bounds-checked."""
    vector = vector_of(array)
    if vector is None or value != vector:
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer = builder.bitcast(
            scalar_pointer(context, builder, sig.args[0], args[0], args[1]), vector.llvm().as_pointer()
        )
        builder.store(args[2], pointer, align=vector.element.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, value), codegen


@intrinsic
def first(typing: Any, value: Any) -> Any:
    """The first lane, as a number."""
    if not isinstance(value, Vector):
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.extract_element(args[0], ir.Constant(ir.IntType(32), 0))

    return value.element(value), codegen


def _butterfly(combine: Callable[[Any, Any, Any], Any]) -> Any:
    """The typing and lowering of a reduction that ends in every lane: halves, quarters, ... change places."""

    def of(value: Any) -> Any:
        if not isinstance(value, Vector):
            return None

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            (total,) = args
            width, kind = total.type.count, ir.VectorType(ir.IntType(32), total.type.count)
            distance = width // 2
            while distance:
                places = ir.Constant(kind, [lane ^ distance for lane in range(width)])
                other = builder.shuffle_vector(total, ir.Constant(total.type, ir.Undefined), places)
                total = combine(builder, total, other)
                distance //= 2
            return total

        return value(value), codegen

    return of


_total = _butterfly(lambda builder, a, b: builder.fadd(a, b))
_greatest = _butterfly(lambda builder, a, b: builder.select(builder.fcmp_ordered(">", a, b), a, b))


@intrinsic
def total(typing: Any, value: Any) -> Any:
    """The sum of all lanes, in every lane."""
    return _total(value)


@intrinsic
def greatest(typing: Any, value: Any) -> Any:
    """The largest of all lanes, in every lane; no promise where one is NaN."""
    return _greatest(value)


@intrinsic
def first_lanes(typing: Any, value: Any, count: Any, other: Any) -> Any:
    """`value` in the first `count` lanes (none if that is negative, all if it is large), the number `other` behind."""
    if not isinstance(value, Vector) or not isinstance(count, types.Integer) or not isinstance(other, types.Float):
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = args[0].type
        number = args[2] if kind.element == ir.DoubleType() else builder.fptrunc(args[2], kind.element)
        numbers = ir.VectorType(ir.IntType(64), kind.count)
        one = builder.insert_element(ir.Constant(numbers, ir.Undefined), args[1], ir.Constant(ir.IntType(32), 0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), kind.count), [0] * kind.count)
        counts = builder.shuffle_vector(one, ir.Constant(numbers, ir.Undefined), zeros)
        inside = builder.icmp_signed("<", ir.Constant(numbers, list(range(kind.count))), counts)
        return builder.select(inside, args[0], in_every_lane(builder, number, value))

    return value(value, types.int64, types.float64), codegen
