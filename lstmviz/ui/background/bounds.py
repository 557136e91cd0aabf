"""Every bound of what runs in the background and is kept: how much, how long, how many."""

# Finished work kept for all sessions of a server, the least recently used dropped first.
KEPT_RUNS = 64
KEPT_PACKETS = 16
"""of half a megabyte each as a rule, of seven at most"""
KEPT_TRACE_BYTES = 2**28
"""of all traces together; the one just made is kept, whatever its size"""
KEPT_SWEEP_BYTES = 400e6
"""of results in memory, beside those that somebody looks at; the store on disk has more"""
KEPT_IDLE_SWEEPS = 100
"""sweeps that are kept though nobody looks at them"""

# Seconds.
RUN_AT_ONCE = 0.6
"""a training that takes no longer is simply there"""
SWEEP_AT_ONCE = 1.5
"""the same of a sweep"""
ASK_BEFORE_RUN = 20.0
"""a training that takes longer is asked about first"""
ASK_BEFORE_SWEEP = 120.0
"""the same of a sweep"""
KEEP_FROM = 0.02
"""a training that takes no longer is not written to disk: reading it takes 1 to 2 ms, large ones up to 7"""
POLL = 0.4
"""between two looks at what is under way"""
LINGER = 15.0
"""that a sweep goes on after its last tab was closed: a page that is reloaded is a new session"""

# Work that is surely quick is not measured first.
QUICK_RUN = 2e8
"""epochs * steps * (units + letters)**2 of a training that takes some seconds at most"""
QUICK_SWEEP = 1e10
"""the same of a sweep, in the unit of its own cost"""
