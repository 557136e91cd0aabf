"""The machine of a network that has learned a grammar or a language, and the sentences about it."""

import numpy as np
import streamlit as st

from lstmviz.automata.lstar import MAX_STATES
from lstmviz.automata.of_grammar import GrammarAutomaton
from lstmviz.changes.knockout import Knockout
from lstmviz.figures.theme import in_percent
from lstmviz.predictions.outcome import legal_mass
from lstmviz.tasks import GrammarTask, OrderTask
from lstmviz.tasks.grammar import COUNTED
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import of_run
from lstmviz.ui.background.traces import trace_all
from lstmviz.ui.frame.controls.lessons import ANSWERS, task_name
from lstmviz.ui.frame.language import _, language, ngettext
from lstmviz.ui.frame.prose import Value, aloud
from lstmviz.ui.views.automaton.computed import found_on_strings, is_finite, packed_on_strings, silenced
from lstmviz.ui.views.automaton.view import draw

_KEY = "automaton"
_MOST_UNITS = 8
_MOST_SYMBOLS = 60  # of a string that is spelled out


def graphs(run: Run) -> None:
    """Draw both machines, and the sequence that walks through them."""
    if not is_finite(run):
        st.info(_("The training diverged: its weights are no finite numbers, so there is no machine to draw."))
        return
    with st.spinner(_("Asking the network"), show_time=True):
        machines = packed_on_strings(run)
    draw(run, machines, _KEY, walk=True)


def knockout(run: Run) -> None:
    """Which unit holds T or P, as a table; nothing of a task that has no such two."""
    if not is_finite(run) or (seen := silenced(run)) is None:
        return
    st.markdown("## " + _("Which unit holds T or P?"), anchors=False)
    st.markdown(_knockout_says(seen))
    heads = [_("held"), _("after T"), _("after P")]
    rows = [[_("no unit held"), *map(in_percent, seen.intact.tolist())]]
    for unit in np.argsort(-seen.loss, kind="stable")[:_MOST_UNITS].tolist():
        rows.append([f"{seen.quantity}{unit + 1}", *map(in_percent, seen.held[unit].tolist())])
    lines = [heads, ["---"] * 3, *rows]
    st.markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))
    if len(seen.loss) > _MOST_UNITS:
        st.caption(_("Of {all} units the {shown} that are missed most.").format(all=len(seen.loss), shown=_MOST_UNITS))


def _knockout_says(seen: Knockout) -> str:
    text = _(
        "All {count} embedded strings of up to {longest} symbols are read with one unit at a time held at its mean. "
        "How often is the last symbol but one named right, in %?"
    )
    said = [text.format(count=f"{int(seen.strings.sum()):,}", longest=seen.longest)]
    worst = int(seen.loss.argmax())
    name = f"{seen.quantity}{worst + 1}"
    if seen.intact.min() < 1:
        said.append(_("The network itself does not name it right each time, so it does not hold it for certain."))
    if seen.loss[worst] > 0:
        text = _("{unit} is missed most: without it {share}% fewer of all strings are right.")
        said.append(text.format(unit=name, share=in_percent(float(seen.loss[worst]))))
    else:
        said.append(_("No unit alone is missed: what is held is held by several, or not at all."))
    return " ".join(said)


def text(run: Run) -> tuple[str, dict[str, Value]]:
    """Which text fits a run, and the values in it."""
    return _text(run, language())


@of_run()
def _text(run: Run, code: str) -> tuple[str, dict[str, Value]]:
    if not is_finite(run):
        return "automaton_diverged", {"epoch": f"{run.diverged_at or 0:,}"}
    seen = found_on_strings(run)
    foretells = run.task.answers == run.task.alphabet
    return "automaton_strings", {
        "task": task_name(run.experiment.task),
        "verdict": _verdict(seen),
        "circle": _circle(foretells),
        "start": _start(seen),
        "bound": _bound(run, seen),
        "parting": _parting_says(seen, foretells),
        "checked": _checked(seen),
        "mass": _mass_says(run) if foretells else "",
    }


