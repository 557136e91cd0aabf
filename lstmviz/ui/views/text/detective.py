"""The cell detective: which units of a larger network know what about Python, on text and by knockout."""

import html
import json
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from lstmviz.detective.alphabet import as_read, codes_of
from lstmviz.detective.cases import Case, Cases, known_cases
from lstmviz.detective.excerpts import held_out_excerpts
from lstmviz.detective.hypotheses import HYPOTHESES, KEYS
from lstmviz.detective.knockout import Change
from lstmviz.detective.reader import WEIGHTS, load_detective
from lstmviz.detective.reading import Reading, bits_with_held, read_texts
from lstmviz.detective.testing import LEVEL
from lstmviz.figures.theme import number, signed
from lstmviz.ui import frame
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.controls.fields import RefusedError, read_one_of
from lstmviz.ui.frame.controls.settings import Setting, Settings
from lstmviz.ui.frame.language import N_, _, language
from lstmviz.ui.frame.requests.url import by_hand, keep
from lstmviz.ui.views.text import inside
from lstmviz.ui.views.text.own import link_of
from lstmviz.ui.views.text.own import text_of as own_text

_NAMES = {
    "string": N_("inside a string"),
    "comment": N_("inside a comment"),
    "indentation": N_("indentation"),
    "brackets": N_("bracket depth"),
    "position": N_("position in line"),
    "keyword": N_("after a keyword"),
}
_NUMERIC = {one.key: one.numeric for one in HYPOTHESES}
_MOST = 2000  # characters of an own text
_OWN_FIELD, _OWN_REFUSED = "_cell_own_field", "_cell_own_refused"


def settings() -> Settings:
    """What is looked at, from the URL."""
    return Settings(
        "cell_detective",
        {
            "knows": Setting("string", lambda text: read_one_of(text, KEYS, _("Hypothesis"))),
            "rank": Setting("1", partial(_read_number, high=3)),
            "excerpt": Setting("1", partial(_read_number, high=20)),
            "own": Setting("", _read_own),
            "unit": Setting("0", partial(_read_number, low=0, high=4096)),
            "mark": Setting("", inside.read_mark),
            "threshold": Setting("0.3", inside.read_threshold),
            "margin": Setting("1", partial(_read_number, low=0, high=20)),
        },
    )


def chips() -> None:
    """The network that is looked into."""
    about = remembered(_log, "detective log")
    frame.chip_row(
        (
            ("", _("Python's standard library")),
            (_("letters read"), f"{about['corpus']['train']['characters'] / 1e6:.1f}M"),
            ("", "LSTM"),
            (_("layers"), f"{about['recipe']['num_layers']} × {about['recipe']['hidden_size']}"),
            (
                _("bits per character of {files} held-out files").format(files=about["corpus"]["held_out"]["files"]),
                number(about["bits_per_character"]["lstm"]),
            ),
        )
    )


def show() -> None:
    """A hypothesis, the units that were chosen for it on text, and what is lost without them."""
    chosen = settings()
    found = remembered(known_cases, "detective cases")
    key: str = chosen.values["knows"]
    _pills(chosen, "knows", _("Hypothesis"), {one: _(_NAMES[one]) for one in KEYS}, key)
    cases = found.of(key)
    rank = min(chosen.values["rank"], len(cases))
    ranks = {str(k): _unit_name(case) for k, case in enumerate(cases, 1)}
    _pills(chosen, "rank", _("Unit"), ranks, str(rank))
    for problem in chosen.problems.values():
        st.markdown(f":red[:small[:material/error: {problem}]]")
    case = cases[rank - 1]
    st.markdown(says(case, found))
    text = _text(chosen)
    if text is not None:
        _on_text(text, case, chosen)
    st.markdown("## " + _("The units that were chosen for each hypothesis"), anchors=False)
    st.html(remembered(partial(_table, found), "detective table", language()))
    st.caption(f"{_provenance(found)}\n\n{_bits_say(found)}")


