"""`python -m lstmviz timing`: measurements without the dashboard, with a progress bar, written as a file of results."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lstmviz.timing.row import BATCHES, CELLS, DTYPES, NODES, NOTES, STEPS, Row, rows_against

if TYPE_CHECKING:  # help and complaints do not wait for it
    from lstmviz.timing.job import Job
    from lstmviz.timing.results import Measurement

SETS = ("notes", "steps", "nodes", "batch")
INTERRUPTED = 130  # what shells say of a program that Ctrl-C ended


def add_options(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of the command."""
    add = parser.add_argument
    add("--rows", default="notes", help="of notes, steps, nodes, batch and own, with commas between (notes)")
    add("--ways", default="cpu,gpu,compiled", help="of cpu, gpu and compiled (all that this machine has)")
    add("--cell", default="rnn", choices=CELLS, help="rnn, lstm or gru; the notes' rows are of the rnn (rnn)")
    add("--steps", type=int, default=20_000, help=f"of the own row; the chart has {_listed(STEPS)} (20000)")
    add("--hidden-size", type=int, default=20, help=f"of the own row; the chart has {_listed(NODES)} (20)")
    add("--batch", type=int, help=f"sequences side by side of the own row; the chart has {_listed(BATCHES)} (one)")
    add("--no-backward", action="store_true", help="the own row and those of charts without backward")
    add("--dtype", default="float32", choices=DTYPES, help="of the own row (float32)")
    add("--epochs", type=int, default=100, help="that the seconds of the own row are told for (100)")
    add("--threads", type=int, default=0, help="of torch on the CPU (the better of 1 and of all cores)")
    add("--seconds", type=float, default=20.0, help="for the repeats of each measurement (20)")
    add("--name", default="", help="of this machine (what its network calls it)")
    add("--json", type=Path, metavar="PATH", help="the file of results to be written")


