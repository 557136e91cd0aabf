"""Ways to train the reading network: the notes', Boostcamp's, and the one that the dashboard ships."""

from dataclasses import dataclass, replace

CELLS = ("lstm", "gru", "rnn")
"""The cells that a reader can be made of."""


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """How far images are distorted, each by its own random amounts; with all zeros they stay as they are."""

    shift: float = 0.0
    """pixels, uniform in ±shift both ways"""
    scale: float = 0.0
    """the logarithm of the size, uniform in ±scale"""
    aspect: float = 0.0
    """the logarithm of how much wider, and as much lower, uniform in ±aspect"""
    rotation: float = 0.0
    """degrees, uniform in ±rotation"""
    shear: float = 0.0
    """how far the top leans against the bottom, as a share of the height, uniform in ±shear"""
    bend: float = 0.0
    """pixels, standard deviation of the pushes on a 5 x 5 grid that bend the image elastically"""
    stroke: float = 0.0
    """0 to 1: up to how much of the way to strokes one pixel thicker on each side, or three quarters of that thinner"""
    coarse: float = 0.0
    """share of the images, 0 to 1, drawn with 9 to 14 pixels a side, the same for a whole batch, and enlarged again"""
    squares: float = 0.0
    """share of the batches, 0 to 1, in which a coarse pixel is enlarged to a square, as `prepare` enlarges a small
    drawing, and not smoothly"""
    ink: float = 0.0
    """the logarithm of how much darker, uniform in ±ink; full ink stays full"""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a reader is trained, beside its cell and its seed."""

    hidden_size: int
    """units of each layer"""
    num_layers: int = 2
    """layers, each reading the one below"""
    batch: int
    """images of an update"""
    epochs: int
    """times that every image is seen"""
    lr: float
    """learning rate of Adam; its peak where `one_cycle`"""
    rnn_lr: float | None = None
    """the same for the cell "rnn", which bears less; `lr` if None"""
    one_cycle: bool = False
    """let the rate rise over the first fifth and fall to almost nothing, instead of leaving it as it is"""
    weight_decay: float = 0.0
    """of AdamW, on the weights and not on the biases"""
    dropout: float = 0.0
    """share of the first layer's outputs that the second does not see, while training"""
    smoothing: float = 0.0
    """share of a label that is spread over all ten digits"""
    clip: float | None = None
    """the longest gradient that is followed; None: any"""
    average: float = 0.0
    """how much of the averaged weights is kept at each update; the average is what is tested and shipped. 0: none"""
    early: float = 0.0
    """weight of the mean loss over all rows, beside that of the last row: what stands between is then a guess too"""
    augmentation: Augmentation | None = None
    """distortions of each image each time that it is seen"""
    held_back: int = 0
    """how many of the last images of the training set are not trained with: what is fitted afterwards, is on them"""
    drawn: int = 0
    """how many digits of the kinds in `drawings/kinds.py` are drawn, by the seed, and added to the images"""


_HANDS = Augmentation(
    shift=2.0,
    scale=0.2,
    aspect=0.25,
    rotation=12.0,
    shear=0.2,
    bend=0.5,
    stroke=0.7,
    coarse=0.2,
    ink=0.3,
)
_BEST = Recipe(
    hidden_size=128,
    batch=128,
    epochs=48,
    lr=4e-3,
    rnn_lr=1e-3,
    one_cycle=True,
    weight_decay=0.01,
    dropout=0.2,
    smoothing=0.05,
    clip=1.0,
    average=0.999,
    early=0.1,
    augmentation=_HANDS,
)
_KINDS = replace(
    _BEST,
    epochs=16,
    lr=1.5e-3,
    rnn_lr=8e-4,
    augmentation=replace(_HANDS, coarse=0.3, squares=0.5),
    held_back=5000,
    drawn=3500,
)
RECIPES = {
    # The lecture's notes, to the letter: rows as 28 steps, the last row's output to the head.
    "notes": Recipe(hidden_size=128, batch=100, epochs=2, lr=0.01),
    # The course names the network and the rate; batch and epochs are ours.
    "boostcamp": Recipe(hidden_size=256, batch=256, epochs=10, lr=1e-3),
    "best": _BEST,
    # Goes on (--start) from what "best" made: a rate that it bears, fewer epochs, and kinds that MNIST hardly has.
    "hands": _KINDS,
    # Goes on from what "hands" made, at a rate that settles it.
    "settle": replace(_KINDS, epochs=5, lr=4e-4, rnn_lr=2e-4),
}
"""By name, as `train --recipe` takes them."""
