"""The parts of the training page: the buttons that start and stop a training, its pictures, and what they say."""

from functools import partial
from math import log
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from lstmviz.figures.theme import Palette, loss_text
from lstmviz.figures.training import curves, drawn_epochs
from lstmviz.packing import join
from lstmviz.predictions.outcome import mean_loss, outcome
from lstmviz.tasks import TextTask
from lstmviz.training import SNAPSHOT_MULTIPLE
from lstmviz.ui.background.bounds import POLL
from lstmviz.ui.background.jobs import Job, Run
from lstmviz.ui.background.remembered import of_run, remembered
from lstmviz.ui.background.runs import paused, resume, stop, watch
from lstmviz.ui.background.traces import trace_all
from lstmviz.ui.frame.arrival import chart
from lstmviz.ui.frame.controls.experiment import Experiment
from lstmviz.ui.frame.language import N_, _, language
from lstmviz.ui.frame.prose import Value
from lstmviz.ui.frame.requests.url import rerun
from lstmviz.ui.parts.part import Part
from lstmviz.ui.parts.run.sequence import said_of_sequence
from lstmviz.ui.parts.run.standing import loss_lines, standing_says
from lstmviz.ui.parts.run.talk import header
from lstmviz.ui.views.training.last_pattern import bound, packed_learned
from lstmviz.ui.waiting.training import progress, seen

PACES = {0: N_("at full speed"), 10: N_("over 10 s"), 30: N_("over 30 s")}
"""Seconds that a training to be watched is spread over, 0 for no slowing down."""
MOST_MOMENTS = 5
_part = Part(Path(__file__).resolve().with_name("learned"))
_learned = _part.component("lstmviz_learned")


def watch_controls(experiment: Experiment, job: Job | None, *, ready: bool) -> None:
    """The row that starts a training to be watched, stops it and lets it go on; none starts before it is `ready`.

    job: the training under way. One that was stopped, and came to `experiment`, starts anew or goes on as a whole.
    """
    state = job.so_far().state if job else None
    half_way = paused(experiment) or (job if state == "stopped" else None)
    with st.container(horizontal=True, vertical_alignment="bottom", key="watch"):
        pace = st.segmented_control(
            _("Watch it train"),
            list(PACES),
            default=10,
            format_func={seconds: _(label) for seconds, label in PACES.items()}.__getitem__,
            required=True,
            key="pace",
            wrap=True,
            persist_state="session",
        )
        st.button(
            _("Start"),
            icon=":material/play_arrow:",
            type="primary",
            disabled=not ready,
            on_click=watch,
            args=(half_way.experiment if half_way else experiment, pace),
        )
        st.button(_("Stop"), icon=":material/stop:", disabled=state != "running", on_click=stop, args=(job,))
        st.button(_("Resume"), icon=":material/resume:", disabled=half_way is None, on_click=resume, args=(half_way,))
    if half_way is not None and half_way is not job:
        text = _("Stopped at epoch {epoch} of {total}: this network is the one that all pages show.")
        st.caption(text.format(epoch=f"{experiment.epochs:,}", total=f"{half_way.experiment.epochs:,}"))


@st.fragment(run_every=POLL)
def live(job: Job, palette: Palette) -> None:
    """The pictures of a training under way, redrawn by themselves."""
    run = seen(job.so_far())
    if run.finished:
        rerun()
    progress(run)
    pictures(run, palette)


def pictures(run: Run, palette: Palette) -> None:
    """Loss and accuracy, and the predictions of the last pattern at every snapshot, as far as the run has come."""
    about = (run.known, len(run.losses), palette, language())
    drawn = remembered(partial(_curves, run, palette), "curves", *about) if run.finished else _curves(run, palette)
    chart(drawn, key="curves")
    if (count := len(drawn_epochs(len(run.losses) - 1))) < len(run.losses):
        text = _("Drawn: {count} of {total} epochs, closer together early on.")
        st.caption(text.format(count=f"{count:,}", total=f"{len(run.losses):,}"))
    told = header(_part, run, bound(run)) | {
        "moments": {
            "every": SNAPSHOT_MULTIPLE,
            "most": MOST_MOMENTS,
            "asked": run.experiment.epochs,
            "over": run.state != "running",
        }
    }
    _learned(key="learned", data=join(told, {"first": packed_learned(run)}))


def _curves(run: Run, palette: Palette) -> go.Figure:
    titles = _("loss"), _("accuracy"), _("epoch")
    return curves(run.losses, run.accuracies, run.experiment.epochs, palette, titles, loss_lines(run.task))


def text(run: Run) -> tuple[str, str, dict[str, Value]]:
    """Which text fits a run, which variant of it, and the values in it."""
    variant = "running" if run.state == "running" else ""
    if run.experiment.repeats_a_pattern:
        return "training", variant, values(run)
    said = {} if variant else said_of_sequence(run)
    kind = "numbers" if run.task.of_numbers else "text" if isinstance(run.task, TextTask) else "sequence"
    return f"training_{kind}", variant, {"verdict": "", "lesson": ""} | values(run) | said


def values(run: Run) -> dict[str, Value]:
    """What the text beside the pictures says of this very run."""
    chance = mean_loss(run.task) if run.task.of_numbers else log(run.task.output_size)
    return {
        "verdict": "" if run.state == "running" else _verdict(run, language()),
        "first": loss_text(run.losses[0]),
        "last": loss_text(run.loss),
        "chance": loss_text(chance),
        "tolerance": f"{run.task.tolerance or 0:.3g}",
        "letters": run.task.output_size,
        "snapshots": len(run.kept),
        "seconds": f"{run.seconds:.2f}",
    }


@of_run()
def _verdict(run: Run, code: str) -> str:
    """Since when it names every letter right."""
    if not run.experiment.repeats_a_pattern:
        return ""
    since = outcome(trace_all(run).probabilities, run.task).solved_since
    sentence = _("From epoch {epoch} on, every snapshot names all {period} letters of the last pattern right, surely.")
    if since is None:
        sentence = _("At epoch {epoch} it does not yet name all {period} letters of the last pattern right, surely.")
    epoch = run.kept[-1 if since is None else since]
    return f"{sentence.format(epoch=f'{epoch:,}', period=run.text.period)} {standing_says(run)}".strip()
