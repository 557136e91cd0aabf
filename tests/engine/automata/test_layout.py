"""Drawings of automata."""

import numpy as np
import pytest
from hypothesis import example, given, settings

import lstmviz as lv
from lstmviz.automata.layout import layout
from lstmviz.automata.machine import Machine
from lstmviz.automata.needed import needed

from .test_machine import machines


@pytest.mark.parametrize("pattern", ["abaB", "AbAcAd", "abcdabcD"])
def test_a_period_is_a_ring_in_the_order_of_the_pattern_clockwise_from_the_top(pattern):
    drawn = layout(needed(lv.alphabet_task(pattern)))
    x, y = drawn.positions.T
    np.testing.assert_allclose(x**2 + y**2, 1)
    np.testing.assert_allclose((x[0], y[0]), (0, 1), atol=1e-12)
    turns = np.diff(np.unwrap(np.arctan2(y, x)))
    np.testing.assert_allclose(turns, -2 * np.pi / len(pattern))


def test_letters_on_one_way_share_an_arrow_and_loops_are_kept():
    machine = Machine(("a", "b", "c"), ("x", "y"), ((1, 1, 0), (0, None, None)))
    drawn = [(edge.source, edge.target, edge.letters, edge.bent) for edge in layout(machine).edges]
    assert drawn == [(0, 0, ("c",), True), (0, 1, ("a", "b"), True), (1, 0, ("a",), True)]


@settings(max_examples=30, deadline=None)
@given(machines(partial=True, alphabet="abc"))
@example(
    Machine(  # three parts that no way joins
        tuple("abc"),
        tuple("aaaaaaa"),
        ((0, None, None), (None,) * 3, (1, None, None), (0, None, 2), (None,) * 3, (None, None, 6), (None,) * 3),
        start=1,
    )
)
def test_no_two_states_meet_and_the_same_machine_is_drawn_the_same(machine):
    drawn, again = layout(machine), layout(machine)
    np.testing.assert_array_equal(drawn.positions, again.positions)
    assert drawn.positions.shape == (machine.size, 2)
    assert np.abs(drawn.positions).max() <= 1 + 1e-12
    apart = np.linalg.norm(drawn.positions[:, None] - drawn.positions, axis=-1)
    assert (apart[~np.eye(machine.size, dtype=bool)] > 0.05).all()
    assert sum(len(edge.letters) for edge in drawn.edges) == sum(to is not None for row in machine.moves for to in row)


def test_a_text_may_give_the_order():
    machine = Machine(("a",), ("x", "y", "z", "w"), ((2,), (0,), (3,), (1,)))
    np.testing.assert_allclose(
        layout(machine, [0, 2, 3, 1, 0]).positions, [(0, 1), (-1, 0), (1, 0), (0, -1)], atol=1e-12
    )
    with pytest.raises(ValueError, match="`order` must name states between 0 and 3; got"):
        layout(machine, [4])
