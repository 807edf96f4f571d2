"""Made documents through the archive's own functions: dropped, read, filed, stamped, and worked on by people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from compliance.retention import retain_until
from domain.acts import ActKind, FactValue
from domain.approval_routes import DEFAULT_ROUTE
from domain.approval_rules import submission_facts
from domain.approvals import approval_id
from domain.ids import document_id_for, drop_id_for, unit_id_for
from domain.paperwork import LedgerRef
from domain.record import Deposit, DocumentDraft, DocumentState, Drop, DropOutcome, DropState
from pipeline.benchmark.desk.documents import DAYS, Made, made_document
from pipeline.steps.books import link_book
from storage.evidence.batching import stamp_in_batches

if TYPE_CHECKING:
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

VAULT = "vault"
PERSON = "sato"
_APPROVER = "tanaka"
_SUBMITS, _APPROVES = "usr-made-sato", "usr-made-tanaka"
_DELETED_EVERY = 97
_LINKED_EVERY = 29
_CHECKED_EVERY = 31
_STAMPED_EVERY = 25
"""Papers that share a timestamp: about ten days of them, which the law's deadline allows (law: scan-input-early)."""
Progress = Callable[[str, int, int], None]


@dataclass
class SetClock:
    """A clock that stands where it was set: papers of eleven years are filed in minutes."""

    now: datetime

    def __call__(self) -> datetime:
        """The instant."""
        return self.now


def beginning(last_day: date) -> datetime:
    """Before the first paper arrives."""
    return datetime.combine(last_day - timedelta(days=DAYS + 1), time(), UTC)


def fill(shoko: Shoko, clock: SetClock, *, count: int, seed: int, last_day: date, progress: Progress) -> None:
    """File ``count`` made documents, the oldest first. ``clock`` must be the one that ``shoko`` was opened with.

    Open it with a clock that stands at ``beginning``: the local authority stamps no earlier than it was set up.
    """
    made = sorted((made_document(n, seed=seed, last_day=last_day) for n in range(count)), key=lambda one: one.at)
    for done, one in enumerate(made, 1):
        clock.now = one.at
        record = _file(shoko, one)
        clock.now += timedelta(hours=1)
        _work_on(shoko, record, done)
        if done % _STAMPED_EVERY == 0:
            settings = shoko.settings.evidence.batch
            stamp_in_batches(shoko.archive, shoko.authority, settings=settings, now=clock.now, close=True)
        progress("documents", done, count)


def _file(shoko: Shoko, made: Made) -> ArchiveRecord:
    archive, client = shoko.archive, shoko.archive.client_id
    blob = shoko.store.put_blob(VAULT, made.content, prefix=f"{client}/blobs/", media_type="application/pdf")
    key = f"made/{made.received_on}/{made.name}"
    drop = archive.record_drop(
        Drop(
            client_id=client,
            drop_id=drop_id_for(client_id=client, store="inbox", key=key, version_id="1"),
            unit_id=unit_id_for(client_id=client, origin=made.origin, digest=blob.digest),
            blob=blob,
            origin=made.origin,
            received_on=made.received_on,
            received_on_assumed=made.received_on_assumed,
            preserved_at=made.at,
            deposit=Deposit(original_name=made.name, inbox_key=key, deposited_by=PERSON),
        )
    )
    page = replace(made.reading.pages[0], unit_id=drop.unit_id)
    kind = made.reading.classification.label
    record = archive.file_document(
        DocumentDraft(
            document_id=document_id_for(unit_id=drop.unit_id, ordinal=0),
            state=DocumentState.FILED if made.state is DocumentState.APPROVED else made.state,
            reading=replace(made.reading, pages=(page,)),
            importance=made.importance,
            origin=made.origin,
            received_on=made.received_on,
            received_on_assumed=made.received_on_assumed,
            retain_until=retain_until(made.received_on, settings=shoko.settings.company, document_type=kind),
        )
    )
    archive.record_outcome(
        DropOutcome(drop_id=drop.drop_id, state=DropState.READ, document_ids=(record.document_id,), recorded_at=made.at)
    )
    return _approved(shoko, record) if made.state is DocumentState.APPROVED else record


def _approved(shoko: Shoko, record: ArchiveRecord) -> ArchiveRecord:
    """A round of approval as the acts of two people who have no accounts, so that the page opens without login."""
    archive, subject = shoko.archive, approval_id(record.document_id)
    digest = str(archive.manifest_digest(record.document_id, record.revision))
    steps = DEFAULT_ROUTE.steps
    begun = submission_facts(
        number=1, revision=record.revision, digest=digest, routes=0, route=DEFAULT_ROUTE, steps=steps, by=_SUBMITS,
        barred=(),
    )  # fmt: skip
    about = (record.document_id,)
    archive.record_act(ActKind.APPROVAL_SUBMITTED, subject, recorded_by=PERSON, about=about, facts=begun)
    given: dict[str, FactValue] = {
        "round": 1,
        "revision": record.revision,
        "digest": digest,
        "step": 1,
        "seat": 1,
        "approver": _APPROVES,
    }
    archive.record_act(ActKind.APPROVAL_GIVEN, subject, recorded_by=_APPROVER, about=about, facts=given)
    return archive.freeze(record.document_id, base_revision=record.revision, recorded_by=_APPROVER)


def _work_on(shoko: Shoko, record: ArchiveRecord, number: int) -> None:
    """A little of what people do: numbers of the books, sameness checks, deletions."""
    if number % _LINKED_EVERY == 0:
        ref = LedgerRef(book="仕訳帳", number=f"{record.received_on:%Y%m}-{number:05d}")
        link_book(shoko, [record.document_id], ref, by=PERSON)
    if number % _CHECKED_EVERY == 0:
        unit = record.pages[0].unit_id
        shoko.archive.record_act(ActKind.SAMENESS_CHECKED, unit, recorded_by=PERSON, facts={"same": True})
    if number % _DELETED_EVERY == 0 and record.state is not DocumentState.APPROVED:
        shoko.archive.tombstone(
            record.document_id, base_revision=record.revision, recorded_by=PERSON, reason="別の書類と重複していたため"
        )
