"""What a network writes by itself, from a start and a seed; any letter can be replaced by another one."""

import zlib
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import regex
import streamlit as st

from lstmviz.base.limits import MAX_SEED
from lstmviz.figures.theme import Palette
from lstmviz.packing import join, packet
from lstmviz.predictions.generating import MAX_TEMPERATURE, Sampling, Written, generate
from lstmviz.texts import LearnedText, network_of
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.controls.fields import RefusedError, read_whole_number
from lstmviz.ui.frame.controls.settings import Setting, Settings
from lstmviz.ui.frame.language import N_, _, language
from lstmviz.ui.frame.prose import escape
from lstmviz.ui.parts.part import Part
from lstmviz.ui.waiting import sweep

MAX_LETTERS = 400
_MOST_CHOSEN = 60
_BEST = 12  # letters whose chances are shown
_KEY = "text_writer"
_part = Part(Path(__file__).resolve().with_name("writer"))
_writer = _part.component("lstmviz_writer")
_THEMES = {name: Palette(dark=name == "dark").as_told for name in ("light", "dark")}
_PLAIN = {"temperature": "1", "top_k": "0", "top_p": "1", "chosen": ""}
_PRESETS: Mapping[str, Mapping[str, str]] = {
    N_("greedy"): {**_PLAIN, "temperature": "0"},
    N_("temperature 0.5"): {**_PLAIN, "temperature": "0.5"},
    N_("temperature 1"): _PLAIN,
    N_("temperature 2"): {**_PLAIN, "temperature": "2"},
    N_("top-k 3"): {**_PLAIN, "top_k": "3"},
    N_("top-p 0.9"): {**_PLAIN, "top_p": "0.9"},
}


def settings() -> Settings:
    """How it writes, from the URL."""
    return Settings(
        "write",
        {
            "temperature": Setting("1", _read_temperature),
            "top_k": Setting("0", _read_top_k),
            "top_p": Setting("1", _read_top_p),
            "start": Setting("", _read_start),
            "letters": Setting("120", _read_letters),
            "seed": Setting("0", _read_seed),
            "chosen": Setting("", _read_chosen),
        },
    )


def show(shown: LearnedText, networks: Sequence[LearnedText], palette: Palette) -> None:
    """What `shown` writes, and the controls of it."""
    chosen = settings()
    chosen.controls(_PRESETS, _fields, _("Write"))
    if shown.diverged:
        st.info(_("This network has diverged and says nothing any more: look at another one."))
        return
    start, missing = _start(shown, chosen.values["start"])
    if missing:
        text = _("The network has never read {letter}, so it begins with {start}.")
        st.caption(text.format(letter=f"“{escape(missing)}”", start=f"“{escape(start)}”"))
    places = {
        place: code
        for place, code in parse_chosen(chosen.values["chosen"]).items()
        if _fits(place, code, shown, chosen)
    }
    sampling = Sampling(
        temperature=chosen.values["temperature"],
        top_k=chosen.values["top_k"] or None,
        top_p=chosen.values["top_p"],
    )
    about = (start, chosen.values["letters"], sampling, chosen.values["seed"], tuple(places.items()))
    written = remembered(partial(_written, shown, *about), "text written", shown.config, *about)
    with st.container(horizontal=True, key="write_seeds"):
        following = str((chosen.values["seed"] + 1) % (MAX_SEED + 1))
        st.button(
            _("Another draw"),
            icon=":material/casino:",
            on_click=chosen.write,
            kwargs={"seed": following, "chosen": ""},
            key="write_again",
            disabled=sampling.temperature == 0,
        )
        if places:
            st.button(
                _("Take the chosen letters back"),
                icon=":material/undo:",
                on_click=chosen.write,
                kwargs={"chosen": ""},
                key="write_back",
            )
    header = {
        "language": language(),
        "words": _part.words(language()),
        "themes": _THEMES,
        "chosen": list(places),
    }
    data = join(header, {"written": _packed(shown, written)})
    _writer(key=_KEY, data=data, on_chosen_change=lambda: _choose(shown, chosen))


def parse_chosen(text: str) -> dict[int, int]:
    """Place behind the start -> code of the letter that is chosen there; `text` has been read before."""
    pairs = (part.split(".") for part in text.split(",") if part)
    return {int(place): int(code) for place, code in pairs}


def _fits(place: int, code: int, shown: LearnedText, chosen: Settings) -> bool:
    """Whether it can be chosen in this text: a link may be of another one."""
    return place < chosen.values["letters"] and code < len(shown.config.task().alphabet)


