"""The tables: what is the paper's, what is ours, and how sure it is."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import lstmviz as lv
from lstmviz.paper.command import main
from lstmviz.paper.deviations import DEVIATIONS
from lstmviz.paper.measured import here, read_measured, settings, shipped
from lstmviz.paper.rows import CHECKED_EVERY, PUBLISHED, ROWS, row_of
from lstmviz.paper.table import line_of
from lstmviz.paper.trial import Trial


def trials(*needed: int | None) -> tuple[Trial, ...]:
    return tuple(Trial(seed=seed, sequences=one, shown=one or 60_000, seconds=1.0) for seed, one in enumerate(needed))


def test_a_line_has_rate_median_and_mean_of_those_that_succeeded() -> None:
    row = ROWS[0]
    line = line_of(row, trials(300, None, 100, 200, None))
    assert (line.rate.solved, line.rate.trials) == (3, 5)
    assert line.median.value == 300  # of 100, 200, 300, beyond, beyond
    assert line.mean is not None
    assert line.mean.value == 200
    interval = stats.ttest_1samp([300, 100, 200], 0).confidence_interval(0.95)
    assert (line.mean.low, line.mean.high) == pytest.approx((max(0, interval.low), interval.high))
    assert (line.least, line.most) == (100, 300)
    assert line_of(row, trials(None, None, 100)).median.value is None
    assert line_of(row, trials(None)).mean is None


def test_the_median_s_bounds_hold_it_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(120):
        needed = np.round(rng.exponential(10_000, 30)).astype(int)
        line = line_of(ROWS[0], trials(*(int(one) if one < 20_000 else None for one in needed)))
        low, high = line.median.low, line.median.high
        held += (low is not None and low <= 10_000 * np.log(2)) and (high is None or high >= 10_000 * np.log(2))
    assert held / 120 > 0.9


def test_a_file_says_again_what_was_written_and_forgets_rows_that_are_others_now() -> None:
    measured = here({ROWS[0].key: trials(300, None), ROWS[3].key: trials(100)})
    assert read_measured(measured.to_json()) == measured
    document = json.loads(measured.to_json())
    document["rows"][0]["settings"]["lr"] = 0.7
    assert list(read_measured(json.dumps(document)).trials) == [ROWS[3].key]
    with pytest.raises(ValueError, match="no file of measured trials"):
        read_measured("{}")


def test_everything_in_the_tables_is_the_paper_s_or_measured() -> None:
    reber, adding = lv.paper_table()
    assert [len(reber.published), len(adding.published)] == [9, 1]
    assert (*reber.published, *adding.published) == PUBLISHED
    for line in (*reber.lines, *adding.lines):
        assert line.trials == shipped().trials[line.row.key]
        assert all(trial.sequences is None or trial.sequences % CHECKED_EVERY == 0 for trial in line.trials)
        assert len(line.deviations("ko")) == len(line.deviations()) > 0
    used = {key for row in ROWS for key in row.deviations}
    assert used == set(DEVIATIONS)


def test_a_trial_that_was_shipped_comes_out_again() -> None:
    row = row_of("rnn-10-embedded_reber-0.003")
    known = min(shipped().trials[row.key], key=lambda trial: trial.shown)
    (trial,) = lv.reproduce(row, [known.seed])
    assert replace(trial, seconds=0) == replace(known, seconds=0)


def test_the_command_goes_on_where_it_stopped(tmp_path: Path, refused, monkeypatch: pytest.MonkeyPatch) -> None:
    from lstmviz.paper import rows, trial

    short = replace(row_of("gru-5-embedded_reber-0.01"), limit=200)
    monkeypatch.setattr(rows, "ROWS", (short,))
    monkeypatch.setattr("lstmviz.paper.measured.ROWS", (short,))
    out = tmp_path / "measured.json"
    assert main(["run", "--seeds", "2", "--out", str(out)]) == 0
    first = read_measured(out.read_text(encoding="utf-8"))
    assert [one.seed for one in first.trials[short.key]] == [0, 1]
    seen = list[int]()
    real = trial.reproduce

    def watched(row, seeds):
        seen.extend(seeds)
        return real(row, seeds)

    monkeypatch.setattr(trial, "reproduce", watched)
    assert main(["run", "--seeds", "3", "--out", str(out)]) == 0
    assert seen == [2]
    assert settings(short) == json.loads(out.read_text(encoding="utf-8"))["rows"][0]["settings"]
    assert "--seeds must be between" in refused(main, "run", "--seeds", "0", "--out", str(out))
    assert "--rows must be of" in refused(main, "run", "--rows", "lstn", "--out", str(out))
    out.write_text("[]", encoding="utf-8")
    assert "--out must name a file of trials" in refused(main, "run", "--out", str(out))
