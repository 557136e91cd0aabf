"""The two pictures: every number in them, still and moving, is the trace's, on scales that never change."""

import json
from functools import cache

import numpy as np
import plotly.graph_objects as go
import plotly.io as pio
import pytest

from lstmviz.figures.gates import MAX_NUMBERS, PICTURES, Look, gates_figure, shown_snapshots, window
from lstmviz.figures.playback import FAST
from lstmviz.figures.theme import Palette
from lstmviz.models import ModelConfig, build_model, parameters_of
from lstmviz.tasks import PRESETS, Task, alphabet_task
from lstmviz.tracing import Trace, trace_snapshots

EPOCHS = (0, 3, 50, 1200)
LOSSES = (1.5, 1.2, 0.4, 0.00002)
WORDS = {name: name for name in ("i", "f", "o", "g", "c", "h", "r", "z", "n", "h_pre", "yhat")} | {
    "training": "epoch {epoch}, loss {loss}",
    "time": "t {t}: {letter} then {next}",
}
CELLS = tuple(PICTURES)


@cache
def example(cell: str = "lstm", pattern: str = "abcabC", hidden: int = 3, snapshots: int = 4) -> tuple[Task, Trace]:
    """A task and the trace of networks that differ from snapshot to snapshot."""
    task = alphabet_task(pattern, repeats=20)
    size = len(task.alphabet)
    config = ModelConfig(cell=cell, input_size=size, hidden_size=hidden, output_size=size, seed=5)
    model = build_model(config)
    first = parameters_of(model)
    grown = [{name: array * (1 + 2 * k / snapshots) for name, array in first.items()} for k in range(snapshots)]
    return task, trace_snapshots(model, grown, task.one_hot())


def draw(
    cell: str = "lstm", pattern: str = "abcabC", hidden: int = 3, last: bool = True, dark: bool = False, **options
) -> tuple[go.Figure, Trace, range]:
    task, tr = example(cell, pattern, hidden)
    lecture = options.pop("lecture", False)
    start = options.pop("start", (None, None))
    steps = window(task, 2, last)
    palette = Palette(dark=dark, lecture=lecture)
    figure = gates_figure(tr, task, EPOCHS, LOSSES, steps, palette, WORDS, Look(**options), start)
    return figure, tr, steps


def quantities(cell: str) -> list[str]:
    return [name for picture in PICTURES[cell] for name in picture]


def values(tr: Trace, name: str) -> np.ndarray:
    return tr.probabilities if name == "yhat" else getattr(tr, name)


def traces(figure: go.Figure) -> dict[str | tuple[str, int], int]:
    """Quantity -> number of the trace that shows it."""
    return {
        tuple(trace.meta) if isinstance(trace.meta, list | tuple) else trace.meta: k
        for k, trace in enumerate(figure.data)
        if trace.meta is not None
    }


def shown_in(figure: go.Figure, frame: str) -> dict[int, dict]:
    """Number of a trace -> what the frame changes of it."""
    (found,) = [found for found in figure.frames if found.name == frame]
    return dict(zip(found.traces, found.data, strict=True))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("last", [True, False])
def test_every_square_of_every_epoch_is_the_traces_number(cell, last):
    figure, tr, steps = draw(cell, last=last)
    assert list(traces(figure)) == quantities(cell)
    for name, number in traces(figure).items():
        expected = values(tr, name)[:, steps.start : steps.stop]
        np.testing.assert_array_equal(figure.data[number].z, expected[-1])
        for k, epoch in enumerate(EPOCHS):
            np.testing.assert_array_equal(shown_in(figure, f"epoch {epoch}")[number].z, expected[k])


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("hidden", [3, 7])
def test_every_line_of_every_epoch_is_the_traces_number(cell, hidden):
    figure, tr, steps = draw(cell, hidden=hidden, lines=True)
    seen = set()
    for name, number in traces(figure).items():
        quantity, unit = name if isinstance(name, tuple) else (name, None)
        expected = values(tr, quantity)[:, steps.start : steps.stop]
        if unit is None:  # all units, with a gap after each
            gaps = np.full((*expected.swapaxes(1, 2).shape[:2], 1), np.nan)
            expected = np.concatenate([expected.swapaxes(1, 2), gaps], axis=2).reshape(len(EPOCHS), -1)
            seen |= {(quantity, k) for k in range(values(tr, quantity).shape[-1])}
        else:
            expected = expected[:, :, unit]
            seen.add((quantity, unit))
        np.testing.assert_array_equal(np.array(figure.data[number].y, float), expected[-1])
        for k, epoch in enumerate(EPOCHS):
            np.testing.assert_array_equal(
                np.array(shown_in(figure, f"epoch {epoch}")[number].y, float), np.array(expected[k], float)
            )
    assert seen == {(name, k) for name in quantities(cell) for k in range(values(tr, name).shape[-1])}


