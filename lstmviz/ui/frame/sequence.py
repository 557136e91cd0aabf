"""The sequence that is looked at, where a task draws its sequences: `?sequence=3`, and the button for another one."""

import streamlit as st

from lstmviz.tasks import sequences_of
from lstmviz.ui.frame.experiment import Experiment
from lstmviz.ui.frame.fields import quote
from lstmviz.ui.frame.language import _
from lstmviz.ui.frame.url import UrlPart

_MOST = 9999


def asked_sequence(experiment: Experiment) -> int:
    """The number of the sequence that the URL asks for; 0 where it asks for none, and where a task has one text."""
    return _number(_url()) if sequences_of(experiment.task) > 1 else 0


def another_sequence(experiment: Experiment) -> None:
    """A button that shows the next sequence, where a task draws them; and what is wrong with the number in the URL."""
    if sequences_of(experiment.task) == 1:
        return
    text = _url().read().get("sequence", "")
    st.button(
        _("Another sequence"),
        icon=":material/casino:",
        on_click=_next,
        key="_another_sequence",
        help=_("On display is sequence {number} of this task, drawn as those of the training are.").format(
            number=f"{asked_sequence(experiment):,}"
        ),
    )
    if text and not _is_number(text):
        sentence = _("Sequences are numbered from 0 to {high}; got {got}, so number 0 is shown.")
        st.markdown(f":red[:small[:material/error: {sentence.format(high=f'{_MOST:,}', got=quote(text))}]]")


def _next() -> None:
    url = _url()
    url.write({"sequence": str((_number(url) + 1) % (_MOST + 1))})


def _number(url: UrlPart) -> int:
    text = url.read().get("sequence", "")
    return int(text) if _is_number(text) else 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= len(str(_MOST))


def _url() -> UrlPart:
    part: UrlPart = st.session_state.setdefault("_sequence_url", UrlPart({"sequence": ""}))
    return part
