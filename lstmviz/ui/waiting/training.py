"""The run on display, and what a page shows until it is there."""

import threading
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from math import log1p

import streamlit as st

from lstmviz.figures.theme import loss_text
from lstmviz.fused import KERNELS, UNITS_FROM, is_reading_warm, is_warm, warm, warm_reading
from lstmviz.ui.background.bounds import ASK_BEFORE_RUN, POLL, RUN_AT_ONCE
from lstmviz.ui.background.jobs import Job, Run, kernel_of
from lstmviz.ui.background.runs import Slot, estimate, own_slot, shared_runs, takes_long
from lstmviz.ui.frame.controls.experiment import Experiment, times_trained_again
from lstmviz.ui.frame.controls.sequence import asked_sequence
from lstmviz.ui.frame.language import _, ngettext
from lstmviz.ui.frame.notice import notice, say
from lstmviz.ui.frame.requests.url import rerun

CELLS = ("rnn", "gru", "lstm")
"""What is trained beside one network where a page compares cells."""


def current_run(experiment: Experiment, *, live: bool = False) -> Run:
    """The run of `experiment`, trained now if nobody has; draws the progress of one that takes longer.

    The run returned may be unfinished (still training or stopped: what there is so far), or of another experiment: the
    one on display stays until a long training was agreed to. `run.experiment` and `run.state` say so.

    live: for the page that shows a training under way itself: the session's own training comes before a finished run
    of the same experiment, and no progress is drawn.
    """
    slot = own_slot()
    asked_again = slot.is_asked_again(times_trained_again(), experiment)
    if asked_again or slot.stopped != experiment:
        slot.forget()
    if asked_again or (slot.job is not None and slot.job.experiment != experiment):
        slot.cancel()
    again = slot.again == experiment
    run = None if again or (live and slot.job is not None) else shared_runs().get(experiment)
    if run is None:
        run = _train(slot, experiment)
        if not live and not run.finished and (job := slot.job) is not None:
            _progress(job)
        if again and run.finished:
            text = _("Trained again in {seconds} s: the same seed gives the same numbers.")
            notice(text.format(seconds=f"{run.seconds:.2f}"), icon=":material/replay:")
            slot.again = None
            say()
    if run.diverged_at is not None:
        text = _(
            "The loss was no finite number any more at epoch {epoch}: on display is the network of epoch {kept}, "
            "before that. Train with a learning rate below {lr}, or from another seed."
        )
        st.warning(
            text.format(epoch=f"{run.diverged_at:,}", kept=f"{run.kept[-1]:,}", lr=f"{run.experiment.lr:g}"),
            icon=":material/report:",
        )
    slot.shown = run
    _warm_the_rest()
    return seen(run)


def seen(run: Run) -> Run:
    """The run with the sequence that the URL asks for as what is looked at."""
    number = asked_sequence(run.experiment)
    return run if run.face == number else replace(run, face=number)


def run_beside(experiment: Experiment) -> Run | None:
    """The run of a network beside the one on display; None if its training would take longer than one waits for.

    The page waits for it unless somebody has trained it: the session's own slot is the main run's.
    """
    run = shared_runs().get(experiment) or shared_runs().joined(experiment)
    if run is not None or takes_long(experiment):
        return None if run is None else seen(run)
    place = st.empty()

    def look(run: Run) -> None:
        if run.waiting is None:
            place.empty()
        else:
            place.caption(place_in_line(run.waiting))

    with st.spinner(_("Training the network beside it"), show_time=True):
        cell, size = kernel_of(experiment)
        warm(cell, hidden_size=size, alone=True)
        run = shared_runs().together(experiment, 2 * ASK_BEFORE_RUN, own_slot(), look)
    place.empty()
    return None if run is None else seen(run)


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


def compiled_maps() -> None:
    """Returns once this machine can go round the maps of small networks fast; says so where that takes seconds."""
    if not is_reading_warm():
        with _compiling():
            warm_reading()


def _compiling() -> AbstractContextManager[None]:
    return st.spinner(compiling_says(), show_time=True)


def compiling_says() -> str:
    """What stands where something is compiled, which a machine does once."""
    return _("Compiling the fast path: once on this machine, some seconds")


def place_in_line(ahead: int) -> str:
    """How many come before what waits for its turn at the cores."""
    if not ahead:
        return _("waiting its turn: it comes next")
    text = ngettext("waiting its turn: {count} before it", "waiting its turn: {count} before it", ahead)
    return text.format(count=f"{ahead:,}")


