"""What belongs to the page of the two pictures: the part that draws them, and the numbers in its text."""

from collections.abc import Sequence
from pathlib import Path

from lstmviz.figures.theme import number
from lstmviz.packing import join
from lstmviz.predictions.outcome import Outcome, outcome
from lstmviz.predictions.patterns import GATES, Split, drift, habits, repeats_since, widest_split
from lstmviz.tasks import PatternTask
from lstmviz.tracing import Trace
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.packets import packed
from lstmviz.ui.background.remembered import of_run
from lstmviz.ui.background.traces import largest_state, trace_all, trace_at
from lstmviz.ui.frame.language import _, language, ngettext
from lstmviz.ui.frame.prose import Value, aloud
from lstmviz.ui.parts.part import Part
from lstmviz.ui.parts.run.sequence import said_of_sequence
from lstmviz.ui.parts.run.talk import answer, asked_steps, header

_KEY = "gates"
_BENDS = {"rnn": "tanh", "rnn_relu": "ReLU"}
_ALIKE = 0.1  # gates and hidden states that differ by less count as the same
_LATEST = 10  # so many patterns at the end are looked at for what does not repeat
_STILL = 0.005  # a state that changes by less from pattern to pattern repeats itself
_part = Part(Path(__file__).resolve().with_name("pictures"))
_pictures = _part.component("lstmviz_gates")


def pictures(run: Run) -> None:
    """The two pictures, with their players."""
    told = header(_part, run, largest_state(run))
    _pictures(key=_KEY, data=join(told, {"first": packed(run, asked_steps(run))}), on_ask_change=lambda: answer(_KEY))


def text(run: Run) -> tuple[str, dict[str, Value]]:
    """Which text fits a run, and the values in it."""
    return _text(run, language())


@of_run()
def _text(run: Run, code: str) -> tuple[str, dict[str, Value]]:
    if not run.experiment.repeats_a_pattern:
        return "gates_numbers" if run.task.of_numbers else "gates_sequence", said_of_sequence(run)
    task, cell = run.text, run.experiment.cell
    tr = trace_at(run, run.kept[-1])
    found = outcome(trace_all(run).probabilities, task)
    values: dict[str, Value] = {
        "pattern": task.pattern,
        "bend": _BENDS.get(cell, ""),
        "drift": _drift(tr, task),
        "learned": _learned(run, found),
    }
    h = widest_split(tr, task, ["h"])
    if h is None:
        return "gates_easy", values
    certainty = habits(found.certainty[-1][:, None], task)
    for side, place in (("first", h.first), ("second", h.second)):
        values |= {
            side: task.labels[place],
            f"after_{side}": task.letters[(place + 1) % task.period],
            f"p_{side}": aloud(float(certainty[place, 0])),
        }
    named: dict[str, Sequence[str]] = {
        "lstm": {"h": ["h"], "gate": GATES["lstm"], "c": ["c"]},
        "gru": {"h": ["h"], "gate": GATES["gru"]},
    }.get(cell, {"h": ["h"], "s": ["h_pre"]})
    splits = {key: widest_split(tr, task, names, [(h.first, h.second)]) for key, names in named.items()}
    for name, split in splits.items():
        if split is not None:
            values |= {
                name: split.quantity,
                f"{name}_unit": split.unit + 1,
                f"{name}_first": number(split.at_first),
                f"{name}_second": number(split.at_second),
            }
    values["verdict"] = _verdict(h, splits.get("gate"))
    t = max(t for t in range(len(task.x)) if t % task.period == h.second)
    values["sum"] = _sum(tr, t, int(values["c_unit" if cell == "lstm" else "h_unit"]) - 1)
    return {"lstm": "gates", "gru": "gates_gru"}.get(cell, "gates_rnn"), values


def _sum(tr: Trace, t: int, unit: int) -> str:
    """How the new state of `unit` comes about in step `t`, in numbers."""

    def at(name: str) -> str:
        return number(float(getattr(tr, name)[t, unit]))

    def factor(name: str) -> str:
        return f"({at(name)})" if at(name).startswith("−") else at(name)

    match tr.layers[0].cell:
        case "lstm":
            return f"{at('f')} × {factor('c_prev')} + {at('i')} × {factor('g')} = {at('c')}"
        case "gru":
            return f"(1 − {at('z')}) × {factor('n')} + {at('z')} × {factor('h_prev')} = {at('h')}"
        case cell:
            return f"{_BENDS[cell]}({at('h_pre')}) = {at('h')}"


def _verdict(h: Split, gate: Split | None) -> str:
    """Whether the network tells the two places apart at all, and whether its gates do."""
    if not h.gap >= _ALIKE:
        return _("No unit of the hidden state differs by {alike} or more.").format(alike=_ALIKE)
    if gate is not None and gate.gap < _ALIKE:
        return _("The gates hardly differ, so it is what the state brought along that tells them apart.")
    return _("Unit {unit} of the hidden state tells them apart most clearly.").format(unit=h.unit + 1)


def _drift(tr: Trace, task: PatternTask) -> str:
    """Whether the states repeat themselves from pattern to pattern, since when, and what they do before."""
    state = "c" if tr.layers[0].cell == "lstm" else "h"
    values = getattr(tr, state)
    since = repeats_since(values, task, _STILL)
    if since is None:
        found = drift(values, task, _LATEST)
        sentence = _(
            "{state}{unit} does not repeat: over the last {count} patterns it changes by {change} on average from one "
            "to the next."
        )
        change = number(found.per_period)
        return sentence.format(state=state, unit=found.unit + 1, count=min(_LATEST, task.repeats - 1), change=change)
    sentence = _(
        "From step {step} on no {state} changes by {still} or more from one pattern to the next: the states repeat."
    )
    said = sentence.format(step=since, state=state, still=_STILL)
    first, last = values[task.period - 1], values[since + task.period - 1]
    unit = int(abs(last - first).argmax())
    if since == 0 or not abs(last - first)[unit] >= _STILL:
        return said
    sentence = _("Before that they do not: at the end of a pattern {state}{unit} is {first} at first, and {last} then.")
    ends = {"first": number(float(first[unit])), "last": number(float(last[unit]))}
    return f"{said} {sentence.format(state=state, unit=unit + 1, **ends)}"


def _learned(run: Run, found: Outcome) -> str:
    """When every letter was right; how many are not."""
    if found.solved_since is not None:
        sentence = _("from epoch {epoch} on, every letter of the last pattern is the most probable one, surely.")
        return sentence.format(epoch=f"{run.kept[found.solved_since]:,}")
    wrong = int((~found.right[-1, run.text.last_pattern]).sum())
    if wrong == 0:
        return _("at the end every letter is the most probable one, but not all of them surely.")
    sentence = ngettext(
        "at the end {wrong} of the {period} letters of a pattern is still wrong.",
        "at the end {wrong} of the {period} letters of a pattern are still wrong.",
        wrong,
    )
    return sentence.format(wrong=wrong, period=run.text.period)
