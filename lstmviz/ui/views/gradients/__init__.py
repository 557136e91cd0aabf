"""The page of the gradients: how far back learning reaches, and the way back step by step."""
