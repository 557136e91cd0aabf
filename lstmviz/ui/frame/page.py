"""What stands around every page: title, way to the other pages, language switch, and the text beside the figure.

A page begins with `header = page("cell")`, before anything that takes long to import. The functions draw where they
are called; what belongs into the header goes `with header:`.
"""

import html
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import cache
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.components.v2 import component
from streamlit.delta_generator import DeltaGenerator

from lstmviz.figures.theme import loss_text
from lstmviz.ui.frame.arrival import arrive, comes_later
from lstmviz.ui.frame.controls.experiment import Experiment, change_experiment, current_experiment
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.controls.lessons import task_name
from lstmviz.ui.frame.language import LANGUAGES, _, language
from lstmviz.ui.frame.navigation import PAGES, navigation
from lstmviz.ui.frame.notice import say
from lstmviz.ui.frame.path import follow_path, path_bar
from lstmviz.ui.frame.projector import projector_button, projects
from lstmviz.ui.frame.prose import Section, Value, prose
from lstmviz.ui.frame.requests.answers import keep_answers
from lstmviz.ui.frame.requests.choices import keep_choices
from lstmviz.ui.frame.requests.clicks import keep_back, keep_clicks, keep_links
from lstmviz.ui.frame.requests.promptness import collect_rarely, send_at_once
from lstmviz.ui.frame.requests.url import UrlPart, by_hand, count_run, keep

if TYPE_CHECKING:  # it waits for torch, and the header is drawn before that
    from lstmviz.tracing import Trace

_HERE = Path(__file__).parent
_ear = component(
    "lstmviz_theme",
    html='<div class="ear"></div>',
    css=".ear { width: 1px; height: 1px; background: var(--st-background-color); transition: background-color 1ms; }",
    js=(_HERE / "theme.js").read_text(encoding="utf-8"),
)


TORCH_NAMES = {"rnn": "torch.nn.RNN", "rnn_relu": "torch.nn.RNN", "lstm": "torch.nn.LSTM", "gru": "torch.nn.GRU"}


def page(name: str) -> DeltaGenerator:
    """Begin the page `name` of `PAGES`: tab title, navigation, language switch, title. Returns the header's row."""
    count_run()
    turned = st.session_state.get("_page", name) != name
    st.session_state["_page"] = name
    follow_path(turned=turned)
    _language_url().read()
    title = _(PAGES[name].title)
    st.set_page_config(
        page_title=f"{title} · lstmviz", page_icon=str(_HERE / "icon.svg"), layout="wide", initial_sidebar_state=320
    )
    st.html(_style(language(), projector=projects()))
    send_at_once()
    collect_rarely()
    _come_back()
    keep_clicks()
    keep_back()
    keep_links()
    keep_choices()
    keep_answers()
    say()
    arrive(charts=PAGES[name].charts, turned=turned)
    if PAGES[name].coloured:
        with st.container(key="beside_theme"):
            _ear(key="_theme", on_theme_change=lambda: None)
    with st.sidebar:
        with st.container(horizontal=True, vertical_alignment="center", key="brand"):
            st.markdown("**lstmviz**", width="stretch")
            _language_switch()
        navigation(turned=turned)
    projector_button()
    header = st.container(horizontal=True, vertical_alignment="center", key="header", gap="small")
    header.markdown(f"# {title}", width="content", anchors=False)
    path_bar(name)
    return header


def chips(experiment: Experiment, loss: float | None = None, epoch: int | None = None) -> None:
    """A row that says which experiment is on display: task, cell, nodes, seed, rate, epochs and, once known, loss.

    epoch: the one on display, said where the training has not come to its end.
    """
    chip_row(chip_texts(experiment, loss, epoch))


def chip_row(parts: Iterable[tuple[str, str]]) -> None:
    """A row of names and values."""
    _chips([f"<span>{html.escape(f'{name} ')}<b>{html.escape(value)}</b></span>" for name, value in parts])


def chip_texts(experiment: Experiment, loss: float | None = None, epoch: int | None = None) -> list[tuple[str, str]]:
    """What the chips say: names, in the session's language, and values."""
    epochs = f"{experiment.epochs:,}"
    if epoch not in (None, experiment.epochs):
        epochs = f"{epoch:,} / {epochs}"
    parts = [
        (_("task"), task_name(experiment.task)),
        ("", CELL_NAMES[experiment.cell]),
        (_("nodes"), f"{experiment.hidden_size}"),
        (_("seed"), f"{experiment.seed}"),
        (_("rate"), f"{experiment.lr:g}"),
        (_("epochs"), epochs),
    ]
    if loss is not None:
        parts.append((_("loss"), loss_text(loss)))
    return parts


