"""A drawing in a link: short, of the same shape, and nothing else is taken for one."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstmviz
from tests.node import said_by

LINKED = Path(lstmviz.__file__).parent / "ui/views/digits/reader/pad/linked.js"
SCRIPT = """
import fs from "node:fs";
const { drawingText, drawingOf } = await import(%s);
const { drawings, texts } = JSON.parse(fs.readFileSync(0, "utf8"));
const written = drawings.map((acts) => drawingText({ acts, done: acts.length }));
console.log(JSON.stringify([written, [...written, ...texts].map((text) => text === null ? null : drawingOf(text))]));
"""


def asked(drawings: list[Any], texts: tuple[str, ...] = ()) -> tuple[list[Any], list[Any]]:
    script = SCRIPT % json.dumps(LINKED.as_uri())
    written, read = json.loads(said_by(script, json.dumps({"drawings": drawings, "texts": texts})))
    return written, read


def stroke(points: np.ndarray, tool: str = "pen", width: float = 0.075) -> dict[str, Any]:
    return {"kind": "stroke", "tool": tool, "width": width, "points": points.ravel().tolist()}


def scribble(rng: np.random.Generator, steps: int) -> np.ndarray:
    """A smooth way over the pad, as a pen leaves it: many points close together."""
    turns = rng.uniform(-2.5, 2.5, (2, 4))
    along = np.linspace(0, 1, steps)
    waves = [sum(a * np.sin((k + 1) * np.pi * along) for k, a in enumerate(row)) for row in turns]
    return np.clip(0.5 + 0.15 * np.stack(waves, axis=1) + rng.normal(0, 0.0005, (steps, 2)), 0, 1)


def distance(point: np.ndarray, path: np.ndarray) -> float:
    """From a point to a line through points."""
    a, d = path[:-1], np.diff(path, axis=0)
    share = (((point - a) * d).sum(axis=1) / np.maximum((d**2).sum(axis=1), 1e-18)).clip(0, 1)
    return float(np.hypot(*(point - a - share[:, None] * d).T).min())


def test_strokes_come_back_in_their_shape():
    rng = np.random.default_rng(0)
    drawings = [[stroke(scribble(rng, 150)), stroke(scribble(rng, 40), "eraser", 0.165)] for _ in range(40)]
    written, read = asked(drawings)
    for acts, text, found in zip(drawings, written, read, strict=True):
        assert len(text) <= 1500
        assert found["done"] == len(found["acts"]) == 2
        for act, one in zip(acts, found["acts"], strict=True):
            assert (one["kind"], one["tool"]) == ("stroke", act["tool"])
            assert one["width"] == pytest.approx(act["width"], abs=2e-4)
            before, after = (np.reshape(a["points"], (-1, 2)) for a in (act, one))
            assert max(distance(point, after) for point in before) < 0.0165
            assert np.hypot(*np.diff(after, axis=0).T).max() < 0.0201


def test_a_digit_takes_a_fraction_of_that():
    around = np.linspace(0, 2 * np.pi, 120)
    zero = 0.5 + 0.3 * np.stack([np.cos(around), np.sin(around)], axis=1)
    [text], _ = asked([[stroke(zero)]])
    assert len(text) < 150


def test_a_sample_and_a_dot_are_drawings_too_and_what_nobody_drew_is_none():
    dot = stroke(np.array([[0.25, 0.75]]))
    written, read = asked([[{"kind": "sample", "k": 12}, dot], [{"kind": "sample", "k": 3, "opening": True}], []])
    assert written[0].startswith("s12.p")
    assert written[1:] == [None, None]
    assert read[0]["acts"][0] == {"kind": "sample", "k": 12}
    assert read[0]["acts"][1]["points"] == pytest.approx([0.25, 0.75], abs=2e-4)


def test_too_much_ink_is_no_link():
    rng = np.random.default_rng(1)
    [text], _ = asked([[stroke(rng.uniform(0, 1, (300, 2)))] * 2])
    assert text is None


BAD = (
    "",
    "x",
    "p",
    "pAB",
    "s",
    "s99999",
    "pABABC",
    "p<b>",
    "pABABAB.",
    ".pABABABAB",
    "pABABABA\u00e9",
    "p" + "A" * 5000,
)


def test_nothing_else_is_taken_for_one():
    _, read = asked([], BAD)
    assert read == [None] * len(BAD)
