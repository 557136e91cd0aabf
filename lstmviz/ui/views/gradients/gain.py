"""The recurrent weights times a number that can be dragged: vanishing, exploding, and what clipping does about it."""

import math

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from lstmviz.figures.gradients import (
    MOST_DECADES,
    Curve,
    cell_colour,
    decade,
    gradient_scale,
    lags,
    matrix,
    norms,
    strength,
)
from lstmviz.figures.theme import Palette, Scale, lowered
from lstmviz.gradients import Clipping
from lstmviz.gradients.clipping import MAX_NORM
from lstmviz.statemap import StateMap
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.arrival import chart
from lstmviz.ui.frame.controls.fields import CELL_NAMES, quote
from lstmviz.ui.frame.language import _, language
from lstmviz.ui.views.gradients.computed import GAINS, Seen, at_gain, clipping, far_lag

_LANDMARKS = (0.5, 1.0, 2.0, 4.0)  # gains that the scale of the colours is made for
_FAR = 10  # steps back, in the sentence


@st.fragment
def show(run: Run, f: StateMap, palette: Palette) -> None:
    """Draw the slider, the field of the norm, and what follows from both."""
    about = (run.known, palette)
    with st.container(horizontal=True, vertical_alignment="bottom", key="gradients_gain_row"):
        gain = st.slider(
            _("Gain: the recurrent weights times"),
            GAINS[0],
            GAINS[-1],
            1.0,
            0.1,
            key="gradients_gain",
            width=225,
            format="%.1f",
        )
        asked = st.text_input(_("Clip the norm to"), "1", key="gradients_max_norm", width=110)
        scale = remembered(lambda: _scale(run, f, palette), "scale of gains", *about)
        _legend(scale, palette)
    gain = min(GAINS, key=lambda one: abs(one - gain))
    max_norm, problem = _norm(asked)
    if problem:
        st.markdown(f":red[:small[:material/error: {problem}]]")
    found = at_gain(run, f, gain)
    drawn = remembered(lambda: _matrices(run, f, gain, scale, palette), "matrices at a gain", *about, gain, language())
    with st.container(horizontal=True, gap="xsmall", key="gradients_gain_matrices"):
        for name, figure in drawn.items():
            chart(figure, key=f"gain_{name}", width="content")
    clipped = clipping(run, f).to(max_norm)
    left, right = st.columns(2, gap="small")
    with left:
        chart(
            remembered(lambda: _lags(run, f, gain, palette), "lags at a gain", *about, gain, language()),
            key="gain_lags",
        )
    with right:
        chart(
            remembered(lambda: _norms(clipped, gain, palette), "norms drawn", *about, gain, max_norm, language()),
            key="gain_norms",
        )
    st.markdown(f"{_reach_says(found, gain)} {_clip_says(clipped, gain)}")


def _legend(scale: Scale, palette: Palette) -> None:
    """The colours of the matrices, and what their ends stand for."""
    colours = ", ".join(colour for _place, colour in scale.colours)
    low, high = (decade(end) for end in (scale.low, scale.high))
    below = "≤ " if scale.high - scale.low >= MOST_DECADES else ""
    note = _("logarithmic")
    st.html(
        '<div style="display:flex;align-items:center;gap:0.4rem;font-size:0.8rem;white-space:nowrap">'
        f"<span>{below}{low}</span>"
        f'<span style="width:7rem;height:0.8rem;border-radius:3px;border:1px solid {palette.rule};'
        f'background:linear-gradient(90deg,{colours})"></span>'
        f"<span>{high} · {note}</span></div>",
        width="content",
    )


