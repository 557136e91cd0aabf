"""Machines side by side: files of results from other laptops, sorted, and this machine's own to take along."""

import html
import math
from dataclasses import replace

import streamlit as st

from lstmviz.timing.command import ABOUT
from lstmviz.timing.results import MOST_BYTES, FileError, Measurement, Results, read_results
from lstmviz.timing.row import Row
from lstmviz.ui.frame.language import N_, _, ngettext
from lstmviz.ui.frame.prose import escape
from lstmviz.ui.views.timing.sources import WAYS, sources, uploaded
from lstmviz.ui.views.timing.words import ratio_text, row_words, told_seconds, way_words

_MOST_FILES = 60
_MOST_MB = 5
_PROBLEMS = "_timing_problems"
_TURN = "_timing_turn"  # in the session's state: how often the files were put away
_SENTENCES = {
    "foreign": N_("{name} is no file of timing results."),
    "future": N_("{name} was written by a later version of lstmviz: update this one to read it."),
    "huge": N_("{name} is too large: a file of results has at most {most} MB and some thousand rows."),
    "damaged": N_("{name} is damaged, so it is left out."),
}


def show(row: Row) -> None:
    """Draw the field for files, what is wrong with some, and the machines in order of the chosen row."""
    left, right = st.columns([2, 1], gap="medium", vertical_alignment="bottom")
    with left:
        files = st.file_uploader(
            _("Files of results, as `python -m lstmviz timing --json` writes them (up to {most} MB)").format(
                most=_MOST_MB
            ),
            accept_multiple_files=True,
            key=f"timing_upload_{st.session_state.get(_TURN, 0)}",
            max_upload_size=_MOST_MB,
        )
    for file in files or []:
        if file.file_id not in _seen():
            _seen().add(file.file_id)
            _take(file.name, file.getvalue())
    with right, st.container(horizontal=True, gap="small"):
        own = sources()["here"].results
        st.download_button(
            _("This machine's results"),
            _file(own),
            file_name="timing.json",
            mime="application/json",
            icon=":material/download:",
            disabled=not own.measurements,
            on_click="ignore",
        )
        if uploaded():
            st.button(_("Put the files away"), on_click=_forget)
    for sentence in st.session_state.get(_PROBLEMS, {}).values():
        st.markdown(f":red[:small[:material/error: {sentence}]]")
    way = st.segmented_control(
        _("Sorted by"),
        list(WAYS),
        default="cpu",
        format_func=way_words,
        required=True,
        key="timing_sort",
        wrap=True,
        persist_state="session",
    )
    st.markdown(f"## {row_words(row)}", anchors=False)
    st.html(_table(row, way or "cpu"))


def _file(own: Results) -> str:
    return replace(own, about=ABOUT).to_json()


def _take(name: str, data: bytes) -> None:
    """Read a file once; what is wrong with it is kept as a sentence."""
    problems = st.session_state.setdefault(_PROBLEMS, {})
    shown = escape(name)
    try:
        found = read_results(data)
    except FileError as error:
        problems[name] = _(_SENTENCES[error.reason]).format(name=shown, most=f"{MOST_BYTES / 1e6:g}")
        return
    known = uploaded()
    if found in known:
        return
    if len(known) >= _MOST_FILES:
        text = ngettext(
            "At most {count} file is laid side by side.", "At most {count} files are laid side by side.", _MOST_FILES
        )
        problems[name] = text.format(count=_MOST_FILES)
        return
    known.append(found)


def _forget() -> None:
    uploaded().clear()
    st.session_state[_PROBLEMS] = {}
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1  # another field, without the files


def _seen() -> set[str]:
    """Which files have been read, by the ids that Streamlit gives them."""
    seen: set[str] = st.session_state.setdefault("_timing_seen", set())
    return seen


def _table(row: Row, way: str) -> str:
    """The machines that have measured the row in any way, the fastest first; those without the way come last."""
    machines = [(source.name, source.results) for source in sources().values()]
    machines += [(results.machine.name, results) for results in uploaded()]
    rows = []
    for name, results in machines:
        found = {one: results.best(row, one) for one in WAYS}
        if any(found.values()):
            rows.append((name, results, found))
    rows.sort(key=lambda entry: math.inf if (one := entry[2][way]) is None else one.epoch_seconds)
    if not rows:
        nothing = _("No machine has measured this row yet.")
        return f'<div class="timing"><p>{nothing}</p></div>'
    first = rows[0][2][way]
    heads = [_("machine"), _("date"), *(way_words(one) for one in WAYS), _("of the fastest")]
    body = "".join(_row(name, results, found, way, first, row.epochs) for name, results, found in rows)
    head = "".join(f"<th>{head}</th>" for head in heads)
    return f'<div class="timing"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _row(
    name: str,
    results: Results,
    found: dict[str, Measurement | None],
    way: str,
    first: Measurement | None,
    epochs: int,
) -> str:
    machine = results.machine
    about = " · ".join(part for part in (machine.gpu or machine.cpu, machine.versions.get("torch", "")) if part)
    cells = []
    for one in WAYS:
        seconds = found[one]
        text = "—" if seconds is None else told_seconds(seconds, epochs)
        cells.append(f"<td>{f'<b>{text}</b>' if one == way else text}</td>")
    sorted_by = found[way]
    ratio = "—" if first is None or sorted_by is None else ratio_text(sorted_by.epoch_seconds / first.epoch_seconds)
    return (
        f"<tr><th>{html.escape(name)}<br><small>{html.escape(about)}</small></th><td>{html.escape(results.date)}</td>"
        f"{''.join(cells)}<td>{ratio}</td></tr>"
    )
