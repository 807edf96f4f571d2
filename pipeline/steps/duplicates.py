"""Has this paper come before? Shown as a reason for review with the other document, never dropped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.likeness import ALIKE, fingerprint, likeness
from domain.picture_mark import first_mark
from domain.record import DocumentDraft, DocumentState, ReviewReason
from pipeline.steps.pictures import Pictures
from pipeline.steps.read import with_reasons

if TYPE_CHECKING:
    from domain.record import ArchiveRecord, Drop
    from pipeline.wiring import Shoko

DUPLICATE = "possible_duplicate"
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
       between texts that are alike: it may have been misread.
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
    for document_id in found | candidates:
        record = shoko.archive.get_document(document_id)
        if record is None or record.state in _OVER or document_id == draft.document_id:
            continue
        if _same_drop(record, drop, shoko):
            continue
        if document_id in found or _same(draft, record):
            reasons.append(ReviewReason(code=DUPLICATE, detail=document_id))
        elif _unsure(draft, record):
            asked.append(record)
    reasons += (ReviewReason(code=DUPLICATE, detail=one.document_id) for one in pictures.same(asked))  # 4
    if not reasons:
        return draft
    reading = with_reasons(draft.reading, *reasons[:_MOST_SHOWN])
    return replace(draft, reading=reading, state=DocumentState.NEEDS_REVIEW)


def _same_drop(record: ArchiveRecord, drop: Drop, shoko: Shoko) -> bool:
    """Pages of one file are not duplicates of each other: a person divided them, or they were copies from the start."""
    units = (shoko.archive.get_unit(page.unit_id) for page in record.pages)
    return any(unit is not None and unit.first_drop_id == drop.drop_id for unit in units)


def _said(draft: DocumentDraft, record: ArchiveRecord) -> tuple[int, int]:
    """How many telling fields agree, and how many contradict."""
    pairs = [(draft.reading.fields.value(name), record.fields.value(name)) for name in _TELLING]
    both = [(mine, theirs) for mine, theirs in pairs if mine is not None and theirs is not None]
    agreed = sum(mine == theirs for mine, theirs in both)
    return agreed, len(both) - agreed


def _same(draft: DocumentDraft, record: ArchiveRecord) -> bool:
    reading = draft.reading
    agreed, contradicted = _said(draft, record)
    if contradicted or not agreed:
        return False
    if likeness(reading.text, record.text).same_paper:  # 2
        return True
    same_class = reading.classification.label is record.classification.label  # 3
    facts = all(
        (value := reading.fields.value(name)) is not None and value == record.fields.value(name)
        for name in ("transaction_date", "total_amount", "counterparty")
    )
    return same_class and facts


def _unsure(draft: DocumentDraft, record: ArchiveRecord) -> bool:
    """Texts that cannot say whether it is the same paper."""
    if not fingerprint(draft.reading.text) or not fingerprint(record.text):
        return True
    _, contradicted = _said(draft, record)
    return contradicted <= _MISREAD and likeness(draft.reading.text, record.text).words >= ALIKE
