"""Has this paper come before? Shown as a reason for review with the other document, never dropped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.likeness import likeness
from domain.record import DocumentDraft, DocumentState, ReviewReason
from pipeline.steps.read import with_reasons

if TYPE_CHECKING:
    from domain.record import ArchiveRecord, Drop
    from pipeline.wiring import Shoko

DUPLICATE = "possible_duplicate"
_MOST_SHOWN = 3
_OVER = frozenset({DocumentState.TOMBSTONED, DocumentState.DESTROYED})
_TELLING = ("transaction_date", "total_amount", "document_number", "time")
"""Fields that differ between two papers of one form, and agree between two scans of one paper."""


def with_duplicates(draft: DocumentDraft, drop: Drop, shoko: Shoko) -> DocumentDraft:
    """The draft, with a reason for each document of another drop that may be the same paper.

    1. The same bytes came in another unit.
    2. The text is nearly the same, figures included, and no telling field contradicts: scanned twice.
    3. Counterparty, day and amount are the same, and no number or time contradicts: sent twice, or sent and scanned.
    """
    mine = {page.unit_id for page in draft.reading.pages}
    found: dict[str, None] = {}
    for unit_id in mine:  # 1
        unit = shoko.archive.get_unit(unit_id)
        for other in unit.same_bytes_as if unit is not None else ():
            found |= dict.fromkeys(shoko.archive.documents_of_unit(other))
    candidates = dict.fromkeys(shoko.archive.documents_alike(draft.reading.text))
    candidates |= dict.fromkeys(shoko.archive.documents_of_facts(draft.reading.fields))
    reasons = []
    for document_id in found | candidates:
        record = shoko.archive.get_document(document_id)
        if record is None or record.state in _OVER or document_id == draft.document_id:
            continue
        if _same_drop(record, drop, shoko):
            continue
        if document_id in found or _same(draft, record):
            reasons.append(ReviewReason(code=DUPLICATE, detail=document_id))
    if not reasons:
        return draft
    reading = with_reasons(draft.reading, *reasons[:_MOST_SHOWN])
    return replace(draft, reading=reading, state=DocumentState.NEEDS_REVIEW)


def _same_drop(record: ArchiveRecord, drop: Drop, shoko: Shoko) -> bool:
    """Pages of one file are not duplicates of each other: a person divided them, or they were copies from the start."""
    units = (shoko.archive.get_unit(page.unit_id) for page in record.pages)
    return any(unit is not None and unit.first_drop_id == drop.drop_id for unit in units)


def _same(draft: DocumentDraft, record: ArchiveRecord) -> bool:
    reading = draft.reading
    agreed = 0
    for name in _TELLING:
        mine, theirs = reading.fields.value(name), record.fields.value(name)
        if mine is None or theirs is None:
            continue
        if mine != theirs:
            return False
        agreed += 1
    if agreed == 0:
        return False
    if likeness(reading.text, record.text).same_paper:  # 2
        return True
    same_class = reading.classification.label is record.classification.label  # 3
    facts = all(
        (value := reading.fields.value(name)) is not None and value == record.fields.value(name)
        for name in ("transaction_date", "total_amount", "counterparty")
    )
    return same_class and facts
