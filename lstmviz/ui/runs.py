"""The run on display: trained at once where that is quick, in the background where it is not, shared once it is done.

Finished runs are kept for all sessions of the server, and who comes while another session trains the same waits a
moment for that: thirty students behind one link train once. A training that takes longer belongs to the session that
started it, so that nobody stops it for the others.
"""

import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field, replace

import streamlit as st

from lstmviz.fused import KERNELS, is_warm, warm
from lstmviz.tasks import alphabet_task
from lstmviz.training import estimate_seconds
from lstmviz.ui.experiment import Experiment, times_trained_again
from lstmviz.ui.jobs import Job, Run, configs
from lstmviz.ui.language import _

KEPT_RUNS = 64
AT_ONCE_SECONDS = 0.6  # a run that takes no longer is simply there
ASK_FROM_SECONDS = 20.0  # a run that takes longer is asked about first
SURELY_QUICK = 2e8  # epochs * steps * (units + letters)**2 of a training that takes some seconds at most: not measured
POLL_SECONDS = 0.4


@dataclass
class _Shared:
    """Finished runs of all sessions, the least recently used one dropped first, and the trainings under way."""

    runs: OrderedDict[Experiment, Run] = field(default_factory=OrderedDict)
    jobs: dict[Experiment, Job] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, experiment: Experiment) -> Run | None:
        with self.lock:
            if experiment in self.runs:
                self.runs.move_to_end(experiment)
            return self.runs.get(experiment)

    def put(self, run: Run) -> None:
        with self.lock:
            self.runs[run.experiment] = run
            self.jobs.pop(run.experiment, None)
            while len(self.runs) > KEPT_RUNS:
                self.runs.popitem(last=False)

    def begun(self, experiment: Experiment) -> Job:
        """A new training of `experiment` that others may wait for."""
        with self.lock:
            self.jobs = {known: job for known, job in self.jobs.items() if not job.ended}
            job = self.jobs[experiment] = Job(experiment)
            return job

    def joined(self, experiment: Experiment) -> Run | None:
        """What another session's training of `experiment` brings, if there is one and it ends in a moment."""
        with self.lock:
            job = self.jobs.get(experiment)
        if job is None or not job.wait(AT_ONCE_SECONDS):
            return None
        try:
            run = job.so_far()
        except BaseException:  # it came to grief: whoever asks next begins anew
            with self.lock:
                self.jobs.pop(experiment, None)
            return None
        if not run.finished:  # it was given up
            return None
        self.put(run)
        return run

    def together(self, experiment: Experiment, seconds: float) -> Run | None:
        """The run of `experiment`, waited for so long at most; sessions that want it at one time train it once."""
        with self.lock:
            job = self.jobs.get(experiment)
            own = job is None or job.ended
            if job is None or own:
                job = self.jobs[experiment] = Job(experiment)
        ended = job.wait(seconds)
        run = job.so_far()
        if run.finished:
            self.put(run)
            return run
        if own:
            job.cancel()
        elif ended:  # who trained it has given it up
            return self.together(experiment, seconds)
        return None


@dataclass
class _Slot:
    """What a session is training, and the run that it showed last."""

    job: Job | None = None
    shown: Run | None = None
    accepted: Experiment | None = None  # a long training that was agreed to
    trained_again: int = 0

    def start(self, experiment: Experiment, *, spread: float = 0.0) -> Job:
        self.cancel()
        self.job = Job(experiment, spread=spread) if spread else _shared().begun(experiment)
        return self.job

    def cancel(self) -> None:
        """Give the training up; what it brought stays on display, finished or not."""
        job, shown = self.job, self.shown
        self.job = None
        if job is None:
            return
        if shown is not None and shown.experiment == job.experiment and not shown.finished:
            with suppress(Exception):  # of what came to grief, what was shown last stays
                shown = job.so_far()
            self.shown = shown if shown.finished else replace(shown, state="stopped")
            if shown.finished:
                _shared().put(shown)
        job.cancel()


@st.cache_resource
def _shared() -> _Shared:
    return _Shared()


@st.cache_resource(scope="session", on_release=_Slot.cancel)
def _slot() -> _Slot:
    return _Slot()


def current_run(experiment: Experiment, *, live: bool = False) -> Run:
    """The run of `experiment`, trained now if nobody has; draws the progress of one that takes longer.

    The run returned may be unfinished (still training or stopped: what there is so far), or of another experiment: the
    one on display stays until a long training was agreed to. `run.experiment` and `run.state` say so.

    live: for the page that shows a training under way itself: the session's own training comes before a finished run
    of the same experiment, and no progress is drawn.
    """
    slot = _slot()
    again = times_trained_again() > slot.trained_again
    slot.trained_again = times_trained_again()
    if again or (slot.job is not None and slot.job.experiment != experiment):
        slot.cancel()
    run = None if again or (live and slot.job is not None) else _shared().get(experiment)
    if run is None:
        run = _train(slot, experiment)
        if not live and not run.finished and (job := slot.job) is not None:
            _progress(job)
        if again and run.finished:
            text = _("Trained again in {seconds} s: the same seed gives the same numbers.")
            st.toast(text.format(seconds=f"{run.seconds:.2f}"), icon=":material/replay:")
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
    return run


