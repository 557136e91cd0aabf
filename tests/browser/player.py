"""What the tests of the cell player share: the engine to hold it against, ways to move it, and what it shows."""

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page, WebSocket, expect

from lstmviz.figures.theme import number, share_text
from lstmviz.models import Model, build_model, load_parameters
from lstmviz.tasks import Task, named_task
from lstmviz.tracing import Trace, trace, trace_snapshots
from lstmviz.training import TrainingDiverged, train
from lstmviz.ui.background.jobs import configs
from lstmviz.ui.frame.controls.experiment import Experiment
from tests.browser.conftest import PATIENCE_MS, SETTLED_MS, goto, settle, turn, wait_idle, wait_trained
from tests.browser.player_probes import MOVE, PIN, SELECTED, SHOWN, SUM


@dataclass(frozen=True, eq=False)
class Engine:
    """A run trained and followed here, without the page."""

    task: Task
    model: Model
    kept: tuple[int, ...]
    parameters: Sequence[Mapping[str, Any]]
    trace: Trace

    def at(self, e: int) -> tuple[Model, Trace]:
        """The network of one snapshot, and its trace."""
        load_parameters(self.model, self.parameters[e])
        return self.model, trace(self.model, self.task.inputs(), compare=False)


@cache
def engine(experiment: Experiment) -> Engine:
    """The snapshots of the page's network."""
    model_config, train_config = configs(experiment)
    model, task = build_model(model_config), named_task(experiment.task)
    kept, parameters = list[int](), list[Mapping[str, Any]]()
    with contextlib.suppress(TrainingDiverged):
        for step in train(model, task, train_config):
            if step.parameters is not None:
                kept.append(step.epoch)
                parameters.append(step.parameters)
    return Engine(
        task, model, tuple(kept), parameters, trace_snapshots(model, parameters, task.inputs(), compare=False)
    )


def open_player(page: Page, **query: object) -> None:
    """Open the page of the player and wait until it shows the trained network."""
    goto(page, "cell", **query)
    wait_trained(page)
    wait_shown(page)


def at_the_end(experiment: Experiment) -> dict[str, Any]:
    """What a URL says of the trained network, at the last step at which it is asked something."""
    asked = np.flatnonzero(named_task(experiment.task).scored)
    return {**experiment.params(), "epoch": experiment.epochs, "t": int(asked[-1])}


def turn_to_player(page: Page, experiment: Experiment) -> None:
    """Turn to the page of the player, to the end of this experiment, and wait until that is shown."""
    turn(page, "cell", **at_the_end(experiment))
    wait_trained(page)
    wait_shown(page)


def wait_shown(page: Page, times: int = 1) -> None:
    """Wait until the player was given something that often, and is drawn."""
    page.wait_for_function(
        """(times) => {
            const hosts = Array.from(document.querySelectorAll('*')).filter((one) => one.shadowRoot);
            return hosts.some((one) => (one.shadowRoot.querySelector('.player')?.dataset.ready ?? 0) >= times);
        }""",
        arg=times,
        timeout=PATIENCE_MS,
    )
    settle(page)


def answered(page: Page) -> None:
    """Wait until what was asked of the server is on display: the player says until when it waits."""
    expect(page.locator(".player.asking")).to_have_count(0, timeout=PATIENCE_MS)
    wait_idle(page, 200)
    wait_shown(page)


def move(page: Page, t: int | None = None, e: int | None = None) -> None:
    """Put the scrubbers on a step and on the number of a snapshot, as a hand does: by what they tell the page."""
    places = {"transport_time": t, "transport_training": e}
    page.locator(".player").evaluate(MOVE, {name: at for name, at in places.items() if at is not None})


def place(page: Page) -> tuple[int, int]:
    """The step and the number of the snapshot at which the scrubbers stand."""
    values = [page.locator(f"#transport_{name}").input_value() for name in ("time", "training")]
    return int(values[0]), int(values[1])


def press(page: Page, *keys: str) -> None:
    """Press keys in the player, and wait until it has followed."""
    for key in keys:
        page.locator(".player").press(key)
        settle(page)


def pin(page: Page, quantity: str, unit: int, side: int = 0) -> None:
    """Click a square of the diagram, or with "logits" a letter's row."""
    page.locator(".player").evaluate(PIN, [side, quantity, unit])


def tab(page: Page, name: str) -> None:
    """Turn the panel to one of its views."""
    page.locator(".tabs button").nth(["explain", "change", "beside"].index(name)).click()


def button(page: Page, name: str) -> Locator:
    """A button of the panel."""
    return page.locator("[data-part=panel]").get_by_role("button", name=name, exact=True)


def shown(page: Page) -> list[dict[str, Any]]:
    """What the diagrams show, one for each network."""
    return page.locator(".player").evaluate(SHOWN)


def sums(page: Page) -> dict[str, Any]:
    """The arithmetic in the panel."""
    return page.locator(".player").evaluate(SUM)


def value(text: str) -> float:
    """The number that a text writes."""
    return float(text.replace("−", "-").replace("∞", "inf").strip("()"))


