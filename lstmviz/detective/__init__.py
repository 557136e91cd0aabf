"""The cell detective: what single units of a character LSTM know, tested and confirmed by taking them away.

One larger network comes with the package, trained by `python -m lstmviz.detective train` on Python's own standard
library. `reader` loads it, `hypotheses` says what may be so at a character, `testing` looks for units that know it,
`knockout` holds one at its mean and measures what is lost. `corpus`, `training`, `ngram` and `report` make the
weights and the figures beside them.

Nothing is imported here, so that the command line can complain without waiting for torch.
"""
