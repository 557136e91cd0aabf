"""One colour for each quantity and one scale for each meaning, the same in every figure of every page.

Scales are never fitted to what a figure happens to show: a gate is always drawn on [0, 1], a candidate or hidden state
on [-1, 1], a cell state on plus/minus the largest |c| of its run. The identity colours are Okabe and Ito's, which
colour-blind eyes tell apart, darkened where text needs it.
"""

import html
import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

IDENTITY = {
    "i": "#009e73",
    "f": "#c98200",
    "g": "#b5508f",
    "o": "#3a8fd0",
    "c": "#2166ac",
    "h": "#d55e00",
    "r": "#c98200",
    "z": "#009e73",
    "n": "#b5508f",
    "yhat": "#5b6b8c",
    "loss": "#2f5bea",
    "accuracy": "#009e73",
}
"""The colour of a quantity's name, line and border, on a light ground."""

ON_DARK = {
    "i": "#2cc596",
    "f": "#f0b03c",
    "g": "#e08cc0",
    "o": "#74bdf5",
    "c": "#6ea8ff",
    "h": "#ff8a3d",
    "r": "#f0b03c",
    "z": "#2cc596",
    "n": "#e08cc0",
    "yhat": "#b6c3de",
    "loss": "#8fa8ff",
    "accuracy": "#2cc596",
}
"""The same hues, light enough for a dark ground."""

SYMBOLS = {"yhat": "ŷ"}
"""How a quantity is written where that differs from its name."""

UNIT_INTERVAL = ("i", "f", "o", "r", "z", "yhat")
"""Quantities in [0, 1]; the others can be negative."""


@dataclass(frozen=True)
class Scale:
    """A colour scale and the fixed range that it stands for."""

    colours: tuple[tuple[float, str], ...]
    low: float
    high: float

    @property
    def text(self) -> str:
        """The range as a legend says it."""
        high = f"{self.high:.2g}" if self.high < 100 else f"{self.high:.0f}" if self.high < 1e4 else f"{self.high:.0e}"
        return f"0–{high}" if self.low == 0 else f"±{high}"

    def colour(self, value: float) -> tuple[str, str]:
        """(fill, ink) of a square that shows `value`: the ink is the one that can be read on it."""
        if not np.isfinite(value):
            return "#8a8f9c", "#ffffff"
        place = min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)
        for (a, first), (b, second) in zip(self.colours, self.colours[1:], strict=False):
            if place <= b:
                share = (place - a) / (b - a)
                rgb = [round(x + (y - x) * share) for x, y in zip(_rgb(first), _rgb(second), strict=True)]
                break
        bright = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2] > 140
        return "#{:02x}{:02x}{:02x}".format(*rgb), "#111827" if bright else "#ffffff"


