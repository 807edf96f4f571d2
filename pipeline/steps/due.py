"""Which scans still have to be stored by a legal day, and until when (law: scan-input-early, scan-input-cycle)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from compliance.deadlines import input_due
from compliance.document_class import importance
from domain.fields import DocumentType
from domain.ids import ON_PAPER, Origin
from domain.query import Query
from domain.record import DocumentState
from pipeline.steps.stamps import stamp_deadline

if TYPE_CHECKING:
    from pipeline.wiring import Shoko

LONGEST_DAYS = 100
"""No deadline lies further behind the day of receipt: two months and seven business days (law: scan-input-cycle)."""


def scans_in_review(shoko: Shoko, *, today: date) -> Query:
    """Scans that wait for a person, of the classes that have a deadline (law: scan-general-anytime).

    A class that has one when it is received counts in either direction: too many are looked at rather than too few.
    """
    company = shoko.company
    timed = tuple(
        kind
        for kind in DocumentType
        if input_due(
            kind,
            importance(kind, Origin.PAPER_RECEIVED, stored_at=today),
            today,
            stored_at=today,
            settings=company,
        )
    )
    return Query(
        states=(DocumentState.NEEDS_REVIEW,),
        origins=tuple(sorted(ON_PAPER)),
        document_types=timed,
        order="received_on",
    )


def deadlines(shoko: Shoko, *, today: date) -> dict[date, date]:
    """Day of receipt → last day for storing, newest first; whatever came before these days is past its deadline."""
    days, still = (today - timedelta(days=back) for back in range(LONGEST_DAYS)), shoko.held_still()
    return {day: stamp_deadline(still, day) for day in days}