def _norm(text: str) -> tuple[float, str]:
    """The norm that a text stands for; 1 and a sentence where it stands for none."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if 0 < value <= MAX_NORM:
        return value, ""
    sentence = _("The norm must be a number above 0, at most {high}; got {got}, so {kept} stays in use.")
    return 1.0, sentence.format(high="10⁹", got=quote(text), kept="1")


def _scale(run: Run, f: StateMap, palette: Palette) -> Scale:
    return gradient_scale([m for gain in _LANDMARKS for m in at_gain(run, f, gain).matrices.values()], palette)


def _matrices(run: Run, f: StateMap, gain: float, scale: Scale, palette: Palette) -> dict[str, go.Figure]:
    """The network as it was trained, and with the gain."""
    drawn = {}
    for name in at_gain(run, f, 1.0).matrices:
        for which, one in (("trained", 1.0), ("chosen", gain)):
            found = at_gain(run, f, one)
            title = f"|∂L{lowered('t')}/∂{name}{lowered('k')}|, × {one:g}"
            drawn[f"{name}_{which}"] = matrix(
                found.matrices[name],
                found.steps,
                scale,
                palette,
                title,
                "t = {t}, k = {k}: {value}",
                accent=which == "chosen",
            )
    return drawn


def _lags(run: Run, f: StateMap, gain: float, palette: Palette) -> go.Figure:
    colour = cell_colour(run.experiment.cell, palette)
    curves = [Curve("× 1", at_gain(run, f, 1.0).lags["h"].log10, palette.quiet, dash="dash", width=1.6)]
    if gain != 1.0:
        curves.append(Curve(f"× {gain:g}", at_gain(run, f, gain).lags["h"].log10, colour, width=2.4))
    title = _("{cell}: |∂L/∂h| relative to lag 0").format(cell=CELL_NAMES[run.experiment.cell])
    return lags(curves, palette, (_("lag t − k"), title))


def _norms(clipped: Clipping, gain: float, palette: Palette) -> go.Figure:
    titles = _("gain"), _("norm of the whole gradient")
    names = _("before"), _("clipped"), _("clip at {norm}").format(norm=f"{clipped.max_norm:g}")
    return norms(
        clipped.gains,
        clipped.norm,
        clipped.clipped,
        palette,
        titles,
        names,
        max_norm=clipped.max_norm,
        gain=gain,
    )


def _reach_says(found: Seen, gain: float) -> str:
    """What a step back does to the gradient at this gain."""
    logs = found.lags["h"].log10
    lag = far_lag(found, _FAR)
    if not np.isfinite(logs[lag]):
        text = _("At gain {gain} nothing of the gradient is left at lag {lag}.")
        return text.format(gain=f"{gain:g}", lag=lag)
    per_step = 10 ** (float(logs[lag]) / max(lag, 1))
    text = _(
        "At gain {gain} and lag {lag} the gradient on h is {share} of what it is at the step itself: times "
        "{factor} a step, so it {verdict}."
    )
    verdict = (
        _("vanishes") if per_step < 0.99 else _("explodes") if per_step > 1.01 else _("neither vanishes nor explodes")
    )
    return text.format(
        gain=f"{gain:g}", lag=lag, share=strength(float(logs[lag])), factor=f"{per_step:.2g}", verdict=verdict
    )


def _clip_says(clipped: Clipping, gain: float) -> str:
    """What clipping does at this gain."""
    at = int(np.abs(clipped.gains - gain).argmin())
    norm, factor = float(clipped.norm[at]), float(clipped.factor[at])
    if not np.isfinite(norm):
        return _("The norm of the whole gradient is no finite number here, and clipping cannot mend that.")
    values = {"norm": strength(math.log10(norm)) if norm > 0 else "0", "max": f"{clipped.max_norm:g}"}
    if factor >= 1.0:
        return _("The norm of the whole gradient is {norm}, below {max}: clipping leaves it as it is.").format(**values)
    text = _(
        "The norm of the whole gradient is {norm}: to bring it to {max}, clipping multiplies each of its numbers by "
        "{factor}. The direction stays."
    )
    return text.format(factor=strength(math.log10(factor)), **values)
