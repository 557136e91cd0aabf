"""`make bench`: print the figures that README quotes; `make bench ONLY="reruns first_figure"` some of them."""

import argparse
import os
import platform

import torch

from benchmarks import (
    classroom,
    digits,
    digits_page,
    first_figure,
    grid,
    knowledge,
    player,
    reruns,
    strings,
    sweeps,
    timing,
    training,
    turns,
    units,
)

PARTS = {
    part.__name__.rpartition(".")[2]: part
    for part in (
        training,
        units,
        timing,
        strings,
        sweeps,
        turns,
        grid,
        knowledge,
        player,
        digits,
        digits_page,
        reruns,
        first_figure,
        classroom,
    )
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Print the figures that README quotes.")
    parser.add_argument("only", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all if left out")
    only = parser.parse_args().only
    if unknown := [name for name in only if name not in PARTS]:
        parser.error(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, torch {torch.__version__}"
    )
    for name in only or PARTS:
        for line in PARTS[name].report():
            print(line, flush=True)
        print()


if __name__ == "__main__":
    main()
