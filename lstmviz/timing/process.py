"""A measurement in a process of its own, as the one who asked for it sees it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from lstmviz.timing.harness import Progress
from lstmviz.timing.job import Job
from lstmviz.timing.results import Measurement, read_measurement

COMMAND = (sys.executable, "-m", "lstmviz.timing.worker")
_PACKAGES = Path(__file__).resolve().parents[2]


class FailedError(RuntimeError):
    """A measurement that came to nothing.

    `reason` is "no_gpu", "no_kernels", "memory", "killed" or "error"; `words` are torch's own, if any.
    """

    def __init__(self, reason: str, words: str = "") -> None:
        """Keep why."""
        self.reason, self.words = reason, words
        super().__init__(f"{reason}: {words}" if words else reason)


class StoppedError(RuntimeError):
    """A measurement that was stopped."""


class Process:
    """One measurement; its messages are read by one thread, and any other may stop it."""

    def __init__(self, job: Job, *, command: Sequence[str] = COMMAND) -> None:
        """Start the process."""
        self.job = job
        self._stopped = False
        paths = [str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._child.pid

    def stop(self) -> None:
        """End it at once."""
        self._stopped = True
        self._child.kill()

    def close(self) -> None:
        """End it if it goes on, and let go of it."""
        self._child.kill()
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        with suppress(BrokenPipeError):
            self._child.stdin.close()
        self._child.stdout.close()
        self._child.wait()

    def messages(self, go_on: Callable[[], bool] = lambda: True) -> Iterator[Progress | Measurement]:
        """How far it is, repeat by repeat, and in the end the measurement.

        go_on: asked before each repeat, and may take its time; False stops the measurement.

        Raises:
            FailedError: it came to nothing.
            StoppedError: it was stopped.
        """
        child = self._child
        assert child.stdout is not None
        try:
            with suppress(BrokenPipeError):
                self._tell(json.dumps(self.job.to_dict()))
                for line in child.stdout:
                    found = _understood(line)
                    yield found
                    if isinstance(found, Measurement):
                        return
                    if not go_on():
                        self.stop()
                    self._tell("go on")
            raise StoppedError if self._stopped else FailedError("killed")
        finally:
            self.close()

    def _tell(self, line: str) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(line + "\n")
        self._child.stdin.flush()


def _understood(line: str) -> Progress | Measurement:
    try:
        message = json.loads(line)
        if "failed" in message:
            raise FailedError(str(message["failed"]), str(message.get("sentence", "")))
        if "measurement" in message:
            return read_measurement(message["measurement"])
        return Progress(float(message["share"]), int(message["repeats"]), message["seconds"])
    except (ValueError, KeyError, TypeError):
        raise FailedError("error", line.strip()[:200]) from None
