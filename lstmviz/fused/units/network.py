"""One network, trained on sequences: the arrays behind the kernels, and the calls that run updates."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstmviz.fused.batch import ADAM_BETAS, ADAM_EPS, Position
from lstmviz.fused.cache import kept_on_disk, recovering
from lstmviz.fused.shared import Weights
from lstmviz.fused.units.arrays import Data, Packing, Room, Work
from lstmviz.fused.units.layout import layout_of, sizes_of
from lstmviz.fused.units.sequences import order_of
from lstmviz.fused.vector import VECTOR_BYTES, lanes

with kept_on_disk():
    from lstmviz.fused.units import epochs

GATES = {"rnn": 1, "rnn_relu": 1, "lstm": 4, "gru": 3}
Array = NDArray[Any]
_BLOCK_BYTES = 32768
"""What the gradients of a block take at most: they stay in the nearest cache"""


class Network:
    """One network, whose units lie along the vector, trained with Adam on sequences that share its weights.

    The same calls give the same bits each time. They are not the bits of `Batch`, which adds in another order.
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
        lengths: Array | None = None,
        together: int | None = None,
        mean: bool = True,
        first: Array | None = None,
    ) -> None:
        """Make the arrays for training from `parameters` on.

        parameters: float32 or float64, (P,): for each layer weight_ih, weight_hh, bias_ih, bias_hh, then the head's
        weight and bias, each flattened. x: the sequences one behind the other: (R,) the numbers of letters, in
        [0, inputs), or (R, inputs) numbers. y: (R,) the number of the output that should be largest, in [0, outputs),
        or -1 where nothing is asked, for cross entropy; or (R, outputs) numbers for the squared error, NaN throughout
        a row where nothing is asked. lengths: of the sequences; one of all R rows if left out. together: how many
        sequences make an update, all if left out; update u of a run takes the u-th lot, and after the last the first
        again. mean: whether a loss is the mean over what is asked (for numbers: over each of them, as mse_loss) or the
        sum. first: the states to begin with, zero if left out: (layers, N, H), or (2, layers, N, H) with the LSTM's c
        behind h, for N sequences in one update.

        Raises:
            ValueError: what is given does not fit together; the kernels themselves check no bounds.
        """
        self.cell, self.dtype, self.layers = cell, parameters.dtype, layers
        width = lanes(parameters.itemsize)
        expected = parameter_count(GATES[cell], inputs, hidden_size, outputs, layers)
        if parameters.shape != (expected,):
            raise ValueError(f"`parameters` must be {expected} numbers; got {parameters.shape}.")
        lengths = np.array([len(x)] if lengths is None else lengths, np.int64)
        _check(x, y, lengths, inputs, outputs)
        together = len(lengths) if together is None else together
        if not 1 <= together <= len(lengths):
            raise ValueError(f"`together` must be 1 to {len(lengths)}; got {together}.")
        one_hot, numbers = x.ndim == 1, y.ndim == 2
        self._sizes = sizes_of(GATES[cell], width, layers, hidden_size, inputs, outputs)
        self._hidden_size = hidden_size
        self._layout = layout_of(self._sizes, hidden_size, one_hot=one_hot)
        self._order = order_of(lengths, together)
        self.updates = 0
        self._next = 0
        self._flags = (one_hot, numbers, cell == "rnn_relu")
        self._run: Callable[..., Any] = recovering(epochs.run)
        rows = self._layout.rows
        self._weights = Weights(*(self._rows(n) for n in (rows, rows, rows, rows, 1)))
        self._weights.rate[:] = lr
        self._packed = self._rows(self._layout.packed_rows)
        self.replace(parameters)
        self._asked = np.empty(0)
        self._data = self._data_of(x, y, mean)
        self._room, self._work = self._work_of()
        self._packing = Packing(
            self._layout.source,
            self._layout.also,
            self._layout.columns,
            *(rows.reshape(-1) for rows in (self._weights.values, self._packed)),
            *(rows.reshape(-1) for rows in (self._weights.gradient, self._work.letter_sums)),
        )
        self._nothing = np.empty((0, width), self.dtype)
        if first is not None:
            self.begin(first)

    def _rows(self, count: int) -> Array:
        """Zeros of shape (count, lanes), each row on a cache line of its own."""
        room = np.zeros(count * VECTOR_BYTES + VECTOR_BYTES, np.uint8)
        start = -room.ctypes.data % VECTOR_BYTES
        return room[start : start + count * VECTOR_BYTES].view(self.dtype).reshape(count, -1)

    def _padded(self, numbers: Array, vectors: int) -> Array:
        """(R, count) numbers as rows of so many vectors."""
        rows = self._rows(len(numbers) * vectors)
        rows.reshape(len(numbers), -1)[:, : numbers.shape[1]] = numbers
        return rows

    def _data_of(self, x: Array, y: Array, mean: bool) -> Data:
        order, sizes = self._order, self._sizes
        one_hot, numbers, _ = self._flags
        nothing = np.zeros(1, np.int64)
        x, y = x[order.rows], y[order.rows]
        asked = np.asarray(~np.isnan(y).any(1) if numbers else y >= 0)
        starts = order.steps[order.updates[:-1]]
        self._asked = np.add.reduceat(asked.astype(np.int64), starts)
        if not self._asked.all():
            raise ValueError(f"`y` must ask something in each update; update {self._asked.argmin()} has nothing.")
        counts = self._asked * (sizes.outputs if numbers else 1)
        return Data(
            letters=np.array(x, np.int64) if one_hot else nothing,
            dense=self._rows(1) if one_hot else self._padded(x, sizes.input_vectors),
            right=np.where(asked, 0, -1) if numbers else np.array(y, np.int64),
            wanted=self._padded(np.where(asked[:, None], y, 0), sizes.output_vectors) if numbers else self._rows(1),
            steps=order.steps,
            updates=order.updates,
            scales=1.0 / counts if mean else np.ones(len(counts)),
        )

    def _work_of(self) -> tuple[Room, Work]:
        sizes, order = self._sizes, self._order
        K, n, P = sizes.vectors, sizes.gates * sizes.vectors, sizes.output_vectors
        starts = order.steps[order.updates]
        R = int(np.diff(starts).max())
        per_step = np.diff(order.steps)
        N = int(per_step.max())
        block = int(np.clip(_BLOCK_BYTES // (n * VECTOR_BYTES) // 4 * 4, 16, 128))
        B = max(block, N)
        h = self._rows(sizes.layers * (R + N) * K)
        c = self._rows(sizes.layers * (R + N) * K if self.cell == "lstm" else (R + N) * K * sizes.layers)
        before, c_before = (h, c) if order.equal else (self._rows(len(h)), self._rows(len(c)))
        d_input = self._rows(B * n)
        work = Work(
            gates=self._rows(sizes.layers * R * n if sizes.gates > 1 else 1),
            h=h,
            before=before,
            c=c,
            c_before=c_before,
            inner=self._rows(sizes.layers * R * K if sizes.gates > 1 else 1),
            begin=self._rows(2 * sizes.layers * N * K),
            pre=self._rows(B * n),
            d_input=d_input,
            d_hidden=self._rows(B * n) if self.cell == "gru" else d_input,
            d_h=self._rows(B * K),
            carry=self._rows(sizes.layers * N * K),
            carry_c=self._rows(sizes.layers * N * K),
            picked=self._rows(B * K),
            d_picked=self._rows(B * K),
            d_logits=self._rows(B * P),
            sums=self._rows(-(-B // sizes.lanes)),
            gaps=self._rows(-(-B // sizes.lanes)),
            tally=self._rows(1),
            letter_sums=self._rows(sizes.inputs * n if self._flags[0] else 1),
            zero=self._rows(max(n, K, P)),
            asked=np.zeros(B, np.int64),
            order=np.arange(B),
            none=np.zeros(B, np.int64),
        )
        return Room((R + N) * K, (R + N) * K, R * K, N * K, block, order.equal), work

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
        history = np.empty((max(updates, 0) * self._layout.rows, self._sizes.lanes), self.dtype)
        losses, hits = self._run_updates(updates, 2 if train else 1, history)
        return losses, hits, history.reshape(len(losses), -1)[:, self._layout.numbers]

    def _run_updates(self, updates: int, learn: int, history: Array) -> tuple[Array, Array]:
        if updates < 0:
            raise ValueError(f"`updates` must be at least 0; got {updates}.")
        losses = self._rows(-(-updates // self._sizes.lanes))
        hits = np.zeros(updates, np.int64)
        scratch: Any = (self._weights, self._packing, self._packed, self._data, self._work, self._room)
        constants = (*ADAM_BETAS, ADAM_EPS)
        self._run(
            self._sizes, self._layout.places, *scratch, *self._flags, constants, self.updates, self._next, losses,
            hits, history, learn,
        )  # fmt: skip
        asked = self._asked[(self._next + np.arange(updates)) % len(self._asked)]
        if learn == 2:
            self.updates += updates
            self._next = (self._next + updates) % len(self._asked)
        return losses.ravel()[:updates], hits / asked

    def begin(self, first: Array) -> None:
        """Begin from other states, (layers, N, H) or (2, layers, N, H), as in the constructor.

        Raises:
            ValueError: they are of another shape, or there is more than one update.
        """
        count, H = len(self._order.sequences), self._hidden_size
        both = first if first.ndim == 4 else np.stack([first, np.zeros_like(first)])
        if len(self._asked) > 1 or both.shape != (2, self.layers, count, H):
            raise ValueError(f"`first` must be of shape ({self.layers}, {count}, {H}); got {first.shape}.")
        rows = self._work.begin.reshape(2, self.layers, count, -1)
        rows[..., :H] = both[:, :, self._order.sequences]

    def states(self, start: int = 0, stop: int | None = None) -> Array:
        """The last layer's hidden states of the last update run, (rows, H), a copy, in the order the rows were given.

        Raises:
            ValueError: there are several updates, or no such rows.
        """
        rows = len(self._order.rows)
        stop = rows if stop is None else stop
        if len(self._asked) > 1:
            raise ValueError("`states` needs all sequences in one update.")
        if not 0 <= start < stop <= rows:
            raise ValueError(f"`start` and `stop` must be steps in 0 to {rows}; got {start} and {stop}.")
        K, H = self._sizes.vectors, self._hidden_size
        begin = (self.layers - 1) * self._room.h + (self._order.steps[1] * K if self._order.equal else 0)
        read = self._work.h[begin : begin + rows * K].reshape(rows, -1)[:, :H]
        given = np.empty_like(read)
        given[self._order.rows] = read
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

    def position(self) -> Position:
        """Where the training stands, to come back to with `rewind`."""
        w = self._weights
        return Position(w.values.copy(), w.first.copy(), w.second.copy(), self.updates)

    def rewind(self, position: Position) -> None:
        """Go back to `position`; training on from there gives the same numbers again."""
        w = self._weights
        w.values[:], w.first[:], w.second[:] = position[:3]
        self.updates = position.updates
        self._next = position.updates % len(self._asked)


def parameter_count(gates: int, inputs: int, hidden_size: int, outputs: int, layers: int) -> int:
    """How many numbers such a network has."""
    first = gates * hidden_size * (inputs + hidden_size + 2)
    others = (layers - 1) * gates * hidden_size * (2 * hidden_size + 2)
    return first + others + outputs * (hidden_size + 1)


def _check(x: Array, y: Array, lengths: NDArray[np.int64], inputs: int, outputs: int) -> None:
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
