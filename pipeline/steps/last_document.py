"""Whom the counterparty master forgets when documents are destroyed: those of whom no other document is left.

Names of sole proprietors are personal: the master knows them for the sake of documents. Whoever keeps a table of their
own hands it in again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domain.counterparties import name_key
from domain.query import Query
from pipeline.steps.verify import found_ids

if TYPE_CHECKING:
    from pipeline.wiring import Shoko
    from storage.archive.destruction import Gone


def forget_counterparties(shoko: Shoko, document_ids: Sequence[str], *, by: str) -> tuple[Gone, ...]:
    """Take whoever has no document but these out of the master; gives what is to be destroyed with the documents."""
    said = {name_key(name) for one in document_ids for name in _names(shoko, one)}
    writings: dict[str, set[str]] = {}
    for batch in shoko.archive.counterparty_batches():
        for entry in batch.entries:
            writings.setdefault(entry.counterparty_id, set()).update((entry.name, *entry.variants))
    of_these = {one: names for one, names in writings.items() if said & {name_key(name) for name in names}}
    over = frozenset(one for one, names in of_these.items() if not _stands(shoko, names, document_ids))
    return shoko.archive.forget_counterparties(over, recorded_by=by) if over else ()


def _names(shoko: Shoko, document_id: str) -> set[str]:
    """Counterparties of all revisions that are still there."""
    found = (record.fields.text("counterparty") for record in shoko.archive.history(document_id))
    return {name for name in found if name}


def _stands(shoko: Shoko, names: set[str], but: Sequence[str]) -> bool:
    """Whether a document under one of these names is neither going nor destroyed."""
    return any(
        one not in but and shoko.archive.destruction_of(one) is None
        for name in sorted(names)
        for one in found_ids(shoko, Query(counterparty=name, counterparty_exact=True, include_deleted=True))
    )
