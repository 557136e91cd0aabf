"""What is asked: one string of the language, and below each symbol what may come after it."""

from lstmviz.grammars import ASKED, GrammarConfig, LanguageTask, legal_of
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.controls.lessons import ANSWERS
from lstmviz.ui.frame.language import _
from lstmviz.ui.frame.strip import Row, strip

SHOWN = 14
"""steps that stand side by side"""
_DRAWN = 64


def show(config: GrammarConfig) -> None:
    """Draw both rows."""
    face = remembered(lambda: example(config), "grammar asked", config.language, config.longest, config.seed)
    words = [_(ANSWERS.get(name, name)) for name in face.answers]
    may = [" ".join(word for word, so in zip(words, row, strict=True) if so) for row in legal_of(face)[:SHOWN]]
    more = ["…"] if len(face.x) > SHOWN else []
    strip(
        _("A string, drawn as those of the training are"),
        [
            Row(_("symbol read"), [*(face.alphabet[code] for code in face.x[:SHOWN]), *more]),
            Row(_("answer if it ended here") if config.language in ASKED else _("may come next"), [*may, *more]),
        ],
    )


def example(config: GrammarConfig) -> LanguageTask:
    """The longest of the first strings drawn that can be shown whole; of streams, none of which can, the first."""
    task = config.task()
    drawn = [task.example(number) for number in range(_DRAWN)]
    whole = [face for face in drawn if len(face.x) <= SHOWN]
    return max(whole, key=lambda face: len(face.x)) if whole else drawn[0]
