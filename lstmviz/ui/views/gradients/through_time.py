"""How strongly each loss depends on the states before it: of all cells, over the training, over many seeds."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

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
    singular,
    stages,
)
from lstmviz.figures.theme import Palette, Scale
from lstmviz.gradients import Band
from lstmviz.sweeps import BundleResult
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.background.sweeping import MANY_SEEDS, current_sweep, many_seeds
from lstmviz.ui.frame.arrival import chart
from lstmviz.ui.frame.fields import CELL_NAMES
from lstmviz.ui.frame.language import _, language, ngettext
from lstmviz.ui.views.gradients.computed import Seen, bands, moments, singular_values, through_training, window
from lstmviz.ui.waiting import sweep as waiting
from lstmviz.ui.waiting.training import run_beside

CELLS = ("rnn", "gru", "lstm")
_STAGES = 5  # lines from before the training to after it

Runs = Mapping[str, Run]


def show(run: Run, palette: Palette) -> None:
    """Draw the matrices, and below them the strengths by lag."""
    runs = runs_beside(run)
    _matrices(run, runs, palette)
    found = _many_seeds(run)
    about = (*_key(runs), palette, language())
    results = tuple(result.bundle for result in found)

    def make() -> dict[str, go.Figure]:
        with st.spinner(_("Following the gradients of {count} networks").format(count=len(MANY_SEEDS) * len(CELLS))):
            return _by_lag(run, runs, found, palette)

    own = remembered(make, "gradients by lag drawn", *about, *results)
    left, right = st.columns(2, gap="small")
    for place, (name, figure) in zip((left, right), own.items(), strict=False):
        with place:
            chart(figure, key=name)
    st.caption(_lags_say(run, found))
    left, right = st.columns(2, gap="small")
    with left:
        chart(remembered(partial(_training, run, palette), "gradients over the training", *about), key="g_training")
    with right:
        chart(remembered(partial(_singular, run, palette), "singular values drawn", *about), key="g_singular")
    st.caption(_singular_says(run))


def runs_beside(run: Run) -> dict[str, Run]:
    """The run on display and those of the other cells, of the same settings; alone while it is still training."""
    cells = ["rnn_relu" if cell == "rnn" and run.experiment.cell == "rnn_relu" else cell for cell in CELLS]
    found: dict[str, Run] = {}
    for cell in cells:
        if cell == run.experiment.cell:
            found[cell] = run
        elif run.finished and (other := run_beside(replace(run.experiment, cell=cell))) is not None:
            found[cell] = other
    return found


@st.fragment
def _matrices(run: Run, runs: Runs, palette: Palette) -> None:
    """The matrices at one epoch, with the slider that chooses it."""
    epochs = [run.kept[e] for e in moments(run)]
    about = (*_key(runs), palette)
    scale = remembered(lambda: _scale(runs, palette), "scale of gradients", *about)
    with st.container(horizontal=True, vertical_alignment="center", key="gradients_epoch_row"):
        epoch = epochs[-1]
        if len(epochs) > 1:
            epoch = st.select_slider(
                _("Epoch, from before the training to its end"),
                epochs,
                value=epochs[-1],
                key="gradients_epoch_" + "_".join(map(str, epochs)),
                format_func=lambda one: f"{one:,}",
                width=300,
            )
        legend(scale, palette)
    drawn = remembered(
        lambda: _draw_matrices(run, runs, epoch, scale, palette), "matrices of gradients", *about, epoch, language()
    )
    with st.container(horizontal=True, gap="xsmall", key="gradients_matrices"):
        for name, figure in drawn.items():
            chart(figure, key=f"matrix_{name}", width="content")
    st.caption(remembered(lambda: _matrices_say(run, runs, epoch), "matrices said", *about, epoch, language()))


def _matrices_say(run: Run, runs: Runs, epoch: int) -> str:
    """How the matrices are to be read, and which numbers in them are special."""
    steps = window(run)
    text = _("Rows: the loss at step t; columns: the state at step k, steps {first} to {last}; lag t − k to the left.")
    said = [text.format(first=steps[0], last=steps[-1])]
    shown = [one for one in (seen_at(other, epoch) for other in runs.values()) if one is not None]
    if sum(one.zeros for one in shown):
        said.append(_("Grey squares are exactly 0."))
    if under := sum(one.underflows for one in shown):
        text = ngettext(
            "{count} number is smaller than float64 can hold; its logarithm is known.",
            "{count} numbers are smaller than float64 can hold; their logarithms are known.",
            under,
        )
        said.append(text.format(count=f"{under:,}"))
    return " ".join(said)


def legend(scale: Scale, palette: Palette) -> None:
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


def seen_at(run: Run, epoch: int) -> Seen | None:
    """The gradients of a run at its snapshot nearest to an epoch."""
    places = moments(run)
    nearest = min(range(len(places)), key=lambda k: abs(run.kept[places[k]] - epoch))
    return through_training(run)[nearest]


def _key(runs: Runs) -> tuple[object, ...]:
    return tuple((run.experiment, run.kept) for run in runs.values())


def _scale(runs: Runs, palette: Palette) -> Scale:
    every = [one for run in runs.values() for one in through_training(run) if one is not None]
    return gradient_scale([m for one in every for m in one.matrices.values()], palette)


def _draw_matrices(run: Run, runs: Runs, epoch: int, scale: Scale, palette: Palette) -> dict[str, go.Figure]:
    drawn = {}
    for cell, other in runs.items():
        found = seen_at(other, epoch)
        if found is None:
            continue
        for name, log10 in found.matrices.items():
            title = f"{CELL_NAMES[cell]} |∂L<sub>t</sub>/∂{name}<sub>k</sub>|"
            says = "t = {t}, k = {k}: {value}"
            drawn[f"{cell}_{name}"] = matrix(
                log10, found.steps, scale, palette, title, says, accent=cell == run.experiment.cell
            )
    return drawn


def _many_seeds(run: Run) -> tuple[BundleResult, ...]:
    """What 25 seeds of each cell have learned, as far as they are trained; draws their progress."""
    if not run.finished:
        return ()
    job = current_sweep("gradients", many_seeds(run.experiment))
    progress = job.so_far()
    waiting.live(job, progress, lambda progress: None)
    return () if progress.state == "running" else progress.results


def _by_lag(run: Run, runs: Runs, results: tuple[BundleResult, ...], palette: Palette) -> dict[str, go.Figure]:
    """Of h, all cells in one picture; of c, the LSTM's with its direct path."""
    found = bands(run, results)
    titles = _("lag t − k"), _("|∂L/∂h| relative to lag 0")
    curves = [
        _curve(CELL_NAMES[cell], seen, "h", cell_colour(cell, palette), found.get(cell))
        for cell, other in runs.items()
        if (seen := through_training(other)[-1]) is not None
    ]
    drawn = {"g_lags_h": lags(curves, palette, titles)}
    lstm = through_training(runs["lstm"])[-1] if "lstm" in runs else None
    if lstm is not None:
        titles = _("lag t − k"), _("LSTM: |∂L/∂c| relative to lag 0")
        own = found.get("lstm")
        drawn["g_lags_c"] = lags(
            [
                _curve(_("all ways"), lstm, "c", palette.identity("c"), own),
                _curve(_("direct path of c: product of f"), lstm, "path", palette.identity("f"), own, dash="dash"),
            ],
            palette,
            titles,
        )
    return drawn


