"""One network, trained on sequences: the arrays behind the kernels, and the calls that run updates."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.base.cores import cores
from lstmviz.fused.cache import kept_on_disk, recovering
from lstmviz.fused.shared import Weights
from lstmviz.fused.training import ADAM_BETAS, ADAM_EPS, Position, Training
from lstmviz.fused.units.layout import Layout, Numbers, Shape, layout_of, rounded_up
from lstmviz.fused.units.plan import FIELDS, Plan
from lstmviz.fused.units.sequences import Order, order_of
from lstmviz.fused.units.tiles import PANEL, STEP
from lstmviz.fused.vector import VECTOR_BYTES, lanes

with kept_on_disk():
    from lstmviz.fused.units import epochs, helping

Array = NDArray[Any]
GATES = {"rnn": 1, "rnn_relu": 1, "lstm": 4, "gru": 3}
_BLOCK_BYTES = 32768
"""What the gradients of a block take: they stay in the nearest cache"""
_SIDE_BY_SIDE = 16
"""Sequences of a lot: what their steps leave for the way back stays in the second cache"""
_NEAR_BYTES = 2**18
"""Weights that take more are read from afar at each step, so all sequences should share a reading"""
_FAR_BYTES = 2**19
"""Weights that take more are read by two cores sooner than by one"""


class Network(Training):
    """One network, whose units lie along the vector, trained with Adam on sequences that share its weights.

    `threads` is how many an update runs on, 1 or 2. The same calls give the same bits each time. They are not the bits
    of `Batch`, which adds in another order.
    """

    def __init__(
        self,
        cell: str,
        parameters: Array,
        x: Array,
        y: Array,
        *,
        inputs: int,
        hidden_size: int,
        outputs: int,
        lr: float,
        layers: int = 1,
        lengths: Sequence[int] | Numbers | None = None,
        together: int | None = None,
        mean: bool = True,
        first: Array | None = None,
        legal: NDArray[np.bool_] | None = None,
        tolerance: float = np.inf,
        helped: bool | None = None,
    ) -> None:
        """Make the arrays for training from `parameters` on.

        parameters: float32 or float64, (P,): for each layer weight_ih, weight_hh, bias_ih, bias_hh, then the head's
        weight and bias, each flattened. x: the sequences one behind the other: (R,) the numbers of letters, in
        [0, inputs), or (R, inputs) numbers. y: (R,) the number of the output that should be largest, in [0, outputs),
        or -1 where nothing is asked, for cross entropy; or (R, outputs) numbers for the squared error, NaN somewhere in
        a row where nothing is asked. lengths: of the sequences; one of all R rows if left out. together: how many
        sequences make an update, all if left out; update u of a run takes the u-th lot, and after the last the first
        again. mean: whether a loss is the mean over what is asked (for numbers: over each of them, as mse_loss) or the
        sum. first: the states to begin with, zero if left out: (layers, N, H), or (2, layers, N, H) with the LSTM's c
        behind h, for N sequences in one update. legal: (R, outputs) which outputs may come where y asks for one of
        several; right is then what has all of them above all others. tolerance: how far off a number may be and still
        be right. helped: whether a second thread shares the products; where that pays if left out.

        Raises:
            ValueError: what is given does not fit together; the kernels themselves check no bounds.
        """
        gates, width = GATES[cell], lanes(parameters.itemsize)
        expected = parameter_count(gates, inputs, hidden_size, outputs, layers)
        if parameters.shape != (expected,):
            raise ValueError(f"`parameters` must be {expected} numbers; got {parameters.shape}.")
        lengths = np.array([len(x)] if lengths is None else lengths, np.int64)
        _check(x, y, lengths, inputs, outputs)
        if legal is not None and (y.ndim == 2 or legal.shape != (len(x), outputs)):
            raise ValueError(f"`legal` must be of shape ({len(x)}, {outputs}), beside a `y` of numbers of outputs.")
        together = len(lengths) if together is None else together
        if not 1 <= together <= len(lengths):
            raise ValueError(f"`together` must be 1 to {len(lengths)}; got {together}.")
        self.cell, self.dtype, self.updates = cell, parameters.dtype, 0
        self._place = 0
        self._shape = Shape(gates, layers, inputs, hidden_size, outputs, x.ndim == 1)
        self._layout = layout_of(self._shape, width)
        size = self._layout.parameters * VECTOR_BYTES
        streamed = size > _NEAR_BYTES
        self.threads = 2 if (size > _FAR_BYTES and cores() > 1 if helped is None else helped) else 1
        self._order = order_of(lengths, together, together if streamed else _SIDE_BY_SIDE)
        self._run: Callable[..., Any] = recovering(epochs.run)
        self._help: Callable[..., Any] = recovering(helping.help_with)
        self._nothing = np.empty((0, width), self.dtype)
        x, y = x[self._order.rows], y[self._order.rows]
        self._plan, vectors, self._q = _plan_of(
            cell,
            self._shape,
            width,
            self._layout,
            self._order,
            x,
            y,
            sets=legal is not None,
            wide=self.threads > 1,
        )
        self._m = self._rows(vectors)
        self._flat = self._m.reshape(-1)
        parts = [self._m[k * self._layout.parameters :][: self._layout.parameters] for k in range(4)]
        self._weights = Weights(parts[0], parts[2], parts[3], parts[1], self._m[self._plan.rate][None])
        self._weights.rate[:] = lr
        self._m[self._plan.tolerance] = tolerance if y.ndim == 2 else 0
        self.replace(parameters)
        if x.ndim == 2:
            self._write(self._plan.dense, x)
        if y.ndim == 2:
            self._write(self._plan.wanted, np.where(np.isnan(y).any(1, keepdims=True), 0, y))
        elif legal is not None:
            self._write(self._plan.wanted, legal[self._order.rows])
        self._asked = np.add.reduceat(_asked(y).astype(np.int64), self._order.first_rows[:-1])
        if not self._asked.all():
            raise ValueError(f"`y` must ask for something in each update; number {self._asked.argmin()} has nothing.")
        shares = self._asked * (outputs if y.ndim == 2 else 1)
        self._scales = 1.0 / shares if mean else np.ones(len(shares))
        if first is not None:
            self.begin(first)

    def _write(self, at: int, numbers: Array) -> None:
        """Write rows of numbers, each on vectors of its own, from vector `at` on."""
        vectors = -(-numbers.shape[1] // self._m.shape[1])
        rows = self._m[at : at + len(numbers) * vectors].reshape(len(numbers), -1)
        rows[:, : numbers.shape[1]] = numbers

    def run(self, updates: int, *, train: bool = True) -> tuple[Array, Array]:
        """Train for so many updates; returns the loss and the share of right answers before each, (updates,).

        With `train=False` the weights stay; the gradients are there.

        Raises:
            ValueError: `updates` is below 0.
        """
        return self._run_updates(updates, 2 if train else 1, self._nothing)

    def measure(self, updates: int = 1) -> tuple[Array, Array]:
        """The same without gradients: the way forward alone.

        Raises:
            ValueError: `updates` is below 0.
        """
        return self._run_updates(updates, 0, self._nothing)

    def run_remembering(self, updates: int, *, train: bool = True) -> tuple[Array, Array, Array]:
        """As `run`, and the parameters before each update, (updates, P).

        Raises:
            ValueError: `updates` is below 0.
        """
        history = np.empty((max(updates, 0) * self._plan.parameters, self._plan.lanes), self.dtype)
        losses, shares = self._run_updates(updates, 2 if train else 1, history)
        return losses, shares, history.reshape(len(losses), -1)[:, self._layout.numbers]

    def _run_updates(self, updates: int, learn: int, history: Array) -> tuple[Array, Array]:
        if updates < 0:
            raise ValueError(f"`updates` must be at least 0; got {updates}.")
        losses = np.zeros((-(-updates // self._plan.lanes), self._plan.lanes), self.dtype)
        hits = np.zeros(updates, np.int64)
        constants = (*ADAM_BETAS, ADAM_EPS)
        with self._helper():
            self._run(
                self._m, self._flat, self._q, self._scales, constants, self.updates, self._place, losses, hits, history,
                learn,
            )  # fmt: skip
        asked = self._asked
        if len(asked) > 1:
            asked = asked[(self._place + np.arange(updates)) % len(asked)]
        if learn == 2:
            self.updates += updates
            self._place = (self._place + updates) % len(self._asked)
        return losses.ravel()[:updates], hits / asked

    @contextmanager
    def _helper(self) -> Iterator[None]:
        """A second thread that shares the products meanwhile, where that may pay; `helping` says how."""
        if self.threads == 1:
            yield
            return
        board = self._q[self._plan.board :][: helping.BOARD]
        board[:] = 0
        board[0] = 1
        helper = Thread(target=self._help, args=(self._m, self._q), daemon=True)
        helper.start()
        try:
            yield
        finally:
            board[helping.STOP] = 1
            helper.join()

    def begin(self, first: Array) -> None:
        """Begin from other states, (layers, N, H) or (2, layers, N, H), as in the constructor.

        Raises:
            ValueError: they are of another shape, or there is more than one update.
        """
        count, plan = len(self._order.sequences), self._plan
        both = first if first.ndim == 4 else np.stack([first, np.zeros_like(first)])
        if len(self._asked) > 1 or both.shape != (2, plan.layers, count, self._shape.units):
            raise ValueError(
                f"`first` must be of shape ({plan.layers}, {count}, {self._shape.units}); got {first.shape}."
            )
        for at, states in ((plan.begin, both[0]), (plan.begin_c, both[1])):
            self._write(at, states[:, self._order.sequences].reshape(-1, self._shape.units))

    def states(self, start: int = 0, stop: int | None = None) -> Array:
        """The last layer's hidden states of the last update run, (stop - start, H), a copy, in the order of `x`.

        Raises:
            ValueError: there are several updates, or no such rows.
        """
        rows, plan = len(self._order.rows), self._plan
        stop = rows if stop is None else stop
        if len(self._asked) > 1:
            raise ValueError("`states` needs all sequences in one update.")
        if not 0 <= start < stop <= rows:
            raise ValueError(f"`start` and `stop` must be steps in 0 to {rows}; got {start} and {stop}.")
        begin = plan.h + (plan.layers - 1) * plan.layer_states
        kept = self._m[begin : begin + plan.layer_states].reshape(-1, plan.vectors * plan.lanes)
        given = np.empty((rows, self._shape.units), self.dtype)
        given[self._order.rows] = kept[self._order.places_in_h, : self._shape.units]
        return given[start:stop].copy()

    @property
    def parameters(self) -> Array:
        """The parameters now, (P,), a copy."""
        return self._weights.values.reshape(-1)[self._layout.numbers]

    @property
    def gradients(self) -> Array:
        """The gradients of the last update run, (P,), a copy."""
        return self._weights.gradient.reshape(-1)[self._layout.numbers]

    def replace(self, parameters: Array) -> None:
        """Go on from other parameters, (P,); what Adam remembers of the old ones stays."""
        self._weights.values.reshape(-1)[self._layout.numbers] = parameters

    def rewind(self, position: Position) -> None:
        """Go back to `position`; training on from there gives the same numbers again."""
        super().rewind(position)
        self._place = position.updates % len(self._asked)

    def moments(self, position: Position) -> tuple[Array, Array]:
        """What Adam remembers there of the gradients and of their squares, each (P,)."""
        numbers = self._layout.numbers
        return position.first.reshape(-1)[numbers], position.second.reshape(-1)[numbers]


def parameter_count(gates: int, inputs: int, hidden_size: int, outputs: int, layers: int) -> int:
    """How many numbers such a network has."""
    first = gates * hidden_size * (inputs + hidden_size + 2)
    others = (layers - 1) * gates * hidden_size * (2 * hidden_size + 2)
    return first + others + outputs * (hidden_size + 1)


def _asked(y: Array) -> NDArray[np.bool_]:
    return np.asarray(~np.isnan(y).any(1) if y.ndim == 2 else y >= 0)


def _plan_of(
    cell: str,
    shape: Shape,
    width: int,
    layout: Layout,
    order: Order,
    x: Array,
    y: Array,
    *,
    sets: bool,
    wide: bool,
) -> tuple[Plan, int, Numbers]:
    """The plan, how many vectors its memory has, and its whole numbers."""
    L, H, numbers = width, shape.units, y.ndim == 2
    K, KI, P = -(-H // L), -(-shape.inputs // L), -(-shape.outputs // L)
    n = shape.gates * K
    R, N = int(np.diff(order.first_rows).max()), int(np.diff(order.first_sequences).max())
    lot_rows, lot = int(np.diff(order.steps[order.lots]).max()), int(np.diff(order.steps).max())
    block = max(1, int(np.clip(_BLOCK_BYTES // (n * VECTOR_BYTES), 16, 128)) // lot)
    B = block * lot
    states, rows, sequences, carry = (R + N) * K, lot_rows * K, N * K, lot * K
    lstm, gru = shape.gates == 4, shape.gates == 3

    begins, end = dict[str, int](), 0

    def room(**parts: int) -> None:
        nonlocal end
        for name, count in parts.items():
            begins[name] = end
            end += count

    room(values=layout.parameters, gradient=layout.parameters, first=layout.parameters, second=layout.parameters)
    room(rate=1, tolerance=1)
    room(packed=layout.packed_size, gates_of=shape.layers * lot_rows * n if shape.gates > 1 else 0)
    room(h=shape.layers * states, c=shape.layers * states if lstm else 0)
    if order.equal:
        begins |= {"before": begins["h"], "c_before": begins["c"]}
    else:
        room(before=shape.layers * states, c_before=shape.layers * states if lstm else 0)
    room(inner=shape.layers * rows if shape.gates > 1 else 0, d_input=B * n)
    if gru:
        room(d_hidden=B * n)
    else:
        begins["d_hidden"] = begins["d_input"]
    room(begin=shape.layers * sequences, begin_c=shape.layers * sequences)
    room(carry=shape.layers * carry, carry_c=shape.layers * carry)
    room(
        pre=B * n,
        d_h=B * K,
        picked=B * K,
        d_picked=B * K,
        d_logits=B * P,
        normals=-(-B // L),
        gaps=-(-B // L),
        verdicts=-(-B // L),
    )
    room(tally=1, letter_sums=shape.inputs * n if shape.one_hot else 0, zero=max(n, K, P))
    room(dense=0 if shape.one_hot else len(x) * KI, wanted=len(y) * P if numbers or sets else 0)
    del begins["values"]

    q = list[Numbers]()
    places = dict[str, int]()

    def note(**parts: Any) -> None:
        for name, given in parts.items():
            places[name] = sum(map(len, q))
            q.append(np.asarray(given, np.int64))

    note(plan=np.zeros(FIELDS))
    packed = {name: np.array(at) + begins["packed"] for name, at in layout.packed.items()}
    note(ih=layout.weights["ih"], hh=layout.weights["hh"], b_ih=layout.weights["b_ih"], b_hh=layout.weights["b_hh"])
    note(packed_ih=packed["ih"], packed_hh=packed["hh"], packed_bias=packed["bias"], packed_hidden=packed["hidden"])
    note(letters=x if shape.one_hot else [], right=np.where(_asked(y), 0, -1) if numbers else y)
    note(steps=order.steps, lots=order.lots, updates=order.updates)
    note(asked=np.zeros(B + 1), order=np.arange(B), none=np.zeros(B), board=np.zeros(helping.BOARD))
    moved = {
        "source": layout.source,
        "also": layout.also + np.array([begins["packed"] * L, 0]),
        "columns": layout.columns + L * np.array([begins["gradient"], begins["letter_sums"]]),
    }
    note(**{name: moves.ravel() for name, moves in moved.items()})
    del places["plan"]
    plan = Plan(
        layers=shape.layers,
        gates=shape.gates,
        lanes=L,
        width=PANEL if shape.gates == 1 else shape.gates,
        rows=rounded_up(H, STEP),
        vectors=K,
        sums=n,
        inputs=shape.inputs,
        input_rows=rounded_up(shape.inputs, STEP),
        input_vectors=KI,
        outputs=shape.outputs,
        output_rows=rounded_up(shape.outputs, STEP),
        output_vectors=P,
        one_hot=int(shape.one_hot),
        numbers=int(numbers),
        sets=int(sets),
        relu=int(cell == "rnn_relu"),
        shared=int(order.equal),
        alone=int(lot == 1),
        wide=int(wide),
        nought=0,
        once=1,
        panel=PANEL,
        block=block,
        layer_states=states,
        layer_rows=rows,
        layer_sequences=sequences,
        layer_carry=carry,
        parameters=layout.parameters,
        head=layout.weights["head"][0],
        head_bias=layout.weights["head_bias"][0],
        packed_head=int(packed["head"][0]),
        **{f"{name}_count": len(moves) for name, moves in moved.items()},
        **begins,
        **places,
    )
    whole = np.concatenate(q)
    whole[:FIELDS] = plan
    return plan, end, whole


def _check(x: Array, y: Array, lengths: Numbers, inputs: int, outputs: int) -> None:
    if lengths.ndim != 1 or not len(lengths) or lengths.min() < 1:
        raise ValueError("`lengths` must be whole numbers of at least 1, one a sequence.")
    if len(x) != lengths.sum() or len(y) != len(x):
        raise ValueError(f"`x` and `y` must have {lengths.sum()} rows; got {len(x)} and {len(y)}.")
    for name, rows, size, lowest in (("x", x, inputs, 0), ("y", y, outputs, -1)):
        if rows.ndim == 1:
            if not np.issubdtype(rows.dtype, np.integer) or rows.min() < lowest or rows.max() >= size:
                raise ValueError(f"`{name}` must hold whole numbers {lowest} to {size - 1}.")
        elif rows.ndim != 2 or rows.shape[1] != size:
            raise ValueError(f"`{name}` must be of shape (rows,) or (rows, {size}); got {rows.shape}.")
