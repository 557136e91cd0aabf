"""For a lesson on a projector: all is larger, without the sidebar, and the buttons that play stay at the window's foot.

`?projector=1` in the URL says so, and links take it along. The style sheet does the rest: what parts in the browser
need to know of it they read from the properties that it sets.
"""

import streamlit as st

from lstmviz.ui.frame.language import _
from lstmviz.ui.frame.requests.url import UrlPart

PARAM = "projector"


def projects() -> bool:
    """Whether the session that calls is shown by a projector."""
    return _url().read().get(PARAM) == "1"


def projector_button() -> None:
    """The button at the top right that begins it, and ends it."""
    on = projects()
    label = _("Leave the projector view") if on else _("Projector view")
    about = _("With the sidebar again") if on else _("For the last row: larger, and without the sidebar")
    icon = ":material/close_fullscreen:" if on else ":material/cast_for_education:"
    with st.container(key="projector"):
        st.button(label, key="_projector", icon=icon, help=about, on_click=_toggle, args=(not on,))


def _toggle(on: bool) -> None:
    _url().write({PARAM: "1" if on else ""})


def _url() -> UrlPart:
    """What the URL says of it; a request that was sent before does not undo the button."""
    part: UrlPart = st.session_state.setdefault("_projector_url", UrlPart({PARAM: ""}))
    return part