@dataclass(frozen=True)
class Palette:
    """What differs between the light and the dark theme, and the lecture's own colours in either."""

    dark: bool = False
    lecture: bool = False
    """draw everything on the notes' blue-white-red over [-1, 1]"""

    @property
    def ink(self) -> str:
        """The colour of text."""
        return "#e6e9f2" if self.dark else "#1d2433"

    @property
    def quiet(self) -> str:
        """The colour of labels, axes and grids."""
        return "#93a0ba" if self.dark else "#5d6880"

    @property
    def rule(self) -> str:
        """The colour of thin lines."""
        return "#2a3448" if self.dark else "#dde3ee"

    @property
    def accent(self) -> str:
        """The colour of what is selected."""
        return "#8fa8ff" if self.dark else "#2f5bea"

    def identity(self, quantity: str) -> str:
        """The colour that stands for a quantity everywhere."""
        return (ON_DARK if self.dark else IDENTITY)[quantity]

    @property
    def as_told(self) -> dict[str, Any]:
        """What the parts in the browser are told of this palette, to be written as JSON."""
        return {
            "ink": self.ink,
            "quiet": self.quiet,
            "rule": self.rule,
            "accent": self.accent,
            "identity": {name: self.identity(name) for name in IDENTITY},
            "unit": [*UNIT_INTERVAL, "probabilities"],
            "scales": {
                "unit": self.scale("i").colours,
                "signed": self.scale("g").colours,
                "notes": Palette(self.dark, lecture=True).scale("h").colours,
            },
        }

    def scale(self, quantity: str, bound: float = 1.0, cell: str = "") -> Scale:
        """The scale of a quantity of a trace ("yhat": probabilities).

        bound: where the scale ends of what no function bounds, c and the state h of the cell "rnn_relu": the largest
        magnitude in the run, so that it is the same wherever the run is drawn.
        """
        if self.lecture:
            return Scale(((0.0, "#0000ff"), (0.5, "#ffffff"), (1.0, "#ff0000")), -1.0, 1.0)
        if quantity in UNIT_INTERVAL:
            ends = ("#1b2435", "#b9c9ff") if self.dark else ("#f5f7fb", "#2c3a63")
            return Scale(((0.0, ends[0]), (1.0, ends[1])), 0.0, 1.0)
        middle = "#1b2435" if self.dark else "#f7f8fb"
        blue, red = ("#5aa7f0", "#f0716b") if self.dark else ("#2166ac", "#b2182b")
        bound = bound if quantity == "c" or (quantity == "h" and cell == "rnn_relu") else 1.0
        return Scale(((0.0, blue), (0.5, middle), (1.0, red)), -bound, bound)


def symbol(quantity: str) -> str:
    """The sign of a quantity in figures and tables."""
    return SYMBOLS.get(quantity, quantity)


def number(value: float) -> str:
    """A value as the pages print it: three decimals, fewer for large ones, "∞" and "NaN" spelled out."""
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    digits = 3 if abs(value) < 10 else 2 if abs(value) < 100 else 1 if abs(value) < 1e5 else None
    text = f"{value:z.{digits}f}" if digits is not None else f"{value:.2e}"  # z: what rounds to 0 has no sign
    return text.replace("-", "−")


def largest(values: Any) -> float:
    """The bound of a symmetric scale for `values`: their largest finite magnitude, at least 1."""
    finite = np.abs(values)[np.isfinite(values)]
    return max(1.0, float(finite.max(initial=0.0)))


def label(text: str) -> str:
    """What a user typed, as plotly writes it letter for letter, whichever way it is read."""
    # Plotly understands some HTML, but not &quot;; the isolates keep a letter of a right-to-left script in its place.
    shown = html.escape(text, quote=False)
    rightward = all(unicodedata.bidirectional(char) not in ("R", "AL", "AN") for char in text)
    return shown if rightward else f"\u2068{shown}\u2069"


MARK = "#e07b00"
"""The colour of what is pointed out."""


def heatmap(z: Any, scale: Scale, text: Any, *, gap: int = 1, **more: Any) -> go.Heatmap:
    """Squares at whole places, row by row, on a fixed scale; `text` is what each says under the pointer."""
    rows, columns = np.shape(z)
    usual = {
        "x": list(range(columns)),
        "y": list(range(rows)),
        "zmin": scale.low,
        "zmax": scale.high,
        "colorscale": [list(stop) for stop in scale.colours],
        "showscale": False,
        "xgap": gap,
        "ygap": gap,
        "hovertemplate": "%{text}<extra></extra>",
    }
    return go.Heatmap(z=z, text=text, **(usual | more))


def ground(palette: Palette) -> dict[str, Any]:
    """The app's ground, ink and margins, as a layout."""
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": palette.ink, "size": 13, "family": "Inter, 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif"},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "dragmode": False,
    }


def dress(figure: go.Figure, palette: Palette, **layout: Any) -> go.Figure:
    """Give a figure the app's ground, ink and margins; more of the layout by name."""
    figure.update_layout(**(ground(palette) | layout))
    figure.update_xaxes(showgrid=False, zeroline=False, fixedrange=True)
    figure.update_yaxes(showgrid=False, zeroline=False, fixedrange=True)
    return figure


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
