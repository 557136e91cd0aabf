"""The texts that come along: those of the notes, and the first verse of Korea's anthem."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lstmviz.tasks.verses import AEGUKGA, ANTHEM, GOETHE


@dataclass(frozen=True)
class Source:
    """A text, and the training that it is learned by."""

    text: str
    cell: str
    epochs: int


SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "goethe": Source(GOETHE, "rnn", 50),
        "anthem": Source(ANTHEM, "lstm", 100),
        "aegukga": Source(AEGUKGA, "lstm", 100),
    }
)
"""By name, with the cell and the epochs of the notes; 애국가's as for The Star-Spangled Banner."""
