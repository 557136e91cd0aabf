"""One string, read by one of the networks: what it holds possible after each symbol, and which unit that hangs on."""

from functools import partial

import streamlit as st

from lstmviz.figures import grammars as figures
from lstmviz.figures.theme import Palette, whole_share
from lstmviz.grammars import (
    ASKED,
    COUNTED,
    EMBEDDED,
    Knockout,
    Learned,
    Reading,
    drawn_string,
    follower,
    knockout,
    network_of,
    read,
    state_of,
)
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.arrival import chart
from lstmviz.ui.frame.controls.fields import CELL_NAMES, quote
from lstmviz.ui.frame.controls.lessons import ANSWERS
from lstmviz.ui.frame.controls.settings import Settings
from lstmviz.ui.frame.language import _, ngettext
from lstmviz.ui.frame.prose import aloud
from lstmviz.ui.frame.requests.url import by_hand, keep
from lstmviz.ui.views.grammar.place import counting, place_figure
from lstmviz.ui.views.grammar.settings import MAX_STRING
from lstmviz.ui.waiting import sweep

_FIELD = "_grammar_string_field"
_CHOICE = "_grammar_network_choice"


def show(found: dict[str, list[Learned]], chosen: Settings, palette: Palette) -> None:
    """Draw the section."""
    left, middle, right = st.columns([2, 3, 1.4], gap="small", vertical_alignment="bottom")
    with left:
        one = _network(found, chosen)
    symbols, problem = _string(one, chosen)
    with middle:
        keep(_FIELD, symbols)
        st.text_input(_("A string"), symbols, key=_FIELD, on_change=by_hand(_FIELD, _typed), args=(chosen,))
    with right:
        number: int = chosen.values["number"]
        st.button(
            _("Draw another"), icon=":material/casino:", on_click=_draw, args=(chosen, number + 1), key="grammar_draw"
        )
    if problem:
        st.markdown(f":red[:small[:material/error: {problem}]]")
    _reading(one, symbols, palette)
    _place(one, symbols, palette)
    if one.config.language in COUNTED:
        _counters(one, symbols, palette)
    _knockout(one, palette)


def _network(found: dict[str, list[Learned]], chosen: Settings) -> Learned:
    """The network that is chosen, else the first."""
    networks = {f"{one.config.cell}-{one.config.seed}": one for own in found.values() for one in own}
    asked: str = chosen.values["network"]
    name = asked if asked in networks else next(iter(networks))
    keep(_CHOICE, name)
    text = _("{cell}, seed {seed}: right up to {length}")
    labels = {
        key: text.format(cell=CELL_NAMES[one.config.cell], seed=one.config.seed, length=one.right_up_to)
        for key, one in networks.items()
    }
    st.selectbox(
        _("Network"),
        list(networks),
        list(networks).index(name),
        format_func=lambda key: labels.get(key, key),
        key=_CHOICE,
        on_change=by_hand(_CHOICE, _choose),
        args=(chosen,),
        filter_mode=None,
    )
    return networks[name]


def _string(one: Learned, chosen: Settings) -> tuple[str, str]:
    """What is read, and what is wrong with what was typed."""
    typed = "".join(chosen.values["string"].split())
    drawn = drawn_string(one.config, chosen.values["number"])
    if not typed:
        return drawn, ""
    task = one.config.task()
    try:
        if len(typed) > MAX_STRING:
            raise ValueError
        task.reading(typed)
    except ValueError:
        if one.config.language in ASKED:
            text = _("Type 1 to {high} bits, 0 or 1; got {got}, so {kept} is read.")
        else:
            text = _("Type a whole string of the grammar, of at most {high} symbols; got {got}, so {kept} is read.")
        return drawn, text.format(high=MAX_STRING, got=quote(typed), kept=quote(drawn))
    return typed, ""


def _reading(one: Learned, symbols: str, palette: Palette) -> None:
    st.markdown("## " + _("What it holds possible after each symbol"), anchors=False)
    seen = remembered(partial(_read, one, symbols), "grammar read", one.config, symbols)
    said = [_(ANSWERS.get(name, name)) for name in seen.said]
    titles = _("symbol read"), _("legal mass")
    figure = remembered(
        lambda: figures.reading(
            symbols[: len(seen.mass)], said, seen.probabilities, seen.legal, seen.mass, palette, titles
        ),
        "grammar reading",
        one.config,
        palette,
        symbols,
        titles,
    )
    chart(figure, key="grammar_reading")
    wrong = [t for t, right in enumerate(seen.right) if not right]
    least = int(seen.mass.argmin())
    if not wrong:
        text = ngettext(
            "Its only step is right. What may come has {mass} of the probability there.",
            "All {steps} steps are right. What may come has least of the probability after symbol {step}, “{symbol}”: "
            "{mass}.",
            len(seen.mass),
        )
    elif len(seen.mass) == 1:
        text = _("Its only step is wrong. What may come has {mass} of the probability there.")
    else:
        text = ngettext(
            "{count} of {steps} steps is wrong: after symbol {first}, “{before}”. What may come has least of the "
            "probability after symbol {step}, “{symbol}”: {mass}.",
            "{count} of {steps} steps are wrong, first after symbol {first}, “{before}”. What may come has least of "
            "the probability after symbol {step}, “{symbol}”: {mass}.",
            len(wrong),
        )
    st.markdown(
        text.format(
            steps=len(seen.mass),
            step=least + 1,
            symbol=symbols[least],
            mass=aloud(float(seen.mass[least])),
            count=len(wrong),
            first=wrong[0] + 1 if wrong else 0,
            before=symbols[wrong[0]] if wrong else "",
        )
    )
    st.caption(
        _("Framed: what may come. The line below: the probability of all that may come together, the legal mass.")
        if one.config.language not in ASKED
        else _("Framed: the answer that would be due if the string ended there.")
    )


