"""What is inside a network while it reads a text: any unit at every letter, and where the same units are on."""

import zlib
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lstmviz.changes.kinds import QUANTITIES
from lstmviz.figures.theme import UNIT_INTERVAL, Palette, symbol
from lstmviz.packing import join, packet
from lstmviz.texts import LearnedText, influence, network_of
from lstmviz.tracing import Trace, trace
from lstmviz.tracing.signatures import places, signature
from lstmviz.ui import frame
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.controls.fields import RefusedError, read_whole_number
from lstmviz.ui.frame.controls.settings import Setting, Settings
from lstmviz.ui.frame.language import _, language
from lstmviz.ui.frame.requests.url import by_hand, keep
from lstmviz.ui.parts.part import Part
from lstmviz.ui.waiting import sweep

MOST_READ = 1000
"""Letters of a text that are looked into."""
_BACK = 30  # letters that a prediction is followed back through
_KEY = "text_inside"
_part = Part(Path(__file__).resolve().with_name("inside"))
_inside = _part.component("lstmviz_text_inside")
_THEMES = {name: Palette(dark=name == "dark").as_told for name in ("light", "dark")}


def settings() -> Settings:
    """What is looked at, from the URL: layers and units are counted from 1 there."""
    return Settings(
        "inside",
        {
            "layer": Setting("1", partial(read_number, high=16)),
            "quantity": Setting("h", _read_quantity),
            "unit": Setting("1", partial(read_number, high=4096)),
            "mark": Setting("", read_mark),
            "threshold": Setting("0.3", read_threshold),
            "margin": Setting("1", partial(read_number, low=0, high=20)),
        },
    )


def show(shown: LearnedText, networks: Sequence[LearnedText], palette: Palette) -> None:
    """The text with one unit of `shown` on it, and what a marked stretch has in common with others."""
    if shown.diverged:
        st.info(_("This network has diverged and says nothing any more: look at another one."))
        return
    task = shown.config.task()
    codes = np.concatenate([task.x[:MOST_READ], task.y[len(task.x[:MOST_READ]) - 1 :][:1]])
    tr = remembered(lambda: _trace(shown), "text trace", shown.config)
    chosen = settings()
    layer = min(chosen.values["layer"], len(tr.layers)) - 1
    cell = shown.config.cell
    quantity = chosen.values["quantity"] if chosen.values["quantity"] in QUANTITIES[cell] else "h"
    _choices(chosen, len(tr.layers), cell, quantity)
    values = tr.layers[layer].values[quantity]
    if len(task.x) > MOST_READ:
        st.caption(_("Looked into are the first {count} letters.").format(count=f"{MOST_READ:,}"))
    read = remembered(lambda: _packed(shown, tr, values, codes), "text read", shown.config, layer, quantity)
    show_part(_KEY, read, values, quantity, cell, chosen, chosen.values["unit"] - 1)
    frame.torch_badge(tr)
    st.caption(
        _(
            "Each letter stands on the colour of the unit right after the network has read it, the whole text in one "
            "go from a blank state. A unit is on where it is above the threshold, or as far below 0."
        )
    )


def show_part(
    key: str, read: bytes, values: NDArray[Any], quantity: str, cell: str, chosen: Settings, unit: int
) -> None:
    """The text, coloured by `unit`, with the search for places where the same units are on; `values` are (T, U)."""
    steps, units = values.shape
    mark = parse_mark(chosen.values["mark"], steps)
    marks = found = None
    if mark is not None:
        margin = min(chosen.values["margin"], steps)
        marks = signature(values, *mark, threshold=chosen.values["threshold"], before=margin, after=margin)
        found = places(values, marks)
    bounded = quantity != "c" and not (quantity == "h" and cell == "rnn_relu")
    header = {
        **_header(symbol(quantity), 0.0 if quantity in UNIT_INTERVAL else -1.0, own=not bounded),
        "unit": min(unit, units - 1),
        "marked": mark,
        "units": marks.units if marks else [],
        "signs": marks.signs if marks else [],
        "places": [(place.start, place.stop) for place in found or []],
    }
    _inside(
        key=key,
        data=join(header, {"read": read}),
        on_mark_change=lambda: _mark(key, chosen),
        on_unit_change=lambda: _unit(key, chosen),
    )


def show_plain(key: str, read: bytes, quantity: str) -> None:
    """A text coloured by one number a letter, on a scale as wide as the largest."""
    told: dict[str, Any] = {"unit": 0, "marked": None, "units": [], "signs": [], "places": []}
    _inside(key=key, data=join(_header(quantity, -1.0, own=True) | told, {"read": read}))


def parse_mark(text: str, steps: int) -> tuple[int, int] | None:
    """The stretch that the URL marks, from its first letter to the one behind its last; None if it marks none here."""
    if not text:
        return None
    start, last = (int(part) - 1 for part in text.split("-"))
    return (start, min(last + 1, steps)) if start < steps else None


