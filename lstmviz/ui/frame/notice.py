"""A sentence that tells for some seconds what a click has done.

A run that the next one cuts short may have said it to nobody, so whatever runs follow at once say it again; the browser
shows the same sentence at the same place once.
"""

import time
from dataclasses import dataclass

import streamlit as st

_AGAIN_SECONDS = 2.0  # shorter than the browser shows it
_KEY = "_notice"


@dataclass
class _Notice:
    text: str
    icon: str
    until: float | None = None  # when it was said long enough ago; None before the first time


def notice(text: str, icon: str) -> None:
    """Have it said by the runs that follow, beginning with the next one."""
    st.session_state[_KEY] = _Notice(text, icon)


def say() -> None:
    """Say the last notice, unless that was done."""
    one: _Notice | None = st.session_state.get(_KEY)
    if one is None:
        return
    now = time.monotonic()
    one.until = one.until or now + _AGAIN_SECONDS
    if now < one.until:
        st.toast(one.text, icon=one.icon)
