"""A text learned letter by letter: what is particular to that task.

The notes train two layers on all windows of a short text at once and look at how the text is read while it is learned
(`study`, `sources`). Beside that: which letters nobody can know (`openness`), and how much each letter that was read
matters for a prediction (`influence`). What a network writes by itself is in `lstmviz.predictions.generating`, the
search for places where the same units are on in `lstmviz.tracing.signatures`.
"""

from lstmviz.texts.influence import influence
from lstmviz.texts.openness import open_letters
from lstmviz.texts.sources import SOURCES, Source
from lstmviz.texts.study import LearnedText, TextConfig, learn, network_of

__all__ = ["SOURCES", "LearnedText", "Source", "TextConfig", "influence", "learn", "network_of", "open_letters"]
