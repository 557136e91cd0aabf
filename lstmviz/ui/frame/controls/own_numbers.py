"""A series of one's own in the sidebar: its numbers in a field, or a column of a CSV file that fills the field."""

from collections.abc import Callable

import streamlit as st

from lstmviz.tasks import LEAST_NUMBERS, MOST_NUMBERS, NumbersError, number_columns, read_table, series_name
from lstmviz.ui.frame.controls.experiment import change_experiment
from lstmviz.ui.frame.controls.fields import RefusedError, quote, read
from lstmviz.ui.frame.language import N_, _
from lstmviz.ui.frame.requests.url import by_hand, keep

FIELD, _FILE, _COLUMN = "_numbers", "_numbers_file", "_numbers_column"
_COLUMNS, _PROBLEM = "_numbers_columns", "_numbers_problem"
_MOST_MB = 2
_TABLE = N_("{name} is no CSV table: its first row names the columns, each other row has a value for each, in UTF-8.")
_NONE = N_("{name} has no column that holds numbers alone.")
_REFUSED = N_("The column {name} is no series: it needs {low} numbers or more, of ordinary size, that vary.")


def numbers_control(text: str, changed: Callable[[str], None]) -> None:
    """The field with the numbers, which calls `changed("numbers")`; and that for a file, which fills it."""
    keep(FIELD, text)
    st.text_area(
        _("Own numbers"),
        text,
        key=FIELD,
        height=96,
        on_change=by_hand(FIELD, changed),
        args=("numbers",),
        help=_(
            "{low} to {high} numbers, with spaces, commas or line breaks between them; five digits of each are kept."
        ).format(low=LEAST_NUMBERS, high=MOST_NUMBERS),
    )
    label = _("Or a column of a CSV file (up to {most} MB)").format(most=_MOST_MB)
    st.file_uploader(label, key=_FILE, on_change=_uploaded, max_upload_size=_MOST_MB)
    columns = st.session_state.get(_COLUMNS)
    if columns and st.session_state.get(_FILE) is not None:
        if len(columns) > 1:
            st.selectbox(_("Column"), tuple(columns), key=_COLUMN, filter_mode=None, on_change=_chosen)
        chosen = st.session_state.get(_COLUMN) or next(iter(columns))
        count = columns[chosen][0]
        if count > MOST_NUMBERS:
            said = _("Of the {count} numbers of this column the first {high} are used.")
            st.caption(said.format(count=f"{count:,}", high=MOST_NUMBERS))
    if (problem := st.session_state.get(_PROBLEM)) and st.session_state.get(_FILE) is not None:
        sentence, name = problem
        told = _(sentence).format(name=quote(name), low=LEAST_NUMBERS)
        st.markdown(f":red[:small[:material/error: {told}]]")


def _uploaded() -> None:
    file = st.session_state.get(_FILE)
    for key in (_COLUMNS, _PROBLEM, _COLUMN):
        st.session_state.pop(key, None)
    if file is None:
        return
    try:
        columns = number_columns(read_table(file.getvalue()))
    except ValueError:
        st.session_state[_PROBLEM] = _TABLE, file.name
        return
    if not columns:
        st.session_state[_PROBLEM] = _NONE, file.name
        return
    # How many each has, and as many of them as can be used: what a session keeps stays small.
    st.session_state[_COLUMNS] = {name: (len(values), values[:MOST_NUMBERS]) for name, values in columns.items()}
    _use(next(iter(columns)))


def _chosen() -> None:
    _use(st.session_state[_COLUMN])


def _use(column: str) -> None:
    st.session_state.pop(_PROBLEM, None)
    try:
        name = series_name(st.session_state[_COLUMNS][column][1])
        read("task", name)
    except (NumbersError, RefusedError):
        st.session_state[_PROBLEM] = _REFUSED, column
        return
    change_experiment(task=name)
