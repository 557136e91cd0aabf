"""The digit reader on a page: what it is told of a drawing, and what it asks.

The part itself, in the folder `reader`, holds the drawing, plays the reading and collects, and keeps all of it in
the browser. It sends the pixels of the pad, and gets what the networks make of them: while the pen moves the answer
alone, once it is up everything inside too. Both go through a small part beside it, since Streamlit sends a part's
scripts along with every answer.
"""

import base64
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.components.v2 import component

from lstmviz.changes.kinds import QUANTITIES
from lstmviz.digits.doubt import Doubt, doubt
from lstmviz.digits.evaluation import evaluate
from lstmviz.digits.moves import moves
from lstmviz.digits.prepare import SIDE, NotADigit, is_light_on_dark, prepare
from lstmviz.digits.readers import READERS, load_reader, measured_accuracy, measured_calibration
from lstmviz.digits.reading import DIGITS, ORDERS, Reading, gradient, read
from lstmviz.digits.sample import sample
from lstmviz.figures.theme import Palette
from lstmviz.packing import join, packet
from lstmviz.ui import frame
from lstmviz.ui.background.threads import one_thread
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.language import _, language
from lstmviz.ui.parts.part import Part, script_of

one_thread()

_KEY = "digit_reader"
_SIDES = range(SIDE, 513)  # rows of a pad
_TYPICAL = 2  # of each digit
_FOREMOST, _COUNTS = 3, 0.2  # units and pixels named for a row, and how large a share of the first one's theirs is
_WIRE = "digit_wire"
_part = Part(Path(__file__).resolve().with_name("reader"))
_reader = _part.component("lstmviz_digit_reader")
_wire = component("lstmviz_digit_wire", js=script_of(Path(__file__).with_name("wire.js")))


@dataclass(frozen=True, eq=False)
class Drawing:
    """What the pad holds, and how it is to be read."""

    number: int = 0
    """counts the pad's messages"""
    done: bool = True
    """whether the pen is up"""
    ink: NDArray[np.float64] | None = None
    """(rows, columns) in [0, 1]; None for a sample"""
    shown: int | None = None
    """which of the samples it is; None for what was drawn"""
    cell: str = READERS[0]
    """of the network that answers while the pen moves"""
    order: str = ORDERS[0]
    covered: tuple[int, ...] = ()

    @property
    def inverted(self) -> bool:
        """Whether it is light on dark, so that the networks see it with light and dark exchanged."""
        return self.ink is not None and is_light_on_dark(self.ink)

    @property
    def as_learned(self) -> bool:
        """Whether it is read as the networks learned to read: all rows, from the top."""
        return self.order == ORDERS[0] and not self.covered

    @property
    def image(self) -> NDArray[np.float32]:
        """(28, 28) in [0, 1], as the networks see it.

        Raises:
            NotADigit: there is nothing to read.
        """
        if self.shown is not None:
            pixels: NDArray[np.float32] = offered().images[self.shown].astype(np.float32) / 255
            return pixels
        return prepare(np.zeros((SIDE, SIDE)) if self.ink is None else self.ink)


def chips() -> None:
    """A row that says which networks read."""
    model = load_reader().config
    parts = [("", " · ".join(CELL_NAMES[cell] for cell in READERS)), (_("layers"), f"{model.num_layers}")]
    frame.chip_row([*parts, (_("nodes"), f"{model.hidden_size}"), (_("trained on"), "MNIST")])


def values() -> dict[str, str]:
    """What the page's text says, in percent.

    By cell: the share of the test set that it reads right. `off`: how far the LSTM's probabilities are from the share
    of right answers there.
    """
    shares = {cell: f"{100 * measured_accuracy(cell):.2f}" for cell in READERS}
    return shares | {"off": f"{100 * measured_calibration('lstm'):.1f}"}


def show() -> None:
    """Draw the reader, and answer what its pad sends."""
    _reader(key=_KEY, data=dress())
    with st.container(key="beside_digits"):
        _answer()


@st.fragment  # while someone draws, nothing else of the page runs
def _answer() -> None:
    drawing = read_message(st.session_state.get(_WIRE, {}).get("drawing"))
    _wire(key=_WIRE, data=told(drawing), on_drawing_change=lambda: None)


def dress() -> bytes:
    """What the browser gets once, whatever is drawn: words, colours, and the part `samples`, the digits on offer.

    Its shape, and that of an answer, is in `reader/answers.js`.
    """
    header = {
        "key": _KEY,
        "language": language(),
        "words": _part.words(language()),
        "themes": {name: Palette(dark=name == "dark").as_told for name in ("light", "dark")},
        "samples": offered().texts,
    }
    return join(header, {"samples": _sample_images()})


