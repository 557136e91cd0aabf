"""Where h, c, g and the gates lie in networks of 25 seeds, and which claims of the notes are true of them."""

from functools import partial

import plotly.graph_objects as go
import streamlit as st

from lstmviz.claims.intervals import Mean
from lstmviz.claims.networks import look_at, parameters_of_bundles
from lstmviz.claims.notes import Claim
from lstmviz.claims.saturation import Saturation, saturation
from lstmviz.figures.states import histograms, planes_of_networks
from lstmviz.figures.theme import Palette, whole_share
from lstmviz.models import ModelConfig
from lstmviz.sweeps import BundleResult
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.background.sweeping import MANY_CELLS, MANY_SEEDS, current_sweep, many_seeds
from lstmviz.ui.background.watched import Progress
from lstmviz.ui.frame.arrival import chart
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.language import N_, _, language
from lstmviz.ui.views.states import over_sequences, seeds
from lstmviz.ui.waiting import sweep as waiting

_PARTS = ("i*g", "f*c", "c", "tanh(c)", "h")

_SAYS = {
    "rnn_h_at_one": N_("an RNN's h sits at −1 and 1"),
    "lstm_h_near_zero": N_("an LSTM's h is often near 0"),
    "lstm_h_freer": N_("an LSTM's h takes values between −1 and 1 more than an RNN's"),
    "g_at_one": N_("g is mostly −1 or 1"),
    "c_close_to_g": N_("c is close to g"),
    "c_not_only": N_("c takes other values than −1 and 1, which g does not"),
    "h_leaves_by_gates": N_("h leaves −1 and 1 because of the gates"),
    "h_leaves_by_tanh": N_("h leaves −1 and 1 because of the last tanh"),
}
_COUNTED = {
    "rnn_h_at_one": N_("share of h at −1 or 1; mostly: above {bar}"),
    "lstm_h_near_zero": N_("share of h below 0.1 in size; often: above {bar}, as if spread evenly"),
    "lstm_h_freer": N_("share of the RNNs' h at −1 or 1, less that of the LSTMs'; more: above {bar}"),
    "g_at_one": N_("share of g at −1 or 1; mostly: above {bar}"),
    "c_close_to_g": N_("share of c within 0.1 of its g; mostly: above {bar}"),
    "c_not_only": N_("share of g at −1 or 1, less that of c; more: above {bar}"),
    "h_leaves_by_gates": N_("of the h not at −1 or 1, the share that left at a gate; because: above {bar}"),
    "h_leaves_by_tanh": N_("of the h not at −1 or 1, the share that left at the tanh over c; a cause: above {bar}"),
}


def show(run: Run) -> None:
    """Train the networks, unless somebody has, and draw what is in them.

    Of a task that is no pattern, what is in the one network of each cell while it reads many sequences.
    """
    if not run.experiment.repeats_a_pattern:
        over_sequences.show(run)
        return
    if seeds.are_awaited(run):
        return  # the portrait waits for them already, and says so
    job = current_sweep("states", many_seeds(run.experiment))
    progress = job.so_far()
    waiting.live(job, progress, lambda progress: None)
    if progress.state == "running" or not progress.results:
        return
    _draw(run, progress, Palette(dark=st.context.theme.type == "dark"))


