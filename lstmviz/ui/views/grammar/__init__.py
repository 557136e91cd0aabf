"""The page of grammars: what a network learns of a language, and how far beyond its training that goes."""
