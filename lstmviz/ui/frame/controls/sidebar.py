"""The experiment in the sidebar: the controls that choose it, or one line that says which it is.

A control writes what it says into the URL, and every run reads the URL. A value that will not do gets one sentence
beside its control. `?hide=task,seed` leaves controls out.
"""

import random
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstmviz.tasks import EXAMPLE_SERIES, PRESETS, is_pattern, is_series
from lstmviz.ui.frame.arrival import comes_later
from lstmviz.ui.frame.controls.experiment import (
    DEFAULTS,
    PARAMS,
    Experiment,
    change_experiment,
    current_experiment,
    read_url,
    remembered,
    usual_settings,
)
from lstmviz.ui.frame.controls.fields import CELL_NAMES, RefusedError, read, write
from lstmviz.ui.frame.controls.lessons import NAMES, lesson, task_name
from lstmviz.ui.frame.controls.own_numbers import FIELD, numbers_control
from lstmviz.ui.frame.language import _
from lstmviz.ui.frame.prose import escape
from lstmviz.ui.frame.requests.url import by_hand, is_echo, keep

_LEARNING_RATES = ("0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1")
_IN_ORDER = ("task", "cell", "hidden", "lr", "epochs", "seed")  # as the controls stand
_OWN = "own pattern"  # the choices beside the presets; they have a space, so no pattern can be called so
_OWN_NUMBERS = "own numbers"


def experiment_controls() -> Experiment:
    """Draw the controls in the sidebar, and return the experiment that they choose."""
    found = read_url()
    experiment, asked, problems = found.experiment, found.texts, found.problems
    _say_beside_the_page(problems)
    if comes_later("text"):
        return experiment
    hidden = {name.strip().lower() for name in st.query_params.get("hide", "").split(",")}
    with st.sidebar.container(key="experiment", gap="xsmall"):
        if "task" not in hidden:
            _task_control(experiment, asked)
        _show(problems, "task")
        if "task" not in hidden:
            st.caption(lesson(experiment.task))
        left, right = st.columns(2, gap="small")
        if "cell" not in hidden:
            _choice(left, _("Cell"), "cell", CELL_NAMES, experiment.cell)
        if "hidden" not in hidden:
            _number_control(right, _("Hidden nodes"), "hidden", experiment, asked)
        _show(problems, "cell", "hidden")
        left, right = st.columns(2, gap="small")
        if "lr" not in hidden:
            _lr_control(left, experiment, asked)
        if "epochs" not in hidden:
            _number_control(right, _("Epochs"), "epochs", experiment, asked, step=500)
        _show(problems, "lr", "epochs")
        if "seed" not in hidden:
            left, right = st.columns(2, gap="small", vertical_alignment="bottom")
            _number_control(left, _("Seed"), "seed", experiment, asked)
            # No help: it would lie over the button, and catch the next click.
            right.button(_("New seed"), type="primary", width="stretch", on_click=_new_seed)
        _show(problems, "seed")
        if "buttons" not in hidden:
            _buttons()
    return experiment


def _say_beside_the_page(problems: Mapping[str, str]) -> None:
    """Under the title too, for who has the sidebar folded away: what is shown is not what the link asks for.

    The style sheet hides it while the sidebar is open.
    """
    if problems:
        with st.container(key="refused", gap=None):
            _show(problems, *filter(problems.__contains__, _IN_ORDER))
    else:
        st.empty()


def experiment_elsewhere() -> None:
    """One line on a page that shows networks of its own: which one the others show.

    A value that will not do is not spoken of here, where it changes nothing: it stays in the URL and in the links.
    """
    experiment = current_experiment()
    shown = f"{escape(task_name(experiment.task))} · {experiment.network}"
    st.sidebar.caption(_("The other pages show: {experiment}").format(experiment=shown))


def _task_control(experiment: Experiment, asked: Mapping[str, str]) -> None:
    pattern = asked.get("task", experiment.task)
    own = remembered().own_pattern or pattern not in (*PRESETS, *NAMES)
    numbers = is_series(pattern) and not remembered().own_pattern
    choices = {name: name for name in PRESETS} | {_OWN: _("own pattern …")}
    choices |= {name: _(called) for name, called in NAMES.items()} | {_OWN_NUMBERS: _("own numbers …")}
    _choice(st, _("Task"), "task", choices, _OWN_NUMBERS if numbers else _OWN if own else pattern)
    if numbers:
        with st.container(gap="xsmall"):
            numbers_control(pattern.partition(" ")[2], _changed)
        return
    if own:
        keep("_pattern", pattern)
        st.text_input(_("Own pattern"), pattern, label_visibility="collapsed", **_control_of("pattern"))
    else:
        st.empty()  # so that the fields below stay the elements that they are


