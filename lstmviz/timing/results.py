"""Files of measurements: which machine, which versions, when, and what each row took."""

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from lstmviz.timing.row import Row

FORMAT = "lstmviz timing"
VERSION = 1
MOST_BYTES = 2_000_000
MOST_ROWS = 5_000
WAYS = ("cpu", "gpu", "compiled")
"""torch on the CPU, torch on a GPU, and the engine's own compiled loop (on one core, or two where weights are many)"""
_MOST_TEXT = 200
_HERE = Path(__file__).parent / "shipped"


class FileError(ValueError):
    """A file that is no file of results that can be read here; `reason` is "foreign", "future", "huge" or "damaged"."""

    def __init__(self, reason: str, sentence: str) -> None:
        """Keep why, beside the sentence."""
        self.reason = reason
        super().__init__(sentence)


@dataclass(frozen=True)
class Machine:
    """What measured."""

    name: str
    cpu: str = ""
    cores: int | None = None
    gpu: str = ""
    system: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    """of torch, cudnn, python and lstmviz, as far as they are known"""


@dataclass(frozen=True)
class Operation:
    """Operators of torch that belong together, as the profiler met them; `name` is one of `inside.GROUPS`."""

    name: str
    calls: float
    """a step"""
    nanoseconds: float
    """a step, of all calls; scaled so that all of them together take what the step takes without a profiler"""


@dataclass(frozen=True)
class Measurement:
    """What a row took, one way; seconds are those of `row.epochs` epochs, measured over fewer and scaled."""

    row: Row
    way: str
    median: float
    least: float | None = None
    most: float | None = None
    low: float | None = None
    high: float | None = None
    repeats: int | None = None
    threads: int | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    """seconds an epoch of transfer, forward, backward and update; "unrecorded" is forward under `torch.no_grad`"""
    launches: float | None = None
    """of operators of torch, or of kernels on a GPU, an epoch"""
    operations: tuple[Operation, ...] = ()
    tanh: float | None = None
    """nanoseconds from what goes into a tanh to what comes out, in the way's own code"""
    difference: float | None = None
    """the largest from torch's numbers, in the same run"""
    beside: int | None = None
    """repeats with other work of the same server beside them"""

    @property
    def epoch_seconds(self) -> float:
        """Seconds of one epoch."""
        return self.median / self.row.epochs

    @property
    def step_nanoseconds(self) -> float:
        """Nanoseconds of one step, whatever the batch."""
        return 1e9 * self.epoch_seconds / self.row.steps

    def seconds(self, epochs: int) -> float:
        """Seconds of so many epochs; as they are written where that is what was measured."""
        return self.median if epochs == self.row.epochs else self.median * (epochs / self.row.epochs)


@dataclass(frozen=True)
class Results:
    """A file's content."""

    machine: Machine
    date: str
    measurements: tuple[Measurement, ...]
    about: str = ""

    def of(self, row: Row, way: str) -> Measurement | None:
        """The measurement of a row one way, however many epochs it was timed for; the first of several."""
        return next(iter(self.all_of(row, way)), None)

    def all_of(self, row: Row, way: str) -> Iterable[Measurement]:
        """All of them, as with several numbers of threads."""
        return self._found.get((row.per_epoch, way), ())

    @cached_property
    def _found(self) -> Mapping[tuple[Row, str], Sequence[Measurement]]:
        """Those of a row one way; a page looks for a hundred of them."""
        found = defaultdict[tuple[Row, str], list[Measurement]](list)
        for one in self.measurements:
            found[one.row.per_epoch, one.way].append(one)
        return dict(found)

    def best(self, row: Row, way: str) -> Measurement | None:
        """That of the number of threads that was fastest; the first one of each counts."""
        firsts: dict[int | None, Measurement] = {}
        for one in self.all_of(row, way):
            firsts.setdefault(one.threads, one)
        return min(firsts.values(), key=lambda one: one.epoch_seconds, default=None)

    def to_json(self) -> str:
        """The text of a file."""
        document = {
            "format": FORMAT,
            "version": VERSION,
            "machine": {key: value for key, value in asdict(self.machine).items() if value not in (None, "")},
            "date": self.date,
            "about": self.about,
            "measurements": [written(one) for one in self.measurements],
        }
        lines = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
        return _ON_ONE_LINE.sub(lambda match: re.sub(r"\n\s*", " ", match[0]), lines) + "\n"


