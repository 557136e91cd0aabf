"""What a page shows of a sweep: how far it is, buttons that stop it and let it go on, a question before a long one."""

from collections.abc import Callable

import streamlit as st

from lstmviz.ui.background.bounds import ASK_BEFORE_SWEEP, POLL
from lstmviz.ui.background.watched import Progress, View
from lstmviz.ui.frame.language import N_, _, ngettext
from lstmviz.ui.frame.prose import escape
from lstmviz.ui.frame.requests.url import rerun
from lstmviz.ui.waiting.training import compiling_says, duration, place_in_line

_REDRAW = "_sweep_redraw_page"

_REFUSALS = {
    "address": N_(
        "LSTMVIZ_SCHEDULER is {address}, which is no address like tcp://127.0.0.1:8786, so this machine trains: "
        "correct or unset it."
    ),
    "missing": N_(
        "LSTMVIZ_SCHEDULER asks for a cluster, but dask.distributed is not installed here, so this machine trains: "
        "`pip install distributed`."
    ),
    "unreachable": N_(
        "No Dask scheduler answers at {address}, so this machine trains. Start one with "
        "`python -m dask scheduler`, or unset LSTMVIZ_SCHEDULER."
    ),
    "no_workers": N_(
        "The Dask scheduler at {address} has no workers, so this machine trains. Start some with "
        "`python -m dask worker`."
    ),
    "version": N_(
        "The Dask workers at {address} have another version of lstmviz or torch, so this machine trains. Install the "
        "same there."
    ),
}


def live(job: View, seen: Progress, draw: Callable[[Progress], None]) -> None:
    """The controls of a sweep and what `draw` makes of its progress, redrawn by themselves while there is more to come.

    Once the sweep is done the whole page is drawn again: `seen` is what the rest of it was drawn with.
    """
    running = seen.state == "running"
    st.fragment(_live, run_every=POLL if running else None)(job, draw, running)


def redraw_page() -> None:
    """Have the whole page drawn again; for callbacks of what `live` draws, after which only that would be."""
    st.session_state[_REDRAW] = True


def _live(job: View, draw: Callable[[Progress], None], was_running: bool) -> None:
    progress = job.so_far()
    if st.session_state.pop(_REDRAW, False) or (was_running and progress.state == "done"):
        rerun()
    controls(job)
    draw(progress)


def tell_so_far(done: int, networks: int) -> None:
    """Say, above what is concluded from `done` of so many networks, that it is not the last word, while it is not."""
    if done < networks:
        text = _("So far: {done} of {total} networks. Who stops when a difference suits, finds differences by chance.")
        st.caption(text.format(done=f"{done:,}", total=f"{networks:,}"))


def controls(job: View) -> None:
    """How far a sweep is, with the button that stops it or lets it go on, or the question before a long one."""
    progress = job.so_far()
    state = progress.state
    if progress.refused is not None:
        text = _(_REFUSALS[progress.refused.reason])
        st.warning(text.format(address=escape(progress.refused.address)), icon=":material/cloud_off:")
    if progress.unkept:
        st.caption(_("Results cannot be kept on this disk: they are there for as long as the dashboard runs."))
    if damaged := progress.damaged:
        text = ngettext(
            "{count} damaged file of earlier results was set aside, and its networks trained again.",
            "{count} damaged files of earlier results were set aside, and their networks trained again.",
            damaged,
        )
        st.caption(text.format(count=damaged))
    if state == "done":
        return
    if state == "asking":
        _question(job)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="sweep_progress"):
        _progress(progress)
        if state == "running":
            st.button(_("Stop"), icon=":material/stop:", on_click=_press, args=(job.stop,), key="sweep_stop")
        else:
            resume = _("Resume")
            st.button(resume, icon=":material/play_arrow:", on_click=_press, args=(job.resume,), key="sweep_resume")


def _question(job: View) -> None:
    text = _(
        "This trains {count} networks and takes about {time} on this machine. "
        "What takes more than {limit} is asked about first."
    )
    with st.container(horizontal=True, vertical_alignment="center", key="sweep_question"):
        st.info(
            text.format(
                count=f"{job.so_far().networks:,}", time=duration(job.estimate or 0.0), limit=duration(ASK_BEFORE_SWEEP)
            ),
            icon=":material/hourglass:",
            width="stretch",
        )
        st.button(_("Train"), type="primary", on_click=_press, args=(job.resume,), key="sweep_accept")


def _press(act: Callable[[], None]) -> None:
    """For `on_click`: only when the whole page is drawn is it decided whether it goes on looking by itself."""
    act()
    redraw_page()


def _progress(progress: Progress) -> None:
    text, left = _("{done} of {total} networks"), progress.left
    if progress.compiling:
        text = compiling_says()
    elif left is not None and left < 1:
        text = _("{done} of {total} networks · less than a second left")
    elif left is not None:
        text = _("{done} of {total} networks · about {left} left")
    text = text.format(done=f"{progress.networks_done:,}", total=f"{progress.networks:,}", left=duration(left or 0.0))
    if progress.waiting is not None:
        place = place_in_line(progress.waiting)
        text = f"{text} · {place}" if progress.share else place
    st.progress(progress.share, text=text, width="stretch")
