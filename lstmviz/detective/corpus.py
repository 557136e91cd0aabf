"""The text that the network learns from: Python's own standard library, which every machine with Python has.

Which files are learned from, and which are kept back, follows from a digest of each file's name, not of its text: a
file then stays on its side in every version of Python, so that a held-out file of another version is no edited copy of
one that was learned from.
"""

import sysconfig
import tokenize
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from lstmviz.base.checks import one_of
from lstmviz.detective.alphabet import as_read

SIDES = ("train", "validation", "held_out")
"""What is learned from, what is looked at while learning, and what is looked at afterwards alone."""
_LEFT_OUT = frozenset(
    {
        *("test", "tests", "idle_test", "site-packages", "dist-packages", "__pycache__"),  # not the library itself
        *("encodings", "pydoc_data"),  # tables of code pages, and one documentation in strings
    }
)
_TENTHS = 10  # of which one is validation and one held out


@dataclass(frozen=True)
class SourceFile:
    """A file of the library, as the network reads it."""

    name: str
    """its path below the library's folder, with slashes"""
    text: str
    """as `alphabet.as_read` makes it"""

    @property
    def side(self) -> str:
        """One of `SIDES`."""
        return side_of(self.name)


@dataclass(frozen=True)
class Corpus:
    """The files of one Python, in the order of their names."""

    files: tuple[SourceFile, ...]

    def side(self, side: str) -> tuple[SourceFile, ...]:
        """The files of one of `SIDES`.

        Raises:
            ValueError: `side` is none.
        """
        one_of("side", side, SIDES)
        return tuple(file for file in self.files if file.side == side)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over names and texts, in hexadecimal: the same where the same would be read."""
        total = sha256()
        for file in self.files:
            total.update(f"{file.name}\0{file.text}\0".encode())
        return total.hexdigest()


def side_of(name: str) -> str:
    """Which of `SIDES` the file of this name lies on: eight tenths of all names are learned from."""
    match int(sha256(name.encode()).hexdigest(), 16) % _TENTHS:
        case 0:
            return "held_out"
        case 1:
            return "validation"
        case _:
            return "train"


def load_corpus(folder: Path | None = None, sides: Collection[str] = SIDES) -> Corpus:
    """The library of the Python that runs, or the .py files below `folder`, of some sides alone where `sides` says so.

    Without tests, installed packages, `encodings`, `pydoc_data`, and without what was generated when this Python was
    built (`_sysconfigdata*` and folders with a dash in their names), which differs from machine to machine. Files that
    do not decode, or hold fewer than two characters, are left out.

    Raises:
        FileNotFoundError: there is no such file at all, as where the library comes in one archive.
    """
    folder = Path(sysconfig.get_path("stdlib")) if folder is None else folder
    found = list[SourceFile]()
    for path in folder.rglob("*.py"):
        within = path.relative_to(folder)
        if path.name.startswith("_sysconfigdata") or any(p in _LEFT_OUT or "-" in p for p in within.parts[:-1]):
            continue
        if side_of(within.as_posix()) not in sides:
            continue
        try:
            with tokenize.open(path) as file:
                text = as_read(file.read())
        except (OSError, SyntaxError, UnicodeDecodeError):
            continue
        if len(text) >= 2:
            found.append(SourceFile(within.as_posix(), text))
    if not found:
        raise FileNotFoundError(2, "no Python file is there to be read", str(folder))
    return Corpus(tuple(sorted(found, key=lambda file: file.name)))
