"""`python -m lstmviz.fused` compiles the training kernels for this machine, saying so; once done, it is quick."""

import time
from collections.abc import Callable
from functools import partial

from lstmviz.fused import KERNELS, UNITS_FROM, is_reading_warm, is_warm, warm, warm_reading
from lstmviz.fused.cache import tidy


def main() -> None:
    """Compile what is not compiled yet, a line each."""
    tidy()
    for cell in KERNELS:
        if not is_warm(cell):
            _compile(f"the {cell} training kernel", partial(warm, cell))
    if not is_warm("lstm", alone=True):
        _compile("the kernel for one small network", partial(warm, "lstm", alone=True))
    if not is_warm("lstm", hidden_size=UNITS_FROM):
        _compile(f"the kernel for {UNITS_FROM} units and more", partial(warm, "lstm", hidden_size=UNITS_FROM))
    if not is_reading_warm():
        _compile("the loop for long texts", warm_reading)


def _compile(what: str, compile_it: Callable[[], None]) -> None:
    print(f"Compiling {what} for this machine (once) ...", end=" ", flush=True)
    started = time.perf_counter()
    compile_it()
    print(f"{time.perf_counter() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
