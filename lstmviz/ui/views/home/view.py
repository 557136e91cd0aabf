"""The parts of the first screen: the run at a glance."""

from math import floor
from pathlib import Path

from lstmviz.outcome import outcome
from lstmviz.packing import join
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.packets import packed_end
from lstmviz.ui.background.traces import largest_state, trace_all
from lstmviz.ui.frame.prose import Value
from lstmviz.ui.parts.part import Part
from lstmviz.ui.parts.run.talk import header

_part = Part(Path(__file__).resolve().with_name("overview"))
_overview = _part.component("lstmviz_overview")


def overview(run: Run) -> None:
    """Every gate and state over the last steps."""
    told = header(_part, run, largest_state(run))
    _overview(key="overview", data=join(told, {"first": packed_end(run)}))


def values(run: Run) -> dict[str, Value]:
    """What the text beside the picture says of this run."""
    task, probabilities = run.task, trace_all(run).probabilities
    found = outcome(None if probabilities is None else probabilities[-1], task)
    return {
        "pattern": task.pattern,
        "memory": task.memory,
        "period": task.period,
        "right": int(found.right[task.last_pattern].sum()),
        "least": f"{floor(found.certainty[task.last_pattern].min() * 1e4) / 100:g}%",
        "seconds": f"{run.seconds:.2f}",
        "epochs": f"{run.kept[-1]:,}",
    }
