"""`make bench`: print the figures that README quotes."""

import os
import platform

import torch

from benchmarks import training


def main() -> None:
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, torch {torch.__version__}"
    )
    for line in training.report():
        print(line, flush=True)


if __name__ == "__main__":
    main()
