"""A network reads a digit row by row: what it answers after each row, and what its answer rests on."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from lstmviz.base.checks import instance, one_of
from lstmviz.digits.prepare import SIDE
from lstmviz.models import Model
from lstmviz.tracing import Trace, trace

ORDERS = ("rows", "columns", "upside_down")
"""Ways to read an image: rows from the top, as the networks learned it; columns from the left; rows from the bottom."""
DIGITS = 10


@dataclass(frozen=True, eq=False)
class Reading:
    """What a network made of an image. Steps are counted from 0, in the order of reading."""

    order: str
    """one of `ORDERS`"""
    covered: tuple[int, ...]
    """the steps whose pixels were taken for bare paper"""
    trace: Trace
    """every gate and state of every layer, 28 steps"""

    @property
    def probabilities(self) -> NDArray[np.float32]:
        """(28, 10) of the digits 0 to 9 after each step."""
        assert self.trace.probabilities is not None  # these networks have heads
        return self.trace.probabilities

    @property
    def answer(self) -> int:
        """The likeliest digit after the last step."""
        return int(self.probabilities[-1].argmax())

    @property
    def last_change(self) -> int:
        """The step from which on the likeliest digit is the answer; 0 if it never was another."""
        return _since(self.probabilities.argmax(axis=1) == self.answer)

    @property
    def decided(self) -> int | None:
        """The step from which on the answer is likelier than all others together; None if it is not in the end."""
        since = _since(self.probabilities[:, self.answer] > 0.5)
        return since if since < SIDE else None


def read(
    model: Model, image: ArrayLike, *, order: str = "rows", covered: Collection[int] = (), compare: bool = True
) -> Reading:
    """Let `model` read an image.

    Args:
        model: 28 numbers in, 10 out, of any kind and number of layers; see `load_reader`. It is set to evaluation.
        image: (28, 28) in [0, 1], 1 for ink, as `prepare` makes it.
        order: one of `ORDERS`.
        covered: steps whose pixels are taken for bare paper, each 0 to 27.
        compare: whether to run torch too and measure the difference, as `trace` does.

    Raises:
        ValueError: `model` or `image` has another shape, a pixel is not in [0, 1], `order` or a step is unknown.
    """
    x = sequence(model, image, order, covered)
    return Reading(order, tuple(sorted(set(covered))), trace(model.eval(), x, compare=compare))


def gradient(
    model: Model, image: ArrayLike, *, order: str = "rows", covered: Collection[int] = ()
) -> NDArray[np.float32]:
    """How each pixel moves the answer: (28, 28), as the image lies, in logits of the winner by a pixel's full ink.

    The derivative of the winner's logit after the last step, before the softmax, which would hide everything where the
    network is sure. Covered pixels have none. Arguments and errors as for `read`.
    """
    rows = sequence(model, image, order, covered)
    # Not even in inference mode is a slope to be had without gradients.
    with torch.inference_mode(False), torch.enable_grad():
        weight = model.head.weight
        x = torch.tensor(rows, dtype=weight.dtype, device=weight.device, requires_grad=True)
        logits, _ = model.eval()(x)
        (slope,) = torch.autograd.grad(logits[-1].max(), x)
        slope[list(covered)] = 0
        return _as_it_lies(slope.to("cpu", torch.float32).numpy(), order)


def check_reader(model: Model) -> None:
    """Do nothing if `model` can read digits.

    Raises:
        TypeError: it is no `Model`.
        ValueError: it reads or tells other numbers.
    """
    instance("model", model, Model)
    if (model.config.input_size, model.config.output_size) != (SIDE, DIGITS):
        sizes = f"{model.config.input_size} numbers and tells {model.config.output_size}"
        raise ValueError(f"`model` must read {SIDE} numbers and tell {DIGITS}; it reads {sizes}.")


def sequence(model: Model, image: ArrayLike, order: str, covered: Collection[int]) -> NDArray[np.float32]:
    """What the network reads: (28 steps, 28 pixels), checked. Arguments and errors as for `read`."""
    check_reader(model)
    try:
        pixels = np.asarray(image, dtype=np.float32)
    except (TypeError, ValueError):
        raise ValueError(f"`image` must be numbers of shape ({SIDE}, {SIDE}).") from None
    if pixels.shape != (SIDE, SIDE):
        raise ValueError(f"`image` must have shape ({SIDE}, {SIDE}); got {pixels.shape}.")
    if not np.all((pixels >= 0) & (pixels <= 1)):
        raise ValueError("`image` must hold numbers from 0 (paper) to 1 (ink) only.")
    if any(step not in range(SIDE) for step in covered):
        raise ValueError(f"`covered` must hold steps from 0 to {SIDE - 1}; got {sorted(covered)}.")
    x = _as_it_lies(pixels, one_of("order", order, ORDERS)).copy()
    x[list(covered)] = 0
    return x


def _as_it_lies(rows: NDArray[np.float32], order: str) -> NDArray[np.float32]:
    """From an image to what is read in `order`, or back: each way of reading undoes itself."""
    match order:
        case "columns":
            return rows.T
        case "upside_down":
            return rows[::-1]
        case _:
            return rows


def _since(holds: NDArray[np.bool_]) -> int:
    """The first step from which on `holds` is true to the end; their number if it is not at the end."""
    return len(holds) - int(np.logical_and.accumulate(holds[::-1]).sum())
