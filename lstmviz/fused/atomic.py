"""Whole numbers that two threads read and write at once: what is written before a `publish` is seen after a `look`."""

from typing import Any

from numba import types
from numba.core.extending import intrinsic

from lstmviz.fused.along import scalar_pointer

_BYTES = 8


@intrinsic
def look(typing: Any, array: Any, at: Any) -> Any:
    """Number `at` of an int64 array, as it is now."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load_atomic(scalar_pointer(context, builder, sig.args[0], *args), "acquire", _BYTES)

    return types.int64(array, types.intp), codegen


@intrinsic
def publish(typing: Any, array: Any, at: Any, value: Any) -> Any:
    """Write number `at`, and let it be seen together with all that was written before."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = scalar_pointer(context, builder, sig.args[0], args[0], args[1])
        builder.store_atomic(args[2], place, "release", _BYTES)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.int64), codegen


@intrinsic
def add(typing: Any, array: Any, at: Any, value: Any) -> Any:
    """Add to number `at`; returns what it was before."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = scalar_pointer(context, builder, sig.args[0], args[0], args[1])
        return builder.atomic_rmw("add", place, args[2], "acq_rel")

    return types.int64(array, types.intp, types.int64), codegen
