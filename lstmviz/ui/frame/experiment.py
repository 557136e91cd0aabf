"""The experiment that every page is about, and the controls in the sidebar that choose it.

The URL is the truth, so that a link, a reload, the browser's Back and another page all show the same experiment:
`?task=abcabC&cell=lstm&hidden=3&seed=1&lr=0.1&epochs=1500`; what it leaves out has its default. A control writes what
it says into the URL, and every run reads the URL. A value that will not do gets one sentence beside its control, and
the last good one stays in use. `?hide=task,seed` leaves controls out.

Streamlit's own `bind="query-params"` is not used for these: it drops a bad value without a word, it drops the values of
a link to another page, and it cannot let two widgets, presets and own pattern, share one name.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field, replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstmviz.tasks import PRESETS, alphabet_task
from lstmviz.ui.frame.fields import CELL_NAMES, RefusedError, read, write
from lstmviz.ui.frame.language import N_, _, ngettext
from lstmviz.ui.frame.prose import escape
from lstmviz.ui.frame.url import UrlPart

LESSONS = {
    "abaB": N_("Memory {memory}: b or B after a? The letter before the a decides."),
    "AbAcAd": N_("Memory {memory}: b, c or d after A? The letter before the A decides."),
    "abcabC": N_("Memory {memory}: c or C after b? The letter two before the b decides."),
    "abcdabcD": N_("Memory {memory}: d or D after c? The letter three before the c decides."),
}
"""What each preset is there to teach."""

PARAMS = {"task": "task", "cell": "cell", "hidden": "hidden_size", "seed": "seed", "lr": "lr", "epochs": "epochs"}
"""Name in the URL -> field of `Experiment`, in the fields' order."""

_LEARNING_RATES = ("0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1")
_OWN = "own pattern"  # the choice beside the presets; it has a space, so no pattern can be called this


@dataclass(frozen=True)
class Experiment:
    """A network, what it learns, and how: everything that a page needs to train it again, and nothing else."""

    task: str = "abcabC"
    """the pattern that the text repeats"""
    cell: str = "lstm"
    """lstm, gru, rnn or rnn_relu"""
    hidden_size: int = 3
    """1 to 64"""
    seed: int = 1
    """of the first weights, 0 to 2**32 - 1"""
    lr: float = 0.1
    """Adam's learning rate, above 0 and at most 10"""
    epochs: int = 1500
    """updates, 1 to 100,000"""

    def params(self) -> dict[str, str]:
        """The experiment as parameters of a URL; complete, so that a link means the same when the defaults change."""
        return {param: write(value) for param, value in zip(PARAMS, astuple(self), strict=True)}


_DEFAULTS = Experiment().params()


@dataclass
class _Memory:
    """What a session remembers between runs, beside the URL."""

    good: Experiment = Experiment()  # the last values that were right
    own_pattern: bool = False  # the text field for an own pattern is open
    times_trained_again: int = 0
    url: UrlPart = field(default_factory=lambda: UrlPart(_DEFAULTS))


def current_experiment() -> Experiment:
    """The experiment that the URL asks for; where it asks for nonsense, the last good value."""
    return _read_url()[0]


def change_experiment(**changes: str) -> None:
    """Put changes, named and written as in the URL, into effect; for a button's `on_click`.

    The rest of the experiment stays. A change that will not do is answered like one typed into its control.
    """
    _memory().own_pattern = False
    _memory().url.write(current_experiment().params() | {param: changes[param] for param in PARAMS if param in changes})


def times_trained_again() -> int:
    """How often "Train again" was pressed in this session; a page that shows training runs it anew when this grows."""
    return _memory().times_trained_again


def keep(key: str, value: str | float) -> None:
    """Make the widget that is about to be drawn under `key` show `value`, which must also be its default.

    The default is what a browser shows that starts anew, after a page change or a reload; the session state tells it
    otherwise. A widget that shows the value already is left alone: telling it again would undo what its user is doing.
    """
    if key in st.session_state and st.session_state[key] != value:
        st.session_state[key] = value


def experiment_controls() -> Experiment:
    """Draw the controls in the sidebar, and return the experiment that they choose."""
    experiment, asked, problems = _read_url()
    hidden = {name.strip().lower() for name in st.query_params.get("hide", "").split(",")}
    with st.sidebar.container(key="experiment", gap="xsmall"):
        if "task" not in hidden:
            _task_control(experiment, asked)
        _show(problems, "task")
        if "task" not in hidden:
            st.caption(_lesson(experiment.task))
        left, right = st.columns(2, gap="small")
        if "cell" not in hidden:
            _choice(left, _("Cell"), "cell", CELL_NAMES, experiment.cell)
        if "hidden" not in hidden:
            _number_control(right, _("Hidden nodes"), "hidden", experiment, asked)
        _show(problems, "cell", "hidden")
        left, right = st.columns(2, gap="small")
        if "lr" not in hidden:
            _lr_control(left, experiment, asked)
        if "epochs" not in hidden:
            _number_control(right, _("Epochs"), "epochs", experiment, asked, step=500)
        _show(problems, "lr", "epochs")
        if "seed" not in hidden:
            left, right = st.columns(2, gap="small", vertical_alignment="bottom")
            _number_control(left, _("Seed"), "seed", experiment, asked)
            right.button(_("New seed"), width="stretch", on_click=_new_seed, help=_("Draws other first weights"))
        _show(problems, "seed")
        if "buttons" not in hidden:
            _buttons()
    return experiment


