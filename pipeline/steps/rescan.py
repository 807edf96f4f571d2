"""A paper is scanned again because the first picture is bad (law: scan-rescan-defect).

The new scan arrives like any other file: it is preserved and stamped before anyone decides anything. Then a person
says whose new picture it is: the old document gets a revision with the new pages, the bad picture stays as the
revision before, and the document that the new scan had been filed as ends.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.acts import ActKind
from domain.calendar import tokyo_day
from domain.errors import CorrectionInvalid
from domain.fields import FieldStatus
from domain.ids import ELECTRONIC, Origin
from domain.precedence import PERSON_ENGINE, may_end
from domain.record import DocumentDraft, DocumentReading, DocumentState
from pipeline.steps.correct import lock_units
from pipeline.steps.relations import every_revision, known_document

if TYPE_CHECKING:
    from datetime import date

    from domain.acts import ActRecord
    from domain.fields import FieldSet
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

_OF_ARRIVAL = frozenset({"possible_duplicate", "duplicate_differs", "received_on_assumed", "origin_unknown"})
"""Reasons of the new scan that say nothing about the old document."""


def note_defect(shoko: Shoko, document_id: str, *, found_on: date, by: str, reason: str) -> ActRecord:
    """Write down that the picture of a paper is bad; the day of discovery starts the new deadline.

    Raises:
        ObjectMissing: no such document.
        CorrectionInvalid: the day is still to come, or the document is no scan.
    """
    record = _scan(shoko, document_id)
    if found_on > tokyo_day(shoko.clock()):
        raise CorrectionInvalid("found on a day to come", message_ja="不備に気付いた日に未来の日付は指定できません")
    noted = [act for act in shoko.archive.acts(document_id) if act.kind is ActKind.DEFECT_FOUND]
    same = next((act for act in noted if act.facts["found_on"] == found_on.isoformat()), None)
    return same or shoko.archive.record_act(
        ActKind.DEFECT_FOUND,
        document_id,
        recorded_by=by,
        facts={"found_on": found_on.isoformat(), "revision": record.revision},
        personal={"reason": reason},
        retain_until=record.retain_until,
    )


def rescan(shoko: Shoko, document_id: str, new_id: str, *, found_on: date, by: str, reason: str) -> ArchiveRecord:
    """Put the pages of a new scan in the place of a document's; the same call again finishes or changes nothing.

    1. The defect is written down with the day of its discovery.
    2. The document gets a revision with the new pages and what was read on them; a person's values stay.
    3. The act that names both, and the new units with them, is recorded.
    4. The document that the new scan was filed as is tombstoned.

    Raises:
        ObjectMissing: no such document.
        CorrectionInvalid: not two scans of the same origin.
        RevisionConflict: somebody revised it meanwhile.
        AppendOnlyViolation: one of them is approved or deleted.
    """
    old, new = _scan(shoko, document_id), _scan(shoko, new_id)
    if document_id == new_id or old.origin is not new.origin:
        raise CorrectionInvalid(
            "a new scan is another document of the same origin",
            message_ja="再読み取りには、同じ受領方法で取り込んだ別の書類を指定してください",
        )
    done = [act for act in shoko.archive.acts(document_id) if act.kind is ActKind.RESCANNED and new_id in act.about]
    if not done:
        may_end(new)
        may_end(old)
    note_defect(shoko, document_id, found_on=found_on, by=by, reason=reason)  # 1
    record = old
    if not done and old.pages != new.pages:
        record = shoko.archive.revise_document(  # 2
            document_id, base_revision=old.revision, draft=_draft(old, new), recorded_by=by, reason=reason
        )
    lock_units(shoko, record)
    if not done:
        shoko.archive.record_act(  # 3
            ActKind.RESCANNED,
            document_id,
            recorded_by=by,
            about=(new_id, *dict.fromkeys(page.unit_id for page in new.pages)),
            facts={"found_on": found_on.isoformat(), "revision": record.revision},
            personal={"reason": reason},
            retain_until=record.retain_until,
        )
    if new.state is not DocumentState.TOMBSTONED:
        shoko.archive.tombstone(  # 4
            new_id, base_revision=new.revision, recorded_by=by, reason=f"{document_id} の再読み取り"
        )
    logger.info("scanned again: %s revision %d", document_id, record.revision)
    return record


def _scan(shoko: Shoko, document_id: str) -> ArchiveRecord:
    record = every_revision(shoko, known_document(shoko, document_id).document_id)[-1]
    if record.origin in ELECTRONIC | {Origin.SELF_GENERATED}:
        raise CorrectionInvalid(
            f"document {document_id} is no scan of a paper",
            message_ja=f"書類 {document_id} は紙のスキャンではありません",
        )
    return record


def _draft(old: ArchiveRecord, new: ArchiveRecord) -> DocumentDraft:
    by_person = old.classification.engine.name == PERSON_ENGINE
    reasons = tuple(reason for reason in new.review_reasons if reason.code not in _OF_ARRIVAL)
    reasons += tuple(reason for reason in old.review_reasons if reason.code in _OF_ARRIVAL)
    return DocumentDraft(
        document_id=old.document_id,
        state=DocumentState.NEEDS_REVIEW if reasons else DocumentState.FILED,
        reading=DocumentReading(
            pages=new.pages,
            classification=old.classification if by_person else new.classification,
            fields=_fields(old.fields, new.fields),
            checks=new.checks,
            review_reasons=reasons,
            text=new.text,
            captures=new.captures,
        ),
        importance=old.importance,
        origin=old.origin,
        received_on=old.received_on,
        received_on_assumed=old.received_on_assumed,
        retain_until=max(filter(None, (old.retain_until, new.retain_until)), default=None),
    )


def _fields(old: FieldSet, new: FieldSet) -> FieldSet:
    """What was read on the new pages; a person's values stay, without the places that they had on the old ones."""
    kept = (f for f in old.fields if f.status is FieldStatus.CORRECTED or f.engine.name == PERSON_ENGINE)
    return new.replaced(*(replace(field, sources=()) for field in kept))
