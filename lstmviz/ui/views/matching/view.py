"""The parts of the page: right answers by length, how they were learned, how far the loss reaches, a sequence typed."""

import statistics
from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from lstmviz.figures import matching as figures
from lstmviz.figures.theme import Palette, lowered, whole_share
from lstmviz.matching import Learned, Reading, guess_by_last, network_of, read
from lstmviz.ui import frame
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.background.watched import Progress, View
from lstmviz.ui.frame.arrival import chart
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.controls.settings import Settings
from lstmviz.ui.frame.language import _, ngettext
from lstmviz.ui.frame.prose import Value, aloud
from lstmviz.ui.frame.requests.url import by_hand, keep
from lstmviz.ui.views.matching.settings import KINDS
from lstmviz.ui.waiting import sweep
from lstmviz.ui.waiting.study import band_says, names_so_far, sound, tell_lost

FAINT = -6.0
"""log10 of what is left of a gradient that is called vanished: beside what a float32 weight of 1 can still take up."""
_FIELD = "_halves_digits_field"


def chips(chosen: Settings, networks: int) -> None:
    """What is on display, in a few words."""
    values = chosen.values
    frame.chip_row(
        (
            ("", _(KINDS[values["kind"]])),
            (_("networks"), f"{networks:,}"),
            (_("nodes"), f"{values['hidden']}"),
            (_("updates"), f"{values['updates']:,}"),
            (_("rate"), f"{values['lr']:g}"),
        )
    )


def live(job: View, seen: Progress, chosen: Settings, palette: Palette) -> None:
    """The progress and all figures, redrawn by themselves while networks are finished."""

    def draw(progress: Progress) -> None:
        found = sound(progress)
        tell_lost(progress)
        _accuracy(found, chosen, palette)  # what a guess scores is known before any network is
        if found:
            left, right = st.columns(2, gap="small")
            with left:
                _learning(found, progress, palette)
            with right:
                _reach(found, palette)
            sweep.tell_so_far(progress.networks_done, progress.networks)
            _verdicts(found, names_so_far(progress, job.config[1]))
            _reading(found, chosen, palette)

    sweep.live(job, seen, draw)


def first_states(networks: Sequence[Learned], *, trained: bool = True) -> dict[int, float]:
    """Half -> log10 of how much of the gradient to the last state reaches the first one; the median over networks.

    It is asked for lengths of which there are tests: the halves of `Learned.by_half`.
    """
    found = [one.first_state[trained] for one in networks]
    return {half: statistics.median(one[half] for one in found) for half in networks[0].by_half}


def values(progress: Progress) -> dict[str, Value]:
    """What the text beside the figures says of these very networks."""
    means = {cell: statistics.mean(one.mean_accuracy for one in networks) for cell, networks in sound(progress).items()}
    return {
        "means": ", ".join(f"{CELL_NAMES[cell]} {mean:.2f}" for cell, mean in means.items()) or "…",
        "pair": whole_share(guess_by_last(10, 11)),
    }


def _verdicts(found: dict[str, list[Learned]], names: dict[str, str]) -> None:
    """Of each cell, whether the answers get worse with the length, and whether the gradient vanishes."""
    for cell, networks in found.items():
        rates = [one.by_half for one in networks]
        low, high = min(rates[0]), max(rates[0])
        short, long = (statistics.mean(one[half].rate for one in rates) for half in (low, high))
        before, after = (first_states(networks, trained=trained)[high] for trained in (False, True))
        if after <= FAINT:
            end = _("it has vanished.")
        elif before <= FAINT:
            end = ngettext(
                "it had vanished before training, but the trained network has no such trouble.",
                "it had vanished before training, but the trained networks have no such trouble.",
                len(networks),
            )
        else:
            end = _("it has not vanished.")
        text = _(
            "**{cell}**: {short} right with halves of {low}, {long} with {high}. Of the gradient at the end of the "
            "longest, {before} reached its first state before training, and {after} after it: {end}"
        )
        st.markdown(
            text.format(
                cell=names[cell],
                short=whole_share(short),
                long=whole_share(long),
                low=low,
                high=high,
                before=_power(before),
                after=_power(after),
                end=end,
            )
        )


