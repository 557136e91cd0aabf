"""The lecture notes, recomputed: their networks trained anew, and every number that they print beside ours."""

from lstmviz.lecture.groups import GROUPS as GROUPS
from lstmviz.lecture.groups import Group as Group
from lstmviz.lecture.groups import Result as Result
from lstmviz.lecture.groups import reproduce as reproduce
from lstmviz.lecture.notes import SOURCES as SOURCES
from lstmviz.lecture.notes import Comparison as Comparison
from lstmviz.lecture.notes import Line as Line
from lstmviz.lecture.replay import MISREAD as MISREAD
from lstmviz.lecture.replay import OutputFormula as OutputFormula
from lstmviz.lecture.replay import Replay as Replay
from lstmviz.lecture.replay import output_formulas as output_formulas
from lstmviz.lecture.replay import replay_both_ways as replay_both_ways
from lstmviz.lecture.ways import Way as Way
from lstmviz.lecture.ways import Ways as Ways
from lstmviz.lecture.ways import three_ways as three_ways
