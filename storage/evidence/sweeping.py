"""What a verifying process does. It starts with what is imported here: the verifier and the store, no database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from domain.engines import ObjectStore
from storage.evidence.verifier import Anchors, Policy
from storage.evidence.verifier.acts import scan_leaves
from storage.evidence.verifier.scan import Scan, Scanned
from storage.evidence.workers import Task
from storage.objects.bulk import open_shelf

VAULT = "vault"
"""The bucket."""
_MARK_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What a process does: leaves of a range, or (where ``folder`` is given) the names of what lies in a folder."""

    first: int = 0
    end: int = 0
    folder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What lies in a folder."""

    marks: bytes
    count: int
    faults: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepTask(Task[Span, Scanned | Listed]):
    """What a process needs to know."""

    open_vault: Callable[[], ObjectStore]
    client_id: str
    anchors: Anchors
    policy: Policy
    key: bytes
    """Random: what is held against what is compared by short keyed hashes that nobody can foresee."""
    destroyed: frozenset[str] = frozenset()
    """Paths of what went by approved acts."""

    def begin(self) -> Callable[[Span], Scanned | Listed]:
        """Open what the process needs; gives the function that works."""
        shelf = open_shelf(self.open_vault(), VAULT, f"{self.client_id}/")
        scan = Scan(
            shelf,
            client_id=self.client_id,
            anchors=self.anchors,
            policy=self.policy,
            mark=self.mark,
            destroyed=self.destroyed,
        )

        def work(span: Span) -> Scanned | Listed:
            if span.folder is None:
                return scan_leaves(scan, span.first, span.end)
            marks = bytearray()
            for path in shelf.paths(span.folder):
                marks += self.mark_bytes(path)
            return Listed(marks=bytes(marks), count=len(marks) // _MARK_BYTES, faults=shelf.faults())

        return work

    def mark_bytes(self, path: str) -> bytes:
        """Eight bytes that stand for a path."""
        return hashlib.blake2b(path.encode("utf-8", "surrogateescape"), digest_size=_MARK_BYTES, key=self.key).digest()

    def mark(self, path: str) -> int:
        """The same as a number."""
        return int.from_bytes(self.mark_bytes(path), "little")
