"""The parts of the page of seed grids: its settings, the presets, and what the pictures show."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from lstmviz.base.limits import MAX_FUSED_SIZE, MAX_SEED
from lstmviz.sweeps import FAIRNESS, SweepConfig
from lstmviz.sweeps.asked import judges
from lstmviz.sweeps.config import steps_of
from lstmviz.tasks import PRESETS, DrawnTask, Task, memory_pattern, named_task
from lstmviz.ui import frame
from lstmviz.ui.background.watched import Progress, View
from lstmviz.ui.frame.controls.experiment import current_experiment, usual_settings
from lstmviz.ui.frame.controls.fields import CELL_NAMES, read, read_cells, read_one_of, read_whole_number
from lstmviz.ui.frame.controls.lessons import NAMES, task_name
from lstmviz.ui.frame.controls.settings import Setting, Settings
from lstmviz.ui.frame.language import N_, _
from lstmviz.ui.frame.prose import Value
from lstmviz.ui.parts.seed_grid.grid import Group, kind, marks_say, show
from lstmviz.ui.views.grid.fairness import FAIR
from lstmviz.ui.waiting import sweep

SIDES = tuple(str(side) for side in range(2, 11))
_RATES = ("0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1")
_NOTES = {"cells": "rnn,lstm", "lr": "0.1", "epochs": "3000", "side": "5", "first": "0", "match": "hidden_size"}
_FAIR = {**_NOTES, "side": "10", "match": "parameters"}
_PRESETS: Mapping[str, Mapping[str, str]] = {
    N_("the notes: abcabC, 3 nodes"): {**_NOTES, "task": "abcabC", "hidden": "3"},
    N_("the notes: abcdabcD, 4 nodes"): {**_NOTES, "task": "abcdabcD", "hidden": "4"},
    N_("GRU too"): {"cells": "rnn,gru,lstm"},
    N_("the same number of parameters"): {"match": "parameters"},
    N_("100 seeds"): {"side": "10"},
    N_("counting: aⁿ bⁿ"): {**_NOTES, "task": "a^n b^n", **usual_settings("abcabC", "a^n b^n")},
    # Who is ahead at equal parameters hangs on memory and rate: in the first the LSTM, in the second the RNN.
    N_("a fair race: memory 8"): {**_FAIR, "task": memory_pattern(8), "hidden": "8"},
    N_("a fair race: memory 5, rate 0.03"): {**_FAIR, "task": memory_pattern(5), "hidden": "5", "lr": "0.03"},
}
_KEY = "grid"


def settings() -> Settings:
    """What the URL says of the grid: `?grid_task=abcabC&grid_cells=rnn,lstm&grid_side=5` and so on."""
    return Settings(
        _KEY,
        {
            "task": Setting("abcabC", partial(read, "task")),
            "cells": Setting(_NOTES["cells"], read_cells),
            "hidden": Setting("3", partial(read, "hidden")),
            "lr": Setting(_NOTES["lr"], partial(read, "lr")),
            "epochs": Setting(_NOTES["epochs"], partial(read, "epochs")),
            "side": Setting(_NOTES["side"], _side),
            "first": Setting(_NOTES["first"], _first_seed),
            "match": Setting(_NOTES["match"], lambda text: read_one_of(text, FAIRNESS, _("The cells have in common"))),
        },
    )


def sweep_config(chosen: Settings) -> SweepConfig:
    """The networks of the grid; that they cannot have as many parameters is noted among `chosen.problems`."""
    values = chosen.values
    config = partial(
        SweepConfig,
        task=values["task"],
        cells=values["cells"],
        hidden_size=values["hidden"],
        lr=values["lr"],
        epochs=values["epochs"],
        seeds=range(values["first"], values["first"] + values["side"] ** 2),
    )
    try:
        return config(match=values["match"])
    except ValueError:  # each value by itself was checked
        text = _("For as many parameters a cell would need more than {most} nodes, so all have {hidden}.")
        chosen.problems["match"] = text.format(most=MAX_FUSED_SIZE, hidden=values["hidden"])
        return config()


def controls(chosen: Settings) -> None:
    """The presets, and the form with all settings behind a button."""
    params = current_experiment().params()
    elsewhere = {name: params[name] for name in ("task", "hidden", "lr", "epochs")}
    elsewhere["cells"] = f"{params['cell'] if params['cell'] != 'lstm' else 'rnn'},lstm"
    presets = {**_PRESETS, N_("as on the other pages"): elsewhere}
    chosen.controls(presets, _fields, _("Train the grid"), _as_usual)


def _as_usual(before: Mapping[str, str], after: dict[str, str]) -> dict[str, str]:
    """A task of another kind is learned by what it is usually learned by, but for what was set along with it."""
    usual = usual_settings(before["task"], after["task"])
    return after | {name: text for name, text in usual.items() if after.get(name) == before.get(name) and name in after}


def live(job: View, seen: Progress, side: int) -> None:
    """The pictures, redrawn by themselves while there are more to come, and the progress above them."""
    blocks = groups(job.config)

    def draw(progress: Progress) -> None:
        show(_KEY, blocks, progress.results, columns=side, busy=progress.state == "running")

    sweep.live(job, seen, draw)


def chips(config: SweepConfig) -> None:
    """What is on display, in a few words."""
    axes = config.axes
    parts = (
        (_("task"), task_name(axes.tasks[0])),
        (_("seeds"), f"{axes.seeds[0]}–{axes.seeds[-1]}"),
        (_("rate"), f"{axes.lrs[0]:g}"),
        (_("epochs"), f"{config.epochs:,}"),
    )
    frame.chip_row(parts)


def values(config: SweepConfig, progress: Progress) -> dict[str, Value]:
    """What the text beside the pictures says of these very networks."""
    verdicts = list[str]()
    for cell in dict.fromkeys(result.bundle.cell for result in progress.results):
        marks = [solved for one in progress.results if one.bundle.cell == cell for solved in one.solved.tolist()]
        text = _("{cell}: {solved} of {count} solved.")
        verdicts.append(text.format(cell=CELL_NAMES[cell], solved=sum(marks), count=len(marks)))
    if progress.state == "running":
        verdicts = [_("The networks are being trained: pictures appear as they are finished.")]
    task = named_task(config.axes.tasks[0])
    steps = steps_of(task)
    return {
        "marks": marks_say(kind(task)),
        "verdicts": " ".join(verdicts),
        "steps": steps.stop - steps.start,
        "judges": _judges(task),
    }


def variant(config: SweepConfig) -> str:
    """Which text stands beside the pictures."""
    return kind(named_task(config.axes.tasks[0]))


def _judges(task: Task) -> str:
    count = len(judges(task).lengths)
    if isinstance(task, DrawnTask):
        return _("{count} sequences of the task that no training ever holds").format(count=count)
    return _("the sequence that is learned") if count == 1 else _("all {count} that are learned").format(count=count)


def _side(text: str) -> int:
    sentence = _("A grid must be 2 to {high} pictures wide; got {got}, so {kept} stays in use.")
    return read_whole_number(text, int(SIDES[0]), int(SIDES[-1]), sentence)


def _first_seed(text: str) -> int:
    sentence = _("The first seed must be a whole number from 0 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 0, MAX_SEED - int(SIDES[-1]) ** 2, sentence)


def _fields(chosen: Settings) -> None:
    left, right = st.columns(2, gap="small")
    tasks = {name: name for name in PRESETS} | {name: _(label) for name, label in NAMES.items()}
    chosen.choice(left, _("Task"), "task", tasks, accept_new_options=True, filter_mode="prefix")
    chosen.text(right, _("Hidden nodes"), "hidden")
    chosen.several(st, _("Cells"), "cells", CELL_NAMES)
    left, right = st.columns(2, gap="small")
    rates = {rate: rate for rate in _RATES}
    chosen.choice(left, _("Learning rate"), "lr", rates, accept_new_options=True, filter_mode="prefix")
    chosen.text(right, _("Epochs"), "epochs")
    left, right = st.columns(2, gap="small")
    chosen.choice(left, _("Grid"), "side", {side: f"{side} × {side}" for side in SIDES}, filter_mode=None)
    chosen.text(right, _("First seed"), "first")
    fair = {name: _(label) for name, label in FAIR.items()}
    chosen.choice(st, _("The cells have in common"), "match", fair, filter_mode=None)


def groups(config: SweepConfig) -> list[Group]:
    """The networks of each cell."""
    first = {bundle.cell: bundle for bundle in config.bundles()}
    return [Group.of(first[cell], config.axes.seeds) for cell in config.axes.cells]
