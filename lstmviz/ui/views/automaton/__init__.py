"""The page of the automaton: the machine that a network has become, and what is proven of it."""
