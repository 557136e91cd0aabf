"""The clock that plays a training: each doubling of the epochs takes the same time, so that early things are seen."""

import json
import math
from pathlib import Path

import pytest

import lstmviz
from lstmviz.training import snapshot_epochs
from tests.node import said_by

CLOCK = Path(lstmviz.__file__).parent / "ui/parts/common/clock.js"
SCRIPT = """
let asked = null, now = 0;
globalThis.requestAnimationFrame = (step) => ((asked = step), 1);
globalThis.cancelAnimationFrame = () => (asked = null);
globalThis.matchMedia = () => ({{ matches: false }});
Object.defineProperty(globalThis, "performance", {{ value: {{ now: () => now }} }});
const {{ createClock }} = await import({module});
const epochs = {epochs};
const shown = [];
let at = epochs.length - 1;
const show = (e) => ((at = e), shown.push([now, e]));
const along = {logarithmic} ? (e) => Math.log1p(epochs[e]) : undefined;
const clock = createClock({{ count: () => epochs.length, at: () => at, speed: () => 1, show, changed() {{}}, along }});
clock.start();
while (asked && now < 20000) {{
  now += 10;
  const step = asked;
  step(now);
  if (!clock.running) break;
}}
console.log(JSON.stringify(shown));
"""


def played(epochs: list[int], *, logarithmic: bool) -> list[tuple[int, int]]:
    """When (ms) which snapshot was shown."""
    values = {"module": json.dumps(CLOCK.as_uri()), "epochs": epochs, "logarithmic": str(logarithmic).lower()}
    script = SCRIPT.format(**values)
    return [(time, e) for time, e in json.loads(said_by(script))]


def test_each_doubling_of_the_epochs_takes_the_same_time():
    epochs = list(snapshot_epochs(1500))
    shown = played(epochs, logarithmic=True)
    first = {e: time for time, e in reversed(shown)}
    assert shown[0] == (0, 0)
    assert shown[-1][1] == len(epochs) - 1
    for e, epoch in enumerate(epochs):
        if e in first:
            assert first[e] == pytest.approx(6000 * math.log1p(epoch) / math.log1p(1500), abs=11)
    assert set(range(40)) <= set(first)  # each of the early ones is seen


def test_what_has_no_epochs_goes_evenly():
    first = {e: time for time, e in reversed(played(list(range(11)), logarithmic=False))}
    assert first == {e: pytest.approx(600 * e, abs=11) for e in range(11)}
