"""What a trace is: every gate, state, sum and output of each step of a layer, of several, of a whole network."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from lstmviz.cells.step import Array

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class LayerTrace:
    """One layer in one direction. Every array is (T, H), or (T, N, H) for a batch of N, and read-only.

    The quantities are also attributes: `layer.i` is `layer.values["i"]`. By cell:

    - rnn, rnn_relu: h_pre, h;
    - lstm: i_pre f_pre g_pre o_pre, i f g o, c, h;
    - gru: r_pre z_pre n_pre, n_hidden, r z n, h.

    `_pre` is the sum that goes into the non-linearity; `lstmviz.cells` has the ranges. Entry t belongs to x[t] in the
    reverse direction too, where the state comes from entry t + 1. Beyond the end of a shorter sequence there is NaN.
    """

    cell: str
    """"rnn", "rnn_relu", "lstm" or "gru\""""
    layer: int
    """0 for the layer that reads the input"""
    reverse: bool
    """whether it reads the sequence from its end"""
    values: Mapping[str, Array]
    """every quantity of every step, by name"""
    h_prev: Array
    """the hidden state that each step started from"""
    c_prev: Array | None
    """the cell state that each step started from; None where the cell has none"""

    def __getattr__(self, name: str) -> Array:
        values = self.__dict__.get("values", {})  # absent while a copy or an unpickled trace is being put together
        if name not in values:
            cell = self.__dict__.get("cell", "layer")
            raise AttributeError(f"a trace of {cell} has no `{name}`; it has {', '.join(values)}.")
        return values[name]


@dataclass(frozen=True, eq=False)
class Trace:
    """A network followed through a sequence. Frozen, its arrays read-only, sequence first in every one of them.

    With one layer and one direction the quantities of `LayerTrace` are attributes here too: tr.i, tr.c, tr.h_prev, ...
    """

    axes: tuple[str, ...]
    """what the axes before the last one count: ("step",), ("step", "sequence") for a batch, ("snapshot", "step")"""
    layers: tuple[LayerTrace, ...]
    """one a layer and direction, in torch's order: layer 0 forward, layer 0 reverse, layer 1 forward, ..."""
    state: Array | tuple[Array, Array]
    """the final state h, or (h, c), in the shape in which torch returns and takes it: (len(layers), ..., H)"""
    logits: Array | None
    """(T, V) or (T, N, V) the head's outputs; None for a bare recurrent layer"""
    probabilities: Array | None
    """softmax of the logits, in [0, 1] and of sum 1; None for a bare recurrent layer"""
    difference_from_torch: float
    """largest absolute difference from torch over the outputs of all steps, the final states and the logits

    Rounding alone makes it at most 1e-6 in float32 and 1e-12 in float64 while the numbers inside stay near 1. It grows
    with the largest of them, sums included: large inputs, a ReLU state, an LSTM cell that counts; and a network that
    amplifies small changes amplifies this one. Two numbers that are both not finite agree; where one is, it is inf.
    NaN where nothing was compared: on request, or where a quantity is held, since torch has no such run.
    """
    step_difference_from_torch: float | None = None
    """largest absolute difference of any single step that torch takes from the very state that ours started from

    What a network makes of rounding from step to step is left out here: a chaotic one can drift far from torch over a
    text in which each step of it is exact. None for several layers or directions, for batches, and where nothing was
    compared.
    """
    letters: tuple[str, ...] | None = None
    """(T,) labels of the steps, for `to_pandas`"""
    lengths: tuple[int, ...] | None = None
    """(N,) how many steps each sequence of a batch has, where that was said; each is followed to its own end"""
    device: str = "cpu"
    """where torch computed what the trace was compared with: "cpu", "cuda:0", ...; the trace itself is numpy's"""
    precision: str = "float32"
    """that of the network; one in float16 or bfloat16 is followed in float32, and the difference is its rounding"""

    @cached_property
    def largest(self) -> float:
        """The largest finite magnitude of any number in the trace, by which rounding errors are measured."""
        named = [item for layer in self.layers for item in layer.values.items()]
        sums = [array for name, array in named if name.endswith("_pre") or name in ("c", "n_hidden")]
        largest = max(map(_magnitude, sums if self.logits is None else [*sums, self.logits]))
        # All else is at most 1, or at most its sum, unless something was held, of which nothing is compared.
        if largest < 1 or np.isnan(self.difference_from_torch):
            largest = max(largest, *(_magnitude(array) for _, array in named))
        return largest

    def __getattr__(self, name: str) -> Any:
        layers = self.__dict__.get("layers", ())
        if len(layers) != 1:
            raise AttributeError(f"this trace has {len(layers)} layers, so no `{name}`; take `layers[k].{name}`.")
        return getattr(layers[0], name)

    def snapshot(self, which: int | slice) -> "Trace":
        """One snapshot of a trace of several, without their axis, or with it those of a slice.

        Its differences from torch remain those of them all.

        Raises:
            ValueError: the trace is of one network alone.
        """
        if self.axes[0] != "snapshot":
            raise ValueError("`snapshot` needs a trace of several snapshots, as `trace_snapshots` gives it.")

        def part(array: Array | None) -> Any:
            return None if array is None else array[which]

        layers = tuple(
            replace(
                layer,
                values={name: array[which] for name, array in layer.values.items()},
                h_prev=layer.h_prev[which],
                c_prev=part(layer.c_prev),
            )
            for layer in self.layers
        )
        return replace(
            self,
            axes=self.axes if isinstance(which, slice) else self.axes[1:],
            layers=layers,
            state=tuple(map(part, self.state)) if isinstance(self.state, tuple) else part(self.state),
            logits=part(self.logits),
            probabilities=part(self.probabilities),
        )

    def to_pandas(self, letters: Sequence[str] | None = None) -> "pd.DataFrame":
        """Every number as a row of its own: columns layer, step, letter, quantity, unit, value.

        The rows of `logits` and `probabilities` come last, with the number after the last layer's as their layer.
        Traces that need it get one column more: `sequence` (batch) or `snapshot` first, `direction` ("forward",
        "reverse") after the layer if there are two. Steps beyond the end of a sequence have no rows.

        Args:
            letters: (T,) labels of the steps; those that the trace was made with if left out, None if there are none.

        Raises:
            ValueError: there is not one letter for each step.
        """
        import pandas as pd  # here, because it takes a third of a second that no other part of the engine needs

        steps = self.layers[0].h_prev.shape[self.axes.index("step")]
        letters = self.letters if letters is None else check_letters(letters, steps)
        two_ways = any(layer.reverse for layer in self.layers)
        frames = [
            self._frame(name, array, letters, layer.layer, layer.reverse if two_ways else None)
            for layer in self.layers
            for name, array in layer.values.items()
        ]
        top = self.layers[-1].layer + 1
        for name, outputs in (("logits", self.logits), ("probabilities", self.probabilities)):
            if outputs is not None:
                frames.append(self._frame(name, outputs, letters, top, False if two_ways else None))
        return pd.concat(frames, ignore_index=True)

    def _frame(
        self, name: str, array: Array, letters: tuple[str, ...] | None, layer: int, reverse: bool | None
    ) -> "pd.DataFrame":
        """The rows of one quantity."""
        import pandas as pd

        index = dict(zip((*self.axes, "unit"), (axis.ravel() for axis in np.indices(array.shape)), strict=True))
        step, unit = index.pop("step"), index.pop("unit")
        columns: dict[str, Any] = {**index, "layer": layer}
        if reverse is not None:
            columns["direction"] = "reverse" if reverse else "forward"
        columns["step"] = step
        columns["letter"] = None if letters is None else np.array(letters, dtype=object)[step]
        columns |= {"quantity": name, "unit": unit, "value": array.ravel()}
        frame = pd.DataFrame(columns)
        return frame if self.lengths is None else frame[step < np.array(self.lengths)[index["sequence"]]]


