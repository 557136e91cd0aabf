"""Do the halves match? What is particular to that task: its accuracy by length, and what stands in the way.

The notes train a ReLU network on one sequence at a time, find that longer ones are answered worse, and put it down to
vanishing gradients. Here are the same training with several seeds and any cell (`study`), what a reader scores who
remembers no more than the last digits (`guess`), how much of the last loss reaches each earlier state (`reach`), and
the step of a sequence from which on its answer stands (`deciding`).
"""

from lstmviz.matching.deciding import Reading, read
from lstmviz.matching.guess import guess_by_last
from lstmviz.matching.reach import Reach, reach
from lstmviz.matching.study import Learned, MatchingConfig, learn, network_of

__all__ = ["Learned", "MatchingConfig", "Reach", "Reading", "guess_by_last", "learn", "network_of", "reach", "read"]
