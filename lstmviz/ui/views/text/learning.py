"""How a text is read while it is learned: the readings of one network, and how many of all seeds know it by heart."""

import html
from collections.abc import Sequence
from itertools import groupby
from statistics import median

import numpy as np
import streamlit as st

from lstmviz.figures import texts as figures
from lstmviz.figures.theme import Palette, share_text, whole_share
from lstmviz.sweeps.evidence import Rate, success
from lstmviz.texts import LearnedText
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.arrival import chart
from lstmviz.ui.frame.language import _, language, ngettext
from lstmviz.ui.waiting.sweep import tell_so_far

_SHOWN = 1000  # letters of a reading that are drawn
_LOW = 420  # pixels that readings take before they are scrolled


def show(shown: LearnedText, networks: Sequence[LearnedText], wanted: int, palette: Palette) -> None:
    """The readings of `shown`, the accuracy of all `networks`, and what became of them, so far if more are wanted."""
    st.markdown("## " + _("As the network reads it, epoch by epoch"), anchors=False)
    readings = remembered(lambda: _readings(shown), "text readings", shown.config, language())
    tall = len(readings) > 6 * _LOW  # by its markup: such that a short text stands without a scrollbar
    with st.container(height=_LOW if tall else "content", border=tall, key="text_readings"):
        st.html(readings)
    if len(shown.correct) > _SHOWN:
        text = _("Drawn are the first {count} letters of {total}.")
        st.caption(text.format(count=f"{_SHOWN:,}", total=f"{len(shown.correct):,}"))
    st.caption(_open_says(shown))
    st.markdown("## " + _("Letters named right, by epoch"), anchors=False)
    figure = remembered(
        lambda: figures.accuracies(
            [one.accuracy for one in networks],
            shown.accuracy,
            shown.config.cell,
            palette,
            (_("epoch"), _("named right")),
        ),
        "text accuracies",
        tuple(one.config for one in networks),
        shown.config,
        palette,
        _("named right"),
    )
    chart(figure, key="text_accuracy")
    lines = _lines_say(len(networks) - 1, len(networks) < wanted)
    about = _(
        "Over all letters of all windows: the first letters of a window have little before them to be known by, so "
        "this seldom comes to 100%."
    )
    st.caption(f"{lines} {about}")
    tell_so_far(len(networks), wanted)
    st.markdown(rates_say(networks))


def _lines_say(others: int, more: bool) -> str:
    """What the lines are, of which so many are of other seeds, with or without more to come."""
    if not others:
        return _("Thick: the network shown above.")
    if more:
        return _("Thick: the network shown above; thin: the other seeds so far.")
    return _("Thick: the network shown above; thin: the other seeds.")


def rates_say(networks: Sequence[LearnedText]) -> str:
    """How many of the networks know the text by heart, with intervals, and after how many epochs."""
    count = len(networks)
    by_heart = success(sum(one.by_heart for one in networks), count)
    text = ngettext(
        "By heart: {rate} network reads every letter that can be known.",
        "By heart: {rate} networks read every letter that can be known.",
        count,
    )
    said = [text.format(rate=_rate(by_heart))]
    reached = sorted(one.learned_at for one in networks if one.learned_at is not None)
    if reached:
        text = _("Reached for the first time after {first} to {last} epochs, {middle} in the middle ({count} of them).")
        if reached[0] == reached[-1]:
            text = _("Reached for the first time after {first} epochs ({count} of them).")
        middle = f"{median(reached):g}"
        said.append(text.format(first=reached[0], last=reached[-1], middle=middle, count=len(reached)))
    if networks[0].open.any():
        perfect = success(sum(one.without_mistake for one in networks), count)
        text = _("Without any mistake, the open letters guessed right too: {rate}.")
        said.append(text.format(rate=_rate(perfect)))
    if lost := sum(one.diverged for one in networks):
        text = ngettext(
            "{count} network's loss became no finite number.", "The loss of {count} became no finite number.", lost
        )
        said.append(text.format(count=lost))
    return " ".join(said)


def _rate(rate: Rate) -> str:
    text = _("{solved} of {trials} ({low} to {high})")
    return text.format(solved=rate.solved, trials=rate.trials, low=whole_share(rate.low), high=whole_share(rate.high))


def _open_says(shown: LearnedText) -> str:
    """Which letters nobody can know, with the first of them as an example."""
    wrong = _("A letter in red on a ground is a mistake.")
    places = np.flatnonzero(shown.open)
    if not len(places):
        return f"{wrong} " + _("Each letter can be known from what its window has before it.")
    text = ngettext(
        "{count} letter, dotted below, is open: what its window has before it is followed by another letter elsewhere, "
        "so no network can know it.",
        "{count} letters, dotted below, are open: what their windows have before them is followed by another letter "
        "elsewhere, so no network can know them.",
        len(places),
    )
    return f"{wrong} {text.format(count=len(places))}"


def _readings(shown: LearnedText) -> str:
    """A row for each epoch that is kept: which, how many letters are right, and the text as it is read."""
    alphabet = shown.config.task().alphabet
    rows = []
    for epoch, read in shown.readings.items():
        wrong = shown.mistakes(epoch)
        kinds = list(zip(wrong[:_SHOWN].tolist(), shown.open[:_SHOWN].tolist(), strict=True))
        parts, at = [], 0
        for (is_wrong, is_open), same in groupby(kinds):
            length = len(list(same))
            text = html.escape("".join(alphabet[code] for code in read[at : at + length]))
            text = text.replace("\n", "↵\n").replace("\t", "⇥\t")
            if is_wrong:
                text = f"<s>{text.replace(' ', '␣')}</s>"
            parts.append(f"<u>{text}</u>" if is_open else text)
            at += length
        share = share_text(float(np.mean(~wrong)))
        rows.append(f'<tr><th scope="row">{epoch}</th><td>{share}</td><td class="read">{"".join(parts)}</td></tr>')
    heads = "".join(f'<th scope="col">{head}</th>' for head in (_("epoch"), _("right"), _("reading")))
    return f'<table class="text_readings"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
