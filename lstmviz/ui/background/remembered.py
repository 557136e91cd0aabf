"""What is made of finished results, kept for all sessions: a figure is built once, not at each rerun.

Streamlit's own caches take each call's arguments apart to hash them, all snapshots of a run among them, which was a
fifth of a rerun; what is kept here is found by Python's own hash.
"""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import streamlit as st

from lstmviz.ui.background.bounds import KEPT_THINGS
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.shelf import Shelf

Made = TypeVar("Made")
More = ParamSpec("More")


@st.cache_resource
def _shelves() -> dict[str, Shelf[Any]]:
    return {}


def kept(make: Callable[[], Made], shelf: str, most: int, *decides: Hashable) -> Made:
    """What `make` makes, once as long as it is among the `most` last used of its shelf; see `remembered`."""
    shelves = _shelves()
    own = shelves.get(shelf) or shelves.setdefault(shelf, Shelf(most))
    return cast(Made, own.get(decides, make))


def remembered(make: Callable[[], Made], name: str, *decides: Hashable) -> Made:
    """What `make` makes, once as long as it is kept.

    Args:
        make: makes it; two calls that have the same name and the same `decides` must make the same.
        name: what it is.
        decides: all that it depends on, the language and the theme too where they matter.
    """
    return kept(make, "", KEPT_THINGS, name, *decides)


def of_run(
    most: int = KEPT_THINGS,
) -> Callable[[Callable[Concatenate[Run, More], Made]], Callable[Concatenate[Run, More], Made]]:
    """Decorate a function of a run, and of what else decides its result: the `most` last used results are kept.

    They are shared by all sessions, so nobody may change one. A run is told from others by `Run.known`.
    """

    def decorate(make: Callable[Concatenate[Run, More], Made]) -> Callable[Concatenate[Run, More], Made]:
        shelf = f"{make.__module__}.{make.__qualname__}"

        @wraps(make)
        def found(run: Run, *more: More.args, **named: More.kwargs) -> Made:
            return kept(lambda: make(run, *more, **named), shelf, most, run.known, *more, *named.items())

        return found

    return decorate
