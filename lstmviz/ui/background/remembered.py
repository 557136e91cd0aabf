"""What is made of finished results, kept for all sessions: a figure is built once, not at each rerun."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar, cast

import streamlit as st

from lstmviz.ui.background.bounds import KEPT_THINGS

Made = TypeVar("Made")


class _Things:
    """Things by what decides them, the least recently used dropped first. Whoever takes one must not change it."""

    def __init__(self) -> None:
        self.kept: OrderedDict[Hashable, Any] = OrderedDict()
        self.lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        with self.lock:
            if key in self.kept:
                self.kept.move_to_end(key)
                return self.kept[key]
        made = make()
        with self.lock:
            self.kept[key] = made
            while len(self.kept) > KEPT_THINGS:
                self.kept.popitem(last=False)
        return made


@st.cache_resource
def _things() -> _Things:
    return _Things()


def remembered(make: Callable[[], Made], name: str, *decides: Hashable) -> Made:
    """What `make` makes, once as long as it is kept.

    Args:
        make: makes it; two calls that have the same name and the same `decides` must make the same.
        name: what it is.
        decides: all that it depends on, the language and the theme too where they matter.
    """
    return cast(Made, _things().get((name, *decides), make))
