"""One step backwards through each cell: `lstmviz.cells` read from its last line to its first.

Every array is (..., H); `d["i"]` stands for dL/di, and so on, with the names of `lstmviz.cells`.
"""

from collections.abc import Mapping

import numpy as np

from lstmviz.cells.step import Array

PRE = {
    "rnn": ("h_pre",),
    "rnn_relu": ("h_pre",),
    "lstm": ("i_pre", "f_pre", "g_pre", "o_pre"),
    "gru": ("r_pre", "z_pre", "n_pre"),
}
"""What W multiplies into, in torch's order."""
RECURRENT = PRE | {"gru": ("r_pre", "z_pre", "n_hidden")}
"""What U multiplies into: in a GRU's candidate the reset gate stands between the product and the sum."""


def step_back(cell: str, v: Mapping[str, Array], dh: Array, carried: Array | None = None) -> dict[str, Array]:
    """All derivatives within a step, by the chain rule (Rumelhart, Hinton & Williams 1986).

    Args:
        cell: "rnn", "rnn_relu", "lstm" or "gru".
        v: what the step computed, with "h_prev" and, for an LSTM, "c_prev".
        dh: dL/dh, all of it.
        carried: of an LSTM, what comes along c from the step after: dL/dc_{t+1} * f_{t+1}.

    Returns:
        By name: "h" as given; an LSTM's c, o, i, f, g; a GRU's n, z, r and n_hidden; and the sums before the
        non-linearities. And what goes on to the step before without a weight: "c_prev" of an LSTM, "h_prev" of a GRU.
        A ReLU counts as flat at 0, as torch takes it.
    """
    match cell:
        case "lstm":
            assert carried is not None
            return _lstm_back(v, dh, carried)
        case "gru":
            return _gru_back(v, dh)
        case "rnn_relu":
            return {"h": dh, "h_pre": np.where(v["h_pre"] > 0, dh, 0.0)}
        case _:
            return {"h": dh, "h_pre": dh * (1 - v["h"] ** 2)}


def joined(names: tuple[str, ...], d: Mapping[str, Array]) -> Array:
    """The gates of `names` in one row, (..., G*H), as torch stacks their weights."""
    return np.concatenate([d[name] for name in names], axis=-1)


def _lstm_back(v: Mapping[str, Array], dh: Array, carried: Array) -> dict[str, Array]:
    """Of h = o tanh(c), c = f c_prev + i g."""
    i, f, g, o = v["i"], v["f"], v["g"], v["o"]
    tanh_c = np.tanh(v["c"])
    dc = dh * o * (1 - tanh_c**2) + carried
    do, di, df, dg = dh * tanh_c, dc * g, dc * v["c_prev"], dc * i
    return {
        "h": dh,
        "c": dc,
        "o": do,
        "i": di,
        "f": df,
        "g": dg,
        "i_pre": di * i * (1 - i),
        "f_pre": df * f * (1 - f),
        "g_pre": dg * (1 - g**2),
        "o_pre": do * o * (1 - o),
        "c_prev": dc * f,
    }


def _gru_back(v: Mapping[str, Array], dh: Array) -> dict[str, Array]:
    """Of h = (1 - z) n + z h_prev, n = tanh(W_n x + b + r n_hidden)."""
    r, z, n = v["r"], v["z"], v["n"]
    dn, dz = dh * (1 - z), dh * (v["h_prev"] - n)
    n_pre = dn * (1 - n**2)
    dr = n_pre * v["n_hidden"]
    return {
        "h": dh,
        "n": dn,
        "z": dz,
        "r": dr,
        "n_hidden": n_pre * r,
        "r_pre": dr * r * (1 - r),
        "z_pre": dz * z * (1 - z),
        "n_pre": n_pre,
        "h_prev": dh * z,
    }
