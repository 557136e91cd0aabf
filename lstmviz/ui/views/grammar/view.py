"""The parts of the page: which section, how far each network gets beyond its training, and how they learned."""

import statistics

import streamlit as st

from lstmviz.figures import grammars as figures
from lstmviz.figures.matching import learning
from lstmviz.figures.theme import Palette, whole_share
from lstmviz.grammars import ASKED, COUNTED, EMBEDDED, GRAPHS, STREAMS, GrammarConfig, Learned, trained_to
from lstmviz.sweeps.evidence import success
from lstmviz.ui import frame
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.background.watched import Progress, View
from lstmviz.ui.frame.arrival import chart
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.controls.lessons import lesson, task_name
from lstmviz.ui.frame.controls.sections import choose_section
from lstmviz.ui.frame.controls.settings import Settings
from lstmviz.ui.frame.language import N_, _, ngettext
from lstmviz.ui.frame.prose import Value
from lstmviz.ui.views.grammar import one_string
from lstmviz.ui.views.grammar.settings import TASKS, length_title
from lstmviz.ui.waiting import sweep
from lstmviz.ui.waiting.study import band_says, names_so_far, sound, tell_lost

_SECTIONS = {
    "study": N_("How far it gets"),
    "read": N_("One string, one network"),
    "paper": N_("The paper of 1997"),
}
COIN = 0.5


def chips(chosen: Settings, networks: int) -> None:
    """What is on display, in a few words."""
    values = chosen.values
    frame.chip_row(
        (
            ("", task_name(TASKS[values["language"]])),
            (_("networks"), f"{networks:,}"),
            (_("nodes"), f"{values['hidden']}"),
            (_("updates"), f"{values['updates']:,}"),
            (_("rate"), f"{values['lr']:g}"),
        )
    )


def section() -> str:
    """Draw the choice of the section, and return the one that is chosen."""
    return choose_section("grammar_section", {key: _(label) for key, label in _SECTIONS.items()})


def live(name: str, job: View, seen: Progress, chosen: Settings, palette: Palette) -> None:
    """The progress and the figures of a section, redrawn by themselves while networks are finished."""

    def draw(progress: Progress) -> None:
        found = sound(progress)
        tell_lost(progress)
        if found and name == "read":
            one_string.show(found, chosen, palette)
        elif name == "study":
            config = job.config[1][0]
            _by_length(found, config, palette)
            if found:
                _study(found, progress, job.config[1], palette)

    sweep.live(job, seen, draw)


def variant(name: str, progress: Progress) -> str:
    """Which of the texts beside the figures fits."""
    return name if name != "study" else {"done": "", "running": "running"}.get(progress.state, "stopped")


def values(chosen: Settings) -> dict[str, Value]:
    """What the text beside the figures says of the language."""
    return {"lesson": lesson(TASKS[chosen.values["language"]])}


def _titles(config: GrammarConfig) -> tuple[str, str, str]:
    return length_title(config.language), _("strings right"), _("trained to {length}").format(length=trained_to(config))


def _by_length(found: dict[str, list[Learned]], config: GrammarConfig, palette: Palette) -> None:
    """The first figure: before any network is finished, with what is known anyway."""
    trained, titles = trained_to(config), _titles(config)
    st.markdown("## " + _("Right from beginning to end, by length"), anchors=False)
    rates = {cell: [each.by_length for each in networks] for cell, networks in found.items()}
    figure = remembered(
        lambda: figures.right_by_length(
            rates, trained, CELL_NAMES, palette, titles, COIN if config.language in ASKED else None
        ),
        "grammar by length",
        *_key(found, palette),
        config,
        titles,
    )
    chart(figure, key="grammar_accuracy")
    if not found:
        st.caption(_("No network is drawn yet."))


def _study(
    found: dict[str, list[Learned]], progress: Progress, study: tuple[GrammarConfig, ...], palette: Palette
) -> None:
    one, config, names = next(iter(found.values()))[0], study[0], names_so_far(progress, study)
    trained, titles = trained_to(config), _titles(config)
    st.caption(_about_tests(one))
    sweep.tell_so_far(progress.networks_done, progress.networks)
    _verdicts(found, names)
    if config.language in EMBEDDED:
        _remembered(found, names, trained, titles, palette)
    left, right = st.columns(2, gap="small")
    with left:
        st.markdown("## " + _("Without a mistake up to …"), anchors=False)
        figure = remembered(
            lambda: figures.right_up_to(
                {cell: [(each.config.seed, each.right_up_to) for each in own] for cell, own in found.items()},
                trained,
                one.longest_asked,
                CELL_NAMES,
                palette,
                titles[::2],
            ),
            "grammar reached",
            *_key(found, palette),
            titles,
        )
        chart(figure, key="grammar_reached")
        st.caption(_("A dot is a network: the length up to which all strings asked were right."))
    with right:
        st.markdown("## " + _("While it learned"), anchors=False)
        figure = remembered(
            lambda: learning(
                {cell: [(each.updates, each.accuracy) for each in networks] for cell, networks in found.items()},
                CELL_NAMES,
                palette,
                (_("update"), _("right answers")),
            ),
            "grammar learned",
            *_key(found, palette),
            _("right answers"),
        )
        chart(figure, key="grammar_learning")
        st.caption(_("Each step of a string before anything was learned from it.") + " " + band_says(found, progress))


