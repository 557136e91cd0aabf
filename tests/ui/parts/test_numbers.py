"""One rounding: what the server writes into a sentence and the browser into the picture beside it is the same text."""

import json
import re
from pathlib import Path

import numpy as np

import lstmviz
from lstmviz.figures.theme import loss_text, number, share_text, signed, whole_percent, whole_share
from lstmviz.ui.frame.language import speaking
from lstmviz.ui.frame.prose import aloud
from tests.node import said_by

NUMBERS = Path(lstmviz.__file__).parent / "ui/parts/common/numbers.js"
SCRIPT = """
import fs from "node:fs";
const {{ lossText, number, shareText }} = await import({module});
const {{ values, shares, losses }} = JSON.parse(fs.readFileSync(0, "utf8"));
console.log(JSON.stringify([values.map(number), shares.map(shareText), losses.map((loss) => lossText(loss, "none"))]));
"""


def test_the_server_and_the_browser_write_a_number_alike():
    rng = np.random.default_rng(0)
    halves = np.arange(-4000, 4000) / 16  # half of a last digit, which is rounded by a rule
    large = [112500.0, 99999.96, 1e5, 999999.0, 9.995e7, -3.14159e12, 1e300]
    drawn = (10.0 ** rng.uniform(-6, 9, 3000) * rng.choice([-1, 1], 3000)).astype(np.float32)
    values = [*halves.tolist(), *large, *(float(value) for value in drawn), 0.0, -0.0, 9.9999, 99.999, 0.00049, 0.0005]
    near = [0.0, 1.0, 0.5, 0.9995, 0.9996, 0.99949, 0.9998, 1 - 1e-9, 1e-9, 0.0005, 0.00049, 0.1225, 0.7625]
    shares = [*near, *rng.random(3000).tolist(), *(float(one) for one in rng.random(3000).astype(np.float32))]
    losses = [0.0, 1e-4, 9.9e-5, 1.38629, 0.00012, 7.007e-5, 1e4, 3e7, *(10.0 ** rng.uniform(-12, 8, 3000)).tolist()]
    script = SCRIPT.format(module=json.dumps(NUMBERS.as_uri()))
    in_browser = json.loads(said_by(script, json.dumps({"values": values, "shares": shares, "losses": losses})))
    texts = [map(number, values), map(share_text, shares), map(loss_text, losses)]
    assert in_browser == [list(one) for one in texts]


def test_a_probability_below_1_is_never_printed_as_all_nor_one_above_0_as_nothing():
    assert [share_text(p) for p in (1.0, 0.9998, 0.99951, 0.9994)] == ["100%", "> 99.9%", "> 99.9%", "99.9%"]
    assert [share_text(p) for p in (0.0, 1e-9, 0.0004, 0.0006)] == ["0%", "< 0.1%", "< 0.1%", "0.1%"]
    assert share_text(float("nan")) == "NaN"
    assert [whole_share(p) for p in (0.0, 1e-9, 0.125, 0.996, 1.0)] == ["0%", "1%", "13%", "99%", "100%"]


def test_nothing_on_the_screen_is_rounded_by_pythons_percent():
    files = sorted((Path(lstmviz.__file__).parent / "ui").rglob("*.py"))
    assert [file.name for file in files if re.search(r":\.\d%\}", file.read_text(encoding="utf-8"))] == []


def test_what_stands_beside_a_point_of_a_figure_is_not_rounded_by_plotly():
    figures = (Path(lstmviz.__file__).parent / "figures").glob("*.py")
    found = [file.name for file in figures if re.search(r"%\{[xyz]:\.?\d*%\}", file.read_text(encoding="utf-8"))]
    assert found == []


def test_whole_percents_are_never_all_or_nothing_where_they_are_not():
    shares = (0.0, 1e-6, 0.004, 0.5, 0.996, 1 - 1e-9, 1.0)
    assert [whole_percent(share) for share in shares] == ["0", "1", "1", "50", "99", "99", "100"]


def test_a_sentence_says_a_share_that_one_decimal_cannot_tell_in_words():
    parts = NUMBERS.parents[1]
    script = f"""
        const {{ aloud }} = await import({json.dumps((parts / "common/words.js").as_uri())});
        const {{ shareText }} = await import({json.dumps(NUMBERS.as_uri())});
        const words = {(parts / "run/words.ko.json").read_text(encoding="utf-8")};
        console.log(JSON.stringify([0.9998, 1e-6, 0.5, 1, 0].map((share) => aloud(shareText(share), words))));
    """
    in_browser = json.loads(said_by(script))
    with speaking("ko"):
        assert in_browser == [aloud(share) for share in (0.9998, 1e-6, 0.5, 1.0, 0.0)]
    assert in_browser == ["99.9% 이상", "0.1% 미만", "50.0%", "100%", "0%"]
    assert (aloud(0.9998), aloud(1e-6)) == ("more than 99.9%", "less than 0.1%")


def test_a_change_has_a_sign_unless_it_is_rounded_to_nothing():
    assert [signed(value) for value in (0.0521, -0.0521, 0.00049, -0.00049, 0.0)] == [
        "+0.052",
        "−0.052",
        "0.000",
        "0.000",
        "0.000",
    ]
    assert signed(float("inf")) == "+∞"
    assert signed(float("nan")) == "NaN"
