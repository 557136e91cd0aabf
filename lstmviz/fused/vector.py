"""A SIMD vector as a numba type: one lane for each of the models trained side by side.

LLVM vectorises loops when it can prove that nothing overlaps; in a recurrence it mostly cannot, and what it cannot
keep in registers it stores and loads again. So the vector is a type here: `load` gives 64 bytes of a float32 or float64
array (16 or 8 lanes), `+ - * /` work lane by lane, `fma` is one instruction, and LLVM only has to allocate registers.
On a machine with narrower registers it splits each vector into as many as are needed.

Nothing here allows fast-math, so a lane that diverges shows inf or NaN, and no lane can see another: the same model
gives the same bits alone or in a crowd.
"""

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.datamodel import models
from numba.core.extending import intrinsic, overload, register_model

VECTOR_BYTES = 64


def lanes(itemsize: int) -> int:
    """Models per vector for numbers of `itemsize` bytes: 16 for float32, 8 for float64."""
    return VECTOR_BYTES // itemsize


class Vector(types.Type):
    """The numba type of one vector of `element` (float32 or float64)."""

    def __init__(self, element: types.Float) -> None:
        self.element = element
        self.width = lanes(element.bitwidth // 8)
        super().__init__(name=f"Vector({element} x {self.width})")

    @property
    def key(self) -> types.Float:
        """What makes two vector types the same."""
        return self.element

    def llvm(self) -> ir.VectorType:
        """The LLVM type, for example <16 x float>."""
        return ir.VectorType(ir.FloatType() if self.element == types.float32 else ir.DoubleType(), self.width)

    def llvm_bits(self) -> ir.VectorType:
        """The LLVM type of the same bits read as integers."""
        return ir.VectorType(ir.IntType(self.element.bitwidth), self.width)


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, vector: Vector) -> None:
        super().__init__(manager, vector, vector.llvm())


FLOAT32 = Vector(types.float32)


def _filled(builder: Any, scalar: Any, vector: Vector) -> Any:
    """`scalar` (an LLVM double) in every lane."""
    kind = vector.llvm()
    if kind.element == ir.FloatType():
        scalar = builder.fptrunc(scalar, kind.element)
    return in_every_lane(builder, scalar, vector)


def in_every_lane(builder: Any, scalar: Any, vector: Vector) -> Any:
    """`scalar`, of the vector's own kind of numbers, in every lane."""
    kind = vector.llvm()
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), scalar, ir.Constant(ir.IntType(32), 0))
    lane0 = ir.Constant(ir.VectorType(ir.IntType(32), vector.width), [0] * vector.width)
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), lane0)


def _operands(context: Any, builder: Any, vector: Vector, kinds: Any, values: Any) -> list[Any]:
    """The values as vectors; numbers among them (0.5, a parameter) are filled into every lane."""
    return [
        v if isinstance(kind, Vector) else _filled(builder, context.cast(builder, v, kind, types.float64), vector)
        for kind, v in zip(kinds, values, strict=True)
    ]


def _lanewise(kinds: Any, emit: Callable[[Any, list[Any]], Any]) -> Any:
    """The typing and lowering of an operation on vectors of one type, numbers allowed among them."""
    vectors = {kind for kind in kinds if isinstance(kind, Vector)}
    if len(vectors) != 1 or not all(isinstance(kind, Vector | types.Number) for kind in kinds):
        return None
    vector = vectors.pop()

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return emit(builder, _operands(context, builder, vector, sig.args, args))

    return vector(*(kind if isinstance(kind, Vector) else types.unliteral(kind) for kind in kinds)), codegen


def call_llvm(builder: Any, name: str, args: list[Any]) -> Any:
    """LLVM's own intrinsic of that name for the arguments' type."""
    kind = args[0].type
    suffix = f"v{kind.count}f{32 if kind.element == ir.FloatType() else 64}"
    function = builder.module.declare_intrinsic(f"llvm.{name}.{suffix}", (), ir.FunctionType(kind, [kind] * len(args)))
    return builder.call(function, args)


@intrinsic
def _add(typing: Any, a: Any, b: Any) -> Any:
    return _lanewise((a, b), lambda builder, v: builder.fadd(*v))


