"""The first screen: a network that is trained already, and the ways to look inside it."""

from math import floor

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.frame.experiment import experiment_controls
from lstmviz.ui.frame.language import _

header = frame.page("home")
experiment = experiment_controls()

# After the header is drawn: these wait for torch.
from lstmviz.figures.overview import overview
from lstmviz.figures.theme import Palette
from lstmviz.outcome import outcome
from lstmviz.ui.background.traces import largest_state, trace_at
from lstmviz.ui.waiting.training import current_run

run = current_run(experiment)
task, epoch = run.task, run.kept[-1]
trace = trace_at(run, epoch)
found = outcome(trace.probabilities, task)

with header:
    frame.chips(run.experiment, loss=run.loss, epoch=epoch)
    frame.torch_badge(trace)
figure, text = frame.columns()
with figure:
    st.caption(_("The last {steps} letters, left to right, as the network reads them.").format(steps=24))
    palette = Palette(dark=st.context.theme.type == "dark")
    st.plotly_chart(
        overview(trace, task, found, palette, largest_state(run)), config={"displayModeBar": False}, key="overview"
    )
    st.caption(_("○ the letter that comes next   ✕ the network's guess, where it is wrong"))
    with st.container(horizontal=True, gap="small", key="ways"):
        for entry in frame.PAGES[1:]:
            with st.container(border=True, width="content"):
                carried = {**st.query_params.to_dict(), **experiment.params()}
                st.page_link(entry.file, label=_(entry.title), icon=entry.icon, query_params=carried)
with text:
    frame.what_why_try(
        "home",
        "alone" if task.memory == 1 else "",
        pattern=task.pattern,
        memory=task.memory,
        period=task.period,
        right=int(found.right[task.last_pattern].sum()),
        least=f"{floor(found.certainty[task.last_pattern].min() * 1e4) / 100:g}%",
        seconds=f"{run.seconds:.2f}",
        epochs=f"{epoch:,}",
    )
