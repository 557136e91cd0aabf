"""Every bound of what runs in the background and is kept: how much, how long, how many."""

import os

from lstmviz.base.cores import cores

# Finished work kept for all sessions of a server, the least recently used dropped first.
KEPT_RUNS = 64
KEPT_PACKETS = 16
"""of half a megabyte each as a rule, of seven at most"""
KEPT_ENDS = 128
"""packets of one snapshot, of some kilobytes each"""
KEPT_THINGS = 256
"""figures and tables, of some ten kilobytes each"""
KEPT_TRACE_BYTES = 2**28
"""of all traces together; the one just made is kept, whatever its size"""
KEPT_SWEEP_BYTES = 400e6
"""of results in memory, beside those that somebody looks at; the store on disk has more"""
KEPT_IDLE_SWEEPS = 100
"""sweeps that are kept though nobody looks at them"""

HEAPS = 2
"""of the C library's allocator, which would have eight a core"""

# Seconds.
TRIM_SECONDS = 30.0
"""between two times that memory which is free goes back to the system"""
RUN_AT_ONCE = 0.3
"""a training that takes no longer is simply there; one that is half done by then is waited for as long again"""
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

# Measurements.
KEPT_MEASUREMENTS = 2_000
"""of this machine, of some kilobytes each at most"""
MOST_WAITING = 120
"""measurements of one session that stand in line; more are not taken"""

# Work that is surely quick is not measured first.
QUICK_RUN = 2e8
"""epochs * steps * (units + letters)**2 of a training that takes some seconds at most"""
QUICK_SWEEP = 1e10
"""the same of a sweep, in the unit of its own cost"""

# Turns at the cores.
_given = os.environ.get("LSTMVIZ_SLOTS", "")
SLOTS = int(_given) if _given.isdecimal() and int(_given) else cores()
"""trainings and bundles of sweeps that are at work at a time: one a core, or what $LSTMVIZ_SLOTS says"""
SHORT_WORK = 1.5e9
"""of what is over in about a second, in the unit of `jobs.work`: it comes before what takes longer"""
SHORT_SECONDS = 1.0
"""of a core, after which what was taken for short counts as long"""
SLICE_SECONDS = 0.25
"""that something long works while others like it wait"""
LET_BY = 8
"""short ones that something long lets go first before it has a slice"""
LOOK_SECONDS = 0.03
"""between two looks of a training at whether it is still its turn"""
SAY_WAITING = 0.25
"""a wait that lasts longer is talked about: below `RUN_AT_ONCE`, so that a page says it as soon as it is drawn"""
