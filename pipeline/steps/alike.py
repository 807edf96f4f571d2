"""Documents that look the same and of which only the same harmless thing is open: they are confirmed by one act each.

Harmless is the day of receipt alone (law: regime-basis-date): it was assumed from the day on which the scan came, and
saying that it is so changes no value. A value is never confirmed for many at once.
"""

from __future__ import annotations

import logging
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import AppError
from domain.fields import DocumentType
from domain.record import ArchiveRecord, DocumentState
from domain.text import search_key
from extractors.habits.apply import ALIKE
from extractors.habits.layout import layout_of, similarity
from pipeline.steps.filing import NOT_SCANNED
from pipeline.steps.receipt import confirm_received, unconfirmed
from pipeline.steps.texts import recorded_texts

if TYPE_CHECKING:
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

LOOKED_AT = 200
"""Documents with an assumed day that are compared; the longest filed first, more wait behind them."""
_ONLY = frozenset({"received_on_assumed"})
_OPEN = frozenset({DocumentState.NEEDS_REVIEW, DocumentState.FILED})
Layouts = MutableMapping[tuple[str, int], tuple[str, ...]]
"""Document and revision → its layout, kept between calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeGroup:
    """Documents of one counterparty, class and layout of which only the day of receipt is open."""

    party: str
    document_type: DocumentType
    records: tuple[ArchiveRecord, ...]
    """At least two; the longest filed first."""


def alike_groups(shoko: Shoko, layouts: Layouts) -> tuple[AlikeGroup, ...]:
    """Groups with two documents or more, the largest first."""
    groups: dict[tuple[str, DocumentType], list[list[ArchiveRecord]]] = {}
    for hit in unconfirmed(shoko, limit=LOOKED_AT).hits:
        record = shoko.archive.get_document(hit.document_id)
        party = record.fields.text("counterparty") if record is not None else None
        if record is None or not party or not asks_only_for_the_day(record):
            continue
        piles = groups.setdefault((search_key(party), record.classification.label), [])
        mine = _layout(shoko, record, layouts)
        pile = next((one for one in piles if similarity(mine, _layout(shoko, one[0], layouts)) >= ALIKE), None)
        if pile is None:
            piles.append([record])
        else:
            pile.append(record)
    found = [
        AlikeGroup(party=pile[0].fields.text("counterparty") or "", document_type=kind, records=tuple(pile))
        for (_, kind), piles in groups.items()
        for pile in piles
        if len(pile) > 1
    ]
    return tuple(sorted(found, key=lambda group: (-len(group.records), group.party)))


def asks_only_for_the_day(record: ArchiveRecord) -> bool:
    """Whether nothing but the assumed day of a scan is open."""
    codes = {reason.code for reason in record.review_reasons}
    assumed = record.received_on_assumed and record.origin not in NOT_SCANNED
    return record.state in _OPEN and assumed and codes <= _ONLY


def confirm_alike(shoko: Shoko, document_ids: Sequence[str], *, by: str) -> tuple[int, int]:
    """Confirm the assumed days of documents of which nothing else is open; gives how many were, and how many are left.

    What was changed meanwhile, or has another doubt now, is left as it is. The same call again changes nothing.
    """
    wanted = tuple(dict.fromkeys(document_ids))
    done = sum(_confirm(shoko, one, by=by) for one in wanted)
    return done, len(wanted) - done


def _confirm(shoko: Shoko, document_id: str, *, by: str) -> bool:
    record = shoko.archive.get_document(document_id)
    if record is None or not asks_only_for_the_day(record):
        return False
    try:
        return bool(confirm_received(shoko, [document_id], by=by))
    except AppError as error:  # somebody changed it since it was looked at: the others go on
        logger.info("left as it is: %s (%s)", document_id, error.code)
        return False


def _layout(shoko: Shoko, record: ArchiveRecord, layouts: Layouts) -> tuple[str, ...]:
    key = (record.document_id, record.revision)
    if key not in layouts:
        if len(layouts) > 10 * LOOKED_AT:
            layouts.clear()
        layouts[key] = layout_of(recorded_texts(shoko, record))
    return layouts[key]
