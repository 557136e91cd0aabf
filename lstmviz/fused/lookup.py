"""What AVX-512 does in one instruction and other processors do not: one of 32 numbers a lane, a reciprocal of 14 bits.

Vectors of float32 alone. What lies here emits instructions that other processors do not have: ask `is_here` before.
"""

from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba.core import cgutils
from numba.core.codegen import get_host_cpu_features
from numba.core.extending import intrinsic

from lstmviz.fused.vector import FLOAT32, call_llvm

ENTRIES = 32
_WIDTH = FLOAT32.width
_BITS = FLOAT32.llvm_bits()


def is_here() -> bool:
    """Whether numba compiles for such a processor."""
    return "+avx512f" in get_host_cpu_features().split(",")


def _integers(value: int) -> Any:
    return ir.Constant(_BITS, [value] * _WIDTH)


def _call(builder: Any, name: str, result: Any, args: Sequence[Any]) -> Any:
    """The processor's own instruction, by the name that LLVM has for it."""
    kind = ir.FunctionType(result, [one.type for one in args])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.x86.avx512.{name}"), args)


def table(*numbers: float) -> Any:
    """A function of a vector of places that gives entry `place` of these 32 numbers, by the place's last five bits."""
    if len(numbers) != ENTRIES:
        raise ValueError(f"A table has {ENTRIES} numbers; got {len(numbers)}.")

    @intrinsic
    def look(typing: Any, place: Any) -> Any:
        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            low, high = (ir.Constant(FLOAT32.llvm(), list(numbers[k : k + _WIDTH])) for k in range(0, ENTRIES, _WIDTH))
            return _call(builder, "vpermi2var.ps.512", FLOAT32.llvm(), [low, builder.bitcast(args[0], _BITS), high])

        return FLOAT32(FLOAT32) if place == FLOAT32 else None, codegen

    return look


def places(lowest: int, highest: int, dropped: int) -> Any:
    """A function of a vector whose places are the bits of |x| without the last `dropped`, in [lowest, highest]."""

    @intrinsic
    def of(typing: Any, x: Any) -> Any:
        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            bits = builder.and_(builder.bitcast(args[0], _BITS), _integers(0x7FFFFFFF))
            for order, bound in ((">", lowest), ("<", highest)):
                limit = _integers(bound << dropped)
                bits = builder.select(builder.icmp_unsigned(order, bits, limit), bits, limit)
            return builder.bitcast(builder.lshr(bits, _integers(dropped)), FLOAT32.llvm())

        return FLOAT32(FLOAT32), codegen

    return of


@intrinsic
def magnitude(typing: Any, x: Any) -> Any:
    """|x| in each lane."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return call_llvm(builder, "fabs", list(args))

    return FLOAT32(FLOAT32), codegen


@intrinsic
def with_sign_of(typing: Any, size: Any, x: Any) -> Any:
    """`size`, at least 0, with the sign of `x`."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        size, x = (builder.bitcast(one, _BITS) for one in args)
        return builder.bitcast(builder.or_(size, builder.and_(x, _integers(0x80000000))), FLOAT32.llvm())

    return FLOAT32(FLOAT32, FLOAT32), codegen


@intrinsic
def times_power_of_two(typing: Any, x: Any, place: Any) -> Any:
    """`x` times 2**n, n a signed number: the nine bits of `place` before those that a table is looked up by."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        x, place = (builder.bitcast(one, _BITS) for one in args)
        exponent = builder.shl(builder.lshr(place, _integers(ENTRIES.bit_length() - 1)), _integers(23))
        return builder.bitcast(builder.add(x, exponent), FLOAT32.llvm())

    return FLOAT32(FLOAT32, FLOAT32), codegen


@intrinsic
def about_reciprocal(typing: Any, x: Any) -> Any:
    """1 / x to 14 bits."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        every = ir.Constant(ir.IntType(16), -1)
        return _call(builder, "rcp14.ps.512", FLOAT32.llvm(), [args[0], ir.Constant(FLOAT32.llvm(), None), every])

    return FLOAT32(FLOAT32), codegen