def _text(chosen: Settings) -> str | None:
    """The text that is looked at, and the choice of another one; None where there is none."""
    try:
        excerpts = remembered(lambda: held_out_excerpts()[1::2], "detective excerpts")
    except (OSError, ValueError):
        excerpts = ()
    own = own_text(chosen.values["own"]) if chosen.values["own"] else ""
    with st.container(horizontal=True, vertical_alignment="bottom", key="cell_detective_texts"):
        if excerpts:
            options = {str(k): str(k) for k in range(1, len(excerpts) + 1)}
            shown = str(min(chosen.values["excerpt"], len(excerpts)))
            keep("_cell_detective_excerpt", shown)
            st.selectbox(
                _("Excerpt of a file that it has not learned from"),
                list(options),
                list(options).index(shown),
                key="_cell_detective_excerpt",
                on_change=by_hand("_cell_detective_excerpt", _choose),
                args=(chosen, "excerpt"),
                filter_mode=None,
                width=320,
            )
        with st.popover(_("Own Python"), icon=":material/edit_note:", width="content"):
            refused = str(st.session_state.get(_OWN_REFUSED, ""))
            if not refused:
                keep(_OWN_FIELD, own)
            with st.form("cell_detective_own", border=False):
                st.text_area(_("Python text, at most {high} characters").format(high=_MOST), own, key=_OWN_FIELD)
                st.form_submit_button(_("Read this"), type="primary", on_click=_typed, args=(chosen,))
            if refused:
                st.markdown(f":red[:small[:material/error: {refused}]]")
    if own:
        return own
    if not excerpts:
        st.info(_("This Python comes without the text of its library: type some of your own to look at."))
        return None
    return excerpts[min(chosen.values["excerpt"], len(excerpts)) - 1]


def _on_text(text: str, case: Case, chosen: Settings) -> None:
    cell = case.finding.cell
    reading = remembered(lambda: _read(text), "detective reading", text)
    letters = list(reading.text)
    values = (reading.h if cell.quantity == "h" else reading.c)[cell.layer]
    packed = remembered(lambda: inside.packed(letters, values, {}), "detective packed", text, cell.layer, cell.quantity)
    unit = chosen.values["unit"] - 1 if chosen.values["unit"] else cell.unit
    inside.show_part("text_detective", packed, values, cell.quantity, "lstm", chosen, unit=unit)
    st.markdown("## " + _("What each character costs more without the unit"), anchors=False)
    dearer = remembered(
        lambda: _dearer(reading, cell.layer, cell.unit, case.held_at), "detective dearer", text, cell, case.held_at
    )
    packed = remembered(lambda: inside.packed(letters, dearer, {}), "detective dearer packed", text, cell)
    inside.show_plain("text_detective_dearer", packed, "Δ bit")
    st.caption(held_says(case))


def held_says(case: Case) -> str:
    """What is held at what, and why it is h also of a unit that was chosen by its c."""
    cell = case.finding.cell
    text = _(
        "While this text is read, h of unit {unit} in layer {layer} is held at {mean}, its mean over the excerpts that "
        "did not choose it: red characters cost more bits than before, blue ones fewer."
    )
    said = text.format(unit=cell.unit + 1, layer=cell.layer + 1, mean=number(case.held_at))
    if cell.quantity == "h":
        return said
    why = _(
        "It was chosen by its {quantity}, but it is h that is held, because the rest of the network learns of a unit "
        "through its h alone."
    )
    return f"{said} {why.format(quantity=cell.quantity)}"


def _read(text: str) -> Reading:
    return read_texts(load_detective(), [text])[0]


def _dearer(reading: Reading, layer: int, unit: int, mean: float) -> np.ndarray:
    """(T, 1) by how many bits each character gets dearer; 0 for the first, of which nothing is predicted."""
    [held] = bits_with_held(load_detective(), [reading.text], layer, [unit], [mean])
    return np.nan_to_num(held[0] - reading.bits)[:, None]


def says(case: Case, found: Cases) -> str:
    """What is known of a unit, and what was lost without it."""
    return f"{_tells(case, found)} {_costs(case, found)}"


