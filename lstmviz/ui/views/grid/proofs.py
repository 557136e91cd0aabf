"""How many networks of a grid are proven to name every letter right, forever: found on a thread, once for all sessions.

A proof takes some ten milliseconds, fifty of them a second or two: the page does not wait for them.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from lstmviz.models import build_model, load_parameters
from lstmviz.proof.of_network import prove
from lstmviz.sweeps import Bundle, BundleResult
from lstmviz.tasks import is_pattern
from lstmviz.ui.background.bounds import KEPT_IDLE_SWEEPS, POLL
from lstmviz.ui.background.threads import behind_answers
from lstmviz.ui.background.turns import TURNS, Turn
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.language import _, ngettext
from lstmviz.ui.frame.requests.clicks import wait
from lstmviz.ui.frame.requests.url import rerun

MOST_NETWORKS = 50
MOST_UNITS = 8
STEPS = 5_000
SECONDS = 0.3
"""of work for each, after which it counts as undecided"""
_AT_ONCE = 0.1

_Key = tuple[Bundle, ...]


@dataclass(frozen=True)
class Count:
    """What was found of the networks of one cell that solved their last pattern."""

    solved: int
    """all of them"""
    proven: int
    fails: int
    """that name another letter of the text, or of what follows it, wrong"""

    @property
    def undecided(self) -> int:
        """Those of which neither is known."""
        return self.solved - self.proven - self.fails


Counts = Mapping[str, Count]


@dataclass(eq=False)
class _Proofs:
    kept: OrderedDict[_Key, Counts] = field(default_factory=OrderedDict)
    under_way: set[_Key] = field(default_factory=set)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def begin(self, key: _Key, results: Sequence[BundleResult]) -> None:
        with self.arrived:
            if key in self.kept or key in self.under_way:
                return
            self.under_way.add(key)
        turn = TURNS.turn(key, short=True)
        threading.Thread(target=self._work, args=(key, results, turn), name="proofs", daemon=True).start()

    def get(self, key: _Key, seconds: float = 0.0) -> Counts | None:
        """What was found, waited for so long; None if it is not there."""
        with self.arrived:
            self.arrived.wait_for(lambda: key in self.kept or key not in self.under_way, seconds)
            return self.kept.get(key)

    def _work(self, key: _Key, results: Sequence[BundleResult], turn: Turn) -> None:
        behind_answers()
        found: Counts = {}
        try:
            with turn, suppress(Exception):  # then nothing is said of them
                found = counts(results, turn)
        finally:
            with self.arrived:
                self.kept[key] = found
                while len(self.kept) > KEPT_IDLE_SWEEPS:
                    self.kept.popitem(last=False)
                self.under_way.discard(key)
                self.arrived.notify_all()


def counts(results: Sequence[BundleResult], turn: Turn | None = None) -> Counts:
    """Prove what can be proven of the networks that solved their task, cell by cell; between two it makes way."""
    verdicts = dict[str, list[str]]()
    for result in results:
        own = verdicts.setdefault(result.bundle.cell, [])
        task = result.bundle.text
        for k, seed in enumerate(result.bundle.seeds):
            if not result.solved[k]:
                continue
            if turn is not None:
                turn.take()
            model = build_model(result.bundle.network(seed))
            load_parameters(model, {name: rows[k] for name, rows in result.parameters.items()})
            own.append(prove(model, task, steps=STEPS, seconds=SECONDS).verdict)
    return {cell: Count(len(own), own.count("proven"), own.count("fails")) for cell, own in verdicts.items()}


def show(results: Sequence[BundleResult]) -> None:
    """Say how many are proven, once that is known; nothing of too many networks, too large ones, or of no pattern."""
    networks = sum(len(result.bundle.seeds) for result in results)
    if networks > MOST_NETWORKS or any(result.bundle.hidden_size > MOST_UNITS for result in results):
        return
    if not all(is_pattern(result.bundle.task) for result in results):
        return
    if not any(result.solved.any() for result in results):
        return
    key = tuple(result.bundle for result in results)
    _proofs().begin(key, results)
    there = wait(partial(_is_there, key), _AT_ONCE)
    st.fragment(_sentence, run_every=None if there else POLL)(key, there)


def sentence(found: Counts) -> str:
    """How many of those that solved it are proven, and what is known of the others."""
    text = _("{cell} {proven} of {solved}")
    cells = [
        text.format(cell=CELL_NAMES[cell], proven=one.proven, solved=one.solved)
        for cell, one in found.items()
        if one.solved
    ]
    said = [
        _("Proven to name every letter right, forever, of those that solved it: {cells}.").format(
            cells=", ".join(f"**{one}**" for one in cells)
        )
    ]
    fails, undecided = (sum(getattr(one, name) for one in found.values()) for name in ("fails", "undecided"))
    if fails:
        text = ngettext(
            "{count} of them names a letter wrong before the last pattern or after it.",
            "{count} of them name a letter wrong before the last pattern or after it.",
            fails,
        )
        said.append(text.format(count=fails))
    if undecided:
        text = ngettext("{count} is undecided.", "{count} are undecided.", undecided)
        said.append(text.format(count=undecided))
    return " ".join(said)


def _is_there(key: _Key, seconds: float) -> bool:
    return _proofs().get(key, seconds) is not None


def _sentence(key: _Key, there: bool) -> None:
    found = _proofs().get(key)
    if found is None:
        st.markdown("- " + _("Looking for proofs"))  # as high as what will stand there
    elif not there:
        rerun()
    elif found:
        st.markdown(f"- {sentence(found)}")


@st.cache_resource
def _proofs() -> _Proofs:
    return _Proofs()
