"""Angluin's L*: the table of questions and answers as it grows, round by round."""

import streamlit as st

from lstmviz.automata.lstar import Learned, Round
from lstmviz.automata.teacher import DOMAINS
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.language import N_, _, language, ngettext
from lstmviz.ui.frame.prose import aloud, escape
from lstmviz.ui.views.automaton.computed import asked, found

_NAMES = {"text": N_("the text"), "pairs": N_("known pairs of letters"), "all": N_("all words")}
_MOST_ROWS = 40
_MOST_COLUMNS = 12
_MOST_LETTERS = 14  # of a word that is spelled out
_EMPTY = "ε"


@st.fragment
def show(run: Run) -> None:
    """Draw the choice of the words that are asked about, a round, and its table."""
    domain = st.segmented_control(
        _("Words asked about"),
        list(DOMAINS),
        default=DOMAINS[0],
        format_func=lambda one: _(_NAMES[one]),
        required=True,
        key="automaton_domain",
        wrap=True,
    )
    with st.spinner(_("Asking the network"), show_time=True):
        learned = asked(run, domain or DOMAINS[0])
    rounds = learned.rounds
    chosen = len(rounds)
    if len(rounds) > 1:
        chosen = st.slider(_("Round"), 1, len(rounds), len(rounds), key=f"automaton_round_{domain}_{len(rounds)}")
    before = rounds[chosen - 2] if chosen > 1 else None
    one = rounds[chosen - 1]
    said = [_round_says(one, chosen, len(rounds), learned)]
    joined = found(run).machine.size
    if learned.domain == "text" and one.counterexample is None and joined < len(one.prefixes):
        text = _("States that never contradict each other are joined in the graph above: {states} are left.")
        said.append(text.format(states=joined))
    st.markdown(" ".join(said))
    about = (run.known, learned.domain, chosen, language())
    with st.container(key="observations"):
        st.markdown(remembered(lambda: _table(one, before), "observations", *about))
    st.caption(_how(learned, one))


def _table(one: Round, before: Round | None) -> str:
    """The observation table; what is new in this round is bold."""
    old_columns = set(before.suffixes) if before else set()
    old_rows = set(before.prefixes) if before else set()
    columns = range(min(len(one.suffixes), _MOST_COLUMNS))
    states = {row: state for state, row in enumerate(one.rows[: len(one.prefixes)])}
    heads = [_word(one.suffixes[k], new=before is not None and one.suffixes[k] not in old_columns) for k in columns]
    titles = [_("state"), _("word"), *heads]
    lines = [f"| {' | '.join(titles)} |", f"|{' --- |' * len(titles)}"]
    words = [*one.prefixes, *one.extended]
    for place, (word, row) in enumerate(zip(words[:_MOST_ROWS], one.rows[:_MOST_ROWS], strict=False)):
        own = place < len(one.prefixes)
        new = own and before is not None and word not in old_rows
        state = f"**{place + 1}**" if own else f"→ {states[row] + 1}" if row in states else "→ ?"
        cells = [_letter(row[k]) for k in columns]
        lines.append(f"| {state} | {_word(word, new=new)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _word(word: tuple[str, ...], *, new: bool) -> str:
    spelled = "".join(word) or _EMPTY
    if len(word) > _MOST_LETTERS:
        spelled = "".join(word[: _MOST_LETTERS // 2]) + "…" + "".join(word[-_MOST_LETTERS // 2 :])
    return f"**{escape(spelled)}**" if new else escape(spelled)


def _letter(said: str | None) -> str:
    return "·" if said is None else escape(said)


def _round_says(one: Round, number: int, rounds: int, learned: Learned) -> str:
    """What came of a round."""
    said = [
        _("Round {number} of {rounds}: {states} states, told apart by {suffixes} endings.").format(
            number=number, rounds=rounds, states=len(one.prefixes), suffixes=len(one.suffixes)
        )
    ]
    if one.counterexample is not None:
        text = _("A counterexample: after **{word}** the network says something else than this machine.")
        word = "".join((*learned.before, *one.counterexample))
        if len(one.counterexample) > 3 * _MOST_LETTERS:
            word = "…" + "".join(one.counterexample[-3 * _MOST_LETTERS :])
        said.append(text.format(word=escape(word)))
        if number == rounds:
            text = _("More than {most} states would be needed, so the search was given up.")
            said.append(text.format(most=len(one.prefixes)))
    else:
        said.append(_("No counterexample was found: this is the machine."))
    return " ".join(said)


def _how(learned: Learned, one: Round) -> str:
    """How to read the table, and how far the machine was checked."""
    said = [
        _(
            "Each cell is what the network says after the word and the ending; ε is the empty word, · stands where "
            "nothing is asked. Equal rows are one state; → names the state that a longer word leads to. New is bold."
        )
    ]
    if learned.before:
        said.append(_("“{letter}” is read before each word.").format(letter=escape("".join(learned.before))))
    if learned.domain == "text":
        said.append(_("Checked at {steps} steps of the text.").format(steps=f"{learned.text_steps:,}"))
    else:
        text = ngettext(
            "Checked on all {words} words of up to {length} letter, and at {steps} steps of the text",
            "Checked on all {words} words of up to {length} letters, and at {steps} steps of the text",
            learned.length,
        )
        said.append(
            text.format(words=f"{learned.words:,}", length=learned.length, steps=f"{learned.text_steps:,}") + ":"
        )
        text = _("this round's machine agrees at {words} of the words and {steps} of the steps.")
        said.append(text.format(words=aloud(one.agreement), steps=aloud(one.fidelity)))
    if len(one.rows) > _MOST_ROWS or len(one.suffixes) > _MOST_COLUMNS:
        text = _("The first {rows} of {all} rows and {columns} of {endings} columns are shown.")
        rows, columns = min(len(one.rows), _MOST_ROWS), min(len(one.suffixes), _MOST_COLUMNS)
        said.append(text.format(rows=rows, all=len(one.rows), columns=columns, endings=len(one.suffixes)))
    return " ".join(said)
