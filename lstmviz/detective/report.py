"""How well the network reads files that it has not learned from, beside counting and compressing, and the log of it."""

import bz2
import gzip
import json
import lzma
import math
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy, one_hot

from lstmviz.detective.alphabet import ALPHABET, encode
from lstmviz.detective.corpus import SIDES, Corpus, SourceFile
from lstmviz.detective.ngram import count_ngrams
from lstmviz.detective.reader import load_weights
from lstmviz.detective.training import Recipe
from lstmviz.models import Model

ORDER = 5
"""Of the n-gram model."""
LICENCE = (
    "The network was trained on the source of Python's standard library, which is under the PSF License Agreement "
    "(https://docs.python.org/3/license.html), Copyright (c) 2001 Python Software Foundation; All Rights Reserved. "
    "The file of weights holds numbers, none of that text."
)
_STEPS = 1000  # read at once
_EXTREME = 9 | lzma.PRESET_EXTREME
_NAMES = {
    "lstm": "LSTM",
    "ngram": f"{ORDER}-gram, Kneser-Ney",
    "gzip": "gzip -9, all in one",
    "bz2": "bzip2 -9, all in one",
    "xz": "xz -9e, all in one",
    "gzip_each": "gzip -9, each file",
    "xz_each": "xz -9e, each file",
}


@dataclass(frozen=True)
class Measured:
    """Bits per character on the held-out files; every character counts, the first of a file at log2(97) to the LSTM."""

    characters: int
    lstm: float
    """each file from a zero state"""
    ngram: float
    """a 5-gram model with Kneser and Ney's interpolation, which has counted what the LSTM learned from"""
    gzip: float
    """gzip -9 of all files in one, which learns as it goes and has seen nothing before"""
    bz2: float
    """bzip2 -9, likewise"""
    xz: float
    """xz -9e (LZMA), likewise"""
    gzip_each: float
    """gzip -9 of each file by itself"""
    xz_each: float
    """xz -9e of each file by itself"""
    files: tuple[tuple[str, int, float], ...]
    """name, characters, and the LSTM's bits per character of each"""


def measured(model: Model, corpus: Corpus) -> Measured:
    """Measure `model` on the held-out files of `corpus`, and the others beside it.

    Raises:
        ValueError: `corpus` has no file on one of the sides that this needs.
    """
    files, learned = corpus.side("held_out"), corpus.side("train")
    if not files or not learned:
        raise ValueError("`corpus` must have files to learn from and held-out ones.")
    texts = [encode(file.text) for file in files]
    bits = bits_of_files(model, texts)
    grams = count_ngrams([encode(file.text) for file in learned], len(ALPHABET), ORDER)
    counted = sum(-np.log2(grams.probabilities(text)).sum() for text in texts)
    each = [file.text.encode() for file in files]
    whole = b"".join(each)
    total = sum(map(len, texts))
    return Measured(
        characters=total,
        lstm=float(bits.sum() / total),
        ngram=float(counted / total),
        gzip=8 * len(gzip.compress(whole, 9)) / total,
        bz2=8 * len(bz2.compress(whole, 9)) / total,
        xz=8 * len(lzma.compress(whole, preset=_EXTREME)) / total,
        gzip_each=8 * sum(len(gzip.compress(one, 9)) for one in each) / total,
        xz_each=8 * sum(len(lzma.compress(one, preset=_EXTREME)) for one in each) / total,
        files=tuple(
            (file.name, len(text), round(float(own / len(text)), 4))
            for file, text, own in zip(files, texts, bits, strict=True)
        ),
    )


def bits_of_files(model: Model, texts: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
    """(files,) what each text costs the network in bits, read from a zero state; its first character log2(97)."""
    order = sorted(range(len(texts)), key=lambda k: -len(texts[k]))
    bits = np.full(len(texts), math.log2(len(ALPHABET)))
    state = None
    with torch.inference_mode():
        for first in range(0, len(texts[order[0]]) - 1, _STEPS):
            left = [k for k in order if len(texts[k]) - 1 > first]
            codes = np.full((min(_STEPS, len(texts[left[0]]) - 1 - first) + 1, len(left)), -100)
            for lane, k in enumerate(left):
                part = texts[k][first : first + len(codes)]
                codes[: len(part), lane] = part
            read = torch.from_numpy(codes)
            if state is not None:
                state = tuple(one[:, : len(left)].contiguous() for one in state)
            logits, state = model(one_hot(read[:-1].clamp(min=0), len(ALPHABET)).to(torch.float32), state)
            loss = cross_entropy(logits.flatten(0, 1), read[1:].flatten(), ignore_index=-100, reduction="none")
            bits[left] += loss.reshape(-1, len(left)).double().sum(dim=0).numpy() / math.log(2)
    return bits


def written_down(found: Measured, corpus: Corpus, log: Path) -> str:
    """The figures as lines of text, beside those of the log where there is one."""
    logged: dict[str, Any] = json.loads(log.read_text(encoding="utf-8")) if log.exists() else {}
    then = logged.get("bits_per_character", {})
    lines = [
        f"{found.characters:,} characters of {len(found.files)} held-out files, Python {platform.python_version()}"
    ]
    if logged:
        same = logged["corpus"]["digest"] == corpus.digest
        lines.append(
            "They are the files of the log."
            if same
            else f"The log is of Python {logged['python']}, whose files differ: its figures are of other text."
        )
    lines.append("bits per character              now" + ("     log" if then else ""))
    for key, name in _NAMES.items():
        lines.append(f"{name:25s} {getattr(found, key):9.4f}" + (f"{then[key]:8.4f}" if key in then else ""))
    return "\n".join(lines)


def training_log(
    weights: Path, recipe: Recipe, corpus: Corpus, curve: list[tuple[int, float]], seconds: float, threads: int
) -> str:
    """The log beside the weights as JSON: how they were made, and how well they do as they are stored."""
    model = load_weights(weights)
    found = measured(model, corpus)
    validation = [encode(file.text) for file in corpus.side("validation")]
    options = f"--seed {recipe.seed} --epochs {recipe.epochs} --threads {threads}"
    log = {
        "command": f"python -m lstmviz.detective train {options}",
        "written": time.strftime("%Y-%m-%d %H:%M"),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "machine": platform.machine(),
        "recipe": asdict(recipe),
        "minutes": round(seconds / 60, 1),
        "stored": "float16, computed with in float32; all figures are of the stored weights",
        "parameters": sum(one.numel() for one in model.parameters()),
        "licence": LICENCE,
        "corpus": {"digest": corpus.digest} | {side: _size(corpus.side(side)) for side in SIDES},
        "bits_per_character": {
            **{key: round(getattr(found, key), 4) for key in _NAMES},
            "lstm_on_validation": round(float(bits_of_files(model, validation).sum() / sum(map(len, validation))), 4),
        },
        "curve": curve,
        "held_out_files": found.files,
    }
    return json.dumps(log, indent=1) + "\n"


def _size(files: Sequence[SourceFile]) -> dict[str, int]:
    return {"files": len(files), "characters": sum(len(file.text) for file in files)}
