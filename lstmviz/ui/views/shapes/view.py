"""The parts of the shapes page: its settings, the layer they make, and what is drawn and said of it."""

import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st
import torchinfo
from streamlit.components.v2 import component

from lstmviz.base.limits import MAX_SEED
from lstmviz.figures.theme import Palette
from lstmviz.shapes import (
    GATES,
    LIMITS,
    MAX_PARAMETERS,
    MAX_PRODUCTS,
    MODULES,
    Pass,
    ShapesConfig,
    build_layer,
    code,
    draw_input,
    follow,
    tensors,
)
from lstmviz.ui import frame
from lstmviz.ui.background.threads import one_thread
from lstmviz.ui.frame.arrival import comes_later
from lstmviz.ui.frame.controls.fields import read_one_of, read_whole_number, write
from lstmviz.ui.frame.controls.settings import Setting, Settings
from lstmviz.ui.frame.language import N_, _
from lstmviz.ui.frame.prose import Value, prose
from lstmviz.ui.frame.requests.url import by_hand, is_echo, keep
from lstmviz.ui.parts.part import script_of
from lstmviz.ui.views.shapes import tables
from lstmviz.ui.views.shapes.drawing import drawing, letters, numbers

one_thread()

_KEY = "shape"
_HERE = Path(__file__).parent
_CSS = _HERE / "shapes.css"
_drawing = component(
    "lstmviz_shapes",
    html='<div class="shapes"></div>',
    css=(_HERE / "drawing.css").read_text(encoding="utf-8"),
    js=script_of(_HERE / "drawing.js"),
)
_LETTERS = {"n": "batch", "l": "steps", "q": "input_size", "d": "hidden_size", "k": "num_layers"}
"""Name of a setting -> field of `ShapesConfig`; in capitals it is the lecture's letter."""
_FIELD = 118  # pixels: narrower ones have no buttons for one more and one less
_SWITCHES = ("batch_first", "bidirectional")
_SMALL = {
    **{"n": "3", "l": "5", "q": "4", "d": "3", "k": "2"},
    **{"cell": "lstm", "batch_first": "True", "bidirectional": "False", "item": "0"},
}
_PRESETS: Mapping[str, Mapping[str, str]] = {
    N_("small"): _SMALL,
    N_("the notes' digits: 28 rows of 28 pixels"): {
        **_SMALL,
        **{"n": "100", "l": "28", "q": "28", "d": "128", "k": "2"},
    },
    N_("read from both ends"): {"bidirectional": "True"},
    N_("steps first"): {"batch_first": "False"},
    N_("the shapes of abcabC: one text, 3 nodes"): {**_SMALL, "n": "1", "l": "12", "q": "4", "d": "3", "k": "1"},
}


def settings() -> Settings:
    """What the URL says of the layer: `?shape_n=3&shape_l=5&shape_cell=lstm&shape_bidirectional=True` and so on."""
    return Settings(
        _KEY,
        {
            **{name: Setting(_SMALL[name], partial(_read_size, name)) for name in _LETTERS},
            "cell": Setting("lstm", lambda text: read_one_of(text, tuple(GATES), _("Cell"))),
            **{name: Setting(_SMALL[name], partial(_read_switch, name)) for name in _SWITCHES},
            "seed": Setting("1", _read_seed),
            "item": Setting("0", _read_item),
        },
    )


def layer(chosen: Settings) -> tuple[ShapesConfig, int]:
    """The layer and the item of the batch on display; what will not do is noted among `chosen.problems`.

    A layer that would keep one waiting is not run: the one before stays.
    """
    values = chosen.values
    config = ShapesConfig(
        cell=values["cell"],
        seed=values["seed"],
        **{field: values[name] for name, field in _LETTERS.items()},
        **{name: values[name] == "True" for name in _SWITCHES},
    )
    if config.quick:
        st.session_state["_shape_quick"] = config
    else:
        shown = st.session_state.get("_shape_quick", ShapesConfig())
        if config.parameters > MAX_PARAMETERS:
            text = _("That would be {count} parameters, at most {most} are shown: make D, Q or K smaller.")
            text = text.format(count=f"{config.parameters:,}", most=f"{MAX_PARAMETERS:,}")
        else:
            text = _("That would be {count} multiplications, at most {most} are done at once: make N, L or D smaller.")
            text = text.format(count=f"{config.products:,}", most=f"{MAX_PRODUCTS:,}")
        in_torch = f"torch.nn.{MODULES[shown.cell]}({shown.input_size}, {shown.hidden_size}, {shown.num_layers})"
        chosen.problems["size"] = f"{text} " + _("Shown instead: {layer}.").format(layer=f"`{in_torch}`")
        config = shown
    item = values["item"]
    if item >= config.batch:
        text = _("The batch has the items 0 to {last}; got {got}, so item {last} is shown.")
        chosen.problems.setdefault("item", text.format(last=config.batch - 1, got=item))
        item = config.batch - 1
    return config, item


