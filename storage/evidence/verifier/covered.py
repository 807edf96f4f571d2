"""What came over a token later (RFC 4998 §5.2), read from the batches of a vault: renewals say so themselves.

Asked only where a certificate was revoked after a token was made. A renewal counts where it was made after the token,
names the token's own digest, and holds. The sweep verifies every batch for itself and objects to one that no act
names, so there all count; who looks at a few documents says which hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from storage.evidence.verifier.batch import Batch, parse_batch
from storage.evidence.verifier.canonical import parse_canonical
from storage.evidence.verifier.token import read_token_facts

_FOLDER, _UNIT, _BATCH, _SUFFIX = "batches/", "unit-", "batch-", ".json"
_RENEWAL, _AGAIN = "timestamp_renewal", "hash_tree_renewal"
Holds = Callable[[int], bool]
"""Whether a batch, by its number, is one of the log and holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Renewal:
    """What a batch says of one of its members."""

    number: int
    at: datetime
    algorithm: str
    digest: bytes


class Coverage:
    """Renewals of a vault."""

    def __init__(
        self,
        paths: Callable[[str], Iterator[str]],
        content: Callable[[str], bytes | None],
        *,
        holds: Holds = lambda _: True,
    ) -> None:
        """Nothing is read before the first question; ``holds`` is asked of those alone that would be the answer."""
        self._paths, self._content, self._holds = paths, content, holds
        self._read = False
        self._over: dict[str, list[_Renewal]] = {}
        """Name of a token → its renewals, in order."""
        self._hashed: dict[str, list[_Renewal]] = {}
        """Unit → where it was hashed again with all its evidence, in order."""
        self._members: dict[str, tuple[str, ...]] = {}

    def at(self, name: str) -> datetime | None:
        """When a token was covered: ``batch-000001``, or ``<unit id>/<SHA-256>`` of a token that a unit has alone."""
        if not self._read:
            self._read = True
            for path in sorted(self._paths(_FOLDER)):
                self._take(path)
        number = _number_of(name)
        direct = self._first((one for one in self._over.get(name, ()) if self._names(one, name)), after=number)
        again = [self._first(self._hashed.get(each, ()), after=number) for each in self._leaning(name)]
        whole = max((one for one in again if one is not None), default=None) if None not in again else None
        return min((one for one in (direct, whole) if one is not None), default=None)

    def _first(self, renewals: Iterable[_Renewal], *, after: int) -> datetime | None:
        """When the first that holds was made; an earlier batch is not over a later one's token."""
        return next((one.at for one in renewals if one.number > after and self._holds(one.number)), None)

    def _take(self, path: str) -> None:
        batch = self._batch(path)
        if batch is None or path != f"{_FOLDER}{_BATCH}{batch.number:06d}{_SUFFIX}":
            return  # is said where the log names it
        self._members[path.removeprefix(_FOLDER).removesuffix(_SUFFIX)] = tuple(batch.members)
        facts = read_token_facts(batch.token)
        known = {_RENEWAL: self._over, _AGAIN: self._hashed}.get(batch.purpose)
        if facts is None or known is None:
            return
        for name, digest in batch.members.items():
            one = _Renewal(number=batch.number, at=facts.gen_time, algorithm=batch.algorithm, digest=digest)
            known.setdefault(name, []).append(one)

    def _batch(self, path: str) -> Batch | None:
        try:
            return parse_batch(parse_canonical(self._content(path) or b""))
        except (ValueError, RecursionError):
            return None

    def _names(self, one: _Renewal, name: str) -> bool:
        """Whether a renewal is over the very token: its digest by the chain's own function (RFC 4998 §5.2)."""
        _, alone, sha256 = name.partition("/")
        if alone:
            return one.algorithm == "sha256" and one.digest.hex() == sha256
        batch = self._batch(f"{_FOLDER}{name}{_SUFFIX}")
        return batch is not None and hashlib.new(one.algorithm, batch.token).digest() == one.digest

    def _leaning(self, name: str) -> set[str]:
        """Units that lean on a token, also through the renewals that it is; and heads' own, which nothing hashes again.

        A head that was stamped together with units is not asked for: every later head says what it said.
        """
        found: set[str] = set()
        waiting, seen = [name], set[str]()
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            if one.startswith(_UNIT):
                found.add(one.partition("/")[0])
            elif "/" in one:
                found.add(one)
            waiting += self._members.get(one, ())
        return found


def _number_of(name: str) -> int:
    digits = name.removeprefix(_BATCH)
    return int(digits) if digits.isdecimal() else 0
