"""A column of a CSV file of one's own, as a series to be learned."""

import csv
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path

import numpy as np

from lstmviz.tasks.numbers import MAX_STEPS, NumberTask, series_task

MAX_BYTES = 20_000_000
_LEAST = 10


@dataclass(frozen=True)
class Table:
    """The text of a CSV file, taken apart."""

    columns: tuple[str, ...]
    """the names in its first row"""
    rows: tuple[tuple[str, ...], ...]
    """the others, all of that length"""


def csv_task(source: str | Path | bytes, column: str | None = None, *, test: float = 0.2) -> NumberTask:
    """A column of a CSV file as a series, read value by value; at each the next one is asked. See `series_task`.

    Args:
        source: a path, or the file's bytes, in UTF-8, at most 20 MB; the first row names the columns; they are parted
            by commas, semicolons or tabs, and the numbers have a point.
        column: its name; the first column that holds numbers alone if left out.
        test: share of the values, the last ones, that are not learned from, 0 to 0.9.

    Raises:
        ValueError: there is no such file or column, it is no table, or the column holds something else than 10 to
            100,001 finite numbers that vary.
    """
    table = read_table(source)
    if column is None:
        column = next(iter(number_columns(table)), None)
        if column is None:
            raise ValueError("the CSV file must have a column that holds numbers alone; it has none.")
    if column not in table.columns:
        raise ValueError(f"`column` must be one of {', '.join(table.columns)}; got {column!r}.")
    if table.columns.count(column) > 1:
        raise ValueError(f"`column` must name one column; {column!r} names {table.columns.count(column)}.")
    if not _LEAST <= len(table.rows) <= MAX_STEPS + 1:
        raise ValueError(f"the CSV file must have {_LEAST} to {MAX_STEPS + 1} rows of values; got {len(table.rows)}.")
    place, values = table.columns.index(column), list[float]()
    for number, row in enumerate(table.rows, 2):  # as an editor counts them, the names in row 1
        given = row[place].strip()
        if not given:
            raise ValueError(f"the column {column!r} must have a number in each row; row {number} has none.")
        try:
            values.append(float(given))
        except ValueError:
            raise ValueError(f"the column {column!r} must hold numbers; row {number} has {given[:40]!r}.") from None
        if not np.isfinite(values[-1]):
            raise ValueError(f"the column {column!r} must hold finite numbers; row {number} has {given[:40]!r}.")
    return series_task(values, test=test)


def read_table(source: str | Path | bytes) -> Table:
    """The columns and rows of a CSV file; empty rows at its end do not count.

    Raises:
        ValueError: there is no such file, or it is no table.
    """
    text = _text(source)
    if not text.strip() or not text.splitlines()[0].strip():
        raise ValueError("the CSV file must name its columns in the first row; it is empty.")
    mark = max(",;\t", key=lambda one: _parts(text, one))
    try:
        rows = [tuple(row) for row in csv.reader(StringIO(text, newline=""), delimiter=mark, strict=True)]
    except csv.Error as error:
        raise ValueError(f"the CSV file must be a table; {error}.") from None
    while not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    columns = tuple(name.strip() for name in rows[0])
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(columns):
            raise ValueError(
                f"the CSV file must have as many values in each row as names in the first, {len(columns)}; "
                f"row {number} has {len(row)}."
            )
    return Table(columns, tuple(rows[1:]))


def number_columns(table: Table) -> dict[str, list[float]]:
    """The columns that hold finite numbers alone, by their names, in their order; of two of a name the first."""
    found = dict[str, list[float]]()
    for place, name in enumerate(table.columns):
        with suppress(ValueError):
            values = [float(row[place]) for row in table.rows]
            if values and np.isfinite(values).all():
                found.setdefault(name, values)
    return found


def _parts(text: str, mark: str) -> tuple[bool, int]:
    """Whether `mark` parts the first two rows into as many values, more than one, and into how many the first."""
    try:
        counts = [len(row) for row in islice(csv.reader(StringIO(text, newline=""), delimiter=mark), 2)]
    except csv.Error:
        return False, 0
    return counts[0] > 1 and len(set(counts)) == 1, counts[0]


def _text(source: str | Path | bytes) -> str:
    if isinstance(source, bytes):
        content = source
    elif isinstance(source, str | Path):
        try:
            with Path(source).open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "no such path"
            raise ValueError(f"the CSV file {str(source)[:200]!r} cannot be read: {why}.") from None
    else:
        raise ValueError(f"`source` must be a path or bytes; got a value of type {type(source).__name__}.")
    if len(content) > MAX_BYTES:
        raise ValueError(f"the CSV file must have at most {MAX_BYTES} bytes.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("the CSV file must be a text in UTF-8.") from None
    if "\0" in text:
        raise ValueError("the CSV file must be a text in UTF-8.")
    return text
