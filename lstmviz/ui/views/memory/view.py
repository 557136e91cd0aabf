"""The parts of the memory page: its settings, the maps that fill in, and the networks of the square that was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial

import streamlit as st

from lstmviz.evidence import Rate, rates
from lstmviz.figures.sweeps import Square, map_scale, memory_map
from lstmviz.figures.theme import Palette
from lstmviz.models import parameter_count
from lstmviz.sweeps import Bundle, SweepConfig
from lstmviz.tasks import alphabet_task, memory_pattern
from lstmviz.ui import frame
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.background.watched import Progress, View
from lstmviz.ui.frame.arrival import chart
from lstmviz.ui.frame.fields import CELL_NAMES, RefusedError, read, read_whole_number
from lstmviz.ui.frame.language import N_, _, ngettext
from lstmviz.ui.frame.prose import Value
from lstmviz.ui.frame.settings import Setting, Settings
from lstmviz.ui.frame.url import keep
from lstmviz.ui.parts.seed_grid.grid import Group, show
from lstmviz.ui.views.grid.evidence import success_sentence
from lstmviz.ui.waiting import sweep

CELLS = ("rnn", "gru", "lstm")
MEMORIES = range(2, 13)
SIZES = range(1, 9)
_SEEDS = (4, 64)
_RATES = ("0.003", "0.01", "0.03", "0.1", "0.3")
_QUICK = {
    "cells": ",".join(CELLS),
    "memory": "6",
    "hidden": "6",
    "seeds": "16",
    "epochs": "1000",
    "lr": "0.1",
}
_WHOLE = {**_QUICK, "memory": f"{MEMORIES[-1]}", "hidden": f"{SIZES[-1]}"}
_PRESETS: Mapping[str, Mapping[str, str]] = {
    N_("up to 6 letters, 6 nodes"): _QUICK,
    N_("the whole map: 12 letters, 8 nodes"): _WHOLE,
    N_("the whole map, 3000 epochs"): {**_WHOLE, "epochs": "3000"},
    N_("64 seeds a square"): {"seeds": "64"},
    N_("learning rate 0.01"): {"lr": "0.01"},
}
_NOTES_SQUARE = "lstm-3-3"  # abcabC with 3 nodes, as in the notes
# Pixels: so wide that all stand beside the text on a projector of 1280, one on a phone.
_PANELS = {1: 340, 2: 340, 3: 200}
_COLUMNS = 8  # pictures of networks in a row
_KEY = "map"


@dataclass(frozen=True)
class Chosen:
    """A square of the map of one cell."""

    cell: str
    memory: int
    hidden: int

    def __str__(self) -> str:
        return f"{self.cell}-{self.memory}-{self.hidden}"


def settings() -> Settings:
    """What the URL says of the map: `?map_cells=rnn,lstm&map_memory=6&map_hidden=6` and so on."""
    return Settings(
        _KEY,
        {
            "cells": Setting(_QUICK["cells"], _read_cells),
            "memory": Setting(_QUICK["memory"], _read_memory),
            "hidden": Setting(_QUICK["hidden"], _read_hidden),
            "seeds": Setting(_QUICK["seeds"], _read_seeds),
            "epochs": Setting(_QUICK["epochs"], partial(read, "epochs")),
            "lr": Setting(_QUICK["lr"], partial(read, "lr")),
            "square": Setting(_NOTES_SQUARE, _read_square),
        },
    )


def sweep_config(chosen: Settings) -> SweepConfig:
    """The networks of the map."""
    values = chosen.values
    return SweepConfig(
        task=tuple(memory_pattern(memory) for memory in range(MEMORIES[0], values["memory"] + 1)),
        cells=values["cells"],
        hidden_size=range(SIZES[0], values["hidden"] + 1),
        lr=values["lr"],
        seeds=range(values["seeds"]),
        epochs=values["epochs"],
        snapshots=2,
    )


def controls(chosen: Settings) -> None:
    """The presets, and the form with all settings behind a button."""
    chosen.controls(_PRESETS, _fields, _("Train the map"))


def chips(chosen: Settings, networks: int) -> None:
    """What is on display, in a few words."""
    parts = (
        (_("networks"), f"{networks:,}"),
        (_("seeds"), f"0–{chosen.values['seeds'] - 1}"),
        (_("rate"), f"{chosen.values['lr']:g}"),
        (_("epochs"), f"{chosen.values['epochs']:,}"),
    )
    frame.chip_row(parts)


def live(job: View, seen: Progress, chosen: Settings, palette: Palette) -> None:
    """The progress, the maps, and the networks of a square, redrawn by themselves while squares come in."""

    def draw(progress: Progress) -> None:
        found = square_rates(progress)
        _maps(found, chosen, palette)
        _networks(progress, found, chosen)

    sweep.live(job, seen, draw)


def _networks(progress: Progress, found: dict[Chosen, Rate], chosen: Settings) -> None:
    """The networks of the chosen square as pictures, and the field that chooses one without a mouse."""
    if not found:
        return
    square: Chosen | None = chosen.values["square"]
    options = {str(one): _name(one, rate) for one, rate in found.items()}
    text = str(square) if str(square) in options else None
    st.markdown("##### " + _("The networks of a square"), anchors=False)
    keep("_map_field", text or "")
    st.selectbox(
        _("Square"),
        list(options),
        list(options).index(text) if text else None,
        format_func=lambda one: options.get(one, one),
        placeholder=_("Choose a square, here or by a click on the map"),
        label_visibility="collapsed",
        key="_map_field",
        on_change=_field_chosen,
        args=(chosen,),
    )
    if square is None or square not in found:
        return
    results = [one for one in progress.results if _square(one.bundle) == square]
    first = results[0].bundle
    count = parameter_count(square.cell, len(first.text.alphabet), square.hidden)
    seeds = tuple(sorted(seed for one in results for seed in one.bundle.seeds))
    group = Group(square.cell, square.hidden, count, seeds, first.task, first.lr, first.epochs)
    st.markdown(success_sentence({square.cell: found[square]}))
    show("map_networks", [group], results, columns=_COLUMNS, busy=False)


def square_rates(progress: Progress) -> dict[Chosen, Rate]:
    """The success rate of each square, as far as its networks are finished."""
    bundles = tuple(result.bundle for result in progress.results)
    return remembered(lambda: rates(progress.results, _square), "rates by square", bundles)


def values(progress: Progress) -> dict[str, Value]:
    """What the text beside the maps says of these very networks."""
    found = square_rates(progress)
    sentences = list[str]()
    for cell in dict.fromkeys(square.cell for square in found):
        own = {square: rate for square, rate in found.items() if square.cell == cell}
        often = [square for square, rate in own.items() if rate.rate >= 0.5]
        if not often:
            sentences.append(_("{cell}: none.").format(cell=CELL_NAMES[cell]))
            continue
        far = max(often, key=lambda square: (square.memory, -square.hidden))
        text = ngettext("{cell}: {memory} ({count} node).", "{cell}: {memory} ({count} nodes).", far.hidden)
        sentences.append(text.format(cell=CELL_NAMES[cell], memory=far.memory, count=far.hidden))
    return {
        "verdicts": " ".join(sentences),
        "done": f"{progress.networks_done:,}",
        "networks": f"{progress.networks:,}",
    }


def _read_cells(text: str) -> tuple[str, ...]:
    cells = tuple(cell for cell in CELLS if cell in {part.strip() for part in text.split(",")})
    if not cells or not {part.strip() for part in text.split(",")} <= set(CELLS):
        sentence = _("Choose at least one cell of {cells}; got {got}, so {kept} stays in use.")
        raise RefusedError(sentence, cells=", ".join(CELLS))
    return cells


def _read_memory(text: str) -> int:
    sentence = _("The longest memory must be 2 to {high} letters; got {got}, so {kept} stays in use.")
    return read_whole_number(text, MEMORIES[0], MEMORIES[-1], sentence)


def _read_hidden(text: str) -> int:
    sentence = _("Most hidden nodes must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, SIZES[0], SIZES[-1], sentence)


def _read_seeds(text: str) -> int:
    sentence = _("Seeds per square must be a whole number from 4 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, *_SEEDS, sentence)


def _read_square(text: str) -> Chosen | None:
    """The square that a URL names; one that is no square is none."""
    cell, *numbers = text.split("-")
    if cell not in CELLS or len(numbers) != 2 or not all(one.isdecimal() and len(one) < 3 for one in numbers):
        return None
    return Chosen(cell, *map(int, numbers))


def _fields(chosen: Settings) -> None:
    chosen.several(st, _("Cells"), "cells", {cell: CELL_NAMES[cell] for cell in CELLS})
    left, right = st.columns(2, gap="small")
    patterns = {str(k): f"{k}: {memory_pattern(k)}" for k in MEMORIES}
    chosen.choice(left, _("Longest memory"), "memory", patterns, filter_mode=None)
    chosen.choice(right, _("Most hidden nodes"), "hidden", {str(k): str(k) for k in SIZES}, filter_mode=None)
    left, right = st.columns(2, gap="small")
    chosen.text(left, _("Seeds per square"), "seeds")
    chosen.text(right, _("Epochs"), "epochs")
    usual = {rate: rate for rate in _RATES}
    chosen.choice(st, _("Learning rate"), "lr", usual, accept_new_options=True, filter_mode="prefix")


def _maps(found: dict[Chosen, Rate], chosen: Settings, palette: Palette) -> None:
    marked: Chosen | None = chosen.values["square"]
    titles = _("memory, in letters"), _("hidden nodes"), _("solved")
    memories = range(MEMORIES[0], chosen.values["memory"] + 1)
    sizes = range(SIZES[0], chosen.values["hidden"] + 1)
    with st.container(horizontal=True, gap="small", key="maps"):
        for cell in chosen.values["cells"]:
            own: dict[Square, Rate] = {
                (one.memory, one.hidden): rate for one, rate in found.items() if one.cell == cell
            }
            here = (marked.memory, marked.hidden) if marked and marked.cell == cell else None
            width = _PANELS[len(chosen.values["cells"])]
            figure = remembered(
                partial(memory_map, own, memories, sizes, palette, titles, name=cell, width=width, chosen=here),
                "memory map",
                *(tuple(own.items()), memories, sizes, palette, titles, cell, width, here),
            )
            # The square in the key: a browser tells of a click on what it takes for selected already to nobody.
            key = f"map_{cell}_{here}"
            with st.container(width="content", gap="xsmall"):
                st.markdown(f"**{CELL_NAMES[cell]}**")
                chart(
                    figure,
                    width="content",
                    key=key,
                    on_select=partial(_clicked, key, chosen),
                    selection_mode="points",
                )
    _legend(palette)


def _legend(palette: Palette) -> None:
    colours = ", ".join(colour for _place, colour in map_scale(palette).colours)
    text = _("of the networks of a square solve their task, in percent; empty squares are not trained yet")
    st.html(
        '<div style="display:flex;flex-wrap:wrap;align-items:center;gap:.5rem;font-size:.8rem">'
        f'<span>0</span><span style="width:8rem;height:.7rem;border:1px solid {palette.rule};'
        f'background:linear-gradient(90deg,{colours})"></span><span>100</span>'
        f'<span style="opacity:.85">{text}</span></div>'
    )


def _clicked(key: str, chosen: Settings) -> None:
    """Choose the square that was clicked on the map drawn under `key`."""
    points = st.session_state[key].selection.points
    if points:
        cell, memory, hidden, *_said = points[0]["customdata"]
        chosen.write(square=str(Chosen(cell, int(memory), int(hidden))))
        sweep.redraw_page()  # the networks of the square stand below the maps


def _field_chosen(chosen: Settings) -> None:
    if text := st.session_state.get("_map_field"):
        chosen.write(square=text)
        sweep.redraw_page()


def _name(square: Chosen, rate: Rate) -> str:
    text = ngettext(
        "{cell} · memory {memory} ({pattern}) · {count} node · {solved} of {trials} solved",
        "{cell} · memory {memory} ({pattern}) · {count} nodes · {solved} of {trials} solved",
        square.hidden,
    )
    return text.format(
        cell=CELL_NAMES[square.cell],
        memory=square.memory,
        pattern=memory_pattern(square.memory),
        count=square.hidden,
        solved=rate.solved,
        trials=rate.trials,
    )


def _square(bundle: Bundle) -> Chosen:
    return Chosen(bundle.cell, _memory(bundle.task), bundle.hidden_size)


@cache
def _memory(task: str) -> int:
    return alphabet_task(task, 2).memory