@pytest.mark.parametrize("lines", [False, True])
def test_a_step_moves_the_marks_and_nothing_else(lines):
    figure, _, steps = draw(lines=lines)
    showing = set(traces(figure).values())
    for k, t in enumerate(steps):
        for number, change in shown_in(figure, f"step {t}").items():
            assert number not in showing
            moved = np.array(change.x if lines else change.y, float)
            assert moved.mean() == pytest.approx(k, abs=0.21)
            assert {key for key, value in change.to_plotly_json().items() if value is not None} <= {"type", "x", "y"}


@pytest.mark.parametrize("lines", [False, True])
def test_an_epoch_moves_no_mark(lines):
    figure, _, steps = draw(lines=lines)
    marks = set(shown_in(figure, f"step {steps[0]}"))
    for epoch in EPOCHS:
        assert not marks & set(shown_in(figure, f"epoch {epoch}"))


def test_there_is_a_frame_for_each_epoch_and_step_and_the_meta_says_so():
    figure, _, steps = draw()
    assert figure.layout.meta == {"epochs": list(EPOCHS), "steps": list(steps)}
    names = [f"step {t}" for t in steps] + [f"epoch {epoch}" for epoch in EPOCHS]
    assert [frame.name for frame in figure.frames] == names


@pytest.mark.parametrize("dark", [False, True])
def test_the_scales_are_those_of_the_meaning_and_no_frame_changes_them(dark):
    figure, tr, _ = draw(dark=dark, hidden=4)
    bound = max(1.0, np.abs(tr.c).max())
    ranges = {"c": (-bound, bound), "g": (-1, 1), "h": (-1, 1)} | dict.fromkeys(("i", "f", "o", "yhat"), (0, 1))
    for name, number in traces(figure).items():
        assert (figure.data[number].zmin, figure.data[number].zmax) == pytest.approx(ranges[name])
    for frame in figure.frames:
        for change in frame.data:
            given = {key for key, value in change.to_plotly_json().items() if value is not None}
            assert given <= {"type", "z", "x", "y"}


@pytest.mark.parametrize("cell", ["rnn", "rnn_relu"])
def test_what_has_no_bound_gets_the_largest_of_the_run(cell):
    figure, tr, _ = draw(cell)
    for name in ("h_pre", "h") if cell == "rnn_relu" else ("h_pre",):
        heatmap = figure.data[traces(figure)[name]]
        bound = max(1.0, np.abs(values(tr, name)).max())
        assert (heatmap.zmin, heatmap.zmax) == pytest.approx((-bound, bound))


def test_the_lectures_colours_are_one_scale_for_all():
    figure, _, _ = draw(lecture=True)
    for number in traces(figure).values():
        heatmap = figure.data[number]
        assert (heatmap.zmin, heatmap.zmax) == (-1, 1)
        assert [colour for _, colour in heatmap.colorscale] == ["#0000ff", "#ffffff", "#ff0000"]


def test_each_range_is_printed():
    figure, tr, _ = draw()
    texts = [note.text for note in figure.layout.annotations]
    assert texts.count("0–1") == 4
    assert texts.count("±1") == 2 + (np.abs(tr.c).max() <= 1)


