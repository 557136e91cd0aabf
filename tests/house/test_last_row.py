"""Nothing is written in letters that the last row cannot read: 12 pixels are the least, wherever a size is set."""

import ast
import re
from pathlib import Path

import pytest

import lstmviz

HERE = Path(lstmviz.__file__).parent
LEAST = 12
ROOT_FONT = 15  # pixels, `baseFontSize` of the theme
_SIZE = re.compile(r"font(?:-size|-family)?:[^;{}\"'`]*?(?<![\w.])(\d*\.?\d+)(px|rem|em)\b")
_BOUNDED = re.compile(r"max\([^()]*12px\)")
_PEN = re.compile(r"font(?: = |: )[`\"'](?:\w+ |\$\{[^}]*\} )*(\d+)px")
_PLOTLY = re.compile(r"font\"?[=:] ?\{[^{}]*\"size\": (\d+)")


def sizes(text: str) -> list[str]:
    """What is written smaller than 12 px in a style sheet, or in styles within a script."""
    in_pixels = {"px": 1.0, "rem": ROOT_FONT, "em": LEAST / 0.8}  # of an em, 0.8 of what is 15 px around it
    plain = _BOUNDED.sub("", text)
    return [found[0] for found in _SIZE.finditer(plain) if float(found[1]) * in_pixels[found[2]] < LEAST]


def files(*endings: str) -> list[Path]:
    return sorted(file for ending in endings for file in HERE.rglob(f"*.{ending}"))


@pytest.mark.parametrize("file", files("css"), ids=lambda file: file.name)
def test_style_sheets_write_nothing_smaller(file: Path) -> None:
    assert not sizes(file.read_text(encoding="utf-8"))


def test_no_colour_hangs_on_the_language() -> None:
    """So what can be read in English in the light and in Korean in the dark can be read in both in either."""
    for file in files("css"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"lang\b", text), file
        if file.name == "frame.ko.css":
            assert not re.search(r"color|background|opacity|filter|var\(|#[0-9a-f]{3}\b", text), file


def test_pens_and_styles_in_scripts_write_nothing_smaller() -> None:
    for file in files("js", "py"):
        text = file.read_text(encoding="utf-8")
        assert not sizes(text), file
        assert not [found[0] for found in _PEN.finditer(text) if int(found[1]) < LEAST], file


def test_figures_of_plotly_write_nothing_smaller() -> None:
    found = {
        file.name: [int(size) for size in _PLOTLY.findall(file.read_text(encoding="utf-8"))] for file in files("py")
    }
    assert {"automata.py", "gradients.py", "lecture.py", "timing.py"} <= {name for name, own in found.items() if own}
    assert not {name: small for name, all_of in found.items() if (small := [size for size in all_of if size < LEAST])}


def test_what_is_too_small_is_found() -> None:
    assert len(sizes("a { font-size: 0.75rem; } b { font: 650 11px/1 serif; } i { font-size: 10.5px }")) == 3
    assert not sizes("a { font-size: 0.8rem; } sub { font-size: max(0.75em, 12px); } b { font: 650 12px/1 serif; }")
    assert _PEN.findall('pen.font = `9px x`; font: "700 10px y"; font: `${bold} 8px z`') == ["9", "10", "8"]


def test_choices_wrap_where_they_do_not_fit() -> None:
    """In a column Streamlit would cut them off at the edge of a phone, and nobody looks for more there."""
    calls = {
        file.relative_to(HERE).as_posix(): [
            {key.arg for key in node.keywords}
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("segmented_control", "pills")
        ]
        for file in files("py")
    }
    del calls["ui/frame/page.py"]  # the two languages, which fit anywhere
    assert sum(map(len, calls.values())) >= 7
    assert not [name for name, own in calls.items() if any("wrap" not in keys for keys in own)]
