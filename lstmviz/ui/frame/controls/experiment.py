"""The experiment that the pages about one network show, and the URL that chooses it.

The URL is the truth, so that a link, a reload, the browser's Back and another page all show the same experiment:
`?task=abcabC&cell=lstm&hidden=3&seed=135&lr=0.1&epochs=1500`; what it leaves out has its default. Every run reads it. A
value that will not do is answered by one sentence, and the last good one stays in use.

Streamlit's own `bind="query-params"` is not used for these: it drops a bad value without a word, it drops the values of
a link to another page, and it cannot let two widgets, presets and own pattern, share one name.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from typing import Any

import streamlit as st

from lstmviz.tasks import is_pattern, is_series, usual
from lstmviz.ui.frame.controls.fields import CELL_NAMES, RefusedError, quote, read, write
from lstmviz.ui.frame.language import _, ngettext
from lstmviz.ui.frame.prose import escape
from lstmviz.ui.frame.requests.url import UrlPart

PARAMS = {"task": "task", "cell": "cell", "hidden": "hidden_size", "seed": "seed", "lr": "lr", "epochs": "epochs"}
"""Name in the URL -> field of `Experiment`, in the fields' order."""


@dataclass(frozen=True)
class Experiment:
    """A network, what it learns, and how: everything that a page needs to train it again, and nothing else."""

    task: str = "abcabC"
    """the pattern that the text repeats, or the name of another task, which has a space in it"""
    cell: str = "lstm"
    """lstm, gru, rnn or rnn_relu"""
    hidden_size: int = 3
    """1 to 64"""
    seed: int = 135
    """of the first weights, 0 to 2**32 - 1"""
    lr: float = 0.1
    """Adam's learning rate, above 0 and at most 10"""
    epochs: int = 1500
    """updates, 1 to 100,000"""

    def params(self) -> dict[str, str]:
        """The experiment as parameters of a URL; complete, so that a link means the same when the defaults change."""
        return {param: write(value) for param, value in zip(PARAMS, astuple(self), strict=True)}

    @property
    def repeats_a_pattern(self) -> bool:
        """Whether the task is an alphabet pattern."""
        return is_pattern(self.task)

    @property
    def network(self) -> str:
        """The network in a few words, in the session's language."""
        nodes = ngettext("{count} node", "{count} nodes", self.hidden_size).format(count=self.hidden_size)
        return f"{CELL_NAMES[self.cell]} · {nodes} · " + _("seed {seed}").format(seed=self.seed)


DEFAULTS = Experiment().params()


@dataclass(frozen=True)
class Asked:
    """What the URL asks for."""

    experiment: Experiment
    """with the last good value in place of each that will not do"""
    texts: Mapping[str, str]
    """parameter -> what the URL says, right or wrong; without those that it leaves out"""
    problems: Mapping[str, str]
    """parameter -> a sentence, for each value that will not do"""


@dataclass
class Remembered:
    """What a session remembers between runs, beside the URL."""

    good: Experiment = Experiment()
    """the last values that were right"""
    own_pattern: bool = False
    """the text field for an own pattern is open"""
    times_trained_again: int = 0
    url: UrlPart = field(default_factory=lambda: UrlPart(DEFAULTS))


def remembered() -> Remembered:
    """What the session that asks remembers."""
    found: Remembered = st.session_state.setdefault("_experiment", Remembered())
    return found


def read_url() -> Asked:
    """What the URL asks for, and a sentence for each value of it that will not do."""
    memory = remembered()
    texts = memory.url.read()
    values, problems = dict[str, Any](), dict[str, str]()
    for param, name in PARAMS.items():
        try:
            values[name] = read(param, texts[param]) if param in texts else getattr(Experiment(), name)
        except RefusedError as refused:
            kept = values[name] = getattr(memory.good, name)
            problems[param] = refused.sentence.format(got=quote(texts[param]), kept=escape(write(kept)))
    memory.good = Experiment(**values)
    return Asked(memory.good, texts, problems)


def current_experiment() -> Experiment:
    """The experiment that the URL asks for; where it asks for nonsense, the last good value."""
    return read_url().experiment


def change_experiment(**changes: str) -> None:
    """Put changes, named and written as in the URL, into effect; for a button's `on_click`.

    The rest of the experiment stays. A change that will not do is answered like one typed into its control.
    """
    memory = remembered()
    memory.own_pattern = False
    params = current_experiment().params()
    usual = usual_settings(params["task"], changes.get("task", params["task"]))
    memory.url.write(params | usual | {param: changes[param] for param in PARAMS if param in changes})


def usual_settings(before: str, task: str) -> dict[str, str]:
    """What `task` is usually learned with, where the task before was of another kind: its settings would hardly do."""
    if task == before or _kind(task) == _kind(before):
        return {}
    if is_pattern(task):
        return {name: DEFAULTS[name] for name in ("hidden", "lr", "epochs")}
    by = usual(task)
    cell = {} if by.cell == DEFAULTS["cell"] else {"cell": by.cell}  # what others are learned by too stays
    return cell | {"hidden": write(by.hidden_size), "lr": write(by.lr), "epochs": write(by.epochs)}


def _kind(task: str) -> str:
    return "pattern" if is_pattern(task) else "series" if is_series(task) else task


def times_trained_again() -> int:
    """How often "Train again" was pressed in this session; a page that shows training runs it anew when this grows."""
    return remembered().times_trained_again
