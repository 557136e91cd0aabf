"""What belongs to the page of one step: the controls that choose it, and the sentences about it.

Step, unit and training epoch are in the URL (`?t=592&unit=3&epoch=120`, left out where they have their defaults) and
are kept when the page is left.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from lstmviz.figures.theme import number
from lstmviz.models import Model
from lstmviz.reading import Prediction, UnitSums, contrast, followers, prediction, state_parts, telling_step, twin_step
from lstmviz.tasks import Task
from lstmviz.tracing import Trace
from lstmviz.ui.experiment import change_experiment, current_experiment
from lstmviz.ui.language import _, language, ngettext
from lstmviz.ui.prose import Section, Value, escape, fill, sections

STYLE = Path(__file__).with_name("step.css")
"""What the controls look like; to be on the page once."""

_BUTTON_UNITS = 8  # of more units one is chosen from a list
_TELLING_GAP = 0.1  # states closer than this count as the same


def figure_words() -> dict[str, str]:
    """The names and captions in the figures, in the session's language."""
    return {
        "text": _("text"),
        "predicted": _("predicted"),
        "x": _("one-hot letter"),
        "x_caption": "",
        "f": _("forget gate"),
        "f_caption": _("share of the old c that is kept"),
        "i": _("input gate"),
        "i_caption": _("share of g that is let in"),
        "g": _("candidate"),
        "g_caption": _("what could be added to c"),
        "o": _("output gate"),
        "o_caption": _("share of tanh(c) that is shown as h"),
        "r": _("reset gate"),
        "r_caption": _("share of U h + b that n gets to see"),
        "z": _("update gate"),
        "z_caption": _("share of the old h that is kept"),
        "n": _("candidate"),
        "n_caption": _("what could take the place of the old h"),
        "h_pre": _("sum"),
        "h_pre_caption": _("W x + U h + both biases"),
        "c_before": _("old cell state"),
        "c_before_caption": _("long memory"),
        "c_after": _("cell state"),
        "c_after_caption": "",
        "h_before": _("old hidden state"),
        "h_before_caption": _("short memory"),
        "h_after": _("hidden state"),
        "h_after_caption": "",
        "yhat": _("logit, probability"),
        "right": _("comes next"),
        "wrong": _("wrong guess"),
        "sum": _("sum"),
        "result": _("value"),
    }


def choose_step(task: Task, epochs: Sequence[int]) -> tuple[int, int]:
    """Draw the controls of the time step t and the training epoch; returns both."""
    last, telling = len(task.x) - 1, telling_step(task)
    _hold("t", range(last + 1), telling)
    _hold_epoch(epochs)
    t = st.session_state.get("t", telling)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key="step_controls"):
        for key, icon, shortcut, label, to in (
            ("first", "first_page", "Home", _("First letter"), 0),
            ("period_back", "keyboard_double_arrow_left", "Shift+Left", _("One pattern back"), t - task.period),
            ("back", "chevron_left", "Left", _("Previous letter"), t - 1),
            ("forward", "chevron_right", "Right", _("Next letter"), t + 1),
            ("period_forward", "keyboard_double_arrow_right", "Shift+Right", _("One pattern on"), t + task.period),
            ("last", "last_page", "End", _("Last letter"), last),
        ):
            st.button(
                label,
                icon=f":material/{icon}:",
                key=f"_step_{key}",
                shortcut=shortcut,
                help=f"{label} ({shortcut})",
                on_click=_choose,
                args=("t", min(max(to, 0), last)),
            )
        st.slider(_("Step t, counted from 0"), 0, last, telling, key="t", bind="query-params")
        if len(epochs) > 1:
            label = _("After epoch")
            st.select_slider(label, epochs, epochs[-1], key="epoch", bind="query-params", width=180)
    return st.session_state["t"], st.session_state["epoch"] if len(epochs) > 1 else epochs[0]


def choose_unit(size: int) -> int:
    """Draw the control of the unit, counted from 1; returns it counted from 0."""
    units = range(1, size + 1)
    _hold("unit", units, 1)
    options: dict[str, Any] = {"key": "unit", "bind": "query-params", "label_visibility": "collapsed"}
    if size <= _BUTTON_UNITS:
        unit = st.segmented_control(_("Unit"), units, default=1, required=True, **options)
    else:
        unit = st.selectbox(_("Unit"), units, filter_mode=None, width=90, **options)
    return int(unit) - 1


def other_units(sums: UnitSums) -> str:
    """A label for the products with all units that are not listed; empty if there are none."""
    count = sums.others
    text = ngettext("U h of {count} other unit", "U h of {count} other units", count)
    return text.format(count=count) if count else ""


def say(model: Model, tr: Trace, task: Task, t: int, unit: int, sums: UnitSums, epochs: Sequence[int]) -> None:
    """Draw what you see, why, and what to try, in sentences made of the numbers of the step."""
    found = prediction(model, tr, task, t)
    texts = {section.key: section for section in sections("cell", language())}
    twin = twin_step(task, t)
    with st.container(key="what_why_try", gap="small"):
        _paragraphs(texts["see"], texts, _seen(tr, task, t, unit, found, sums))
        there = None if twin is None else prediction(model, tr, task, twin)
        _paragraphs(texts["why"], texts, _reasons(tr, task, t, twin, found, there))
        _paragraphs(texts["try"], texts, [("try", {})])
        _actions(texts["try"], task, t, unit, twin, found, epochs)


