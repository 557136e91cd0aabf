"""Numbers in, numbers out: what is asked, what is held back, what a file of one's own has to be."""

import csv
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import lstmviz as lv


def test_a_task_of_numbers_is_what_it_was_given():
    x, y = np.arange(12.0).reshape(6, 2), np.ones((6, 3))
    task = lv.number_task(x, y)
    assert (task.input_size, task.output_size) == (2, 3)
    np.testing.assert_array_equal(task.inputs(), x)
    examples = task.examples()
    assert examples.inputs.shape == (1, 6, 2)
    assert examples.targets.shape == (1, 6, 3)
    assert examples.scored.all()
    assert task.of_numbers
    assert task.alphabet == task.answers == ()
    with pytest.raises(ValueError, match="`one_hot` is for tasks that read symbols"):
        task.one_hot()
    x[0] = 99  # the task keeps its own
    assert task.x[0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        task.x[0, 0] = 1
    assert lv.number_task(x, y).key != task.key


def test_the_end_alone_can_be_asked():
    task = lv.number_task(np.arange(5.0), np.arange(5.0) * 2, at_end=True)
    assert task.scored.tolist() == [False] * 4 + [True]
    assert task.target_labels == ("", "", "", "", "8")


def test_the_loss_is_torchs_mean_squared_error():
    rng = np.random.default_rng(0)
    task = lv.number_task(rng.normal(size=(7, 2)), rng.normal(size=(7, 3)))
    model = lv.build_model(lv.ModelConfig(cell="gru", input_size=2, hidden_size=4, output_size=3, dtype="float64"))
    said = model(torch.tensor(task.x))[0]
    for reduction in ("mean", "sum"):
        record = next(iter(lv.train(model, task, lv.TrainConfig(loss=reduction))))
        loss = torch.nn.functional.mse_loss(said, torch.tensor(task.y), reduction=reduction)
        assert record.loss == pytest.approx(loss.item(), abs=1e-12)


def test_right_is_within_the_tolerance():
    task = lv.number_task(np.zeros(4), np.array([0.0, 1.0, 2.0, 3.0]), tolerance=0.5)
    found = lv.outcome(np.array([[0.4], [1.5], [2.6], [np.nan]]), task)
    assert found.right.tolist() == [True, True, False, False]
    np.testing.assert_allclose(found.margin, [0.1, 0.0, -0.1, np.nan], atol=1e-12)
    assert np.isnan(found.certainty).all()
    assert found.solved_since is None
    assert lv.outcome(task.y, task).solved_since == 0
    assert lv.number_task(np.zeros(3), [0.0, 0.0, 3.0]).tolerance == pytest.approx(0.1 * np.sqrt(2))
    with pytest.raises(ValueError, match=r"`logits` must end in the shape \(4, 1\); got \(4, 2\)"):
        lv.outcome(np.zeros((4, 2)), task)


def test_noise_is_two_times_as_many_normal_numbers():
    task = lv.noise_task(3000, 4, seed=7)
    assert task.x.shape == task.y.shape == (3000, 4)
    both = np.concatenate([task.x, task.y])
    assert abs(both.mean()) < 0.02
    assert both.std() == pytest.approx(1, abs=0.02)
    assert np.array_equal(task.x, lv.noise_task(3000, 4, seed=7).x)
    assert abs(np.corrcoef(task.x[:, 0], task.y[:, 0])[0, 1]) < 0.06


def test_a_sine_goes_on():
    task = lv.sine_task(100, 20, test=0.3)
    np.testing.assert_allclose(task.x[:, 0], np.sin(np.arange(100) * 2 * np.pi / 20), atol=1e-12)
    np.testing.assert_array_equal(task.x[1:], task.y[:-1])
    assert task.learned == 70


@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=20, max_size=60).filter(lambda v: np.std(v[:8]) > 1e-3),
    test=st.floats(0, 0.6),
    end=st.floats(-1e6, 1e6),
)
@settings(deadline=None, max_examples=60)
def test_nothing_of_the_test_part_is_known_where_it_is_learned_from(values, test, end):
    task = lv.series_task(values, test=test)
    examples = task.examples()
    steps = task.learned
    assert examples.scored[0].tolist() == [t < steps for t in range(len(values) - 1)]
    other = lv.series_task([*values[: steps + 1], *[end] * (len(values) - steps - 1)], test=test)
    np.testing.assert_array_equal(task.x[: steps + 1], other.x[: steps + 1])
    np.testing.assert_array_equal(task.y[:steps], other.y[:steps])
    assert task.tolerance == other.tolerance
    np.testing.assert_allclose(task.x[:, 0] * task.spread + task.mean, values[:-1], atol=1e-6)
    assert np.concatenate([task.x[:1], task.y[:steps]]).mean() == pytest.approx(0, abs=1e-6)
    assert np.concatenate([task.x[:1], task.y[:steps]]).std() == pytest.approx(1, abs=1e-6)
    if steps < len(values) - 1:
        assert np.array_equal(examples.held_out[0], ~examples.scored[0])
        assert np.array_equal(task.tests().scored, examples.held_out)
    else:
        assert task.tests().scored.all()