def duration(seconds: float) -> str:
    """A length of time as people say it."""
    if seconds < 1:
        return _("less than a second")
    if seconds < 90:
        return _("{count} s").format(count=round(seconds))
    if seconds < 5400:
        return _("{count} min").format(count=round(seconds / 60))
    return _("{count} h").format(count=f"{seconds / 3600:.1f}")


def _train(slot: Slot, experiment: Experiment) -> Run:
    """The run of the session's own training of `experiment`, begun if there is none and nobody else's ends soon."""
    cell, size = kernel_of(experiment)
    if not is_warm(cell, hidden_size=size, alone=True):
        with _compiling():
            warm(cell, hidden_size=size, alone=True)
    # The slot is emptied from another thread when the tab is closed, so the job is looked up once.
    if (job := slot.job) is None:
        if _must_ask(slot, experiment):
            if slot.shown is not None and (slot.shown.experiment.repeats_a_pattern or not experiment.repeats_a_pattern):
                return slot.shown
            return _train(slot, Experiment())  # a page that can show patterns only asks for one
        asked = time.monotonic()
        if (run := shared_runs().joined(experiment)) is not None:
            return run
        job = slot.start(experiment)
        job.wait(asked + RUN_AT_ONCE - time.monotonic())
        if job.done_share > 0.5:  # it ends before a page could be drawn that says so
            job.wait(RUN_AT_ONCE)
    try:
        run = job.so_far()
    except BaseException:
        slot.cancel()  # the next try begins anew
        raise
    if run.finished:
        shared_runs().put(run)
        slot.job = None
    return run


def _must_ask(slot: Slot, experiment: Experiment) -> bool:
    """Whether the training takes so long that it waits for a click; draws the question if so."""
    if slot.accepted == experiment or not takes_long(experiment):
        return False
    seconds = estimate(experiment)
    text = _("Training {epochs} epochs with {hidden} hidden nodes takes about {time} on this machine.")
    with st.container(horizontal=True, vertical_alignment="center", key="ask"):
        st.info(
            text.format(epochs=f"{experiment.epochs:,}", hidden=experiment.hidden_size, time=duration(seconds)),
            icon=":material/hourglass:",
            width="stretch",
        )
        st.button(_("Train"), type="primary", on_click=_accept, args=(experiment,))
    return True


def _accept(experiment: Experiment) -> None:
    own_slot().accepted = experiment


def _progress(job: Job) -> None:
    """How far a training is, redrawn by itself, and the button that stops it or lets it go on."""
    with st.container(horizontal=True, vertical_alignment="center", key="progress"):
        _progress_bar(job)
        if job.so_far().state == "running":
            st.button(_("Stop"), icon=":material/stop:", on_click=job.stop)
        else:
            st.button(_("Resume"), icon=":material/play_arrow:", on_click=job.resume)


@st.fragment(run_every=POLL)
def _progress_bar(job: Job) -> None:
    run = job.so_far()
    if run.finished:
        rerun()
    progress(run)


def progress(run: Run) -> None:
    """A bar that says how far a training is, and how long it still takes at the pace so far."""
    done, total = len(run.epochs) - 1, run.experiment.epochs
    share = done / total if not run.spread else log1p(done) / log1p(total)
    left = run.elapsed / share * (1 - share) if done else run.spread
    text = _("epoch {done} of {total} · loss {loss} · about {left} left")
    if left < 1:
        text = _("epoch {done} of {total} · loss {loss} · less than a second left")
    text = text.format(done=f"{done:,}", total=f"{total:,}", loss=loss_text(run.losses[-1]), left=duration(left))
    if run.waiting is not None:
        place = place_in_line(run.waiting)
        text = f"{text} · {place}" if done else place
    st.progress(share, text=text, width="stretch")


@st.cache_resource
def _warm_the_rest() -> None:
    """Compile the other cells' kernels in the background where this machine has not yet: the next click finds them."""

    def compile_cold() -> None:
        for cell in KERNELS:
            if not is_warm(cell):
                warm(cell)
        for size in (1, UNITS_FROM):
            if not is_warm("lstm", hidden_size=size, alone=True):
                warm("lstm", hidden_size=size, alone=True)
        if not is_reading_warm():
            warm_reading()

    threading.Thread(target=compile_cold, name="compile kernels", daemon=True).start()
