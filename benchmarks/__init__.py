"""What is fast and how fast: each figure against the plain way of doing it, in one run on one machine."""
