"""The arrays that the kernels work on.

Each is (rows, lanes), a row one vector. What belongs to the units of a layer takes K = ceil(H / lanes) vectors, those
beyond H zero; what belongs to its gates takes G * K, either gate by gate ("by gate": all units of i, then of f, ...) or
unit by unit ("by unit": i, f, g, o of the first 16 units, then of the next).
"""

from typing import Any, NamedTuple


class Sizes(NamedTuple):
    """Whole numbers that all kernels need."""

    layers: int
    gates: int
    lanes: int
    width: int
    """vectors in a panel of what is read forward: as many as there are gates, or four units' for the RNN"""
    rows: int
    """H, and up to the next multiple of 4"""
    vectors: int
    """K"""
    inputs: int
    input_rows: int
    input_vectors: int
    outputs: int
    output_rows: int
    output_vectors: int


class Places(NamedTuple):
    """Where each part of the weights begins, a vector row; arrays have an entry a layer."""

    ih: Any
    hh: Any
    b_ih: Any
    b_hh: Any
    head: int
    head_bias: int
    packed_ih: Any
    """the input weights forward; of letters, a row by unit of each, with the biases"""
    packed_hh: Any
    packed_bias: Any
    """by unit: b_ih + b_hh (GRU: not b_hn)"""
    packed_hidden: Any
    """by unit: what the state's part of the sums starts from beside the input's (GRU: b_hn)"""
    packed_head: int


class Packing(NamedTuple):
    """How the weights are laid out for the way forward: number k of the packed is number source[k] of the weights."""

    source: Any
    also: Any
    """(count, 2) a packed number, and the number of the weights that is added to it"""
    columns: Any
    """(count, 2) a number of the first layer's input weights, and that of `letter_sums` that is its gradient"""
    values: Any
    """the weights, flat, as the others here"""
    packed: Any
    gradient: Any
    sums: Any


class Data(NamedTuple):
    """What is read and to be said: rows of all updates one after the other; the sequences of an update step by step.

    Within a step the longest sequence comes first, so that those that go on are always the first ones.
    """

    letters: Any
    """int64, a row; of dense input one that is not looked at"""
    dense: Any
    """input_vectors a row"""
    right: Any
    """int64, a row: the output that should be largest; -1 where nothing is asked. For numbers out: -1 or not"""
    wanted: Any
    """output_vectors a row: the numbers to be said"""
    steps: Any
    """int64: the first row of each step, and the end"""
    updates: Any
    """int64: the first step of each update, and the end"""
    scales: Any
    """float64, an update: what a row's loss counts"""


class Work(NamedTuple):
    """Scratch: of R rows of an update, N sequences, B rows of a block, a part a layer where that is said."""

    gates: Any
    """a layer: R by unit (RNN: none)"""
    h: Any
    """a layer: R of K"""
    before: Any
    """a layer: R of K, the state that a row began with; the same memory as `h` where all sequences are equally long"""
    c: Any
    c_before: Any
    inner: Any
    """a layer: R of K (LSTM: tanh c; GRU: U_hn h + b_hn)"""
    begin: Any
    """a layer: N of K, h before the first step; c behind it likewise"""
    pre: Any
    """B by unit: what the sums start from"""
    d_input: Any
    """B by gate: the gradient at W x + b_ih"""
    d_hidden: Any
    """B by gate: that at U h + b_hh (the same memory but for the GRU)"""
    d_h: Any
    """B of K"""
    carry: Any
    """a layer: N of K, the gradient that reaches the step before through h"""
    carry_c: Any
    """a layer: N of K, through what is multiplied: c, or the GRU's own h"""
    picked: Any
    """B of K: the states that are asked"""
    d_picked: Any
    d_logits: Any
    """B of output_vectors"""
    sums: Any
    """B numbers"""
    gaps: Any
    """B numbers"""
    tally: Any
    """one vector: the loss, in parts"""
    letter_sums: Any
    """a letter: by gate"""
    zero: Any
    """as many vectors as any row has"""
    asked: Any
    """int64, B: the rows that are asked"""
    order: Any
    """int64: 0, 1, 2, ... B"""
    none: Any
    """int64, B: zeros"""


class Room(NamedTuple):
    """How many vector rows a layer has in the arrays of the work that are a layer's."""

    h: int
    before: int
    rows: int
    sequences: int
    block: int
    """rows of a block at most, if a step has no more"""
    shared: bool
    """whether `before` is `h`, a step later"""
