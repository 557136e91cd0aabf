"""A class's servers: the plan, the proxy's configuration, and the supervisor with programs that die."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing

import pytest
import segno

from lstmviz.classroom import cli, plan, room
from lstmviz.classroom.plan import Plan, find_haproxy, listen, own_ports
from lstmviz.classroom.proxy import configuration
from lstmviz.classroom.supervisor import Program, Supervisor, how_it_ended

# Answers as a server does, says which one it is, and ends when it is asked for /die?PORT, its own.
TOY = """
import http.server, os, sys
class Toy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/die?" + sys.argv[1]:
            os._exit(7)
        self.send_response(200)
        self.send_header("Cache-Control", "public, immutable, max-age=31536000")
        self.send_header("Content-Length", str(len(sys.argv[1])))
        self.end_headers(); self.wfile.write(sys.argv[1].encode())
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Toy).serve_forever()
"""


def toy(port: int) -> Program:
    return Program(f"Server {port}", [sys.executable, "-c", TOY, str(port)])


def ask(port: int, path: str = "/", **headers: str) -> tuple[int, str, str]:
    """Status, body and cookie of an answer; 0 where there is none."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            cookie = answer.getheader("set-cookie", "").partition(";")[0]
            return answer.status, answer.read().decode(), cookie
        except (OSError, http.client.HTTPException):
            return 0, "", ""


def until(condition, *, look=lambda: None, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        look()
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--port", "many"], "PORT must be a whole number; got 'many'."),
        (["--port", "0"], "PORT must be a whole number from 1 to 65535; got 0."),
        (["--port", "70000"], "PORT must be a whole number from 1 to 65535; got 70000."),
        (["--servers", "0"], "SERVERS must be a whole number from 1 to 256; got 0."),
        (["--servers", "two"], "SERVERS must be a whole number; got 'two'."),
        (["--bogus"], "unrecognized arguments: --bogus"),
    ],
    ids=str,
)
def test_bad_input_gets_one_sentence(refused, arguments, sentence):
    assert refused(cli.main, *arguments) == f"lstmviz.classroom: {sentence}"


def test_a_port_that_is_taken_is_said(refused):
    with closing(listen(0)) as other:
        port = other.getsockname()[1]
        sentence = refused(cli.main, "--port", str(port), "--servers", "2")
    assert f"PORT {port} is taken by another program" in sentence
    assert f"make class PORT={port + 1}" in sentence


def test_too_few_rights_are_said(refused, monkeypatch):
    def forbidden(port: int) -> socket.socket:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(cli, "listen", forbidden)
    assert "PORT 80 is reserved for the system: choose one from 1024 on" in refused(cli.main, "--port", "80")


def test_signals_are_handled_as_before_once_it_has_ended(refused):
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with closing(listen(0)) as other:
        refused(cli.main, "--port", str(other.getsockname()[1]))
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_port_that_is_taken_meanwhile_is_given_up(monkeypatch, capsys):
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        taken = other.getsockname()[1]
        free = own_ports(taken, 3)
        answers = iter([[taken, free[0]], free[1:]])
        monkeypatch.setattr(cli, "own_ports", lambda port, count: next(answers))
        monkeypatch.setattr(cli, "_server", lambda number, port, *_: toy(port))
        monkeypatch.setattr(cli, "is_well", lambda port: ask(port)[1] == f"{port}")
        with Supervisor([], print) as kept:
            assert cli._start_servers(kept, Plan(8600, 2, "haproxy"), None, lambda: False) == free[1:]
            assert ask(free[1])[0] == ask(free[2])[0] == 200
        said = capsys.readouterr().out
    assert f"Server {taken} ended by itself with status 1 while starting" in said
    assert f"Another program has taken port {taken} meanwhile; the servers start again behind others." in said


def test_servers_that_fail_for_another_reason_are_not_tried_again(monkeypatch, capsys):
    monkeypatch.setattr(cli, "_server", lambda number, port, *_: Program("Server", [sys.executable, "-c", "1 / 0"]))
    with Supervisor([], print) as kept:
        assert cli._start_servers(kept, Plan(8600, 2, "haproxy"), None, lambda: False) == []
    assert capsys.readouterr().out.count("while starting") == 1


