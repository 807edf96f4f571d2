"""How much waits behind an entry of the menu; counted for each person, and kept for some seconds."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.web.navigation import GROUPS, PLACES, Place
from domain.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.web.people import Who
    from app.web.state import Web
    from domain.visibility import Visibility

_KEPT = timedelta(seconds=5)
"""A page is often followed by the next within seconds, and a number that lags longer looks wrong."""
_MOST_KEPT = 2_000
"""People times entries."""
_THUMBS = 4
"""What a bar of 390 pixels holds beside its menu without clipping a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the menu as one person sees it."""

    place: Place
    current: bool
    waiting: int
    """0 shows no badge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """Where one person can go."""

    groups: tuple[tuple[str, tuple[Entry, ...]], ...] = ()
    """Name of the group and its entries; no group is empty."""

    @property
    def thumbs(self) -> tuple[Entry, ...]:
        """What stands in the bar of a phone."""
        ranked = [entry for _, entries in self.groups for entry in entries if entry.place.thumb]
        return tuple(sorted(ranked, key=lambda entry: entry.place.thumb)[:_THUMBS])

    @property
    def waiting_elsewhere(self) -> int:
        """What waits behind the entries that stand in the phone's menu only."""
        shown = self.thumbs
        return sum(entry.waiting for _, entries in self.groups for entry in entries if entry not in shown)


class Waiting:
    """Keeps counts for some seconds. Thread-safe."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._kept: dict[tuple[str, str | None, Visibility], tuple[datetime, int]] = {}
        self._turn = threading.Lock()

    def count(self, web: Web, who: Who, place: Place) -> int:
        """How much waits; 0 where that cannot be said now, since the page behind the entry says why."""
        if place.waiting is None:
            return 0
        key, now = (place.key, who.login, who.visibility), self._clock()
        with self._turn:
            kept = self._kept.get(key)
        if kept is not None and now - kept[0] < _KEPT:
            return kept[1]
        try:
            number = place.waiting(web.seen_by(who.visibility), who)
        except AppError:
            return 0
        with self._turn:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = (now, number)
        return number


def menu_of(web: Web | None, who: Who | None, path: str) -> Menu:
    """The menu of whoever asks; empty before the login."""
    if who is None or web is None:
        return Menu()
    entries = [
        Entry(place=place, current=place.is_current(path), waiting=web.waiting.count(web, who, place))
        for place in PLACES
        if place.needed in who.permissions
    ]
    grouped = ((group, tuple(entry for entry in entries if entry.place.group == group)) for group in GROUPS)
    return Menu(groups=tuple((group, found) for group, found in grouped if found))