def controls(chosen: Settings) -> None:
    """Presets and fields, each in effect at once, and a sentence for each value that will not do."""
    st.html(_CSS)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="shape_presets"):
        for at, (label, texts) in enumerate(_PRESETS.items()):
            shown = texts.items() <= chosen.texts.items()
            st.button(_(label), key=f"shape_preset_{at}", on_click=chosen.write, kwargs=dict(texts), disabled=shown)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="shape_fields"):
        helps = _helps()
        for name in _LETTERS:
            _number_field(chosen, name.upper(), name, helps[name])
        _cell_field(chosen)
        for name in _SWITCHES:
            on = chosen.values[name] == "True"
            keep(_field(name), on)
            st.toggle(
                name,
                on,
                key=_field(name),
                on_change=by_hand(_field(name), _changed),
                args=(chosen, name),
                width="content",
            )
    for sentence in chosen.problems.values():
        st.markdown(f":red[:small[:material/error: {sentence}]]")


def chips(config: ShapesConfig) -> None:
    """What goes in and what comes out, in a few words."""
    by_name = {one.name: one for one in tensors(config)}
    way = " → ".join(f"{letters(by_name[name])}" for name in ("x", "out"))
    sizes = " → ".join(f"{numbers(by_name[name])}" for name in ("x", "out"))
    frame.chip_row(((f"torch.nn.{MODULES[config.cell]}", ""), (way, ""), ("", sizes), (_("seed"), str(config.seed))))


def badge(found: Pass) -> None:
    """How far the numbers shown are from torch's."""
    text = _("✓ equals {module} to {difference}") if found.agrees else _("✗ differs from {module} by {difference}")
    module = f"torch.nn.{MODULES[found.config.cell]}"
    said = html.escape(text.format(module=module, difference=f"{found.difference_from_torch:.0e}"))
    kind = "agrees" if found.agrees else "differs"
    st.html(f'<div class="chips"><span class="{kind}">{said}</span></div>', width="content")


def picture(found: Pass, palette: Palette) -> None:
    """The drawing, and what its slice is."""
    svg = drawing(found, palette)
    _drawing(key="shapes_drawing", data={"key": hashlib.sha256(svg.encode()).hexdigest(), "drawing": svg})
    st.html(tables.comparison_lines(found.comparisons))


def item_numbers(found: Pass, chosen: Settings, palette: Palette) -> None:
    """The numbers of one item of the batch."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="shape_item_row"):
        st.markdown("## " + _("The numbers of one item of the batch"), anchors=False, width="content")
        _number_field(chosen, _("Item"), "item", None)
        _number_field(chosen, _("Seed"), "seed", None)
    st.html(tables.item_values(found, palette))
    with st.expander(_("The same in torch"), icon=":material/code:"):
        _listing(code(found.config), "python")


def stacked_weights(found: Pass, palette: Palette) -> None:
    """The weights as torch keeps them: the gates' blocks one below the other."""
    text = prose("shapes", **values(found))[f"weights_{found.config.cell}"]
    st.markdown(f"## {text.title}", anchors=False)
    st.markdown(text.body)
    st.html(tables.weight_cards(found, palette))


def parameter_sum(config: ShapesConfig) -> None:
    """The number of parameters as a sum, and torchinfo's own account of the layer."""
    account = torchinfo_account(config)
    st.markdown("## " + _("The parameters add up"), anchors=False)
    st.caption(tables.weight_formula(config))
    st.html(tables.parameter_table(config, account.parameters))
    with st.expander("torchinfo.summary", expanded=True):
        _listing(account.text, None)


def _listing(text: str, language: str | None) -> None:
    """Show a text as code. Streamlit's script for that is large, so a new tab's first run leaves it out."""
    if not comes_later("text"):
        st.code(text, language=language, wrap_lines=True)


@dataclass(frozen=True)
class Account:
    """What torchinfo says of a layer."""

    parameters: int
    text: str


@st.cache_resource(max_entries=32, show_spinner=False)
def torchinfo_account(config: ShapesConfig) -> Account:
    """Let torchinfo run the layer."""
    columns = ("input_size", "output_size", "num_params", "mult_adds")
    found = torchinfo.summary(
        build_layer(config), input_data=draw_input(config), col_names=columns, col_width=18, verbose=0
    )
    return Account(found.total_params, str(found))


