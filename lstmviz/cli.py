"""The command line: sweeps without the dashboard, written as tables."""

import argparse
import logging
import os
import re
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from lstmviz.store.results import ENDINGS
from lstmviz.timing import command as timing_cli

if TYPE_CHECKING:  # loaded when it is needed: help and complaints do not wait for torch
    import pandas as pd

    from lstmviz.sweeps import BundleResult, Store, SweepConfig

ASK_FROM_SECONDS = 3600.0
"""A sweep that is estimated to take longer is asked about before it starts."""
INTERRUPTED = 130  # what shells say of a program that Ctrl-C ended
_MOST_VALUES = 1_000_000  # in a list such as 0-24: so many networks a sweep has at most
_OPTIONS = {
    "task": "--task",
    "pattern": "--task",
    "repeats": "--repeats",
    "cells": "--cells",
    "hidden_size": "--hidden-sizes",
    "lr": "--lrs",
    "seeds": "--seeds",
    "epochs": "--epochs",
    "match": "--match",
    "snapshots": "--snapshots",
    "threads": "--threads",
    "scheduler": "--scheduler",
}
"""What the engine's parameters are called here."""


class _Parser(argparse.ArgumentParser):
    """Complains in one sentence, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message.removeprefix('argument ')}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what `arguments`, those of the process if left out, ask for; returns the exit status.

    0: done; 1: declined when asked, or the tables cannot be written; 2: bad input, said in one sentence on stderr (as
    SystemExit); 130: interrupted, with what was finished written.
    """
    parser = _Parser(prog="lstmviz", description="See inside recurrent networks. The dashboard itself is `make run`.")
    commands = parser.add_subparsers(title="commands", dest="command", parser_class=_Parser)
    sweep = commands.add_parser(
        "sweep",
        help="train networks over tasks, cells, sizes, rates and seeds, and write a table of what came of them",
        description="Train every combination, and write a row for each network as Parquet and CSV. What is finished is "
        "kept, so a sweep that was interrupted goes on where it stopped.",
        epilog="Lists are written 1,2,4 or 1-8 or both.",
    )
    _add_options(sweep)
    timing = commands.add_parser(
        "timing",
        help="time a recurrence by torch on the CPU, on a GPU and by the compiled loop, and write what it took",
        description="Measure rows of the notes' table, or others, each in a process of its own, and write a file of "
        "results that the dashboard lays beside another machine's.",
        epilog="Rows: notes (the six of the notes), steps, nodes, batch (those of a chart), or one of your own.",
    )
    timing_cli.add_options(timing)
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    try:
        return timing_cli.run(options, timing) if options.command == "timing" else _sweep(options, sweep)
    except KeyboardInterrupt:  # before there was anything to write, or while it was written
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:  # as of a full disk
        print(f"{parser.prog}: {error.filename or 'A file'} says: {error.strerror or error}.", file=sys.stderr)
        return 1


def _add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--task",
        nargs="+",
        default=["abcabC"],
        metavar="TASK",
        help="patterns to learn, or other tasks by their names (abcabC)",
    )
    add("--cells", default="rnn,lstm", help="of rnn, rnn_relu, lstm and gru (rnn,lstm)")
    add("--hidden-sizes", default="3", help="numbers of hidden nodes (3)")
    add("--lrs", default="0.1", help="learning rates (0.1)")
    add("--seeds", default="0-24", help="of the first weights (0-24)")
    add("--epochs", type=_whole, default=3000, help="updates of each network (3000)")
    add("--match", default="hidden_size", help="what the cells have in common: hidden_size or parameters (hidden_size)")
    add("--repeats", type=_whole, default=100, help="how often the pattern stands in the text (100)")
    add("--snapshots", type=_whole, default=60, help="how often a network is looked at; shared with the dashboard (60)")
    add(
        "--out", type=Path, default=Path("results"), metavar="PATH", help="where PATH.parquet and PATH.csv go (results)"
    )
    add("--threads", type=_whole, help="how many bundles of 16 networks are trained at once (one a core)")
    add("--scheduler", help="a Dask scheduler, tcp://HOST:PORT, whose workers train instead ($LSTMVIZ_SCHEDULER)")
    add("--no-store", action="store_true", help="neither look up nor keep finished networks")
    add("--yes", action="store_true", help="do not ask before a sweep that takes more than an hour")


