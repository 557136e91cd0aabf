"""Networks built by hand, whose automaton is known."""

import torch

import lstmviz as lv
from lstmviz.automata.machine import Machine

SURE = 30.0  # a weight that saturates tanh and sigmoid


def network(cell: str, letters: int, hidden: int, **parameters: list) -> lv.Model:
    """A float64 network with these weights, ih, hh, b, head, head_b, and zeros for those left out."""
    model = lv.build_model(
        lv.ModelConfig(cell=cell, input_size=letters, hidden_size=hidden, output_size=letters, dtype="float64")
    )
    layer = model.recurrent
    homes = {
        "ih": layer.weight_ih_l0,
        "hh": layer.weight_hh_l0,
        "b": layer.bias_ih_l0,
        "head": model.head.weight,
        "head_b": model.head.bias,
    }
    with torch.no_grad():
        for tensor in model.parameters():
            tensor.zero_()
        for name, values in parameters.items():
            homes[name].copy_(torch.tensor(values, dtype=torch.float64))
    return model


def parity() -> tuple[lv.Model, Machine]:
    """A tanh network that names, of the letters 0 and 1, how many 1s it has read, odd or even.

    With p the parity so far, one unit is p or x, the other p and x, and the new parity is their difference.
    """
    model = network(
        "rnn",
        2,
        2,
        ih=[[0, SURE], [0, SURE]],
        hh=[[SURE / 2, -SURE / 2], [SURE / 2, -SURE / 2]],
        b=[-SURE / 2, -1.5 * SURE],
        head=[[0, 0], [1, -1]],
        head_b=[0, -1],
    )
    return model, Machine(("0", "1"), ("0", "1"), ((0, 1), (1, 0)))


def latch(cell: str) -> tuple[lv.Model, Machine]:
    """A network of one unit that names the last of a and b that it read, and c before; c itself changes nothing."""
    head = {"head": [[1], [-1], [0]], "head_b": [0, 0, 0.5]}
    match cell:
        case "rnn":
            model = network(cell, 3, 1, ih=[[2 * SURE, -2 * SURE, 0]], hh=[[SURE]], **head)
        case "gru":  # r, z, n
            ih = [[0, 0, 0], [-SURE, -SURE, SURE], [SURE, -SURE, 0]]
            model = network(cell, 3, 1, ih=ih, **head)
        case _:  # i, f, g, o
            ih = [[SURE, SURE, -SURE], [-SURE, -SURE, SURE], [SURE, -SURE, 0], [SURE, SURE, SURE]]
            model = network("lstm", 3, 1, ih=ih, **head)
    return model, Machine(("a", "b", "c"), ("c", "a", "b"), ((1, 2, 0), (1, 2, 1), (1, 2, 2)))


def shift_register() -> tuple[lv.Model, Machine]:
    """A tanh network that names the letter before the last, of a and b, and takes what was before the start for a."""
    model = network(
        "rnn",
        2,
        2,
        ih=[[SURE, -SURE], [0, 0]],
        hh=[[0, 0], [SURE, 0]],
        head=[[0, 1], [0, -1]],
    )
    outputs = ("a", "a", "b", "b")  # the states are aa, ab, ba, bb
    return model, Machine(("a", "b"), outputs, ((0, 1), (2, 3), (0, 1), (2, 3)))


def of_machine(machine: Machine) -> lv.Model:
    """A ReLU network that is this total machine exactly, its outputs being letters.

    A unit for each state q and letter a is 1 after a was read in q, all others 0. At the start all are 0: the units of
    the first state take that for their own.
    """
    letters = len(machine.alphabet)
    units = [(state, letter) for state in range(machine.size) for letter in range(letters)]
    ends = [machine.moves[state][letter] for state, letter in units]
    ih = [[float(letter == own) for letter in range(letters)] for _, own in units]
    hh = [
        [-float(end != state) if state == machine.start else float(end == state) for end in ends] for state, _ in units
    ]
    return network(
        "rnn_relu",
        letters,
        len(units),
        ih=ih,
        hh=hh,
        b=[0.0 if state == machine.start else -1.0 for state, _ in units],
        head=[[float(machine.outputs[end] == letter) for end in ends] for letter in machine.alphabet],
        head_b=[0.5 * (machine.outputs[machine.start] == letter) for letter in machine.alphabet],
    )


def last_letter(pattern_letters: int, said: list[int], count: bool = False) -> lv.Model:
    """It knows the last letter alone and says said[letter]; with `count`, an LSTM whose last cell counts up."""
    letters = pattern_letters
    eye = [[SURE * (1 if row == column else -1) for column in range(letters)] for row in range(letters)]
    head = [[float(said[last] == named) for last in range(letters)] for named in range(letters)]
    if not count:
        return network("rnn", letters, letters, ih=eye, head=head)
    units = letters + 1
    always, never = [SURE] * letters, [-SURE] * letters
    ih = [always] * units + [never] * letters + [always] + [*eye, always] + [always] * units
    return network("lstm", letters, units, ih=ih, head=[[*row, 0.0] for row in head])
