"""A reading becomes records: identity, law class, retention, state. Nothing waits for review to be preserved."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from compliance.capture_quality import judge
from compliance.retention import retain_until
from domain.acts import ActKind
from domain.calendar import end_of_tokyo_day, tokyo_day
from domain.codec import dump, load
from domain.errors import EngineCrashed, EngineTimeout
from domain.evidence import Outcome
from domain.fields import DocumentType
from domain.ids import ISSUED_BY_US, Origin, document_id_for
from domain.page import CapturedPage, Fault
from domain.record import (
    ArchiveRecord,
    DocumentDraft,
    DocumentReading,
    DocumentState,
    Drop,
    DropOutcome,
    DropReading,
    DropState,
    ImportanceClass,
    ReviewReason,
)
from pipeline.steps.captures import captures_of
from pipeline.steps.direction import direction_reasons, importance_of
from pipeline.steps.duplicates import with_duplicates
from pipeline.steps.intake import VAULT, write_status
from pipeline.steps.issuers import look_up_issuer, party_of, with_standing
from pipeline.steps.naming import with_counterparty
from pipeline.steps.read import with_reasons
from pipeline.steps.units import preserve_units

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from domain.ids import BlobRef
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

DERIVED = "derived"
NOT_SCANNED = frozenset({Origin.ELECTRONIC_RECEIVED, Origin.ELECTRONIC_SENT, Origin.SELF_GENERATED})
"""Origins whose documents came as data: what a scan must be does not apply."""
UNREADABLE_CODES = frozenset({"encrypted", "damaged", "too_large", "engine_crashed", "engine_timeout"})
"""Faults of a whole file that leave nothing read. Unsupported kinds are not unreadable: people open them."""

PASSING_CODES = frozenset({EngineCrashed.code, EngineTimeout.code})
"""Faults of the day rather than of the file: memory, time, a process that died."""


def reading_key(client_id: str, drop: Drop, config_digest: str) -> str:
    """Where the reading of these bytes by these engines lies: input digest + engines (a rerun rewrites nothing)."""
    return f"{client_id}/readings/{drop.blob.digest.value}/{drop.unit_id}.{config_digest}.json"


def passing(faults: Sequence[Fault]) -> bool:
    """True where one of the faults may not come again: an engine failed or ran out of time."""
    return any(fault.code in PASSING_CODES for fault in faults)


def load_reading(shoko: Shoko, key: str) -> DropReading | None:
    """A stored reading, or None where there is none."""
    if shoko.store.stat(DERIVED, key) is None:
        return None
    return load(DropReading, shoko.store.get(DERIVED, key))


def store_reading(shoko: Shoko, key: str, reading: DropReading) -> None:
    """Keep it in ``derived`` (rebuildable)."""
    shoko.store.put_named(DERIVED, key, dump(reading), media_type="application/json", if_absent=False)


def file_reading(drop: Drop, reading: DropReading, shoko: Shoko) -> tuple[ArchiveRecord, ...]:
    """File every document of a drop and record the drop's outcome; the same call again changes nothing."""
    shoko.at("file.begin")
    blobs = preserve_units(drop, reading, shoko)
    records = tuple(shoko.archive.file_document(draft) for draft in drafts_for(drop, reading, shoko))
    shoko.at("file.filed")
    for record in records:
        extend_lock(drop, record, shoko, blobs)
    shoko.at("file.locked")
    codes = {f.code for f in reading.faults if f.page_index is None}
    state = DropState.UNREADABLE if codes & UNREADABLE_CODES and not reading.pages else DropState.READ
    shoko.archive.record_outcome(
        DropOutcome(
            drop_id=drop.drop_id,
            state=state,
            faults=reading.faults,
            document_ids=tuple(r.document_id for r in records),
            recorded_at=shoko.clock(),
        )
    )
    shoko.at("file.outcome")
    write_status(shoko, drop.drop_id)
    logger.info("filed: %s (%d documents)", drop.drop_id, len(records))
    return records


_WENT_BEFORE = Fault(
    code="went_before",
    message="the same bytes were withdrawn or destroyed before, with approval; they are preserved and not filed again",
    message_ja="以前、承認のうえ取り消し・廃棄されたファイルと同じ内容です。保存しましたが書類にはしていません。"
    "残す必要がある場合は、紙を再度スキャンするか、別の受領方法のフォルダに入れてください",
)


def acknowledge_repeat(drop: Drop, shoko: Shoko) -> bool:
    """The same bytes of the same origin again: recorded and linked to the documents there are, not doubled.

    False while nothing has become of the first yet: then there is nothing to link to, and the drop stays unfinished.
    """
    first = shoko.archive.drop_status(drop.repeats_drop_id or "")
    if first is None or first.outcome is None:
        return False
    went = any(act.kind in {ActKind.WITHDRAWN, ActKind.DESTROYED} for act in shoko.archive.acts(first.drop.drop_id))
    shoko.archive.record_outcome(
        DropOutcome(
            drop_id=drop.drop_id,
            state=DropState.UNREADABLE if went else first.outcome.state,
            document_ids=() if went else first.outcome.document_ids,
            faults=(_WENT_BEFORE,) if went else (),
            recorded_at=shoko.clock(),
        )
    )
    write_status(shoko, drop.drop_id)
    return True


