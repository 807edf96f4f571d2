"""What one process remembers between its looks; nothing is lost with it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.engines import ObjectVersion


@dataclass(slots=True)
class Resting:
    """Since when files of the inbox lie unchanged, where nobody can tell whether their writer is done.

    Times of a network share are those of its server, whose clock may stand elsewhere: what counts is how long this
    process has seen the same version, by its own clock. A new process begins anew: files then wait once more.
    """

    _since: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _whole: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_whole(self, key: str, version_id: str) -> None:
        """Note a version that was put there by this process, in one step."""
        with self._lock:
            self._whole[key] = version_id

    def long_enough(self, item: ObjectVersion, *, now: datetime, still: timedelta) -> bool:
        """Whether this version was first seen ``still`` ago; one not seen before is seen now."""
        with self._lock:
            if self._whole.get(item.key) == item.version_id:
                return True
            version_id, since = self._since.get(item.key, ("", now))
            if version_id != item.version_id:
                since = now
                self._since[item.key] = (item.version_id, now)
            return now - since >= still

    def any_waits(self, *, now: datetime, still: timedelta) -> bool:
        """Whether some file that was looked at has not lain long enough."""
        with self._lock:
            return any(self._whole.get(key) != seen[0] and now - seen[1] < still for key, seen in self._since.items())

    def forget_all_but(self, keys: Iterable[str]) -> None:
        """After a look at everything: what is no longer there needs no memory."""
        wanted = frozenset(keys)
        with self._lock:
            for known in (self._since, self._whole):
                for gone in known.keys() - wanted:
                    del known[gone]


@dataclass(slots=True)
class StampingWatch:
    """What was written down last about timestamps that do not arrive; None before this process looked into the log."""

    said: frozenset[str] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
