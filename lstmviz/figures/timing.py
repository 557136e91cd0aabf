"""Times as lines, bars and a roofline: what a step takes against steps, nodes and batch, and what it is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go

from lstmviz.figures.plain import POWERS, drawn, upright
from lstmviz.figures.theme import MARK, SMALLEST, Palette
from lstmviz.timing.model import Fit

COLOURS = {
    "cpu": ("#c05000", "#ff8a3d"),
    "compiled": ("#00805a", "#2cc596"),
    "h200": ("#0072b2", "#74bdf5"),
    "h100": ("#7a5ab8", "#b9a2f2"),
    "gpu": ("#b5508f", "#e08cc0"),
    "other": ("#5b6b8c", "#b6c3de"),
}
"""The colour of a way, on a light and on a dark ground; the recorded cards have their own."""

HEIGHT = 320
_UNITS = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns"))


@dataclass(frozen=True)
class Curve:
    """Times of one way of one machine at some places, ascending."""

    name: str
    colour: str
    """a key of `COLOURS`"""
    x: tuple[float, ...]
    seconds: tuple[float, ...]
    recorded: bool = False
    """whether another machine measured it"""


@dataclass(frozen=True)
class Roof:
    """What one way reaches by the work of a step: measured, and by its two numbers."""

    curve: Curve
    """x: operations a step, seconds: of a step"""
    fit: Fit


@dataclass(frozen=True)
class Piece:
    """A part of a bar."""

    name: str
    nanoseconds: float
    says: str = ""
    """under the pointer"""


@dataclass(frozen=True)
class Bar:
    """One step, by one way."""

    name: str
    colour: str
    pieces: tuple[Piece, ...] = field(default=())

    @property
    def length(self) -> float:
        """Nanoseconds of the whole step."""
        return sum(piece.nanoseconds for piece in self.pieces)


def colour(palette: Palette, key: str) -> str:
    """The colour of a way."""
    return COLOURS[key][palette.dark]


def time_text(nanoseconds: float) -> str:
    """A time with its unit: "35 ns", "9.4 µs", "1.72 s"."""
    factor, unit = next((one for one in _UNITS if nanoseconds >= one[0]), _UNITS[-1])
    value = nanoseconds / factor
    return f"{value:,.0f} {unit}" if value >= 99.5 else f"{value:.3g} {unit}"


def against(
    curves: Sequence[Curve], palette: Palette, titles: tuple[str, str], marks: Sequence[tuple[float, str]] = ()
) -> go.Figure:
    """Seconds against steps, nodes or batch, both logarithmic, so that a straight line of slope 1 is in proportion.

    titles: of the axes. marks: (place, text) of what is pointed out.
    """
    places = sorted({place for curve in curves for place in curve.x})
    wide, high = _axes(palette, titles)
    wide |= {"tickvals": _few(places), "tickformat": ","}
    notes = [
        {
            "x": np.log10(place),
            "y": 0.98 - 0.2 * number,  # curves rise: the room is above them, but for the right end
            "yref": "paper",
            "text": text,
            "showarrow": False,
            "xanchor": "left" if place < np.sqrt(places[0] * places[-1]) else "right",
            "yanchor": "top",
            "align": "left",
            "font": {"size": 12, "color": palette.ink},
            "bgcolor": "rgba(20,26,40,0.8)" if palette.dark else "rgba(255,255,255,0.85)",
        }
        for number, (place, text) in enumerate(marks)
    ]
    return drawn(
        [_line(curve, palette, f"{titles[0]} %{{x:,}}: %{{customdata}}") for curve in curves],
        palette,
        shapes=[upright(place, {"color": MARK, "width": 1.5, "dash": "dash"}) for place, _text in marks],
        annotations=notes,
        xaxis=wide,
        yaxis=high | _of_times([one for curve in curves for one in curve.seconds]),
        **_looks(titles),
    )


def roofline(roofs: Sequence[Roof], palette: Palette, titles: tuple[str, str]) -> go.Figure:
    """Operations a second by the operations of a step: measured points, the fit, and its two limits.

    Where there is little to compute the latency is the limit, a line of slope 1; with much the throughput, a level one.
    """
    reach = [place for roof in roofs for place in roof.curve.x]
    work = np.geomspace(min(reach, default=1e3), max(reach, default=1e9), 60)
    data, tops = list[dict[str, Any]](), list[float]()
    for roof in roofs:
        fit, stroke = roof.fit, colour(palette, roof.curve.colour)
        limits = np.minimum(work / fit.latency, fit.throughput)
        looks: tuple[tuple[Any, dict[str, Any]], ...] = (
            (limits, {"color": stroke, "width": 1, "dash": "dot"}),
            (work / (fit.latency + work / fit.throughput), {"color": stroke, "width": 2}),
        )
        silent = {"type": "scatter", "x": work, "mode": "lines", "hoverinfo": "skip", "showlegend": False}
        data += [{**silent, "y": values, "line": line} for values, line in looks]
        x = np.array(roof.curve.x)
        y = x / np.array(roof.curve.seconds)
        tops += [*y, fit.throughput]
        data.append(
            {
                "type": "scatter",
                "x": x,
                "y": y,
                "mode": "markers",
                "marker": {"size": 8, "color": stroke, "symbol": _symbol(roof.curve)},
                "name": roof.curve.name,
                "hovertemplate": f"%{{x:.3s}} → %{{y:.3s}}FLOP/s<extra>{roof.curve.name}</extra>",
            }
        )
    wide, high = _axes(palette, titles)
    if tops:
        high |= {"range": [np.log10(min(tops)) - 0.3, np.log10(max(tops)) + 0.3]}
    return drawn(data, palette, xaxis=wide | POWERS, yaxis=high | POWERS, **_looks(titles))


def through_batch(
    curves: Sequence[Curve], places: Sequence[int], palette: Palette, titles: tuple[str, str], at: int = 0
) -> go.Figure:
    """Bars of the time that one step of one sequence takes, with a slider through the batches; no server is asked.

    titles: of the slider and of the axis. at: which place is shown first.
    """
    names = [curve.name for curve in curves]
    shares = [
        [curve.seconds[curve.x.index(place)] / place if place in curve.x else None for curve in curves]
        for place in places
    ]
    known = [one for row in shares for one in row if one is not None]

    def bars(row: Sequence[float | None]) -> dict[str, Any]:
        return {
            "type": "bar",
            "x": list(row),
            "y": names,
            "orientation": "h",
            "marker": {"color": [colour(palette, curve.colour) for curve in curves]},
            "text": ["" if one is None else time_text(1e9 * one) for one in row],
            "textposition": "outside",
            "cliponaxis": False,
            "hoverinfo": "skip",
        }

    steps = [
        {
            "label": f"{place:,}",
            "method": "animate",
            "args": [[f"{place:,}"], {"mode": "immediate", "frame": {"duration": 0}, "transition": {"duration": 0}}],
        }
        for place in places
    ]
    quiet = {"size": 12, "color": palette.quiet}
    slider = {
        "active": at,
        "steps": steps,
        "currentvalue": {"prefix": f"{titles[0]} ", "font": {"size": 13, "color": palette.ink}},
        "font": quiet,
        "pad": {"t": 28},
        "bordercolor": palette.rule,
        "bgcolor": palette.rule,
        "activebgcolor": palette.accent,
        "tickcolor": palette.quiet,
    }
    low, high = (np.log10(1e9 * end(known)) for end in (min, max)) if known else (0.0, 1.0)
    return drawn(
        [bars(shares[at])],
        palette,
        frames=[{"name": f"{place:,}", "data": [bars(row)]} for place, row in zip(places, shares, strict=True)],
        height=162 + 34 * len(names),
        margin={"l": 8, "r": 64, "t": 26, "b": 126},
        showlegend=False,
        sliders=[slider],
        title=_title(titles[1]),
        xaxis={
            "type": "log",
            "range": [low - 9 - 0.5, high - 9 + 0.3],
            "showgrid": True,
            "gridcolor": palette.rule,
            "tickfont": {"size": SMALLEST, "color": palette.quiet},
            "tickangle": 0,
            **_ticks(low, high),
        },
        yaxis={"autorange": "reversed", "tickfont": {"size": 13, "color": palette.ink}, "automargin": True},
    )


def one_step(bars: Sequence[Bar], palette: Palette, *, most: float, titles: tuple[str, str]) -> go.Figure:
    """Steps drawn to scale in time, from 0 to `most` nanoseconds; what is longer runs out of the picture.

    titles: above, and the text for what is longer, with the field {time}.
    """
    data, notes = list[dict[str, Any]](), list[dict[str, Any]]()
    edge = {"width": 1, "color": "#0f1420" if palette.dark else "#ffffff"}
    for bar in bars:
        place, shades = 0.0, _shades(bar, palette)
        for piece, shade in zip(bar.pieces, shades, strict=True):
            if place >= most:
                break
            length = min(piece.nanoseconds, most - place)
            data.append(
                {
                    "type": "bar",
                    "x": [length],
                    "y": [bar.name],
                    "base": [place],
                    "orientation": "h",
                    "marker": {"color": shade, "line": edge},
                    "text": [piece.name if length > 0.09 * most else ""],
                    "textposition": "inside",
                    "insidetextanchor": "middle",
                    "textangle": 0,
                    "constraintext": "both",
                    "textfont": {"size": 12, "color": _ink(shade)},
                    "name": piece.name,
                    "hovertemplate": f"{piece.name}: {time_text(piece.nanoseconds)}<br>{piece.says}<extra></extra>",
                }
            )
            place += piece.nanoseconds
        text = time_text(bar.length)
        if bar.length > most:
            text = titles[1].format(time=text)
        long = bar.length > 0.8 * most
        notes.append(
            {
                "x": min(bar.length, most),
                "y": bar.name,
                "text": f"<b>{text}</b>",
                "showarrow": False,
                "xanchor": "right" if long else "left",
                "yshift": 24 if long else 0,
                "xshift": 0 if long else 6,
                "font": {"size": 13, "color": palette.ink},
            }
        )
    ticks = [most * share / 4 for share in range(5)]
    return drawn(
        data,
        palette,
        barmode="overlay",
        height=90 + 58 * len(bars),
        margin={"l": 8, "r": 24, "t": 30, "b": 36},
        showlegend=False,
        bargap=0.5,
        title=_title(titles[0]),
        annotations=notes,
        xaxis={
            "range": [0, most * 1.02],
            "tickvals": ticks,
            "ticktext": [time_text(tick) if tick else "0" for tick in ticks],
            "tickfont": {"size": 12, "color": palette.quiet},
            "showgrid": True,
            "gridcolor": palette.rule,
        },
        yaxis={
            "autorange": "reversed",
            "tickfont": {"size": 13, "color": palette.ink},
            "automargin": True,
            "ticks": "",
            "ticksuffix": "  ",
        },
    )


def _line(curve: Curve, palette: Palette, says: str) -> dict[str, Any]:
    stroke = colour(palette, curve.colour)
    return {
        "type": "scatter",
        "x": list(curve.x),
        "y": list(curve.seconds),
        "customdata": [time_text(1e9 * one) for one in curve.seconds],
        "mode": "lines+markers",
        "line": {"color": stroke, "width": 1.8, "dash": "dot" if curve.recorded else "solid"},
        "marker": {"size": 7, "symbol": _symbol(curve)},
        "name": curve.name,
        "hovertemplate": f"{says}<extra>{curve.name}</extra>",
    }


def _symbol(curve: Curve) -> str:
    return "circle-open" if curve.recorded else "circle"


def _title(text: str) -> dict[str, Any]:
    return {"text": text, "x": 0.0, "y": 0.99, "yanchor": "top", "font": {"size": 13}}


def _looks(titles: tuple[str, str]) -> dict[str, Any]:
    """The layout of lines with their names above."""
    return {
        "height": HEIGHT,
        "margin": {"l": 56, "r": 12, "t": 66, "b": 42},
        "hovermode": "closest",
        "legend": {"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom", "font": {"size": 12}},
        "title": _title(titles[1]),
    }


def _axes(palette: Palette, titles: tuple[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both logarithmic."""
    quiet = {"size": 12, "color": palette.quiet}
    axis = {"type": "log", "tickfont": quiet, "showgrid": True, "gridcolor": palette.rule, "tickangle": 0}
    return axis | {"title": {"text": titles[0], "standoff": 4, "font": quiet}}, axis