def _tells(case: Case, found: Cases) -> str:
    """How well the unit tells on other text, and which way round, beside the last character in the same measure."""
    one = case.finding
    if _NUMERIC[one.hypothesis]:
        text = (
            _(
                "On {texts} excerpts that did not choose it, {quantity} tends to be higher, the greater the {where}: "
                "Spearman's ρ is {effect} ({p}, corrected), where 0 is nothing."
            )
            if one.higher
            else _(
                "On {texts} excerpts that did not choose it, {quantity} tends to be lower, the greater the {where}: "
                "Spearman's ρ is {effect} ({p}, corrected). Below 0 it tells as well, the other way round: as much as "
                "{told}."
            )
        )
    else:
        text = (
            _(
                "On {texts} excerpts that did not choose it, {quantity} tends to be higher {where} than elsewhere: its "
                "AUC is {effect} ({p}, corrected), where 0.5 is nothing."
            )
            if one.higher
            else _(
                "On {texts} excerpts that did not choose it, {quantity} tends to be lower {where} than elsewhere: its "
                "AUC is {effect} ({p}, corrected). An AUC below 0.5 tells as well, the other way "
                "round: for low values it is {told}."
            )
        )
    said = text.format(
        texts=found.texts,
        quantity=one.cell.quantity,
        where=_(_NAMES[one.hypothesis]),
        effect=number(one.effect),
        told=number(one.either_way),
        p=_p_is(one.corrected),
    )
    knows = _("knows more than the last character alone") if case.convincing else _("does not know more than that")
    text = _("The last character alone has {alone}. So this unit {knows}.")
    return f"{said} {text.format(alone=number(one.by_character_either_way), knows=knows)}"


def _costs(case: Case, found: Cases) -> str:
    """What is lost without the unit, where and elsewhere, and whether that is more than without others."""
    text = _(
        "With h of this unit held at its mean, the cost of a character changes by {holds} bits {where} and by "
        "{elsewhere} elsewhere; before, it is {bits} bits on average over these {texts} excerpts."
    )
    said = text.format(
        holds=_change(case.holds),
        where=_where(case),
        elsewhere=_change(case.elsewhere),
        bits=number(case.bits),
        texts=found.texts,
    )
    if case.specific:
        end = _(
            "The two differ more than with {others} other units held likewise ({p}): this unit is needed above all "
            "{where}."
        )
    elif case.p <= LEVEL:
        end = _(
            "The two differ more than with {others} other units held likewise ({p}), but the interval of their "
            "difference, {difference}, is not above 0: that does not show yet that it is needed there."
        )
    else:
        end = _(
            "Among {others} other units held likewise their difference is nothing special ({p}): to know is not yet "
            "to be needed."
        )
    told = end.format(
        others=found.others,
        p=_p_is(case.p),
        difference=_change(case.difference),
        where=_where(case, other_side=case.difference.mean < 0),
    )
    return f"{said} {told}"


def _where(case: Case, *, other_side: bool = False) -> str:
    """Where the hypothesis is so; a number, where it is above its median, or on the other side of it."""
    name = _(_NAMES[case.finding.hypothesis])
    if case.above is None:
        return name
    text = _("where the {where} is at most {median}") if other_side else _("where the {where} is above {median}")
    return text.format(where=name, median=f"{case.above:g}")


def _table(found: Cases) -> str:
    """Every unit that was chosen, with its evidence."""
    heads = (
        _("hypothesis"),
        _("unit"),
        _("value there"),
        _("effect"),
        _("p, corrected"),
        _("last character alone"),
        _("cost where so"),
        _("cost elsewhere"),
        _("p of knockout"),
        _("dearest signs"),
    )
    rows = []
    for case in found.cases:
        one = case.finding
        effect = number(one.either_way)
        cells = (
            _("higher") if one.higher else _("lower"),
            f"<b>{effect}</b>" if case.convincing else effect,
            html.escape(_p(one.corrected)),
            number(one.by_character_either_way),
            _change(case.holds),
            _change(case.elsewhere),
            f"<b>{html.escape(_p(case.p))}</b>" if case.specific else html.escape(_p(case.p)),
            html.escape(" ".join(_seen(sign.sign) for sign in case.signs[:5])),
        )
        row = "".join(f"<td>{cell}</td>" for cell in cells)
        name = html.escape(_(_NAMES[one.hypothesis]))
        rows.append(f'<tr><th scope="row">{name}</th><td>{html.escape(_unit_name(case))}</td>{row}</tr>')
    head = "".join(f'<th scope="col">{html.escape(one)}</th>' for one in heads)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f'<div class="text_cases" tabindex="0">{table}</div>'


