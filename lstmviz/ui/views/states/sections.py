"""What stands below the paths, one at a time: the variables of a step, what many seeds have in common, what counts."""

from lstmviz.ui.background.jobs import Run
from lstmviz.ui.frame.arrival import comes_later
from lstmviz.ui.frame.controls.sections import choose_section
from lstmviz.ui.frame.language import N_, _
from lstmviz.ui.views.states import counting, resting, saturation, variables

_SECTIONS = {
    "variables": (N_("The variables of a step"), variables.show),
    "resting": (N_("States that stay"), resting.show),
    "saturation": (N_("At −1, at 1 or between"), saturation.show),
    "counting": (N_("What counts"), counting.show),
}


def show(run: Run) -> None:
    """Draw the section that is chosen; in a new tab with the text, which decides how far down it stands."""
    if comes_later("text"):
        return
    chosen = choose_section("section", {key: _(label) for key, (label, _draw) in _SECTIONS.items()})
    _SECTIONS[chosen][1](run)
