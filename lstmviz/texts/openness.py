"""Letters of a text that nobody can know who has read no more than a window."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from lstmviz.tasks import TextTask


def open_letters(task: TextTask) -> NDArray[np.bool_]:
    """(T,) which letters of `TextTask.read` are left open by what has been read when they are to be named.

    In the first window the letter behind step t is to be named from the window's first t + 1 letters, in every other
    one the last from all of them. It is open where the same letters begin, or are, another window too, and another
    letter follows there: then what is learned from the one is unlearned from the other.
    """
    windows = task.examples()
    inputs, targets = windows.inputs, windows.targets
    count, width = inputs.shape
    found = np.zeros(count + width - 1, dtype=bool)
    alike = np.arange(count)
    for t in range(width):
        alike = alike[inputs[alike, t] == inputs[0, t]]
        found[t] = len(np.unique(targets[alike, t])) > 1
    after = defaultdict[bytes, set[int]](set)
    keys = [row.tobytes() for row in inputs]
    for key, letter in zip(keys, targets[:, -1], strict=True):
        after[key].add(int(letter))
    found[width:] = [len(after[key]) > 1 for key in keys[1:]]
    return found
