"""What a page's networks read, as rows of symbols: a small table that stands before any network is trained."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Row:
    """Symbols side by side, each as wide as it is."""

    head: str
    """what they are"""
    symbols: Sequence[str]
    marked: frozenset[int] = frozenset()
    """places of those that the row is about"""
    gap: int = 0
    """the place before which it parts; 0 if it is whole"""


def strip(title: str, rows: Sequence[Row]) -> None:
    """Draw the rows under a title; what they say is text and never markup."""
    body = "".join(map(_row, rows))
    table = f"<table><caption>{html.escape(title)}</caption><tbody>{body}</tbody></table>"
    st.html(f'<div class="strip" tabindex="0">{table}</div>')


def _row(row: Row) -> str:
    cells = "".join(_cell(row, place, symbol) for place, symbol in enumerate(row.symbols))
    return f'<tr><th scope="row">{html.escape(row.head)}</th>{cells}</tr>'


def _cell(row: Row, place: int, symbol: str) -> str:
    names = [name for name, so in (("marked", place in row.marked), ("parted", row.gap == place > 0)) if so]
    kind = f' class="{" ".join(names)}"' if names else ""
    return f"<td{kind}>{html.escape(symbol)}</td>"
