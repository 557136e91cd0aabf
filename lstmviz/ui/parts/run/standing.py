"""What a network has learned of its pattern and what not, in words: on which stair of the loss it stands."""

from collections.abc import Iterable

import numpy as np

from lstmviz.predictions.outcome import mean_loss, outcome
from lstmviz.predictions.staircase import Stair, stairs, standing
from lstmviz.tasks import PatternTask, Task
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import of_run
from lstmviz.ui.background.traces import trace_all
from lstmviz.ui.frame.language import _, language, ngettext


def standing_says(run: Run) -> str:
    """What the trained network still lacks of its pattern: between which letters it tosses a coin; "" if nothing."""
    return _standing(run, language()) if run.experiment.repeats_a_pattern else ""


@of_run()
def tosses_a_coin(run: Run) -> bool:
    """Whether the trained network has learned its pattern but for what needs more memory."""
    probabilities = trace_all(run).snapshot(-1).probabilities
    assert probabilities is not None
    stair = standing(probabilities[run.text.last_pattern], run.text)
    return stair is not None and bool(stair.memory) and bool(stair.tossed)


def loss_lines(task: Task) -> list[tuple[str, float]]:
    """The losses that mark the way down: of chance, and of a pattern of each reader of its last letters alone."""
    if task.of_numbers:
        return [(_("always the mean"), mean_loss(task))]
    if not isinstance(task, PatternTask):
        return [(_("chance"), float(np.log(task.output_size)))]
    return [(_name(stair), stair.loss) for stair in stairs(task) if stair.loss > 0]


@of_run()
def _standing(run: Run, code: str) -> str:
    task = run.text
    probabilities = trace_all(run).snapshot(-1).probabilities
    assert probabilities is not None
    found = outcome(probabilities, task)
    if found.sure[task.last_pattern].all():
        return ""
    stair = standing(probabilities[task.last_pattern], task)
    if stair is not None and stair.tossed:
        return _tosses(stair)
    if not found.right[task.last_pattern].all():
        return ""
    text = _("Each letter is right, but one leads by {margin} alone: that is no surer than the toss of a coin.")
    return text.format(margin=f"{found.margin[task.last_pattern].min():.2g}")


def _tosses(stair: Stair) -> str:
    loss = f"{stair.loss:.3f}" + (f" = {stair.written}" if stair.written else "")
    if stair.memory is None:
        text = _("It knows nothing yet: each letter has about the same chance, which is a loss of {loss}.")
    elif stair.memory == 0:
        text = _("It knows how frequent each letter is, and nothing else: a loss of {loss}.")
    else:
        text = ngettext(
            "It tosses a coin between {letters}: the present letter alone does not settle it, and leaves a loss of "
            "{loss}.",
            "It tosses a coin between {letters}: the last {memory} letters do not settle it, and leave a loss of "
            "{loss}.",
            stair.memory,
        )
    return text.format(letters=_sets(stair.tossed), memory=stair.memory, loss=loss)


def _sets(tossed: Iterable[tuple[str, ...]]) -> str:
    return "; ".join("/".join(one) for one in tossed)


def _name(stair: Stair) -> str:
    if stair.memory is None:
        return _("chance")
    if stair.memory == 0:
        return _("how frequent each letter is")
    text = ngettext("the present letter alone", "the last {memory} letters alone", stair.memory)
    return text.format(memory=stair.memory)