def _verdict(seen: GrammarAutomaton) -> str:
    """Whether the two machines are one."""
    values = {"own": seen.machine.size, "needed": seen.needed.size, "length": seen.length}
    if not seen.complete:
        text = _(
            "This network needs more than {most} states on the strings of up to {length} symbols. Drawn is the best "
            "machine that was found: it says what the network says after {share} of them."
        )
        return text.format(most=MAX_STATES, share=aloud(seen.agreement), **values)
    if not seen.isomorphic:
        text = _(
            "On the strings of up to {length} symbols this network is not the machine that its task requires: it has "
            "{own} states, and {needed} are needed."
        )
        if seen.machine.size == seen.needed.size:
            text = _(
                "On the strings of up to {length} symbols this network is not the machine that its task requires: it "
                "has as many states, {own}, but they move or speak otherwise."
            )
        return text.format(**values)
    text = ngettext(
        "On all {words} strings of up to {length} symbol this network is the very machine that its task requires: "
        "{needed} states, the same arrows, the same answers.",
        "On all {words} strings of up to {length} symbols this network is the very machine that its task requires: "
        "{needed} states, the same arrows, the same answers.",
        seen.length,
    )
    return text.format(words=f"{seen.words:,}", **values)


def _circle(foretells: bool) -> str:
    """What stands in a circle."""
    if foretells:
        return _(
            "a circle is a state, with its number and all symbols that the network takes for those that may come next; "
            "how many these are the task says, and they are the most probable ones"
        )
    return _("a circle is a state, with its number and the answer that the network gives if it is asked there")


def _start(seen: GrammarAutomaton) -> str:
    if seen.opening:
        return _("Both start once {letter} has been read, with which every string begins.").format(letter=seen.opening)
    return _(
        "Both start before anything has been read; nobody asks there, so what is right is taken for the network's "
        "answer."
    )


def _bound(run: Run, seen: GrammarAutomaton) -> str:
    """Where the required machine is not all of the task."""
    task = run.task
    if isinstance(task, GrammarTask) and task.grammar in COUNTED:
        text = _("To count without end no finite machine is enough; this one counts to {most}, as far as is learned.")
        return text.format(most=task.longest)
    if isinstance(task, OrderTask):
        return _(
            "It answers after strings of any length, while the network has met some lengths only: what it says to "
            "others nobody has taught it."
        )
    return ""


def _parting_says(seen: GrammarAutomaton, foretells: bool) -> str:
    """The shortest string on which they part."""
    if seen.parting is None:
        return _("No string is known on which they part.")
    symbols = "".join(seen.parting)
    if len(symbols) > _MOST_SYMBOLS:
        symbols = "…" + symbols[-_MOST_SYMBOLS:]
    values = {"text": symbols, "count": f"{len(seen.parting):,}", "said": _spoken(seen.said), "due": _spoken(seen.due)}
    if seen.said is None:
        text = _(
            "The shortest string found on which they part is “{text}”: there the network's numbers are not finite."
        )
    elif foretells:
        text = _(
            "The shortest string found on which they part is “{text}”, of length {count}: there the network takes "
            "“{said}” for what may come, and that is “{due}”."
        )
    else:
        text = _(
            "The shortest string found on which they part is “{text}”, of length {count}: there the network answers "
            "“{said}”, and “{due}” is right."
        )
    return text.format(**values)


def _spoken(name: str | None) -> str:
    return "" if name is None else _(ANSWERS.get(name, name))


def _checked(seen: GrammarAutomaton) -> str:
    """How far it was checked."""
    text = _("Asked about were all {words} strings of up to {length} symbols that the required machine can read")
    said = [text.format(words=f"{seen.words:,}", length=seen.length) + "."]
    if seen.all_there_are:
        said.append(_("It can read no longer ones."))
    else:
        text = _(
            "{drawn} strings of up to {longest} symbols were drawn besides: at {share} of their steps the machine "
            "found says what the network says. Behind these nothing is known."
        )
        share = aloud(seen.fidelity)
        said.append(text.format(drawn=seen.drawn, longest=seen.longest, share=share))
    return " ".join(said)


def _mass_says(run: Run) -> str:
    """How much of the probability is on what may come."""
    mass = legal_mass(trace_all(run).snapshot(-1), run.task)
    least = int(mass.argmin())
    text = _(
        "Under each step stands how probable what may come is to the network, all legal symbols together: {mean}% "
        "over this sequence, and the least, {least}%, at step {step}."
    )
    mean, lowest = (f"{np.floor(1000 * float(one) + 1e-3) / 10:.1f}" for one in (mass.mean(), mass[least]))
    return text.format(mean=mean, least=lowest, step=least)
