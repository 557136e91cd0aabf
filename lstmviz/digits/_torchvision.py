"""torchvision, also where its wheel was built for CUDA and torch was not.

There a plain import fails with "operator torchvision::nms does not exist": the compiled operators cannot be loaded, but
two of their names are looked up. Datasets and transforms need none of them, so declaring the names is enough.
"""

import sys
from typing import Any

import torch

try:
    from torchvision import datasets, transforms
except RuntimeError as error:
    if "torchvision::" not in str(error):
        raise
    for _name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[_name]  # what the first try left half-made
    # The library must stay referenced: its names go with it.
    _LIBRARY = torch.library.Library("torchvision", "FRAGMENT")
    for _name in ("nms", "qnms"):
        _LIBRARY.define(f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    from torchvision import datasets, transforms

__all__ = ["datasets", "mnist_dataset", "transforms"]


def mnist_dataset() -> Any:
    """The class of torchvision's MNIST, which knows its mirrors."""
    return datasets.MNIST
