"""The page that recomputes the lecture."""
