"""How many threads torch may use in the server."""

import torch


def one_thread() -> None:
    """Keep torch to one thread, for the whole server.

    On networks this small its threads wait for each other ten times as long as they work; and sessions and trainings
    share the cores anyway. Called by each module that runs torch's layers, when it is imported.
    """
    torch.set_num_threads(1)
