"""A strip of text: the letters around the present one, and under each what the network had predicted for it."""

import html
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from lstmviz.figures.theme import Palette
from lstmviz.outcome import Outcome
from lstmviz.tasks import Task

STYLE = Path(__file__).with_name("letters.css")
"""What the strip's classes look like; to be on the page once."""

LETTERS = 24
NARROW_REACH = 6  # letters either side of the present one that a phone shows


def letter_strip(task: Task, t: int, found: Outcome, palette: Palette, words: Mapping[str, str]) -> str:
    """HTML of about 24 letters with the one read in step `t` marked, the next one dashed, periods apart.

    Letters that are yet to come are faint, and what will be predicted for them is not told. Wrong predictions have a
    cross. The strip moves by a whole period at a time, so that the marker moves and the text stays.

    Args:
        task: whose text it is.
        t: the step, 0 to T - 1.
        found: the predictions of every step.
        palette: the theme's.
        words: labels of the two rows, `text` and `predicted`.
    """
    block = min(task.period, 12)
    blocks = max(2, LETTERS // block)
    length = len(task.x) + 1
    start = min(max(0, t // block - blocks // 2), max(0, -(-length // block) - blocks)) * block
    cells = [_cell(task, k, t, found) for k in range(start, min(start + blocks * block, length))]
    style = f"--accent:{palette.accent};--quiet:{palette.quiet};--rule:{palette.rule}"
    rows = "".join(f"<span>{html.escape(words[row])}</span>" for row in ("text", "predicted"))
    return f'<div class="letters" style="{style}"><div class="rows">{rows}</div>{"".join(cells)}</div>'


def _cell(task: Task, k: int, t: int, found: Outcome) -> str:
    """Letter `k` of the text, 0 to T: the one that step k reads and step k - 1 predicts."""
    kind = "past" if k < t else "now" if k == t else "next" if k == t + 1 else "future"
    classes = ["letter", kind]
    if k % task.period == 0:
        classes.append("start")
    if not -NARROW_REACH < k - t <= NARROW_REACH:
        classes.append("far")
    guess = ""
    if 0 < k <= t + 1:
        told = np.isfinite(found.certainty[k - 1])
        guess = html.escape(task.alphabet[found.predicted[k - 1]]) if told else "–"
        if not found.right[k - 1]:
            classes.append("wrong")
    letter = html.escape(task.letters[k % task.period])
    step = f"<em>t = {k}</em>" if kind == "now" else ""
    return f'<div class="{" ".join(classes)}" title="t = {k}">{step}<b>{letter}</b><s>{guess}</s></div>'
