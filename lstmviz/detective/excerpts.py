"""Stretches of Python that the network has not learned from, to look for units on."""

import re

import numpy as np

from lstmviz.base.checks import whole_number
from lstmviz.base.limits import MAX_SEED
from lstmviz.detective.corpus import Corpus, load_corpus
from lstmviz.detective.hypotheses import hypotheses_of

_BEGINS = re.compile(r"^(?=[^\s#])", re.MULTILINE)


def held_out_excerpts(
    count: int = 40, length: int = 500, seed: int = 0, corpus: Corpus | None = None
) -> tuple[str, ...]:
    """Excerpts of held-out files, each of another file, in an order drawn with `seed`.

    Each begins where a line begins in its first column, outside strings and brackets, which is what `hypotheses_of`
    and the network's zero state assume of a text; where in its file is drawn too.

    Args:
        count: how many, 2 to 1000; fewer where the library has fewer files that are long enough.
        length: characters of each, 50 to 5,000.
        seed: 0 to 2**32 - 1.
        corpus: the library of the Python that runs, if left out.

    Raises:
        FileNotFoundError: the library cannot be read.
        ValueError: a value is out of range, or fewer than two files are long enough.
    """
    count, length = whole_number("count", count, 2, 1000), whole_number("length", length, 50, 5_000)
    rng = np.random.default_rng(whole_number("seed", seed, 0, MAX_SEED))
    files = (load_corpus(sides=("held_out",)) if corpus is None else corpus).side("held_out")
    found = list[str]()
    for k in rng.permutation(len(files)):
        text = files[k].text
        if len(text) < length:
            continue
        now = hypotheses_of(text)
        places = [
            place
            for place in (match.start() for match in _BEGINS.finditer(text[: len(text) - length + 1]))
            if place + length <= len(text) and not (place and (now["string"][place - 1] or now["brackets"][place - 1]))
        ]
        if places:
            start = places[rng.integers(len(places))]
            found.append(text[start : start + length])
        if len(found) == count:
            break
    if len(found) < 2:
        raise ValueError(f"`length` must leave two excerpts at least; {length} leaves {len(found)}.")
    return tuple(found)