def _sweep(options: argparse.Namespace, parser: _Parser) -> int:
    lists: dict[str, Any] = {
        "cells": tuple(cell.strip() for cell in options.cells.split(",")),
        "hidden_size": _values(parser, "--hidden-sizes", options.hidden_sizes, int),
        "lr": _values(parser, "--lrs", options.lrs, float),
        "seeds": _values(parser, "--seeds", options.seeds, int),
    }
    _check_out(parser, options.out)

    from lstmviz.fused import is_warm, warm
    from lstmviz.sweeps import (
        SchedulerError,
        Store,
        SweepConfig,
        cluster_threads,
        estimate_sweep_seconds,
        scheduler_address,
        sweep_bundles,
    )

    scalars = {name: getattr(options, name) for name in ("task", "epochs", "match", "repeats", "snapshots")}
    scheduler = scheduler_address() if options.scheduler is None else options.scheduler
    store = None if options.no_store else Store()
    try:
        config = SweepConfig(**lists, **scalars)
        # "" is this machine, whatever the environment says.
        results = sweep_bundles(config.bundles(), threads=options.threads, store=store, scheduler=scheduler or "")
        at_once = cluster_threads(scheduler) if scheduler else options.threads
        for cell, size in config.kernels:
            if not is_warm(cell, hidden_size=size):
                print(f"Compiling the {cell} training kernel for this machine (once) ...", file=sys.stderr)
                warm(cell, hidden_size=size)
        # What it says of a lost connection, a sentence of ours says too.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        seconds = estimate_sweep_seconds(config, at_once)
    except SchedulerError as error:
        option = "$LSTMVIZ_SCHEDULER" if options.scheduler is None else "--scheduler"
        sentence = str(error) if "`scheduler`" in str(error) else f"{option}: {error}"
        parser.error(sentence.replace("`scheduler`", option))
    except ValueError as error:
        parser.error(_in_options(str(error)))
    if seconds > ASK_FROM_SECONDS and not options.yes and not _agreed(parser, config, seconds):
        return 1
    return _carry_out(config, results, store, options.out)


def _carry_out(
    config: "SweepConfig", results: Generator["BundleResult", None, None], store: "Store | None", out: Path
) -> int:
    from tqdm import tqdm

    rows = _Rows(config)
    interrupted = False
    try:
        with closing(results), tqdm(total=config.networks, unit="network", disable=None) as bar:
            for result in results:
                rows.add(result)
                bar.update(len(result.bundle.seeds))
                bar.set_postfix(solved=f"{rows.solved / rows.count:.0%}", refresh=False)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        _write(rows, config, store, out)
    if interrupted:
        keeps = "" if store is None or store.refusal else "; the same command goes on from here"
        print(f"Interrupted{keeps}.", file=sys.stderr)
        return INTERRUPTED
    return 0


def _write(rows: "_Rows", config: "SweepConfig", store: "Store | None", out: Path) -> None:
    """Write what is finished, and say so."""
    known = f", {store.found:,} of their bundles known before" if store is not None and store.found else ""
    if rows.count:
        rows.write(out)
    _tell(f"{rows.count:,} of {config.networks:,} networks finished, {rows.solved:,} solved{known}.")
    if rows.count:
        _tell(f"Written: {_target(out, '.parquet')}, {_target(out, '.csv')}")
    if store is not None and store.set_aside:
        files = ", ".join(map(str, store.set_aside))
        print(f"Damaged files of the store were set aside, and trained again: {files}", file=sys.stderr)
    if store is not None and store.refusal is not None:
        print(f"Nothing could be kept for the next time: {store.refusal}", file=sys.stderr)


