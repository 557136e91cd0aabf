"""How a thing is timed, on a clock and a device of the tests' own."""

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmviz.timing.harness import LEAST_REPEATS, WARM_UPS, Progress, Timed, measure, summary


class Device:
    """Work that is asked for takes its time only when it is waited for; time goes on with nothing else."""

    def __init__(self, *seconds: float) -> None:
        self.now = 0.0
        self.seconds = list(seconds)
        self.asked = 0.0
        self.done = 0
        self.waited = 0

    def work(self) -> None:
        self.asked += self.seconds[min(self.done, len(self.seconds) - 1)]
        self.done += 1

    def synchronise(self) -> None:
        self.now += self.asked
        self.asked = 0.0
        self.waited += 1

    def clock(self) -> float:
        return self.now


def timed(device: Device, budget: float) -> tuple[list[Progress], Timed]:
    *progress, last = measure(device.work, budget=budget, synchronise=device.synchronise, clock=device.clock)
    assert isinstance(last, Timed)
    assert all(isinstance(one, Progress) for one in progress)
    return progress, last


def test_a_device_that_works_on_by_itself_is_waited_for():
    _, found = timed(Device(0.2), 10)
    assert (found.least, found.median, found.most) == pytest.approx((0.2, 0.2, 0.2))


def test_the_first_times_do_not_count():
    device = Device(*[5.0] * WARM_UPS, 0.1)
    _, found = timed(device, 20)
    assert found.most == pytest.approx(0.1)


def test_what_is_always_the_same_is_over_before_its_time_is():
    device = Device(0.1)
    _, found = timed(device, 1000)
    assert found.repeats < 20
    assert found.spread < 1e-9


def test_what_varies_is_repeated_until_the_time_is_up():
    seconds = list(np.random.default_rng(0).uniform(0.05, 0.15, 2000))
    device = Device(*seconds)
    progress, found = timed(device, 5)
    assert 5 < device.now < 5.6
    assert found.low < found.median < found.high
    shares = [one.share for one in progress]
    assert shares == sorted(shares)
    assert shares[-1] < 1


def test_however_short_the_time_there_are_some_repeats():
    device = Device(30.0)
    _, found = timed(device, 1)
    assert found.repeats == LEAST_REPEATS
    assert device.done == 1 + LEAST_REPEATS  # it has no time to get warm twice


def test_what_is_over_at_once_is_done_many_times_within_a_repeat():
    _, found = timed(Device(1e-5), 1)
    assert found.inner == 500  # five thousandths of a second
    assert found.median == pytest.approx(1e-5)


def test_work_that_takes_no_time_on_the_clock_ends_too():
    device = Device(0.0)
    found = measure(device.work, budget=0, synchronise=device.synchronise, clock=device.clock)
    assert isinstance(list(found)[-1], Timed)


def test_it_is_synchronised_around_every_repeat():
    device = Device(0.1)
    _, found = timed(device, 1000)
    assert device.waited == 2 * (WARM_UPS + found.repeats)


@given(st.lists(st.floats(1e-6, 10), min_size=1, max_size=40))
def test_the_interval_lies_around_the_median(seconds):
    found = summary(seconds)
    assert found.least <= found.low <= found.median <= found.high <= found.most
    assert found.median == statistics.median(seconds)


@pytest.mark.parametrize("count", [6, 15, 30])
def test_the_interval_holds_the_true_median_in_nineteen_of_twenty_cases(count):
    chance = np.random.default_rng(count)
    samples = chance.exponential(1.0, (2000, count))
    hits = [found.low <= np.log(2) <= found.high for found in map(summary, samples.tolist())]
    assert np.mean(hits) > 0.94