def test_the_servers_have_the_ports_after_the_proxys():
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        taken = other.getsockname()[1]
        ports = own_ports(taken - 1, 3)
    assert len(set(ports)) == 3
    assert taken not in ports
    assert min(ports) > taken
    assert own_ports(65535, 2)[0] < 65535


def test_a_server_a_core_as_far_as_the_memory_goes(monkeypatch):
    monkeypatch.setattr(plan, "cores", lambda: 64)
    monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": 2 * 2**20, "SC_PAGE_SIZE": 4096}.__getitem__)
    assert plan.servers_that_fit() == 5
    monkeypatch.setattr(plan, "cores", lambda: 4)
    assert plan.servers_that_fit() == 4
    monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": 2**16, "SC_PAGE_SIZE": 4096}.__getitem__)
    assert plan.servers_that_fit() == 1


def test_without_haproxy_one_server_stands_alone_and_that_is_said(capsys):
    without = Plan(port=8600, servers=4, haproxy=None)
    assert without.alone
    cli._greet(without, "http://192.168.0.9:8600", in_network=True)
    said = capsys.readouterr().out
    assert "HAProxy is not installed, so one server takes the whole class" in said
    assert "apt install haproxy" in said
    assert "    http://192.168.0.9:8600\n" in said
    assert "One server." in said
    assert not Plan(port=8600, servers=4, haproxy="/usr/sbin/haproxy").alone
    assert Plan(port=8600, servers=1, haproxy="/usr/sbin/haproxy").alone


