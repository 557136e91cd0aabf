"""The notes' two pictures of a network at work: the gates, and what they make. They move in time and over training.

One figure holds all that moves, as plotly frames: scrubbing and playing happen in the browser alone.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lstmviz.figures.drawing import Box, Drawing, Moving
from lstmviz.figures.lines import draw_lines
from lstmviz.figures.playback import CAPTION, Player
from lstmviz.figures.quantities import Quantity, Rows
from lstmviz.figures.squares import draw_squares
from lstmviz.figures.theme import Palette, Scale, largest, symbol, units
from lstmviz.tasks import Task
from lstmviz.tracing import Trace

PICTURES = {
    "lstm": (("i", "f", "o"), ("g", "c", "h", "yhat")),
    "gru": (("r", "z"), ("n", "h", "yhat")),
    "rnn": (("h_pre",), ("h", "yhat")),
    "rnn_relu": (("h_pre",), ("h", "yhat")),
}
"""The quantities in the two pictures of each cell. One without gates shows the sum that goes into its tanh or ReLU."""

MAX_ROWS = 64
"""How many steps the pictures may show."""
MAX_NUMBERS = 120_000
"""How many numbers the frames may hold together: about 1 MB on the way to the browser."""

_WIDE, _NARROW = 752, 344  # pixels that the page gives the figure, about
_SNAPSHOT_MS, _STEP_MS = 160, 800
_CURVE = 30  # pixels of height of the loss curve


@dataclass(frozen=True)
class Look:
    """How the pictures are drawn."""

    narrow: bool = False
    """for a phone: one below the other"""
    numbers: bool = False
    """the values written into the squares, where these are wide enough"""
    lines: bool = False
    """lines over time in place of squares"""


def window(task: Task, periods: int, last: bool) -> range:
    """The steps of the first or the last `periods` periods, from the first letter of one.

    The text's very last letter is only predicted, never read, so a window at the end is a step shorter.
    """
    start = len(task.x) + 1 - task.period * periods if last else 0
    return range(start, min(start + task.period * periods, len(task.x)))


def shown_snapshots(tr: Trace, steps: range) -> list[int]:
    """Which snapshots get a frame: all, or as many as `MAX_NUMBERS` allows, the first and the last among them."""
    numbers = len(steps) * sum(_values(tr, name).shape[-1] for picture in _pictures(tr) for name in picture)
    snapshots = len(tr.layers[0].h)
    count = min(snapshots, max(2, MAX_NUMBERS // numbers))
    return sorted({round(k) for k in np.linspace(0, snapshots - 1, count)})


def gates_figure(
    tr: Trace,
    task: Task,
    epochs: Sequence[int],
    losses: Sequence[float],
    steps: range,
    palette: Palette,
    words: Mapping[str, str],
    look: Look | None = None,
    start: tuple[int | None, int | None] = (None, None),
) -> go.Figure:
    """The two pictures over `steps`, with a player for the snapshots and one for the steps.

    The frames are named "epoch 1500" and "step 593"; `layout.meta` lists the epochs and the steps that have one. Every
    trace that shows values has `meta`, the quantity and (a line) the unit: a heatmap's z is (steps, units), first step
    on top; a line's y is (steps,).

    Args:
        tr: all snapshots of a run, as `trace_snapshots` gives them: arrays (E, T, units).
        task: what was read.
        epochs: (E,) the updates made before each snapshot.
        losses: (E,) the loss of each.
        steps: the steps to show.
        palette: light or dark, our colours or the lecture's.
        words: a word for each quantity; the captions "training" with the fields {epoch} and {loss}, and "time" with
            {t}, {letter} and {next}.
        look: for a wide screen, squares, no numbers if left out.
        start: the step and the epoch to begin at: else the first that is shown and the last; the nearest epoch.
    """
    look = look or Look()
    shown = shown_snapshots(tr, steps)
    pictures = [
        [_quantity(tr, name, task, shown, steps, palette, words[name]) for name in picture] for picture in _pictures(tr)
    ]
    rows = Rows(
        labels=[html.escape(task.labels[t]) for t in steps],
        answers=task.y[steps.start : steps.stop].tolist(),
        starts=[k for k, t in enumerate(steps) if t % task.period == 0 and k],
    )
    drawing = Drawing(width=_NARROW if look.narrow else _WIDE)
    if look.lines:
        values, marks = draw_lines(drawing, pictures, rows, palette, narrow=look.narrow)
    else:
        values, marks = draw_squares(drawing, pictures, rows, palette, narrow=look.narrow, numbers=look.numbers)
    time = Player(
        frames=[f"step {t}" for t in steps],
        captions=[
            words["time"].format(t=t, letter=letter, next=html.escape(task.target_labels[t]))
            for t, letter in zip(steps, rows.labels, strict=True)
        ],
        active=steps.index(start[0]) if start[0] is not None and start[0] in steps else 0,
        milliseconds=_STEP_MS,
        redraw=False,
        top=drawing.height + 14,
        width=drawing.width,
        narrow=look.narrow,
    )
    shown_epochs, shown_losses = [epochs[e] for e in shown], [losses[e] for e in shown]
    training = Player(
        frames=[f"epoch {epoch}" for epoch in shown_epochs],
        captions=[
            words["training"].format(epoch=f"{epoch:,}", loss=_loss(loss))
            for epoch, loss in zip(shown_epochs, shown_losses, strict=True)
        ],
        active=_nearest(shown_epochs, start[1]),
        milliseconds=_SNAPSHOT_MS,
        redraw=True,
        top=time.bottom + 8,
        width=drawing.width,
        lift=_CURVE,
        narrow=look.narrow,
    )
    dot = _loss_curve(drawing, training, shown_losses, palette)
    drawing.height = training.bottom + 2
    meta = {"epochs": shown_epochs, "steps": list(steps)}
    return drawing.figure([(time, marks), (training, [*values, dot])], palette, meta=meta, hovermode="closest")


def _nearest(epochs: Sequence[int], wanted: int | None) -> int:
    """The place of the epoch that is nearest to `wanted`; the last if nothing is."""
    return len(epochs) - 1 if wanted is None else int(np.abs(np.array(epochs) - wanted).argmin())


def _pictures(tr: Trace) -> tuple[tuple[str, ...], ...]:
    return PICTURES[tr.layers[0].cell]


def _values(tr: Trace, name: str) -> NDArray[Any]:
    """The values of a quantity, (E, T, units)."""
    return np.asarray(tr.probabilities if name == "yhat" else getattr(tr, name))


def _quantity(
    tr: Trace, name: str, task: Task, shown: Sequence[int], steps: range, palette: Palette, word: str
) -> Quantity:
    values = _values(tr, name)
    sign = "Σ" if name == "h_pre" else symbol(name)
    names = units(sign if name == "h_pre" else name, values.shape[-1], task.alphabet)
    return Quantity(
        name=name,
        sign=sign,
        word=word,
        colour=palette.identity("h" if name == "h_pre" else name),
        scale=_scale(tr, name, palette),
        values=values[list(shown), steps.start : steps.stop],
        units=[html.escape(unit) for unit in names],
    )


def _scale(tr: Trace, name: str, palette: Palette) -> Scale:
    """What has no bound of its own gets the largest of the whole run, over all its snapshots and steps."""
    if name in ("c", "h_pre") or (name == "h" and tr.layers[0].cell == "rnn_relu"):
        return palette.scale("c", largest(_values(tr, name)))
    return palette.scale(name)


def _loss_curve(drawing: Drawing, player: Player, losses: Sequence[float], palette: Palette) -> Moving:
    """The loss of each snapshot above its place on the rail, on a log scale, and the dot that goes along it."""
    left, right = player.ends
    box = Box(left, player.top + CAPTION - 4, right - left, _CURVE)
    places = list(range(len(losses)))
    logs = np.log10(np.clip(np.nan_to_num(losses, nan=1e12), 1e-12, 1e12))
    axes = drawing.axes(
        box,
        x={"range": [0, max(places[-1], 1)], "showticklabels": False},
        y={"range": [logs.min() - 0.3, logs.max() + 0.3], "showticklabels": False},
    )
    style: dict[str, Any] = {**axes, "type": "scatter", "hoverinfo": "skip", "cliponaxis": False}
    drawing.trace(**style, mode="lines", x=places, y=logs, line={"color": palette.identity("loss"), "width": 1.5})
    dot = drawing.trace(**style, mode="markers", marker={"color": palette.identity("loss"), "size": 9})
    return Moving(dot, {"x": [[k] for k in places], "y": [[log] for log in logs]})


def _loss(loss: float) -> str:
    return f"{loss:.4f}" if 1e-4 <= loss < 1e4 else f"{loss:.1e}"
