"""Where a network goes: fixed points and cycles, portraits and basins, how they are born, what counts.

Each idea is a module; nothing is exported here, because a function that shares its name with its module would hide it.
"""
