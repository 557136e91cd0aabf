"""One step of a cell as HTML: its vectors as coloured squares along the wires.

A figure has one width for the screen, where the squares lie along wires as in the textbook's drawing, and one for the
phone, where the same squares stand in rows; the style sheet decides. Positions are percent of the width and pixels of
the height.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.figures.theme import Palette, Scale, number, symbol
from lstmviz.tasks import Task
from lstmviz.tracing import Trace

STYLE = Path(__file__).with_name("cell.css")
"""What the classes of these figures look like; to be on the page once."""

SHOWN = 6
"""Units that a vector shows as numbers; where there are more, a narrow band beside them shows the colours of all."""

_SQUARE = 26  # height of a square and the gap below it
_NAME = 22  # height of a vector's name
_CAPTION = 32  # height of two lines below it
_LEGEND = 34  # below the wires, and room above it
_LETTERS = 6  # letters with a bar of their own

_Point = tuple[float, float, float]  # percent of the width, pixels to the right of that, pixels from the top


@dataclass(frozen=True, eq=False)
class _Step:
    """What the drawing functions need to know."""

    tr: Trace
    task: Task
    t: int
    unit: int
    palette: Palette
    bound: float
    words: Mapping[str, str]

    @property
    def units(self) -> range:
        """The units shown as numbers: the chosen one's group."""
        size = self.tr.h_prev.shape[1]
        first = min(self.unit // SHOWN * SHOWN, max(0, size - SHOWN))
        return range(first, min(first + SHOWN, size))

    @property
    def logits(self) -> NDArray[Any]:
        """(V,) what the head makes of the new state."""
        assert self.tr.logits is not None
        return self.tr.logits[self.t]

    @property
    def probabilities(self) -> NDArray[Any]:
        """(V,) its softmax."""
        assert self.tr.probabilities is not None
        return self.tr.probabilities[self.t]

    @property
    def edge(self) -> int:
        """Pixels from a vector's middle to where a wire leaves it."""
        return 30 if self.tr.h_prev.shape[1] <= SHOWN else 43

    @property
    def tall(self) -> int:
        """Pixels from the first square's top to the last one's bottom."""
        return len(self.units) * _SQUARE - 2


def step_figure(
    tr: Trace, task: Task, t: int, unit: int, palette: Palette, bound: float, words: Mapping[str, str]
) -> str:
    """HTML of step `t`: from the letter and the state before, through the gates, to the new state and the prediction.

    Args:
        tr: the trace of a network of one layer and one direction through the text of `task`, with its head.
        task: the text.
        t: the step, 0 to T - 1.
        unit: the unit marked in every vector, 0 to H - 1; of more than 6 units its group is shown.
        palette: the theme's.
        bound: the largest magnitude of the unbounded state, an LSTM's c or a ReLU's h, in the run.
        words: names and captions by key: f and f_caption, c_before, h_after, x, yhat, right, wrong, ...
    """
    step = _Step(tr, task, t, unit, palette, bound, words)
    match tr.layers[0].cell:
        case "lstm":
            height, parts = _lstm(step)
        case "gru":
            height, parts = _gru(step)
        case _:
            height, parts = _rnn(step)
    style = ";".join(f"--{name}:{getattr(palette, name)}" for name in ("accent", "quiet", "rule", "ink"))
    return (
        f'<div class="cell"><div class="stage {tr.layers[0].cell}" style="height:{height}px;{style}">{"".join(parts)}'
        f"{_legend(step)}</div></div>"
    )


def _lstm(step: _Step) -> tuple[int, list[str]]:
    colour, tall = step.palette.identity, step.tall
    rail = _NAME + tall / 2
    low = max(rail + 46, _NAME + tall + 20)  # where i meets g
    gates = low + 30
    middle, bottom = gates + _NAME + tall / 2, gates + _NAME + tall
    bus = bottom + _CAPTION + 26
    left, f, i, g, o, up, right = 8.0, 25.0, 41.0, 56.0, 70.0, 79.5, 91.0
    join = (i + g) / 2
    parts = [
        *_bus(step, middle, bus, left, (f, i, g, o), bottom + _CAPTION),
        _wire(colour("c"), (left, step.edge, rail), (right, -36, rail), width=3, arrow=True),
        _wire(colour("f"), (f, 0, gates), (f, 0, rail + 12), arrow=True),
        _wire(colour("i"), (i, 0, gates), (i, 0, low), (join, -12, low), arrow=True),
        _wire(colour("g"), (g, 0, gates), (g, 0, low), (join, 12, low), arrow=True),
        _wire(colour("i"), (join, 0, low - 12), (join, 0, rail + 12), arrow=True),
        _wire(colour("c"), (up, 0, rail), (up, 0, low - 12), arrow=True),
        _wire(colour("o"), (o, 0, gates), (o, 0, low), (up, -12, low), arrow=True),
        _wire(colour("h"), (up, 12, low), (up + 4.5, 0, low), (up + 4.5, 0, middle), (right, -36, middle), arrow=True),
        _operator("×", f, rail, colour("f")),
        _operator("+", join, rail, colour("c")),
        _operator("×", join, low, colour("i")),
        _operator("tanh", up, (rail + low) / 2, colour("c")),
        _operator("×", up, low, colour("h")),
        _one_hot(step, left, bus - 34),
        _vector(step, "h", "before", left, gates),
        _vector(step, "c", "before", left, 0),
        _vector(step, "f", "", f, gates),
        _vector(step, "i", "", i, gates),
        _vector(step, "g", "", g, gates),
        _vector(step, "o", "", o, gates),
        _vector(step, "c", "after", right, 0),
        _vector(step, "h", "after", right, gates),
        _bars(step, bottom + 34),
        _wire(colour("h"), (right, 0, bottom + 2), (right, 0, bottom + 32), arrow=True),
    ]
    return round(max(bus + 24 + _LEGEND, bottom + 34 + _bars_height(step)) + 4), parts


def _gru(step: _Step) -> tuple[int, list[str]]:
    colour, tall = step.palette.identity, step.tall
    rail = _NAME + tall / 2
    low = max(rail + 46, _NAME + tall + 20)
    gates = low + 30
    middle, bottom = gates + _NAME + tall / 2, gates + _NAME + tall
    bus = bottom + _CAPTION + 26
    left, z, r, n, right = 8.0, 27.0, 46.0, 67.0, 91.0
    parts = [
        *_bus(step, rail, bus, left, (z, r, n), bottom + _CAPTION),
        _wire(colour("h"), (left, step.edge, rail), (right, -36, rail), width=3, arrow=True),
        _wire(colour("z"), (z, 0, gates), (z, 0, rail + 12), arrow=True),
        _wire(colour("z"), (z, 0, low), (n, -12, low), arrow=True),
        _wire(colour("n"), (n, 0, gates), (n, 0, low + 12), arrow=True),
        _wire(colour("n"), (n, 0, low - 12), (n, 0, rail + 12), arrow=True),
        _wire(colour("r"), (r, step.edge + 4, middle), (n, -36, middle), arrow=True),
        _operator("×", z, rail, colour("z")),
        _operator("+", n, rail, colour("h")),
        _operator("×", n, low, colour("n")),
        _operator("1 − z", (z + n) / 2, low, colour("z")),
        _operator("× (U h + b)", (r + n) / 2, middle - 18, colour("r"), plain=True),
        _one_hot(step, left, bus - 34),
        _vector(step, "h", "before", left, 0),
        _vector(step, "r", "", r, gates),
        _vector(step, "z", "", z, gates),
        _vector(step, "n", "", n, gates),
        _vector(step, "h", "after", right, 0),
        _bars(step, _NAME + tall + 40),
        _wire(colour("h"), (right, 0, _NAME + tall + 4), (right, 0, _NAME + tall + 38), arrow=True),
    ]
    return round(max(bus + 24 + _LEGEND, _NAME + tall + 40 + _bars_height(step)) + 4), parts


def _rnn(step: _Step) -> tuple[int, list[str]]:
    colour, quiet, tall = step.palette.identity, step.palette.quiet, step.tall
    middle, bottom = _NAME + tall / 2, _NAME + tall
    bus = bottom + _CAPTION + 24
    left, a, squash, h = 8.0, 30.0, 44.0, 58.0
    name = "ReLU" if step.tr.layers[0].cell == "rnn_relu" else "tanh"
    bars = max(0, middle - _bars_height(step) / 2)
    aim = max(middle, bars + _NAME)
    parts = [
        _wire(quiet, (left, step.edge, middle), (a, -36, middle), arrow=True),
        _wire(quiet, (left, 48, bus), (a, 0, bus), (a, 0, bottom + _CAPTION), arrow=True),
        _wire(quiet, (a, step.edge, middle), (h, -36, middle), arrow=True),
        _wire(colour("h"), (h, step.edge, middle), (100.0, -180, middle), width=3, arrow=True),
        _operator(name, squash, middle, colour("h")),
        _one_hot(step, left, bus - 34),
        _vector(step, "h", "before", left, 0),
        _vector(step, "h_pre", "", a, 0),
        _vector(step, "h", "after", h, 0),
        _bars(step, bars),
    ]
    return round(max(bus + 24 + _LEGEND, bars + _bars_height(step), aim) + 4), parts


def _bus(step: _Step, source: float, bus: float, left: float, gates: Sequence[float], into: float) -> list[str]:
    """The wire that brings the letter and the hidden state, taken off at height `source`, to every gate."""
    quiet = step.palette.quiet
    return [
        _wire(quiet, (left, 48, bus), (gates[-1], 0, bus)),
        _wire(quiet, (left, step.edge, source), (left, 58, source), (left, 58, bus)),
        *(_wire(quiet, (gate, 0, bus), (gate, 0, into + 2), arrow=True) for gate in gates),
    ]


def _vector(step: _Step, quantity: str, when: str, x: float, y: float) -> str:
    """A quantity's squares under its name; `when` tells the state "before" the step from the one "after"."""
    row: NDArray[Any] = getattr(step.tr, f"{quantity}_prev" if when == "before" else quantity)[step.t]
    scale = None if quantity == "h_pre" else _scale(step, quantity)
    colour = step.palette.quiet if scale is None else step.palette.identity(quantity)
    index = {"before": "<sub>t−1</sub>", "after": "<sub>t</sub>"}.get(when, "")
    sign = "a" if quantity == "h_pre" else quantity
    key = f"{quantity}_{when}" if when else quantity
    squares = "".join(_square(step, quantity, k, row[k], scale) for k in step.units)
    return (
        f'<div class="node {key}" style="left:{x}%;top:{y:.0f}px;--id:{colour}">'
        f'<div class="name"><b>{sign}{index}</b> {html.escape(step.words[key])}</div>'
        f'<div class="vector">{squares}{_band(step, row, scale)}</div>'
        f'<div class="caption">{html.escape(step.words[f"{key}_caption"])}</div></div>'
    )


def _square(step: _Step, quantity: str, k: int, value: float, scale: Scale | None) -> str:
    fill, ink = ("transparent", step.palette.ink) if scale is None else scale.colour(value)
    chosen = " chosen" if k == step.unit else ""
    title = f"{'a' if quantity == 'h_pre' else quantity}{k + 1} = {value:.7g}"
    return (
        f'<div class="square{chosen}" data-unit="{k + 1}" title="{title}" style="background:{fill};color:{ink}">'
        f"{number(value)}</div>"
    )


def _band(step: _Step, row: NDArray[Any], scale: Scale | None) -> str:
    """All units of a long vector as thin stripes, so that those not shown as numbers can be seen too."""
    if scale is None or len(row) <= SHOWN:
        return ""
    share = 100 / len(row)
    stops = ",".join(f"{scale.colour(value)[0]} {k * share:.2f}% {(k + 1) * share:.2f}%" for k, value in enumerate(row))
    return f'<div class="band" style="background:linear-gradient({stops})"></div>'


def _one_hot(step: _Step, x: float, y: float) -> str:
    """The letter as the network reads it; of a long alphabet only the letters around it."""
    present = int(step.task.x[step.t])
    first = min(max(0, present - 2), max(0, len(step.task.alphabet) - 5))
    shown = range(first, min(first + 5, len(step.task.alphabet)))
    cells = "".join(
        f'<div class="{"hot" if k == present else "cold"}" title="{int(k == present)}">'
        f"{html.escape(step.task.alphabet[k])}</div>"
        for k in shown
    )
    dots = "…" if len(shown) < len(step.task.alphabet) else ""
    return (
        f'<div class="node x" style="left:{x}%;top:{y:.0f}px;--id:{step.palette.ink}">'
        f'<div class="name"><b>x<sub>t</sub></b> {html.escape(step.words["x"])}</div>'
        f'<div class="onehot">{cells}{dots}</div></div>'
    )


def _bars_height(step: _Step) -> int:
    letters = len(step.task.alphabet)
    return _NAME + 22 * (min(letters, _LETTERS) + (letters > _LETTERS))


def _bars(step: _Step, y: float) -> str:
    """Logit and probability of each letter; ○ marks the letter that comes, ✕ a wrong guess."""
    logits, probabilities = step.logits, step.probabilities
    target, guess = int(step.task.y[step.t]), int(probabilities.argmax())
    order = np.argsort(-probabilities, kind="stable").tolist()
    shown = sorted([target, *(k for k in order if k != target)][:_LETTERS])
    fill = step.palette.identity("yhat")
    rows = []
    for k in shown:
        share = probabilities[k]
        wide = 100 * float(share) if np.isfinite(share) else 0.0
        mark = "○" if k == target else "✕" if k == guess and np.isfinite(share) else ""
        name = "right" if k == target else "wrong" if mark else ""
        rows.append(
            f'<div class="bar {name}" data-letter="{k}"><b>{html.escape(step.task.alphabet[k])}</b>'
            f'<s title="logit {logits[k]:.7g}">{number(logits[k])}</s>'
            f'<i><u style="width:{wide:.1f}%;background:{fill}"></u></i>'
            f'<em title="{share:.7g}">{number(share)}</em><span>{mark}</span></div>'
        )
    if len(shown) < len(order):
        others = probabilities.sum() - probabilities[shown].sum()
        rows.append(f'<div class="bar others"><b>…</b><s></s><i></i><em>{number(others)}</em><span></span></div>')
    return (
        f'<div class="node yhat" style="top:{y:.0f}px;--id:{fill}">'
        f'<div class="name"><b>ŷ<sub>t</sub></b> {html.escape(step.words["yhat"])}</div>{"".join(rows)}</div>'
    )


def _legend(step: _Step) -> str:
    """The colour scales with their ranges, and which quantities are drawn on each."""
    quantities = {"lstm": ("i", "f", "o", "g", "h", "c"), "gru": ("r", "z", "n", "h")}.get(
        step.tr.layers[0].cell, ("h",)
    )
    groups: dict[tuple[float, float], list[str]] = {}
    for quantity in quantities:
        scale = _scale(step, quantity)
        groups.setdefault((scale.low, scale.high), []).append(quantity)
    items = []
    for (low, high), names in groups.items():
        scale = _scale(step, names[0])
        stops = ",".join(f"{colour} {100 * place:.0f}%" for place, colour in scale.colours)
        signs = " ".join(f'<b style="color:{step.palette.identity(name)}">{symbol(name)}</b>' for name in names)
        ramp = f'<i style="background:linear-gradient(to right,{stops})"></i>'
        items.append(f"<span>{signs} {_end(low)} {ramp} {_end(high)}</span>")
    marks = f"<span>○ {html.escape(step.words['right'])}</span><span>✕ {html.escape(step.words['wrong'])}</span>"
    return f'<div class="legend" style="--rule:{step.palette.rule}">{"".join(items)}{marks}</div>'


def _end(value: float) -> str:
    """The end of a scale: -1, 0, 1, or a bound that is no round number."""
    return f"{value:g}".replace("-", "−") if value in (-1, 0, 1) else number(value)


def _scale(step: _Step, quantity: str) -> Scale:
    return step.palette.scale(quantity, step.bound, step.tr.layers[0].cell)


def _operator(sign: str, x: float, y: float, colour: str, plain: bool = False) -> str:
    kind = "plain" if plain else "round" if len(sign) == 1 else "box"
    return f'<div class="operator {kind}" style="left:{x}%;top:{y:.0f}px;color:{colour}"><b>{sign}</b></div>'


def _wire(colour: str, *points: _Point, width: int = 2, arrow: bool = False) -> str:
    """A line along `points`, each straight above, below or beside the one before; a head at its end if `arrow`."""
    parts = []
    for (x1, dx1, y1), (x2, dx2, y2) in pairwise(points):
        if y1 == y2:
            (x1, dx1), (x2, dx2) = sorted([(x1, dx1), (x2, dx2)])
            place = (
                f"left:calc({x1}% + {dx1}px);width:calc({x2 - x1:.2f}% + {dx2 - dx1}px);"
                f"top:{y1 - width / 2:.1f}px;height:{width}px"
            )
        else:
            place = (
                f"left:calc({x1}% + {dx1 - width / 2}px);width:{width}px;"
                f"top:{min(y1, y2) - width / 2:.1f}px;height:{abs(y2 - y1) + width:.1f}px"
            )
        parts.append(f'<i class="wire" style="{place};background:{colour}"></i>')
    if arrow:
        (x1, dx1, y1), (x2, dx2, y2) = points[-2:]
        way = ("right" if (x2, dx2) > (x1, dx1) else "left") if y1 == y2 else ("down" if y2 > y1 else "up")
        parts.append(f'<i class="tip {way}" style="left:calc({x2}% + {dx2}px);top:{y2:.1f}px;color:{colour}"></i>')
    return "".join(parts)
