"""The dashboard's own parts in the browser, each a folder of .js, .css and .html files, loaded without a build step.

What several parts need is in the folder `common`: its scripts where they are imported, its style sheets in every part.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_IMPORT = re.compile(r'^import \{[^}]*\} from "(?P<file>\.\.?/[\w./-]+)";\n', re.MULTILINE)


@cache
def script(folder: str, file: str = "main.js") -> str:
    """The modules of a part as one: `file` with everything that it imports, each file once, before its first user.

    Streamlit hands a part's script to the browser as text, and a text cannot import its neighbours. The files are plain
    modules all the same, so that editors and readers see who uses what; a name may stand at the top of one file only.
    """
    return "".join(_modules(_HERE / folder / file, []))


@cache
def markup(folder: str) -> str:
    """The part's HTML."""
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted((_HERE / folder).glob("*.html")))


@cache
def style(folder: str) -> str:
    """The common style sheets, then the part's own, by name."""
    files = [file for place in ("common", folder) for file in sorted((_HERE / place).glob("*.css"))]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@cache
def words(folder: str, code: str) -> Mapping[str, str]:
    """All that the part says in one of the languages, by key; `{name}` stands for a value, `**` makes bold.

    They are not in the catalogues of gettext, because the browser looks them up, and in a saved file in both languages.
    """
    found: Mapping[str, str] = json.loads((_HERE / folder / f"words.{code}.json").read_text(encoding="utf-8"))
    return found


def _modules(path: Path, taken: list[Path]) -> list[str]:
    """The text of each module that `path` needs, itself last; those in `taken` are there already."""
    if path in taken:
        return []
    taken.append(path)
    text = path.read_text(encoding="utf-8")
    files = [(path.parent / match["file"]).resolve() for match in _IMPORT.finditer(text)]
    needed = [module for file in files for module in _modules(file, taken)]
    own = _IMPORT.sub("", text)
    return [*needed, own if path.name == "main.js" else re.sub(r"^export ", "", own, flags=re.MULTILINE)]