class NetworkTrace(Mapping[str, Trace]):
    """The recurrent layers of a whole network, followed through one call of it: by its names, `tr["encoder.lstm"].f`.

    Each layer is followed from what reached it in that call. A layer or cell that was called again and again with the
    state it had given is one sequence of as many steps. One that read several sequences, each from a state of its own,
    has an entry for each, in the order of the calls: "cell[0]", "cell[1]", ...; a recurrent layer that is traced alone
    is called "".
    """

    def __init__(self, traces: Mapping[str, Trace], output: Any) -> None:
        self._traces = dict(traces)
        self.output = output
        """what the network returned, as it is"""

    @property
    def difference_from_torch(self) -> float:
        """The largest of the layers' own, each of which is measured on what torch computed in that very call."""
        return max(tr.difference_from_torch for tr in self.values())

    def __getitem__(self, name: str) -> Trace:
        if name not in self._traces:
            raise KeyError(f"no layer called {name!r} was followed; there is {', '.join(map(repr, self))}.")
        return self._traces[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._traces)

    def __len__(self) -> int:
        return len(self._traces)

    def __getattr__(self, name: str) -> Any:
        traces = self.__dict__.get("_traces", {})  # absent while a copy or an unpickled trace is being put together
        if len(traces) != 1:
            raise AttributeError(
                f"this trace has {len(traces)} entries, so no `{name}`; take `[{next(iter(traces), '')!r}].{name}`."
            )
        return getattr(next(iter(traces.values())), name)

    def __repr__(self) -> str:
        return f"NetworkTrace({', '.join(f'{name!r}: {tr.layers[0].cell}' for name, tr in self.items())})"

    def to_pandas(self) -> "pd.DataFrame":
        """The rows of `Trace.to_pandas` of every layer, with its name in the column `module`, which comes first."""
        import pandas as pd

        frames = [tr.to_pandas().assign(module=name) for name, tr in self.items()]
        table = pd.concat(frames, ignore_index=True)
        return table[["module", *table.columns.drop("module")]]


def check_letters(letters: Sequence[str], steps: int) -> tuple[str, ...]:
    """`letters` as texts, if there is one for each step."""
    if len(letters) != steps:
        raise ValueError(f"`letters` must have one label for each of the {steps} steps; got {len(letters)}.")
    return tuple(map(str, letters))


def _magnitude(array: Array) -> float:
    """The largest finite one, 0 if there is none."""
    largest = max(float(array.max()), -float(array.min()))
    return largest if np.isfinite(largest) else float(np.abs(array[np.isfinite(array)]).max(initial=0.0))
