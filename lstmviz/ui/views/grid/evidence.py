"""What the networks of a grid prove, under their pictures: rates with intervals, losses, and how large |h| becomes.

Every sentence is derived from the networks on display. A test's number is said as what it is: how often chance alone
would show such a difference.
"""

from collections.abc import Mapping, Sequence

import streamlit as st

from lstmviz.figures.sweeps import drawn_epochs, h_distribution_figure, loss_curves, success_figure
from lstmviz.figures.theme import Palette, number, whole_percent
from lstmviz.sweeps import BundleResult
from lstmviz.sweeps.evidence import LARGE, Comparison, Magnitudes, Rate, differences, h_distribution, rates
from lstmviz.tasks import named_task
from lstmviz.ui.background.remembered import remembered
from lstmviz.ui.frame.arrival import chart
from lstmviz.ui.frame.controls.fields import CELL_NAMES
from lstmviz.ui.frame.language import _, language, ngettext
from lstmviz.ui.parts.run.standing import loss_lines
from lstmviz.ui.views.grid import proofs
from lstmviz.ui.views.grid.fairness import fairness_sentence
from lstmviz.ui.waiting.sweep import tell_so_far

_RAREST = 10_000  # what is rarer than once in so many is said to be that


def show(results: Sequence[BundleResult], palette: Palette, *, networks: int | None = None) -> None:
    """Draw what `results` prove, all of them taken together, one cell against the other.

    networks: how many there are to be; where not all are finished yet, the text says that.
    """
    if not results:
        return
    about = (tuple(result.bundle for result in results), palette, language())
    found = remembered(lambda: rates(results, lambda bundle: bundle.cell), "rates by cell", *about)
    finished = sum(rate.trials for rate in found.values())
    st.markdown("## " + _("How often does it succeed?"), anchors=False)
    if networks is not None:
        tell_so_far(finished, networks)
    drawn = remembered(lambda: success_figure(found, palette, CELL_NAMES), "success", *about)
    chart(drawn, key="success")
    sure = _("Of 100 such intervals, 95 hold the true chance.")
    said = [f"{success_sentence(found)}. {sure}", *test_sentences(found), fairness_sentence(results, found)]
    st.markdown("\n".join(f"- {sentence}" for sentence in said if sentence))
    if networks is None or finished == networks:
        proofs.show(results)
    st.markdown("## " + _("The losses of all networks"), anchors=False)
    titles = _("loss"), _("epoch"), _("seed")
    lines = loss_lines(named_task(results[0].bundle.task))
    marks = [loss for _name, loss in lines]
    drawn = remembered(lambda: loss_curves(results, palette, CELL_NAMES, titles, marks), "losses", *about)
    chart(drawn, key="loss_curves")
    st.caption(_curves_caption(results, finished, lines))
    st.markdown("## " + _("How large is |h| in the networks that solved it?"), anchors=False)
    sizes = remembered(lambda: h_distribution(results), "sizes of h", *about)
    if any(one.networks for one in sizes.values()):
        names = "|h|", _("share")
        drawn = remembered(
            lambda: h_distribution_figure(sizes, palette, CELL_NAMES, names), "distribution of h", *about
        )
        chart(drawn, key="h_distribution")
    st.markdown(h_sentence(sizes))


def success_sentence(found: Mapping[str, Rate]) -> str:
    """The rates with their intervals: "LSTM 24 of 25 (80 to 99%)"."""
    text = _("**{cell}** {solved} of {count} (chance of success between {low} and {high}%)")
    return ", ".join(
        text.format(
            cell=CELL_NAMES[cell],
            solved=rate.solved,
            count=rate.trials,
            low=whole_percent(rate.low),
            high=whole_percent(rate.high),
        )
        for cell, rate in found.items()
    )


def test_sentences(found: Mapping[str, Rate]) -> list[str]:
    """What chance has to say of each difference between two cells, and how many were tested."""
    if len(found) > 2 and len({rate.rate for rate in found.values()}) == 1:
        return [_("All cells succeeded equally often here.")]
    compared = differences(found)
    sentences = [_test_sentence(pair, comparison, found) for pair, comparison in compared.items()]
    if len(compared) > 1:
        text = _(
            "Of {pairs} pairs compared at once, one stands out by chance more easily. So each probability counts times "
            "{pairs} (Bonferroni); the one of a pair alone stands before it."
        )
        sentences.append(text.format(pairs=len(compared)))
    return sentences


def h_sentence(found: Mapping[str, Magnitudes]) -> str:
    """How many |h| are large in each cell's solved networks."""
    sentences = list[str]()
    for cell, sizes in found.items():
        if not sizes.networks:
            sentences.append(_("No {cell} has solved it.").format(cell=CELL_NAMES[cell]))
            continue
        text = ngettext(
            "{cell}: in the {count} network that solved it, {share}% of all |h| in the pictures are above {large}.",
            "{cell}: in the {count} networks that solved it, {share}% of all |h| in the pictures are above {large}.",
            sizes.networks,
        )
        share = whole_percent(sizes.large)
        sentences.append(text.format(count=sizes.networks, cell=CELL_NAMES[cell], share=share, large=LARGE))
    return " ".join(sentences)


def often(chance: float) -> str:
    """How many of such grids: a probability as people say it."""
    if chance < 1 / _RAREST:
        return _("fewer than 1 of {count}").format(count=f"{_RAREST:,}")
    if chance < 0.01:
        count = round(1 / chance)
        digits = 10 ** (len(str(count)) - 2)
        return _("about 1 of {count}").format(count=f"{round(count / digits) * digits:,}")
    if chance < 0.95:
        return _("about {part} of 100").format(part=round(100 * chance))
    return _("nearly all")


def _test_sentence(pair: tuple[str, str], comparison: Comparison, found: Mapping[str, Rate]) -> str:
    better, other = sorted(pair, key=lambda cell: -found[cell].rate)
    if found[better].rate == found[other].rate:
        text = _("Between {better} and {other} there is no difference here.")
    elif comparison.differ:
        text = _(
            "{better} against {other}: if both were equally good, a difference this large would come in {often} "
            "such grids."
        )
    else:
        text = _(
            "{better} against {other}: these networks are too few to tell them apart. If both were equally good, a "
            "difference this large would come in {often} such grids."
        )
    said = text.format(better=CELL_NAMES[better], other=CELL_NAMES[other], often=often(comparison.p))
    if comparison.pairs == 1 or found[better].rate == found[other].rate:
        return said
    text = _("As one of {pairs} pairs compared at once: in {often}.")
    return said + " " + text.format(pairs=comparison.pairs, often=often(comparison.chance))


def _curves_caption(results: Sequence[BundleResult], networks: int, lines: Sequence[tuple[str, float]]) -> str:
    most = max(result.bundle.epochs for result in results)
    step = most / max(len(drawn_epochs(most, networks)) - 1, 1)
    text = _("Strong: networks that solved it; pale: those that did not.")
    text += " " + _("Dotted: {lines}.").format(lines=", ".join(f"{name} {number(loss)}" for name, loss in lines))
    if round(step) > 1:
        text += " " + _("Drawn: one epoch in {step}.").format(step=f"{step:.0f}")
    return text
