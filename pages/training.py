"""Watch a network learn: loss and accuracy while it trains, and what it predicts at each snapshot."""

from math import log

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.experiment import experiment_controls
from lstmviz.ui.language import _

header = frame.page("training")
experiment = experiment_controls()

# After the header is drawn: these wait for torch.
from lstmviz.figures.theme import Palette
from lstmviz.figures.training import curves, learned, milestone, stride
from lstmviz.outcome import outcome
from lstmviz.training import SNAPSHOT_MULTIPLE
from lstmviz.ui.jobs import Run
from lstmviz.ui.runs import POLL_SECONDS, current_run, keep, watch, watched
from lstmviz.ui.traces import trace_all

PLOT = {"displayModeBar": False}
PACES = {0: _("at full speed"), 10: _("over 10 s"), 30: _("over 30 s")}
palette = Palette(dark=st.context.theme.type == "dark")


def draw(run: Run) -> None:
    """The three pictures of a run, as far as it has come."""
    titles = _("loss"), _("accuracy"), _("epoch")
    st.plotly_chart(
        curves(run.losses, run.accuracies, run.experiment.epochs, palette, titles), config=PLOT, key="curves"
    )
    if (step := stride(len(run.losses))) > 1:
        st.caption(_("Drawn: each {step}th epoch.").format(step=step))
    st.markdown(f"##### {_('Predictions of the last pattern, snapshot by snapshot')}", anchors=False)
    tr = trace_all(run)
    st.plotly_chart(
        learned(tr.probabilities, run.kept, run.task, palette, _("epoch")),
        config=PLOT,
        key="learned",
    )
    st.caption(_("Each band: one letter read, and the letters that may follow. ◀ the one that does."))


@st.fragment(run_every=POLL_SECONDS)
def live() -> None:
    """The pictures of a training under way, redrawn by themselves."""
    run = job.so_far()
    if run.finished:
        keep(run)
        st.rerun()
    st.progress(
        len(run.losses) / (experiment.epochs + 1),
        text=_("epoch {done} of {total}").format(done=f"{run.epochs[-1]:,}", total=f"{experiment.epochs:,}"),
    )
    draw(run)


run = current_run(experiment, progress=False) if watched(experiment) is None else watched(experiment).so_far()
job = watched(experiment)
tr = trace_all(run)
with header:
    frame.chips(run.experiment, loss=run.loss, epoch=run.kept[-1])
    frame.torch_badge(tr.difference_from_torch, run.experiment.cell, tr.largest)
figure, text = frame.columns()
with figure:
    with st.container(horizontal=True, vertical_alignment="center", key="watch"):
        pace = st.segmented_control(
            _("Watch it train"), list(PACES), default=10, format_func=PACES.__getitem__, required=True, key="pace"
        )
        st.button(_("Start"), icon=":material/play_arrow:", type="primary", on_click=watch, args=(experiment, pace))
        stopped = job is not None and job.so_far().state == "stopped"
        st.button(
            _("Stop"), icon=":material/stop:", disabled=job is None or stopped, on_click=job.stop if job else None
        )
        st.button(_("Resume"), icon=":material/resume:", disabled=not stopped, on_click=job.resume if job else None)
    if job and not stopped:
        live()
    else:
        draw(run)
    chosen = [epoch for epoch in run.kept if epoch and epoch % SNAPSHOT_MULTIPLE == 0][:5]
    st.markdown(f"##### {_('The notes’ view: h and ŷ after each 3000 epochs')}", anchors=False)
    if chosen:
        with st.container(horizontal=True, gap="small", key="milestones"):
            for epoch in chosen:
                with st.container(width="content", gap="xsmall"):
                    st.caption(f"{_('epoch')} {epoch:,}")
                    picture = milestone(tr, run.kept.index(epoch), run.task, palette)
                    st.plotly_chart(picture, config=PLOT, width="content", key=f"milestone{epoch}")
        st.caption(_("Left h, blue −1 to red 1; right ŷ, 0 to 1."))
    else:
        st.caption(_("This training ends before epoch 3000: give it more epochs to see more."))
with text:
    since = outcome(tr.probabilities, run.task).solved_since
    verdict = _("From epoch {epoch} on, every snapshot names all {period} letters of the last pattern right.")
    if since is None:
        verdict = _("At epoch {epoch} it does not yet name all {period} letters of the last pattern right.")
    epoch = run.kept[-1 if since is None else since]
    frame.what_why_try(
        "training",
        verdict=verdict.format(epoch=f"{epoch:,}", period=run.task.period),
        first=f"{run.losses[0]:.3g}",
        last=f"{run.loss:.3g}",
        chance=f"{log(len(run.task.alphabet)):.3g}",
        letters=len(run.task.alphabet),
        snapshots=len(run.kept),
        seconds=f"{run.seconds:.2f}",
    )
