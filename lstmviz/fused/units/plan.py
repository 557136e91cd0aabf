"""Where everything lies that the kernels work on: one memory of vectors, one of whole numbers.

The memory is an array (rows, lanes), a row one vector. What belongs to the units of a layer takes K = ceil(H / lanes)
vectors, zero beyond H; what belongs to its gates takes G * K, either gate by gate ("by gate": all units of i, then of
f, ...) or unit by unit ("by unit": i, f, g, o of the first 16 units, then of the next). One array rather than thirty
keeps numba's functions small: each array that is handed on is nine numbers to it.
"""

from typing import NamedTuple

from numba import njit
from numba.np.unsafe.ndarray import to_fixed_tuple

from lstmviz.fused.functions import INLINE


class Plan(NamedTuple):
    """Sizes, and where parts begin: in vectors, or in whole numbers where that is said.

    It is the first of the whole numbers itself: a tuple of so many would take a call of the kernels longer than a
    thousand steps do.
    """

    layers: int
    gates: int
    lanes: int
    width: int
    """vectors in a panel of what is read forward: as many as there are gates, or four units' for the RNN"""
    rows: int
    """H, and up to the next multiple of 4"""
    vectors: int
    """K"""
    sums: int
    """G * K"""
    inputs: int
    input_rows: int
    input_vectors: int
    outputs: int
    output_rows: int
    output_vectors: int
    one_hot: int
    numbers: int
    """whether numbers are to be said, and the loss is the squared error"""
    sets: int
    """whether several outputs may come, and all of them should be above all others"""
    relu: int
    shared: int
    """whether the sequences of a lot are equally long, and `before` is `h`, a step later"""
    alone: int
    """whether a lot has one sequence"""
    wide: int
    """whether the weights are so many that a helper shares the products"""
    nought: int
    """0, as the next two are 1 and 4: handed on as literals, numba would compile a function again for each of them"""
    once: int
    panel: int
    block: int
    """steps that the way back takes at a time"""
    layer_states: int
    """vectors that a layer has in h, before, c and c_before: those of all rows and first states"""
    layer_rows: int
    """vectors that a layer has in `inner`: K a row of a lot"""
    layer_sequences: int
    """vectors that a layer has in `begin`: K a sequence of an update"""
    layer_carry: int
    """vectors that a layer has in the carries: K a sequence of a lot"""

    # The weights, in torch's order, then their gradient and Adam's state likewise.
    parameters: int
    """how many vectors they take; the last one stays zero"""
    head: int
    head_bias: int
    gradient: int
    first: int
    second: int
    rate: int
    """one vector: Adam's rate"""
    # The weights as the way forward reads them.
    packed: int
    packed_head: int

    gates_of: int
    """a layer: a row by unit (LSTM, GRU)"""
    h: int
    before: int
    """a layer: a row's state before its step"""
    c: int
    c_before: int
    inner: int
    """a layer: a row of K (LSTM: tanh c; GRU: U_hn h + b_hn)"""
    begin: int
    """a layer: h before the first step"""
    begin_c: int
    carry: int
    """a layer: the gradient that reaches the step before through h"""
    carry_c: int
    """a layer: that through what is multiplied, c or the GRU's own h"""
    pre: int
    """a block, by unit: what the sums start from"""
    d_input: int
    """a block, by gate: the gradient at W x + b_ih"""
    d_hidden: int
    """a block, by gate: that at U h + b_hh (d_input but for the GRU)"""
    d_h: int
    picked: int
    """a block: the states that are asked"""
    d_picked: int
    d_logits: int
    normals: int
    """a block: a number a row, what the softmax is divided by"""
    gaps: int
    """a block: a number a row, by how much the right logit is behind"""
    verdicts: int
    """a block: a number a row, by which it is judged where numbers or sets are due"""
    tally: int
    """one vector: the loss, in parts"""
    letter_sums: int
    """a letter: by gate, the gradient of its column"""
    tolerance: int
    """one vector: how far off a number may be, or the largest logit be above the right one, and still be right"""
    zero: int
    """as many vectors of zeros as any row has"""
    dense: int
    """a row of all updates: what is read, where that is numbers"""
    wanted: int
    """a row of all updates: the numbers to be said, or of sets 1 for what may come and 0 for what may not"""

    # Whole numbers. Of each layer, where its weights begin:
    ih: int
    hh: int
    b_ih: int
    b_hh: int
    packed_ih: int
    """the input weights forward; of letters, a row by unit of each, with the biases"""
    packed_hh: int
    packed_bias: int
    """by unit: b_ih + b_hh (GRU: not b_hn)"""
    packed_hidden: int
    """by unit: what the state's part of the sums starts from beside the input's (GRU: b_hn)"""
    # A row of all updates:
    letters: int
    right: int
    """the output that should be largest, -1 where nothing is asked"""
    steps: int
    """the first row of each step, and the end, twice"""
    lots: int
    """the first step of each lot, and the end"""
    updates: int
    """the first lot of each update, and the end"""
    # A row of a block:
    asked: int
    """which rows are asked"""
    order: int
    """0, 1, 2, ..."""
    none: int
    """0, 0, 0, ..."""
    board: int
    """1 where a helper shares the products, and what it shares; see `helping`"""

    # Which numbers change places between the weights and what is read forward, counted along the memory:
    source: int
    """number k of the packed is number source[k]"""
    source_count: int
    also: int
    """pairs: a packed number, and one that is added to it"""
    also_count: int
    columns: int
    """pairs: the gradient of a letter's weight, and the number of `letter_sums` that it is"""
    columns_count: int


FIELDS = len(Plan._fields)


@njit(**INLINE)
def plan_in(q):
    """The plan that the whole numbers begin with."""
    return Plan(*to_fixed_tuple(q, FIELDS))