def _place(one: Learned, symbols: str, palette: Palette) -> None:
    st.markdown("## " + _("The place in the machine that is required"), anchors=False)
    title = _("after the symbol")
    figure = remembered(
        partial(place_figure, one.config, symbols, palette, title),
        "grammar place",
        one.config.language,
        symbols,
        palette,
        title,
    )
    with st.container(key="grammar_wide"):  # on a phone it is scrolled: its states do not shrink
        chart(figure, key="grammar_place")
    if one.config.language in COUNTED:
        text = _(
            "A state says what its letter does to the counters. T may come in the last state once all counters are "
            "back at 0: no machine of finitely many states can tell that for every n."
        )
    elif one.config.language in ASKED:
        text = _("A state says the answer.")
    else:
        text = _("A state says which symbols may come.")
    st.caption(text)


def _counters(one: Learned, symbols: str, palette: Palette) -> None:
    """What must be counted, and the units that go along with it."""
    st.markdown("## " + _("The count that is required, and the unit that follows it best"), anchors=False)
    seen = remembered(partial(_read, one, symbols), "grammar read", one.config, symbols)
    counts = counting(one.config).counts(symbols[:-1])
    quantity = state_of(one.config)
    found = [follower(getattr(seen.trace, quantity), count) for count in counts.T]
    numbers = range(1, len(found) + 1)
    titles = (
        _("symbol read"),
        [_("count") if len(found) == 1 else _("count {number}").format(number=number) for number in numbers],
        [_("{quantity}, unit {unit}").format(quantity=quantity, unit=each.unit + 1) for each in found],
    )
    figure = remembered(
        lambda: figures.counted(symbols[:-1], counts, [each.states for each in found], palette, titles),
        "grammar counted",
        one.config,
        palette,
        symbols,
        titles[0],
    )
    chart(figure, key="grammar_counted")
    for number, each, most in zip(numbers, found, counts.max(axis=0), strict=True):
        text = _(
            "Count {number} goes up to {most} and back to 0. Of all units the {quantity} of unit {unit} goes along "
            "with it most closely: correlation {correlation}."
        )
        st.markdown(
            text.format(
                number=number,
                most=most,
                quantity=quantity,
                unit=each.unit + 1,
                correlation=f"{each.correlation:.3f}".replace("-", "−"),
            )
        )


def _knockout(one: Learned, palette: Palette) -> None:
    embedded = one.config.language in EMBEDDED
    st.markdown(
        "## " + (_("Which unit holds T or P?") if embedded else _("Which unit does it hang on?")), anchors=False
    )
    found = remembered(partial(_knocked_out, one), "grammar knockout", one.config)
    titles = (
        _("unit held at its mean"),
        _("T or P told apart") if embedded else _("strings right"),
        _("none held"),
        _("all held"),
    )
    figure = remembered(
        lambda: figures.knocked_out(found.held, found.free, found.all_held, found.needed, palette, titles),
        "grammar knocked out",
        one.config,
        palette,
        titles,
    )
    chart(figure, key="grammar_knockout")
    st.markdown(_verdict(one, found))
    text = _(
        "All {count} strings up to length {length}, read with {quantity} of one unit held in every step at its mean "
        "over them all."
    )
    quantity = _("the cell state c") if found.quantity == "c" else _("the hidden state h")
    st.caption(text.format(count=f"{found.free.trials:,}", length=found.longest, quantity=quantity))


def _verdict(one: Learned, found: Knockout) -> str:
    """What the bars say, in words."""
    units = len(found.held)
    if found.free.rate == found.all_held.rate:
        return _("Nothing hangs on any unit: with all of them held as much is right, {share}.").format(
            share=whole_share(found.free.rate)
        )
    if not found.needed:
        text = _(
            "No single unit is needed: with any one held nothing is lost beyond chance. With all held {all} is right "
            "instead of {free}."
        )
    elif len(found.needed) == 1:
        text = _("It hangs on unit {unit} alone: with it held {share} is right instead of {free}; with all held {all}.")
    else:
        text = _(
            "It hangs on {needed} of {units} units, most of all on unit {unit}: with it held {share} is right instead "
            "of {free}; with all held {all}."
        )
    dearest = found.needed[0] if found.needed else 0
    return text.format(
        unit=dearest + 1,
        needed=len(found.needed),
        units=units,
        share=whole_share(found.held[dearest].rate),
        free=whole_share(found.free.rate),
        all=whole_share(found.all_held.rate),
    )


def _read(one: Learned, symbols: str) -> Reading:
    return read(one.config, network_of(one.config, one.parameters), symbols)


def _knocked_out(one: Learned) -> Knockout:
    return knockout(one.config, network_of(one.config, one.parameters))


def _typed(chosen: Settings) -> None:
    chosen.write(string=st.session_state.get(_FIELD) or "")
    sweep.redraw_page()


def _choose(chosen: Settings) -> None:
    chosen.write(network=st.session_state.get(_CHOICE) or "")
    sweep.redraw_page()


def _draw(chosen: Settings, number: int) -> None:
    chosen.write(string="", number=str(number))
    sweep.redraw_page()
