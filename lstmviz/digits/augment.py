"""Distorted digits: what makes a network that was trained on MNIST read other people's hands.

Everything happens on a whole batch at once, and every random number comes from a generator that is passed in.
"""

import math

import torch
from torch import Generator, Tensor
from torch.nn.functional import affine_grid, grid_sample, interpolate, max_pool2d

from lstmviz.digits.recipes import Augmentation

_BENDS = 5  # control points along each side of the image that elastic bending pushes about
_COARSE = (
    9,
    15,
)  # pixels a side of a coarse image, the last one left out: load_digits' hands lie at about 11


def augment(images: Tensor, how: Augmentation, generator: Generator) -> Tensor:
    """Each of `images` (N, 28, 28), float32 in [0, 1], distorted by random amounts; again (N, 28, 28) in [0, 1]."""
    x = images[:, None]
    if how.stroke:
        x = _stroke_width(x, how, generator)
    if how.shift or how.scale or how.aspect or how.rotation or how.shear or how.bend:
        x = _geometry(x, how, generator)
    if how.coarse:
        x = _coarse(x, how, generator)
    if how.ink:
        x = x * _uniform(x, how.ink, generator).exp()[:, None, None, None]
    return x.clamp(0, 1)[:, 0]


def _uniform(like: Tensor, reach: float, generator: Generator) -> Tensor:
    """(N,) numbers in ±reach."""
    return (2 * torch.rand(len(like), generator=generator) - 1) * reach


def _stroke_width(x: Tensor, how: Augmentation, generator: Generator) -> Tensor:
    amount = _uniform(x, how.stroke, generator)[:, None, None, None]
    # The neighbours above, below, left and right, not the corners: strokes stay round.
    thick = torch.maximum(max_pool2d(x, (3, 1), 1, (1, 0)), max_pool2d(x, (1, 3), 1, (0, 1)))
    thin = -torch.maximum(max_pool2d(-x, (3, 1), 1, (1, 0)), max_pool2d(-x, (1, 3), 1, (0, 1)))
    return x + amount.clamp(min=0) * (thick - x) + 0.75 * (-amount).clamp(min=0) * (thin - x)


def _geometry(x: Tensor, how: Augmentation, generator: Generator) -> Tensor:
    """One look-up for all of it, so that an image is blurred by interpolation once."""
    size, aspect = _uniform(x, how.scale, generator), _uniform(x, how.aspect, generator)
    angle, lean = _uniform(x, math.radians(how.rotation), generator), _uniform(x, how.shear, generator)
    pixel = 2 / x.shape[-1]  # the grid counts from -1 to 1
    right, down = (_uniform(x, how.shift * pixel, generator) for _ in range(2))
    wide, high = (-size - aspect).exp(), (-size + aspect).exp()  # from the new image back to the old one
    cos, sin = angle.cos(), angle.sin()
    first = torch.stack([wide * cos, wide * (sin + lean * cos), right], 1)
    second = torch.stack([-high * sin, high * (cos - lean * sin), down], 1)
    grid = affine_grid(torch.stack([first, second], 1), list(x.shape), align_corners=False)
    if how.bend:
        pushes = torch.randn(len(x), 2, _BENDS, _BENDS, generator=generator) * (how.bend * pixel)
        grid = grid + interpolate(pushes, size=x.shape[-2:], mode="bicubic", align_corners=True).permute(0, 2, 3, 1)
    return grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _coarse(x: Tensor, how: Augmentation, generator: Generator) -> Tensor:
    side = int(torch.randint(*_COARSE, (), generator=generator))
    chosen = torch.rand(len(x), generator=generator) < how.coarse
    small = interpolate(x[chosen], size=(side, side), mode="area")
    x = x.clone()
    if how.squares and torch.rand((), generator=generator) < how.squares:
        x[chosen] = interpolate(small, size=x.shape[-2:], mode="area")
    else:
        x[chosen] = interpolate(small, size=x.shape[-2:], mode="bilinear", align_corners=False)
    return x
