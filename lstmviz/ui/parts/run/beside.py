"""A second network in step with the first: `?with=cell=rnn;hidden=4;seed=3;epoch=120` in the URL.

What is left out is as in the first. With an `epoch` it stands at the snapshot nearest to that, else it follows the
first.
"""

import re
from dataclasses import astuple, replace
from typing import Any

import streamlit as st

from lstmviz.base.limits import MAX_EPOCHS
from lstmviz.ui.background.jobs import Run
from lstmviz.ui.frame.controls.experiment import PARAMS, Experiment
from lstmviz.ui.frame.controls.fields import RefusedError, read, write
from lstmviz.ui.frame.language import _
from lstmviz.ui.waiting.training import run_beside

_OWN = ("cell", "hidden", "seed", "lr", "epochs")  # it reads the same text, or there would be no step to be in


def asked_beside(run: Run) -> tuple[Experiment | None, int | None, Run | None, list[str]]:
    """What the URL asks for beside `run`: the network, the epoch it stands at, its run, and what will not do.

    The run is None where there is none, or where training it would take too long.
    """
    second, epoch, notices = read_beside(st.query_params.get("with", ""), run.experiment)
    beside = None if second is None else run_beside(second)
    if second is not None and beside is None:
        notices.append(_("Training the network beside would take too long: open it by itself first."))
    elif beside is not None and epoch is not None and epoch > beside.kept[-1]:
        text = _("The network beside was trained for {last} epochs, so it stands at its end, not at epoch {asked}.")
        notices.append(text.format(last=f"{beside.kept[-1]:,}", asked=f"{epoch:,}"))
    return second, epoch, beside, notices


def read_beside(text: str, first: Experiment) -> tuple[Experiment | None, int | None, list[str]]:
    """The network that `text` asks for, the epoch that it stands at, and a sentence for each part that will not do.

    The parts that will not do count for nothing; if none is left there is no second network.
    """
    second, epoch, notices, said = first, None, [], False
    for part in filter(None, text[:500].split(";")):
        name, _equals, value = part.partition("=")
        if name == "epoch" and re.fullmatch(r"[0-9]{1,7}", value) and int(value) <= MAX_EPOCHS:
            epoch, said = int(value), True
        elif name in _OWN:
            try:
                changed: dict[str, Any] = {PARAMS[name]: read(name, value)}
                second, said = replace(second, **changed), True
            except RefusedError as refused:
                kept = dict(zip(PARAMS, astuple(second), strict=True))[name]
                notices.append(refused.sentence.format(got=value, kept=write(kept)))
        else:
            sentence = _("Of the network beside, “{part}” is not understood: write it like {example}.")
            notices.append(sentence.format(part=part, example="cell=rnn;hidden=3;seed=2"))
    return (second if said else None), epoch, notices
