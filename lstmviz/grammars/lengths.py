"""What a network is asked of each length: strings that it has not learned from, wherever there are such."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from lstmviz.grammars.config import ASKED, COUNTED, STREAM, STREAMS, GrammarConfig, LanguageTask, task_of
from lstmviz.tasks import AcceptTask, Examples, GrammarTask, ParityTask, grammar_task
from lstmviz.tasks.base import joined
from lstmviz.tasks.matching import asked_at_the_end
from lstmviz.tasks.spelling import GRAPHS, all_strings, strings_of_lengths

TIMES = 10
"""How many times the longest that was learned from the longest is that is asked."""
MOST_SYMBOLS = 100
"""of the strings of a graph, which are learned from at every length"""
_TRIES = 16  # strings that are drawn for each that is asked: a tenth of them are for tests, and some come twice
_APART = 10  # symbols from one length of a stream to the next
_WALKS = 2048  # strings of a graph by which it is said how long those are that are learned from


def trained_to(config: GrammarConfig) -> int:
    """The length up to which it learns: the largest n, the most bits, or the symbols that 99 of 100 strings stay below.

    The strings of a graph have no longest one; the streams of `STREAMS` all have one length.
    """
    return _trained(config.language, config.longest)


def _trained(language: str, longest: int) -> int:
    if language in STREAMS:
        return STREAM
    return _walked(language) if language in GRAPHS else longest


def length_name(language: str) -> str:
    """What counts as the length of a string: "n", "symbols" or "bits"."""
    return "n" if language in COUNTED else "bits" if language in ASKED else "symbols"


def strings_by_length(config: GrammarConfig) -> Mapping[int, Examples]:
    """Length -> strings of it: the one with that n, else up to `config.tests` different ones.

    Every length is asked up to twice what was learned from (of streams every tenth), and some up to `TIMES` of it (of a
    graph up to `MOST_SYMBOLS`). Strings are those that the training holds back for tests; of a length of which it holds
    back none, because there are too few strings or because it is not learned from at all, any.
    """
    return _strings(config.language, config.longest, config.seed, config.tests)


@lru_cache(maxsize=16)  # the cells of a study are asked the same
def _strings(language: str, longest: int, seed: int, count: int) -> Mapping[int, Examples]:
    longest = STREAM if language in STREAMS else longest
    task = task_of(language, longest, seed=seed)
    if language in COUNTED:
        assert isinstance(task, GrammarTask)
        return MappingProxyType({n: counted(task, n) for n in range(1, TIMES * longest + 1)})
    longer = task_of(language, TIMES * longest, seed=seed)
    rng = np.random.default_rng((seed, 1))
    found = dict[int, Examples]()
    for length in _lengths(language, longest):
        learned = language in GRAPHS or length <= longest
        drawn = _drawn(longer, language, length, (_TRIES if learned else 2) * count, rng)
        own = _different(drawn)
        if learned:
            rows = drawn.rows(own)
            apart = own[task.for_tests(rows) & task.both_sides(rows)]
            own = apart if len(apart) else own
        found[length] = drawn.rows(own[:count])
    return MappingProxyType(found)


def counted(task: GrammarTask, n: int) -> Examples:
    """The string of a counted language that has this n, as a network reads it."""
    letters = task.alphabet[1:-1]
    face = task.reading(task.alphabet[0] + "".join(letter * n for letter in letters) + task.alphabet[-1])
    assert face.legal is not None
    return Examples(face.x[None], face.y[None], face.scored[None], np.array([len(face.x)]), legal=face.legal[None])


def _lengths(language: str, longest: int) -> list[int]:
    shortest, trained, last = 1, _trained(language, longest), TIMES * longest
    if language in GRAPHS:
        shortest, last = len(all_strings(language, 9)[0]), MOST_SYMBOLS
    elif language in STREAMS:
        shortest = _APART
    near = range(shortest, min(2 * trained, last) + 1, _APART if language in STREAMS else 1)
    far = np.linspace(near[-1], last, 17).round().astype(int)
    return sorted({*near, *far.tolist()})


@lru_cache(maxsize=len(GRAPHS))
def _walked(language: str) -> int:
    task = task_of(language, 10, drawn=_WALKS)
    return int(np.quantile(task.examples().lengths + 1, 0.99))


def _drawn(task: LanguageTask, language: str, length: int, count: int, rng: np.random.Generator) -> Examples:
    """Strings of one length; of bits those of both answers alike, where there are both."""
    if language in GRAPHS:
        return strings_of_lengths(language, np.full(count, length), rng)
    if language in STREAMS:
        return _beginnings(grammar_task(language, TIMES * STREAM).draw(rng, count), length - 1)
    assert isinstance(task, AcceptTask | ParityTask)
    held = [answer for answer in (0, 1) if isinstance(task, ParityTask) or task.exist(answer)[length]]
    answers = np.resize(held, count)
    return task.redraw(
        rng, asked_at_the_end(np.zeros((count, length), dtype=np.int64), np.full(count, length), answers)
    )


def _beginnings(streams: Examples, steps: int) -> Examples:
    """The first so many steps of each."""
    assert streams.legal is not None
    x, y, asked = (array[:, :steps] for array in (streams.inputs, streams.targets, streams.scored))
    return Examples(x, y, asked, np.minimum(streams.lengths, steps), legal=streams.legal[:, :steps])


def _different(drawn: Examples) -> NDArray[np.intp]:
    """The rows of the strings, each at the first place where it came."""
    # The last symbol of a grammar's string is never read, but what may come then tells it.
    whole = np.concatenate([drawn.inputs, drawn.targets], axis=1)
    first = {row.tobytes(): k for k, row in reversed(list(enumerate(whole)))}
    return np.array(sorted(first.values()), dtype=np.intp)


def all_of(tests: Mapping[int, Examples]) -> tuple[Examples, NDArray[np.int64]]:
    """All strings of several lengths behind each other, and (N,) the length of each."""
    lengths = np.repeat(list(tests), [len(one.lengths) for one in tests.values()])
    return joined(list(tests.values())), lengths
