"""What the numbers on the page come to, in sentences that are computed from them, whichever way they turn out."""

from dataclasses import replace

from lstmviz.figures.theme import whole_share
from lstmviz.figures.timing import time_text
from lstmviz.timing.model import fit
from lstmviz.timing.results import Measurement
from lstmviz.timing.row import NOTES, Row
from lstmviz.timing.series import series
from lstmviz.timing.story import Advantage, advantage, arithmetic_share
from lstmviz.ui.frame.language import N_, _
from lstmviz.ui.frame.prose import Value, aloud
from lstmviz.ui.views.timing.sources import CARDS, Source, compiled_source, cpu_source, cpu_sources, gpu_source, sources
from lstmviz.ui.views.timing.words import ratio_text, row_words, seconds_text, told_seconds, way_words

_VERDICTS = {
    "back": N_("So the guess holds there: the way back gains clearly more."),
    "forward": N_("So it is the other way round there: the way forward gains clearly more."),
    "both": N_(
        "So both ways gain about alike there, and the way back counts for more only where it is the longer one."
    ),
}


def values(row: Row) -> dict[str, Value]:
    """What the text of every section may name."""
    return {
        "epochs": f"{row.epochs:,}",
        "steps": f"{row.steps:,}",
        "headline": headline(_of_the_notes(row)),
        "guess": guess(_of_the_notes(row)),
        "arithmetic": arithmetic(row),
        "tanh": _tanh(row),
    }


def headline(row: Row) -> str:
    """The seconds of one row, by everybody who has them."""
    found = [(source, way, source.results.best(row, way)) for source, way in _who(row)]
    known = [(source, way, one) for source, way, one in found if one is not None]
    parts = [
        _("{seconds} s ({name}, {way})").format(
            seconds=told_seconds(one, row.epochs), name=source.name.removeprefix("NVIDIA "), way=way_words(way)
        )
        for source, way, one in known
    ]
    text = _("{count} epochs of {row}: {parts}.").format(
        count=f"{row.epochs:,}", row=row_words(row), parts=", ".join(parts)
    )
    ours = next((one for _source, way, one in known if way == "compiled"), None)
    if ours is None:
        return text
    others = {way: (source, one) for source, way, one in known if way != "compiled"}  # the last of each way
    said = [
        _("{ratio} as fast as {way} ({name})").format(
            ratio=ratio_text(one.epoch_seconds / ours.epoch_seconds),
            way=way_words(way),
            name=source.name.removeprefix("NVIDIA "),
        )
        for way, (source, one) in others.items()
    ]
    return text + " " + _("The compiled loop is {parts}.").format(parts=", ".join(said))


def guess(row: Row) -> str:
    """The notes' guess, that a GPU is faster because of the way back, put to the numbers of theirs and of ours."""
    known = sources()
    cpu, gpu = cpu_source(replace(row, backward=True)), gpu_source(row)
    pairs: list[tuple[Source, Source]] = [(known["notes"], known["notes"])]
    if cpu is not None and gpu is not None:
        pairs.append((cpu, gpu))
    sentences = []
    for slow, fast in pairs:
        found = advantage(row, slow.results, fast.results)
        if found is not None:
            sentences.append(_guess(found, slow, fast))
    return " ".join(sentences)


def _guess(found: Advantage, slow: Source, fast: Source) -> str:
    if slow is fast:
        who = _("In the notes' own numbers")
    else:
        who = _("With {cpu} against {gpu}").format(cpu=slow.name, gpu=fast.name.removeprefix("NVIDIA "))
    text = _(
        "{who} the GPU is {forward} as fast forward and {back} on the way back, and of the {saved} s that it saves in "
        "100 epochs {share} are the way back. {verdict}"
    )
    return text.format(
        who=who,
        forward=ratio_text(found.forward),
        back=ratio_text(found.back),
        saved=seconds_text(found.saved),
        share=whole_share(found.share_of_back),
        verdict=_(_VERDICTS[found.verdict]),
    )


def arithmetic(row: Row) -> str:
    """How much of torch's step on a CPU is arithmetic, by the throughput that it reaches with large batches."""
    found = cpu_sources(row)
    if not found:
        return ""
    fits = [fit(series(one.results, "cpu", "batch", row.cell, row.backward).measured) for one in found]
    # The first of those who measured large batches too, if any did.
    source, numbers = next((pair for pair in zip(found, fits, strict=True) if pair[1] is not None), (found[0], None))
    one = source.results.best(row, "cpu")
    if one is None:
        return ""
    work = f"{row.work:,.0f}"
    if numbers is None:
        text = _("A step has {work} multiplications and additions, and torch takes {time} for it ({name}).")
        return text.format(work=work, time=time_text(one.step_nanoseconds), name=source.name)
    text = _(
        "A step has {work} multiplications and additions. At the speed that torch reaches on that processor ({name}) "
        "with large batches they are {share} of the {time} that a step takes: the rest is calling and waiting."
    )
    share = arithmetic_share(one, numbers)
    return text.format(
        work=work,
        name=source.name,
        share=whole_share(share) if share >= 0.095 else aloud(share),
        time=time_text(one.step_nanoseconds),
    )


def _tanh(row: Row) -> str:
    """What a tanh takes in the compiled loop, and how many of them a step forward is long."""
    source = compiled_source(row)
    one: Measurement | None = source.results.best(row, "compiled") if source else None
    if source is None or one is None or not one.tanh:
        return ""
    forward = 1e9 * one.parts.get("forward", one.epoch_seconds) / one.row.steps
    text = _(
        "In the compiled loop a tanh takes {tanh} from what goes in to what comes out, and a step forward {forward}, "
        "as long as {count} of them in a row ({name})."
    )
    return text.format(
        tanh=time_text(one.tanh), forward=time_text(forward), count=f"{forward / one.tanh:.1f}", name=source.dated
    )


def _of_the_notes(row: Row) -> Row:
    """The chosen row if the notes have it, else their first; with backward."""
    plain = {one.per_epoch for one in NOTES}
    return replace(row if row.per_epoch in plain else NOTES[0], backward=True, epochs=100)


def _who(row: Row) -> list[tuple[Source, str]]:
    """Whose seconds the headline tells: the notes', and one of each way."""
    known = sources()
    who = [(known["notes"], "cpu"), (known["notes"], "gpu")]
    cpu = cpu_source(row)
    if cpu is not None:
        who.append((cpu, "cpu"))
    who.append((known[CARDS[0]], "gpu"))
    loop = compiled_source(row)
    if loop is not None:
        who.append((loop, "compiled"))
    return who