def packed(
    letters: Sequence[str], values: NDArray[Any], arrays: Mapping[str, NDArray[Any]], **more: Sequence[str]
) -> bytes:
    """Letters with what every unit says after each; its shape is in `inside/main.js`."""
    back = arrays["influence"].shape[1] if "influence" in arrays else 0
    about = {"letters": list(letters), "units": values.shape[1], "back": back, **more}
    return zlib.compress(packet(about, {"values": values, **arrays}), 1)


def _header(quantity: str, low: float, *, own: bool) -> dict[str, Any]:
    return {
        "language": language(),
        "words": _part.words(language()),
        "themes": _THEMES,
        "quantity": quantity,
        "low": low,
        "high": 1.0,
        "own": own,
    }


def _packed(shown: LearnedText, tr: Trace, values: NDArray[Any], codes: NDArray[np.int64]) -> bytes:
    alphabet = shown.config.task().alphabet
    assert tr.probabilities is not None  # a network with a head
    said = tr.probabilities.argmax(axis=1)
    arrays = {
        "shares": tr.probabilities[np.arange(len(said)), said],
        "influence": influence(network_of(shown.config, shown.parameters), codes[:-1], _BACK),
    }
    names = {"said": [alphabet[code] for code in said], "due": [alphabet[code] for code in codes[1:]]}
    return packed([alphabet[code] for code in codes[:-1]], values, arrays, **names)


def _trace(shown: LearnedText) -> Trace:
    task = shown.config.task()
    inputs = np.eye(len(task.alphabet), dtype=np.float32)[task.x[:MOST_READ]]
    return trace(network_of(shown.config, shown.parameters), inputs)


def _choices(chosen: Settings, layers: int, cell: str, quantity: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="inside_choices"):
        _choice(chosen, "layer", _("Layer"), [str(layer) for layer in range(1, layers + 1)], chosen.texts["layer"])
        _choice(chosen, "quantity", _("Quantity"), list(QUANTITIES[cell]), quantity, format_func=symbol)
        for name, label in (("threshold", _("Threshold")), ("margin", _("Letters off around"))):
            key = f"_inside_{name}"
            keep(key, chosen.texts[name])
            st.text_input(
                label,
                chosen.texts[name],
                key=key,
                width=140,
                on_change=by_hand(key, _write),
                args=(chosen, name, key),
            )
    for problem in chosen.problems.values():
        st.markdown(f":red[:small[:material/error: {problem}]]")


def _choice(chosen: Settings, name: str, label: str, options: list[str], value: str, **more: Any) -> None:
    key = f"_inside_{name}"
    shown = value if value in options else options[-1]
    keep(key, shown)
    st.segmented_control(
        label,
        options,
        default=shown,
        required=True,
        key=key,
        on_change=by_hand(key, _write),
        args=(chosen, name, key),
        wrap=True,
        **more,
    )


def _write(chosen: Settings, name: str, key: str) -> None:
    chosen.write(**{name: str(st.session_state.get(key) or chosen.texts[name])})
    sweep.redraw_page()


def _mark(key: str, chosen: Settings) -> None:
    match st.session_state[key].mark:
        case {"start": int() | float() as start, "stop": int() | float() as stop} if 0 <= start < stop <= MOST_READ:
            chosen.write(mark=f"{int(start) + 1}-{int(stop)}")
            sweep.redraw_page()


def _unit(key: str, chosen: Settings) -> None:
    unit = st.session_state[key].unit
    if isinstance(unit, int | float) and 0 <= unit < 4096:
        chosen.write(unit=str(int(unit) + 1))
        sweep.redraw_page()


def read_number(text: str, high: int, low: int = 1) -> int:
    """A whole number of the URL; refuses others in a sentence."""
    sentence = _("This must be a whole number from {low} to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, low, high, sentence.replace("{low}", str(low)))


def _read_quantity(text: str) -> str:
    known = {name for names in QUANTITIES.values() for name in names}
    if text not in known:
        raise RefusedError(_("There is no quantity {got}, so {kept} stays in use."))
    return text


def read_threshold(text: str) -> float:
    """Where a unit is on; refuses what is none in a sentence."""
    sentence = _("The threshold must be a number from 0 to 1000; got {got}, so {kept} stays in use.")
    try:
        value = float(text)
    except ValueError:
        raise RefusedError(sentence) from None
    if not 0 <= value <= 1000:
        raise RefusedError(sentence)
    return value


def read_mark(text: str) -> str:
    """The stretch that is marked; refuses what is none in a sentence."""
    parts = text.split("-")
    if text and not (
        len(parts) == 2
        and all(part.isdecimal() and len(part) < 5 for part in parts)
        and 1 <= int(parts[0]) <= int(parts[1])
    ):
        raise RefusedError(_("A mark must be two numbers of letters, like 12-16; got {got}, so {kept} stays in use."))
    return text
