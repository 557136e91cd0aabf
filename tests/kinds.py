"""The tasks that a test of a whole page is run on: of those that differ by their strings alone, one."""

from lstmviz.tasks import NAMED

_ALIKE = {*(f"Tomita {number}" for number in (1, 2, 3, 5, 6, 7)), "continual Reber grammar"}
_ALIKE |= {"Goethe in windows", "Aegukga in windows"}
ONE_OF_EACH_KIND = tuple(name for name in NAMED if name not in _ALIKE)
