"""What decides about numbers, as a digest: another version of any of it never meets old numbers."""

import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import numba
import numpy as np
import torch
from llvmlite.binding import get_host_cpu_features, get_host_cpu_name

from lstmviz import base, models, tasks, training
from lstmviz.fused.cache import SOURCES

_TRAINING = (base, models, tasks, training)


def code_digest(layout: int, modules: Iterable[ModuleType] = ()) -> str:
    """What decides about a training's numbers on any machine: our sources, and the versions of numpy, numba, torch.

    layout: a number that is counted up when files are laid out differently.
    modules: what else takes part.
    """
    digest = hashlib.sha256(f"{layout} {np.__version__} {numba.__version__} {torch.__version__}".encode())
    for source in (*(source for module in (*_TRAINING, *modules) for source in _sources(module)), *SOURCES):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _sources(module: ModuleType) -> list[Path]:
    """The files of a module, or of all modules of a package."""
    file = Path(str(module.__file__))
    return sorted(file.parent.glob("*.py")) if hasattr(module, "__path__") else [file]


def engine_digest(code: str) -> str:
    """What decides about its bits here: the code, by its digest, and the processor that it is compiled for."""
    return hashlib.sha256(f"{code} {_processor()}".encode()).hexdigest()[:16]


@functools.cache
def _processor() -> str:
    return f"{get_host_cpu_name()} {get_host_cpu_features().flatten()}"
