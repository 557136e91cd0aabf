"""Whether a network names every letter right, forever: decided by enclosures of its states, not by trying.

Nothing is exported here, because a function that shares its name with its module would hide it.
"""