def drafts_for(drop: Drop, reading: DropReading, shoko: Shoko) -> tuple[DocumentDraft, ...]:
    """What will be filed, document by document; documents of one unit are numbered from 0."""
    captured = {extract.unit_id: extract.captured for extract in reading.extracts}
    counts: Counter[str] = Counter()
    drafts = []
    for number, document in enumerate(reading.documents):
        first = document.pages[0].unit_id if document.pages else drop.unit_id
        unit_id = first if first in captured else drop.unit_id
        draft = draft_for(
            drop,
            document,
            document_id=(
                reading.settled[number]
                if reading.settled
                else document_id_for(unit_id=unit_id, ordinal=counts[unit_id])
            ),
            shoko=shoko,
            captured=captured.get(unit_id, reading.captured),
        )
        drafts.append(with_duplicates(draft, drop, shoko))
        counts[unit_id] += 1
    return tuple(drafts)


def draft_for(
    drop: Drop,
    document: DocumentReading,
    *,
    document_id: str,
    shoko: Shoko,
    captured: tuple[CapturedPage, ...] = (),
) -> DocumentDraft:
    """What will be filed: the reading plus what the drop and the law add."""
    document = with_reasons(document, *direction_reasons(document, drop.origin, shoko.company.names))
    important = importance_of(document, drop.origin, stored_at=tokyo_day(shoko.clock()))
    issued_by_us = drop.origin in ISSUED_BY_US
    issuer = None if issued_by_us else look_up_issuer(document, shoko.issuers)
    document = with_counterparty(
        document,
        index=shoko.parties.index(),
        issued_by_us=issued_by_us,
        least_certain=shoko.settings.extractors.least_certain,
        registered=party_of(issuer),
    )
    document = with_standing(document, issuer)
    document = with_reasons(document, *_reasons_from_drop(drop, shoko))
    if drop.origin not in NOT_SCANNED:
        document = _judged(document, captured, important, drop=drop, on=tokyo_day(shoko.clock()))
    printed = document.fields.day("transaction_date")
    received_on = drop.received_on
    if drop.received_on_assumed and printed is not None and printed <= drop.received_on:
        received_on = printed
    return DocumentDraft(
        document_id=document_id,
        state=DocumentState.NEEDS_REVIEW if document.needs_review else DocumentState.FILED,
        reading=document,
        importance=important,
        origin=drop.origin,
        received_on=received_on,
        received_on_assumed=drop.received_on_assumed,
        retain_until=retention_day(shoko, drop.received_on, document),
    )


def _judged(
    document: DocumentReading,
    captured: tuple[CapturedPage, ...],
    important: ImportanceClass,
    *,
    drop: Drop,
    on: date,
) -> DocumentReading:
    """Is the scan good enough to stand for the paper (law: scan-resolution-tone)? One that is not goes to review."""
    numbers = {page.page_index for page in document.pages}
    mine = tuple(page for page in captured if page.page_index in numbers)
    checks = judge(mine, importance=important, stored_on=on, document_type=document.classification.label)
    captures = captures_of(mine, drop=drop)
    document = replace(document, checks=(*document.checks, *checks), captures=captures)
    if any(check.outcome is Outcome.FAILED for check in checks):
        document = with_reasons(document, ReviewReason(code="capture_quality"))
    return document


def retention_day(shoko: Shoko, received_on: date, document: DocumentReading) -> date:
    """Last day of retention (law: ret-corp, ret-other): from receipt, and for contracts from their end if later."""
    contract_end = document.fields.day("effective_to") if _is_contract(document) else None
    return retain_until(
        received_on,
        settings=shoko.company,
        document_type=document.classification.label,
        contract_end=contract_end,
    )


def _is_contract(document: DocumentReading) -> bool:
    return document.classification.label is DocumentType.CONTRACT


def extend_lock(drop: Drop, record: ArchiveRecord, shoko: Shoko, units: Mapping[str, tuple[BlobRef, ...]]) -> None:
    """Lock the original, and the units taken out of it, until the end of retention; never shortens (DESIGN §7).

    What waits for review keeps its provisional lock: a misdirected file can still be withdrawn. The nightly walk
    (``pipeline.steps.retention``) locks it for good before that lock ends, and everything else that belongs to it.
    """
    if record.retain_until is None or record.state is DocumentState.NEEDS_REVIEW:
        return
    until = end_of_tokyo_day(record.retain_until)
    for blob in dict.fromkeys((drop.blob, *(blob for p in record.pages for blob in units.get(p.unit_id, ())))):
        shoko.store.extend_retention(VAULT, blob.key, version_id=blob.version_id, until=until)


def _reasons_from_drop(drop: Drop, shoko: Shoko) -> tuple[ReviewReason, ...]:
    reasons: list[ReviewReason] = []
    if drop.origin is Origin.UNKNOWN:
        reasons.append(ReviewReason(code="origin_unknown"))
    unit = shoko.archive.get_unit(drop.unit_id)
    if unit is not None and unit.same_bytes_as:
        reasons.append(ReviewReason(code="same_bytes_other_origin"))
    return tuple(reasons)