@intrinsic
def _sub(typing: Any, a: Any, b: Any) -> Any:
    return _lanewise((a, b), lambda builder, v: builder.fsub(*v))


@intrinsic
def _mul(typing: Any, a: Any, b: Any) -> Any:
    return _lanewise((a, b), lambda builder, v: builder.fmul(*v))


@intrinsic
def _div(typing: Any, a: Any, b: Any) -> Any:
    return _lanewise((a, b), lambda builder, v: builder.fdiv(*v))


def _register(symbol: Any, function: Any) -> None:
    # numba compares the two signatures to the letter, annotations included, so this one has none.
    @overload(symbol, jit_options={"forceinline": True})
    def choose(a, b):  # type: ignore[no-untyped-def]
        if isinstance(a, Vector) or isinstance(b, Vector):
            return lambda a, b: function(a, b)
        return None


for _symbol, _function in ((operator.add, _add), (operator.sub, _sub), (operator.mul, _mul), (operator.truediv, _div)):
    _register(_symbol, _function)


@intrinsic
def fma(typing: Any, a: Any, b: Any, c: Any) -> Any:
    """A * b + c in each lane, rounded once."""
    return _lanewise((a, b, c), lambda builder, v: call_llvm(builder, "fma", v))


@intrinsic
def sqrt(typing: Any, a: Any) -> Any:
    """The square root in each lane."""
    return _lanewise((a,), lambda builder, v: call_llvm(builder, "sqrt", v))


@intrinsic
def clamp(typing: Any, a: Any, low: Any, high: Any) -> Any:
    """`a` between `low` and `high`; NaN stays NaN, so a diverged model is seen."""

    def emit(builder: Any, v: list[Any]) -> Any:
        value, lowest, highest = v
        value = builder.select(builder.fcmp_ordered("<", value, lowest), lowest, value)
        return builder.select(builder.fcmp_ordered(">", value, highest), highest, value)

    return _lanewise((a, low, high), emit)


@intrinsic
def maximum(typing: Any, a: Any, b: Any) -> Any:
    """The larger of `a` and `b` in each lane; `b` where either is NaN."""
    return _lanewise((a, b), lambda builder, v: builder.select(builder.fcmp_ordered(">", *v), *v))


@intrinsic
def minimum(typing: Any, a: Any, b: Any) -> Any:
    """The smaller of `a` and `b` in each lane; `b` where either is NaN."""
    return _lanewise((a, b), lambda builder, v: builder.select(builder.fcmp_ordered("<", *v), *v))


@intrinsic
def where_positive(typing: Any, a: Any, b: Any) -> Any:
    """`b` in the lanes where `a` > 0, else 0."""

    def emit(builder: Any, v: list[Any]) -> Any:
        zero = ir.Constant(v[0].type, [0.0] * v[0].type.count)
        return builder.select(builder.fcmp_ordered(">", v[0], zero), v[1], zero)

    return _lanewise((a, b), emit)


@intrinsic
def ones_where_equal(typing: Any, a: Any, b: Any) -> Any:
    """1 in the lanes where `a` == `b`, else 0."""

    def emit(builder: Any, v: list[Any]) -> Any:
        kind = v[0].type
        return builder.select(
            builder.fcmp_ordered("==", *v), ir.Constant(kind, [1.0] * kind.count), ir.Constant(kind, [0.0] * kind.count)
        )

    return _lanewise((a, b), emit)


def _float_format(kind: Any) -> tuple[int, int]:
    """(bits of the mantissa, exponent bias) of the vector's numbers."""
    return (23, 127) if kind.element == ir.FloatType() else (52, 1023)


def _bits(kind: Any, value: int) -> Any:
    width = 32 if kind.element == ir.FloatType() else 64
    return ir.Constant(ir.VectorType(ir.IntType(width), kind.count), [value] * kind.count)


@intrinsic
def round_to_integer(typing: Any, a: Any) -> Any:
    """The nearest integer in each lane, for |a| < 2**22: adding 1.5 * 2**23 (2**52) leaves no bits for the fraction."""

    def emit(builder: Any, v: list[Any]) -> Any:
        (value,) = v
        kind = value.type
        magic = ir.Constant(kind, [1.5 * 2.0 ** _float_format(kind)[0]] * kind.count)
        return builder.fsub(builder.fadd(value, magic), magic)

    return _lanewise((a,), emit)


