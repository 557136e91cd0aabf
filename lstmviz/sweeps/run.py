"""Sweeps carried out: bundles from the store where they are known, else trained, in the order in which they come."""

import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, closing, nullcontext
from itertools import islice
from threading import Event
from weakref import WeakSet

from lstmviz.base.checks import instance, whole_number
from lstmviz.base.cores import cores
from lstmviz.sweeps.config import Bundle, SweepConfig
from lstmviz.sweeps.store import Store, engine_digest
from lstmviz.sweeps.work import BundleResult, SweepRun, train_bundle

_open = WeakSet[Event]()  # sweeps under way; the event stops one
_AHEAD = 2  # bundles handed out beyond those in work: enough that no thread waits, and few results wait in memory


def sweep(
    config: SweepConfig | None = None,
    *,
    threads: int | None = None,
    store: Store | None = None,
    scheduler: str | None = None,
) -> Generator[SweepRun, None, None]:
    """Train all networks of `config`; yields each as soon as its bundle is done, in no certain order.

    Args:
        config: `SweepConfig()`, the notes' grids of 25 RNNs and 25 LSTMs, if left out.
        threads: how many bundles are trained at once on this machine; as many as it has cores if left out.
        store: where finished bundles are looked up and kept, so that the same question is answered once; a `Store()`
            is the one of this user. Without one everything is trained.
        scheduler: the address of a Dask scheduler, such as tcp://127.0.0.1:8786, whose workers do the training; that
            in $LSTMVIZ_SCHEDULER, or this machine where that is empty, if left out.

    Raises:
        TypeError: `config` is something else.
        ValueError: `threads` is not between 1 and 1024.
        SchedulerError: the cluster cannot do the work; that it is not there at all is told within 5 s.
    """
    config = SweepConfig() if config is None else config
    instance("config", config, SweepConfig)
    return _runs(sweep_bundles(config.bundles(), threads=threads, store=store, scheduler=scheduler))


def _runs(results: Generator[BundleResult, None, None]) -> Generator[SweepRun, None, None]:
    with closing(results):
        for result in results:
            yield from result.runs()


def sweep_bundles(
    bundles: Iterable[Bundle],
    *,
    threads: int | None = None,
    look: Callable[[Bundle, int], None] | None = None,
    within: Callable[[Bundle], AbstractContextManager[object]] = nullcontext,
    store: Store | None = None,
    scheduler: str | None = None,
) -> Generator[BundleResult, None, None]:
    """Train `bundles`; yields each result as it comes. Whoever closes the generator stops the work within moments.

    Args:
        bundles: what to train; taken one by one, so that there may be many.
        threads: as for `sweep`.
        look: told every few hundredths of a second which epoch a bundle has reached, on the thread that trains it; what
            it raises ends the sweep. Of a cluster's bundles it hears epoch 0, twice a second, for as long as any of
            them is under way.
        within: what a bundle is trained within on this machine, on the thread that trains it; it may be waited for.
        store: as for `sweep`.
        scheduler: as for `sweep`.

    Raises:
        ValueError: `threads` is not between 1 and 1024.
        SchedulerError: as for `sweep`, once the first result is asked for.
    """
    threads = whole_number("threads", cores() if threads is None else threads, 1, 1024)
    scheduler = scheduler_address() if scheduler is None else scheduler
    if scheduler:
        return _on_cluster(scheduler, iter(bundles), look, store)
    return _on_threads(threads, iter(bundles), look, within, store)


def scheduler_address() -> str | None:
    """The cluster that sweeps run on where nothing else is said: $LSTMVIZ_SCHEDULER, or None."""
    return os.environ.get("LSTMVIZ_SCHEDULER", "").strip() or None


def _on_threads(
    threads: int,
    bundles: Iterator[Bundle],
    look: Callable[[Bundle, int], None] | None,
    within: Callable[[Bundle], AbstractContextManager[object]],
    store: Store | None,
) -> Generator[BundleResult, None, None]:
    stopped = Event()

    def work(bundle: Bundle) -> BundleResult:
        def going_on(epoch: int) -> bool:
            if look is not None:
                look(bundle, epoch)
            return not stopped.is_set()

        known = None if store is None else store.get(bundle)
        if known is not None:
            return known
        with within(bundle):
            result = train_bundle(bundle, going_on)
        if store is not None:
            store.put(result)
        return result

    _open.add(stopped)
    with ThreadPoolExecutor(threads, thread_name_prefix="sweep") as pool:
        try:
            yield from _as_they_come(lambda bundle: pool.submit(work, bundle), bundles, threads + _AHEAD)
        finally:
            stopped.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _stop_all() -> None:
    for stopped in _open:
        stopped.set()


# A program that ends with a sweep left open would wait for its bundles: the pools' threads are joined at exit, by a
# function registered like this one, and what is registered later is called before. There is no public way.
getattr(threading, "_register_atexit", lambda function: None)(_stop_all)


def _as_they_come(
    submit: Callable[[Bundle], "Future[BundleResult]"], bundles: Iterator[Bundle], most: int
) -> Iterator[BundleResult]:
    """The results of `bundles`, of which at most `most` are handed out at a time."""
    pending = {submit(bundle) for bundle in islice(bundles, most)}
    while pending:
        done, pending = wait(pending, return_when=FIRST_COMPLETED)
        pending |= {submit(bundle) for bundle in islice(bundles, len(done))}
        while done:  # taken out before it is given away: what nobody keeps is freed
            yield done.pop().result()


def _on_cluster(
    address: str, bundles: Iterator[Bundle], look: Callable[[Bundle, int], None] | None, store: Store | None
) -> Generator[BundleResult, None, None]:
    from lstmviz.sweeps.cluster import on_cluster

    def known(bundle: Bundle) -> BundleResult | None:
        return None if store is None else store.get(bundle)

    def beat(bundle: Bundle) -> None:
        if look is not None:
            look(bundle, 0)

    with closing(on_cluster(address, bundles, known, beat)) as results:
        for digest, result in results:
            if store is not None and digest == engine_digest():
                store.put(result)
            yield result