def last_digit(text: str) -> float:
    """How much one in the last digit of a number as shown is."""
    found = re.fullmatch(r"−?\d+\.(\d+)(?:e([+−]\d+))?", text)
    assert found, text
    return 10.0 ** (int((found[2] or "0").replace("−", "-")) - len(found[1]))


def labelled(label: str) -> list[float]:
    """The numbers of a label for who cannot see the picture."""
    return [
        value(text) for text in re.findall(r"(?<=[ :])(?:−?\d+(?:\.\d+)?(?:e[+−]?\d+)?|NaN|−?∞)(?=$|[ ,:)])", label)
    ]


def expect_number(text: str, exact: float | None, wanted: Any, what: object) -> None:
    """`text` writes `wanted` as the pages do, halves rounded either way; `exact` has all its digits."""
    if exact is not None and np.isfinite(wanted):
        assert abs(exact - wanted) <= 1e-6 * abs(wanted) + 1e-30, (what, exact, wanted)
    if text != number(wanted):
        assert np.isfinite(wanted), (what, text, wanted)
        assert abs(value(text) - wanted) <= 0.5001 * last_digit(text), (what, text, wanted)


def expect_share(text: str, exact: float | None, wanted: Any, what: object) -> None:
    """The same of a share of 1, such as a probability: in percent, and never all or nothing unless it is."""
    if exact is not None and np.isfinite(wanted):
        assert abs(exact - wanted) <= 1e-6 * abs(wanted) + 1e-30, (what, exact, wanted)
    assert text in {share_text(float(wanted) + off) for off in (0, 1e-6, -1e-6)}, (what, text, wanted)


def expect_diagram(page: Page, tr: Trace, t: int, e: int, task: Task, side: int = 0, *, labels: bool = False) -> None:
    """Each number of a network's diagram is that of `tr`, of one network or of all snapshots.

    Letters are few enough for each to have a row.

    labels: look at the labels for who cannot see it as well, which have all digits, and follow when it stands still.
    """
    settle(page, SETTLED_MS if labels else 0)
    found, at = shown(page)[side], (e, t) if "snapshot" in tr.axes else (t,)
    for vector in found["vectors"]:
        quantity, when = vector["quantity"], vector["when"]
        if when == "now" and tr.layers[0].cell.startswith("rnn"):
            continue  # its sum, which is computed in the browser: the arithmetic has it
        values = getattr(tr, f"{quantity}_prev" if when == "before" else quantity)[at]
        assert len(vector["labels"]) == len(values)
        for unit, wanted in enumerate(values):
            exact = labelled(vector["labels"][unit])[1] if labels else None  # the first one is the unit's
            text = vector["numbers"][unit] if vector["numbers"] else number(wanted)
            expect_number(text, exact, wanted, (t, e, quantity, when, unit))
    probabilities = tr.probabilities[at]
    assert [bar["letter"] for bar in found["bars"]] == list(task.answers)
    guess = int(probabilities.argmax()) if np.isfinite(probabilities).all() else -1
    due, wrong = {int(task.y[t])}, {guess}
    if task.legal is not None:
        due = set(np.flatnonzero(task.legal[t]).tolist())
        wrong = set(np.flatnonzero(probabilities >= probabilities[sorted(due)].min()).tolist())
    elif not task.scored[t]:
        wrong = set()
    for k, bar in enumerate(found["bars"]):
        logit, probability = labelled(bar["label"])[:2] if labels else (None, None)
        expect_number(bar["logit"], logit, tr.logits[at][k], (t, e, "logit", k))
        expect_share(bar["probability"], probability, probabilities[k], (t, e, "probability", k))
        assert bar["mark"] == ("○" if k in due else "✕" if k in wrong else ""), (t, e, k)


def traffic(page: Page) -> list[str]:
    """A list that grows with each request and each message of a websocket; ask for it before the page is opened."""
    seen: list[str] = []

    def note_messages(socket: WebSocket) -> None:
        socket.on("framesent", lambda _: seen.append("sent"))
        socket.on("framereceived", lambda _: seen.append("received"))

    page.on("request", lambda request: seen.append(request.url))
    page.on("websocket", note_messages)
    return seen


def drag(page: Page, name: str, share: float) -> list[tuple[int, int]]:
    """Drag a scrubber's thumb with the mouse to that share of its way; where the scrubbers stood meanwhile."""
    track = page.locator(f"#transport_{name}")
    track.scroll_into_view_if_needed()
    box = track.bounding_box()
    assert box is not None
    low, high, at = track.evaluate("(input) => [Number(input.min), Number(input.max), Number(input.value)]")
    y = box["y"] + box["height"] / 2
    start, stood = (at - low) / (high - low), list[tuple[int, int]]()
    for k in range(11):
        part = start + (share - start) * k / 10
        page.mouse.move(box["x"] + 8 + (box["width"] - 16) * part, y, steps=2)  # the thumb is 16 wide
        if k == 0:
            page.mouse.down()
        stood.append(place(page))
    page.mouse.up()
    return stood


def selected(page: Page) -> dict[str, Any]:
    """What the parts of the player say is selected, once they have followed."""
    settle(page)
    return page.locator(".player").evaluate(SELECTED)