def _choice(place: Any, label: str, param: str, names: Mapping[str, str], value: str) -> None:
    keep(f"_{param}", value)
    index = list(names).index(value)
    place.selectbox(label, tuple(names), index, format_func=names.__getitem__, filter_mode=None, **_control_of(param))


def _number_control(
    place: DeltaGenerator, label: str, param: str, experiment: Experiment, asked: Mapping[str, str], step: int = 1
) -> None:
    text = asked.get(param, "")
    # A wrong number stays in its field, to be mended there; what is no number cannot be shown in it.
    shown = re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,6})?", text)
    value = float(text) if shown else float(getattr(experiment, PARAMS[param]))
    keep(f"_{param}", value)
    # Real numbers, because among whole ones the browser makes 2 of "2.7" and 1 of "1e5" without a word. No bounds: it
    # would enforce them with a sentence of its own, in English.
    place.number_input(label, value=value, step=float(step), format="%.12g", **_control_of(param))


def _lr_control(place: DeltaGenerator, experiment: Experiment, asked: Mapping[str, str]) -> None:
    text = asked.get("lr") or write(experiment.lr)
    options = _LEARNING_RATES if text in _LEARNING_RATES else (*_LEARNING_RATES, text)
    keep("_lr", text)
    place.selectbox(
        _("Learning rate"),
        options,
        options.index(text),
        accept_new_options=True,
        filter_mode="prefix",
        **_control_of("lr"),
    )


def _buttons() -> None:
    left, right = st.columns(2, gap="small")
    left.button(
        _("Train again"),
        icon=":material/replay:",
        width="stretch",
        on_click=_train_again,
        help=_("The same training once more: same seed, same first weights"),
    )
    right.button(
        _("Restore defaults"),
        width="stretch",
        on_click=change_experiment,
        kwargs=DEFAULTS,
    )


def _control_of(name: str) -> dict[str, Any]:
    """What makes a widget a control: a key, and that it writes to the URL when it is used."""
    return {"key": f"_{name}", "on_change": by_hand(f"_{name}", _changed), "args": (name,)}


def _changed(name: str) -> None:
    """Put what the controls say into the URL, after the one called `name` was used.

    All of them, because where two are used in quick succession the URL may not tell of the first yet.
    """
    memory = remembered()
    said = current_experiment().params() | memory.url.read()
    shown = {param: f"_{param}" for param in PARAMS if f"_{param}" in st.session_state}
    said |= {param: write(st.session_state[key]) for param, key in shown.items() if not is_echo(key)}
    said["task"] = {"pattern": _OWN, "numbers": _OWN_NUMBERS}.get(name, said["task"])
    before, chosen = memory.good.task, said["task"]
    if name == "task":
        said |= usual_settings(before, chosen)
    if said["task"] == _OWN:
        pattern = st.session_state.get("_pattern", before)
        said["task"] = pattern if is_pattern(pattern) else DEFAULTS["task"]
    if said["task"] == _OWN_NUMBERS:
        said["task"] = before if is_series(before) else EXAMPLE_SERIES
        if name == "numbers":
            said["task"] = f"numbers {st.session_state[FIELD]}"
            with suppress(RefusedError):  # what is wrong stays as it was typed, to be mended
                said["task"] = write(read("task", said["task"]))
    if name == "task":
        memory.own_pattern = st.session_state.get("_task") == _OWN
    memory.url.write(said)


def _new_seed() -> None:
    experiment = current_experiment()
    seed = random.choice([seed for seed in range(1000) if seed != experiment.seed])
    remembered().url.write(replace(experiment, seed=seed).params())


def _train_again() -> None:
    remembered().times_trained_again += 1


def _show(problems: Mapping[str, str], *params: str) -> None:
    for param in params:
        if param in problems:
            st.markdown(f":red[:small[:material/error: {problems[param]}]]")
        else:
            st.empty()  # so that the fields below stay the elements that they are
