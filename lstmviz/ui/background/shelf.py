"""A shelf of things that are costly to make, for all sessions: each is made once, however many ask at one time."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Shelf(Generic[Thing]):
    """Things by what decides them, the least recently used dropped first. Whoever takes one must not change it."""

    def __init__(self, most: float, size: Callable[[Thing], float] = lambda _: 1) -> None:
        """Keep things of the size `most` together, as `size` measures each; the one just made always."""
        self._most = most
        self._size = size
        self._kept: OrderedDict[Hashable, Thing] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()
        self.filled = 0.0
        """the size of all that is kept"""

    def get(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """The thing that `key` decides, from `make` unless it is kept; who asks while it is made waits for it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            try:
                made = make()
            finally:
                with self._lock:
                    self._making.pop(key, None)
            with self._lock:
                self._kept[key] = made
                self.filled += self._size(made)
                while self.filled > self._most and len(self._kept) > 1:
                    self.filled -= self._size(self._kept.popitem(last=False)[1])
            return made

    def drop(self, key: Hashable) -> None:
        """Take one out, if it is there."""
        with self._lock:
            if key in self._kept:
                self.filled -= self._size(self._kept.pop(key))
