"""A part of the dashboard in the browser: a folder of .js, .css and .html files, loaded without a build step.

What several parts need stands beside this file: in the folder `common`, whose style sheets are in every part, and in
others, such as `run`, whose style sheets and words come along with their scripts.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from streamlit.components.v2 import component

_COMMON = Path(__file__).resolve().with_name("common")
_SHAPES = re.compile(r"^[ \t]*/\*\*.*?\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
_CAST = re.compile(r"/\*\* @type \{.*?\} \*/ ?")  # within a line
_IMPORT = re.compile(r'^import \{[^}]*\} from "(?P<file>\.\.?/[\w./-]+)";\n', re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A part, by the folder that holds it."""

    folder: Path

    def component(self, name: str) -> Any:
        """What draws it on a page; Streamlit wants a name of its own for each."""
        return component(name, html=self.markup or None, css=self.style, js=self.script())

    @cache  # noqa: B019 - there are as many as there are folders
    def script(self, file: str = "main.js") -> str:
        """The modules of the part as one: `file` with all that it imports, each file once, before its first user.

        Streamlit hands a part's script to the browser as text, and a text cannot import its neighbours. The files are
        plain modules all the same, so that editors and readers see who uses what; a name may stand at the top of one
        file only.
        """
        return script_of(self.folder / file)

    @property
    def markup(self) -> str:
        """Its HTML."""
        return "\n".join(file.read_text(encoding="utf-8") for file in sorted(self.folder.glob("*.html")))

    @property
    def folders(self) -> list[Path]:
        """Where its scripts are from: the common folder first, its own last."""
        files = dict[Path, None]()
        _modules(self.folder / "main.js", files)
        others = dict.fromkeys(file.parent for file in files if file.parent not in (_COMMON, self.folder))
        return [_COMMON, *others, self.folder]

    @property
    def style(self) -> str:
        """The style sheets of its folders, by name."""
        files = [file for folder in self.folders for file in sorted(folder.glob("*.css"))]
        return "\n".join(file.read_text(encoding="utf-8") for file in files)

    @cache  # noqa: B019
    def words(self, code: str) -> Mapping[str, str]:
        """All that it says in one of the languages, by key; `{name}` stands for a value, `**` makes bold.

        They are not in the catalogues of gettext, because the browser looks them up, and in a saved file in both
        languages.
        """
        files = [folder / f"words.{code}.json" for folder in self.folders]
        texts = [file.read_text(encoding="utf-8") for file in files if file.exists()]
        return {key: word for text in texts for key, word in json.loads(text).items()}


def script_of(file: Path) -> str:
    """A module with all that it imports, as one text; the shapes written there (`/** ... */`) are for readers only."""
    return "".join(_modules(file, {}))


def _modules(path: Path, taken: dict[Path, None]) -> list[str]:
    """The text of each module that `path` needs, itself last; those in `taken` are there already."""
    if path in taken:
        return []
    taken[path] = None
    text = path.read_text(encoding="utf-8")
    files = [(path.parent / match["file"]).resolve() for match in _IMPORT.finditer(text)]
    needed = [module for file in files for module in _modules(file, taken)]
    own = _IMPORT.sub("", _CAST.sub("", _SHAPES.sub("", text)))
    return [*needed, re.sub(r"^export (?!default )", "", own, flags=re.MULTILINE)]
