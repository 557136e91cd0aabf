"""`python -m lstmviz.timing.worker`: one measurement in a process of its own, told in lines of JSON.

The job comes as the first line of the standard input. After each repeat a line goes out, {"share": ..., "repeats": ...,
"seconds": ...}, and one that says anything has to come back before the next; the last line is {"measurement": ...} or
{"failed": why, "sentence": ...}. Where the input ends, nobody waits any more and the process ends at once.
"""

import json
import os
import queue
import sys
import threading
from typing import Any, TextIO

from lstmviz.timing.harness import Progress
from lstmviz.timing.job import CannotError, Job, carry_out
from lstmviz.timing.results import written

_MOST_WORDS = 300


def main() -> None:
    """Do the job that the standard input names."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no part of the protocol
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(sys.stdin, lines), daemon=True).start()
    job = Job.from_dict(json.loads(lines.get()))
    try:
        for found in carry_out(job):
            if isinstance(found, Progress):
                _say(out, {"share": found.share, "repeats": found.repeats, "seconds": found.seconds})
                lines.get()
            else:
                _say(out, {"measurement": written(found)})
    except CannotError as error:
        _say(out, {"failed": error.reason, "sentence": ""})
    except Exception as error:  # told to who asked, whatever it was
        memory = isinstance(error, MemoryError) or "out of memory" in str(error) or "can't allocate" in str(error)
        words = f"{type(error).__name__}: {error}".split("\n")[0]
        _say(out, {"failed": "memory" if memory else "error", "sentence": words[:_MOST_WORDS]})


def _say(out: TextIO, message: dict[str, Any]) -> None:
    out.write(json.dumps(message) + "\n")
    out.flush()


def _listen(source: TextIO, lines: "queue.Queue[str]") -> None:
    """Hand on each line; with the last one the process ends."""
    for line in source:
        lines.put(line)
    os._exit(1)


if __name__ == "__main__":
    main()