def told(drawing: Drawing) -> bytes:
    """What the browser gets for a drawing.

    A header, and parts: `live`, what the networks see and what one of them answers after each row; and once the pen is
    up one of each network, with its answers, its gradient, and every gate and state, named `LAYER/QUANTITY`. Of what
    cannot be read there is the refusal alone. Whether it is a digit at all is judged where it is read as the networks
    learned to read.
    """
    header: dict[str, Any] = {
        "answer": drawing.number,
        "live": drawing.cell,
        "refusal": None,
        "order": drawing.order,
        "covered": list(drawing.covered),
        "inverted": drawing.inverted,
        "doubt": None,
    }
    networks = {cell: _about(cell) for cell in READERS}
    parts = dict[str, bytes]()
    try:
        image = drawing.image
    except NotADigit as refusal:
        header["refusal"] = refusal.reason
    else:
        # torch's own pass, which takes twice as long as ours, only where the badge says how far it is.
        how: dict[str, Any] = {"order": drawing.order, "compare": drawing.done}
        cells = READERS if drawing.done else (drawing.cell,)
        readings = {cell: read(load_reader(cell), image, covered=drawing.covered, **how) for cell in cells}
        parts["live"] = _deflated({"image": image, "probabilities": readings[drawing.cell].probabilities})
        if drawing.done and drawing.as_learned:
            header["doubt"] = _doubted(doubt(image))
        if drawing.done:
            for cell, network in networks.items():
                reading = readings[cell]
                bare = read(load_reader(cell), image, order=drawing.order, compare=False) if drawing.covered else None
                network |= {"part": cell, "badge": frame.badge_text(reading.trace), **_outcome(reading)}
                parts[cell] = _inside(cell, image, reading, bare)
    return join({**header, "networks": list(networks.values())}, parts)


def read_message(message: Any) -> Drawing:
    """What the pad sent, or an empty pad where that makes no sense: the message comes from a browser."""
    match message:
        case {"seq": int() as number, "order": str() as order, "covered": list() as covered}:
            rows = {row for row in covered if type(row) is int and row in range(SIDE)}
            drawing = Drawing(
                number=number,
                cell=cell if (cell := message.get("network")) in READERS else READERS[0],
                done=message.get("done") is not False,
                order=order if order in ORDERS else ORDERS[0],
                covered=tuple(sorted(rows)),
            )
        case _:
            return Drawing()
    match message:
        case {"sample": int() as k} if type(k) is int and k in range(len(offered().images)):  # True is an int too
            return replace(drawing, shown=k)
        case {"size": int() as size, "pixels": str() as text} if size in _SIDES:
            try:
                pixels = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
            except ValueError:
                return drawing
            if pixels.size == size * size:
                return replace(drawing, ink=pixels.reshape(size, size) / 255)
    return drawing


@dataclass(frozen=True, eq=False)
class Offered:
    """The bundled digits that the page offers, and what the network makes of each."""

    images: NDArray[np.uint8]
    """(count, 28, 28)"""
    texts: dict[str, list[Any]]
    """labels, answers, whether those are wrong, and places in the test set"""


@st.cache_resource(show_spinner=False)
def offered() -> Offered:
    """Of each digit the first ones that the LSTM reads right, then the hardest of the test set."""
    every = sample()
    found = evaluate(load_reader(), every.images, every.labels)
    right = found.answers == found.labels
    typical = [
        k
        for digit in range(DIGITS)
        for k in np.flatnonzero(right[every.drawn] & (every.labels[every.drawn] == digit))[:_TYPICAL]
    ]
    chosen = np.array([*typical, *range(every.drawn.stop, len(every.labels))])
    texts = {"labels": every.labels, "answers": found.answers, "wrong": ~right, "indices": every.indices}
    return Offered(every.images[chosen], {name: column[chosen].tolist() for name, column in texts.items()})


@st.cache_resource(show_spinner=False)
def _sample_images() -> bytes:
    return _deflated({"images": offered().images})


def _about(cell: str) -> dict[str, Any]:
    """What the browser is told of a network whatever it reads."""
    return {
        "cell": cell,
        "name": CELL_NAMES[cell],
        "accuracy": measured_accuracy(cell),
        "part": None,
    }


def _doubted(found: Doubt) -> dict[str, Any]:
    return {"perhaps": found.perhaps, "rarer": found.rarer, "answers": list(found.answers.values())}


def _outcome(reading: Reading) -> dict[str, Any]:
    return {"answer": reading.answer, "last_change": reading.last_change, "decided": reading.decided}


def _inside(cell: str, image: NDArray[np.float32], reading: Reading, bare: Reading | None) -> bytes:
    """Everything of one network's reading. `bare`: the same with nothing covered."""
    slope = gradient(load_reader(cell), image, order=reading.order, covered=reading.covered)
    arrays: dict[str, NDArray[Any]] = {"probabilities": reading.probabilities, "gradient": slope}
    if bare is not None:
        arrays["uncovered"] = bare.probabilities
    found = moves(load_reader(cell), reading, image)
    arrays["moved"] = np.stack([found.rise, found.fall], axis=1).astype(np.uint8)
    arrays["before"] = found.before
    arrays |= {"moving_units": _foremost(found.units), "moving_pixels": _foremost(found.pixels)}
    for layer in reading.trace.layers:
        arrays |= {f"{layer.layer}/{name}": layer.values[name] for name in QUANTITIES[cell]}
    return _deflated(arrays)


def _foremost(shares: NDArray[np.float32]) -> NDArray[np.int32]:
    """(28, 3): of each row the places with the largest shares, the largest first; -1 for what counts little."""
    places = np.argsort(-shares, axis=1, kind="stable")[:, :_FOREMOST]
    sizes = np.take_along_axis(shares, places, axis=1)
    return np.where((sizes > 0) & (sizes >= _COUNTS * sizes[:, :1]), places, -1).astype(np.int32)


def _deflated(arrays: dict[str, NDArray[Any]]) -> bytes:
    return zlib.compress(packet({}, arrays), 1)
