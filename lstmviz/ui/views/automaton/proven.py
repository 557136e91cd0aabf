"""What is proven of a network's predictions over a text without end: a badge, and all the numbers."""

import streamlit as st

from lstmviz.figures.theme import number
from lstmviz.proof.enclosure import Trap
from lstmviz.proof.of_network import Proof
from lstmviz.ui import frame
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.frame.language import N_, _, ngettext
from lstmviz.ui.views.automaton.computed import is_finite, proof
from lstmviz.ui.views.automaton.view import table

_REASONS = {
    "no point": N_("no state was found that the pattern leads back to itself and that attracts the states near it"),
    "no box": N_("its states settle, but no box around them was found that they provably never leave"),
    "wide": N_("the enclosure of its way grew too wide to tell the letters apart"),
    "wrong": N_("on its way one letter is so nearly a tie that rounding hides which is ahead"),
    "long": N_("it settles so slowly that its way to rest was too long to be enclosed"),
    "time": N_("the search was given up after some seconds"),
}


def badge(run: Run) -> None:
    """The verdict, beside the badge of the comparison with torch; nothing of a training under way, or that diverged."""
    if run.state == "running" or not is_finite(run):
        return
    with st.spinner(_("Proving"), show_time=True):
        found = proof(run)
    frame.badge(*badge_text(found))


def badge_text(found: Proof) -> tuple[str, str]:
    """What the badge says: its kind and its words."""
    if found.verdict == "proven":
        return "agrees", _("✓ proven: names every letter right, forever")
    if found.verdict == "undecided":
        text = _("undecided: right for {steps} steps, but {reason}").format(
            steps=f"{found.simulated:,}", reason=_(_REASONS.get(found.reason, found.reason))
        )
        return "open", f"{text}; {_counts(found)}" if found.counters else text
    text = _("✗ goes wrong at step {step}")
    if found.right_from is not None:
        text = _("✗ goes wrong at step {step}; from step {right} on proven right")
    return "differs", text.format(step=f"{found.step:,}", right=f"{found.right_from or 0:,}")


def show(run: Run) -> None:
    """Draw the verdict in words, its numbers, and what they are worth."""
    if run.state == "running":
        st.info(_("The network still learns: what it then is will be proven once the training has ended."))
        return
    with st.spinner(_("Proving"), show_time=True):
        found = proof(run)
    st.markdown(_verdict(found))
    rows = _rows(found, run.experiment.hidden_size, run.text.period)
    st.markdown(table(rows))
    st.markdown("## " + _("How it is proven"), anchors=False)
    st.markdown(
        _(
            "After each pattern the state is somewhere. Around the place where it settles a box is laid, and every "
            "state in the box is followed through the pattern at once, in interval arithmetic that rounds outwards. If "
            "all of them come back into the box, no state ever leaves it; if in every one of them, after every letter, "
            "the right letter is ahead, none of them ever errs. What is left is the way from the start into the box, "
            "which is enclosed in the same manner."
        )
    )
    st.markdown(
        _(
            "The proof is about the network of real numbers that has exactly these weights. tanh and exp of the "
            "computer are taken to be right to some units of their last digit. Where c lies beyond 4, tanh(c) is at "
            "its end, and c may be anywhere out there: so cells that count can be decided too. Not every right network "
            "can be proven: one that settles nowhere, or too slowly, stays undecided."
        )
    )


def _verdict(found: Proof) -> str:
    if found.verdict == "proven":
        return _("**Proven:** however long the pattern is repeated, this network names every next letter right.")
    if found.verdict == "fails":
        said = [_("**It goes wrong:** at step {step} it names a wrong letter, and plain simulation shows it.")]
        if found.right_from is not None:
            said.append(_("From step {right} on it is proven to name every letter right."))
        else:
            said.append(_("That it is right from some later step on is not proven."))
        return " ".join(said).format(step=f"{found.step:,}", right=f"{found.right_from or 0:,}")
    text = _("**Undecided:** it named every letter right for {steps} steps of plain simulation, but {reason}.")
    said = [text.format(steps=f"{found.simulated:,}", reason=_(_REASONS.get(found.reason, found.reason)))]
    if found.counters:
        said.append(f"({_counts(found)})")
    return " ".join(said)


def _counts(found: Proof) -> str:
    """Which numbers of the state counted to the end of the simulation."""
    text = ngettext("{units} still counts then", "{units} still count then", len(found.counters))
    return text.format(units=", ".join(f"c{unit + 1}" for unit in found.counters))


def _rows(found: Proof, hidden: int, period: int) -> list[tuple[str, str]]:
    """Names and numbers of a proof, as far as there are any."""
    rows = list[tuple[str, str]]()
    if found.margin is not None:
        rows.append((_("the least by which the right logit is ahead, proven"), number(found.margin)))
    if found.trap is not None:
        rows += _box(found.trap, found.circle, hidden)
    if found.way is not None:
        text = ngettext(
            "{count} letter ({patterns} patterns)", "{count} letters ({patterns} patterns)", found.way.steps
        )
        patterns = found.way.steps // period
        rows.append(
            (_("the network is in the box after"), text.format(count=f"{found.way.steps:,}", patterns=f"{patterns:,}"))
        )
    rows.append((_("steps simulated in plain float64"), f"{found.simulated:,}"))
    rows.append((_("time that it took"), _("{seconds} s").format(seconds=f"{found.seconds:.2f}")))
    return rows


def _box(trap: Trap, circle: int, hidden: int) -> list[tuple[str, str]]:
    """The box: how large it is, and how it draws in."""
    h, c = trap.outer[:hidden], trap.outer[hidden:]
    rows = [(_("half the widest side of the box, of h"), _small(float(h.max())))]
    if len(c):
        rows.append((_("half the widest side of the box, of c"), _small(float(c.max()))))
    again = ngettext("{count} pattern", "{count} patterns", circle).format(count=circle)
    rows.append((_("its states come again after"), again))
    name = ngettext(
        "a deviation at its middle shrinks, in a pattern, to",
        "a deviation at its middle shrinks, in {count} patterns, to",
        circle,
    )
    rows.append((name.format(count=circle), f"{100 * trap.contraction:.2g}%"))
    patterns = circle * trap.periods
    inner = ngettext("{count} pattern", "{count} patterns", patterns).format(count=patterns)
    rows.append((_("every state of the box is back in its inner box after"), inner))
    return rows


def _small(value: float) -> str:
    return number(value) if value >= 5e-4 else f"{value:.0e}".replace("-", "−")