@st.cache_resource(max_entries=16, show_spinner=False)
def passed(config: ShapesConfig, item: int) -> Pass:
    """The pass of a layer, kept for all sessions: it is frozen."""
    return follow(config, item)


def variant(config: ShapesConfig) -> str:
    """Which text fits a layer: what holds of one that reads from both ends depends on whether another is below it."""
    if not config.bidirectional:
        return ""
    return "both_layers" if config.num_layers > 1 else "both"


def values(found: Pass) -> dict[str, Value]:
    """What the text beside the drawing says of this very layer."""
    config = found.config
    by_name = {one.name: one for one in tensors(config)}
    first = config.batch_first
    return {
        **{name: numbers(by_name[name]).replace(" ", "\u00a0") for name in ("x", "out", "hn")},
        "slice": "out[:, -1, :]" if first else "out[-1]",
        "units": config.hidden_size,
        "gates": len(GATES[config.cell]),
        "rows": len(GATES[config.cell]) * config.hidden_size,
        "blocks_difference": f"{found.difference_of_blocks:.0e}" if found.difference_of_blocks else "0",
    }


def _number_field(chosen: Settings, label: str, name: str, help: str | None) -> None:
    """A field for a whole number. A wrong one stays in it, to be mended there; what is no number cannot be shown."""
    text = chosen.texts[name]
    shown = re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,6})?", text)
    value = float(text) if shown else float(chosen.values[name])
    keep(_field(name), value)
    # Real numbers without bounds, because the browser would mend 2.7 without a word, and speak English of bounds.
    st.number_input(
        label,
        value=value,
        step=1.0,
        format="%.12g",
        key=_field(name),
        on_change=by_hand(_field(name), _changed),
        args=(chosen, name),
        help=help,
        width=_FIELD,
    )


def _cell_field(chosen: Settings) -> None:
    cell = chosen.values["cell"]
    keep(_field("cell"), cell)
    cells = tuple(MODULES)
    st.selectbox(
        _("Cell"),
        cells,
        cells.index(cell),
        format_func=MODULES.__getitem__,
        filter_mode=None,
        key=_field("cell"),
        on_change=by_hand(_field("cell"), _changed),
        args=(chosen, "cell"),
        width=_FIELD,
    )


def _changed(chosen: Settings, name: str) -> None:
    """Put what the fields say into effect, after the one called `name` was used.

    All of them, because where two are used in quick succession the URL may not tell of the first yet; what one tells
    that Back has replaced is none of it. A number that is refused stays as it was typed, wherever it can be shown.
    """
    shown = {one: _field(one) for one in chosen.texts if _field(one) in st.session_state}
    said = {one: st.session_state[key] for one, key in shown.items() if not is_echo(key)}
    texts = {one: write(value) for one, value in said.items() if one == name or one not in chosen.problems}
    item = said.get("item", settings().values["item"])
    if name == "n" and said["n"] in range(1, int(item) + 1):  # a smaller batch lacks the item on display
        texts["item"] = write(said["n"] - 1)
    chosen.write(**texts)


def _field(name: str) -> str:
    return f"_shape_field_{name}"


def _helps() -> dict[str, str]:
    """What each letter is, and how large it may be."""
    meanings = {
        "n": _("N, the batch: how many sequences go in together"),
        "l": _("L, the steps of each sequence"),
        "q": _("Q, `input_size`: numbers read at each step"),
        "d": _("D, `hidden_size`: units of each layer"),
        "k": _("K, `num_layers`: layers on top of each other"),
    }
    return {name: f"{text} (1–{LIMITS[_LETTERS[name]]})" for name, text in meanings.items()}


def _read_size(name: str, text: str) -> int:
    sentence = _("{letter} must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
    fixed = sentence.format(letter=name.upper(), high="{high}", got="{got}", kept="{kept}")
    return read_whole_number(text, 1, LIMITS[_LETTERS[name]], fixed)


def _read_switch(name: str, text: str) -> str:
    return read_one_of(text, ("True", "False"), name)


def _read_seed(text: str) -> int:
    sentence = _("The seed must be a whole number from 0 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 0, MAX_SEED, sentence)


def _read_item(text: str) -> int:
    sentence = _("There is no item {got} in the batch, so {kept} stays in use.")
    return read_whole_number(text, 0, LIMITS["batch"] - 1, sentence)
