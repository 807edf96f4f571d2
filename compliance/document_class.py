"""重要書類 or 一般書類 (law: scan-doc-class): a table of class × direction; whatever it does not list is important."""

from __future__ import annotations

from datetime import date

from compliance.rulepack import RulePack, load_rulepack
from domain.fields import DocumentType
from domain.ids import Origin
from domain.record import ImportanceClass

_RECEIVED = frozenset({Origin.PAPER_RECEIVED, Origin.ELECTRONIC_RECEIVED})
_ISSUED = frozenset({Origin.PAPER_ISSUED_COPY, Origin.ELECTRONIC_SENT})


def importance(
    document_type: DocumentType, origin: Origin, *, stored_at: date, pack: RulePack | None = None
) -> ImportanceClass:
    """Class of a document by its type and direction, as of the day of storing (law: scan-doc-class).

    The same title differs by direction: a delivery note that we received is important, the copy of our own is general.
    Unlisted types and unknown directions are important.
    """
    row = (pack or load_rulepack()).class_row(document_type, stored_at=stored_at)
    if row is None:
        return ImportanceClass.IMPORTANT
    if origin in _RECEIVED:
        return row.received
    return row.issued if origin in _ISSUED else ImportanceClass.IMPORTANT


def raised(current: ImportanceClass, wanted: ImportanceClass) -> ImportanceClass:
    """What a person's wish makes of a class: it may be raised, never silently lowered (law: scan-doc-class)."""
    return ImportanceClass.IMPORTANT if ImportanceClass.IMPORTANT in {current, wanted} else ImportanceClass.GENERAL
