"""Figures of plain data are what plotly makes of the same by its own updates, one after the other."""

import copy
import json

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plotly.io import to_json
from plotly.subplots import make_subplots

from lstmviz.figures.plain import across, drawn, numbered, spans, upright
from lstmviz.figures.theme import SMALLEST, Palette

LINE = {"color": "#123456", "width": 2, "dash": "dot"}
TRACES = [{"type": "scatter", "y": [1, 2, 4], "name": "a"}, {"type": "bar", "x": [0, 1], "y": [3, 4]}]


@pytest.mark.parametrize("dark", [False, True])
def test_it_is_what_plotly_makes_of_it(dark: bool) -> None:
    palette = Palette(dark=dark)
    made = drawn(
        TRACES,
        palette,
        height=200,
        margin={"l": 40},
        legend={"orientation": "h"},
        xaxis={"title": {"text": "epoch"}, "tickfont": {"color": palette.quiet}},
        yaxis={"showgrid": True, "tickfont": {"size": 14}},
        shapes=[across(0.5, LINE), upright(1, LINE)],
        frames=[{"name": "0", "data": [{"y": [0, 0, 0]}], "traces": [0]}],
    )
    figure = go.Figure([go.Scatter(y=[1, 2, 4], name="a"), go.Bar(x=[0, 1], y=[3, 4])])
    figure.frames = [go.Frame(name="0", data=[go.Scatter(y=[0, 0, 0])], traces=[0])]
    figure.add_hline(y=0.5, line=LINE)
    figure.add_vline(x=1, line=LINE)
    clear = "rgba(0,0,0,0)"
    figure.update_layout(paper_bgcolor=clear, plot_bgcolor=clear, dragmode=False, height=200)
    figure.update_layout(font={"color": palette.ink, "size": 13, "family": made.layout.font.family})
    figure.update_layout(margin={"l": 40, "r": 8, "t": 8, "b": 8})
    figure.update_layout(legend={"orientation": "h", "font": {"size": SMALLEST}})
    figure.update_xaxes(title="epoch", showgrid=False, zeroline=False, fixedrange=True)
    figure.update_xaxes(tickfont={"color": palette.quiet, "size": SMALLEST})
    figure.update_yaxes(showgrid=True, zeroline=False, fixedrange=True, tickfont={"size": 14})
    assert made == figure
    assert made.frames == figure.frames


@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=6), st.floats(0, 0.1))
def test_parts_lie_where_plotly_lays_panels(sizes: list[float], spacing: float) -> None:
    figure = make_subplots(rows=1, cols=len(sizes), column_widths=sizes, horizontal_spacing=spacing)
    for panel, span in enumerate(spans(sizes, spacing)):
        assert figure.layout[numbered("xaxis", panel)].domain == pytest.approx(span, abs=1e-12)


def test_what_plotly_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        _ = drawn([{"type": "scatter", "line": {"colour": "red"}}], Palette(dark=False)).data


def test_what_is_sent_is_what_plotly_would_send_and_is_written_once() -> None:
    numbers = np.arange(6.0).reshape(2, 3)
    traces = [
        {"type": "heatmap", "z": numbers, "name": None},
        {"type": "scatter", "y": (1, None), "marker": {"size": numbers[0]}},
    ]
    made = drawn(
        traces, Palette(dark=True), width=300, height=200, title=None, annotations=({"text": "a", "x": 1, "y": 2},)
    )
    sent = made.to_dict()
    assert made.to_dict() is sent
    assert made.size == (300, 200)
    assert "_begun" not in vars(made)
    again = go.Figure(made._plain).to_dict()
    assert json.loads(to_json(sent, validate=False)) == json.loads(to_json(again, validate=False))
    assert traces[1]["marker"]["size"] is not sent["data"][1]["marker"]["size"]  # what was given is as it was


def test_a_figure_that_is_changed_sends_the_change() -> None:
    made = drawn(TRACES, Palette(dark=False), height=200)
    before = made.to_dict()
    made.update_layout(height=300)
    assert made.to_dict()["layout"]["height"] == 300 != before["layout"]["height"]
    assert copy.deepcopy(made) == made
    with pytest.raises(AttributeError):
        _ = made.nothing
