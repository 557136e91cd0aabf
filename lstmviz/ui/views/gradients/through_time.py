"""How strongly each loss depends on the states before it: of all cells, over the training, over many seeds."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from lstmviz.figures.gradients import STAGE_DASHES, Curve, cell_colour, lags, singular, stages
from lstmviz.figures.theme import Palette
from lstmviz.gradients import Band
from lstmviz.packing import join
from lstmviz.sweeps import BundleResult
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.packets import packed_outline
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.background.sweeping import MANY_SEEDS, current_sweep, many_seeds
from lstmviz.ui.frame.arrival import chart
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.language import _, language, ngettext
from lstmviz.ui.parts.part import Part
from lstmviz.ui.parts.run.talk import header
from lstmviz.ui.views.gradients.computed import (
    Runs,
    Seen,
    bands,
    bands_of_sequences,
    moments,
    sequences_read,
    singular_values,
    through_training,
)
from lstmviz.ui.views.gradients.packets import packed_matrices
from lstmviz.ui.waiting import sweep as waiting
from lstmviz.ui.waiting.training import CELLS, runs_beside

_part = Part(Path(__file__).resolve().with_name("matrices"))
_matrices = _part.component("lstmviz_matrices")
_STAGES = 5  # lines from before the training to after it


def show(run: Run, palette: Palette) -> None:
    """Draw the matrices, and below them the strengths by lag."""
    runs = runs_beside(run)
    parts = {"first": packed_outline(run), "matrices": packed_matrices(run, runs)}
    _matrices(key="gradients_matrices", data=join(header(_part, run, 1.0), parts))
    found = _many_seeds(run)
    about = (*_key(runs), palette, language())
    results = tuple(result.bundle for result in found)

    def make() -> dict[str, go.Figure]:
        with st.spinner(_following(run)):
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


def _following(run: Run) -> str:
    if run.experiment.repeats_a_pattern:
        return _("Following the gradients of {count} networks").format(count=len(MANY_SEEDS) * len(CELLS))
    text = ngettext(
        "Following the gradients through {count} sequence",
        "Following the gradients through {count} sequences",
        sequences_read(run),
    )
    return text.format(count=sequences_read(run))


def _key(runs: Runs) -> tuple[object, ...]:
    return tuple(run.known for run in runs.values())


def _many_seeds(run: Run) -> tuple[BundleResult, ...]:
    """What 25 seeds of each cell have learned, as far as they are trained; draws their progress.

    None where the task is no pattern: there the one network is asked about many sequences.
    """
    if not run.finished or not run.experiment.repeats_a_pattern:
        return ()
    job = current_sweep("gradients", many_seeds(run.experiment))
    progress = job.so_far()
    waiting.live(job, progress, lambda progress: None)
    return () if progress.state == "running" else progress.results


def _by_lag(run: Run, runs: Runs, results: tuple[BundleResult, ...], palette: Palette) -> dict[str, go.Figure]:
    """Of h, all cells in one picture; of c, the LSTM's with its direct path."""
    found = bands(run, results) if run.experiment.repeats_a_pattern else bands_of_sequences(runs)
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
    line, edges = seen.lags[of].log10, None
    if found is not None and of in found:  # other sequences may be longer than the one on display
        lower, upper = found[of].log10[0][: len(line)], found[of].log10[-1][: len(line)]
        edges = lower, upper
    return Curve(name, line, colour, dash=dash, band=edges)


def _lags_say(run: Run, results: tuple[BundleResult, ...]) -> str:
    text = _("Lines: geometric means over the window, each loss relative to its own gradient at lag 0.")
    if results:
        seeds = _("Bands: the middle 80% of {seeds} seeds a cell, trained in the same way.").format(
            seeds=len(MANY_SEEDS)
        )
        text += " " + seeds
    if not run.experiment.repeats_a_pattern and sequences_read(run) > 1:
        sequences = _("Bands: the middle 80% of {count} sequences of this task, read by the same networks.")
        text += " " + sequences.format(count=sequences_read(run))
    return text


def _training(run: Run, palette: Palette) -> go.Figure:
    """The network on display at some moments of its training."""
    found, places = through_training(run), moments(run)
    chosen = sorted({round(k * (len(places) - 1) / (_STAGES - 1)) for k in range(_STAGES)})
    colours, dashes = stages(len(chosen), palette), [*STAGE_DASHES[: len(chosen) - 1], "solid"]
    curves = [
        Curve(f"{run.kept[places[k]]:,}", seen.lags["h"].log10, colour, dash, 1.8 if k < chosen[-1] else 2.4)
        for k, colour, dash in zip(chosen, colours, dashes, strict=True)
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
