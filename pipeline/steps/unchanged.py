"""Answers that stay as they are while the log has not grown: whatever is recorded is an entry of the log."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from storage.archive import Archive

T = TypeVar("T")

_MOST = 64
"""Questions, each as one group of people sees its answer."""


class Unchanged(Generic[T]):
    """The last answers, each for those who see the same. Thread-safe; nobody waits for another."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[int, T]] = OrderedDict()

    def get(self, archive: Archive, ask: Callable[[], T], *, of: Hashable = None) -> T:
        """The answer to ``ask``, which depends on what ``archive`` shows and on ``of`` alone."""
        question, size = (archive.visibility, of), archive.log_size()  # read first: what comes meanwhile is asked again
        with self._lock:
            kept = self._kept.get(question)
        if kept is not None and kept[0] == size:
            return kept[1]
        answer = ask()
        with self._lock:
            self._kept[question] = size, answer
            self._kept.move_to_end(question)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return answer
