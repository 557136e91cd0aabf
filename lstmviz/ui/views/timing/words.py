"""How the page calls rows, ways and times."""

from lstmviz.timing.estimate import RefusedError
from lstmviz.timing.results import Measurement
from lstmviz.timing.row import NOTES, Row
from lstmviz.ui.background.measuring import Asked
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.language import N_, _, ngettext
from lstmviz.ui.frame.prose import escape
from lstmviz.ui.views.timing.sources import WAYS
from lstmviz.ui.waiting.training import duration

FAILED = {
    "no_gpu": N_("torch finds no GPU on this machine."),
    "no_kernels": N_("numba compiles nothing here (NUMBA_DISABLE_JIT is set), so there is no compiled loop."),
    "memory": N_("the memory does not suffice; choose fewer steps, nodes or sequences."),
    "killed": N_(
        "the process that measured was killed, perhaps for want of memory; what waits is measured all the same."
    ),
    "error": N_("the measurement failed."),
}


def row_words(row: Row) -> str:
    """A row in a few words, as the notes' table has it; what differs from there is said."""
    steps = ngettext("{count} step", "{count} steps", row.steps).format(count=f"{row.steps:,}")
    nodes = ngettext("{count} node", "{count} nodes", row.hidden_size).format(count=f"{row.hidden_size:,}")
    parts = [steps, nodes, _("with backward") if row.backward else _("without backward")]
    if row.cell != NOTES[0].cell:
        parts.insert(0, CELL_NAMES[row.cell])
    if row.batch is not None:
        parts.append(_("batch {count}").format(count=f"{row.batch:,}"))
    if row.dtype != NOTES[0].dtype:
        parts.append(row.dtype)
    return ", ".join(parts)


def way_words(way: str) -> str:
    """A way of computing a row."""
    return _(WAYS[way])


def failure_words(asked: Asked) -> str:
    """Why a measurement came to nothing, with what torch said."""
    said = f" ({escape(asked.words)})" if asked.words else ""
    return f"{row_words(asked.job.row)}, {way_words(asked.job.way)}: {_(FAILED[asked.reason])}{said}"


def refusal_words(error: RefusedError) -> str:
    """Why a row is not even begun."""
    if error.what == "memory":
        text = _(
            "This row needs about {needs} GB of memory, and {most} GB are to be had here: choose fewer steps, nodes or "
            "sequences."
        )
        return text.format(needs=f"{error.needs / 1e9:,.1f}", most=f"{error.most / 1e9:,.1f}")
    text = _(
        "Measuring this row takes about {needs}, and nothing is measured that takes more than {most}: choose fewer "
        "steps, nodes or sequences."
    )
    return text.format(needs=duration(error.needs), most=duration(error.most))


def seconds_text(seconds: float) -> str:
    """Seconds of a table, three digits."""
    if seconds >= 1000:
        return f"{seconds:,.0f}"
    return f"{seconds:.3g}" if seconds >= 0.001 else f"{seconds:.1e}"


def told_seconds(one: Measurement, epochs: int) -> str:
    """Seconds of so many epochs; what was not measured by us has the digits that were printed."""
    if one.repeats is None and one.threads is None and epochs == one.row.epochs:
        return f"{one.median:.2f}"
    return seconds_text(one.seconds(epochs))


def ratio_text(ratio: float) -> str:
    """How many times."""
    return _("{ratio}×").format(ratio=f"{ratio:,.0f}" if ratio >= 99.5 else f"{ratio:.2g}")


def how_well(one: Measurement) -> str:
    """How well a median is known, and with how many threads it was measured."""
    parts = []
    if one.threads and (one.way == "cpu" or one.threads > 1):
        parts.append(ngettext("{count} thread", "{count} threads", one.threads).format(count=one.threads))
    if one.low is not None and one.high is not None and one.median:
        parts.append(f"±{100 * (one.high - one.low) / 2 / one.median:.0f}%")
    return " · ".join(parts)
