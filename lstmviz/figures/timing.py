"""Times as lines, bars and a roofline: what a step takes against steps, nodes and batch, and what it is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go

from lstmviz.figures.theme import MARK, POWERS, SMALLEST, Palette, dress
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
    figure = go.Figure()
    for curve in curves:
        figure.add_trace(_line(curve, palette, f"{titles[0]} %{{x:,}}: %{{customdata}}"))
    _dress(figure, palette, titles)
    _times(figure, [one for curve in curves for one in curve.seconds])
    places = sorted({place for curve in curves for place in curve.x})
    figure.update_xaxes(tickvals=_few(places), tickformat=",")
    for number, (place, text) in enumerate(marks):
        figure.add_vline(x=place, line={"color": MARK, "width": 1.5, "dash": "dash"})
        figure.add_annotation(
            x=np.log10(place),
            y=0.98 - 0.2 * number,  # curves rise: the room is above them, but for the right end
            yref="paper",
            text=text,
            showarrow=False,
            xanchor="left" if place < np.sqrt(places[0] * places[-1]) else "right",
            yanchor="top",
            align="left",
            font={"size": 12, "color": palette.ink},
            bgcolor="rgba(20,26,40,0.8)" if palette.dark else "rgba(255,255,255,0.85)",
        )
    return figure


def roofline(roofs: Sequence[Roof], palette: Palette, titles: tuple[str, str]) -> go.Figure:
    """Operations a second by the operations of a step: measured points, the fit, and its two limits.

    Where there is little to compute the latency is the limit, a line of slope 1; with much the throughput, a level one.
    """
    figure = go.Figure()
    reach = [place for roof in roofs for place in roof.curve.x]
    work = np.geomspace(min(reach, default=1e3), max(reach, default=1e9), 60)
    tops = []
    for roof in roofs:
        fit, stroke = roof.fit, colour(palette, roof.curve.colour)
        limits = np.minimum(work / fit.latency, fit.throughput)
        looks: tuple[tuple[Any, dict[str, Any]], ...] = (
            (limits, {"color": stroke, "width": 1, "dash": "dot"}),
            (work / (fit.latency + work / fit.throughput), {"color": stroke, "width": 2}),
        )
        for values, line in looks:
            figure.add_trace(go.Scatter(x=work, y=values, mode="lines", line=line, hoverinfo="skip", showlegend=False))
        x = np.array(roof.curve.x)
        y = x / np.array(roof.curve.seconds)
        tops += [*y, fit.throughput]
        figure.add_trace(
            go.Scatter(
                x=x,
                y=y,
                mode="markers",
                marker={"size": 8, "color": stroke, "symbol": "circle-open" if roof.curve.recorded else "circle"},
                name=roof.curve.name,
                hovertemplate=f"%{{x:.3s}} → %{{y:.3s}}FLOP/s<extra>{roof.curve.name}</extra>",
            )
        )
    _dress(figure, palette, titles)
    figure.update_xaxes(**POWERS)
    if tops:
        figure.update_yaxes(range=[np.log10(min(tops)) - 0.3, np.log10(max(tops)) + 0.3])
    figure.update_yaxes(**POWERS)
    return figure


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

    def bars(row: Sequence[float | None]) -> go.Bar:
        return go.Bar(
            x=list(row),
            y=names,
            orientation="h",
            marker={"color": [colour(palette, curve.colour) for curve in curves]},
            text=["" if one is None else time_text(1e9 * one) for one in row],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )

    figure = go.Figure(
        data=[bars(shares[at])],
        frames=[go.Frame(name=f"{place:,}", data=[bars(row)]) for place, row in zip(places, shares, strict=True)],
    )
    steps = [
        {
            "label": f"{place:,}",
            "method": "animate",
            "args": [[f"{place:,}"], {"mode": "immediate", "frame": {"duration": 0}, "transition": {"duration": 0}}],
        }
        for place in places
    ]
    quiet = {"size": 12, "color": palette.quiet}
    dress(
        figure,
        palette,
        height=162 + 34 * len(names),
        margin={"l": 8, "r": 64, "t": 26, "b": 126},
        showlegend=False,
        sliders=[
            {
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
        ],
        title={"text": titles[1], "x": 0.0, "y": 0.99, "yanchor": "top", "font": {"size": 13}},
    )
    low, high = (np.log10(1e9 * end(known)) for end in (min, max)) if known else (0.0, 1.0)
    figure.update_xaxes(type="log", range=[low - 9 - 0.5, high - 9 + 0.3], showgrid=True, gridcolor=palette.rule)
    _ticks(figure.update_xaxes, low, high)
    figure.update_xaxes(tickfont={"size": SMALLEST, "color": palette.quiet}, tickangle=0)
    figure.update_yaxes(autorange="reversed", tickfont={"size": 13, "color": palette.ink}, automargin=True)
    return figure


def one_step(bars: Sequence[Bar], palette: Palette, *, most: float, titles: tuple[str, str]) -> go.Figure:
    """Steps drawn to scale in time, from 0 to `most` nanoseconds; what is longer runs out of the picture.

    titles: above, and the text for what is longer, with the field {time}.
    """
    figure = go.Figure()
    for bar in bars:
        place, shades = 0.0, _shades(bar, palette)
        for piece, shade in zip(bar.pieces, shades, strict=True):
            if place >= most:
                break
            length = min(piece.nanoseconds, most - place)
            wide = length > 0.09 * most
            figure.add_trace(
                go.Bar(
                    x=[length],
                    y=[bar.name],
                    base=[place],
                    orientation="h",
                    marker={"color": shade, "line": {"width": 1, "color": "#0f1420" if palette.dark else "#ffffff"}},
                    text=[piece.name if wide else ""],
                    textposition="inside",
                    insidetextanchor="middle",
                    textangle=0,
                    constraintext="both",
                    textfont={"size": 12, "color": _ink(shade)},
                    name=piece.name,
                    hovertemplate=f"{piece.name}: {time_text(piece.nanoseconds)}<br>{piece.says}<extra></extra>",
                )
            )
            place += piece.nanoseconds
        beyond = bar.length > most
        text = titles[1].format(time=time_text(bar.length)) if beyond else time_text(bar.length)
        figure.add_annotation(
            x=min(bar.length, most),
            y=bar.name,
            text=f"<b>{text}</b>",
            showarrow=False,
            xanchor="right" if bar.length > 0.8 * most else "left",
            yshift=24 if bar.length > 0.8 * most else 0,
            xshift=0 if bar.length > 0.8 * most else 6,
            font={"size": 13, "color": palette.ink},
        )
    dress(
        figure,
        palette,
        barmode="overlay",
        height=90 + 58 * len(bars),
        margin={"l": 8, "r": 24, "t": 30, "b": 36},
        showlegend=False,
        bargap=0.5,
        title={"text": titles[0], "x": 0.0, "y": 0.99, "yanchor": "top", "font": {"size": 13}},
    )
    quiet = {"size": 12, "color": palette.quiet}
    ticks = [most * share / 4 for share in range(5)]
    figure.update_xaxes(
        range=[0, most * 1.02],
        tickvals=ticks,
        ticktext=[time_text(tick) if tick else "0" for tick in ticks],
        tickfont=quiet,
        showgrid=True,
        gridcolor=palette.rule,
    )
    figure.update_yaxes(
        autorange="reversed", tickfont={"size": 13, "color": palette.ink}, automargin=True, ticks="", ticksuffix="  "
    )
    return figure


def _line(curve: Curve, palette: Palette, says: str) -> go.Scatter:
    stroke = colour(palette, curve.colour)
    return go.Scatter(
        x=list(curve.x),
        y=list(curve.seconds),
        customdata=[time_text(1e9 * one) for one in curve.seconds],
        mode="lines+markers",
        line={"color": stroke, "width": 1.8, "dash": "dot" if curve.recorded else "solid"},
        marker={"size": 7, "symbol": "circle-open" if curve.recorded else "circle"},
        name=curve.name,
        hovertemplate=f"{says}<extra>{curve.name}</extra>",
    )


def _dress(figure: go.Figure, palette: Palette, titles: tuple[str, str]) -> None:
    dress(figure, palette, height=HEIGHT, margin={"l": 56, "r": 12, "t": 66, "b": 42}, hovermode="closest")
    quiet = {"size": 12, "color": palette.quiet}
    figure.update_layout(
        legend={"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom", "font": {"size": 12}},
        title={"text": titles[1], "x": 0.0, "y": 0.99, "yanchor": "top", "font": {"size": 13}},
    )
    axis = {"type": "log", "tickfont": quiet, "showgrid": True, "gridcolor": palette.rule, "tickangle": 0}
    figure.update_xaxes(title={"text": titles[0], "standoff": 4, "font": quiet}, **axis)
    figure.update_yaxes(**axis)


def _times(figure: go.Figure, seconds: Sequence[float]) -> None:
    """Give a logarithmic vertical axis of seconds its numbers, with units."""
    if not seconds:
        return
    low, high = np.log10(1e9 * min(seconds)), np.log10(1e9 * max(seconds))
    figure.update_yaxes(range=[low - 9 - 0.15, high - 9 + 0.15])
    _ticks(figure.update_yaxes, low, high)


def _ticks(update: Any, low: float, high: float) -> None:
    """Ticks of an axis in seconds, from 10^low to 10^high nanoseconds: powers of ten, with few of them 2 and 5 too."""
    powers = range(int(np.floor(low)), int(np.ceil(high)) + 1)
    steps = (1, 2, 5) if high - low < 2 else (1,)
    values = [step * 10.0**power for power in powers for step in steps]
    update(tickvals=[1e-9 * one for one in values], ticktext=[time_text(one) for one in values])


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