def _written(
    shown: LearnedText, start: str, letters: int, sampling: Sampling, seed: int, chosen: tuple[tuple[int, int], ...]
) -> Written:
    task = shown.config.task()
    places = {place: task.alphabet[code] for place, code in chosen}
    model = network_of(shown.config, shown.parameters)
    return generate(model, task, start, letters, sampling=sampling, seed=seed, chosen=places)


def _packed(shown: LearnedText, written: Written) -> bytes:
    """The letters, and of each but the first what was said: the most probable ones, best first."""
    alphabet = shown.config.task().alphabet
    own = np.array([alphabet.index(letter) for letter in written.letters[1:]], dtype=np.int32)
    best = np.argsort(-written.probabilities, axis=1, kind="stable")[:, :_BEST].astype(np.int32)
    arrays = {
        "best": best,
        "shares": np.take_along_axis(written.probabilities, best, axis=1),
        "offered": np.take_along_axis(written.offered, best, axis=1),
        "own": own,
        "own_shares": written.probabilities[np.arange(len(own)), own],
    }
    about = {"letters": list(written.letters), "start": written.start, "alphabet": list(alphabet)}
    return zlib.compress(packet(about, arrays), 1)


def _start(shown: LearnedText, asked: str) -> tuple[str, str]:
    """The letters to begin with, and the first that the network does not know, if there is one in what was asked."""
    task = shown.config.task()
    letters = regex.findall(r"\X", asked)
    unknown = next((letter for letter in letters if letter not in task.alphabet), "")
    first = regex.findall(r"\X", task.text)[0]
    return (first if unknown or not letters else asked), unknown


def _choose(shown: LearnedText, chosen: Settings) -> None:
    """Put the letter that was clicked in its place, and forget those behind it."""
    match st.session_state[_KEY].chosen:
        case {"place": int() | float() as place, "code": int() | float() as code}:
            place, code = int(place), int(code)
        case _:
            return
    if place < 0 or code < 0 or not _fits(place, code, shown, chosen):
        return
    before = {one: own for one, own in parse_chosen(chosen.values["chosen"]).items() if one < place}
    kept = dict(list({**before, place: code}.items())[-_MOST_CHOSEN:])
    chosen.write(chosen=",".join(f"{one}.{own}" for one, own in kept.items()))
    sweep.redraw_page()


def _fields(chosen: Settings) -> None:
    chosen.text(st, _("Beginning"), "start")
    left, right = st.columns(2, gap="small")
    chosen.text(left, _("Temperature"), "temperature")
    chosen.text(right, _("Letters to write"), "letters")
    chosen.text(left, _("Top-k (0: all letters)"), "top_k")
    chosen.text(right, _("Top-p"), "top_p")
    chosen.text(left, _("Seed"), "seed")


def _read_start(text: str) -> str:
    if len(regex.findall(r"\X", text)) > 100:
        raise RefusedError(_("The beginning must have at most {high} letters, so {kept} stays in use."), high=100)
    return text


def _read_temperature(text: str) -> float:
    sentence = _("The temperature must be a number from 0 to {high}; got {got}, so {kept} stays in use.")
    return _number(text, 0.0, MAX_TEMPERATURE, RefusedError(sentence, high=f"{MAX_TEMPERATURE:g}"))


def _read_top_p(text: str) -> float:
    sentence = _("Top-p must be a number above 0, at most 1; got {got}, so {kept} stays in use.")
    return _number(text, 1e-9, 1.0, RefusedError(sentence))


def _number(text: str, low: float, high: float, refusal: RefusedError) -> float:
    """A decimal number from `low` to `high`."""
    if not regex.fullmatch(r"\s*[0-9]{0,6}(\.[0-9]{0,9})?\s*", text) or not regex.search("[0-9]", text):
        raise refusal
    if not low <= float(text) <= high:
        raise refusal
    return float(text)


def _read_top_k(text: str) -> int:
    sentence = _("Top-k must be a whole number from 0 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 0, 1000, sentence)


def _read_letters(text: str) -> int:
    sentence = _("Letters to write must be a whole number from 1 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 1, MAX_LETTERS, sentence)


def _read_seed(text: str) -> int:
    sentence = _("The seed must be a whole number from 0 to {high}; got {got}, so {kept} stays in use.")
    return read_whole_number(text, 0, MAX_SEED, sentence)


def _read_chosen(text: str) -> str:
    if text and not regex.fullmatch(rf"([0-9]{{1,3}}\.[0-9]{{1,4}},?){{1,{_MOST_CHOSEN}}}", text):
        raise RefusedError(_("The chosen letters in this link cannot be read, so {kept} stays in use."))
    return text
