"""The command line: start the servers and the proxy, say where the class finds them, and stay until Ctrl-C."""

import argparse
import errno
import secrets
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NoReturn

from lstmviz.classroom import room
from lstmviz.classroom.health import is_well
from lstmviz.classroom.plan import Plan, cores, everywhere, find_haproxy, is_free, listen, own_ports, servers_that_fit
from lstmviz.classroom.proxy import configuration
from lstmviz.classroom.supervisor import Program, Supervisor, how_it_ended

APP = Path(__file__).parents[2] / "app.py"
START_SECONDS = 120.0
"""Within which a server must answer for the first time."""
_LOOK = 0.1  # seconds between two looks
_TRIES = 3
_NO_HAPROXY = (
    "HAProxy is not installed, so one server takes the whole class, on one core of {cores}. For a server a core, "
    "install it (Debian, Ubuntu: sudo apt install haproxy; macOS: brew install haproxy) and start again."
)
_NO_NETWORK = "This machine is in no network: only its own browser finds the dashboard."


class _Parser(argparse.ArgumentParser):
    """Complains in one sentence, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message.removeprefix('argument ')}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what `arguments`, those of the process if left out, ask for; returns the exit status.

    0: stopped by Ctrl-C or SIGTERM; 1: the dashboard does not start; 2: bad input, said in one sentence on stderr (as
    SystemExit).
    """
    parser = _Parser(prog="lstmviz.classroom", description="The dashboard for a class, a server a core.")
    parser.add_argument("--port", default="8600", help="where the class finds it (8600)")
    parser.add_argument("--servers", help="how many servers (one a core, as far as the memory goes)")
    parser.add_argument("--address", help="this machine's address in the room's network (found out if left out)")
    options = parser.parse_args(arguments)
    haproxy = find_haproxy()
    try:
        servers = servers_that_fit() if options.servers is None else _whole("SERVERS", options.servers)
        plan = Plan(port=_whole("PORT", options.port), servers=servers, haproxy=haproxy)
        if not APP.exists():
            raise ValueError(f"The dashboard itself is not here ({APP}): start this in the project's folder.")
    except ValueError as error:
        parser.error(str(error))
    try:
        with _Stopped() as stopped:
            return _serve(plan, options.address, stopped)
    except OSError as error:
        parser.error(_about_port(plan.port, error))


