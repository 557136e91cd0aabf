"""A plotly figure put together in pixels from its top left corner, with parts that move."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import plotly.graph_objects as go
from numpy.typing import NDArray

from lstmviz.figures.playback import Player, buttons, slider
from lstmviz.figures.theme import Palette, dress

_ON_PAPER = {"xref": "paper", "yref": "paper"}


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels from the figure's top left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height


@dataclass(frozen=True, eq=False)
class Moving:
    """Attributes of a trace, and what they are in each frame of a player."""

    trace: int
    attributes: Mapping[str, Sequence[Any] | NDArray[Any]]


@dataclass
class Drawing:
    """What has been drawn so far. The figure has no margins, so what stands in it is placed here, to the pixel.

    Heights are exact; widths are shares of `width`, so the figure fits whatever room the page gives it.
    """

    width: float
    height: float = 0.0
    """grows with what is drawn"""
    traces: list[dict[str, Any]] = field(default_factory=list)
    _axes: dict[str, tuple[Box, dict[str, Any]]] = field(default_factory=dict)
    _notes: list[tuple[float, float, dict[str, Any]]] = field(default_factory=list)
    _shapes: list[tuple[Box, dict[str, Any]]] = field(default_factory=list)
    _images: list[tuple[Box, str]] = field(default_factory=list)

    def trace(self, **trace: Any) -> int:
        """Add a trace; returns its number."""
        self.traces.append({"showlegend": False, **trace})
        return len(self.traces) - 1

    def axes(self, box: Box, x: dict[str, Any], y: dict[str, Any]) -> dict[str, str]:
        """Add a pair of axes that spans `box`; returns what ties a trace to them."""
        number = len(self._axes) // 2 + 1
        names = {kind: f"{kind}{number if number > 1 else ''}" for kind in "xy"}
        for kind, other, options in (("x", "y", x), ("y", "x", y)):
            plain = {"showgrid": False, "zeroline": False, "fixedrange": True, "ticks": "", "anchor": names[other]}
            self._axes[names[kind]] = box, plain | options
        return {"xaxis": names["x"], "yaxis": names["y"]}

    def note(self, text: str, x: float, y: float, colour: str, size: int, anchor: str = "center bottom") -> None:
        """Write `text`; `anchor` says which point of it stands at (x, y), "left top" and the like."""
        across, along = anchor.split()
        style = {"text": text, "xanchor": across, "yanchor": along, "font": {"color": colour, "size": size}}
        self._notes.append((x, y, style))

    def line(self, box: Box, style: dict[str, Any]) -> None:
        """Draw a line from the left top to the right bottom of `box`."""
        self._shapes.append((box, {"type": "line", "line": style}))

    def rectangle(self, box: Box, style: dict[str, Any], layer: str) -> None:
        """Draw the outline of `box`, "above" or "below" the traces."""
        self._shapes.append((box, {"type": "rect", "line": style, "layer": layer}))

    def gradient(self, box: Box, colours: Sequence[tuple[float, str]]) -> None:
        """Fill `box` with a colour scale, from left to right."""
        stops = "".join(f'<stop offset="{place}" stop-color="{colour}"/>' for place, colour in colours)
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" preserveAspectRatio="none" viewBox="0 0 1 1">'
            f'<linearGradient id="g">{stops}</linearGradient><rect width="1" height="1" fill="url(#g)"/></svg>'
        )
        self._images.append((box, "data:image/svg+xml," + quote(svg)))

    def figure(self, players: Sequence[tuple[Player, Sequence[Moving]]], palette: Palette, **layout: Any) -> go.Figure:
        """All of it as a figure; each player comes with what it moves, and begins at its active frame."""
        for player, moving in players:
            for part in moving:
                self.traces[part.trace] |= {key: at[player.active] for key, at in part.attributes.items()}
        frames = [
            {
                "name": name,
                "data": [
                    {"type": self.traces[part.trace]["type"]} | {key: at[k] for key, at in part.attributes.items()}
                    for part in moving
                ],
                "traces": [part.trace for part in moving],
            }
            for player, moving in players
            for k, name in enumerate(player.frames)
        ]
        layout |= {
            "sliders": [slider(player, palette, self.width, self.height) for player, _ in players],
            "updatemenus": [buttons(player, palette, self.width, self.height) for player, _ in players],
            "annotations": [self._annotation(*note) for note in self._notes],
            "shapes": [self._shape(*shape) for shape in self._shapes],
            "images": [self._image(*image) for image in self._images],
            "height": round(self.height),
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0, "autoexpand": False},
        }
        for name, (box, options) in self._axes.items():
            layout[f"{name[0]}axis{name[1:]}"] = {"domain": self._domain(name[0], box), **options}
        figure = go.Figure({"data": self.traces, "frames": frames})
        return dress(figure, palette, **layout)

    def _domain(self, kind: str, box: Box) -> list[float]:
        if kind == "x":
            return [max(box.left / self.width, 0), min(box.right / self.width, 1)]
        return [max(1 - box.bottom / self.height, 0), min(1 - box.top / self.height, 1)]

    def _annotation(self, x: float, y: float, style: dict[str, Any]) -> dict[str, Any]:
        return {**style, **self._point(x, y), **_ON_PAPER, "showarrow": False, "borderpad": 0}

    def _shape(self, box: Box, style: dict[str, Any]) -> dict[str, Any]:
        ends = self._point(box.left, box.top, "0") | self._point(box.right, box.bottom, "1")
        return {**style, **ends, **_ON_PAPER}

    def _image(self, box: Box, source: str) -> dict[str, Any]:
        size = {"sizex": box.width / self.width, "sizey": box.height / self.height, "sizing": "stretch"}
        return {"source": source, **self._point(box.left, box.top), **size, **_ON_PAPER, "layer": "above"}

    def _point(self, x: float, y: float, suffix: str = "") -> dict[str, float]:
        return {f"x{suffix}": x / self.width, f"y{suffix}": 1 - y / self.height}


def text_width(text: str, size: float) -> float:
    """About how many pixels wide `text` is: Korean and Chinese signs are as wide as high, Latin ones about half."""
    return sum(size * (1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.58) for sign in text)