def test_the_range_of_lines_is_fixed():
    figure, _, _ = draw(lines=True)
    axes = {trace.meta[0]: trace.yaxis for trace in figure.data if trace.meta}
    low, high = figure.layout[axes["f"].replace("y", "yaxis")].range
    assert low < 0 < 1 < high
    low, high = figure.layout[axes["h"].replace("y", "yaxis")].range
    assert low < -1 < 1 < high


@pytest.mark.parametrize("pattern", PRESETS)
def test_rows_are_letters_and_columns_are_units(pattern):
    figure, _, steps = draw(pattern=pattern)
    task = alphabet_task(pattern)
    labels = [task.labels[t % task.period] for t in steps]
    for axis in (figure.layout.yaxis, figure.layout.yaxis2):
        assert list(axis.ticktext) == labels
        assert axis.range[0] > axis.range[1]  # the first step on top
    assert list(figure.layout.xaxis.ticktext) == [f"{name}{k}" for name in "ifo" for k in (1, 2, 3)]
    columns = [f"{name}{k}" for name in "gch" for k in (1, 2, 3)] + list(task.alphabet)
    assert list(figure.layout.xaxis2.ticktext) == columns


def test_hovering_names_letter_and_unit():
    figure, _, steps = draw()
    heatmap = figure.data[traces(figure)["f"]]
    assert heatmap.hovertext[1][2] == "b1 · f3"
    assert np.shape(heatmap.hovertext) == (len(steps), 3)


def test_a_frame_marks_the_letter_that_comes():
    figure, _, steps = draw()
    task, _ = example()
    heatmap = figure.data[traces(figure)["yhat"]]
    (frames,) = [trace for trace in figure.data if trace.type == "scatter" and trace.line.color == "#e07b00"]
    for k, t in enumerate(steps):
        x, y = frames.x[6 * k : 6 * k + 5], frames.y[6 * k : 6 * k + 5]
        assert (min(x), max(x)) == (heatmap.x[task.y[t]], heatmap.x[task.y[t] + 1])
        assert (min(y), max(y)) == (k - 0.5, k + 0.5)


def test_a_window_begins_with_a_pattern():
    task = alphabet_task("abcabC")
    assert window(task, 2, last=False) == range(0, 12)
    assert window(task, 3, last=True) == range(582, 599)
    assert window(task, 100, last=True) == window(task, 100, last=False) == range(599)


def test_the_players_say_where_they_are():
    figure, _, steps = draw()
    time, training = figure.layout.sliders
    assert [step.value for step in time.steps] == [f"step {t}" for t in steps]
    assert time.steps[1].label == f"t {steps[1]}: b1 then c"
    assert training.steps[3].label == "epoch 1,200, loss 2.0e-05"
    assert (time.active, training.active) == (0, 3)
    for slider in (time, training):
        for step in slider.steps:
            assert step.method == "animate"
            assert list(step.args[0]) == [step.value]


def test_the_buttons_play_and_stop_the_frames_of_their_own_player():
    figure, _, _ = draw()
    for menu, slider, redraw in zip(figure.layout.updatemenus, figure.layout.sliders, (False, True), strict=True):
        play, fast, pause = menu.buttons
        assert list(play.args[0]) == list(fast.args[0]) == [step.value for step in slider.steps]
        assert play.args[1]["frame"] == {"duration": FAST * fast.args[1]["frame"]["duration"], "redraw": redraw}
        assert play.args[1]["fromcurrent"]
        assert list(pause.args[0]) == [None]


@pytest.mark.parametrize(
    ("start", "step", "epoch"),
    [((112, 3), 112, 3), ((112, None), 112, 1200), ((2, 60), 108, 50), ((None, 9**9), 108, 1200)],
)
def test_it_can_begin_elsewhere(start, step, epoch):
    figure, tr, steps = draw(start=start)
    time, training = figure.layout.sliders
    assert time.steps[time.active].value == f"step {step}"
    assert training.steps[training.active].value == f"epoch {epoch}"
    heatmap = figure.data[traces(figure)["c"]]
    np.testing.assert_array_equal(heatmap.z, tr.c[EPOCHS.index(epoch), steps.start : steps.stop])


