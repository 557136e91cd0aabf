"""The parts of the memory page: its settings, the maps that fill in, and the networks of the square that was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial

import streamlit as st

from lstmviz.figures.sweeps import Square, map_scale, memory_map
from lstmviz.figures.theme import Palette
from lstmviz.models import parameter_count
from lstmviz.sweeps import FAIRNESS, Bundle, SweepConfig
from lstmviz.sweeps.evidence import Rate, difference, rates, success
from lstmviz.tasks import alphabet_task, memory_pattern
from lstmviz.ui import frame
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.background.watched import Progress, View
from lstmviz.ui.frame.arrival import chart
from lstmviz.ui.frame.controls.fields import CELL_NAMES, RefusedError, read, read_one_of, read_whole_number
from lstmviz.ui.frame.controls.settings import Setting, Settings
from lstmviz.ui.frame.language import N_, _, ngettext
from lstmviz.ui.frame.prose import Value
from lstmviz.ui.frame.requests.url import by_hand, keep
from lstmviz.ui.parts.seed_grid.grid import Group, marks_say, show
from lstmviz.ui.views.grid.evidence import success_sentence
from lstmviz.ui.views.grid.fairness import FAIR
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
    "match": "hidden_size",
}
_WHOLE = {**_QUICK, "memory": f"{MEMORIES[-1]}", "hidden": f"{SIZES[-1]}"}
_PRESETS: Mapping[str, Mapping[str, str]] = {
    N_("up to 6 letters, 6 nodes"): _QUICK,
    N_("the whole map: 12 letters, 8 nodes"): _WHOLE,
    N_("the whole map, 3000 epochs"): {**_WHOLE, "epochs": "3000"},
    N_("the same number of parameters"): {"match": "parameters"},
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
    """A square of the map of one cell: its row is named by the nodes of the cell with the most gates."""

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
            "match": Setting(_QUICK["match"], lambda text: read_one_of(text, FAIRNESS, _("The cells have in common"))),
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
        match=values["match"],
        snapshots=2,
    )


def controls(chosen: Settings) -> None:
    """The presets, and the form with all settings behind a button."""
    chosen.controls(_PRESETS, _fields, _("Train the map"))


def chips(chosen: Settings, networks: int) -> None:
    """What is on display, in a few words."""
    parts = (
        (_("the same"), _("parameters") if chosen.values["match"] == "parameters" else _("nodes")),
        (_("networks"), f"{networks:,}"),
        (_("seeds"), f"0–{chosen.values['seeds'] - 1}"),
        (_("rate"), f"{chosen.values['lr']:g}"),
        (_("epochs"), f"{chosen.values['epochs']:,}"),
    )
    frame.chip_row(parts)


def live(job: View, seen: Progress, chosen: Settings, palette: Palette) -> None:
    """The progress, the maps, and the networks of a square, redrawn by themselves while squares come in."""

    def draw(progress: Progress) -> None:
        found = square_rates(progress, job.config)
        _maps(found, job.config, chosen, palette)
        if found:
            sweep.tell_so_far(progress.networks_done, progress.networks)
        for sentence in conclusions(found, job.config):
            st.markdown(sentence)
        _networks(progress, found, job.config, chosen)

    sweep.live(job, seen, draw)


def _networks(progress: Progress, found: dict[Chosen, Rate], config: SweepConfig, chosen: Settings) -> None:
    """The networks of the chosen square as pictures, and the field that chooses one without a mouse."""
    if not found:
        return
    square: Chosen | None = chosen.values["square"]
    options = {str(one): _name(one, _nodes(one, config), rate) for one, rate in found.items()}
    text = str(square) if str(square) in options else None
    st.markdown("## " + _("The networks of a square"), anchors=False)
    keep("_map_field", text or "")
    st.selectbox(
        _("Square"),
        list(options),
        list(options).index(text) if text else None,
        format_func=lambda one: options.get(one, one),
        placeholder=_("Choose a square, here or on the map"),
        label_visibility="collapsed",
        key="_map_field",
        on_change=by_hand("_map_field", _field_chosen),
        args=(chosen,),
    )
    if square is None or square not in found:
        return
    nodes = _nodes(square, config)
    results = [one for one in progress.results if _kind(one.bundle) == (square.cell, square.memory, nodes)]
    seeds = tuple(sorted(seed for one in results for seed in one.bundle.seeds))
    group = Group.of(results[0].bundle, seeds)
    st.markdown(success_sentence({square.cell: found[square]}))
    st.caption(marks_say(""))
    show("map_networks", [group], results, columns=_COLUMNS, busy=False)


def square_rates(progress: Progress, config: SweepConfig) -> dict[Chosen, Rate]:
    """The success rate of each square, as far as its networks are finished."""
    bundles = tuple(result.bundle for result in progress.results)
    own = remembered(lambda: rates(progress.results, _kind), "rates by square", bundles)
    tasks, cells, rows, *_rest = config.axes
    squares = [Chosen(cell, _memory(task), row) for task in tasks for row in rows for cell in cells]
    kinds = ((square, (square.cell, square.memory, _nodes(square, config))) for square in squares)
    return {square: own[kind] for square, kind in kinds if kind in own}


def conclusions(found: Mapping[Chosen, Rate], config: SweepConfig) -> list[str]:
    """Which cell is ahead of which, at which memory, over all sizes: as far as chance does not explain it."""
    cells = config.axes.cells
    columns = sorted({square.memory for square in found})
    pairs = [(a, b) for k, a in enumerate(cells) for b in cells[k + 1 :]]
    if not columns or not pairs:
        return []
    tests, said = len(pairs) * len(columns), list[str]()
    for pair in pairs:
        ahead: dict[str, list[int]] = {cell: [] for cell in pair}
        for memory in columns:
            a, b = _pooled(found, pair, memory)
            if a and b and difference(a, b, tests).differ:
                ahead[pair[0] if a.rate > b.rate else pair[1]].append(memory)
        said.append(_pair_says(pair, ahead))
    text = _(
        "Over all sizes of a column; Fisher's exact test, each probability taken times the {tests} comparisons "
        "(Bonferroni)."
    )
    return [" ".join([*said, text.format(tests=tests), _fairness(config)]).strip()]


def _pooled(found: Mapping[Chosen, Rate], cells: tuple[str, str], memory: int) -> list[Rate | None]:
    """The rates of two cells over the rows that both have whole: large networks of one against small ones are unfair.

    While squares come in, one cell may be further up than the other.
    """
    columns = [
        {one.hidden: rate for one, rate in found.items() if (one.cell, one.memory) == (cell, memory)} for cell in cells
    ]
    rows = [row for row in columns[0] if row in columns[1] and columns[0][row].trials == columns[1][row].trials]
    if not rows:
        return [None, None]
    return [
        success(sum(column[row].solved for row in rows), sum(column[row].trials for row in rows)) for column in columns
    ]


def _pair_says(pair: tuple[str, str], ahead: Mapping[str, list[int]]) -> str:
    parts = [
        _("**{better}** is ahead of {other} at memory {memories}.").format(
            better=CELL_NAMES[cell], other=CELL_NAMES[other], memories=", ".join(map(str, ahead[cell]))
        )
        for cell, other in (pair, pair[::-1])
        if ahead[cell]
    ]
    if not parts:
        text = _("Between **{a}** and **{b}** no difference is shown at any memory.")
        return text.format(a=CELL_NAMES[pair[0]], b=CELL_NAMES[pair[1]])
    return " ".join(parts)


def _fairness(config: SweepConfig) -> str:
    """What the cells have in common, and how unequal the rest is."""
    tasks, cells, rows, *_rest = config.axes
    letters = len(alphabet_task(tasks[-1], 2).alphabet)
    counts = {cell: parameter_count(cell, letters, config.size_of(cell, tasks[-1], rows[-1])) for cell in cells}
    listed = ", ".join(f"{CELL_NAMES[cell]} {count:,}" for cell, count in counts.items())
    if config.match == "parameters":
        return _("All have about as many parameters (at the largest memory and size: {counts}).").format(counts=listed)
    text = _(
        "At equal nodes the cells have unequal parameters (at the largest memory and size: {counts}), which alone may "
        "decide: compare them with the same number of parameters."
    )
    return text.format(counts=listed)


def values(progress: Progress, config: SweepConfig) -> dict[str, Value]:
    """What the text beside the maps says of these very networks."""
    found = square_rates(progress, config)
    sentences = list[str]()
    for cell in dict.fromkeys(square.cell for square in found):
        own = {square: rate for square, rate in found.items() if square.cell == cell}
        often = [square for square, rate in own.items() if rate.rate >= 0.5]
        if not often:
            sentences.append(_("{cell}: none.").format(cell=CELL_NAMES[cell]))
            continue
        far = max(often, key=lambda square: (square.memory, -square.hidden))
        nodes = _nodes(far, config)
        text = ngettext("{cell}: {memory} ({count} node).", "{cell}: {memory} ({count} nodes).", nodes)
        sentences.append(text.format(cell=CELL_NAMES[cell], memory=far.memory, count=nodes))
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
    left, right = st.columns(2, gap="small")
    usual = {rate: rate for rate in _RATES}
    chosen.choice(left, _("Learning rate"), "lr", usual, accept_new_options=True, filter_mode="prefix")
    fair = {name: _(label) for name, label in FAIR.items()}
    chosen.choice(right, _("The cells have in common"), "match", fair, filter_mode=None)


def _maps(found: dict[Chosen, Rate], config: SweepConfig, chosen: Settings, palette: Palette) -> None:
    marked: Chosen | None = chosen.values["square"]
    rows = _("hidden nodes")
    if config.match == "parameters":
        most = max(config.axes.cells, key=lambda cell: parameter_count(cell, 4, 4))
        rows = _("nodes of the {cell}").format(cell=CELL_NAMES[most])
    titles = _("memory, in letters"), rows, _("solved")
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


def _name(square: Chosen, nodes: int, rate: Rate) -> str:
    text = ngettext(
        "{cell} · memory {memory} ({pattern}) · {count} node · {solved} of {trials} solved",
        "{cell} · memory {memory} ({pattern}) · {count} nodes · {solved} of {trials} solved",
        nodes,
    )
    return text.format(
        cell=CELL_NAMES[square.cell],
        memory=square.memory,
        pattern=memory_pattern(square.memory),
        count=nodes,
        solved=rate.solved,
        trials=rate.trials,
    )


def _kind(bundle: Bundle) -> tuple[str, int, int]:
    """The cell, the memory that its pattern needs, and its nodes."""
    return bundle.cell, _memory(bundle.task), bundle.hidden_size


def _nodes(square: Chosen, config: SweepConfig) -> int:
    """The nodes that the cell of a square has: those of its row, or as many as make its parameters."""
    return config.size_of(square.cell, memory_pattern(square.memory), square.hidden)


@cache
def _memory(task: str) -> int:
    return alphabet_task(task, 2).memory
