"""The parts of the page: which text and networks, the section that is chosen, and the network that it shows."""

from pathlib import Path

import streamlit as st

from lstmviz.figures.theme import Palette
from lstmviz.tasks.text import MAX_CHARACTERS
from lstmviz.texts import LearnedText
from lstmviz.texts.study import LIKE_ALPHABET
from lstmviz.ui import frame
from lstmviz.ui.background.texts import Study
from lstmviz.ui.background.watched import Progress, View
from lstmviz.ui.frame.controls.fields import CELL_NAMES, RefusedError
from lstmviz.ui.frame.controls.settings import Settings
from lstmviz.ui.frame.language import N_, _
from lstmviz.ui.frame.requests.url import by_hand, keep
from lstmviz.ui.views.text import inside, learning, writing
from lstmviz.ui.views.text.own import is_kept_here, link_of, read_text
from lstmviz.ui.views.text.settings import NAMES, OWN, controls, settings, source_of, study_of, text_in
from lstmviz.ui.waiting import sweep

__all__ = ["SECTIONS", "chips", "controls_of", "live", "settings", "study_of", "style"]

SECTIONS = {
    "learn": N_("Learning it by heart"),
    "write": N_("Writing"),
    "inside": N_("Looking inside"),
    "detective": N_("Cell detective"),
}
_SHOWN = {"write": writing.show, "inside": inside.show}  # what shows one network alone
_CSS = Path(__file__).with_name("text.css")
_OWN_FIELD, _OWN_REFUSED, _SEED_FIELD = "_text_own_field", "_text_own_refused", "_text_seed_field"


def chips(chosen: Settings, study: Study) -> None:
    """What is on display, in a few words."""
    one = study[0]
    task = one.task()
    letters = len(task.alphabet)
    nodes = one.hidden_size or min(letters, LIKE_ALPHABET)
    frame.chip_row(
        (
            ("", _(NAMES[source_of(chosen)])),
            (_("letters"), f"{len(task.x) + 1:,}"),
            (_("alphabet"), f"{letters:,}"),
            ("", CELL_NAMES[one.cell]),
            (_("layers"), f"{one.num_layers} × {nodes}"),
            (_("window"), f"{one.window:,}"),
        )
    )


def style() -> None:
    """What the tables of the page look like."""
    st.html(f"<style>{_CSS.read_text(encoding='utf-8')}</style>")


def controls_of(chosen: Settings, study: Study) -> None:
    """The presets and settings, and the field for a text of one's own."""
    controls(chosen)
    with st.expander(_("A text of your own"), icon=":material/edit_note:", key="text_own_box"):
        refused = _refused(chosen)
        if not refused:
            keep(_OWN_FIELD, text_in(chosen))
        with st.form("text_own_form", border=False):
            st.text_area(
                _("Text, 2 to {high} letters, in any script").format(high=f"{MAX_CHARACTERS:,}"),
                text_in(chosen),
                key=_OWN_FIELD,
                height=120,
            )
            st.form_submit_button(_("Learn this text"), type="primary", on_click=_typed, args=(chosen,))
        if refused:
            st.markdown(f":red[:small[:material/error: {refused}]]")
        if source_of(chosen) == OWN and is_kept_here(chosen.values["own"]):
            st.caption(
                _("This text is too long for a link: a link to this page works for as long as this server runs.")
            )
    wanted = chosen.values["window"]
    if wanted > study[0].window:
        text = _("The text has {count} letters, so a window has {window} instead of {wanted}.")
        st.caption(text.format(count=len(study[0].task().x) + 1, window=study[0].window, wanted=wanted))


def live(job: View, seen: Progress, chosen: Settings, palette: Palette, section: str) -> None:
    """The progress and the section, redrawn by themselves while networks are finished."""

    def draw(progress: Progress) -> None:
        networks: list[LearnedText] = list(progress.results)
        if not networks:
            return
        wanted = chosen.values["seed"]
        shown = next((one for one in networks if one.config.seed == wanted), networks[0])
        _which(chosen, networks, shown)
        if section == "learn":
            learning.show(shown, networks, progress.networks, palette)
        else:
            _SHOWN[section](shown, networks, palette)

    sweep.live(job, seen, draw)


def _which(chosen: Settings, networks: list[LearnedText], shown: LearnedText) -> None:
    """The choice of the network that is looked at."""
    seeds = [one.config.seed for one in networks]
    about = {one.config.seed: _about(one) for one in networks}
    keep(_SEED_FIELD, shown.config.seed)
    st.selectbox(
        _("Network"),
        seeds,
        seeds.index(shown.config.seed),
        format_func=about.__getitem__,
        key=_SEED_FIELD,
        on_change=by_hand(_SEED_FIELD, _choose),
        args=(chosen,),
        filter_mode=None,
        width=360,
    )


def _about(one: LearnedText) -> str:
    if one.diverged:
        return _("seed {seed}: diverged").format(seed=one.config.seed)
    if one.by_heart:
        return _("seed {seed}: by heart").format(seed=one.config.seed)
    wrong = int((one.mistakes(one.config.epochs) & ~one.open).sum())
    return _("seed {seed}: {count} to learn").format(seed=one.config.seed, count=wrong)


def _choose(chosen: Settings) -> None:
    chosen.write(seed=str(st.session_state.get(_SEED_FIELD, 0)))
    sweep.redraw_page()


def _refused(chosen: Settings) -> str:
    """Why the text that stands in the field is not the one that is learned, if it is not."""
    sentence, instead = st.session_state.get(_OWN_REFUSED, ("", ""))
    if instead != text_in(chosen):  # another one was chosen since
        st.session_state.pop(_OWN_REFUSED, None)
        return ""
    return str(sentence)


def _typed(chosen: Settings) -> None:
    st.session_state.pop(_OWN_REFUSED, None)
    try:
        text = read_text(st.session_state.get(_OWN_FIELD) or "")
    except RefusedError as refused:
        st.session_state[_OWN_REFUSED] = (refused.sentence, text_in(chosen))
    else:
        chosen.write(of=OWN, own=link_of(text))
