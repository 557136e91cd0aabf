"""Where everything of one small network lies: units, rows of gates, or steps of a text along a vector."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstmviz.fused.shared import BLOCK

Numbers = NDArray[np.int64]


class Places(NamedTuple):
    """Sizes, and the vectors at which arrays begin in the one memory of a network.

    `V` letters, `H` units, `G` gates, `R` = G*H gate rows, `C` vectors that hold them, `T` steps, `B` of a block, `L`
    lanes. What lies along a vector comes behind the colon.
    """

    letters: int
    units: int
    gates: int
    rows: int
    compact: int
    lanes: int
    both: int
    """gate rows whose two biases belong together: all but the GRU's candidate"""
    relu: bool

    values: int
    """the parameters in torch's order"""
    gradient: int
    """the gradients in torch's order"""
    of_letter: int
    """V*G: units; what a letter adds to the gates, biases added up"""
    forward: int
    """H*G: units; column j of U, gate by gate"""
    backward: int
    """R: units; row r of U"""
    hidden_bias: int
    """1: units; b_hn of the GRU"""
    gates_of: int
    """T*G: units"""
    h: int
    """T+1: units, the first state first; c likewise"""
    c: int
    inner: int
    """T: units; LSTM: tanh c; GRU: U_hn h + b_hn"""
    wanted: int
    """(steps / L)*V: steps; 1 where the letter is to come"""
    d_hidden: int
    """B*(C+1): rows, and behind them room for what a store of a whole vector spills; d_input likewise"""
    d_input: int
    d_h: int
    """B: units; d_carry likewise 2, what goes back to the step before"""
    carry: int
    h_by_step: int
    """H: steps; d_h_by_step likewise"""
    d_h_by_step: int
    logits: int
    """(B/L)*V: steps; they become gradients"""
    gaps: int
    """B/L: steps; the loss without its logarithm; sums (of the softmax) and hits (1 where right) likewise"""
    sums: int
    hits: int
    letter_sums: int
    """V*C: rows; a block's share of letter_gradient, which is likewise"""
    letter_gradient: int
    hidden_gradient: int
    """H*C: rows; column j of U's gradient"""
    bias_gradient: int
    """2*C: rows; of b_ih, then of b_hh"""
    head_gradient: int
    """V: units; head_bias_gradient likewise V: the same in all lanes"""
    head_bias_gradient: int
    tally: int
    """2, the loss and the right answers: the same in all lanes"""
    end: int


class Moves(NamedTuple):
    """Numbers to be copied within the memory: each from `source` to the place of the same number in `to`."""

    source: Any
    to: Any


class Layout(NamedTuple):
    """The places; where the packed weights come from; and where the gradients in torch's order do."""

    places: Places
    weights: Moves
    gradients: Moves


def layout_of(gates: int, letters: int, units: int, steps: int, lanes: int, *, relu: bool) -> Layout:
    """Lay a network out that reads a text of so many steps."""
    G, V, H, T, L = gates, letters, units, steps, lanes
    R = G * H
    C, P = -(-R // L), R * (V + H + 2) + V * (H + 1)
    parameters, blocks = -(-P // L), BLOCK // L
    vectors = {
        "values": parameters, "gradient": parameters, "of_letter": V * G, "forward": H * G, "backward": R,
        "hidden_bias": 1, "gates_of": T * G, "h": T + 1, "c": T + 1, "inner": T, "wanted": -(-T // BLOCK) * blocks * V,
        "d_hidden": BLOCK * (C + 1), "d_input": BLOCK * (C + 1), "d_h": BLOCK, "carry": 2, "h_by_step": H,
        "d_h_by_step": H, "logits": blocks * V, "gaps": blocks, "sums": blocks, "hits": blocks, "letter_sums": V * C,
        "letter_gradient": V * C, "hidden_gradient": H * C, "bias_gradient": 2 * C, "head_gradient": V,
        "head_bias_gradient": V, "tally": 2, "end": 0,
    }  # fmt: skip
    begins = np.cumsum([0, *vectors.values()])[:-1].tolist()
    at = Places(V, H, G, R, C, L, 2 * H if G == 3 else R, relu, *begins)
    return Layout(at, _weights(at), _gradients(at))


def _weights(at: Places) -> Moves:
    H, L, U = at.units, at.lanes, at.rows * at.letters
    row, unit = np.divmod(np.arange(at.rows * H), H)
    gate, of = np.divmod(row, H)
    sources, to = [U + row * H + unit] * 2, [
        (at.forward + unit * at.gates + gate) * L + of,
        (at.backward + row) * L + unit,
    ]  # fmt: skip
    if at.gates == 3:
        sources.append(U + at.rows * (H + 1) + 2 * H + np.arange(H))
        to.append(at.hidden_bias * L + np.arange(H))
    return Moves(at.values * L + np.concatenate(sources), np.concatenate(to))


def _gradients(at: Places) -> Moves:
    V, H, L, C = at.letters, at.units, at.lanes, at.compact
    rows, units = np.arange(at.rows), np.arange(H)
    sources = [
        at.letter_gradient * L + np.arange(V) * C * L + rows[:, None],
        at.hidden_gradient * L + units * C * L + rows[:, None],
        at.bias_gradient * L + rows,
        (at.bias_gradient + C) * L + rows,
        at.head_gradient * L + np.arange(V)[:, None] * L + units,
        at.head_bias_gradient * L + np.arange(V) * L,
    ]
    source = np.concatenate([one.ravel() for one in sources])
    return Moves(source, at.gradient * L + np.arange(len(source)))
