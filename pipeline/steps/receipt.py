"""People confirm the day on which papers and data reached the company (law: regime-basis-date), one or many at once."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.corrections import Correction
from domain.query import Query
from domain.record import DocumentState
from pipeline.steps.correct import correct_document
from pipeline.steps.relations import known_document
from storage import figures
from storage.search import search

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from domain.query import Hits
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

REASON = "受領日の確認"
_ENDED = frozenset({DocumentState.TOMBSTONED, DocumentState.DESTROYED})


def unconfirmed(shoko: Shoko, *, limit: int) -> Hits:
    """Documents whose day of receipt is assumed, the longest filed first."""
    query = Query(received_on_assumed=True, order="recorded_at", limit=limit, count_limit=limit)
    hits = search(shoko.archive, query)  # how many there are is kept: it is not counted for each who looks
    return replace(hits, total=figures.count(shoko.archive, Query(received_on_assumed=True)), at_least=False)


def confirm_received(
    shoko: Shoko, document_ids: Sequence[str], *, by: str, on: date | None = None, reason: str = REASON
) -> tuple[ArchiveRecord, ...]:
    """Confirm the day of receipt of documents; gives those that got a revision.

    Documents that are confirmed already (as ``on``) and deleted ones stay as they are, so the same call again changes
    nothing, and one that was cut off goes on.

    Args:
        shoko: the installation.
        document_ids: documents, in any number.
        by: login of the person.
        on: the day for all of them; None: for each the day that was assumed.
        reason: in the person's words.

    Raises:
        ObjectMissing: no such document; none is changed.
        CorrectionInvalid: the day is still to come.
        AppendOnlyViolation: one is approved.
    """
    confirmed = []
    for record in [known_document(shoko, one) for one in dict.fromkeys(document_ids)]:
        day = on or record.received_on
        if record.state in _ENDED or (record.received_on == day and not record.received_on_assumed):
            continue
        correction = Correction(
            base_revision=record.revision, values={}, received_on=day, recorded_by=by, reason=reason
        )
        confirmed.append(correct_document(shoko, record.document_id, correction))
    logger.info("day of receipt confirmed: %d documents", len(confirmed))
    return tuple(confirmed)
