"""`python -m lstmviz.paper run`: train the rows from many seeds, and write a file of what came of them."""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

INTERRUPTED = 130  # what shells say of a program that Ctrl-C ended
_MOST_SEEDS = 10_000


class _Parser(argparse.ArgumentParser):
    """Complains in one sentence, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message.removeprefix('argument ')}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what `arguments`, those of the process if left out, ask for; returns the exit status.

    0: done; 1: a file cannot be written; 2: bad input, said in one sentence on stderr (as SystemExit); 130:
    interrupted, with every finished trial in the file.
    """
    parser = _Parser(prog="lstmviz.paper", description="Hochreiter & Schmidhuber (1997), Tables 1 and 7, once more.")
    commands = parser.add_subparsers(title="commands", dest="command", parser_class=_Parser)
    run = commands.add_parser(
        "run",
        help="train the rows from many seeds, and write what came of them",
        description="Train each row from each seed, seed by seed, and write every trial to FILE. What FILE already has "
        "is not trained again, so a run that was interrupted goes on where it stopped.",
    )
    run.add_argument("--rows", help="names with commas between, or parts of them such as blocks-3x2 (all)")
    run.add_argument("--seeds", type=int, default=30, help="how many: 0, 1, 2, ... (30)")
    run.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file to be written, or gone on with")
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    try:
        return _run(options, run)
    except KeyboardInterrupt:
        print("Interrupted; the same command goes on from here.", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        print(f"{parser.prog}: {error.filename or 'A file'} says: {error.strerror or error}.", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if not 1 <= options.seeds <= _MOST_SEEDS:
        parser.error(f"--seeds must be between 1 and {_MOST_SEEDS:,}; got {options.seeds}.")

    from tqdm import tqdm

    from lstmviz.paper.measured import here, read_measured, write
    from lstmviz.paper.rows import ROWS
    from lstmviz.paper.trial import reproduce

    wanted = re.split(r"\s*,\s*", options.rows.strip()) if options.rows else [""]
    rows = [row for row in ROWS if any(part in row.key for part in wanted)]
    if lost := [part for part in wanted if not any(part in row.key for row in ROWS)]:
        parser.error(f"--rows must be of {', '.join(row.key for row in ROWS)}; got {lost[0]!r:.60}.")
    trials = {}
    if options.out.exists():
        try:
            trials = dict(read_measured(options.out.read_text(encoding="utf-8")).trials)
        except ValueError as error:
            parser.error(f"--out must name a file of trials to go on with: {error}")
    known = {key: {trial.seed for trial in row} for key, row in trials.items()}
    left = [(row, seed) for seed in range(options.seeds) for row in rows if seed not in known.get(row.key, frozenset())]
    write(here(trials), options.out)  # complains before anything is trained, if it must
    for row, seed in tqdm(left, unit="trial", disable=None):
        (trial,) = reproduce(row, [seed])
        trials[row.key] = tuple(sorted((*trials.get(row.key, ()), trial), key=lambda one: one.seed))
        write(here({one.key: trials[one.key] for one in ROWS if one.key in trials}), options.out)
    for row in rows:
        done = trials.get(row.key, ())
        print(f"{row.key}: {sum(one.solved for one in done)} of {len(done)} succeeded", flush=True)
    return 0
