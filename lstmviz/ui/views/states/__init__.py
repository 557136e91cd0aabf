"""The page of the hidden states: where they are, and where they go."""
