"""What is asked: a sequence whose halves match and one whose halves do not, before any network answers."""

from collections.abc import Iterator
from itertools import count

from lstmviz.matching import MatchingConfig
from lstmviz.tasks.matching import MatchingTask
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.language import _
from lstmviz.ui.frame.strip import Row, strip

SHOWN = 6
"""digits in a half that fit a phone"""


def show(config: MatchingConfig) -> None:
    """Draw both, with the pairs of digits marked that differ."""
    task = config.task()
    pair = remembered(lambda: examples(task), "halves asked", config)
    strip(_("Two sequences, drawn as those of the training are"), [_row(task, digits) for digits in pair])


def examples(task: MatchingTask) -> tuple[str, str]:
    """The first drawn sequence whose halves match, if they can be shown, and the first of its length that does not."""
    matching = next(digits for digits, answer in _drawn(task) if answer == "yes")
    other = next(digits for digits, answer in _drawn(task) if answer == "no" and len(digits) == len(matching))
    return matching, other


def _drawn(task: MatchingTask) -> Iterator[tuple[str, str]]:
    """The digits and the answer of one sequence after the other that can be shown and is not the shortest there is."""
    shortest = min(2, task.longest)
    for number in count():
        face = task.example(number)
        if shortest <= len(face.x) // 2 <= SHOWN:
            yield "".join(face.alphabet[code] for code in face.x), face.answers[face.y[-1]]


def differing(task: MatchingTask, digits: str) -> frozenset[int]:
    """The places, in both halves, of the digits that should be the same and are not."""
    half = len(digits) // 2
    partner = [len(digits) - 1 - place if task.palindrome else place + half for place in range(half)]
    return frozenset(
        at for place, other in enumerate(partner) if digits[place] != digits[other] for at in (place, other)
    )


def _row(task: MatchingTask, digits: str) -> Row:
    marked = differing(task, digits)
    return Row(_("they do not match") if marked else _("they match"), digits, marked, len(digits) // 2)