def run_beside(experiment: Experiment) -> Run | None:
    """The run of a network beside the one on display; None if its training would take longer than one waits for.

    It is trained in the page's own thread unless somebody has trained it: the session's own slot is the main run's.
    """
    run = _shared().get(experiment) or _shared().joined(experiment)
    if run is not None or _takes_long(experiment):
        return run
    with st.spinner(_("Training the network beside it"), show_time=True):
        warm(experiment.cell)
        return _shared().together(experiment, 2 * ASK_FROM_SECONDS)


def watch(experiment: Experiment, spread: float) -> None:
    """Train `experiment` anew for this session alone, over about `spread` seconds; for a button's `on_click`."""
    _slot().start(experiment, spread=spread)


def watched(experiment: Experiment) -> Job | None:
    """This session's own training of `experiment`, under way, stopped or just ended."""
    job = _slot().job
    return job if job is not None and job.experiment == experiment else None


def duration(seconds: float) -> str:
    """A length of time as people say it."""
    if seconds < 1:
        return _("less than a second")
    if seconds < 90:
        return _("{count} s").format(count=round(seconds))
    if seconds < 5400:
        return _("{count} min").format(count=round(seconds / 60))
    return _("{count} h").format(count=f"{seconds / 3600:.1f}")


def _train(slot: _Slot, experiment: Experiment) -> Run:
    """The run of the session's own training of `experiment`, begun if there is none and nobody else's ends soon."""
    if not is_warm(experiment.cell):
        with st.spinner(_("Compiling the fast training path: once on this machine, some seconds"), show_time=True):
            warm(experiment.cell)
    # The slot is emptied from another thread when the tab is closed, so the job is looked up once.
    if (job := slot.job) is None:
        if _must_ask(slot, experiment):
            return slot.shown or _train(slot, Experiment())
        if (run := _shared().joined(experiment)) is not None:
            return run
        job = slot.start(experiment)
        job.wait(AT_ONCE_SECONDS)
    try:
        run = job.so_far()
    except BaseException:
        slot.cancel()  # the next try begins anew
        raise
    if run.finished:
        _shared().put(run)
        slot.job = None
    return run


def _must_ask(slot: _Slot, experiment: Experiment) -> bool:
    """Whether the training takes so long that it waits for a click; draws the question if so."""
    if slot.accepted == experiment or not _takes_long(experiment):
        return False
    seconds = _estimate(experiment)
    text = _("Training {epochs} epochs with {hidden} hidden nodes takes about {time} on this machine.")
    with st.container(horizontal=True, vertical_alignment="center", key="ask"):
        st.info(
            text.format(epochs=f"{experiment.epochs:,}", hidden=experiment.hidden_size, time=duration(seconds)),
            icon=":material/hourglass:",
            width="stretch",
        )
        st.button(_("Train"), type="primary", on_click=_accept, args=(experiment,))
    return True


def _takes_long(experiment: Experiment) -> bool:
    task = alphabet_task(experiment.task)
    work = experiment.epochs * len(task.x) * (experiment.hidden_size + len(task.alphabet)) ** 2
    return work > SURELY_QUICK and _estimate(experiment) >= ASK_FROM_SECONDS


def _accept(experiment: Experiment) -> None:
    _slot().accepted = experiment


@st.cache_data(max_entries=256, show_spinner=False)
def _estimate(experiment: Experiment) -> float:
    model_config, train_config = configs(experiment)
    return estimate_seconds(model_config, alphabet_task(experiment.task), train_config)


def _progress(job: Job) -> None:
    """How far a training is, redrawn by itself, and the button that stops it or lets it go on."""
    with st.container(horizontal=True, vertical_alignment="center", key="progress"):
        _progress_bar(job)
        if job.so_far().state == "running":
            st.button(_("Stop"), icon=":material/stop:", on_click=job.stop)
        else:
            st.button(_("Resume"), icon=":material/play_arrow:", on_click=job.resume)


@st.fragment(run_every=POLL_SECONDS)
def _progress_bar(job: Job) -> None:
    run = job.so_far()
    if run.finished:
        st.rerun()
    progress(run)


def progress(run: Run) -> None:
    """A bar that says how far a training is, and how long it still takes at the pace so far."""
    done, total = len(run.epochs) - 1, run.experiment.epochs
    left = run.elapsed / max(done, 1) * (total - done)
    text = _("epoch {done} of {total} · loss {loss} · about {left} left")
    if left < 1:
        text = _("epoch {done} of {total} · loss {loss} · less than a second left")
    st.progress(
        done / total,
        text=text.format(done=f"{done:,}", total=f"{total:,}", loss=f"{run.losses[-1]:.4g}", left=duration(left)),
        width="stretch",
    )


@st.cache_resource
def _warm_the_rest() -> None:
    """Compile the other cells' kernels in the background where this machine has not yet: the next click finds them."""

    def compile_cold() -> None:
        for cell in KERNELS:
            if not is_warm(cell):
                warm(cell)

    threading.Thread(target=compile_cold, name="compile kernels", daemon=True).start()
