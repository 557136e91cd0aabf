"""Languages of the literature, learned by small networks: how far beyond its training does each of them get?

A training with several seeds and any cell (`study`), asked by length far beyond what it learned from (`lengths`); which
of its units the answer hangs on (`holding`); and one string as it is read (`reading`).
"""

from lstmviz.grammars.config import (
    ASKED,
    COUNTED,
    EMBEDDED,
    LANGUAGES,
    STREAM,
    STREAMS,
    GrammarConfig,
    LanguageTask,
)
from lstmviz.grammars.holding import Knockout, knockout
from lstmviz.grammars.lengths import length_name, strings_by_length, trained_to
from lstmviz.grammars.reading import Follower, Reading, drawn_string, follower, legal_of, read, state_of
from lstmviz.grammars.study import Learned, learn, network_of
from lstmviz.tasks.spelling import GRAPHS

__all__ = [
    "ASKED",
    "COUNTED",
    "EMBEDDED",
    "GRAPHS",
    "LANGUAGES",
    "STREAM",
    "STREAMS",
    "Follower",
    "GrammarConfig",
    "Knockout",
    "LanguageTask",
    "Learned",
    "Reading",
    "drawn_string",
    "follower",
    "knockout",
    "learn",
    "legal_of",
    "length_name",
    "network_of",
    "read",
    "state_of",
    "strings_by_length",
    "trained_to",
]