def test_each_browser_stays_with_its_server_until_that_dies(tmp_path):
    haproxy = find_haproxy()
    if haproxy is None:  # then there is nothing to configure, which must be known
        assert Plan(port=8600, servers=2, haproxy=haproxy).alone
        return
    with closing(listen(0)) as listener:
        port = listener.getsockname()[1]
        first, second = own_ports(port, 2)
        file = tmp_path / "haproxy.cfg"
        file.write_text(configuration(listener.fileno(), [first, second], "room"))
        inherits = (listener.fileno(),)
        checked = subprocess.run([haproxy, "-c", "-f", file], pass_fds=inherits, capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
        said = []
        proxy = Program("HAProxy", [haproxy, "-db", "-f", str(file)], inherits=inherits)
        with Supervisor([toy(first), toy(second), proxy], said.append) as kept:
            for program in kept.programs:
                kept.start(program)
            until(lambda: all(ask(one)[0] == 200 for one in (first, second, port)))
            until(lambda: {ask(port)[1] for _ in range(4)} == {str(first), str(second)})  # new browsers are spread
            _, mine, cookie = ask(port)
            assert cookie == f"room={1 if mine == str(first) else 2}"
            assert {ask(port, Cookie=cookie) for _ in range(6)} == {(200, mine, "")}

            script = ask(port, "/below/static/js/a.1b2c.js")[1]
            assert {ask(port, "/below/static/js/a.1b2c.js")[1] for _ in range(6)} == {script}  # the proxy has it
            assert len({ask(port, "/_stcore/media/a.1b2c.js")[1] for _ in range(6)}) == 2

            host = f"192.168.0.9:{port}"
            assert ask(port, Host=host, Origin=f"http://{host}")[0] == 200
            assert ask(port, Host=host, Origin="http://elsewhere.example")[0] == 403

            other = str(second) if mine == str(first) else str(first)
            status, now, new_cookie = ask(port, f"/die?{mine}", Cookie=cookie)  # it takes the request with it
            assert (status, now) == (200, other)
            assert new_cookie not in ("", cookie)
            until(lambda: ask(int(mine))[0] == 200, look=kept.look)
            assert [f"Server {mine} ended by itself with status 7; it is started again in 1 s."] == said
            assert ask(port, Cookie=new_cookie)[1] == other  # nobody is moved for nothing


def test_what_dies_is_started_again_later_and_later():
    said = []
    with Supervisor([Program("Server 1", [sys.executable, "-c", "raise SystemExit(3)"])], said.append) as kept:
        kept.start(kept.programs[0])
        until(lambda: len(said) == 2, look=kept.look)
    assert said == [f"Server 1 ended by itself with status 3; it is started again in {k} s." for k in (1, 2)]


def test_what_has_run_well_is_started_again_at_once(monkeypatch):
    monkeypatch.setattr("lstmviz.classroom.supervisor.LIVED", 0.0)
    said = []
    with Supervisor([Program("Server 1", [sys.executable, "-c", "import time; time.sleep(60)"])], said.append) as kept:
        kept.start(kept.programs[0])
        first = kept.programs[0].process
        first.kill()
        until(lambda: kept.programs[0].process is not first, look=kept.look)
        assert kept.programs[0].process.poll() is None
    assert said == ["Server 1 was ended by SIGKILL; it is started again at once."]


def test_a_program_that_cannot_be_started_is_tried_again():
    said = []
    program = Program("Server 1", ["/nowhere/at/all"], due=0.0)
    with Supervisor([program], said.append) as kept:
        kept.look()
    assert said == ["Server 1 cannot be started (No such file or directory); it is started again in 1 s."]


def test_all_are_stopped_even_one_that_does_not_listen(tmp_path):
    deaf = (
        "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
    )
    programs = [
        Program("Server 1", [sys.executable, "-c", deaf, str(tmp_path / "deaf")]),
        Program("Server 2", [sys.executable, "-c", "import time; time.sleep(60)"]),
    ]
    with Supervisor(programs, print, stop_seconds=0.5) as kept:
        for program in programs:
            kept.start(program)
        until((tmp_path / "deaf").exists)
    assert [program.process.returncode for program in programs] == [-signal.SIGKILL, -signal.SIGTERM]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_nothing_is_left_behind_when_the_supervisor_is_killed():
    program = (
        "import sys; from lstmviz.classroom.supervisor import *;"
        "kept = Supervisor([Program('a', [sys.executable, '-c', 'import time; time.sleep(60)'])], print);"
        "kept.start(kept.programs[0]); print(kept.programs[0].process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as supervisor:
        child = int(supervisor.stdout.readline())
        supervisor.kill()

    def ended() -> bool:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return True
        with open(f"/proc/{child}/stat") as stat:  # nobody may have collected it yet
            return stat.read().rpartition(")")[2].split()[0] == "Z"

    until(ended)


def test_endings_are_said_in_words():
    assert how_it_ended(-signal.SIGSEGV) == "was ended by SIGSEGV"
    assert how_it_ended(0) == "ended by itself with status 0"


@pytest.mark.parametrize("colours", [True, False])
def test_the_code_in_the_terminal_is_the_address(colours):
    text = "http://192.168.100.200:8600"
    drawn = room.qr_code(text, colours=colours)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", drawn)
    halves = {" ": (0, 0), "▄": (0, 1), "▀": (1, 0), "█": (1, 1)}
    rows = [[halves[block][half] for block in line] for line in plain.splitlines() for half in (0, 1)]
    ink = [[bool(one) is colours for one in row] for row in rows]  # dark in colours, else what is left out
    expected = [list(map(bool, row)) for row in segno.make_qr(text, error="l").matrix_iter(border=4)]
    assert ink[: len(expected)] == expected
    assert not any(map(any, ink[len(expected) :]))
    if colours:  # every line says its colours and takes them back
        assert all(line.startswith("\x1b[38;5;16m\x1b[48;5;231m") for line in drawn.splitlines())
        assert all(line.endswith("\x1b[0m") for line in drawn.splitlines())


def test_the_address_is_the_one_of_the_network(monkeypatch):
    found = room.address()
    assert found is None or re.fullmatch(r"\d+\.\d+\.\d+\.\d+", found)

    class NoWay(socket.socket):
        def connect(self, address):
            raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "socket", NoWay)
    monkeypatch.setattr(room, "_named", lambda: "10.0.0.3")
    assert room.address() == "10.0.0.3"
    monkeypatch.setattr(room, "_named", lambda: "127.0.1.1")
    assert room.address() is None
