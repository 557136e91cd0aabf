"""The page of texts."""
