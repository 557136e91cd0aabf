"""Bundles on a Dask cluster, for sweeps that one machine is too small for. `dask.distributed` is imported here only."""

import json
import queue
import re
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from dataclasses import asdict
from threading import Thread
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from lstmviz.sweeps.config import Bundle
from lstmviz.sweeps.store import code_digest, engine_digest
from lstmviz.sweeps.work import BundleResult, train_bundle

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 2.5
PATIENCE_SECONDS = 4.0
"""In which a scheduler must have answered and have a worker."""
LOST_SECONDS = 20.0
"""How long a sweep under way waits for new workers once it has lost all."""
_LOOK_SECONDS = 0.5
_GATHER_SECONDS = 10.0  # a result of some megabytes takes a moment
_ADDRESS = re.compile(r"(?:tcp|tls)://(?:\[[0-9A-Fa-f:.%]+\]|[^\s/:\[\]]+):(\d{1,5})")
_SENTENCES = {
    "address": "`scheduler` must be an address such as tcp://127.0.0.1:8786; got {address!r}.",
    "missing": "Sweeps on a cluster need dask.distributed; install it with `pip install distributed`.",
    "unreachable": (
        "No Dask scheduler answers at {address}; start one with `python -m dask scheduler`, or correct the address."
    ),
    "no_workers": "The Dask scheduler at {address} has no workers; start some with `python -m dask worker {address}`.",
    "version": (
        "The cluster at {address} has other versions of lstmviz, numpy, numba or torch, or none; "
        "install the same ones as here."
    ),
}


class SchedulerError(RuntimeError):
    """The cluster cannot do the work; its message is one sentence that says what would help.

    Attributes:
        reason: "address" (it is none), "missing" (dask.distributed is not installed here), "unreachable" (nobody
            answers there, or nobody any more), "no_workers" (none, none any more, or only such as die at their work),
            or "version" (scheduler or workers have another lstmviz, numpy, numba or torch, or none).
        address: the one asked for.
    """

    def __init__(self, reason: str, address: str) -> None:
        super().__init__(_SENTENCES[reason].format(address=address))
        self.reason = reason
        self.address = address

    def __reduce__(self) -> Any:
        return type(self), (self.reason, self.address)


def cluster_threads(address: str) -> int:
    """How many bundles the cluster at `address` trains at once.

    Raises:
        SchedulerError: it cannot do the work; told within 5 s.
    """
    with _connected(address) as client:
        return _threads(client, address)


def on_cluster(
    address: str,
    bundles: Iterator[Bundle],
    known: Callable[[Bundle], BundleResult | None],
    beat: Callable[[Bundle], None],
) -> Generator[tuple[str, BundleResult], None, None]:
    """Train `bundles` on the workers of the scheduler at `address`.

    Yields each result with the `engine_digest` of its worker, "" if it was known: a worker with another kind of
    processor may round differently. A bundle whose worker dies is trained again by another. Whoever closes the
    generator takes back what is handed out.

    Args:
        address: such as tcp://127.0.0.1:8786.
        bundles: taken one by one: few more than the workers have threads are handed out at a time.
        known: the result of a bundle that need not be trained, or None.
        beat: told a bundle that is handed out, about twice a second; what it raises ends the sweep.

    Raises:
        SchedulerError: the cluster cannot do the work, or not any more.
    """

    # Local, and given plain text: the scheduler unpickles it, and need neither have lstmviz nor wait for torch.
    def there(words: str, code: str) -> Any:
        from lstmviz.sweeps.cluster import train_there

        return train_there(words, code)

    with _connected(address) as client:
        arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()
        pending: dict[Any, Bundle] = {}
        threads, last_alive = _threads(client, address), time.monotonic()
        try:
            while True:
                while len(pending) < 2 * threads:  # so that no worker waits for its next bundle
                    bundle = next(bundles, None)
                    if bundle is None:
                        break
                    result = known(bundle)
                    if result is not None:
                        yield "", result
                        continue
                    future = client.submit(there, json.dumps(asdict(bundle)), code_digest(), key=f"lstmviz-{uuid4()}")
                    pending[future] = bundle
                    future.add_done_callback(arrived.put)
                if not pending:
                    return
                try:
                    future = arrived.get(timeout=_LOOK_SECONDS)
                except queue.Empty:
                    beat(next(iter(pending.values())))
                    threads = _threads(client, address, LOST_SECONDS)
                    last_alive = time.monotonic() if threads else last_alive
                    if time.monotonic() - last_alive > LOST_SECONDS:
                        raise SchedulerError("no_workers", address) from None
                else:
                    del pending[future]
                    last_alive = time.monotonic()
                    yield _result(client, future, address)
        finally:
            with suppress(Exception):  # the connection may be what failed
                client.cancel(list(pending))


