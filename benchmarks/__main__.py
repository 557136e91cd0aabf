"""`make bench`: print the figures that README quotes."""

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


def main() -> None:
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, torch {torch.__version__}"
    )
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
    ):
        for line in part.report():
            print(line, flush=True)
        print()


if __name__ == "__main__":
    main()
