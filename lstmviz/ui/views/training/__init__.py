"""The page of a training under way."""
