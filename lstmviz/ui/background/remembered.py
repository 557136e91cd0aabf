"""What is made of finished results, kept for all sessions: a figure is built once, not at each rerun."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

import streamlit as st

from lstmviz.ui.background.bounds import KEPT_THINGS
from lstmviz.ui.background.shelf import Shelf

Made = TypeVar("Made")


@st.cache_resource
def _things() -> Shelf[Any]:
    return Shelf(KEPT_THINGS)


def remembered(make: Callable[[], Made], name: str, *decides: Hashable) -> Made:
    """What `make` makes, once as long as it is kept.

    Args:
        make: makes it; two calls that have the same name and the same `decides` must make the same.
        name: what it is.
        decides: all that it depends on, the language and the theme too where they matter.
    """
    return cast(Made, _things().get((name, *decides), make))
