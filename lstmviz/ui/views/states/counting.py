"""Which numbers of a state count over time, and what becomes of the network when it reads on and on."""

import numpy as np
import streamlit as st

from lstmviz.dynamics.counting import FAR, STEADY, Trends, trends, trends_of
from lstmviz.dynamics.long_run import STOPS, LongRun, long_run
from lstmviz.dynamics.planes import state_names
from lstmviz.figures.theme import number, whole_share
from lstmviz.statemap import StateMap
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.background.traces import trace_at
from lstmviz.ui.frame.language import _
from lstmviz.ui.frame.navigation import ways_on
from lstmviz.ui.views.states.maps import asked_letter, inputs_of, said_of_map
from lstmviz.ui.views.states.points import last_map, states_of

_MOST_UNITS = 16  # of a network that is read on to the last stop: a million steps of it take some seconds
_STILL = 1e-9  # a state that a pattern changes by less, as a share of itself, is at rest
_MOST_COLUMNS = 6
_AGAIN = 80  # times that a symbol is read
_LEAST = 5  # patterns of a text in which a trend can be seen


def show(run: Run) -> None:
    """Draw the trend of each number of the state: over a text, or while one symbol of a task is read on and on."""
    f = last_map(run)
    if f is None:
        st.info(_("The training diverged: its weights are no finite numbers, and nothing can be followed further."))
        return
    if not run.experiment.repeats_a_pattern:
        _draw_symbol(run, f)
        return
    if len(run.text.x) // run.text.period < _LEAST:
        st.info(_("The text has too few patterns for a trend over time."))
    else:
        _draw_trends(run, f)
    _draw_long_run(run, f)
    ways_on("automaton")


def _draw_trends(run: Run, f: StateMap) -> None:
    states = states_of(trace_at(run, run.kept[-1]))
    found = remembered(lambda: trends(states, state_names(f), run.text), "trends", run.known)
    st.markdown(_table(found, _("change in a pattern")))
    text = _(
        "Over the last {steps} steps, a mean for each place of the pattern taken off. A number counts where its line "
        "explains at least {steady} of what changes from pattern to pattern and goes {far} or farther."
    )
    st.caption(text.format(steps=found.steps, steady=whole_share(STEADY), far=f"{FAR:g}"))


def _draw_symbol(run: Run, f: StateMap) -> None:
    """The trends while one symbol, or one input of numbers, is read again and again from the state 0."""
    letter = asked_letter(run)
    xs = np.repeat(inputs_of(run, letter), _AGAIN, axis=0)

    def find() -> Trends:
        with np.errstate(all="ignore"):
            return trends_of(f.states(xs), state_names(f))

    found = remembered(find, "trends of a symbol", run.known, letter)
    st.markdown(_table(found, _("change in a step")))
    text = _(
        "The network reads {what} again and again, {times} times, from the state 0; the table is of the last {steps} "
        "steps (choose another one above, at the arrows). A number counts where a line explains at least {steady} of "
        "what changes from step to step and goes {far} or farther."
    )
    what = said_of_map(run, letter)
    st.caption(text.format(what=what, times=_AGAIN, steps=found.steps, steady=whole_share(STEADY), far=f"{FAR:g}"))
    st.caption(_("What becomes of a network that reads on and on is looked at for patterns: a sequence has an end."))


def _table(found: Trends, change: str) -> str:
    heads = change, "R²", _("counts?")
    rows = [f"| | {' | '.join(heads)} |", "| --- | --- | --- | --- |"]
    for k, name in enumerate(found.names):
        if not np.isfinite(found.per_step[k]):
            continue
        counts = _("yes") if found.counts[k] else _("no")
        rows.append(f"| {name} | {number(float(found.per_period[k]))} | {found.r2[k]:.5f} | {counts} |")
    return "\n".join(rows)


def _draw_long_run(run: Run, f: StateMap) -> None:
    """The network after a thousand letters, ten thousand, a million."""
    st.markdown("## " + _("If it reads on and on"), anchors=False)
    stops = STOPS if f.hidden_size <= _MOST_UNITS else STOPS[:-1]
    with st.spinner(_("Reading on, to {steps} letters").format(steps=f"{stops[-1]:,}"), show_time=True):
        found = remembered(lambda: long_run(f, run.text, stops), "long run", run.known)
    names = state_names(f)
    last = found.stops[-1]
    shown = np.argsort(-np.abs(last.state), kind="stable")[:_MOST_COLUMNS]
    shown = np.sort(shown)
    heads = [_("letters read"), _("wrong so far"), _("right letter ahead by"), *(names[k] for k in shown)]
    rows = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for stop in found.stops:
        values = [number(float(stop.state[k])) for k in shown]
        cells = [f"{stop.steps:,}", f"{stop.wrong:,}", number(stop.margin), *values]
        rows.append(f"| {' | '.join(cells)} |")
    st.markdown("\n".join(rows))
    st.markdown(f"{_breaks(found)} {_rests(found, names)}")


def _breaks(found: LongRun) -> str:
    """Whether and when it goes wrong."""
    last = found.stops[-1]
    if found.first_wrong is None or found.last_wrong is None:
        return _("Over {steps} letters it names each next one right.").format(steps=f"{last.steps:,}")
    text = _("It first goes wrong at step {first}, {wrong} times in {steps} letters, the last time at step {last}.")
    return text.format(
        first=f"{found.first_wrong:,}",
        wrong=f"{last.wrong:,}",
        steps=f"{last.steps:,}",
        last=f"{found.last_wrong:,}",
    )


def _rests(found: LongRun, names: tuple[str, ...]) -> str:
    """Whether its state has come to rest by the end, and which number still moves most."""
    last = found.stops[-1]
    if not np.isfinite(last.state).all():
        return _("By then its state is no finite number.")
    moved = np.abs(last.moved)
    if (moved <= _STILL * np.maximum(1.0, np.abs(last.state))).all():
        far = int(np.abs(last.state).argmax())
        text = _(
            "By then every pattern ends in the same state: nothing counts for ever. The farthest is {name}, at {at}."
        )
        return text.format(name=names[far], at=number(float(last.state[far])))
    most = int(moved.argmax())
    text = _("By then each pattern still moves {name} by {moved}.")
    return text.format(name=names[most], moved=f"{last.moved[most]:.2g}".replace("-", "−"))
