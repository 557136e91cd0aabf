"""What each task is there to teach, in one line, and what the tasks that are no patterns are called."""

from lstmviz.figures.theme import number
from lstmviz.tasks import NumberTask, alphabet_task, is_pattern, is_series, named_task
from lstmviz.ui.frame.language import N_, _, ngettext

PATTERN_LESSONS = {
    "abaB": N_("Memory {memory}: b or B after a? The letter before the a decides."),
    "AbAcAd": N_("Memory {memory}: b, c or d after A? The letter before the A decides."),
    "abcabC": N_("Memory {memory}: c or C after b? The letter two before the b decides."),
    "abcdabcD": N_("Memory {memory}: d or D after c? The letter three before the c decides."),
}

NAMES = {
    "Reber grammar": N_("Reber grammar"),
    "embedded Reber grammar": N_("embedded Reber grammar"),
    "continual Reber grammar": N_("continual Reber grammar"),
    "a^n b^n": "aⁿ bⁿ",
    "a^n b^n c^n": "aⁿ bⁿ cⁿ",
    "matching halves": N_("matching halves"),
    "mirrored halves": N_("mirrored halves (palindromes)"),
    "bit parity": N_("parity of bits"),
    "temporal order": N_("temporal order"),
    "Tomita 1": N_("all 1s (Tomita 1)"),
    "Tomita 2": N_("10 over and over (Tomita 2)"),
    "Tomita 3": N_("no odd 0s after odd 1s (Tomita 3)"),
    "Tomita 4": N_("no three 0s (Tomita 4)"),
    "Tomita 5": N_("even 0s and even 1s (Tomita 5)"),
    "Tomita 6": N_("0s less 1s by threes (Tomita 6)"),
    "Tomita 7": N_("0s, 1s, 0s, 1s in turn (Tomita 7)"),
    "Goethe in windows": N_("Goethe in windows"),
    "text in windows": N_("text in windows (an anthem)"),
    "Aegukga in windows": N_("Aegukga in windows"),
    "echo of numbers": N_("echo of numbers"),
    "sine wave": N_("a sine wave"),
    "adding problem": N_("adding problem"),
    "noise by heart": N_("noise by heart"),
}
"""By the names that the URL has for them."""

ANSWERS = {"no": N_("no"), "yes": N_("yes"), "even": N_("even"), "odd": N_("odd")}
"""Those that are words, by the engine's names; in the browser `run_answer_...` of the words beside `data.js`."""

LESSONS = {
    "Reber grammar": N_(
        "Which symbols may come next? Usually two. Right is who holds just these to be the most probable."
    ),
    "embedded Reber grammar": N_(
        "The last symbol but one repeats the second, however long the string between. Right is who holds just the "
        "symbols that may come to be the most probable."
    ),
    "continual Reber grammar": N_(
        "Embedded strings one after another, and nothing says where one ends: the network itself must forget the one "
        "that is over. Right is who holds just the symbols that may come to be the most probable."
    ),
    "a^n b^n": N_(
        "As many b as a: once b has come, only counting tells when T does. Right is who holds just the symbols that "
        "may come to be the most probable."
    ),
    "a^n b^n c^n": N_(
        "As many b and c as a: one count, used twice. Right is who holds just the symbols that may come to be the "
        "most probable."
    ),
    "matching halves": N_(
        "Does the second half of the digits repeat the first? One question, at the last digit: all of the first half "
        "must be remembered."
    ),
    "mirrored halves": N_(
        "Is the second half of the digits the first one backwards? One question, at the last digit: what came last "
        "is needed first."
    ),
    "bit parity": N_(
        "Are the 1s even or odd? One question, at the last bit: one bit of memory, that every 1 turns over."
    ),
    "temporal order": N_(
        "X or Y, twice, far apart among other letters: in which order? One question, at the last letter B."
    ),
    "Tomita 1": N_("Bits that are all 1: yes or no? One question, at the last bit: a single 0 decides for good."),
    "Tomita 2": N_(
        "Is it 10 over and over, and nothing else? One question, at the last bit: which bit is due must be remembered."
    ),
    "Tomita 3": N_(
        "An odd number of 1s may not be followed by an odd number of 0s: yes or no? One question, at the last bit: two "
        "parities, the second of use only after the first."
    ),
    "Tomita 4": N_(
        "Bits without three 0s in a row: yes or no? One question, at the last bit: a small machine is enough."
    ),
    "Tomita 5": N_(
        "Are the 0s even, and the 1s too? One question, at the last bit: two parities side by side, four states."
    ),
    "Tomita 6": N_(
        "Is the number of 0s less that of 1s a multiple of 3? One question, at the last bit: a count that goes around "
        "by threes."
    ),
    "Tomita 7": N_(
        "0s, then 1s, then 0s, then 1s, and any of them may be missing: yes or no? One question, at the last bit: how "
        "often it has changed over must be remembered."
    ),
    "Goethe in windows": N_(
        "Two sentences, cut into windows of 10 letters, each from a state of zero: which letter comes next? After “we "
        "must” two may, and a window is too short to tell which."
    ),
    "text in windows": N_(
        "The first lines of The Star-Spangled Banner, cut into windows of 20 letters, each from a state of zero: which "
        "letter comes next?"
    ),
    "Aegukga in windows": N_(
        "The first verse of Korea's anthem, syllable by syllable, in windows of 10, each from a state of zero: which "
        "one comes next?"
    ),
    "echo of numbers": N_(
        "Numbers in, numbers out: which number was read two steps ago? The state must carry the last two along. Right "
        "is within 0.1."
    ),
    "sine wave": N_(
        "A sine, read value by value: what is the next one? One value fits the way up and the way down, so the state "
        "must know which it is. Right is within 0.05."
    ),
    "adding problem": N_(
        "Each step has a number and a mark, 1 at two of the steps. One question, at the last: 0.5 and a quarter of the "
        "sum of the two marked numbers, within 0.04."
    ),
    "noise by heart": N_(
        "The lecture's randn: four random numbers in, four others out, at every step. There is no rule to be found, so "
        "all of it must be learned by heart. Right is within a tenth of the spread."
    ),
}
"""What must be remembered, and how it is judged."""


def task_name(task: str) -> str:
    """What a task is called, in the session's language: a pattern by itself, a series by how many numbers it has."""
    if is_series(task):
        return _("own numbers ({count})").format(count=len(named_task(task).x) + 1)
    return _(NAMES.get(task, task))


def lesson(task: str) -> str:
    """What a task asks to be remembered, in the session's language."""
    if is_series(task):
        return _series_lesson(task)
    if not is_pattern(task):
        return _(LESSONS[task])
    memory = alphabet_task(task, repeats=2).memory
    if task in PATTERN_LESSONS:
        return _(PATTERN_LESSONS[task]).format(memory=memory)
    return ngettext(
        "Memory {memory}, the present letter itself: it always settles the next one.",
        "Memory {memory}: the last {memory} letters, the present one included, always settle the next one.",
        memory,
    ).format(memory=memory)


def _series_lesson(task: str) -> str:
    series = named_task(task)
    assert isinstance(series, NumberTask)
    assert series.mean is not None
    assert series.spread is not None
    return _(
        "Your own numbers, read one by one: what is the next? Each is shown less their mean, {mean}, and divided by "
        "their spread, {spread}. The last {held} are read but never learned from. Right is within {tolerance}."
    ).format(
        mean=number(float(series.mean[0])),
        spread=number(float(series.spread[0])),
        held=len(series.x) - series.learned,
        tolerance=f"{series.tolerance:.3g}",
    )
