"""What belongs to the page of the two pictures: its controls, its words, and the numbers in its text."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from lstmviz.figures.gates import MAX_ROWS, Look, window
from lstmviz.figures.theme import Palette, number
from lstmviz.outcome import Outcome, outcome
from lstmviz.patterns import GATES, Split, drift, habits, widest_split
from lstmviz.tasks import Task
from lstmviz.tracing import Trace
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.frame.language import _, ngettext
from lstmviz.ui.frame.prose import Value
from lstmviz.ui.views.gates.player import is_narrow

_MOST_PATTERNS = 6
_USUAL_ROWS = 18  # steps shown at first, at most, unless one pattern has more
_BENDS = {"rnn": "tanh", "rnn_relu": "ReLU"}
_ALIKE = 0.1  # gates and hidden states that differ by less count as the same
_STILL = 0.005  # a state that changes by less from pattern to pattern repeats itself


@dataclass(frozen=True)
class View:
    """What is shown of a run, and how."""

    steps: range
    palette: Palette
    look: Look


def view_controls(task: Task) -> View:
    """Draw the controls above the figure: they change what is shown, never the network."""
    most = max(1, min(_MOST_PATTERNS, MAX_ROWS // task.period, task.repeats))
    usual = max(1, min(_USUAL_ROWS // task.period, most))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="gates_view"):
        ends = {"first": _("First steps"), "last": _("Last steps")}
        end = st.segmented_control(
            _("Which steps"),
            list(ends),
            format_func=ends.__getitem__,
            default="last",
            required=True,
            key="gates_end",
            persist_state="session",
            label_visibility="collapsed",
        )
        counts = {
            count: ngettext("{count} pattern", "{count} patterns", count).format(count=count)
            for count in range(1, most + 1)
        }
        count = st.selectbox(
            _("How many patterns"),
            list(counts),
            index=usual - 1,
            format_func=counts.__getitem__,
            key=f"gates_patterns_{most}_{usual}",
            persist_state="session",
            label_visibility="collapsed",
            filter_mode=None,
            width=130,
        )
        lines = _toggle("gates_lines", _("Lines"))
        numbers = _toggle("gates_numbers", _("Numbers"), disabled=lines)
        lecture = _toggle("gates_lecture", _("Lecture's colours"), disabled=lines)
    return View(
        window(task, count, last=end == "last"),
        Palette(dark=st.context.theme.type == "dark", lecture=lecture and not lines),
        Look(narrow=is_narrow(), numbers=numbers, lines=lines),
    )


def start() -> tuple[int | None, int | None]:
    """The step and the epoch that the URL names, as the page of one step leaves them there."""
    asked = [st.query_params.get(name, "") for name in ("t", "epoch")]
    t, epoch = (int(text) if text.isdecimal() and len(text) < 10 else None for text in asked)
    return t, epoch


def words(cell: str) -> dict[str, str]:
    """What the figure calls things, in the session's language."""
    return {
        "i": _("input"),
        "f": _("forget"),
        "o": _("output"),
        "g": _("candidate"),
        "c": _("cell"),
        "h": _("hidden"),
        "r": _("reset"),
        "z": _("update"),
        "n": _("candidate"),
        "h_pre": _("sum before {function}").format(function=_BENDS.get(cell, "")),
        "yhat": _("prediction"),
        "time": "<b>" + _("Time") + "</b>   " + _("t = {t} · reads {letter}, next comes {next}"),
        "training": "<b>" + _("Training") + "</b>   " + _("epoch {epoch} · loss {loss}"),
    }


def notes(figure: go.Figure, view: View, snapshots: int) -> str:
    """What the figure leaves out, of so many snapshots and of the numbers; empty if nothing."""
    sentences = []
    if (shown := len(figure.layout.meta["epochs"])) < snapshots:
        sentence = _("So large a network is shown in {shown} of its {kept} snapshots.")
        sentences.append(sentence.format(shown=shown, kept=snapshots))
    if view.look.numbers and any(trace.type == "heatmap" and trace.texttemplate is None for trace in figure.data):
        sentences.append(_("Where a square is too narrow for its number, pointing at it shows the number."))
    return " ".join(sentences)


def text(run: Run, tr: Trace, snapshots: Trace, lines: bool) -> tuple[str, dict[str, Value]]:
    """Which text fits a run and its picture, and the values in it; `tr` is its last network, `snapshots` are all."""
    task, cell = run.task, run.experiment.cell
    squares_text = _(
        "Each row is a letter that is read, each column a unit. Blue frame: the step at which Time stands. "
        "Orange frames: the letter that really comes."
    )
    lines_text = _(
        "Each panel is a gate or a state, each line a unit, and the letters that are read run to the right. "
        "Blue bar: the step at which Time stands."
    )
    found = outcome(snapshots.probabilities, task)
    values: dict[str, Value] = {
        "pattern": task.pattern,
        "how": lines_text if lines else squares_text,
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
            f"p_{side}": _percent(float(certainty[place, 0])),
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


def _drift(tr: Trace, task: Task) -> str:
    """Whether the states repeat themselves from pattern to pattern."""
    state = "c" if tr.layers[0].cell == "lstm" else "h"
    found = drift(getattr(tr, state), task)
    if abs(found.per_period) < _STILL:
        sentence = _("From one pattern to the next no {state} changes by {still} or more: the states repeat.")
        return sentence.format(state=state, still=_STILL)
    sentence = _("{state}{unit} does not repeat: from one pattern to the next it changes by {change} on average.")
    return sentence.format(state=state, unit=found.unit + 1, change=number(found.per_period))


def _learned(run: Run, found: Outcome) -> str:
    """When every letter was right; how many are not."""
    if found.solved_since is not None:
        sentence = _("from epoch {epoch} on, every letter of the last pattern is the most probable one.")
        return sentence.format(epoch=f"{run.kept[found.solved_since]:,}")
    wrong = int((~found.right[-1, run.task.last_pattern]).sum())
    sentence = ngettext(
        "at the end {wrong} of the {period} letters of a pattern is still wrong.",
        "at the end {wrong} of the {period} letters of a pattern are still wrong.",
        wrong,
    )
    return sentence.format(wrong=wrong, period=run.task.period)


def _percent(share: float) -> str:
    """A probability as text, never rounded up to certainty."""
    return f"{share if share == 1 else min(share, 0.999):.1%}"


def _toggle(key: str, label: str, *, disabled: bool = False) -> bool:
    return st.toggle(label, key=key, persist_state="session", disabled=disabled)
