"""`python -m lstmviz.fused` compiles the training kernels for this machine, saying so; once done, it is quick."""

import time

from lstmviz.fused import KERNELS, is_warm, warm
from lstmviz.fused.cache import tidy


def main() -> None:
    """Compile what is not compiled yet, a line each."""
    tidy()
    for cell in KERNELS:
        if not is_warm(cell):
            print(f"Compiling the {cell} training kernel for this machine (once) ...", end=" ", flush=True)
            started = time.perf_counter()
            warm(cell)
            print(f"{time.perf_counter() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
