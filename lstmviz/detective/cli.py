"""The detective's command line: train the network, measure it beside an n-gram model and compressors."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from lstmviz.base.limits import MAX_SEED

INTERRUPTED = 130  # what shells say of a program that Ctrl-C ended
_FOLDER = Path(__file__).parent / "weights"
_NAME = "detective"
_CHECKPOINTS = 5  # reports between files that a run which is cut off leaves behind
_EVERY = 200  # updates between two reports


class _Parser(argparse.ArgumentParser):
    """Complains in one sentence, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message.removeprefix('argument ')}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what `arguments`, those of the process if left out, ask for; returns the exit status.

    0: done; 1: a file cannot be read or written; 2: bad input, said in one sentence on stderr (as SystemExit);
    130: interrupted.
    """
    parser = _Parser(prog="lstmviz.detective", description="Train the network of the cell detective, and measure it.")
    commands = parser.add_subparsers(title="commands", dest="command", parser_class=_Parser)
    train = commands.add_parser(
        "train",
        help="train the network on Python's own standard library",
        description=f"Train the network, write FOLDER/{_NAME}.npz (float16) and FOLDER/{_NAME}.json (the log).",
    )
    train.add_argument("--seed", type=_whole, default=0, help="of the first weights and all that is random (0)")
    train.add_argument("--epochs", type=_whole, help="how often every file is read (what the recipe says)")
    train.add_argument("--threads", type=_whole, default=1, help="cores to use (1)")
    train.add_argument("--out", type=Path, default=Path("weights"), metavar="FOLDER", help="where to write (weights)")
    evaluate = commands.add_parser(
        "evaluate",
        help="measure it on held-out files, beside a 5-gram and compressors",
        description="Bits per character on the held-out files of the Python that runs.",
    )
    evaluate.add_argument("--weights", type=Path, metavar="FILE", help="as train writes it (the one that comes along)")
    investigate = commands.add_parser(
        "investigate",
        help="find the units that know something, and hold them at their mean",
        description="Test every unit, hold the best, and write what was found; some minutes.",
    )
    investigate.add_argument("--out", type=Path, default=Path("cases.json"), metavar="FILE", help="where (cases.json)")
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    try:
        if options.command == "investigate":
            return _investigate(options)
        return _train(options, train) if options.command == "train" else _evaluate(options, evaluate)
    except OSError as error:
        print(f"{parser.prog}: {error.filename or 'A file'} says: {error.strerror or error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED


def _train(options: argparse.Namespace, parser: _Parser) -> int:
    _check_range(parser, "--seed", options.seed, 0, MAX_SEED)
    _check_range(parser, "--threads", options.threads, 1, 1024)
    if options.epochs is not None:
        _check_range(parser, "--epochs", options.epochs, 1, 1000)
    _check_folder(parser, "--out", options.out)

    from dataclasses import replace

    import torch

    from lstmviz.detective.alphabet import encode
    from lstmviz.detective.corpus import load_corpus
    from lstmviz.detective.reader import save_weights
    from lstmviz.detective.training import Recipe, train

    torch.set_num_threads(options.threads)
    recipe = Recipe(seed=options.seed)
    if options.epochs is not None:
        recipe = replace(recipe, epochs=options.epochs)
    corpus = load_corpus()
    texts = [encode(file.text) for file in corpus.side("train")]
    unfinished, curve = options.out / f"{_NAME}.unfinished.npz", list[tuple[int, float]]()
    for number, stretch in enumerate(train(recipe, texts, _EVERY), 1):
        curve.append((stretch.characters, round(stretch.bits, 4)))
        print(
            f"update {stretch.update:6,}/{stretch.updates:,}  {stretch.characters:11,} characters  "
            f"{stretch.bits:.4f} bits each  {stretch.seconds / 60:5.1f} minutes",
            flush=True,
        )
        if number % _CHECKPOINTS == 0:
            save_weights(stretch.model, unfinished)
    target = options.out / f"{_NAME}.npz"
    save_weights(stretch.model, target)
    unfinished.unlink(missing_ok=True)
    print(f"Written: {target}", flush=True)

    from lstmviz.detective.report import training_log

    log = options.out / f"{_NAME}.json"
    log.write_text(training_log(target, recipe, corpus, curve, stretch.seconds, options.threads), encoding="utf-8")
    print(f"Written: {log}")
    return 0


def _evaluate(options: argparse.Namespace, parser: _Parser) -> int:
    from lstmviz.detective.corpus import load_corpus
    from lstmviz.detective.reader import load_weights
    from lstmviz.detective.report import measured, written_down

    file = options.weights or _FOLDER / f"{_NAME}.npz"
    try:
        model = load_weights(file)
    except OSError as error:
        parser.error(f"--weights must be a file that can be read; {file} says: {error.strerror or error}.")
    except (KeyError, ValueError, EOFError):
        parser.error(f"--weights must be a file that `train` wrote; {file} is none.")
    corpus = load_corpus()
    print(written_down(measured(model, corpus), corpus, file.with_suffix(".json")))
    return 0


def _investigate(options: argparse.Namespace) -> int:
    from lstmviz.detective.cases import investigate, written_down
    from lstmviz.detective.reader import load_detective

    found = investigate(load_detective(), look=lambda done: print(done, flush=True))
    options.out.write_text(written_down(found) + "\n", encoding="utf-8")
    print(f"Written: {options.out}")
    return 0


def _check_folder(parser: _Parser, option: str, folder: Path) -> None:
    """Complain where nothing can be written at the end, before half an hour is spent."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        parser.error(f"{option} must be in a folder that can be written to; {folder} says: {error.strerror}.")


def _check_range(parser: _Parser, option: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        parser.error(f"{option} must be {low} to {high}; got {value}.")


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number; got {text!r:.40}.") from None
