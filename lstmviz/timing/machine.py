"""What this machine is, for a file of results."""

import datetime
import os
import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

from lstmviz.timing.results import Machine
from lstmviz.timing.torch_work import gpu, gpu_name


def this_machine(name: str = "") -> Machine:
    """This machine; `name` is what it is called, the name that its network knows it by if left out."""
    versions = {"python": platform.python_version(), "torch": torch.__version__}
    if gpu() == "cuda":
        versions["cudnn"] = str(torch.backends.cudnn.version())
    with suppress(PackageNotFoundError):  # as when it is run from its folder
        versions["lstmviz"] = version("lstmviz")
    return Machine(
        name=name.strip() or platform.node() or "?",
        cpu=processor(),
        cores=os.cpu_count(),
        gpu=gpu_name(),
        system=f"{platform.system()} {platform.machine()}".strip(),
        versions=versions,
    )


def processor() -> str:
    """What the processor calls itself."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def today() -> str:
    """The date, as files of results write it."""
    return datetime.date.today().isoformat()
