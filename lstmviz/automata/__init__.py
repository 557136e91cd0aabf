"""What a network has become: the finite automaton that says what it says, beside the one that its task requires.

Each idea is a module; nothing is exported here, because a function that shares its name with its module would hide it.
"""
