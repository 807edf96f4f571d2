"""Read again with the engines in force. A person's values and approved documents stay as they are (DESIGN §3)."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.errors import EngineCrashed, EngineTimeout
from domain.fields import DocumentType
from domain.query import Query
from domain.record import DocumentState
from pipeline.batch import request_for
from pipeline.steps.filing import drafts_for, extend_lock, load_reading, passing, reading_key
from pipeline.steps.habits import digest_with_lessons
from pipeline.steps.settled import settled_digest, settled_documents
from pipeline.steps.units import preserve_units
from pipeline.steps.verify import found_ids

if TYPE_CHECKING:
    from domain.record import Drop
    from pipeline.batch import Resident

logger = logging.getLogger(__name__)


def reprocess_documents(
    home: Resident,
    *,
    document_type: str | None = None,
    only_needs_review: bool = False,
    document_ids: tuple[str, ...] = (),
) -> dict[str, int]:
    """Reprocess a selection; counts of ``revised``, ``unchanged``, ``kept`` (frozen or a person's) and ``failed``."""
    home.shoko.parties.learn()
    counts: Counter[str] = Counter()
    for drop in _drops(home, document_type, only_needs_review=only_needs_review, document_ids=document_ids):
        counts.update(_reprocess_drop(home, drop))
    return dict(counts)


def _drops(
    home: Resident, document_type: str | None, *, only_needs_review: bool, document_ids: tuple[str, ...]
) -> tuple[Drop, ...]:
    shoko = home.shoko
    query = Query(
        document_types=(DocumentType(document_type),) if document_type else (),
        states=(DocumentState.NEEDS_REVIEW,) if only_needs_review else (),
    )
    ids = document_ids or tuple(found_ids(shoko, query))
    found: dict[str, Drop] = {}
    for document_id in ids:
        for unit in shoko.archive.unit_of_document(document_id):
            drop = shoko.archive.get_drop(unit.first_drop_id)
            if drop is not None:
                found[drop.drop_id] = drop
    return tuple(found.values())


def _reprocess_drop(home: Resident, drop: Drop) -> Counter[str]:
    shoko = home.shoko
    counts: Counter[str] = Counter()
    status = shoko.archive.drop_status(drop.drop_id)
    filed = status is not None and status.outcome is not None
    documents, units = settled_documents(drop, shoko) if filed else (None, ())
    division = f"-{settled_digest(documents)}" if documents is not None else ""
    key = reading_key(shoko.settings.client_id, drop, digest_with_lessons(shoko, home.pool.config_digest()) + division)
    try:
        stored = load_reading(shoko, key)
        if stored is None or passing(stored.faults):
            request = request_for(drop, key, shoko)
            home.pool.read(replace(request, settled=documents, units=units))
    except (EngineCrashed, EngineTimeout) as error:
        logger.warning("reprocess %s: %s", drop.drop_id, error.code)
        return Counter({"failed": 1})
    reading = load_reading(shoko, key)
    blobs = preserve_units(drop, reading, shoko) if reading else {}
    for draft in drafts_for(drop, reading, shoko) if reading else ():
        before = shoko.archive.get_document(draft.document_id)
        if before is None:
            shoko.archive.file_document(draft)
            counts["filed"] += 1
            continue
        after = shoko.archive.revise_document(
            draft.document_id,
            base_revision=before.revision,
            draft=draft,
            recorded_by="engine",
            reason="再読取 / read again",
        )
        if after.revision != before.revision:
            extend_lock(drop, after, shoko, blobs)
            counts["revised"] += 1
        else:
            counts["kept" if before.state is DocumentState.APPROVED else "unchanged"] += 1
    return counts
