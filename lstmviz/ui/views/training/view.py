"""The parts of the training page: the buttons that start and stop a training, its pictures, and what they say."""

from math import log

import streamlit as st

from lstmviz.figures.theme import Palette
from lstmviz.figures.training import curves, learned, milestone, stride
from lstmviz.outcome import outcome
from lstmviz.tracing import Trace
from lstmviz.training import SNAPSHOT_MULTIPLE
from lstmviz.ui.background.bounds import POLL
from lstmviz.ui.background.jobs import Job, Run
from lstmviz.ui.background.runs import watch
from lstmviz.ui.background.traces import largest_state, trace_all
from lstmviz.ui.frame.experiment import Experiment
from lstmviz.ui.frame.language import N_, _
from lstmviz.ui.frame.prose import Value
from lstmviz.ui.waiting.training import progress

PLOT = {"displayModeBar": False}
PACES = {0: N_("at full speed"), 10: N_("over 10 s"), 30: N_("over 30 s")}
"""Seconds that a training to be watched is spread over, 0 for no slowing down."""
MOST_MILESTONES = 5


def watch_controls(experiment: Experiment, job: Job | None, *, ready: bool) -> None:
    """The row that starts a training to be watched, stops it and lets it go on; none starts before it is `ready`."""
    state = job.so_far().state if job else None
    with st.container(horizontal=True, vertical_alignment="bottom", key="watch"):
        pace = st.segmented_control(
            _("Watch it train"),
            list(PACES),
            default=10,
            format_func={seconds: _(label) for seconds, label in PACES.items()}.__getitem__,
            required=True,
            key="pace",
            persist_state="session",
        )
        st.button(
            _("Start"),
            icon=":material/play_arrow:",
            type="primary",
            disabled=not ready,
            on_click=watch,
            args=(experiment, pace),
        )
        st.button(_("Stop"), icon=":material/stop:", disabled=state != "running", on_click=job.stop if job else None)
        st.button(
            _("Resume"), icon=":material/resume:", disabled=state != "stopped", on_click=job.resume if job else None
        )


@st.fragment(run_every=POLL)
def live(job: Job, palette: Palette) -> None:
    """The pictures of a training under way, redrawn by themselves."""
    run = job.so_far()
    if run.finished:
        st.rerun()
    progress(run)
    pictures(run, palette)


def pictures(run: Run, palette: Palette) -> None:
    """Loss and accuracy, and the predictions of the last pattern at every snapshot, as far as the run has come."""
    titles = _("loss"), _("accuracy"), _("epoch")
    drawn = curves(run.losses, run.accuracies, run.experiment.epochs, palette, titles)
    st.plotly_chart(drawn, config=PLOT, key="curves")
    if (step := stride(len(run.losses))) > 1:
        st.caption(_("Drawn: one epoch in {step}.").format(step=step))
    st.markdown("##### " + _("Predictions of the last pattern, snapshot by snapshot"), anchors=False)
    drawn = learned(trace_all(run), run.kept, run.task, palette, _("epoch"))
    st.plotly_chart(drawn, config=PLOT, key="learned")
    st.caption(_("Each band: one letter read, and the letters that may follow. ◀ the one that does."))


def milestones(run: Run, tr: Trace, palette: Palette) -> None:
    """The notes' view: h and the prediction after each 3000 epochs, side by side."""
    st.markdown("##### " + _("The notes’ view: h and ŷ after each 3000 epochs"), anchors=False)
    chosen = [epoch for epoch in run.kept if epoch and epoch % SNAPSHOT_MULTIPLE == 0][:MOST_MILESTONES]
    if not chosen:
        early = run.experiment.epochs < SNAPSHOT_MULTIPLE
        st.caption(
            _("This training ends before epoch 3000: give it more epochs to see more.")
            if early
            else _("This training has not come to epoch 3000.")
        )
        return
    with st.container(horizontal=True, gap="small", key="milestones"):
        for epoch in chosen:
            with st.container(width="content", gap="xsmall"):
                st.caption(_("epoch") + f" {epoch:,}")
                picture = milestone(tr, run.kept.index(epoch), run.task, palette, largest_state(run))
                st.plotly_chart(picture, config=PLOT, width="content", key=f"milestone{epoch}")
    ranges = (palette.scale(name, largest_state(run), run.experiment.cell).text for name in ("h", "yhat"))
    st.caption(_("Left h ({h}), right ŷ ({yhat}).").format(**dict(zip(("h", "yhat"), ranges, strict=True))))


def values(run: Run, tr: Trace) -> dict[str, Value]:
    """What the text beside the pictures says of this very run."""
    since = outcome(tr.probabilities, run.task).solved_since
    verdict = _("From epoch {epoch} on, every snapshot names all {period} letters of the last pattern right.")
    if since is None:
        verdict = _("At epoch {epoch} it does not yet name all {period} letters of the last pattern right.")
    epoch = run.kept[-1 if since is None else since]
    return {
        "verdict": verdict.format(epoch=f"{epoch:,}", period=run.task.period),
        "first": f"{run.losses[0]:.3g}",
        "last": f"{run.loss:.3g}",
        "chance": f"{log(len(run.task.alphabet)):.3g}",
        "letters": len(run.task.alphabet),
        "snapshots": len(run.kept),
        "seconds": f"{run.seconds:.2f}",
    }