def controls_of_other_pages() -> None:
    """The same controls on a page that shows networks of its own, and what they are there for."""
    st.sidebar.caption(_("The network that the other pages show:"))
    experiment_controls()


def _memory() -> _Memory:
    memory: _Memory = st.session_state.setdefault("_experiment", _Memory())
    return memory


def _read_url() -> tuple[Experiment, dict[str, str], dict[str, str]]:
    """The experiment, what the URL says about it, and a sentence for each parameter of it that will not do."""
    memory = _memory()
    asked = memory.url.read()
    values, problems = dict[str, Any](), dict[str, str]()
    for param, name in PARAMS.items():
        try:
            values[name] = read(param, asked[param]) if param in asked else getattr(Experiment(), name)
        except RefusedError as refused:
            kept = values[name] = getattr(memory.good, name)
            problems[param] = refused.sentence.format(got=quote(asked[param]), kept=escape(write(kept)))
    memory.good = Experiment(**values)
    return memory.good, asked, problems


def quote(text: str) -> str:
    """What somebody typed, fit to stand in a sentence."""
    visible = "".join(char if char.isprintable() else "\ufffd" for char in text.strip())
    return f"“{escape(visible if len(visible) <= 20 else visible[:19] + '…')}”" if visible else _("nothing")


def _lesson(pattern: str) -> str:
    memory = alphabet_task(pattern, repeats=2).memory
    if pattern in LESSONS:
        return _(LESSONS[pattern]).format(memory=memory)
    return ngettext(
        "Memory {memory}: the present letter always settles the next one.",
        "Memory {memory}: the last {memory} letters always settle the next one.",
        memory,
    ).format(memory=memory)


def _task_control(experiment: Experiment, asked: Mapping[str, str]) -> None:
    pattern = asked.get("task", experiment.task)
    own = _memory().own_pattern or pattern not in PRESETS
    choices = {name: name for name in PRESETS} | {_OWN: _("own pattern …")}
    _choice(st, _("Task"), "task", choices, _OWN if own else pattern)
    place = st.empty()  # even without the field, so that those below it stay the elements that they are
    if own:
        keep("_pattern", pattern)
        place.text_input(_("Own pattern"), pattern, label_visibility="collapsed", **_control_of("pattern"))


def _choice(place: Any, label: str, param: str, names: Mapping[str, str], value: str) -> None:
    keep(f"_{param}", value)
    index = list(names).index(value)
    place.selectbox(label, tuple(names), index, format_func=names.__getitem__, filter_mode=None, **_control_of(param))


def _number_control(
    place: DeltaGenerator, label: str, param: str, experiment: Experiment, asked: Mapping[str, str], step: int = 1
) -> None:
    text = asked.get(param, "")
    # A wrong number stays in its field, to be mended there; what is no number cannot be shown in it.
    shown = re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,6})?", text)
    value = float(text) if shown else float(getattr(experiment, PARAMS[param]))
    keep(f"_{param}", value)
    # Real numbers, because among whole ones the browser makes 2 of "2.7" and 1 of "1e5" without a word. No bounds: it
    # would enforce them with a sentence of its own, in English.
    place.number_input(label, value=value, step=float(step), format="%.12g", **_control_of(param))


def _lr_control(place: DeltaGenerator, experiment: Experiment, asked: Mapping[str, str]) -> None:
    text = asked.get("lr") or write(experiment.lr)
    options = _LEARNING_RATES if text in _LEARNING_RATES else (*_LEARNING_RATES, text)
    keep("_lr", text)
    place.selectbox(
        _("Learning rate"),
        options,
        options.index(text),
        accept_new_options=True,
        filter_mode="prefix",
        **_control_of("lr"),
    )


def _buttons() -> None:
    st.button(
        _("Train again"),
        icon=":material/replay:",
        type="primary",
        width="stretch",
        on_click=_train_again,
        help=_("The same training once more: same seed, same first weights"),
    )
    st.button(
        _("Restore defaults"),
        icon=":material/settings_backup_restore:",
        width="stretch",
        on_click=change_experiment,
        kwargs=_DEFAULTS,
    )


def _control_of(name: str) -> dict[str, Any]:
    """What makes a widget a control: a key, and that it writes to the URL when it is used."""
    return {"key": f"_{name}", "on_change": _changed, "args": (name,)}


def _changed(name: str) -> None:
    """Put what the controls say into the URL, after the one called `name` was used.

    All of them, because where two are used in quick succession the URL may not tell of the first yet.
    """
    memory = _memory()
    said = current_experiment().params() | memory.url.read()
    said |= {param: write(st.session_state[f"_{param}"]) for param in PARAMS if f"_{param}" in st.session_state}
    if said["task"] == _OWN:
        said["task"] = st.session_state.get("_pattern", memory.good.task)
    if name == "task":
        memory.own_pattern = st.session_state.get("_task") == _OWN
    _memory().url.write(said)


def _new_seed() -> None:
    experiment = current_experiment()
    seed = random.choice([seed for seed in range(1000) if seed != experiment.seed])
    _memory().url.write(replace(experiment, seed=seed).params())


def _train_again() -> None:
    _memory().times_trained_again += 1


def _show(problems: Mapping[str, str], *params: str) -> None:
    for param in params:
        place = st.empty()  # even without a sentence, so that the fields below stay the elements that they are
        if param in problems:
            place.markdown(f":red[:small[:material/error: {problems[param]}]]")