def _remembered(
    found: dict[str, list[Learned]],
    names: dict[str, str],
    trained: int,
    titles: tuple[str, str, str],
    palette: Palette,
) -> None:
    """Of embedded strings: the one step that needs the memory."""
    st.markdown("## " + _("The last symbol but one alone: T or P?"), anchors=False)
    axes = titles[0], _("T or P right"), titles[2]
    rates = {cell: [each.remembered for each in networks] for cell, networks in found.items()}
    figure = remembered(
        lambda: figures.right_by_length(rates, trained, CELL_NAMES, palette, axes, COIN),
        "grammar remembered",
        *_key(found, palette),
        axes,
    )
    chart(figure, key="grammar_remembered")
    for cell, networks in found.items():
        over = [
            (sum(r.solved for r in n.remembered.values()), sum(r.trials for r in n.remembered.values()))
            for n in networks
        ]
        better = sum(success(*counts).low > COIN for counts in over)
        if len(networks) > 1:
            text = ngettext(
                "**{cell}**: T or P right in {share} of the strings; {better} of {count} networks is better than a "
                "coin.",
                "**{cell}**: T or P right in {share} of the strings; {better} of {count} networks are better than a "
                "coin.",
                better,
            )
        elif better:
            text = _("**{cell}**: T or P right in {share} of the strings, which is better than a coin.")
        else:
            text = _(
                "**{cell}**: T or P right in {share} of the strings; that this is better than a coin is not shown."
            )
        share = statistics.mean(solved / trials for solved, trials in over)
        st.markdown(text.format(cell=names[cell], share=whole_share(share), better=better, count=len(networks)))


def _verdicts(found: dict[str, list[Learned]], names: dict[str, str]) -> None:
    """Of each cell, up to which length its networks are right, and how many of them go beyond their training."""
    for cell, networks in found.items():
        language, trained = networks[0].config.language, trained_to(networks[0].config)
        reached = sorted(one.right_up_to for one in networks)
        beyond = sum(one > trained for one in reached)
        asked = networks[0].longest_asked
        if reached[-1] == 0:
            text = ngettext(
                "**{cell}**: trained to {trained}, but not even the shortest strings are all right.",
                "**{cell}**: trained to {trained}, but none of {count} networks gets even the shortest strings all "
                "right.",
                len(networks),
            )
        elif len(networks) == 1:
            text = _("**{cell}**: trained to {trained}, right up to {best}.")
        elif reached[0] == reached[-1]:
            text = _("**{cell}**: trained to {trained}, each of {count} networks is right up to {best}.")
        else:
            text = ngettext(
                "**{cell}**: trained to {trained}, right up to {best} in the best of {count} networks and {worst} in "
                "the worst; {beyond} of them gets beyond its training.",
                "**{cell}**: trained to {trained}, right up to {best} in the best of {count} networks and {worst} in "
                "the worst; {beyond} of them get beyond their training.",
                beyond,
            )
        said = text.format(
            cell=names[cell],
            trained=length(language, trained),
            best=length(language, reached[-1]),
            worst=length(language, reached[0]),
            beyond=beyond,
            count=len(reached),
        )
        whole = sum(one == asked for one in reached)
        if whole:
            more = ngettext(
                "{whole} made no mistake at all, as far as it was asked.",
                "{whole} made no mistake at all, as far as they were asked.",
                whole,
            )
            said = f"{said} {more.format(whole=whole)}"
        st.markdown(said)


def length(language: str, count: int) -> str:
    """A length as a sentence says it: "n = 12", "12 symbols", "12 bits"."""
    if language in COUNTED:
        return f"n = {count}"
    text = (
        ngettext("{count} bit", "{count} bits", count)
        if language in ASKED
        else ngettext("{count} symbol", "{count} symbols", count)
    )
    return text.format(count=count)


def _about_tests(one: Learned) -> str:
    language, trained = one.config.language, trained_to(one.config)
    if language in COUNTED:
        text = _(
            "Every n up to {asked} is asked. Right is the string at each step of which all symbols that may come are "
            "more probable than any other."
        )
    elif language in STREAMS:
        text = _(
            "{tests} streams of each length, which begin with a state of zero and are read without a reset between "
            "their strings; none was learned from. Right is a stream without one mistake. In training all have "
            "{trained} symbols."
        )
    elif language in GRAPHS:
        text = _(
            "Up to {tests} strings of each length, none of which was learned from; of the shortest lengths there are "
            "too few strings for that. In training 99 of 100 strings have at most {trained} symbols."
        )
    else:
        text = _(
            "Up to {tests} strings of each length, half of them with either answer; up to {trained} bits those that "
            "were held back, where there are enough for that. Dotted: a coin."
        )
    return text.format(asked=one.longest_asked, tests=one.config.tests, trained=trained)


def _key(found: dict[str, list[Learned]], palette: Palette) -> tuple[object, ...]:
    return tuple(one.config for networks in found.values() for one in networks), palette