@intrinsic
def power_of_two(typing: Any, n: Any) -> Any:
    """2**n in each lane for whole numbers n of the normal range, written into the exponent's bits."""

    def emit(builder: Any, v: list[Any]) -> Any:
        (value,) = v
        kind = value.type
        mantissa, bias = _float_format(kind)
        magic = ir.Constant(kind, [1.5 * 2.0**mantissa] * kind.count)
        bits = builder.bitcast(builder.fadd(value, magic), _bits(kind, 0).type)
        return builder.bitcast(builder.shl(builder.add(bits, _bits(kind, bias)), _bits(kind, mantissa)), kind)

    return _lanewise((n,), emit)


@intrinsic
def exponent(typing: Any, a: Any) -> Any:
    """floor(log2(a)) in each lane, for normal a > 0."""

    def emit(builder: Any, v: list[Any]) -> Any:
        (value,) = v
        kind = value.type
        mantissa, bias = _float_format(kind)
        bits = builder.lshr(builder.bitcast(value, _bits(kind, 0).type), _bits(kind, mantissa))
        return builder.sitofp(builder.sub(bits, _bits(kind, bias)), kind)

    return _lanewise((a,), emit)


def row_pointer(context: Any, builder: Any, kind: Any, array: Any, row: Any, vector: Vector) -> Any:
    """Where row `row` of `array` begins, as a pointer to vectors."""
    data = context.make_array(kind)(context, builder, array).data
    address = builder.gep(data, [builder.mul(row, ir.Constant(row.type, vector.width))])
    return builder.bitcast(address, vector.llvm().as_pointer())


def vector_of(array: Any) -> Vector | None:
    """The vector that a row of `array` is; None if it is none."""
    fits = isinstance(array, types.Array) and array.ndim == 2 and array.layout == "C"
    return Vector(array.dtype) if fits and array.dtype in (types.float32, types.float64) else None


@intrinsic
def load(typing: Any, array: Any, row: Any) -> Any:
    """Row `row` of a C-ordered array of shape (rows, lanes), as a vector. Not bounds-checked."""
    vector = vector_of(array)
    if vector is None or not isinstance(row, types.Integer):
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer = row_pointer(context, builder, sig.args[0], args[0], args[1], vector)
        return builder.load(pointer, align=vector.element.bitwidth // 8)

    return vector(array, types.intp), codegen


@intrinsic
def store(typing: Any, array: Any, row: Any, value: Any) -> Any:
    """Write `value` (a vector, or a number for every lane) to row `row` of an array of shape (rows, lanes)."""
    vector = vector_of(array)
    if vector is None or not isinstance(row, types.Integer):
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        (filled,) = _operands(context, builder, vector, sig.args[2:], args[2:])
        pointer = row_pointer(context, builder, sig.args[0], args[0], args[1], vector)
        builder.store(filled, pointer, align=vector.element.bitwidth // 8)
        return context.get_dummy_value()

    kind = value if isinstance(value, Vector) else types.unliteral(value)
    return types.void(array, types.intp, kind), codegen


@intrinsic
def fill(typing: Any, array: Any, value: Any) -> Any:
    """A vector of `array`'s type with the number `value` in every lane."""
    vector = vector_of(array)
    if vector is None or not isinstance(value, types.Number):
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _operands(context, builder, vector, sig.args[1:], args[1:])[0]

    return vector(array, types.unliteral(value)), codegen


def polynomial(*coefficients: float) -> Any:
    """A function of a vector that evaluates this polynomial by Horner's rule; the constant term comes first."""

    @intrinsic
    def evaluate(typing: Any, x: Any) -> Any:
        def emit(builder: Any, v: list[Any]) -> Any:
            (value,) = v
            constants = [ir.Constant(value.type, [c] * value.type.count) for c in coefficients]
            total = constants.pop()
            while constants:
                total = call_llvm(builder, "fma", [total, value, constants.pop()])
            return total

        return _lanewise((x,), emit)

    return evaluate