def _provenance(found: Cases) -> str:
    """How the units of the table were found, and how its columns are read."""
    text = _(
        "Measured on {written} by `python -m lstmviz.detective investigate` with Python {python}: h and c of all units "
        "were tested on {texts} excerpts against chance by turning the hypothesis along the text (Benjamini and "
        "Hochberg over all of these tests); the table has those that were strongest there, as they come out on "
        "{texts} other excerpts (Holm). Value there: whether the unit is higher or lower where the hypothesis is so, "
        "or where its number is greater. Effect: the AUC of that way round, 0.5 is nothing; of a number, Spearman's ρ "
        "without its sign, 0 is nothing; bold where it is confirmed and more than the last character alone has. Cost: "
        "by how many bits a character gets dearer with h of the unit held at its mean, with an interval of 95%; of a "
        "number, “where so” is above its median; p is bold where the unit is needed."
    )
    return text.format(written=found.written, python=found.python, texts=found.texts)


def _bits_say(found: Cases) -> str:
    """What a character costs the network on whole files, beside others, and on the excerpts alone."""
    log = remembered(_log, "detective log")
    bits, held_out = log["bits_per_character"], log["corpus"]["held_out"]
    text = _(
        "Bits per character on all {files} held-out files, {characters} characters: this network {lstm}, a 5-gram "
        "{ngram}, gzip {gzip}, bzip2 {bz2}, xz {xz}. On the {texts} excerpts alone, {excerpted} characters, each read "
        "from a blank state, this network has {bits}."
    )
    return text.format(
        files=held_out["files"],
        characters=f"{held_out['characters']:,}",
        texts=found.texts,
        excerpted=f"{found.characters:,}",
        bits=number(found.cases[0].bits),
        **{name: number(bits[name]) for name in ("lstm", "ngram", "gzip", "bz2", "xz")},
    )


def _log() -> dict[str, Any]:
    log: dict[str, Any] = json.loads(WEIGHTS.with_suffix(".json").read_text(encoding="utf-8"))
    return log


def _unit_name(case: Case) -> str:
    cell = case.finding.cell
    return _("{quantity}, layer {layer}, unit {unit}").format(
        quantity=cell.quantity, layer=cell.layer + 1, unit=cell.unit + 1
    )


def _change(change: Change) -> str:
    if not np.isfinite(change.mean):
        return "–"
    return f"{signed(change.mean)} [{number(change.low)}, {number(change.high)}]"


def _p(p: float) -> str:
    return number(p) if p >= 0.001 else "< 0.001"


def _p_is(p: float) -> str:
    return f"p = {_p(p)}" if p >= 0.001 else f"p {_p(p)}"


def _seen(sign: str) -> str:
    return {" ": "␣", "\n": "↵"}.get(sign, sign)


def _pills(chosen: Settings, name: str, label: str, options: dict[str, str], value: str) -> None:
    key = f"_cell_detective_{name}"
    keep(key, value)
    st.segmented_control(
        label,
        list(options),
        default=value,
        format_func=options.__getitem__,
        required=True,
        key=key,
        on_change=by_hand(key, _choose),
        args=(chosen, name),
        wrap=True,
    )


def _choose(chosen: Settings, name: str) -> None:
    value = st.session_state.get(f"_cell_detective_{name}")
    more = {"own": ""} if name == "excerpt" else {"rank": "1"} if name == "knows" else {}
    if value:
        chosen.write(**{**more, name: str(value), "unit": "0", "mark": ""})


def _typed(chosen: Settings) -> None:
    st.session_state.pop(_OWN_REFUSED, None)
    text = str(st.session_state.get(_OWN_FIELD) or "")
    try:
        _check(text)
    except RefusedError as refused:
        st.session_state[_OWN_REFUSED] = refused.sentence
    else:
        chosen.write(own=link_of(text) if text else "", unit="0", mark="")


def _check(text: str) -> None:
    """Whether the network can read it."""
    if len(text) > _MOST:
        sentence = _("The text must have at most {high} characters; this one has {count}, so the one before stays.")
        raise RefusedError(sentence, high=f"{_MOST:,}", count=f"{len(text):,}")
    if text and len(as_read(text)) < 2:
        raise RefusedError(_("The text must have two characters or more, so the one before stays."))
    try:
        if text:
            codes_of(text)
    except ValueError:
        raise RefusedError(_("The network cannot read this text, so the one before stays.")) from None


def _read_own(text: str) -> str:
    if text:
        _check(own_text(text))
    return text


def _read_number(text: str, high: int, low: int = 1) -> int:
    return inside.read_number(text, high, low)
