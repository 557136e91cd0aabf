"""The page of matching halves."""
