"""What verification says of what is not there any more: destroyed with approval, or lost.

An act of the vault that the log names, and an approval that the log names too, are what tells one from the other; a row
of the database is not enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from domain.acts import ActKind, ActRecord
from domain.engines import ObjectStore
from domain.errors import ObjectMissing
from domain.ids import Digest
from storage.archive import Archive, keys
from storage.archive.destruction import BLOB, Gone, gone_of
from storage.archive.keys import VAULT
from storage.evidence.verifier import Finding, parse_canonical
from storage.evidence.verifier.findings import Reason, passed

_OF_LOST_BYTES = frozenset({"payload_digest", "original_digest"})
"""Findings that speak of bytes which a destruction removes."""


class Destroyed:
    """Destructions of an archive, read from the vault when the first thing is missing."""

    def __init__(self, archive: Archive, vault: ObjectStore) -> None:
        """Nothing is read yet."""
        self._archive = archive
        self._vault = vault

    def paths(self) -> frozenset[str]:
        """Where everything was that went by an approved act, inside the client's part of the vault."""
        return frozenset(self._by_path)

    def explain(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings; one of bytes that are gone by an approved destruction becomes ``destroyed``, and passes."""
        for finding in findings:
            request = None
            if finding.name in _OF_LOST_BYTES and finding.reason is Reason.SIGNED_DATA_NOT_FOUND:
                request = self._request_for(finding.subject or "")
            if request is None:
                yield finding
            else:
                yield passed("destroyed", subject=finding.subject, detail=f"with approval: {request}")

    def _request_for(self, subject: str) -> str | None:
        """The approved request under which a payload (by its path) or a unit's original was destroyed."""
        unit = self._archive.get_unit(subject) if subject.startswith("unit-") else None
        if unit is not None:
            original = Gone(kind=BLOB, subject_id=unit.blob.digest.value, number=1)
            return self._by_path.get(self._path(original))
        return self._by_path.get(subject)

    @cached_property
    def _by_path(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for act in self._archive.acts_of_kinds(ActKind.DESTROYED):
            plain = self._logged(act)
            facts = plain.get("facts", {}) if plain else {}
            request = str(facts.get("request"))
            if self._approved(request):
                found |= {self._path(gone_of(code)): request for code in facts.get("gone", ())}
        return found

    def _path(self, one: Gone) -> str:
        return one.key(self._archive.client_id).removeprefix(f"{self._archive.client_id}/")

    def _approved(self, request: str) -> bool:
        acts = self._archive.acts(request)
        return any(act.kind is ActKind.REQUEST_APPROVED and self._logged(act) is not None for act in acts)

    def _logged(self, act: ActRecord) -> dict[str, Any] | None:
        """The act's manifest as the vault has it, where a leaf of its kind and subject carries its digest."""
        key = keys.act(self._archive.client_id, act.subject_id, act.number)
        try:
            content = self._vault.get(VAULT, key)
            plain = parse_canonical(content)
        except (ObjectMissing, ValueError, RecursionError):
            return None
        said = (act.kind.value, Digest.of(content))
        named = any((leaf.kind, leaf.manifest_digest) == said for leaf in self._archive.leaves_of(act.subject_id))
        return plain if named and isinstance(plain, dict) else None
