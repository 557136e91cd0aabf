"""The networks of the notes, drawn and trained as the notes do, and what comes out compared with what they print.

All are trained by the fused kernels, whose sums are in the same order however wide the machine's registers are. Each
group was once trained by torch's autograd too, in float32 on one thread (torch 2.13.0, two cores):

- AbAcAd, cell by hand: fused 0.3 s, torch 73 s; both show all 24 printed digits. With the mean of the losses instead of
  their sum, which Adam tells apart by its epsilon alone, one number is 0.8 of its last digit off (fused).
- AbAcAd, two nodes: fused 0.2 s, torch 70 s; both show all 42 numbers with the sum of the losses. With the mean both
  show one of them as 0.067703 for the printed 0.067702.
- AbAcAd, three nodes: fused 0.3 s, torch 65 s; the same values to six digits.
- abaB, 1000 epochs: fused 0.1 s, torch 1 s; both show all 38 numbers. This training asks for a tanh that ends at 1
  exactly: the first cell counts to 127, where the true gradient is 0; a tanh of 1 - 2e-7 leaves a little of it, Adam
  scales that up, and the count ends at 147.

Where the notes print values of a trained network, training in float64 shows others in the fourth or fifth digit: their
float32 rounding is part of them. How far it reaches was measured with 64 copies of the first two groups, their first
weights moved by one unit in the last place: the results spread by 0.02 to 0.08 of the last printed digit. Three numbers
stand so near to the edge between two digits that this decides what is printed; see `notes.EDGE`.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from lstmviz.cells.step import Array
from lstmviz.lecture.notes import Comparison, Line, compare, printed_lines
from lstmviz.lecture.replay import replay_both_ways
from lstmviz.models import Model, ModelConfig, build_model, load_parameters, parameters_of
from lstmviz.tasks import PatternTask, alphabet_task
from lstmviz.tracing import Trace, trace
from lstmviz.training import Record, TrainConfig, train

Values = Mapping[str, Array]
"""One array (T, units) for each quantity."""


@dataclass(frozen=True)
class Group:
    """A network of the notes, with the numbers that they print of it."""

    key: str
    pattern: str
    """the task; its text repeats the pattern 100 times"""
    model: ModelConfig
    training: TrainConfig | None
    """None: the notes print its numbers before any training"""
    lines: tuple[Line, ...]

    @property
    def task(self) -> PatternTask:
        """The text that it learns."""
        return alphabet_task(self.pattern)


@dataclass(frozen=True, eq=False)
class Result:
    """A group trained anew. Two runs on one machine give the same numbers, but for the seconds."""

    group: Group
    comparisons: tuple[Comparison, ...]
    """one for each line of the notes, in their order"""
    runs: Mapping[str, Values]
    """all that the lines were taken from: by run, every quantity of every step"""
    parameters: Mapping[str, Array]
    """of the network as it was traced, under their `state_dict` names"""
    difference_from_torch: float
    """largest difference of `runs` from torch's own outputs for the same network; the notes' own loop left out"""
    loss: float | None
    """at the end of the training, as the notes take it (mean or sum); None without a training"""
    seconds: float
    """that the training and the steps took"""

    @property
    def numbers(self) -> int:
        """How many printed numbers there are."""
        return sum(len(comparison.ours) for comparison in self.comparisons)

    @property
    def agreeing(self) -> int:
        """How many of them come out here."""
        return sum(sum(comparison.agrees) for comparison in self.comparisons)

    def model(self) -> Model:
        """The network, to look further into it; a new one at each call."""
        model = build_model(self.group.model)
        load_parameters(model, self.parameters)
        return model


def _case_lines() -> tuple[Line, ...]:
    """The claim about the third node: its sign tells upper from lower case in the last 15 letters."""
    letters = alphabet_task("AbAcAd").labels[-15:]
    signs = tuple("+" if letter[0].isupper() else "-" for letter in letters)
    return (Line("zeros", "h", tuple((step, 2) for step in range(-15, 0)), signs),)


GROUPS = (
    Group(
        key="abacad_scratch_cell",
        pattern="AbAcAd",
        model=ModelConfig(
            cell="rnn", input_size=4, hidden_size=2, output_size=4, seed=43052, draw="linear", reseed_head=True
        ),
        training=TrainConfig(epochs=5000, lr=1e-3, loss="sum"),
        lines=printed_lines("abacad_scratch_cell"),
    ),
    Group(
        key="abacad_rnn2",
        pattern="AbAcAd",
        model=ModelConfig(
            cell="rnn", input_size=4, hidden_size=2, output_size=4, seed=43052, draw="cell", reseed_head=True
        ),
        training=TrainConfig(epochs=5000, lr=1e-3, loss="sum"),
        lines=printed_lines("abacad_rnn2"),
    ),
    Group(
        key="abacad_rnn3",
        pattern="AbAcAd",
        model=ModelConfig(cell="rnn", input_size=4, hidden_size=3, output_size=4, seed=2),
        training=TrainConfig(epochs=5000, lr=1e-3),
        lines=_case_lines(),
    ),
    Group(
        key="abab_lstm_first_epoch",
        pattern="abaB",
        model=ModelConfig(cell="lstm", input_size=3, hidden_size=2, output_size=3, seed=43052, draw="cell"),
        training=None,
        lines=printed_lines("abab_lstm_first_epoch"),
    ),
    Group(
        key="abab_lstm_1000_epochs",
        pattern="abaB",
        model=ModelConfig(cell="lstm", input_size=3, hidden_size=2, output_size=3, seed=43052),
        training=TrainConfig(epochs=1000, lr=0.1),
        lines=printed_lines("abab_lstm_1000_epochs"),
    ),
)
"""The groups, in the order of the notes."""


def reproduce(key: str, watch: Callable[[Record], object] | None = None) -> Result:
    """Train the network of the group `key` from its first weights, and compare what comes out with the notes.

    Args:
        key: of one of `GROUPS`.
        watch: called with each record of the training as it comes; the training ends with what it raises.

    Raises:
        ValueError: there is no such group.
    """
    group = next((group for group in GROUPS if group.key == key), None)
    if group is None:
        raise ValueError(f"`key` must be one of {', '.join(group.key for group in GROUPS)}; got '{key}'.")
    started = time.perf_counter()
    task = group.task
    model = build_model(group.model)
    loss = None
    if group.training is not None:
        for record in train(model, task, group.training, backend="fused"):
            loss = record.loss
            if watch is not None:
                watch(record)
    runs, difference = _runs(model, task, {line.run for line in group.lines})
    return Result(
        group=group,
        comparisons=tuple(compare(line, runs[line.run]) for line in group.lines),
        runs=runs,
        parameters=parameters_of(model),
        difference_from_torch=difference,
        loss=loss,
        seconds=time.perf_counter() - started,
    )


def _runs(model: Model, task: PatternTask, wanted: set[str]) -> tuple[dict[str, Values], float]:
    """The runs that the lines ask for, and their largest difference from torch."""
    if "replay" in wanted:
        replay = replay_both_ways(model, task)
        return {"replay": replay.printed, "recurrence": replay.followed}, replay.followed_difference
    first = trace(model, task.one_hot())
    runs, difference = {"zeros": _values(first)}, first.difference_from_torch
    if "last_state" in wanted:
        again = trace(model, task.one_hot(), first.state)
        runs["last_state"], difference = _values(again), max(difference, again.difference_from_torch)
    return runs, difference


def _values(tr: Trace) -> Values:
    return {**tr.layers[0].values, "yhat": np.asarray(tr.probabilities)}
