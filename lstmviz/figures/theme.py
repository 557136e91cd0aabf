"""One colour for each quantity and one scale for each meaning, the same in every figure of every page.

Scales are never fitted to what a figure happens to show: a gate is always drawn on [0, 1], a candidate or hidden state
on [-1, 1], a cell state on plus/minus the largest |c| of its run. The identity colours are Okabe and Ito's, which
colour-blind eyes tell apart, darkened where text needs it.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

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


# On a ground of this luminance black and white are read equally well, at 4.58:1; a lighter black falls below 4.5:1.
_INK_TURNS = (1.05 * 0.05) ** 0.5 - 0.05


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
            return "#8a8f9c", "#000000"
        place = min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)
        for (a, first), (b, second) in zip(self.colours, self.colours[1:], strict=False):
            if place <= b:
                share = (place - a) / (b - a)
                rgb = [round(x + (y - x) * share) for x, y in zip(_rgb(first), _rgb(second), strict=True)]
                break
        return "#{:02x}{:02x}{:02x}".format(*rgb), "#000000" if luminance(rgb) > _INK_TURNS else "#ffffff"


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


def luminance(rgb: Sequence[float]) -> float:
    """The relative luminance of a colour of sRGB in [0, 255], as WCAG 2 defines it: 0 is black, 1 white."""
    shares = (value / 255 for value in rgb)
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


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
    if digits is not None:
        text = f"{_rounded(value, digits):zf}"  # z: what rounds to 0 has no sign
    else:
        exponent = Decimal(value).adjusted()
        text = f"{Decimal(value).quantize(Decimal((0, (1,), exponent - 2)), ROUND_HALF_UP):.2e}"
        text = re.sub(r"e([+-])(\d)$", r"e\g<1>0\2", text)
    return text.replace("-", "−")


def signed(value: float) -> str:
    """The same as a change: with its sign, unless it is rounded to 0."""
    text = number(value)
    return f"+{text}" if value > 0 and text != number(0.0) else text


def share_text(value: float) -> str:
    """A share in percent with one decimal; what that would round to nothing or to all is said to be less or more.

    The browser's `shareText` in `parts/common/numbers.js` has the same rule, as `number` there has that of `number`.
    """
    if not np.isfinite(value):
        return number(value)
    if value in (0, 1):
        return f"{100 * value:.0f}%"
    if 0 < value < 0.0005:
        return "< 0.1%"
    if 0.9995 <= value < 1:
        return "> 99.9%"
    return f"{_rounded(100 * float(value), 1):zf}%".replace("-", "−")


def loss_text(loss: float) -> str:
    """A loss in nats: four decimals, and what is too small or too large for them with two digits and an exponent.

    The browser's `lossText` in `parts/common/numbers.js` has the same rule.
    """
    if 1e-4 <= loss < 1e4:
        return f"{_rounded(loss, 4):f}"
    mantissa, _e, exponent = f"{loss:.1e}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def in_percent(share: float) -> str:
    """The same without its unit, for sentences that have it."""
    return share_text(share).removesuffix("%")


def whole_percent(share: float) -> str:
    """A share in whole percent, without the unit, but never 0 or 100 where it is not."""
    rounded = int(_rounded(100 * float(share), 0))
    if 0 < share < 1:
        rounded = min(max(rounded, 1), 99)
    return f"{rounded}".replace("-", "−")


def whole_share(share: float) -> str:
    """The same with its unit."""
    return f"{whole_percent(share)}%"


def share_texts(shares: Iterable[float]) -> list[str]:
    """Of each `share_text`: what is said of points, for which plotly's own rounding would say 100% of 0.9998."""
    return [share_text(float(share)) for share in shares]


def _rounded(value: float, digits: int) -> Decimal:
    """A half goes away from zero, as in the browser, where Python's own format goes to the even digit."""
    return Decimal(float(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


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


SMALLEST = 12
"""Pixels: no letter of a figure is smaller."""


def index(unit: int) -> str:
    """The number of a unit below the line: ₁₂."""
    return str(unit).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def lowered(text: str) -> str:
    """A subscript in a title of plotly, whose own are 0.7 of the letters around them: less than `SMALLEST`."""
    return f'<sub><span style="font-size:{SMALLEST}px">{text}</span></sub>'


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
