"""In which order rows are read: every row once, in lots of equal length where there are any."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lstmviz.fused.units.sequences import order_of


@given(
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=40),
    together=st.integers(1, 40),
    side_by_side=st.integers(1, 20),
)
def test_every_update_reads_its_own_sequences_lot_by_lot_step_by_step(lengths, together, side_by_side):
    together = min(together, len(lengths))
    order = order_of(np.array(lengths), together, side_by_side)
    of_row = np.repeat(np.arange(len(lengths)), lengths)
    step_of_row = np.concatenate([np.arange(n) for n in lengths])
    assert sorted(order.rows) == list(range(sum(lengths)))
    assert len(order.updates) - 1 == -(-len(lengths) // together)
    for u in range(len(order.updates) - 1):
        mine = range(u * together, min((u + 1) * together, len(lengths)))
        seen = []
        for lot in range(order.updates[u], order.updates[u + 1]):
            steps = range(order.lots[lot], order.lots[lot + 1])
            first = order.rows[order.steps[steps[0]] : order.steps[steps[0] + 1]]
            assert 1 <= len(first) <= side_by_side
            seen += of_row[first].tolist()
            for k, step in enumerate(steps):
                rows = order.rows[order.steps[step] : order.steps[step + 1]]
                assert (step_of_row[rows] == k).all()
                np.testing.assert_array_equal(of_row[rows], of_row[first][: len(rows)])
        assert sorted(seen) == list(mine)
        assert seen == order.sequences[mine.start : mine.stop].tolist()
    assert order.equal == all(
        len({lengths[of_row[row]] for row in order.rows[order.steps[a] : order.steps[b]]}) == 1
        for a, b in zip(order.lots[:-1], order.lots[1:], strict=True)
    )
