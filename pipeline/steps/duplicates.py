"""Has this paper come before? Shown as a reason for review with the other document, never dropped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.fields import FieldStatus
from domain.likeness import ALIKE, fingerprint, likeness
from domain.picture_mark import first_mark
from domain.record import DocumentDraft, DocumentState, ReviewReason
from pipeline.steps.pictures import Pictures
from pipeline.steps.read import with_reasons

if TYPE_CHECKING:
    from domain.fields import Field
    from domain.record import ArchiveRecord, Drop
    from pipeline.wiring import Shoko

DUPLICATE = "possible_duplicate"
DIFFERS = "duplicate_differs"
"""Beside it, of each field in which the other document was read otherwise."""
_MOST_SHOWN = 3
_OVER = frozenset({DocumentState.TOMBSTONED, DocumentState.DESTROYED})
_TELLING = ("transaction_date", "total_amount", "document_number", "time")
"""Fields that differ between two papers of one form, and agree between two scans of one paper."""
_MISREAD = 1
"""Telling fields that may differ before pictures are not asked any more: of two scans of one paper seldom more than one
is read wrongly, of two papers of one form day, number and amount differ."""


def with_duplicates(draft: DocumentDraft, drop: Drop, shoko: Shoko) -> DocumentDraft:
    """The draft, with a reason for each document of another drop that may be the same paper.

    1. The same bytes came in another unit.
    2. The text is nearly the same, figures included, and no telling field contradicts: scanned twice.
    3. Counterparty, day and amount are the same, and no number or time contradicts: sent twice, or sent and scanned.
    4. The pictures show the same paper, where texts are too short to say, or where one telling field alone contradicts
       between texts that are alike: it may have been misread. What was read with confidence on both and contradicts is
       overruled by no picture; what contradicts otherwise is named beside the duplicate.
    """
    mine = {page.unit_id for page in draft.reading.pages}
    found: dict[str, None] = {}
    for unit_id in mine:  # 1
        unit = shoko.archive.get_unit(unit_id)
        for other in unit.same_bytes_as if unit is not None else ():
            found |= dict.fromkeys(shoko.archive.documents_of_unit(other))
    candidates = dict.fromkeys(shoko.archive.documents_alike(draft.reading.text))
    candidates |= dict.fromkeys(shoko.archive.documents_of_facts(draft.reading.fields))
    pictures = Pictures(shoko, draft.reading.pages)
    if not fingerprint(draft.reading.text):
        candidates |= dict.fromkeys(shoko.archive.documents_pictured_alike(first_mark(draft.reading.pages)))
    reasons, asked = [], []
    differing: list[ReviewReason] = []
    for document_id in found | candidates:
        record = shoko.archive.get_document(document_id)
        if record is None or record.state in _OVER or document_id == draft.document_id:
            continue
        if _same_drop(record, drop, shoko):
            continue
        if document_id in found or _same(draft, record):
            reasons.append(ReviewReason(code=DUPLICATE, detail=document_id))
        elif _unsure(draft, record, least_certain=shoko.settings.extractors.least_certain):
            asked.append(record)
    for record in pictures.same(asked):  # 4
        reasons.append(ReviewReason(code=DUPLICATE, detail=record.document_id))
        differing += (
            ReviewReason(code=DIFFERS, field=mine.name, detail=record.document_id)
            for mine, _ in _contradicting(draft, record)
        )
    if not reasons:
        return draft
    shown = reasons[:_MOST_SHOWN]
    named = {reason.detail for reason in shown}
    reading = with_reasons(draft.reading, *shown, *(one for one in differing if one.detail in named))
    return replace(draft, reading=reading, state=DocumentState.NEEDS_REVIEW)


def _same_drop(record: ArchiveRecord, drop: Drop, shoko: Shoko) -> bool:
    """Pages of one file are not duplicates of each other: a person divided them, or they were copies from the start."""
    units = (shoko.archive.get_unit(page.unit_id) for page in record.pages)
    return any(unit is not None and unit.first_drop_id == drop.drop_id for unit in units)


def _told(draft: DocumentDraft, record: ArchiveRecord) -> list[tuple[Field, Field]]:
    """Telling fields that were read on both."""
    pairs = [(draft.reading.fields.get(name), record.fields.get(name)) for name in _TELLING]
    return [(a, b) for a, b in pairs if a is not None and b is not None and None not in (a.value, b.value)]


def _contradicting(draft: DocumentDraft, record: ArchiveRecord) -> list[tuple[Field, Field]]:
    return [(mine, theirs) for mine, theirs in _told(draft, record) if mine.value != theirs.value]


def _same(draft: DocumentDraft, record: ArchiveRecord) -> bool:
    reading = draft.reading
    if _contradicting(draft, record) or not _told(draft, record):
        return False
    if likeness(reading.text, record.text).same_paper:  # 2
        return True
    same_class = reading.classification.label is record.classification.label  # 3
    facts = all(
        (value := reading.fields.value(name)) is not None and value == record.fields.value(name)
        for name in ("transaction_date", "total_amount", "counterparty")
    )
    return same_class and facts


def _unsure(draft: DocumentDraft, record: ArchiveRecord, *, least_certain: float) -> bool:
    """Neither text can say whether it is the same paper, and nothing read with confidence says that it is not."""
    contradicting = _contradicting(draft, record)
    if any(_is_sure(mine, least_certain) and _is_sure(theirs, least_certain) for mine, theirs in contradicting):
        return False
    if not fingerprint(draft.reading.text) or not fingerprint(record.text):
        return True
    return len(contradicting) <= _MISREAD and likeness(draft.reading.text, record.text).words >= ALIKE


def _is_sure(field: Field, least_certain: float) -> bool:
    """A person said it, or it would be filed without asking one."""
    if field.status is FieldStatus.CORRECTED:
        return True
    return field.status is FieldStatus.FOUND and field.confidence >= least_certain