def _draw(run: Run, progress: Progress, palette: Palette) -> None:
    results = progress.results
    about = tuple(result.bundle for result in results)
    found = remembered(partial(_measured, run, results), "saturation", *about)
    names = {cell: CELL_NAMES[cell] for cell in found.looks}
    rates = ", ".join(f"{names[cell]} {rate.solved}/{rate.trials}" for cell, rate in found.success.items())
    text = _(
        "Networks of {seeds} seeds a cell, set up as the one above; those that solved the task are counted ({rates}), "
        "over their last {steps} steps. Intervals hold the true mean in 95 of 100 cases; at −1 or 1: above {large} in "
        "size."
    )
    first = next(iter(found.looks.values()))
    st.caption(text.format(seeds=len(MANY_SEEDS), rates=rates, steps=first.steps, large=f"{found.thresholds.large:g}"))
    looks = (palette, language())
    drawn = remembered(
        lambda: histograms(
            found.distributions, over_sequences.QUANTITIES, palette, names, _("share"), _("{share} outside")
        ),
        "distributions",
        *about,
        *looks,
    )
    chart(drawn, key="distributions")
    _claims_table(found.claims)
    if run.experiment.hidden_size > 1 and any(look.group("solved").any() for look in found.looks.values()):
        st.markdown("## " + _("The last pattern of all of them, in one plane"), anchors=False)
        drawn = remembered(lambda: _planes(run, found, palette, names), "planes", *about, *looks)
        chart(drawn, key="planes")
        st.caption(
            _("Seeds number their units as they like: what is one unit's in one network is another's elsewhere.")
        )
    if found.path is not None:
        own = {"lstm": found.distributions["lstm"]}
        st.markdown("## " + _("From i × g and f × c to h, in the LSTMs"), anchors=False)
        drawn = remembered(
            lambda: histograms(own, _PARTS, palette, names, _("share"), _("{share} outside")), "path", *about, *looks
        )
        chart(drawn, key="path_of_h")
        st.markdown(_path_says(found))


def _measured(run: Run, results: tuple[BundleResult, ...]) -> Saturation:
    experiment, letters = run.experiment, len(run.text.alphabet)
    looks = []
    for cell in MANY_CELLS:
        own = [result for result in results if result.bundle.cell == cell]
        if own:
            config = ModelConfig(cell=cell, input_size=letters, hidden_size=experiment.hidden_size, output_size=letters)
            looks.append(look_at(config, parameters_of_bundles(own), run.text))
    return saturation(looks)


def _planes(run: Run, found: Saturation, palette: Palette, names: dict[str, str]) -> go.Figure:
    """The states of the networks that solved the task, over the last pattern."""
    period = run.text.period
    states = {cell: look.values["h"][look.group("solved"), -period:] for cell, look in found.looks.items()}
    return planes_of_networks(states, run.text.labels[:period], palette, names)


def _claims_table(claims: tuple[Claim, ...]) -> None:
    heads = _("the notes say"), _("measured"), _("true here?"), _("as the notes' loop shows it")
    rows = [f"| {' | '.join(heads)} |", "| --- | --- | --- | --- |"]
    for claim in claims:
        counted = _(_COUNTED[claim.key]).format(bar=whole_share(claim.bar))
        replayed = "—" if claim.replayed is None else f"{_interval(claim.replayed)} {_slip(claim)}"
        cells = (f"**{_(_SAYS[claim.key])}**: {counted}", _interval(claim.measured), _verdict(claim.holds), replayed)
        rows.append(f"| {' | '.join(cells)} |")
    st.markdown("\n".join(rows))


def _slip(claim: Claim) -> str:
    """Whether the notes' replay slip decides about it."""
    if claim.rests_on_slip:
        return _("(true there alone: it came from the slip)")
    if claim.holds and claim.holds_replayed is False:
        return _("(hidden there by the slip)")
    return ""


def _verdict(holds: bool | None) -> str:
    return {True: _("true"), False: _("not true"), None: _("undecided")}[holds]


def _interval(mean: Mean) -> str:
    if not mean.networks:
        return "—"
    return f"{whole_share(mean.mean)} ({whole_share(mean.low)} – {whole_share(mean.high)})"


def _path_says(found: Saturation) -> str:
    """Where h left ±1."""
    path = found.path
    if path is None or not path.away.networks:
        return ""
    places = {
        "candidate": _("g was not at −1 or 1 itself"),
        "input gate": _("the input gate took it away"),
        "forget gate": _("what the forget gate let through of the past pulled it back"),
        "tanh": _("the tanh over c did"),
        "output gate": _("the output gate did"),
    }
    lines = [_("{share} of all h are not at −1 or 1. Of these:").format(share=_interval(path.away))]
    lines += [f"- {places[place]}: {_interval(mean)}" for place, mean in path.left_at.items()]
    return "\n".join(lines)
