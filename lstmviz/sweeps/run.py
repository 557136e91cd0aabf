"""Sweeps carried out: bundles from the store where they are known, else trained, in the order in which they come."""

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from threading import Event

from lstmviz._checks import instance, whole_number
from lstmviz.sweeps.config import Bundle, SweepConfig
from lstmviz.sweeps.work import BundleResult, SweepRun, train_bundle

_AHEAD = 2  # bundles handed out beyond those in work: enough that no thread waits, and few results wait in memory


def sweep(config: SweepConfig | None = None, *, threads: int | None = None) -> Generator[SweepRun, None, None]:
    """Train all networks of `config`; yields each as soon as its bundle is done, in no certain order.

    Args:
        config: `SweepConfig()`, the notes' grids of 25 RNNs and 25 LSTMs, if left out.
        threads: how many bundles are trained at once; as many as the machine has cores if left out.

    Raises:
        TypeError: `config` is something else.
        ValueError: `threads` is not between 1 and 1024.
    """
    config = SweepConfig() if config is None else config
    instance("config", config, SweepConfig)
    for result in sweep_bundles(config.bundles(), threads=threads):
        yield from result.runs()


def sweep_bundles(
    bundles: Iterable[Bundle],
    *,
    threads: int | None = None,
    look: Callable[[Bundle, int], None] | None = None,
) -> Generator[BundleResult, None, None]:
    """Train `bundles`; yields each result as it comes. Whoever closes the generator stops the work within moments.

    Args:
        bundles: what to train; taken one by one, so that there may be many.
        threads: as for `sweep`.
        look: told now and then which epoch a bundle has reached, on the thread that trains it.
    """
    threads = whole_number("threads", os.cpu_count() or 1 if threads is None else threads, 1, 1024)
    waiting = iter(bundles)
    stopped = Event()

    def work(bundle: Bundle) -> BundleResult:
        def going_on(epoch: int) -> bool:
            if look is not None:
                look(bundle, epoch)
            return not stopped.is_set()

        return train_bundle(bundle, going_on)

    with ThreadPoolExecutor(threads, thread_name_prefix="sweep") as pool:
        try:
            yield from _as_they_come(lambda bundle: pool.submit(work, bundle), waiting, threads + _AHEAD)
        finally:
            stopped.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _as_they_come(
    submit: Callable[[Bundle], "Future[BundleResult]"], bundles: Iterator[Bundle], most: int
) -> Iterator[BundleResult]:
    """The results of `bundles`, of which at most `most` are handed out at a time."""
    pending = {submit(bundle) for bundle in islice(bundles, most)}
    while pending:
        done, pending = wait(pending, return_when=FIRST_COMPLETED)
        pending |= {submit(bundle) for bundle in islice(bundles, len(done))}
        for future in done:
            yield future.result()