def test_a_share_may_be_held_out_of_what_is_learned_from():
    task = lv.sine_task(100, 20, test=0.2)
    examples = task.examples(0, 0.5)
    assert examples.scored.sum() == 40
    assert examples.held_out.sum() == 60
    with pytest.raises(ValueError, match="`held_out` must leave a step that is asked"):
        lv.number_task(np.arange(4.0), np.arange(4.0), at_end=True).examples(0, 0.5)


def written(tmp_path, rows, mark=",", bom=False):
    file = tmp_path / "own.csv"
    with file.open("w", newline="", encoding="utf-8-sig" if bom else "utf-8") as out:
        csv.writer(out, delimiter=mark).writerows(rows)
    return file


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("bom", [False, True])
def test_a_column_of_a_file_is_a_series(tmp_path, mark, bom):
    values = np.random.default_rng(3).normal(50, 9, 40)
    rows = [["날짜, day", "temp"], *([f"d{k}", repr(float(value))] for k, value in enumerate(values)), ["", ""]]
    file = written(tmp_path, rows, mark, bom)
    task = lv.csv_task(file, "temp", test=0.25)
    expected = lv.series_task(values, test=0.25)
    np.testing.assert_array_equal(task.x, expected.x)
    assert task.key == expected.key
    assert lv.csv_task(file.read_bytes(), test=0.25).key == task.key  # the first column that holds numbers alone


GOOD = [["day", "temp"], *([k, k * k] for k in range(12))]


@pytest.mark.parametrize(
    ("rows", "column", "sentence"),
    [
        ([], None, "the CSV file must name its columns in the first row; it is empty."),
        (GOOD, "rain", "`column` must be one of day, temp; got 'rain'."),
        (GOOD[:5], "temp", "the CSV file must have 10 to 100001 rows of values; got 4."),
        ([*GOOD, [13, "x<b>"]], "temp", "the column 'temp' must hold numbers; row 14 has 'x<b>'."),
        ([*GOOD, [13, ""]], "temp", "the column 'temp' must have a number in each row; row 14 has none."),
        ([*GOOD, [13, "inf"]], "temp", "the column 'temp' must hold finite numbers; row 14 has 'inf'."),
        ([*GOOD, [13]], "temp", "as many values in each row as names in the first, 2; row 14 has 1."),
        ([["a", "b"], *([k, 7] for k in range(12))], "b", "`values` must vary in the first 10 rows, which are learned"),
        ([["a"], *(["x"] for _ in range(12))], None, "the CSV file must have a column that holds numbers alone"),
        ([["a", "a"], *([k, k] for k in range(12))], "a", "`column` must name one column; 'a' names 2."),
    ],
)
def test_a_file_that_will_not_do_is_refused_in_a_sentence(tmp_path, rows, column, sentence):
    file = written(tmp_path, rows)
    for source in (file, file.read_bytes()):
        with pytest.raises(ValueError, match=re.escape(sentence)):
            lv.csv_task(source, column)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("/nowhere/own.csv", "the CSV file '/nowhere/own.csv' cannot be read: No such file or directory."),
        ("a\0b", "cannot be read"),
        ("/tmp", "cannot be read: Is a directory."),
        (b"\xff\xfe\x00a", "the CSV file must be a text in UTF-8."),
        (b"a,b\n1,\x00", "the CSV file must be a text in UTF-8."),
        (b'a,b\n"1,2\n', "the CSV file must be a table;"),
        (b"a\n" * 10_000_001, "the CSV file must have at most 20000000 bytes."),
        (12, "`source` must be a path or bytes; got a value of type int."),
    ],
)
def test_so_is_what_is_no_table(source, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        lv.csv_task(source)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: lv.number_task([1.0, 2.0], [1.0]), "`y` must have 2 to 100000 rows; got 1."),
        (
            lambda: lv.number_task([1.0, 2.0], [1.0, 2.0, 3.0]),
            "`y` must have a row for each of the 2 steps of `x`",
        ),
        (lambda: lv.number_task([1.0, np.nan], [1.0, 2.0]), "`x` must be finite; row 1 is not."),
        (lambda: lv.number_task(["a", "b"], [1.0, 2.0]), "`x` must be an array of numbers, (T, Q) or (T,)."),
        (lambda: lv.number_task(np.zeros((2, 2, 2)), [1.0, 2.0]), "got (2, 2, 2)."),
        (lambda: lv.number_task([1.0, 2.0], [1.0, 2.0], at_end=True, test=0.5), "`test` must be 0 where the last step"),
        (lambda: lv.number_task([1.0, 2.0], [1.0, 2.0], tolerance=0), "`tolerance` must be above 0"),
        (lambda: lv.series_task([1.0, 1.0, 1.0, 5.0], test=0.5), "`values` must vary in the first 2 rows"),
        (lambda: lv.sine_task(1), "`steps` must be between 2 and 100000; got 1."),
        (lambda: lv.adding_task(10), "`length` must be between 24 and 2000; got 10."),
    ],
)
def test_what_cannot_be_is_refused(make, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        make()
