"""Memory that is free goes back to the system."""

import subprocess
import sys

import pytest

from lstmviz.ui.background.memory import _glibc

# Memory is taken in pieces too small to be mapped one by one, and freed with one piece left on top, so that nothing but
# a trim can give it back.
PROGRAM = """
import os, time
from lstmviz.ui.background import bounds, memory
memory.TRIM_SECONDS = 0.1
import ctypes, psutil
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
library.malloc.argtypes = [ctypes.c_size_t]
library.free.argtypes = [ctypes.c_void_p]
def size(): return psutil.Process().memory_info().rss / 2**20
pieces = [library.malloc(60_000) for _ in range(3000)]
for piece in pieces: ctypes.memset(piece, 1, 60_000)
full = size()
for piece in pieces[:-1]: library.free(piece)
kept = size()
memory.give_back_memory()
stop = time.time() + 20
while size() > full - 100 and time.time() < stop: time.sleep(0.05)
print(full - kept, full - size())
"""


@pytest.mark.skipif(_glibc() is None, reason="needs glibc")
def test_free_memory_is_given_back():
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=120)
    before, after = map(float, told.stdout.split())
    assert before < 100 < after, "megabytes given back before and after"
