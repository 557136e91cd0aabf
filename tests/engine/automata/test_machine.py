"""Automata, against the definitions of Tomita's languages and against walks through all texts."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmviz.automata.fold import fold
from lstmviz.automata.machine import Machine, completed, isomorphic, merged, minimise, parting_text, reached


def acceptor(accepting: str, moves: dict[str, str]) -> Machine:
    """States by single letters, the first of `moves` the start; "ab" is where 0 and 1 lead, "." nowhere."""
    names = list(moves)
    rows = tuple(tuple(None if to == "." else names.index(to) for to in ends) for ends in moves.values())
    return Machine(("0", "1"), tuple(name in accepting for name in names), rows)


# Tomita (1982), with the number of states of the minimal total automaton. Some are written with states to spare.
TOMITA = {
    1: (2, acceptor("a", {"a": ".a"}), lambda w: "0" not in w),
    2: (3, acceptor("a", {"a": ".b", "b": "a."}), lambda w: re.fullmatch("(10)*", w)),
    3: (
        5,
        acceptor("abde", {"a": "eb", "b": "ca", "c": "d.", "d": "cb", "e": "ab"}),
        # no run of 1s of odd length stands before a run of 0s of odd length
        lambda w: not re.search("(?<!1)1(11)*0(00)*(?!0)", w),
    ),
    4: (4, acceptor("abc", {"a": "ba", "b": "ca", "c": ".a"}), lambda w: "000" not in w),
    5: (
        4,
        acceptor("a", {"a": "bc", "b": "ad", "c": "da", "d": "cb"}),
        lambda w: w.count("0") % 2 == 0 and w.count("1") % 2 == 0,
    ),
    6: (
        3,
        acceptor("ad", {"a": "bc", "b": "cd", "c": "db", "d": "bc"}),
        lambda w: (w.count("0") - w.count("1")) % 3 == 0,
    ),
    7: (5, acceptor("abcd", {"a": "ab", "b": "cb", "c": "cd", "d": ".d"}), lambda w: re.fullmatch("0*1*0*1*", w)),
}


@pytest.mark.parametrize("number", TOMITA)
def test_tomitas_languages_have_minimal_automata_of_the_published_sizes(number):
    size, machine, belongs = TOMITA[number]
    total = completed(machine, False)
    smallest = minimise(total)
    assert smallest.total
    for length in range(12):
        for letters in product("01", repeat=length):
            word = "".join(letters)
            assert smallest.says(word) == total.says(word) == bool(belongs(word)), word
    assert smallest.size == size


@st.composite
def machines(draw, partial: bool = False, alphabet: str = "ab") -> Machine:
    size = draw(st.integers(1, 7))
    ends = st.integers(0, size - 1) | st.none() if partial else st.integers(0, size - 1)
    rows = draw(st.lists(st.tuples(*[ends] * len(alphabet)), min_size=size, max_size=size))
    outputs = draw(st.lists(st.sampled_from(alphabet), min_size=size, max_size=size))
    return Machine(tuple(alphabet), tuple(outputs), tuple(rows), draw(st.integers(0, size - 1)))


def texts(machine: Machine, length: int) -> dict[str, object]:
    """What it says after each text to a length that it can read."""
    words = ("".join(letters) for n in range(length + 1) for letters in product(machine.alphabet, repeat=n))
    return {word: machine.says(word) for word in words if machine.run(word)[-1] is not None}


def same_future(machine: Machine, a: int, b: int) -> bool:
    return texts(Machine(machine.alphabet, machine.outputs, machine.moves, a), 7) == texts(
        Machine(machine.alphabet, machine.outputs, machine.moves, b), 7
    )


@given(machines(partial=True) | machines())
def test_a_minimal_machine_says_the_same_and_has_no_two_states_of_one_future(machine):
    smallest = minimise(machine)
    assert texts(smallest, 7) == texts(machine, 7)
    assert smallest.size <= machine.size
    assert reached(smallest) == smallest
    assert not any(same_future(smallest, a, b) for a in range(smallest.size) for b in range(a))


@given(machines(partial=True), st.randoms())
def test_a_machine_is_isomorphic_to_itself_under_other_numbers_and_another_order_of_letters(machine, random):
    new = list(range(machine.size))
    random.shuffle(new)
    old = [new.index(state) for state in range(machine.size)]
    moves = tuple(tuple(None if to is None else new[to] for to in reversed(machine.moves[state])) for state in old)
    outputs = tuple(machine.outputs[state] for state in old)
    other = Machine(machine.alphabet[::-1], outputs, moves, new[machine.start])
    assert isomorphic(machine, other)
    assert isomorphic(minimise(machine), minimise(other))
    assert parting_text(machine, other) is None


@given(machines(), machines())
def test_a_parting_text_parts_and_no_shorter_one_does(a, b):
    parting = parting_text(a, b)
    known_a, known_b = texts(a, 7), texts(b, 7)
    if parting is None:
        assert known_a == known_b
        assert isomorphic(minimise(a), minimise(b))
        return
    assert a.says(parting) != b.says(parting)
    assert all(known_a[word] == known_b[word] for word in known_a if len(word) < len(parting))
    assert not isomorphic(minimise(a), minimise(b))


def test_texts_that_only_one_can_read_do_not_part_unless_they_are_completed():
    a, b = acceptor("a", {"a": "aa"}), acceptor("a", {"a": "a."})
    assert parting_text(a, b) is None
    assert not isomorphic(a, b)
    assert parting_text(a, completed(b, False)) == ("1",)


@given(machines(partial=True))
def test_folding_keeps_all_that_was_said(machine):
    folded = fold(machine)
    said = texts(folded.machine, 7)
    assert {word: said[word] for word in texts(machine, 7)} == texts(machine, 7)
    assert folded.machine.size <= minimise(machine).size
    if machine.total:
        assert isomorphic(folded.machine, minimise(machine))


@given(st.lists(st.tuples(st.integers(0, 1) | st.none(), st.integers(0, 1) | st.none()), min_size=3, max_size=3))
def test_what_is_called_smallest_is_so_among_all_partitions(rows):
    """Of three states in a chain with some moves open: every way to join them is tried."""
    moves = tuple(tuple(None if to is None else (state + to) % 3 for to in row) for state, row in enumerate(rows))
    machine = minimise(Machine(("a", "b"), ("a", "a", "b"), moves))
    possible = []
    for classes in product(range(machine.size), repeat=machine.size):
        try:
            possible.append(merged(machine, classes).size)
        except ValueError:
            continue
    folded = fold(machine)
    if folded.smallest:
        assert folded.machine.size == min(possible)
    assert folded.machine.size >= min(possible)


def test_open_letters_let_states_be_joined_that_minimising_keeps():
    # abaB told by one who says b after each a: read on, the places differ only by what comes
    machine = Machine(
        ("a", "b", "B"), ("b", "a", "b", "a"), ((None, 1, None), (2, None, None), (None, None, 3), (0, None, None))
    )
    assert minimise(machine).size == 4
    assert fold(machine).machine == Machine(("a", "b", "B"), ("b", "a"), ((None, 1, 1), (0, None, None)))
    assert fold(machine).smallest


def test_what_is_no_machine_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="`moves` must have a row for each output"):
        Machine(("a",), ("x", "y"), ((0,),))
    with pytest.raises(ValueError, match="must name states between 0 and 0; got 1"):
        Machine(("a",), ("x",), ((1,),))
    with pytest.raises(ValueError, match="`text` must be of the letters a; got 'q'"):
        Machine(("a",), ("x",), ((0,),)).run("aq")
    with pytest.raises(ValueError, match="`b` must read the letters a; got b"):
        parting_text(Machine(("a",), ("x",), ((0,),)), Machine(("b",), ("x",), ((0,),)))
    with pytest.raises(ValueError, match="must join states that say the same"):
        merged(Machine(("a",), ("x", "y"), ((0,), (1,))), [0, 0])
    with pytest.raises(ValueError, match="must lead into one class"):
        merged(Machine(("a",), ("x", "x", "y"), ((1,), (2,), (2,))), [0, 0, 1])