def _whole(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{name} must be a whole number; got {text!r:.40}.") from None


def _about_port(port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"PORT {port} is taken by another program: choose another one, as in: make class PORT={port + 1}."
        case errno.EACCES | errno.EPERM:
            return f"PORT {port} is reserved for the system: choose one from 1024 on, as in: make class PORT=8600."
        case _:
            return f"The servers cannot be started: {error.strerror or error}."


class _Stopped:
    """Whether somebody wants it to stop; within its `with` block signals only set this."""

    def __init__(self) -> None:
        self._asked = False
        self._before: dict[int, object] = {}

    def __call__(self) -> bool:
        return self._asked

    def __enter__(self) -> "_Stopped":
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if (number := getattr(signal, name, None)) is not None:
                self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _ask(self, *_: object) -> None:
        self._asked = True


def _serve(plan: Plan, address: str | None, stopped: Callable[[], bool]) -> int:
    """Start everything and stay until somebody wants it to stop."""
    known = address or room.address()
    url = f"http://{known or 'localhost'}:{plan.port}"
    with ExitStack() as stack:
        listener = stack.enter_context(closing(listen(plan.port)))
        if plan.alone:
            listener.close()  # it was free: the server listens there itself
        kept = stack.enter_context(Supervisor([], _say))
        ports = _start_servers(kept, plan, known, stopped)
        if not ports:
            return 0 if stopped() else 1
        if not plan.alone:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lstmviz-class-")))
            proxy = _proxy(plan, listener, ports, folder)
            kept.programs.append(proxy)
            kept.start(proxy)
            if not _wait(kept, [plan.port], stopped):
                sys.stderr.write((folder / "log").read_text(errors="replace"))
                return 0 if stopped() else 1
        _greet(plan, url, known is not None)
        while not stopped():
            time.sleep(_LOOK)
            kept.look()
        _say("Stopping.")
    return 0


def _start_servers(kept: Supervisor, plan: Plan, known: str | None, stopped: Callable[[], bool]) -> list[int]:
    """Start the servers, and wait until they answer; their ports, or none.

    Until a server listens, which takes seconds, another program may take its port; then they start behind others.
    """
    secret = secrets.token_hex(32)  # one for all, so that what one server signs the others know
    for _ in range(_TRIES):
        ports = [plan.port] if plan.alone else own_ports(plan.port, plan.servers)
        kept.programs = [_server(k, port, plan, known, secret) for k, port in enumerate(ports, 1)]
        for server in kept.programs:
            kept.start(server)
        if _wait(kept, ports, stopped):
            return ports
        kept.stop()
        taken = [f"{port}" for port in ports if not is_free(port)]
        if stopped() or plan.alone or not taken:
            break
        _say(f"Another program has taken port {', '.join(taken)} meanwhile; the servers start again behind others.")
    return []


def _server(number: int, port: int, plan: Plan, known: str | None, secret: str) -> Program:
    options = {
        "server.address": everywhere() if plan.alone else "127.0.0.1",
        "server.port": port,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        # With this Streamlit need not find out where it is, for which it would ask a host outside.
        "browser.serverAddress": known or "localhost",
        "browser.serverPort": plan.port,
        "logger.hideWelcomeMessage": "true",
        "logger.level": "warning",
    }
    command = [
        sys.executable,
        "-m",
        "lstmviz.classroom.server",
        "run",
        str(APP),
        *(f"--{key}={value}" for key, value in options.items()),
    ]
    share = cores() if plan.alone else max(1, cores() // plan.servers)  # so that the servers share the cores
    environment = {"STREAMLIT_SERVER_COOKIE_SECRET": secret, "LSTMVIZ_SLOTS": str(share)}
    return Program(f"Server {number}", command, environment, folder=APP.parent)  # where the dashboard's settings are


def _proxy(plan: Plan, listener: socket.socket, ports: Sequence[int], folder: Path) -> Program:
    """HAProxy, with its configuration and what it says in `folder`: it speaks of servers that come and go, as we do."""
    file = folder / "haproxy.cfg"
    file.write_text(configuration(listener.fileno(), ports, f"lstmviz{plan.port}"))
    command = [str(plan.haproxy), "-db", "-f", str(file)]
    return Program("HAProxy", command, inherits=(listener.fileno(),), errors=(folder / "log").open("ab"))


def _wait(kept: Supervisor, ports: Sequence[int], stopped: Callable[[], bool]) -> bool:
    """Wait until something answers at all `ports`; whether it does."""
    deadline = time.monotonic() + START_SECONDS
    missing = list(ports)
    while missing and not stopped():
        for program in kept.programs:
            if program.process is not None and program.process.poll() is not None:
                _say(
                    f"{program.name} {how_it_ended(program.process.returncode)} while starting; what it said is above."
                )
                return False
        if time.monotonic() > deadline:
            _say(f"The dashboard does not answer after {START_SECONDS:.0f} s; what it said is above.")
            return False
        missing = [port for port in missing if not is_well(port)]
        time.sleep(_LOOK)
    return not missing


def _greet(plan: Plan, url: str, in_network: bool) -> None:
    if plan.alone and plan.servers > 1:
        _say(_NO_HAPROXY.format(cores=cores()))
    if not in_network:
        _say(_NO_NETWORK)
    count = "One server" if plan.alone else f"{plan.servers} servers"
    _say(f"\n{room.qr_code(url, colours=sys.stdout.isatty())}\n\n    {url}\n\n{count}. Ctrl-C stops everything.")


def _say(sentence: str) -> None:
    print(sentence, flush=True)
