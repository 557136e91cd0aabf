"""The lecture's numbers beside our own, three ways to write each cell, and two slips of the notes put right."""

import streamlit as st

from lstmviz.ui import frame
from lstmviz.ui.frame.language import _
from lstmviz.ui.frame.prose import prose
from lstmviz.ui.frame.sidebar import experiment_controls

header = frame.page("lecture")
experiment = experiment_controls()
with header:
    st.caption(_("the other pages show"), width="content")
    frame.chips(experiment)

# After the header is drawn: these wait for torch.
from lstmviz.figures.lecture import counter, two_replays
from lstmviz.figures.theme import Palette
from lstmviz.lecture import GROUPS, output_formulas, replay_both_ways, three_ways
from lstmviz.ui.views.lecture import tables as lecture_tables
from lstmviz.ui.views.lecture import view as lecture

groups = {group.key: group for group in GROUPS}
palette = Palette(dark=st.context.theme.type == "dark")
match lecture.choose_part():
    case "numbers":
        figure, text = frame.columns()
        with text:
            frame.what_why_try("lecture")
        with figure:
            apart = lecture.run_all_and_differences()
            for group in GROUPS:
                lecture.group_card(group, palette, apart)
    case "ways":
        for name, key in (("RNN", "abacad_scratch_cell"), ("LSTM", "abab_lstm_first_epoch")):
            group = groups[key]
            ways = three_ways(lecture.trained(group).model(), group.task)
            with st.container(horizontal=True, vertical_alignment="bottom"):
                st.markdown(f"##### {name} · {group.pattern}", anchors=False, width="content")
                largest = _("largest difference between any two of them, over all {steps} steps: {size}")
                st.caption(
                    largest.format(steps=len(group.task.x), size=lecture_tables.power(ways.difference)), width="content"
                )
            lecture.ways_columns(ways, group.task)
        frame.what_why_try("lecture_ways")
    case "slips":
        group = groups["abab_lstm_1000_epochs"]
        figure, text = frame.columns()
        with figure:
            replay = replay_both_ways(lecture.trained(group).model(), group.task)
            names = _("✗ The notes' loop"), _("✓ The loop put right: as the network runs")
            lecture.slip_and_right(names)
            with st.container(key="wide_replays"):
                st.plotly_chart(two_replays(replay, group.task, palette, names), config=lecture.PLOT, key="replays")
            st.plotly_chart(counter(replay, palette, names[::-1], _("step t")), config=lecture.PLOT, key="counter")
            tanh = prose("lecture_slips", **lecture.replay_values(replay))["tanh"]
            st.markdown(f"##### {tanh.title}", anchors=False)
            st.markdown(tanh.body)
            untrained = lecture.trained(groups["abab_lstm_first_epoch"])
            st.html(lecture_tables.formulas(output_formulas(untrained.model(), group.task), untrained))
        with text:
            frame.what_why_try("lecture_slips", **lecture.replay_values(replay))
st.html(lecture_tables.sources())
