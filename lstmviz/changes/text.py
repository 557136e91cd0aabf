"""Changes as text, short enough for a link: f3=0@8 shuts the forget gate of the third unit at step 8.

Units, letters, rows and columns are counted from 1, as on the pages, and steps from 0.
"""

import re
from collections.abc import Iterable

import numpy as np

from lstmviz.base.checks import instance
from lstmviz.changes.kinds import LARGEST, QUANTITIES, RANGES, STATES, WEIGHTS, Change, Hold, Read, SetWeight, Start
from lstmviz.models import ModelConfig
from lstmviz.tasks import Task, check_symbols

MAX_CHANGES = 64
MAX_TEXT = 4000

_GATES = {"rnn": 1, "rnn_relu": 1, "lstm": 4, "gru": 3}
_CALLED = {"rnn": "an RNN", "rnn_relu": "a ReLU network", "lstm": "an LSTM", "gru": "a GRU"}
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_PART = re.compile(r"([^=@]*)=([^=@]*)(?:@([^=@]*))?")
_QUANTITY = re.compile(r"([a-z])([0-9]*)")
_WEIGHT = re.compile(r"([a-z_]+|head\.[a-z_]+)((?:\.[0-9]+)*)")
_WHEN = re.compile(r"([0-9]+)(?:\s*(-)\s*([0-9]*))?")


class ChangeError(ValueError):
    """A change that cannot be made in this network and text. Its message is one sentence, in English.

    Attributes:
        part: the change at fault, as it was given; where the whole text is too long, its beginning.
        reason: "form" (not of the form what=value@when), "quantity" (no such quantity in this cell), "unit", "step",
            "value", "letter", "weight" (no such thing, or out of range), or "many" (too many changes, too long a text).
    """

    def __init__(self, part: str, reason: str, sentence: str) -> None:
        super().__init__(part, reason, sentence)
        self.part = part
        self.reason = reason

    def __str__(self) -> str:
        return str(self.args[2])


def format_changes(changes: Iterable[Change]) -> str:
    """`changes` as text, joined by semicolons: f3=0@8-20;x=2@12;h2=0.5@start;weight_hh.7.2=-1.5.

    Raises:
        TypeError: one of them is no change.
    """
    return ";".join(map(_format, changes))


def parse_changes(text: str, config: ModelConfig, task: Task) -> tuple[Change, ...]:
    """The changes that `text` names, for the network `config` and the text of `task`; none if it is blank.

    By example: `f3=0` (unit 3, always), `f=0` (every unit), `f3=0@8` (at step 8), `f3=0@8-` (from step 8 on),
    `f3=0@8-20` (a span, both ends included), `x=2@12` or `x=b@12` (letter 2 of the alphabet, b, read at step 12),
    `h2=0.5@start`, `weight_hh.7.2=-1.5` (row 7, column 2), `bias_ih.3=0`, `head.weight.1.2=0.7`, `head.bias.1=0`.
    Space around a part does not matter.

    Raises:
        TypeError: `task` is one of numbers, or `text` is no string.
        ChangeError: a part is not of this form, does not fit the network or the text, or there are more than 64
            changes or 4000 characters.
    """
    check_symbols(task)
    instance("text", text, str)
    if len(text) > MAX_TEXT:
        sentence = f"The changes must be at most {MAX_TEXT} characters long; got {len(text)}."
        raise ChangeError(text[:40], "many", sentence)
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if len(parts) > MAX_CHANGES:
        sentence = f"There can be at most {MAX_CHANGES} changes; got {len(parts)}."
        raise ChangeError(parts[MAX_CHANGES], "many", sentence)
    return tuple(_parse(part, config, task) for part in parts)


def _format(change: Change) -> str:
    match change:
        case Hold(quantity, value, unit, first, last):
            when = "" if last is None and first == 0 else f"@{first}" if last == first else f"@{first}-"
            return f"{quantity}{_from_1(unit)}={_shortest(value)}{when}{'' if last in (None, first) else last}"
        case Read(step, letter):
            return f"x={letter + 1}@{step}"
        case Start(quantity, unit, value):
            return f"{quantity}{_from_1(unit)}={_shortest(value)}@start"
        case SetWeight(name, index, value):
            return f"{'.'.join([name, *map(_from_1, index)])}={_shortest(value)}"
    raise TypeError(f"`changes` must hold Hold, Read, Start and SetWeight only; got {type(change).__name__}.")


def _from_1(index: int | None) -> str:
    return "" if index is None else str(index + 1)


def _shortest(value: float) -> str:
    """The shortest decimal that is read back as `value`: 0, -1.5, 1e-7."""
    return repr(value).removesuffix(".0").replace("e-0", "e-")


def _parse(part: str, config: ModelConfig, task: Task) -> Change:
    """One change, known to fit."""
    found = _PART.fullmatch(part)
    if found is None:
        raise _error(part, "form", "must be of the form what=value or what=value@when, as in f1=0@8")
    what, given = found[1].strip(), found[2].strip()
    when = None if found[3] is None else found[3].strip()
    if what == "x":
        return _parse_read(part, given, when, task)
    if quantity := _QUANTITY.fullmatch(what):
        return _parse_quantity(part, quantity[1], quantity[2], given, when, config, task)
    if weight := _WEIGHT.fullmatch(what):
        return _parse_weight(part, weight[1], weight[2], given, when, config)
    raise _unknown(part, what, config)


