"""The six values that make an experiment, between the text of a URL or a control and what the engine takes.

What will not do is refused with one sentence, in the session's language, that says what would.
"""

import math
import re
from collections.abc import Collection
from functools import lru_cache

import regex

from lstmviz.base.limits import MAX_EPOCHS, MAX_FUSED_SIZE, MAX_LR, MAX_SEED
from lstmviz.tasks import (
    LEAST_NUMBERS,
    MAX_LETTERS,
    MAX_NUMBER,
    MOST_NUMBERS,
    NAMED,
    NumbersError,
    alphabet_task,
    is_series,
    named_task,
    numbers_in,
    series_name,
)
from lstmviz.ui.frame.language import _
from lstmviz.ui.frame.prose import escape

CELL_NAMES = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN (tanh)", "rnn_relu": "RNN (ReLU)"}
"""The cells on offer, as they are written in both languages."""
_NAMES = {name.casefold(): name for name in NAMED}


class RefusedError(ValueError):
    """A text that is no value of its field; `sentence` has the fields {got} and {kept}, what was given and what stays.

    The sentence is ready but for these two: `refused.sentence.format(got=..., kept=...)`.
    """

    def __init__(self, sentence: str, **details: str | int) -> None:
        """Put the details, which the sentence names too, into it."""
        self.sentence = sentence.format(got="{got}", kept="{kept}", **details)
        super().__init__(self.sentence)


def read(param: str, text: str) -> str | int | float:
    """The value that `text` stands for in the field `param`: task, cell, hidden, seed, lr or epochs.

    Raises:
        RefusedError: it stands for none.
    """
    if param == "task" and is_series(text):
        return _series(text)  # which may be empty, and is no pattern then either
    text = text.strip()
    match param:
        case "task":
            return _task(text)
        case "cell":
            return _cell(text)
        case "hidden":
            sentence = _("Hidden nodes must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
            return read_whole_number(text, 1, MAX_FUSED_SIZE, sentence)
        case "seed":
            sentence = _("The seed must be a whole number from 0 to {high}; got {got}, so {kept} stays in use.")
            return read_whole_number(text, 0, MAX_SEED, sentence)
        case "epochs":
            sentence = _("Epochs must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
            return read_whole_number(text, 1, MAX_EPOCHS, sentence)
        case "lr":
            return _lr(text)
    raise ValueError(f"`param` must be the name of a field; got {param!r}.")


def read_cells(text: str) -> tuple[str, ...]:
    """The cells that `text` names, with commas between them: one at least, each once.

    Raises:
        RefusedError: it names none, or something else.
    """
    cells = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not cells or not set(cells) <= set(CELL_NAMES):
        sentence = _("Choose at least one cell of {cells}; got {got}, so {kept} stays in use.")
        raise RefusedError(sentence, cells=", ".join(CELL_NAMES))
    return cells


def read_whole_number(text: str, low: int, high: int, sentence: str) -> int:
    """The whole number that `text` stands for, in [low, high]; `sentence`, with the field {high}, refuses others.

    Raises:
        RefusedError: it stands for none of them.
    """
    if not re.fullmatch(r"[+-]?[0-9]{1,20}", text.strip()) or not low <= int(text) <= high:
        raise RefusedError(sentence, high=f"{high:,}")
    return int(text)


def read_one_of(text: str, options: Collection[str], field: str) -> str:
    """`text`, if it is one of `options`; `field` is what the sentence calls it.

    Raises:
        RefusedError: it is not.
    """
    if text.strip() not in options:
        sentence = _("“{field}” must be one of {options}; got {got}, so {kept} stays in use.")
        raise RefusedError(sentence, field=field, options=", ".join(options))
    return text.strip()


def write(value: str | float) -> str:
    """The text that stands for `value`: `read` gives the value back."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def quote(text: str) -> str:
    """What somebody typed, fit to stand in a sentence."""
    visible = "".join(char if char.isprintable() else "\ufffd" for char in text.strip())
    return f"“{escape(visible if len(visible) <= 20 else visible[:19] + '…')}”" if visible else _("nothing")


def _task(text: str) -> str:
    if (name := _NAMES.get(text.casefold())) is not None:
        return name
    try:
        return _pattern(text)
    except ValueError:
        letters = regex.findall(r"\X", text)
    if not 2 <= len(letters) <= MAX_LETTERS:
        sentence = _("A pattern must have 2 to {high} letters; got {count}, so {kept} stays in use.")
        raise RefusedError(sentence, high=MAX_LETTERS, count=len(letters))
    if len(set(letters)) == 1:
        raise RefusedError(_("A pattern needs at least two different letters; got {got}, so {kept} stays in use."))
    raise RefusedError(_("A pattern is made of letters and signs, without spaces; got {got}, so {kept} stays in use."))


def _series(text: str) -> str:
    try:
        numbers = numbers_in(text)
        name = series_name(numbers)
    except NumbersError as error:
        match error.kind:
            case "number":
                sentence = _("Own numbers must be numbers; {part} is none, so those before stay.")
            case "count":
                sentence = _("Own numbers must be {low} to {high} numbers; these are {count}, so those before stay.")
            case _:
                sentence = _("Own numbers must be at most {largest} from 0; {part} is not, so those before stay.")
        raise RefusedError(
            sentence,
            part=quote(error.part),
            low=LEAST_NUMBERS,
            high=MOST_NUMBERS,
            largest=f"{MAX_NUMBER:g}",
            count=len(numbers) if error.kind == "count" else 0,
        ) from None
    try:
        named_task(name)
    except ValueError:
        sentence = _("Own numbers must vary in their first four fifths, which are learned from; so those before stay.")
        raise RefusedError(sentence) from None
    return name


@lru_cache(maxsize=256)
def _pattern(text: str) -> str:
    return alphabet_task(text, repeats=2).pattern


def _cell(text: str) -> str:
    if text not in CELL_NAMES:
        sentence = _("The cell must be one of {cells}; got {got}, so {kept} stays in use.")
        raise RefusedError(sentence, cells=", ".join(CELL_NAMES))
    return text


def _lr(text: str) -> float:
    value = float(text) if re.fullmatch(r"[0-9]*\.?[0-9]+(e[+-]?[0-9]{1,3})?", text, re.IGNORECASE) else math.nan
    if not 0 < value <= MAX_LR:
        sentence = _("The learning rate must be a number above 0, at most {high}; got {got}, so {kept} stays in use.")
        raise RefusedError(sentence, high=write(MAX_LR))
    return value
