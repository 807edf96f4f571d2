"""What approvals are held against, read from the vault's own layout as it is asked for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from storage.evidence.verifier.approvals import PREFIX, Act, check_act, check_frozen
from storage.evidence.verifier.canonical import parse_canonical
from storage.evidence.verifier.findings import Finding
from storage.evidence.verifier.records import is_number

Read = Callable[[str], bytes | None]
"""Content of an object by its path inside the client's part of the vault."""
_PLACE = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}/)*[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
"""Where an object may stand; what acts say of people and numbers is put into paths, and may be anything."""
_SUBJECTS_KEPT = 64
"""Subjects whose acts are remembered: the same few people approve."""


class FromVault:
    """``Known`` over the objects of a vault."""

    has_people = True

    def __init__(self, read: Read) -> None:
        self._read = read
        self._people: dict[str, tuple[Act, ...]] = {}

    def acts(self, subject_id: str) -> Sequence[Act]:
        """See ``Known``; those of people are remembered."""
        if subject_id in self._people:
            return self._people[subject_id]
        found = tuple(self._series(subject_id))
        if not subject_id.startswith(PREFIX):
            if len(self._people) >= _SUBJECTS_KEPT:
                self._people.pop(next(iter(self._people)))
            self._people[subject_id] = found
        return found

    def digest(self, document_id: str, revision: int) -> str | None:
        """See ``Known``."""
        path = f"documents/{document_id}/r{revision:06d}.json"
        content = self._read(path) if _PLACE.fullmatch(path) else None
        return None if content is None else hashlib.sha256(content).hexdigest()

    def authors(self, document_id: str, revision: int) -> frozenset[str]:
        """See ``Known``: freezing, and what follows it, says nothing about the document."""
        found, frozen = set(), False
        for number in range(1, revision + 1):
            plain = self._plain(f"documents/{document_id}/r{number:06d}.json") or {}
            approved = plain.get("state") == "approved"
            payload = self._plain(f"documents/{document_id}/r{number:06d}.payload.json") or {}
            record = payload.get("record")
            if not (approved or frozen) and isinstance(record, dict):
                found.add(str(record.get("recorded_by")))
            frozen = approved
        return frozenset(found)

    def login(self, act: Act) -> str | None:
        """See ``Known``."""
        path = f"acts/{act.get('subject_id')}/a{int(act.get('number', 0)):06d}.payload.json"
        said = (self._plain(path) or {}).get("act")
        return str(said["recorded_by"]) if isinstance(said, dict) and said.get("recorded_by") else None

    def _series(self, subject_id: str) -> Iterator[Act]:
        number = 1
        while (plain := self._plain(f"acts/{subject_id}/a{number:06d}.json")) is not None:
            yield plain
            number += 1

    def _plain(self, path: str) -> dict[str, Any] | None:
        content = self._read(path) if _PLACE.fullmatch(path) else None
        try:
            plain = parse_canonical(content or b"")
        except (ValueError, RecursionError):
            return None
        return plain if isinstance(plain, dict) else None


def document_findings(read: Read, document_id: str, approved: Sequence[tuple[int, str]]) -> Iterator[Finding]:
    """Everything about the approvals of one document.

    Args:
        read: gives objects of the vault.
        document_id: the document.
        approved: its revisions that stand approved, with their times.
    """
    known = FromVault(read)
    for act in known.acts(f"{PREFIX}{document_id}"):
        number = act.get("number")
        if isinstance(number, int) and is_number(number):
            yield from check_act(known, document_id, number)
    for revision, at in approved:
        yield check_frozen(known, document_id, revision, at)