def run(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Measure what the options ask for; returns the exit status, as `lstmviz.cli.main` says."""
    rows = _rows(options, parser)
    _check_file(options.json, parser)

    from lstmviz.timing.estimate import RefusedError, estimate
    from lstmviz.timing.job import Job
    from lstmviz.timing.results import WAYS, Results

    ways = tuple(dict.fromkeys(way.strip() for way in options.ways.split(",")))
    if not set(ways) <= set(WAYS):
        parser.error(f"--ways must be of {', '.join(WAYS)}; got {options.ways!r:.60}.")
    try:
        jobs = [Job(row, way, options.threads, options.seconds) for row in rows for way in ways]
    except ValueError as error:
        parser.error(str(error).replace("`threads`", "--threads").replace("`budget`", "--seconds"))
    for row in rows:
        try:
            estimate(row, options.seconds)
        except RefusedError as error:
            parser.error(f"{describe(row)}: {error}")

    from lstmviz.timing.machine import this_machine, today  # these wait for torch
    from lstmviz.timing.torch_work import gpu

    if "gpu" in ways and gpu() is None:
        print("torch finds no GPU on this machine, so that column stays empty.", file=sys.stderr)
        jobs = [job for job in jobs if job.way != "gpu"]
    found: list[Measurement] = []
    interrupted = False
    try:
        _measure(jobs, found)
    except KeyboardInterrupt:
        interrupted = True
        print("Interrupted.", file=sys.stderr)
    if options.json is not None and found:
        results = Results(this_machine(options.name), today(), tuple(found), ABOUT)
        options.json.write_text(results.to_json(), encoding="utf-8")
        print(f"Written: {options.json}")
    return INTERRUPTED if interrupted else 0


ABOUT = (
    "torch.nn's layer (4 inputs) + Linear(., 4) + MSE + Adam; seconds of `epochs` epochs, scaled from repeats of one; "
    "synchronised around each repeat; without backward the graph is recorded all the same, as in the notes"
)
"""What files of results say of how they were measured."""


def describe(row: Row) -> str:
    """A row in a few words."""
    batch = "" if row.batch is None else f" x {row.batch:,}"
    kind = "" if row.dtype == "float32" else f", {row.dtype}"
    return (
        f"{row.cell} {row.steps:,} steps{batch}, {row.hidden_size:,} nodes, "
        f"{'with' if row.backward else 'without'} backward{kind}"
    )


def _measure(jobs: "list[Job]", found: "list[Measurement]") -> None:
    """Measure one after the other, each in a process of its own, into `found`."""
    from tqdm import tqdm

    from lstmviz.timing.process import FailedError, Process
    from lstmviz.timing.results import Measurement

    away: set[str] = set()  # ways that this machine turned out not to have
    with tqdm(total=len(jobs), unit="row", disable=None, bar_format="{l_bar}{bar}| {n:.1f}/{total} {postfix}") as bar:
        for number, job in enumerate(jobs):
            if job.way in away:
                continue
            bar.set_postfix_str(f"{describe(job.row)}, {job.way}")
            process = Process(job)
            try:
                for message in process.messages():
                    if isinstance(message, Measurement):
                        found.append(message)
                        _tell(bar, message)
                    else:
                        bar.n = number + message.share
                        bar.refresh()
            except FailedError as error:
                if error.reason == "no_kernels":
                    away.add(job.way)
                bar.write(
                    f"{describe(job.row)}, {job.way}: {SENTENCES[error.reason]} {error.words}".rstrip(), sys.stderr
                )
            finally:
                process.close()
            bar.n = number + 1
            bar.refresh()


SENTENCES = {
    "no_gpu": "torch finds no GPU on this machine.",
    "no_kernels": "numba compiles nothing here (NUMBA_DISABLE_JIT is set), so there is no compiled loop.",
    "memory": "the memory does not suffice.",
    "killed": "the process that measured was killed.",
    "error": "the measurement failed:",
}
"""What is said where a measurement comes to nothing, by the reason."""


def _tell(bar: object, one: "Measurement") -> None:
    threads = f" ({one.threads} threads)" if one.threads and (one.way == "cpu" or one.threads > 1) else ""
    apart = "" if one.difference is None else f", {one.difference:.0e} from torch"
    bar.write(  # type: ignore[attr-defined]
        f"{describe(one.row)}, {one.way}{threads}: {one.median:.4g} s for {one.row.epochs:,} epochs, "
        f"{one.step_nanoseconds:,.0f} ns a step{apart}"
    )


def _rows(options: argparse.Namespace, parser: argparse.ArgumentParser) -> list[Row]:
    chosen = [name.strip() for name in options.rows.split(",")]
    if not chosen or not set(chosen) <= {*SETS, "own"}:
        parser.error(f"--rows must be of {', '.join(SETS)} and own; got {options.rows!r:.60}.")
    rows: list[Row] = []
    try:
        for name in chosen:
            if name == "notes":
                rows += NOTES
            elif name == "own":
                own = (options.cell, options.steps, options.hidden_size, options.batch, not options.no_backward)
                rows.append(Row(*own, options.dtype, options.epochs))
            else:
                rows += rows_against(name, options.cell, backward=(False,) if options.no_backward else (True, False))
    except ValueError as error:
        sentence = str(error)
        for name in ("hidden_size", "steps", "batch", "epochs"):
            sentence = sentence.replace(f"`{name}`", f"--{name.replace('_', '-')}")
        parser.error(sentence)
    return list(dict.fromkeys(rows))


def _check_file(path: Path | None, parser: argparse.ArgumentParser) -> None:
    """Complain where nothing can be written at the end, before minutes are spent."""
    if path is None:
        return
    try:
        with path.open("ab"):
            pass
        if not path.stat().st_size:
            path.unlink()
    except OSError as error:
        parser.error(f"--json must name a file that can be written; {path} says: {error.strerror}.")


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
