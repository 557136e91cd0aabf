"""Probabilities that mean what they say: of the answers given at 90 %, nine of ten are right.

C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On Calibration of Modern Neural Networks" (ICML 2017): all logits are
divided by one number, the temperature, which is fitted on images that were held back from training. No answer changes.
"""

import numpy as np
from numpy.typing import ArrayLike

BINS = 15
"""Of `expected_calibration_error`, as many as Guo et al. take."""
_COLDEST, _HOTTEST = 1e-3, 1e3
_HALVINGS = 60


def fit_temperature(logits: ArrayLike, labels: ArrayLike) -> float:
    """The temperature at which the labels are likeliest: the least mean of -log softmax(logits / T)[label].

    logits: (n, classes). labels: (n,) whole numbers. Between 0.001 and 1000; where every label has the largest logit
    no temperature is too cold, and it is the least one.

    In 1 / T that mean is convex, with the slope mean(E[logit] - logit of the label), E by the softmax; so its zero is
    found by halving.

    Raises:
        ValueError: the shapes do not fit, or there is nothing to fit on.
    """
    z, own = np.asarray(logits, dtype=np.float64), np.asarray(labels)
    if z.ndim != 2 or own.shape != z.shape[:1] or not len(z):
        raise ValueError(f"`logits` must be (n, classes) and `labels` (n,), n at least 1; got {z.shape}, {own.shape}.")
    z = z - z.max(axis=1, keepdims=True)
    right = z[np.arange(len(z)), own]
    cold, hot = np.log(1 / _COLDEST), np.log(1 / _HOTTEST)  # of the logarithm of 1 / T
    for _ in range(_HALVINGS):
        middle = (cold + hot) / 2
        weights = np.exp(np.exp(middle) * z)
        slope = float(((weights * z).sum(axis=1) / weights.sum(axis=1) - right).mean())
        cold, hot = (middle, hot) if slope > 0 else (cold, middle)
    return float(np.exp(-(cold + hot) / 2))


def expected_calibration_error(probabilities: ArrayLike, labels: ArrayLike) -> float:
    """How far from the share of right answers the probability of the answer is, on the average: 0 to 1.

    As Guo et al. 2017 define it, equation 3: the n answers are put in 15 bins of equal width by the probability of the
    likeliest class, bin k from above (k - 1) / 15 to k / 15, and of |share of right answers - mean probability| in each
    bin the mean is taken, weighted by how many are in it.

    probabilities: (n, classes). labels: (n,) whole numbers.
    """
    p, own = np.asarray(probabilities, dtype=np.float64), np.asarray(labels)
    sure, right = p.max(axis=1), p.argmax(axis=1) == own
    bins = np.ceil(sure * BINS).clip(1, BINS).astype(int) - 1
    gaps = np.zeros(BINS)
    np.add.at(gaps, bins, right - sure)
    return float(np.abs(gaps).sum() / len(own))
