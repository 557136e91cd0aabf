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
from lstmviz.ui import frame
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.fields import RefusedError, read_one_of
from lstmviz.ui.frame.language import N_, _, language
from lstmviz.ui.frame.settings import Setting, Settings
from lstmviz.ui.frame.url import keep
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
            (_("bits per character"), f"{about['bits_per_character']['lstm']:.2f}"),
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
    st.markdown(_says(case, found))
    text = _text(chosen)
    if text is not None:
        _on_text(text, case, chosen)
    st.markdown("## " + _("All that was tested"), anchors=False)
    st.html(remembered(partial(_table, found), "detective table", language()))
    st.caption(_provenance(found))


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
                on_change=_choose,
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
    st.caption(
        _(
            "h of unit {unit} in layer {layer} is held at its mean, {mean}, while this text is read: red characters "
            "cost more bits than before, blue ones fewer."
        ).format(unit=cell.unit + 1, layer=cell.layer + 1, mean=f"{case.held_at:.3f}")
    )


def _read(text: str) -> Reading:
    return read_texts(load_detective(), [text])[0]


def _dearer(reading: Reading, layer: int, unit: int, mean: float) -> np.ndarray:
    """(T, 1) by how many bits each character gets dearer; 0 for the first, of which nothing is predicted."""
    [held] = bits_with_held(load_detective(), [reading.text], layer, [unit], [mean])
    return np.nan_to_num(held[0] - reading.bits)[:, None]


def _says(case: Case, found: Cases) -> str:
    """What is known of a unit, and what was lost without it."""
    one = case.finding
    measure = "Spearman ρ" if _NUMERIC[one.hypothesis] else "AUC"
    knows = _("knows more than the last character alone") if case.convincing else _("does not know more than that")
    text = _(
        "On {texts} excerpts that did not choose it: {measure} {effect} (p = {p}, corrected); the last character "
        "alone has {alone}. So it {knows}. "
    )
    said = text.format(
        texts=found.texts,
        measure=measure,
        effect=f"{one.effect:.2f}",
        p=_p(one.corrected),
        alone=f"{one.by_character:.2f}",
        knows=knows,
    )
    where = _("where it is above {median}") if case.above is not None else _("where it is so")
    where = where.format(median=f"{case.above or 0:g}")
    text = _("Held at its mean, it costs {holds} bits a character {where} and {elsewhere} elsewhere, of {bits}. ")
    said += text.format(
        holds=_change(case.holds), where=where, elsewhere=_change(case.elsewhere), bits=f"{case.bits:.2f}"
    )
    if case.specific:
        end = _("That is more than for {others} other units held likewise (p = {p}): here it is needed.")
    else:
        end = _(
            "Among {others} other units held likewise that is nothing special (p = {p}): to know is not yet "
            "to be needed."
        )
    return said + end.format(others=found.others, p=_p(case.p))


def _table(found: Cases) -> str:
    """Every unit that was chosen, with its evidence."""
    heads = (
        _("hypothesis"),
        _("unit"),
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
        effect = f"{one.effect:.2f}"
        cells = (
            f"<b>{effect}</b>" if case.convincing else effect,
            _p(one.corrected),
            f"{one.by_character:.2f}",
            html.escape(_change(case.holds)),
            html.escape(_change(case.elsewhere)),
            f"<b>{_p(case.p)}</b>" if case.specific else _p(case.p),
            html.escape(" ".join(_seen(sign.sign) for sign in case.signs[:5])),
        )
        row = "".join(f"<td>{cell}</td>" for cell in cells)
        name = html.escape(_(_NAMES[one.hypothesis]))
        rows.append(f'<tr><th scope="row">{name}</th><td>{html.escape(_unit_name(case))}</td>{row}</tr>')
    head = "".join(f'<th scope="col">{html.escape(one)}</th>' for one in heads)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f'<div class="text_cases" tabindex="0">{table}</div>'


def _provenance(found: Cases) -> str:
    bits = remembered(_log, "detective log")["bits_per_character"]
    text = _(
        "Measured on {written} by `python -m lstmviz.detective investigate` with Python {python}: all units were "
        "tested on {texts} excerpts against chance by turning the hypothesis along the text (Benjamini and Hochberg "
        "over the whole table), the best on {texts} others (Holm). Effects: AUC, 0.5 is nothing; of numbers ρ, 0 is "
        "nothing. Bits per character on held-out files: this network {lstm}, a 5-gram {ngram}, gzip {gzip}, bzip2 "
        "{bz2}, xz {xz}."
    )
    figures = {name: f"{bits[name]:.2f}" for name in ("lstm", "ngram", "gzip", "bz2", "xz")}
    return text.format(written=found.written, python=found.python, texts=found.texts, **figures)


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
    return f"{change.mean:+.3f} [{change.low:.3f}, {change.high:.3f}]".replace("-", "−")


def _p(p: float) -> str:
    return f"{p:.3f}" if p >= 0.001 else "<0.001"


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
        on_change=_choose,
        args=(chosen, name),
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