_ON_ONE_LINE = re.compile(r"(?<=\n  )\{\n.*?\n  \}", re.DOTALL)


def read_results(text: str | bytes) -> Results:
    """What a file of results says.

    Raises:
        FileError: it is none, is damaged, was written by a later version, or is too large; a sentence says which.
    """
    if len(text) > MOST_BYTES:
        raise FileError("huge", f"A file of results has at most {MOST_BYTES:,} bytes; this one has {len(text):,}.")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise FileError("foreign", "This is no file of timing results: it is not JSON.") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise FileError("foreign", f'This is no file of timing results: it does not say "format": "{FORMAT}".')
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FileError("damaged", "This file of results is damaged: its version is no whole number.")
    if version > VERSION:
        raise FileError(
            "future",
            f"This file of results is of version {version}, which a later lstmviz wrote; this one reads {VERSION}.",
        )
    entries = document.get("measurements")
    if isinstance(entries, list) and len(entries) > MOST_ROWS:
        raise FileError("huge", f"A file of results has at most {MOST_ROWS:,} rows; this one has {len(entries):,}.")
    try:
        return Results(
            machine=_machine(document["machine"]),
            date=_text(document["date"]),
            measurements=tuple(read_measurement(one) for one in _list(entries)),
            about=_text(document.get("about", "")),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        what = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
        raise FileError("damaged", f"This file of results is damaged: {what.rstrip('.')[:_MOST_TEXT]}.") from None


@cache
def shipped() -> Mapping[str, Results]:
    """The results that come with lstmviz, by their files' names: the notes' own, and those of machines measured."""
    return {file.stem: read_results(file.read_bytes()) for file in sorted(_HERE.glob("*.json"))}


def written(one: Measurement) -> dict[str, Any]:
    """A measurement as JSON: what is not known is left out."""
    row = {key: value for key, value in asdict(one.row).items() if value is not None}
    rest = {item.name: getattr(one, item.name) for item in fields(one) if item.name != "row"}
    rest["operations"] = [asdict(operation) for operation in one.operations]
    rest["parts"] = dict(one.parts)
    return row | {key: value for key, value in rest.items() if value not in (None, [], {})}


def read_measurement(entry: Any) -> Measurement:
    """A measurement as `written` wrote it.

    Raises:
        ValueError, TypeError, KeyError: it is none.
    """
    entry = dict(_dict(entry))
    row = Row(**{item.name: entry.pop(item.name) for item in fields(Row) if item.name in entry})
    way = entry.pop("way")
    if way not in WAYS:
        raise ValueError(f"`way` must be one of {', '.join(WAYS)}")
    operations = tuple(
        Operation(_text(one["name"]), _positive("calls", one["calls"]), _positive("nanoseconds", one["nanoseconds"]))
        for one in map(_dict, _list(entry.pop("operations", [])))
    )
    parts = {_text(name): _positive(name, value) for name, value in _dict(entry.pop("parts", {})).items()}
    whole = {name: _whole(name, entry.pop(name)) for name in ("repeats", "threads", "beside") if name in entry}
    known = {item.name for item in fields(Measurement)}
    if unknown := sorted(set(entry) - known):
        raise ValueError(f"`{unknown[0]}` says nothing here")
    numbers = {name: _positive(name, value) for name, value in entry.items()}
    if numbers["median"] == 0:
        raise ValueError("`median` must be above 0")
    return Measurement(row=row, way=way, operations=operations, parts=parts, **numbers, **whole)  # type: ignore[arg-type]


def _machine(entry: Any) -> Machine:
    entry = _dict(entry)
    versions = {_text(name): _text(value) for name, value in _dict(entry.get("versions", {})).items()}
    cores = entry.get("cores")
    texts = {name: _text(entry.get(name, "")) for name in ("cpu", "gpu", "system")}
    name = _text(entry["name"])
    if not name.strip():
        raise ValueError("the machine has no name")
    return Machine(name, versions=versions, cores=None if cores is None else _whole("cores", cores), **texts)


def _positive(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ValueError(f"`{name}` must be a number that is not negative")
    return value


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise ValueError(f"`{name}` must be a whole number that is not negative")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 10 * _MOST_TEXT:
        raise ValueError("a text is missing or too long")
    return value


def _dict(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("something with names is missing")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("a list is missing")
    return value
