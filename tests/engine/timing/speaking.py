"""Processes that speak the workers' protocol and measure nothing, for tests of what becomes of what they say."""

import sys
import textwrap

_SPEAKS = """
    import json, os, signal, sys, time
    job = json.loads(sys.stdin.readline())
    def say(**what):
        print(json.dumps(what), flush=True)
    def ask():
        return sys.stdin.readline()
    def measured(seconds, **more):
        say(measurement=job["row"] | {"way": job["way"], "median": seconds, "repeats": 5} | more)
"""


def speaking(program: str) -> tuple[str, ...]:
    """The command of a process that runs `program`: `job` is what it was asked, `say`, `ask` and `measured` answer."""
    return (sys.executable, "-c", textwrap.dedent(_SPEAKS) + textwrap.dedent(program))
