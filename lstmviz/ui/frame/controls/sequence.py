"""The sequence that is looked at, where a task has several: `?sequence=3`, and the button for another one."""

import streamlit as st

from lstmviz.tasks import named_task, sequences_of
from lstmviz.ui.frame.controls.experiment import Experiment, current_experiment
from lstmviz.ui.frame.controls.fields import quote
from lstmviz.ui.frame.language import _
from lstmviz.ui.frame.requests.url import UrlPart

_MOST = 10_000  # of those that are drawn, of which there is no end


def asked_sequence(experiment: Experiment) -> int:
    """The number of the sequence that the URL asks for; 0 where it asks for none, and where a task has one text."""
    return _number(_url(), _last(experiment))


def another_sequence(experiment: Experiment) -> None:
    """A button that shows the next sequence, where a task has more; and what is wrong with the number in the URL."""
    if sequences_of(experiment.task) == 1:
        return
    text = _url().read().get("sequence", "")
    st.button(
        _("Another sequence"),
        icon=":material/casino:",
        on_click=_next,
        key="_another_sequence",
        help=_about(experiment.task).format(number=f"{asked_sequence(experiment):,}"),
    )
    last = _last(experiment)
    if text and not _is_number(text, last):
        sentence = _("Sequences are numbered from 0 to {high}; got {got}, so number 0 is shown.")
        st.markdown(f":red[:small[:material/error: {sentence.format(high=f'{last:,}', got=quote(text))}]]")


def _about(name: str) -> str:
    if named_task(name).fixed:
        return _("On display is window {number} of the text, one of those that the training learns from.")
    return _("On display is sequence {number} of this task, drawn as those of the training are.")


def _next() -> None:
    url, last = _url(), _last(current_experiment())
    url.write({"sequence": str((_number(url, last) + 1) % (last + 1))})


def _last(experiment: Experiment) -> int:
    """The number of the last sequence that can be asked for."""
    return min(sequences_of(experiment.task), _MOST) - 1


def _number(url: UrlPart, last: int) -> int:
    text = url.read().get("sequence", "")
    return int(text) if last and _is_number(text, last) else 0


def _is_number(text: str, last: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= len(str(_MOST)) and int(text) <= last


def _url() -> UrlPart:
    part: UrlPart = st.session_state.setdefault("_sequence_url", UrlPart({"sequence": ""}))
    return part
