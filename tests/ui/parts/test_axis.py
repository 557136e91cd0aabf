"""The letters under a run's columns: each is there where a column has room for it, on a phone too."""

import json
from pathlib import Path
from typing import Any

import pytest

import lstmviz
from tests.node import said_by

PAINT = Path(lstmviz.__file__).parent / "ui/parts/run/run_paint.js"
SCRIPT = """
const {{ paintAxis }} = await import({module});
const written = [];
const pen = {{ fillText: (...said) => written.push(said), fillRect() {{}} }};
const text = Array.from("abcabCabcabCabcabCabcabC", (letter) => "abcC".indexOf(letter));
const read = {{ ofNumbers: false, isPattern: true, period: 6, stop: text.length, alphabet: [..."abcC"] }};
const run = {{ ...read, letter: (t) => text[t] }};
const layout = {{ count: text.length, width: {width}, left: 120, axis: 200, axisHeight: 16 }};
paintAxis(pen, layout, {{ run, other: null, start: 0 }}, {{ ink: "#000", quiet: "#888" }}, {widest}, "sans-serif");
console.log(JSON.stringify(written));
"""


def written(width: float, widest: float) -> list[Any]:
    said: list[Any] = json.loads(said_by(SCRIPT.format(module=json.dumps(PAINT.as_uri()), width=width, widest=widest)))
    return said


@pytest.mark.parametrize("width", [21, 8, 7])  # a wide screen's, and those of phones whose pixels are large or small
def test_each_column_has_its_letter_and_none_reaches_into_the_next(width: float) -> None:
    said = written(width, widest=7.6)
    assert "".join(letter for letter, *_ in said) == "abcabC" * 4
    assert [x for _letter, x, *_ in said] == [120 + (t + 0.5) * width for t in range(24)]
    assert all(room <= width for *_, room in said)


def test_where_no_letter_has_room_some_steps_are_numbered() -> None:
    assert [text for text, *_ in written(4, widest=7.6)] == ["0", "12"]