def _tell(line: str) -> None:
    """Print it, if anybody still reads: `| head` may have left."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        # Python closes the stream at exit, which must not fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Rows:
    """A row for each network: scalars only, in place from the start, so that a large sweep stays small."""

    def __init__(self, config: "SweepConfig") -> None:
        self._tasks, self._cells = config.axes.tasks, config.axes.cells
        self._memory: dict[str, int] = {}  # of each task: the memory it needs, 0 where that has no end or is not known
        self.count = self.solved = 0
        self._rows = np.empty(
            config.networks,
            [
                *(("task", "u4"), ("memory", "u4"), ("cell", "u1"), ("hidden_size", "u1"), ("parameters", "u4")),
                *(("lr", "f8"), ("epochs", "u4"), ("seed", "u4"), ("loss", "f4"), ("margin", "f4")),
                *(("solved", "?"), ("diverged_at", "i4")),
            ],
        )

    def add(self, result: "BundleResult") -> None:
        bundle = result.bundle
        if bundle.task not in self._memory:
            self._memory[bundle.task] = bundle.learned.memory or 0
        memory = self._memory[bundle.task]
        new = self._rows[self.count : self.count + len(bundle.seeds)]
        new["task"], new["cell"] = self._tasks.index(bundle.task), self._cells.index(bundle.cell)
        new["memory"], new["hidden_size"] = memory, bundle.hidden_size
        new["parameters"] = bundle.parameters
        new["lr"], new["epochs"], new["seed"] = bundle.lr, bundle.epochs, bundle.seeds
        new["loss"], new["margin"], new["solved"] = result.losses[-1], result.margins[-1], result.solved
        new["diverged_at"] = result.diverged_at
        self.count += len(new)
        self.solved += int(new["solved"].sum())

    def table(self) -> "pd.DataFrame":
        """The rows so far, in the order of the sweep's axes, whatever the order in which they came."""
        import pandas as pd

        rows = np.sort(self._rows[: self.count], order=["task", "hidden_size", "lr", "cell", "seed"])
        table = pd.DataFrame({name: rows[name] for name in rows.dtype.names or ()})
        whole = [name for name in table if table[name].dtype.kind in "iu"]
        table = table.astype(dict.fromkeys(whole, np.int64))
        table["task"] = pd.Categorical.from_codes(rows["task"].astype(np.int32), list(self._tasks)).astype(str)
        table["cell"] = pd.Categorical.from_codes(rows["cell"].astype(np.int8), list(self._cells)).astype(str)
        table["diverged_at"] = table["diverged_at"].astype("Int64").mask(rows["diverged_at"] < 0)
        return table

    def write(self, out: Path) -> None:
        """Write the table as Parquet and CSV; a reader of either sees the old one or the new."""
        table = self.table()
        for ending, write in zip(ENDINGS, (table.to_parquet, table.to_csv), strict=True):
            target = _target(out, ending)
            unfinished = _target(out, f"{ending}.part")
            try:
                write(unfinished, index=False)
                unfinished.replace(target)
            finally:
                unfinished.unlink(missing_ok=True)


def _target(out: Path, ending: str) -> Path:
    """`out` with `ending`, in the place of one of ours; another dot within it is part of the name."""
    name = out.stem if out.suffix.lower() in ENDINGS and out.stem.strip(".") else out.name
    return out.with_name(name + ending)


def _check_out(parser: _Parser, out: Path) -> None:
    """Complain where nothing can be written at the end, before hours are spent."""
    if not out.name:
        parser.error(f"--out must name the files to be written, without an ending; got {str(out)!r}.")
    probe = _target(out, ".parquet.part")
    try:
        with probe.open("wb"):
            pass
        probe.unlink()
    except OSError as error:
        parser.error(f"--out must name files that can be written; {probe.parent} says: {error.strerror}.")
    for target in (_target(out, ending) for ending in ENDINGS):
        if target.is_dir():
            parser.error(f"--out must name files that can be written; {target} is a folder.")


def _agreed(parser: _Parser, config: "SweepConfig", seconds: float) -> bool:
    """Whether the user wants to wait that long."""
    print(f"{config.networks:,} networks will take about {_duration(seconds)}.", file=sys.stderr)
    if not sys.stdin.isatty():
        parser.error("--yes must be given for a sweep of more than an hour where nobody can be asked.")
    try:
        return input("Start? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _duration(seconds: float) -> str:
    hours = seconds / 3600
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:,.0f} days"


def _in_options(sentence: str) -> str:
    """The engine's sentence with its parameters called as here."""
    return re.sub(r"`(\w+)`", lambda name: _OPTIONS.get(name[1], name[0]), sentence)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number; got {text!r:.40}.") from None


def _values(parser: _Parser, option: str, text: str, kind: type) -> tuple[Any, ...]:
    """The numbers of a list such as 1,2,4 or 1-8."""
    found: list[Any] = []
    for part in text.split(","):
        span = re.fullmatch(r"\s*(\d+)\s*-\s*(\d+)\s*", part) if kind is int else None
        try:
            some: Iterable[Any] = range(int(span[1]), int(span[2]) + 1) if span else (kind(part),)
        except ValueError:
            wanted = "whole numbers, such as 1,2,4 or 1-8" if kind is int else "numbers, such as 0.1,0.01"
            parser.error(f"{option} must be {wanted}; got {text!r:.60}.")
        if span and int(span[2]) < int(span[1]):
            parser.error(f"{option} must count upwards; got {part.strip()!r:.60}.")
        if span and int(span[2]) - int(span[1]) >= _MOST_VALUES - len(found):
            parser.error(f"{option} must be at most {_MOST_VALUES:,} numbers; got {text!r:.60}.")
        found += some
    return tuple(found)
