"""What the URL says of the row that is to be timed: `?time_steps=2000&time_hidden=1000&time_backward=no` and so on."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from lstmviz.base.cores import cores
from lstmviz.timing.job import MOST_BUDGET
from lstmviz.timing.row import CELLS, DTYPES, MAX_BATCH, MAX_NODES, MAX_STEPS, NOTES, Row
from lstmviz.ui.frame.controls.fields import CELL_NAMES, read, read_one_of, read_whole_number
from lstmviz.ui.frame.controls.settings import Setting, Settings
from lstmviz.ui.frame.language import N_, _

_KEY = "time"
_SECONDS = 5
_PLAIN = {"cell": "rnn", "batch": "", "dtype": "float32", "epochs": "100"}
_LABELS = (
    N_("20,000 steps × 20 nodes, with backward"),
    N_("20,000 × 20, without"),
    N_("2,000 × 20, with"),
    N_("2,000 × 20, without"),
    N_("2,000 × 1,000, with"),
    N_("2,000 × 1,000, without"),
)


def _texts(row: Row) -> dict[str, str]:
    return {
        **_PLAIN,
        "steps": str(row.steps),
        "hidden": str(row.hidden_size),
        "backward": "yes" if row.backward else "no",
    }


PRESETS: Mapping[str, Mapping[str, str]] = {label: _texts(row) for label, row in zip(_LABELS, NOTES, strict=True)}
"""The six rows of the notes."""


def settings() -> Settings:
    """What the URL says."""
    first = _texts(NOTES[0])
    return Settings(
        _KEY,
        {
            "cell": Setting(first["cell"], partial(read_one_of, options=CELLS, field=_("Cell"))),
            "steps": Setting(first["steps"], _read_steps),
            "hidden": Setting(first["hidden"], _read_hidden),
            "batch": Setting("", _read_batch),
            "backward": Setting("yes", partial(read_one_of, options=("yes", "no"), field=_("Backward"))),
            "dtype": Setting("float32", partial(read_one_of, options=DTYPES, field=_("Numbers"))),
            "epochs": Setting("100", partial(read, "epochs")),
            "threads": Setting("0", _read_threads),
            "seconds": Setting(f"{_SECONDS}", _read_seconds),
        },
    )


def row_of(chosen: Settings) -> Row:
    """The row that is chosen."""
    values = chosen.values
    return Row(
        cell=values["cell"],
        steps=values["steps"],
        hidden_size=values["hidden"],
        batch=int(values["batch"]) if values["batch"] else None,
        backward=values["backward"] == "yes",
        dtype=values["dtype"],
        epochs=values["epochs"],
    )


def fields(chosen: Settings) -> None:
    """The fields of the form."""
    left, right = st.columns(2, gap="small")
    chosen.choice(left, _("Cell"), "cell", {cell: CELL_NAMES[cell] for cell in CELLS}, filter_mode=None)
    chosen.choice(right, _("Backward"), "backward", {"yes": _("with"), "no": _("without")}, filter_mode=None)
    chosen.text(left, _("Steps"), "steps")
    chosen.text(right, _("Hidden nodes"), "hidden")
    chosen.text(left, _("Batch"), "batch", placeholder=_("none, as in the notes"))
    chosen.choice(right, _("Numbers"), "dtype", {one: one for one in DTYPES}, filter_mode=None)
    chosen.text(left, _("Epochs"), "epochs")
    counts = {"0": _("the better of 1 and {cores}").format(cores=cores())} | {
        str(count): str(count) for count in _powers(cores())
    }
    chosen.choice(right, _("Threads of torch"), "threads", counts, filter_mode=None)
    chosen.text(st, _("Seconds for the repeats"), "seconds")


def _powers(most: int) -> list[int]:
    """1, 2, 4, ... and the most."""
    found = [1]
    while 2 * found[-1] < most:
        found.append(2 * found[-1])
    return found if most == 1 else [*found, most]


def _read_steps(text: str) -> int:
    sentence = _("Steps must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 1, MAX_STEPS, sentence)


def _read_hidden(text: str) -> int:
    sentence = _("Hidden nodes must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 1, MAX_NODES, sentence)


def _read_batch(text: str) -> str:
    """A text, since there may be none."""
    if not text.strip():
        return ""
    sentence = _("The batch must be empty or a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
    return str(read_whole_number(text, 1, MAX_BATCH, sentence))


def _read_threads(text: str) -> int:
    sentence = _("Threads must be a whole number from 0 (the better) to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 0, cores(), sentence)


def _read_seconds(text: str) -> int:
    sentence = _("The seconds must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 1, int(MOST_BUDGET), sentence)
