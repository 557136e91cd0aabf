"""One step of the cell, every number of it: the vectors along the wires, the sums, the prediction, and the reasons."""

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.experiment import current_experiment, experiment_controls
from lstmviz.ui.language import _

header = frame.page("cell")
experiment = experiment_controls()

# After the header is drawn: these wait for torch.
from lstmviz.figures import cell, letters, sums
from lstmviz.figures.theme import Palette
from lstmviz.outcome import outcome
from lstmviz.reading import unit_sums
from lstmviz.ui import step
from lstmviz.ui.runs import current_run
from lstmviz.ui.traces import largest_state, model_at, trace_at


@st.fragment
def one_step() -> None:
    """All that depends on the chosen step, unit and epoch, so that a step redraws this alone."""
    if current_experiment() != experiment:
        st.rerun()
    figure, text = frame.columns()
    with figure:
        strip = st.empty()
        t, epoch = step.choose_step(task, run.kept)
        tr, model = trace_at(run, epoch), model_at(run, epoch)
        drawing = st.empty()
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="unit_control"):
            st.markdown("##### " + _("The sums of unit"), width="content", anchors=False)
            unit = step.choose_unit(run.experiment.hidden_size)
        terms = unit_sums(model, tr, x, t, unit)
        read = task.alphabet[task.x[t]]
        strip.html(letters.letter_strip(task, t, outcome(tr.probabilities, task), palette, words))
        drawing.html(cell.step_figure(tr, task, t, unit, palette, bound, words))
        labels = words | {"others": step.other_units(terms)}
        st.html(sums.sums_table(terms, unit, read, palette, run.experiment.cell, labels))
        with st.container(key="equations"):
            st.markdown("\n\n".join(f"${one}$ &emsp; ${other}$" for one, other in sums.equations(tr, t, unit)))
        step.notes(run.experiment.cell, read)
    with text:
        step.say(model, tr, task, t, unit, terms, run.kept)
    with shown:
        frame.chips(run.experiment, loss=float(run.losses[epoch]), epoch=epoch)
    with badge:
        frame.torch_badge(tr)


run = current_run(experiment)
task = run.task
x = task.one_hot()
bound = largest_state(run)
palette = Palette(dark=st.context.theme.type == "dark")
words = step.figure_words()
for style in (letters.STYLE, cell.STYLE, step.STYLE):
    st.html(style)
shown, badge = header.empty(), header.empty()
one_step()