@contextmanager
def _connected(address: str) -> Iterator["Client"]:
    """A client of the scheduler at `address`, which has at least one worker.

    Raises:
        SchedulerError: there is no such thing.
    """
    port = _ADDRESS.fullmatch(address)
    if port is None or not 0 < int(port[1]) < 2**16:
        raise SchedulerError("address", address)
    try:
        from distributed import Client
    except ImportError:
        raise SchedulerError("missing", address) from None
    deadline = time.monotonic() + PATIENCE_SECONDS
    made: Future[Client] = Future()

    def make() -> None:
        try:
            made.set_result(Client(address, timeout=CONNECT_SECONDS, set_as_default=False))
        except BaseException as failure:
            made.set_exception(failure)

    # On a thread, because the client waits without end for one who listens there and says nothing.
    Thread(target=make, name="connect", daemon=True).start()
    try:
        client = made.result(PATIENCE_SECONDS)
    except Exception as refusal:  # OSError, TimeoutError, and whatever one who speaks another language makes of it
        made.add_done_callback(lambda late: late.exception() or late.result().close())
        raise SchedulerError("unreachable", address) from refusal
    try:
        while not _threads(client, address):
            if time.monotonic() > deadline:
                raise SchedulerError("no_workers", address)
            time.sleep(0.1)
        yield client
    finally:
        with suppress(Exception):  # it may have lost its scheduler
            client.close()


def _threads(client: "Client", address: str, patience: float = CONNECT_SECONDS) -> int:
    """The threads of all workers, told within `patience` seconds.

    Raises:
        SchedulerError: the scheduler is gone.
    """
    try:
        return sum(client.nthreads(callback_timeout=patience).values())
    except Exception as refusal:
        raise SchedulerError("unreachable", address) from refusal


def _result(client: "Client", future: Any, address: str) -> tuple[str, BundleResult]:
    """What came of `future`, which was done: if its worker dies before it has handed that over, another does it again.

    Raises:
        SchedulerError: nothing, for want of a scheduler or a worker.
    """
    from distributed import KilledWorker
    from distributed.comm import CommClosedError

    last_alive = time.monotonic()
    try:
        while (found := _gathered(future)) is None:
            if _threads(client, address, LOST_SECONDS):
                last_alive = time.monotonic()
            elif time.monotonic() - last_alive > LOST_SECONDS:
                raise SchedulerError("no_workers", address)
        digest, result = found
    # A client that loses its scheduler takes its futures for cancelled, or breaks off in the middle of an answer.
    except (CancelledError, CommClosedError) as lost:
        raise SchedulerError("unreachable", address) from lost
    except KilledWorker as lost:
        raise SchedulerError("no_workers", address) from lost
    except ImportError as other:
        raise SchedulerError("version", address) from other
    if result is None:
        raise SchedulerError("version", address)
    return digest, result


def _gathered(future: Any) -> Any:
    """The result of `future`, or None if it does not come for a while: without a timeout that would have no end."""
    try:
        return future.result(timeout=_GATHER_SECONDS)
    except TimeoutError:
        return None


def train_there(words: str, code: str) -> tuple[str, BundleResult | None]:
    """On a worker: train the bundle in `words`, given up once the client has no use for it.

    Returns the worker's `engine_digest` and the result; None if its `code_digest` is not `code`.
    """
    from distributed import get_worker
    from distributed.worker import thread_state

    if code != code_digest():
        return "", None
    fields = json.loads(words)
    known = get_worker().state.tasks

    def wanted(_: int) -> bool:
        task = known.get(thread_state.key)
        return task is not None and task.state != "cancelled"

    return engine_digest(), train_bundle(Bundle(**fields | {"seeds": tuple(fields["seeds"])}), wanted)