def _of_times(seconds: Sequence[float]) -> dict[str, Any]:
    """What a logarithmic axis of seconds spans, and its numbers, with units."""
    if not seconds:
        return {}
    low, high = np.log10(1e9 * min(seconds)), np.log10(1e9 * max(seconds))
    return {"range": [low - 9 - 0.15, high - 9 + 0.15], **_ticks(low, high)}


def _ticks(low: float, high: float) -> dict[str, Any]:
    """Ticks of an axis in seconds, from 10^low to 10^high nanoseconds: powers of ten, with few of them 2 and 5 too."""
    powers = range(int(np.floor(low)), int(np.ceil(high)) + 1)
    steps = (1, 2, 5) if high - low < 2 else (1,)
    values = [step * 10.0**power for power in powers for step in steps]
    return {"tickvals": [1e-9 * one for one in values], "ticktext": [time_text(one) for one in values]}


def _few(places: Sequence[float]) -> list[float]:
    """Places that are far enough from each other to be written."""
    kept: list[float] = []
    for place in places:
        if not kept or place >= 1.9 * kept[-1]:
            kept.append(place)
    return kept


def _ink(shade: str) -> str:
    """The letters that can be read on a colour, black ones or white."""
    parts = [int(shade[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#ffffff"


def _shades(bar: Bar, palette: Palette) -> list[str]:
    """The bar's colour, from full to half, piece by piece."""
    red, green, blue = (int(colour(palette, bar.colour)[k : k + 2], 16) for k in (1, 3, 5))
    towards = 20 if palette.dark else 255
    shares = np.linspace(0, 0.45, max(len(bar.pieces), 1))
    return [
        "#{:02x}{:02x}{:02x}".format(*(round(one + (towards - one) * share) for one in (red, green, blue)))
        for share in shares
    ]