def notes(cell: str, letter: str) -> None:
    """Draw what one should know to read the sums and the equations."""
    texts = {section.key: section for section in sections("cell", language())}
    said = [fill(texts["note"].body, {"letter": letter})]
    if cell == "lstm":
        said.insert(0, texts["order"].body)
    st.caption(" ".join(said))


def _choose(key: str, value: int) -> None:
    st.session_state[key] = value


def _hold(key: str, allowed: range, default: int) -> None:
    """Put a value that the last experiment allowed and this one does not back to its default."""
    if st.session_state.get(key, default) not in allowed:
        st.session_state[key] = default


def _hold_epoch(epochs: Sequence[int]) -> None:
    """Keep the epoch at the end of the training where it was there, else at the nearest that there is."""
    at_end = st.session_state.get("_end")
    chosen = st.session_state.get("epoch")
    if chosen is not None and (chosen == at_end or chosen not in epochs):
        nearest = epochs[-1] if chosen == at_end else min(epochs, key=lambda epoch: abs(epoch - chosen))
        if nearest != chosen:
            st.session_state["epoch"] = nearest
    st.session_state["_end"] = epochs[-1]


_Said = list[tuple[str, dict[str, Value]]]  # sections of the page's text, and the values in each


def _seen(tr: Trace, task: Task, t: int, unit: int, found: Prediction, sums: UnitSums) -> _Said:
    letters = task.alphabet
    named = {"letter": letters[found.letter], "target": letters[found.target], "read": letters[task.x[t]]}
    verdict = "right" if found.right else "wrong" if found.finite else "broken"
    shares = {"probability": _percent(found.probability), "certainty": _percent(found.certainty)}
    cell = tr.layers[0].cell
    numbers = {name: float(values[t, unit]) for name, values in tr.layers[0].values.items()}
    numbers |= {"h_prev": float(tr.h_prev[t, unit])} | state_parts(tr, t, unit)
    numbers |= {"letter": sums.letter[0], "state": sums.state[0], "biases": sums.biases[0]}
    if cell == "lstm":
        numbers["c_prev"] = float(tr.c_prev[t, unit])
    values: dict[str, Value] = {name: number(value) for name, value in numbers.items()}
    values |= {
        f"{gate}_share": _percent(numbers[gate]) for gate in ("i", "f", "o", "r", "z", "rest") if gate in numbers
    }
    return [("see", {"t": t, **named}), (verdict, {**named, **shares}), (cell, {"unit": unit + 1, **values})]


def _reasons(tr: Trace, task: Task, t: int, twin: int | None, found: Prediction, there: Prediction | None) -> _Said:
    letters = task.alphabet
    follow = followers(task, int(task.x[t]))
    named: dict[str, Value] = {
        "read": letters[task.x[t]],
        "target": letters[found.target],
        "followers": ", ".join([letters[k] for k in follow[:6]] + ["…"] * (len(follow) > 6)),
    }
    said: _Said = [("alone" if len(follow) == 1 else "memory", named)]
    if t == 0:
        said.append(("start", {}))
    elif twin is not None and there is not None and there.finite:
        gap = contrast(tr, t, twin, _TELLING_GAP)
        values: dict[str, Value] = {
            "state": gap.state,
            "unit": gap.unit + 1,
            "here": number(gap.here),
            "there": number(gap.there),
            "gap": number(gap.gap),
            "twin": twin,
            "other": letters[there.target],
            "guess": letters[there.letter],
        }
        if np.isfinite(gap.gap):
            said.append(("apart" if gap.gap >= _TELLING_GAP else "same", values))
    if found.finite and found.votes.max() > 0:
        best = int(found.votes.argmax())
        said.append(
            (
                "vote",
                {
                    "letter": letters[found.letter],
                    "rival": letters[found.rival],
                    "lead": number(found.lead),
                    "unit": best + 1,
                    "vote": number(found.votes[best]),
                    "h": number(tr.h[t, best]),
                },
            )
        )
    return said


def _paragraphs(heading: Section, texts: dict[str, Section], said: Iterable[tuple[str, dict[str, Value]]]) -> None:
    st.markdown(f"###### {heading.title}", anchors=False)
    st.markdown("\n\n".join(fill(texts[key].body, values) for key, values in said))


def _actions(
    section: Section, task: Task, t: int, unit: int, twin: int | None, found: Prediction, epochs: Sequence[int]
) -> None:
    """Buttons: other places of this very run, then other experiments."""
    ways: list[tuple[str, str, int]] = []
    if twin is not None:
        label = _("the other {letter}, t = {t}").format(letter=escape(task.alphabet[task.x[t]]), t=twin)
        ways.append((label, "t", twin))
    best = int(found.votes.argmax()) if found.finite else unit
    if best != unit:
        ways.append((_("unit {unit}").format(unit=best + 1), "unit", best + 1))
    if len(epochs) > 1:
        trained = st.session_state["epoch"] != epochs[0]
        label = _("before training") if trained else _("after training")
        ways.append((label, "epoch", epochs[0] if trained else epochs[-1]))
    now = current_experiment().params()
    with st.container(horizontal=True, gap="xsmall"):
        for label, key, value in ways:
            st.button(label, key=f"_cell_to_{key}", on_click=_choose, args=(key, value))
        for label, changes in section.actions:
            if not changes.items() <= now.items():
                st.button(label, key=f"_cell_{label}", on_click=change_experiment, kwargs=dict(changes))


def _percent(share: float) -> str:
    """A share as text; what is no number stays none."""
    return f"{share:.1%}" if np.isfinite(share) else number(share)
