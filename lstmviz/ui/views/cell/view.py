"""The cell player on a page: what it is given of a run, and what it may ask for.

The player itself, in the folder `player`, runs in the browser and asks the server for nothing while it is played
or scrubbed. What changes the numbers, it writes into the URL, and asks for a rerun: `?do=f3=0@8-;x=2@12` for changes
from outside, `?with=cell=rnn` for a network beside, `?from=120` for other steps of a text too long to be sent whole.
"""

from pathlib import Path
from typing import Any

import streamlit as st

from lstmviz.changes.text import format_changes
from lstmviz.packing import join
from lstmviz.ui import frame
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.packets import packed
from lstmviz.ui.background.traces import largest_state, trace_all
from lstmviz.ui.frame.language import LANGUAGES, speaking
from lstmviz.ui.frame.prose import sections
from lstmviz.ui.parts.part import Part
from lstmviz.ui.parts.run.beside import asked_beside
from lstmviz.ui.parts.run.talk import answer, asked_steps, header
from lstmviz.ui.views.cell.changes import changed_run, preset_texts, read_changes
from lstmviz.ui.views.cell.packets import packed_changed

_KEY = "cell_player"
_part = Part(Path(__file__).resolve().with_name("player"))
_player = _part.component("lstmviz_cell_player")


def show(run: Run) -> None:
    """Draw the player for `run`, with what the URL says of changes, a network beside, and steps.

    `player/main.js` has the shape of what it is told.
    """
    changes, notices = read_changes(st.query_params.get("do", ""), run)
    second, epoch, beside, refused = asked_beside(run)
    shown = [run] if beside is None else [run, beside]
    steps = min(map(asked_steps, shown), key=len)
    parts = {"first": packed(run, steps)}
    if changes:
        parts["changed"] = packed_changed(run, changed_run(run, changes), steps)
    if beside is not None:
        parts["second"] = packed(beside, steps)
    told = header(_part, run, max(largest_state(one) for one in shown)) | {
        "languages": {code: _said(code, run, beside) for code in LANGUAGES},
        "changes": [{"text": format_changes([change])} for change in changes],
        "presets": preset_texts(run),
        "second": None if second is None else {**second.params(), "epoch": epoch},
        "notices": [*notices, *refused],
    }
    _player(key=_KEY, data=join(told, parts), on_ask_change=lambda: answer(_KEY))


def _said(code: str, run: Run, beside: Run | None) -> dict[str, Any]:
    """All that the player says, in one language; its shape is in `player/main.js`."""
    with speaking(code):
        page = {section.key: section for section in sections("cell", code)}
        return {
            "words": _part.words(code),
            "titles": {
                "first": run.experiment.network,
                "changed": run.experiment.network,
                "second": beside and beside.experiment.network,
            },
            "chips": frame.chip_texts(run.experiment),
            "badge": frame.badge_text(trace_all(run)),
            "actions": [{"label": label, "changes": dict(changes)} for label, changes in page["try"].actions],
        }