def _curve(
    name: str, seen: Seen, of: str, colour: str, found: Mapping[str, Band] | None, *, dash: str = "solid"
) -> Curve:
    edges = None if found is None or of not in found else (found[of].log10[0], found[of].log10[-1])
    return Curve(name, seen.lags[of].log10, colour, dash=dash, band=edges)


def _lags_say(run: Run, results: tuple[BundleResult, ...]) -> str:
    text = _("Lines: geometric means over the window, each loss relative to its own gradient at lag 0.")
    if results:
        seeds = _("Bands: the middle 80 % of {seeds} seeds a cell, trained in the same way.").format(
            seeds=len(MANY_SEEDS)
        )
        text += " " + seeds
    return text


def _training(run: Run, palette: Palette) -> go.Figure:
    """The network on display at some moments of its training."""
    found, places = through_training(run), moments(run)
    chosen = sorted({round(k * (len(places) - 1) / (_STAGES - 1)) for k in range(_STAGES)})
    colours = stages(len(chosen), palette)
    curves = [
        Curve(f"{run.kept[places[k]]:,}", seen.lags["h"].log10, colour, width=1.4 if k < chosen[-1] else 2.4)
        for k, colour in zip(chosen, colours, strict=True)
        if (seen := found[k]) is not None
    ]
    title = _("{cell} by epoch: |∂L/∂h| relative to lag 0").format(cell=CELL_NAMES[run.experiment.cell])
    return lags(curves, palette, (_("lag t − k"), title))


def _singular(run: Run, palette: Palette) -> go.Figure:
    """The singular values of the product of Jacobians of the trained network."""
    title = _("{cell}: singular values of ∂s(t)/∂s(k)").format(cell=CELL_NAMES[run.experiment.cell])
    return singular(singular_values(run), palette, (_("lag t − k"), title))


def _singular_says(run: Run) -> str:
    text = _(
        "s is the whole state{parts}, t the last step. A line ends where the value is below what rounding leaves of "
        "the largest one; above 1 a deviation grows."
    )
    return text.format(parts=" (h, c)" if run.experiment.cell == "lstm" else " (h)")
