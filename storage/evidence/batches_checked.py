"""The batches that some documents lean on, each verified once; a renewal counts where the log names it and it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from domain.errors import DigestMismatch, ObjectMissing
from storage.evidence.unit_records import EvidenceRecords
from storage.evidence.verifier import Anchors, Finding, Policy, Reason, Verdict, verify_evidence_record
from storage.evidence.verifier.batch import Batch
from storage.evidence.verifier.covered import Coverage
from storage.evidence.verifier.findings import failed

Checked = tuple[Batch | None, list[Finding]]


class BatchesChecked:
    """Batches as they are asked for, and what is to be told of them."""

    def __init__(
        self,
        check: Callable[[int], Checked],
        paths: Callable[[str], Iterator[str]],
        content: Callable[[str], bytes | None],
    ) -> None:
        """``check`` holds a batch against the log and verifies it; it may ask ``coverage`` of later ones."""
        self._check = check
        self._known: dict[int, Checked] = {}
        self._untold: dict[int, None] = {}
        self._told: set[int] = set()
        self.coverage = Coverage(paths, content, holds=self._holds)

    def get(self, number: int) -> Batch | None:
        """A batch that something leans on; None where it does not hold."""
        self._untold[number] = None
        return self._checked(number)[0]

    def findings(self) -> Iterator[Finding]:
        """What was found of those that are leaned on, told once."""
        for number in tuple(self._untold):
            if number not in self._told:
                self._told.add(number)
                yield from self._checked(number)[1]
        self._untold.clear()

    def _holds(self, number: int) -> bool:
        """Whether a renewal counts; what it leaves open is told with what leans on it."""
        batch, findings = self._checked(number)
        holds = batch is not None and all(one.verdict is not Verdict.FAILED for one in findings)
        if holds:
            self._untold[number] = None
        return holds

    def _checked(self, number: int) -> Checked:
        if number not in self._known:
            self._known[number] = self._check(number)
        return self._known[number]


def record_findings(
    records: EvidenceRecords, unit_id: str, *, digest_of: Callable[[str], bytes], anchors: Anchors, policy: Policy
) -> tuple[Finding, ...]:
    """A unit's evidence record (RFC 4998 §5.3); where it cannot be put together any more, that."""
    try:
        record = records.of(unit_id)
    except (ObjectMissing, DigestMismatch):
        return (failed("evidence_form", Reason.SIGNED_DATA_NOT_FOUND, subject=unit_id),)
    return tuple(verify_evidence_record(record, digest_of=digest_of, anchors=anchors, policy=policy, subject=unit_id))
