"""How many threads torch may use in the server, and which threads come first."""

import os
import sys
import threading

import torch

_BEHIND = 5  # of Linux's 19 steps


def one_thread() -> None:
    """Keep torch to one thread, for the whole server.

    On networks this small its threads wait for each other ten times as long as they work; and sessions and trainings
    share the cores anyway. Called by each module that runs torch's layers, when it is imported.
    """
    torch.set_num_threads(1)


def behind_answers() -> None:
    """Put the calling thread behind those that draw pages, for as long as it lives; on Linux, where that can be done.

    Two trainings are as many as there are cores on a small machine: without this, answers would have to wait for them.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _BEHIND)