def torch_badge(tr: "Trace") -> None:
    """How far the numbers of a trace are from torch's own, as a badge, red if that is more than rounding.

    None where that was not measured, as while a training is under way.
    """
    if isnan(tr.difference_from_torch):
        return
    badge(*badge_text(tr))


def badge(kind: str, text: str) -> None:
    """A badge: "agrees" is green, "chaotic" amber, "differs" red, and "open" grey."""
    _chips([f'<span class="{kind}">{html.escape(text)}</span>'])


def badge_text(tr: "Trace") -> tuple[str, str]:
    """What the badge says, "agrees", "chaotic" or "differs", and in words.

    Rounding grows with the largest number inside: a cell that counts to 100 is as exact to 1e-4 as a gate is to 1e-6.
    And it grows from step to step in a chaotic network: there every single step is what can be compared.
    """
    rounding = 1e-5 * max(1.0, tr.largest)
    steps, whole = tr.step_difference_from_torch, tr.difference_from_torch
    kind, text = "differs", _("✗ differs from {module} by {difference}")
    if whole <= rounding:
        kind, text = "agrees", _("✓ equals {module} to {difference}")
    elif steps is not None and steps <= rounding:
        kind = "chaotic"
        text = _(
            "✓ each step equals {module} to {steps}; rounding grows in this network, over the text to {difference}"
        )
    text = text.format(module=TORCH_NAMES[tr.layers[0].cell], difference=f"{whole:.0e}", steps=f"{steps or 0:.0e}")
    if kind == "agrees" and whole > 1e-5:
        text += " " + _("(numbers up to {largest})").format(largest=f"{tr.largest:,.0f}")
    return kind, text


@cache
def _style(code: str, *, projector: bool) -> str:
    """What the frame looks like; in a language but English with what Streamlit says of itself."""
    sheets = (_HERE / "frame.css", _HERE / f"frame.{code}.css", *([_HERE / "projector.css"] if projector else []))
    return "<style>" + "".join(sheet.read_text(encoding="utf-8") for sheet in sheets if sheet.exists()) + "</style>"


def columns() -> Sequence[DeltaGenerator]:
    """The two columns of a page: the figure's, and at its right the text's."""
    return st.columns([2.7, 1], gap="medium")


def what_why_try(name: str, /, variant: str = "", *, below: bool = False, **values: Value) -> None:
    """The text beside the figure: the sections see, why and try of `content/LANGUAGE/NAME.md`, `values` filled in.

    variant: where the file has sections `see_VARIANT` and so on, those stand in for the plain ones; where it has
        none, `both_layers` is a kind of `both`.
    below: the sections side by side, for a figure that takes all the width.
    """
    if comes_later("text"):
        return
    text = prose(name, **values)
    keys = ("see", "why", "try")
    with st.container(key="what_why_try", gap="small"):
        places = st.columns(len(keys), gap="medium") if below else ()
        for number, key in enumerate(keys):
            with places[number] if below else nullcontext():
                _section(_fitting(text, key, variant), key=f"_{name}_{key}")


def _fitting(text: Mapping[str, Section], key: str, variant: str) -> Section:
    """The section `key` of the variant, or of what that is a kind of."""
    words = variant.split("_") if variant else []
    names = ("_".join([key, *words[:count]]) for count in range(len(words), -1, -1))
    return next(text[name] for name in names if name in text)


@st.fragment(run_every="12h")
def _come_back() -> None:
    """Draw nothing: a page with a clock on it asks for a whole run when its browser has found its server again.

    That may be another one or a new one, which knows none of the page's fragments: what is done in those would be lost.
    """


def _chips(spans: Iterable[str]) -> None:
    st.html(f'<div class="chips">{"".join(spans)}</div>', width="content")


def _section(section: Section, key: str) -> None:
    st.markdown(f"## {section.title}", anchors=False)
    if section.body:
        st.markdown(section.body)
    if section.actions:
        with st.container(horizontal=True, gap="xsmall"):
            params = current_experiment().params()
            for number, (label, changes) in enumerate(section.actions):
                if changes.items() <= params.items():  # on display already
                    continue
                st.button(label, key=f"{key}_{number}", on_click=change_experiment, kwargs=dict(changes))


def _language_switch() -> None:
    keep("_language", language())
    st.segmented_control(
        _("Language"),
        list(LANGUAGES),
        default=language(),
        format_func=LANGUAGES.__getitem__,
        required=True,
        key="_language",
        on_change=by_hand("_language", _choose_language),
        label_visibility="collapsed",
    )


def _choose_language() -> None:
    chosen = st.session_state.get("_language", language())  # Streamlit may call this for a page just left
    if chosen != language():
        _language_url().write({"lang": chosen})


def _language_url() -> UrlPart:
    """What the URL says of the language; the switch is not undone by a request that was sent before it."""
    part: UrlPart = st.session_state.setdefault("_language_url", UrlPart({"lang": ""}))
    return part
