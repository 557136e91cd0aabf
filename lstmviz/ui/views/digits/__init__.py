"""The page of the digit reader."""