def _accuracy(found: dict[str, list[Learned]], chosen: Settings, palette: Palette) -> None:
    longest: int = chosen.values["longest"]
    halves = range(1, longest + 1)
    guesses = {
        ngettext("guess from the last digit", "guess from the last {count} digits", count).format(count=count): {
            n: guess_by_last(n, count) for n in halves
        }
        for count in sorted({max(longest // 2, 1), longest, longest + 1})
    }
    st.markdown("## " + _("Right answers by length"), anchors=False)
    figure = remembered(
        lambda: figures.accuracy_by_half(
            {cell: [one.by_half for one in networks] for cell, networks in found.items()},
            guesses,
            CELL_NAMES,
            palette,
            (_("digits in a half"), _("right answers")),
        ),
        "halves by length",
        *_key(found, palette),
        longest,
        _("right answers"),
    )
    chart(figure, key="halves_accuracy")
    if not found:
        st.caption(_("Dotted: what the best guess from the last digits would score. No network is drawn yet."))
        return
    tests = sum(rate.trials for rate in next(iter(found.values()))[0].by_half.values())
    text = _(
        "{tests} sequences a network, none of which it has learned from (of the shortest halves there are too few "
        "for that, so they are not asked); thick: the mean, thin: one network; dotted: what the best guess from the "
        "last digits would score."
    )
    st.caption(text.format(tests=f"{tests:,}"))


def _learning(found: dict[str, list[Learned]], progress: Progress, palette: Palette) -> None:
    st.markdown("## " + _("While it learned"), anchors=False)
    figure = remembered(
        lambda: figures.learning(
            {cell: [(one.updates, one.accuracy) for one in networks] for cell, networks in found.items()},
            CELL_NAMES,
            palette,
            (_("update"), _("right answers")),
        ),
        "halves learned",
        *_key(found, palette),
        _("right answers"),
    )
    chart(figure, key="halves_learning")
    st.caption(_("Each sequence before anything was learned from it.") + " " + band_says(found, progress))


def _reach(found: dict[str, list[Learned]], palette: Palette) -> None:
    st.markdown("## " + _("How much of the last loss reaches the first state"), anchors=False)
    figure = remembered(
        lambda: figures.reach_by_half(
            {cell: first_states(networks, trained=False) for cell, networks in found.items()},
            {cell: first_states(networks) for cell, networks in found.items()},
            CELL_NAMES,
            palette,
            (_("digits in a half"), f"|∂L/∂h{lowered('1')}| / |∂L/∂h{lowered('T')}|"),
        ),
        "halves reached",
        *_key(found, palette),
        _("digits in a half"),
    )
    chart(figure, key="halves_reach")
    st.caption(_("Dotted: before training. Exact gradients in float64, the median over seeds of means over sequences."))


def _reading(found: dict[str, list[Learned]], chosen: Settings, palette: Palette) -> None:
    st.markdown("## " + _("Watch one being read"), anchors=False)
    digits = chosen.texts["digits"]
    keep(_FIELD, digits)
    st.text_input(_("Digits, two halves"), digits, key=_FIELD, on_change=by_hand(_FIELD, _typed), args=(chosen,))
    if "digits" in chosen.problems:
        st.markdown(f":red[:small[:material/error: {chosen.problems['digits']}]]")
    symbols: str = chosen.values["digits"]
    for cell, networks in found.items():
        one = networks[0]
        seen = remembered(partial(_read, one, symbols), "halves read", one.config, symbols)
        titles = _("digit read"), _("“they match”")
        figure = remembered(
            partial(figures.reading, symbols, seen.yes, seen.decided, CELL_NAMES[cell], cell, palette, titles),
            "halves reading",
            one.config,
            palette,
            symbols,
            titles,
        )
        said = _("they match") if seen.said else _("they do not match")
        right = _("right") if seen.said == seen.due else _("wrong")
        text = _("**{cell}**, seed {seed}: “{said}” ({yes}), which is {right}. Decided with digit {step} of {steps}.")
        st.markdown(
            text.format(
                cell=CELL_NAMES[cell],
                seed=one.config.seed,
                said=said,
                yes=aloud(float(seen.yes[-1])),
                right=right,
                step=seen.decided + 1,
                steps=len(symbols),
            )
        )
        chart(figure, key=f"halves_reading_{cell}")
    st.caption(
        _("The probability of “they match” if the sequence ended there; the line in the middle parts the halves.")
    )


def _read(one: Learned, symbols: str) -> Reading:
    return read(network_of(one.config, one.parameters), one.config.task(), symbols)


def _typed(chosen: Settings) -> None:
    chosen.write(digits=st.session_state.get(_FIELD) or "")
    sweep.redraw_page()


def _power(log10: float) -> str:
    return f"{10.0**log10:.2g}" if np.isfinite(log10) else "0"


def _key(found: dict[str, list[Learned]], palette: Palette) -> tuple[object, ...]:
    return tuple(one.config for networks in found.values() for one in networks), palette
