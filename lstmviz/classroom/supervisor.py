"""Programs that are to run all the time: started, started again when they die, and all stopped at the end."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

LIVED = 30.0
"""Seconds after which a program counts as having run well; one that dies before is started again later and later."""
LONGEST_PAUSE = 30.0
STOP_SECONDS = 10.0
"""Seconds that a program is given to stop by itself."""
_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


@dataclass
class Program:
    """One of them, and how it is doing."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    """added to that of this process"""
    folder: Path | None = None
    """where it runs, if not where this process does"""
    inherits: tuple[int, ...] = ()
    """file descriptors that are handed on"""
    errors: BinaryIO | None = None
    """where its complaints go, if not to the terminal"""
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    pause: float = 0.0
    due: float | None = None
    """when it is to be started again"""


class Supervisor:
    """Keeps programs alive for as long as the `with` block lasts; `look` must be called now and then."""

    def __init__(
        self, programs: Sequence[Program], say: Callable[[str], object], *, stop_seconds: float = STOP_SECONDS
    ) -> None:
        """Take care of `programs`, and tell `say` in a sentence what happens to them."""
        self.programs = list(programs)
        self._say = say
        self._stop_seconds = stop_seconds

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, program: Program) -> None:
        """Start a program.

        Raises:
            OSError: it cannot be started.
        """
        program.began, program.due = time.monotonic(), None
        # In a session of its own: Ctrl-C in the terminal reaches this process alone, which then stops them in order.
        program.process = subprocess.Popen(
            program.command,
            cwd=program.folder,
            env=os.environ | program.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=program.errors,
            pass_fds=program.inherits,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )

    def look(self) -> None:
        """See how the programs are doing, and start again what has died."""
        now = time.monotonic()
        for program in self.programs:
            if program.due is not None and now >= program.due:
                try:
                    self.start(program)
                except OSError as error:
                    self._put_off(program, f"cannot be started ({error.strerror or error})")
            elif program.due is None and program.process is not None and program.process.poll() is not None:
                self._put_off(program, how_it_ended(program.process.returncode))

    def stop(self) -> None:
        """Stop all of them; those that do not stop by themselves are ended."""
        running = [program.process for program in self.programs if program.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + self._stop_seconds
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _put_off(self, program: Program, reason: str) -> None:
        now = time.monotonic()
        lived_well = now - program.began >= LIVED
        program.pause = 0.0 if lived_well else min(max(1.0, 2 * program.pause), LONGEST_PAUSE)
        program.due = now + program.pause
        when = f"in {program.pause:.0f} s" if program.pause else "at once"
        self._say(f"{program.name} {reason}; it is started again {when}.")


def how_it_ended(status: int) -> str:
    """What an exit status says."""
    if status >= 0:
        return f"ended by itself with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"


def _system_calls() -> Any:
    return ctypes.CDLL(None) if sys.platform == "linux" else None


_LIBC = _system_calls()  # before any fork: nothing may be loaded between that and the program's start


def _end_with_parent() -> None:
    """Between fork and start: let the system end this program, should the supervisor be killed without a word."""
    _LIBC.prctl(_WITH_PARENT, signal.SIGTERM)
