"""What a page says of a task that is no pattern, and of the sequence of it that is looked at."""

from lstmviz.figures.theme import number
from lstmviz.predictions.outcome import Outcome, outcome
from lstmviz.tasks import Task, TextTask, named_task, sequences_of
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.background.remembered import of_run
from lstmviz.ui.background.traces import trace_all
from lstmviz.ui.frame.controls.lessons import ANSWERS, lesson, task_name
from lstmviz.ui.frame.language import _, language, ngettext
from lstmviz.ui.frame.prose import Value


def first_sequences(name: str, most: int) -> list[Task]:
    """The task called `name` with each of its first sequences as its face: up to `most`, or the one of a series."""
    return [named_task(name, number) for number in range(min(most, sequences_of(name)))]


def said_of_sequence(run: Run) -> dict[str, Value]:
    """The task's name, what it asks, what is read, and how the network does on it: values for a page's text."""
    task = run.task
    return {
        "task": task_name(run.experiment.task),
        "lesson": lesson(run.experiment.task),
        "sequence": _read(task),
        "steps": len(task.x),
        "verdict": _verdict(run, language()),
    }


def _read(task: Task) -> str:
    """The symbols that are read: of a text as they stand, else one by one; nothing of numbers."""
    if task.of_numbers:
        return ""
    return ("" if isinstance(task, TextTask) else " ").join(task.alphabet[one] for one in task.x).strip()


def _told(run: Run, found: Outcome, asked: int, right: int) -> str:
    """How far the numbers that the network tells are from their targets."""
    task = run.task
    tolerance = f"{task.tolerance:.3g}"
    if asked > 1:
        return ngettext(
            "At {right} of {asked} step of this sequence it is right, within {tolerance}.",
            "At {right} of the {asked} steps of this sequence it is right, within {tolerance}.",
            asked,
        ).format(right=right, asked=asked, tolerance=tolerance)
    told, due = float(found.predicted[-1][task.scored][0, 0]), float(task.y[task.scored][0, 0])
    sentence = (
        _("It tells {told} where {due} is due: right, within {tolerance}.")
        if right
        else _("It tells {told} where {due} is due: wrong, farther than {tolerance}.")
    )
    return sentence.format(told=number(told), due=number(due), tolerance=tolerance)


@of_run()
def _verdict(run: Run, code: str) -> str:
    """At how many of the steps that ask for something the network is right, and since when."""
    task = run.task
    found = outcome(trace_all(run), task)
    asked, right = int(task.scored.sum()), int(found.right[-1][task.scored].sum())
    if task.of_numbers:
        said = _told(run, found, asked, right)
    elif asked == 1:
        answer = task.answers[int(task.y[task.scored][0])]
        said = (
            _("Its answer to this sequence is right: {answer}.")
            if right
            else _("Its answer to this sequence is wrong: {answer} would be right.")
        )
        said = said.format(answer=_(ANSWERS.get(answer, answer)))
    else:
        said = ngettext(
            "At {right} of {asked} step of this sequence it is right.",
            "At {right} of the {asked} steps of this sequence it is right.",
            asked,
        ).format(right=right, asked=asked)
    if found.solved_since is None:
        return said
    since = _("Every snapshot from epoch {epoch} on is right there.").format(epoch=f"{run.kept[found.solved_since]:,}")
    return f"{said} {since}"
