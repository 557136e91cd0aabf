"""The file of what was measured: which machine, which versions, when, and every trial by its seed."""

import datetime
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lstmviz.base.cores import cores
from lstmviz.paper.rows import CHECKED_EVERY, ROWS, Row
from lstmviz.paper.trial import Trial

FORMAT = "lstmviz paper"
VERSION = 1
SHIPPED = Path(__file__).parent / "measured.json"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A file's content."""

    date: str
    """of its last trial, as 2026-11-28"""
    system: str
    cores: int
    versions: Mapping[str, str]
    """of python, numpy, numba and torch"""
    checked_every: int
    trials: Mapping[str, tuple[Trial, ...]]
    """by the keys of `ROWS`, each by ascending seed; only of rows that are today what they were then"""

    def to_json(self) -> str:
        """The text of the file."""
        rows = {row.key: row for row in ROWS}
        document = {
            "format": FORMAT,
            "version": VERSION,
            "date": self.date,
            "system": self.system,
            "cores": self.cores,
            "versions": dict(self.versions),
            "checked_every": self.checked_every,
            "rows": [
                {
                    "settings": settings(rows[key]),
                    "weights": rows[key].weights,
                    "trials": [_brief(trial) for trial in trials],
                }
                for key, trials in self.trials.items()
            ],
        }
        text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
        for row in document["rows"]:  # type: ignore[attr-defined]
            for trial in row["trials"]:
                spread = json.dumps(trial, indent=1).replace("\n", "\n    ")
                text = text.replace(spread, json.dumps(trial))
        return text + "\n"


def settings(row: Row) -> dict[str, Any]:
    """All that decides about the numbers of a row, as JSON has it."""
    written: dict[str, Any] = json.loads(json.dumps(asdict(row)))
    return {name: value for name, value in written.items() if name not in ("beside", "deviations")}


def read_measured(text: str) -> Measured:
    """What a file says. Trials of rows that are unknown here, or were set otherwise, are left out.

    Raises:
        ValueError: it is no such file, or one of a later version.
    """
    try:
        document = json.loads(text)
        if document["format"] != FORMAT or document["version"] != VERSION:
            raise ValueError
        now = {row.key: settings(row) for row in ROWS}
        kept = {one["settings"]["key"]: one for one in document["rows"] if one["settings"] in now.values()}
        return Measured(
            date=document["date"],
            system=document["system"],
            cores=document["cores"],
            versions=document["versions"],
            checked_every=document["checked_every"],
            trials={
                key: tuple(sorted((_trial(one) for one in kept[key]["trials"]), key=lambda trial: trial.seed))
                for key in now
                if key in kept and document["checked_every"] == CHECKED_EVERY
            },
        )
    except (KeyError, TypeError, ValueError):
        raise ValueError("This is no file of measured trials of this version.") from None


@cache
def shipped() -> Measured:
    """What comes with lstmviz: measured by `python -m lstmviz.paper run`."""
    return read_measured(SHIPPED.read_text(encoding="utf-8"))


def here(trials: Mapping[str, tuple[Trial, ...]]) -> Measured:
    """Trials of today and of this machine."""
    return Measured(
        date=datetime.date.today().isoformat(),
        system=f"{platform.system()} {platform.machine()}",
        cores=cores(),
        versions={"python": platform.python_version()} | {name: version(name) for name in ("numpy", "numba", "torch")},
        checked_every=CHECKED_EVERY,
        trials=trials,
    )


def write(measured: Measured, path: Path) -> None:
    """Write the file; who reads it meanwhile sees the old one or the new."""
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_text(measured.to_json(), encoding="utf-8")
    os.replace(unfinished, path)


def _trial(written: dict[str, Any]) -> Trial:
    missed = written.get("missed")
    return Trial(**written | {"missed": None if missed is None else tuple(missed)})


def _brief(trial: Trial) -> dict[str, Any]:
    written = asdict(trial) | {"seconds": round(trial.seconds, 2)}
    return {name: value for name, value in written.items() if value is not None or name == "sequences"}
