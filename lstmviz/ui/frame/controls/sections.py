"""A page of several sections, of which one is drawn at a time; the URL says which."""

from collections.abc import Mapping

import streamlit as st

from lstmviz.ui.frame.controls.fields import quote
from lstmviz.ui.frame.language import _
from lstmviz.ui.frame.requests.url import UrlPart, by_hand, keep


def choose_section(name: str, labels: Mapping[str, str]) -> str:
    """Draw the choice, and return the section that is chosen; the first one, and why, if the URL names none of them.

    Args:
        name: of the parameter in the URL.
        labels: what each section is called in the session's language, by the name that the URL has for it.
    """
    first = next(iter(labels))
    asked = _url(name, labels).read().get(name, first)
    chosen = asked if asked in labels else first
    key = f"_{name}"
    keep(key, chosen)
    st.segmented_control(
        _("Section"),
        list(labels),
        default=chosen,
        format_func=lambda one: labels[one],
        required=True,
        key=key,
        on_change=by_hand(key, _write),
        args=(name, labels),
        label_visibility="collapsed",
        wrap=True,  # a section that is cut off on a phone is not looked for
    )
    if asked != chosen:
        text = _("This page has no section {got}, so “{kept}” is shown.")
        st.markdown(f":red[:small[:material/error: {text.format(got=quote(asked), kept=labels[chosen])}]]")
    return chosen


def _write(name: str, labels: Mapping[str, str]) -> None:
    chosen = st.session_state.get(f"_{name}")  # Streamlit may call this for a page just left
    if chosen in labels:
        _url(name, labels).write({name: str(chosen)})


def _url(name: str, labels: Mapping[str, str]) -> UrlPart:
    part: UrlPart = st.session_state.setdefault(f"_{name}_url", UrlPart({name: next(iter(labels))}))
    return part
