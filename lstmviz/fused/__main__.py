"""`python -m lstmviz.fused` compiles the training kernels for this machine, saying so; once done, it is quick."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial

from lstmviz.base.cores import cores
from lstmviz.fused import KERNELS, UNITS_FROM, is_reading_warm, is_warm, warm, warm_reading
from lstmviz.fused.cache import tidy


def main() -> None:
    """Compile what is not compiled yet, on all cores, a line each."""
    tidy()
    cold = _cold()
    if not cold:
        return
    print(f"Compiling for this machine, once: {', '.join(cold)} ...", flush=True)
    with ProcessPoolExecutor(min(len(cold), cores())) as pool:
        waiting = {pool.submit(_seconds, compile_it): name for name, compile_it in cold.items()}
        for done in as_completed(waiting):
            print(f"  {waiting[done]}: {done.result():.1f} s", flush=True)


def _cold() -> Mapping[str, Callable[[], None]]:
    """What is to be compiled, by name; what takes longest comes first."""
    found: dict[str, Callable[[], None]] = {}
    if not is_warm("lstm", hidden_size=UNITS_FROM):
        found[f"networks of {UNITS_FROM} units and more"] = partial(warm, "lstm", hidden_size=UNITS_FROM)
    if not is_warm("lstm", alone=True):
        found["one small network"] = partial(warm, "lstm", alone=True)
    for cell in KERNELS:
        name = f"many small networks ({KERNELS[cell].__name__.rpartition('.')[2]})"
        if not is_warm(cell) and name not in found:
            found[name] = partial(warm, cell)
    if not is_reading_warm():
        found["long texts and rounds of inputs"] = warm_reading
    return found


def _seconds(compile_it: Callable[[], None]) -> float:
    began = time.perf_counter()
    compile_it()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
