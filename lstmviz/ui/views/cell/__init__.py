"""The page of one step: the cell player, what it is told, and what it may change."""
