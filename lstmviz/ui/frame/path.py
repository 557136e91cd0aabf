"""The path: the first minute of a lesson as five stages, each a link that sets everything, on whatever page it is.

`?path=3` says that one walks it; the bar under the title, drawn from one table, leads on and back. What a stage says is
about the network that it sets, so where another one is on display, or another page, the bar says that instead.
"""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field

import streamlit as st

from lstmviz.base.limits import MAX_SEED
from lstmviz.ui.frame.controls.experiment import DEFAULTS, Experiment, current_experiment
from lstmviz.ui.frame.controls.fields import quote
from lstmviz.ui.frame.language import N_, _
from lstmviz.ui.frame.navigation import OF_A_VIEW, PAGES, way_to
from lstmviz.ui.frame.requests.url import follow_link

PARAM = "path"
_SEEN = "_path"  # in the session's state: what the URL said of it before


@dataclass(frozen=True)
class Stage:
    """A stage of the path."""

    page: str
    """a key of `PAGES`"""
    label: str
    says: str
    """what to do there, in a sentence or two, of the network that it sets"""
    look: Mapping[str, str] = field(default_factory=dict)
    """what the URL says beside the experiment, and beside where to begin"""
    begin: Mapping[str, str] = field(default_factory=dict)
    """where to begin: what anybody changes who does as the sentence says"""

    @property
    def params(self) -> dict[str, str]:
        """All that its link sets."""
        return {**DEFAULTS, **self.look, **self.begin}


def seeds_around(experiment: Experiment, *cells: str) -> dict[str, str]:
    """What the URL of the page of seeds says of 25 networks of each of `cells`, that of `experiment` among them.

    At the very end of all seeds there they are the last ones that can be asked for.
    """
    params = experiment.params()
    return {
        **{f"grid_{name}": params[name] for name in ("task", "hidden", "lr", "epochs")},
        "grid_cells": ",".join(cells),
        "grid_side": "5",
        "grid_first": str(min(experiment.seed // 25 * 25, MAX_SEED - 100)),
        "grid_match": "hidden_size",
    }


STAGES = (
    Stage(
        "cell",
        N_("Predict"),
        N_("Guess the next letter, then see the network's guess. After which letter is the letter alone not enough?"),
        begin={"t": "576", "guess": "1"},
    ),
    Stage(
        "home",
        N_("Look inside"),
        N_(
            "b comes twice, once before c, once before C. Press play: in which row do the two differ? That one "
            "remembers."
        ),
    ),
    Stage(
        "cell",
        N_("Shut a gate"),
        N_(
            "From step 576 on the input gate i₃ is held at 0, so c₃ takes in nothing new. Which letter is named wrong "
            "now?"
        ),
        look={"do": "i3=0@576-"},
        begin={"t": "580", "unit": "3", "q": "i"},
    ),
    Stage(
        "cell",
        N_("Compare"),
        N_("Beside it an RNN of the same size, trained on the same text. After b it tosses a coin between c and C."),
        look={"with": f"cell=rnn;hidden={Experiment().hidden_size};seed={Experiment().seed}"},
        begin={"t": "586", "unit": "3", "q": "c"},
    ),
    Stage(
        "grid",
        N_("Many seeds"),
        N_("Was that bad luck? Here are 25 of each, the two you saw among them. Which of them get it, and how often?"),
        look=seeds_around(Experiment(), "rnn", "lstm"),
    ),
)
"""The path."""

_ONWARD = ("training", "memory")  # pages that the last stage leads on to

# What a link of the path leaves behind: all that is about the place from which it leads.
_SET = {PARAM, *OF_A_VIEW, *(name for stage in STAGES for name in stage.params)}


def follow_path(*, turned: bool) -> None:
    """Take in that a link of the path was followed, before anything reads the URL.

    turned: the page has just changed. On the same page Streamlit tells us what a link sets, but leaves the browser's
    own URL as it was, so we write it there.
    """
    asked = st.query_params.get(PARAM)
    if asked != st.session_state.get(_SEEN, asked):
        follow_link()
        if not turned:
            st.query_params.from_dict(st.query_params.to_dict())
    st.session_state[_SEEN] = asked


def path_bar(page: str) -> None:
    """Draw the bar where the URL says that the path is walked, and on the first screen the way into it.

    page: the key of the one that is drawn.
    """
    asked = st.query_params.get(PARAM)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="path"):
        if asked is None:
            if page == "home":
                st.markdown(_("New here? Five stages, from a guess to fifty networks:"), width="content")
                _links()
            return
        number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 3 else 0
        if 0 < number <= len(STAGES):
            _walked(page, number)
            return
        text = _("The path has stages 1 to {last}; got {got}, so it begins anew:")
        text = text.format(last=len(STAGES), got=quote(asked))
        st.markdown(f":red[:small[:material/error: {text}]]", width="content")
        _links()


def was_it_luck(experiment: Experiment) -> None:
    """Beside a network that a pattern was too much for: the way to 25 others like it, and as many LSTMs."""
    way_to(
        "grid",
        _("Was that bad luck? See 25 seeds"),
        seeds_around(experiment, *dict.fromkeys((experiment.cell, "lstm"))),
        icon=PAGES["grid"].icon,
    )


def _walked(page: str, number: int) -> None:
    if number > 1:
        _link(number - 1, _("Back"), icon=":material/arrow_back:")
    _links(number)
    if number < len(STAGES):
        _link(number + 1, _("Next"), icon=":material/arrow_forward:", icon_position="right")
    way_to(page, _("Leave the path"), {}, without={PARAM}, icon=":material/close:")
    stage = STAGES[number - 1]
    away = _("This is not what stage {number} shows: its link sets it again.")
    text = _(stage.says) if _is_here(page, stage) else away
    is_last = number == len(STAGES)
    st.markdown(text.format(number=number), width="content" if is_last else "stretch")
    if is_last:
        st.markdown(_("This is the last stage. Press a network to look inside it, or go on:"), width="content")
        for key in _ONWARD:
            way_to(key, _(PAGES[key].title), {}, without={PARAM}, icon=PAGES[key].icon)


def _links(walked: int | None = None) -> None:
    for number, stage in enumerate(STAGES, 1):
        with st.container(width="content", key="path_here") if number == walked else nullcontext():
            _link(number, f"{number} {_(stage.label)}")


def _link(number: int, label: str, **options: str) -> None:
    stage = STAGES[number - 1]
    way_to(stage.page, label, {**stage.params, PARAM: str(number)}, without=_SET, **options)


def _is_here(page: str, stage: Stage) -> bool:
    """Whether the page shows what the sentence of `stage` is about."""
    shown = {**st.query_params.to_dict(), **current_experiment().params()}
    wanted = {**DEFAULTS, **stage.look}
    changed = {"do", "with"} & shown.keys() - wanted.keys()
    return page == stage.page and not changed and all(shown.get(name) == value for name, value in wanted.items())
