"""The parts of the first screen: the run at a glance."""

from pathlib import Path

from lstmviz.packing import join
from lstmviz.predictions.outcome import outcome
from lstmviz.tasks import TextTask
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.packets import packed_end
from lstmviz.ui.background.traces import largest_state, trace_all
from lstmviz.ui.frame.language import _
from lstmviz.ui.frame.prose import Value, aloud
from lstmviz.ui.parts.part import Part
from lstmviz.ui.parts.run.sequence import said_of_sequence
from lstmviz.ui.parts.run.standing import standing_says, tosses_a_coin
from lstmviz.ui.parts.run.talk import header

_part = Part(Path(__file__).resolve().with_name("overview"))
_overview = _part.component("lstmviz_overview")


def overview(run: Run) -> None:
    """Every gate and state over the last steps."""
    told = header(_part, run, largest_state(run))
    _overview(key="overview", data=join(told, {"first": packed_end(run)}))


def marks(run: Run) -> str:
    """What ○ and ✕ in the picture mean."""
    own = _("   ±: the scale of a row, where each has its own") if run.experiment.cell in ("lstm", "rnn_relu") else ""
    return _what_marks_mean(run) + own


def _what_marks_mean(run: Run) -> str:
    if run.experiment.repeats_a_pattern or isinstance(run.task, TextTask):
        return _("○ the letter that comes next   ✕ the network's guess, where it is wrong")
    if run.task.of_numbers:
        return _("x: what is read · y: the target, where one is asked for · ✕: ŷ is too far from it")
    if run.task.legal is not None:
        return _("○ each symbol that may come next   ✕ others that the network holds to be as probable")
    return _("○ the right answer, where one is asked for   ✕ the network's answer, where it is wrong")


def text(run: Run) -> tuple[str, str, dict[str, Value]]:
    """Which text fits a run, which variant of it, and the values in it."""
    if not run.experiment.repeats_a_pattern:
        trained: dict[str, Value] = {"epochs": f"{run.kept[-1]:,}", "seconds": f"{run.seconds:.1f}"}
        kind = "numbers" if run.task.of_numbers else "text" if isinstance(run.task, TextTask) else "sequence"
        return f"home_{kind}", "", trained | said_of_sequence(run)
    variant = "alone" if run.task.memory == 1 else "toss" if tosses_a_coin(run) else ""
    return "home", variant, values(run)


def values(run: Run) -> dict[str, Value]:
    """What the text beside the picture says of a network that learned a pattern."""
    task = run.text
    found = outcome(trace_all(run).snapshot(-1), task)
    return {
        "pattern": task.pattern,
        "memory": task.memory,
        "period": task.period,
        "right": int(found.right[task.last_pattern].sum()),
        "least": aloud(float(found.certainty[task.last_pattern].min())),
        "standing": standing_says(run),
        "seconds": f"{run.seconds:.2f}",
        "epochs": f"{run.kept[-1]:,}",
    }