def _parse_read(part: str, given: str, when: str | None, task: Task) -> Read:
    letter, letters = _whole(given), len(task.alphabet)
    if letter is None and given in task.alphabet:
        letter = task.alphabet.index(given) + 1
    if letter is None or not 1 <= letter <= letters:
        raise _error(
            part,
            "letter",
            f"must name a letter of the text, or its number, 1 to {letters}; got {_brief(given) or 'none'}",
        )
    step = _whole(when or "")
    if step is None:
        raise _error(part, "step", "must say at which one step the letter is read, as in x=1@8")
    return Read(_check_step(part, step, task), letter - 1)


def _parse_quantity(
    part: str, quantity: str, digits: str, given: str, when: str | None, config: ModelConfig, task: Task
) -> Hold | Start:
    if quantity not in QUANTITIES[config.cell]:
        raise _unknown(part, quantity + digits, config)
    unit = _whole(digits)
    if unit is not None and not 1 <= unit <= config.hidden_size:
        units = f"{config.hidden_size} units" if config.hidden_size > 1 else "1 unit"
        raise _error(part, "unit", f"names unit {_brief(digits)}; the network has {units}")
    unit = None if unit is None else unit - 1
    value = _parse_value(part, given, *RANGES[quantity])
    if when is None:
        return Hold(quantity, value, unit)
    if when == "start":
        if quantity not in STATES[config.cell]:
            states = " and ".join(STATES[config.cell])
            raise _error(part, "step", f"sets {quantity} at the start, where {_CALLED[config.cell]} has only {states}")
        return Start(quantity, unit, value)
    span = _WHEN.fullmatch(when)
    if span is None:
        raise _error(part, "step", f"must end in a step or a span, as in @8, @8- or @8-20; got @{_brief(when)}")
    first = _check_step(part, _whole(span[1]) or 0, task)
    if span[2] is None:
        return Hold(quantity, value, unit, first, first)
    if not span[3]:
        return Hold(quantity, value, unit, first)
    last = _check_step(part, _whole(span[3]) or 0, task)
    if last < first:
        raise _error(part, "step", f"must end no earlier than it begins; got {first} to {last}")
    return Hold(quantity, value, unit, first, last)


def _parse_weight(part: str, name: str, places: str, given: str, when: str | None, config: ModelConfig) -> SetWeight:
    if name not in WEIGHTS:
        if not re.match("weight|bias|head", name):
            raise _unknown(part, name, config)
        raise _error(part, "weight", f"names {_brief(name)}; the weights are {', '.join(WEIGHTS)}")
    shape = _shape(name, config)
    index = [_whole(digits) or 0 for digits in places.split(".")[1:]]
    if len(index) != len(shape) or not all(1 <= k <= size for k, size in zip(index, shape, strict=True)):
        sides = " and ".join(f"{side} 1 to {size}" for side, size in zip(("row", "column"), shape, strict=False))
        raise _error(part, "weight", f"must name a number in {name} by {sides}, as in {name}{'.1' * len(shape)}=0")
    if when is not None:
        raise _error(part, "step", "names a step, but a weight is set for the whole text")
    return SetWeight(name, tuple(k - 1 for k in index), _parse_value(part, given, -LARGEST, LARGEST))


def _parse_value(part: str, given: str, low: float, high: float) -> float:
    value = float(given) if _NUMBER.fullmatch(given) else np.nan
    if not low <= value <= high:
        raise _error(
            part, "value", f"must set a number between {low:.7g} and {high:.7g}; got {_brief(given) or 'none'}"
        )
    return value


def _check_step(part: str, step: int, task: Task) -> int:
    if step >= len(task.x):
        raise _error(part, "step", f"names step {_brief(str(step))}; the text has the steps 0 to {len(task.x) - 1}")
    return step


def _whole(digits: str) -> int | None:
    """The number that `digits` write, None if they are none; of a number of more than ten digits the first ten."""
    return int(digits.lstrip("0")[:10] or "0") if digits.isascii() and digits.isdigit() else None


def _shape(name: str, config: ModelConfig) -> tuple[int, ...]:
    """The shape of the weights called `name`."""
    rows = config.output_size if name.startswith("head") else _GATES[config.cell] * config.hidden_size
    columns = config.input_size if name == "weight_ih" else config.hidden_size
    return (rows,) if "bias" in name else (rows, columns)


def _unknown(part: str, what: str, config: ModelConfig) -> ChangeError:
    known = ", ".join(QUANTITIES[config.cell])
    sentence = (
        f"names {_brief(what) or 'nothing'}; in {_CALLED[config.cell]} {known}, the letter x and weights can be set"
    )
    return _error(part, "quantity", sentence)


def _error(part: str, reason: str, sentence: str) -> ChangeError:
    return ChangeError(part, reason, f"`{_brief(part)}` {sentence}.")


def _brief(text: str) -> str:
    """`text` on one line, at most 40 characters of it."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