def test_numbers_are_written_where_they_fit():
    figure, _, _ = draw(numbers=True)
    formats = {name: figure.data[k].texttemplate for name, k in traces(figure).items()}
    assert set(formats.values()) == {"%{z:.2f}", "%{z:.1f}"}
    figure, _, _ = draw(numbers=True, hidden=40)
    assert figure.data[traces(figure)["i"]].texttemplate is None
    figure, _, _ = draw()
    assert figure.data[traces(figure)["i"]].texttemplate is None


def overlap(first: tuple[float, float], second: tuple[float, float]) -> bool:
    return first[0] < second[1] and second[0] < first[1]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("narrow", [False, True])
def test_nothing_stands_on_anything_else(cell, lines, narrow):
    figure, _, _ = draw(cell, lines=lines, narrow=narrow)
    layout = figure.layout.to_plotly_json()
    count = sum(key.startswith("xaxis") for key in layout)
    boxes = [
        (layout[f"xaxis{k if k > 1 else ''}"]["domain"], layout[f"yaxis{k if k > 1 else ''}"]["domain"])
        for k in range(1, count + 1)
    ]
    for k, (x, y) in enumerate(boxes):
        assert 0 <= x[0] < x[1] <= 1
        assert 0 <= y[0] < y[1] <= 1
        assert not any(overlap(x, other_x) and overlap(y, other_y) for other_x, other_y in boxes[:k])
    pictures = boxes[:-1]  # the last is the loss curve's
    left = [x[0] for x, _ in pictures]
    assert (max(left) - min(left) > 0.3) != narrow  # side by side, or one below the other
    lowest = min(y[0] for _, y in pictures)
    tops = [slider.y for slider in figure.layout.sliders]
    assert lowest > tops[0] > tops[1] > 0


def test_many_units_put_the_pictures_one_below_the_other():
    figure, _, _ = draw(hidden=40)
    assert figure.layout.xaxis.domain[0] == figure.layout.xaxis2.domain[0]
    assert len(figure.layout.xaxis.ticktext) < 3 * 40


def test_of_a_large_network_fewer_snapshots_are_sent():
    task, tr = example(hidden=64, snapshots=60)
    steps = window(task, 3, last=True)
    shown = shown_snapshots(tr, steps)
    assert (shown[0], shown[-1]) == (0, 59)
    assert 10 < len(shown) < 60
    assert len(shown) * len(steps) * (6 * 64 + 4) <= MAX_NUMBERS
    assert max(np.diff(shown)) - min(np.diff(shown)) <= 1
    figure = gates_figure(tr, task, range(60), [1.0] * 60, steps, Palette(), WORDS)
    assert figure.layout.meta["epochs"] == shown
    np.testing.assert_array_equal(figure.frames[-2].data[0].z, tr.i[shown[-2], steps.start : steps.stop])
    assert len(pio.to_json(figure, validate=False)) < 1.3e6


def test_a_small_network_is_sent_whole_and_small():
    task, tr = example(hidden=3, snapshots=60)
    steps = window(task, 3, last=True)
    assert shown_snapshots(tr, steps) == list(range(60))
    figure = gates_figure(tr, task, range(60), [1.0] * 60, steps, Palette(), WORDS)
    assert len(pio.to_json(figure, validate=False)) < 0.3e6


def test_letters_are_never_markup():
    task = alphabet_task("<b>", repeats=20)
    model = build_model(ModelConfig(cell="gru", input_size=3, hidden_size=2, output_size=3))
    tr = trace_snapshots(model, [parameters_of(model)], task.one_hot())
    figure = gates_figure(tr, task, [0], [1.0], window(task, 2, last=True), Palette(), WORDS)
    texts = json.dumps([*figure.layout.yaxis.ticktext, *figure.layout.xaxis2.ticktext])
    assert "&lt;" in texts
    assert "<" not in texts
    assert figure.layout.sliders[0].steps[0].label == f"t {window(task, 2, last=True)[0]}: &lt; then b"


def test_a_training_of_a_single_snapshot_can_be_shown():
    task, tr = example(snapshots=1)
    figure = gates_figure(tr, task, [0], [float("nan")], window(task, 1, last=False), Palette(), WORDS)
    assert figure.layout.meta["epochs"] == [0]
