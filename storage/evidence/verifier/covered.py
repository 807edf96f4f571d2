"""What came over a token later (RFC 4998 §5.2), read from the batches of a vault: renewals say so themselves.

Asked only where a certificate was revoked after a token was made. Every batch is verified by itself where the log names
it, its members against the tokens that they name; one that no act names does not pass either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from storage.evidence.verifier.batch import Batch, parse_batch
from storage.evidence.verifier.canonical import parse_canonical
from storage.evidence.verifier.token import read_token_facts

_FOLDER, _UNIT, _SUFFIX = "batches/", "unit-", ".json"
_RENEWAL, _AGAIN = "timestamp_renewal", "hash_tree_renewal"


class Coverage:
    """Renewals of a vault."""

    def __init__(self, paths: Callable[[str], Iterator[str]], content: Callable[[str], bytes | None]) -> None:
        """Nothing is read before the first question."""
        self._paths, self._content = paths, content
        self._read = False
        self._over: dict[str, datetime] = {}
        """Name of a token → when the first renewal of it was made."""
        self._hashed: dict[str, datetime] = {}
        """Unit → when it was first hashed again with all its evidence."""
        self._members: dict[str, tuple[str, ...]] = {}

    def at(self, name: str) -> datetime | None:
        """When a token was covered: ``batch-000001``, or ``<unit id>/<SHA-256>`` of a token that a unit has alone."""
        if not self._read:
            self._read = True
            for path in sorted(self._paths(_FOLDER)):
                self._take(path)
        direct = self._over.get(name)
        again = [self._hashed.get(unit) for unit in self._units(name)]
        whole = max((one for one in again if one is not None), default=None) if None not in again else None
        return min((one for one in (direct, whole) if one is not None), default=None)

    def _take(self, path: str) -> None:
        try:
            batch = parse_batch(parse_canonical(self._content(path) or b""))
        except (ValueError, RecursionError):
            return  # is said where the log names it
        self._members[path.removeprefix(_FOLDER).removesuffix(_SUFFIX)] = tuple(batch.members)
        at = self._time(batch)
        known = {_RENEWAL: self._over, _AGAIN: self._hashed}.get(batch.purpose)
        if at is not None and known is not None:
            for name in batch.members:
                known[name] = min(at, known.get(name, at))

    @staticmethod
    def _time(batch: Batch) -> datetime | None:
        facts = read_token_facts(batch.token)
        return None if facts is None else facts.gen_time

    def _units(self, name: str) -> set[str]:
        """Units that lean on a token, also through the renewals that it is."""
        found: set[str] = set()
        waiting, seen = [name], set[str]()
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            if one.startswith(_UNIT):
                found.add(one.partition("/")[0])
            waiting += self._members.get(one, ())
        return found
