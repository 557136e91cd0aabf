"""Changes from outside on a page: read from the URL, followed by the engine, and what they come to."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.changes.effect import Effect, effect, presets, trace_changed, trace_changed_snapshots
from lstmviz.changes.kinds import Change, Hold, Read, changed_weights, letters_read
from lstmviz.changes.text import MAX_CHANGES, ChangeError, format_changes, parse_changes
from lstmviz.predictions.outcome import outcome
from lstmviz.tracing import Trace
from lstmviz.ui.background.jobs import Run, configs
from lstmviz.ui.background.remembered import of_run
from lstmviz.ui.background.traces import keep_trace, model_at, shaped_as, trace_all, trace_at
from lstmviz.ui.frame.language import N_, _, ngettext

_REFUSED = {
    "form": N_("“{part}” is no change: write one like {example}. It is left out."),
    "quantity": N_("“{part}” names nothing that this network computes. It is left out."),
    "unit": N_("“{part}” names a unit that this network does not have ({units} in all). It is left out."),
    "step": N_("“{part}” names no step of this text (0 to {last}), or where none belongs. It is left out."),
    "value": N_("“{part}” sets a number out of range: gates 0 to 1, candidates −1 to 1. It is left out."),
    "letter": N_("“{part}” names a letter that this text does not have ({letters} in all). It is left out."),
    "weight": N_("“{part}” names a weight that this network does not have. It is left out."),
}


@dataclass(frozen=True, eq=False)
class Changed:
    """The snapshots of a run with changes made."""

    changes: tuple[Change, ...]
    trace: Trace
    effect: Effect
    parameters: tuple[dict[str, NDArray[Any]], ...]
    """the weights of each snapshot, those typed over included"""
    letters: NDArray[np.int64]
    """(T,) the letters read, as numbers"""

    @property
    def text(self) -> str:
        """The changes as the URL writes them."""
        return format_changes(self.changes)


def read_changes(text: str, run: Run) -> tuple[tuple[Change, ...], list[str]]:
    """The changes that `text` asks for, and a sentence for each part of it that will not do, and is left out."""
    config, task = configs(run.experiment)[0], run.task
    if task.of_numbers:
        refused = _("Networks that read and tell numbers cannot be changed from outside: “{part}” is left out.")
        return (), [refused.format(part=text.strip()[:40])] if text.strip() else []
    found, notices = list[Change](), list[str]()
    parts = [part for part in text.split(";") if part.strip()]
    if len(parts) > MAX_CHANGES:
        sentence = _("There are more changes than can be made at once: only the first {most} count.")
        notices.append(sentence.format(most=MAX_CHANGES))
    for part in parts[:MAX_CHANGES]:
        try:
            found += parse_changes(part, config, task)
        except ChangeError as refused:
            sentence = _REFUSED.get(refused.reason, _REFUSED["form"])
            named = {"units": config.hidden_size, "last": len(task.x) - 1, "letters": len(task.alphabet)}
            notices.append(_(sentence).format(part=part.strip()[:40], example="f1=0@8", **named))
    if len(notices) > 1:  # one sentence for all of them
        text = ngettext(
            "{count} more change could not be made.", "{count} more changes could not be made.", len(notices) - 1
        )
        notices = [f"{notices[0]} {text.format(count=len(notices) - 1)}"]
    return tuple(found), notices


def changed_run(run: Run, changes: tuple[Change, ...]) -> Changed:
    """The run with `changes` made in every snapshot."""
    task, model = run.task, shaped_as(run.experiment)

    def follow() -> Trace:
        return trace_changed_snapshots(model, run.snapshots, task, changes, compare=False)

    tr = keep_trace((run.known, changes), follow)
    return Changed(
        changes=changes,
        trace=tr,
        effect=effect(trace_all(run), tr, task),
        parameters=tuple(changed_weights(snapshot, changes) for snapshot in run.snapshots),
        letters=letters_read(task, changes),
    )


@of_run()
def _presets(run: Run, epoch: int) -> list[dict[str, Any]]:
    tr = trace_at(run, epoch)
    found = presets(run.task, configs(run.experiment)[0], tr)
    return [
        {"key": preset.key, "text": format_changes(preset.changes), "at": _look_at(run, epoch, tr, preset.changes)}
        for preset in found
    ]


def _look_at(run: Run, epoch: int, tr: Trace, changes: tuple[Change, ...]) -> int | None:
    """Where to look at changes that begin at a step: at the first mistake that they lead to; else where they are felt.

    None for those of all steps.
    """
    begins = [step for change in changes if (step := _first_step(change))]
    if not begins:
        return None
    changed = trace_changed(model_at(run, epoch), run.task, changes)
    right, found = outcome(changed.probabilities, run.task).right, effect(tr, changed, run.task)
    wrong = np.flatnonzero(~right & run.task.scored & (np.arange(len(right)) >= min(begins)))
    if len(wrong):
        return int(wrong[0])
    return int(found.first) if found.first >= 0 else min(begins)


def _first_step(change: Change) -> int | None:
    """The step at which it begins; 0 or None where it is there from the start."""
    if isinstance(change, Read):
        return change.step
    return change.first if isinstance(change, Hold) else None


def preset_texts(run: Run) -> list[dict[str, Any]]:
    """Changes worth trying in this run, by key, as the URL writes them, and the step at which to look at them."""
    return [] if run.task.of_numbers else _presets(run, run.kept[-1])


def held(changes: tuple[Change, ...]) -> list[dict[str, Any]]:
    """What is held, as the player marks it: quantity, unit (None: every one), first and last step."""
    return [
        {"quantity": change.quantity, "unit": change.unit, "first": change.first, "last": change.last}
        for change in changes
        if isinstance(change, Hold)
    ]
