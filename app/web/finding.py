"""What the search page asks for beside hits: sentences, names, totals, small pictures, saved searches."""

from __future__ import annotations

import threading
from collections import OrderedDict
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from domain.errors import ObjectMissing
from domain.query import Query
from domain.sentence import Understood
from pipeline.steps.sentences import understood
from pipeline.steps.thumbnails import thumbnail
from storage.people.saved import SavedSearch, forget_search, save_search, saved_searches
from storage.search import search
from storage.search_sums import suggest_names, totals

if TYPE_CHECKING:
    from domain.ids import Origin
    from domain.query import Hit, NameFound, Totals
    from domain.visibility import Visibility
    from pipeline.wiring import Shoko


_TOTALS_KEPT = 500
"""Totals of searches, some hundred bytes each: those of a morning's work."""


class Finder:
    """One installation as people search it. Methods may raise the errors of ``domain.errors``."""

    def __init__(self, shoko: Shoko) -> None:
        self._shoko = shoko
        self._kept: OrderedDict[object, Totals] = OrderedDict()
        self._turn = threading.Lock()

    def seen_by(self, visibility: Visibility) -> Self:
        """The same as somebody may see it."""
        twin = copy(self)
        twin._shoko = self._shoko.seen_by(visibility)  # noqa: SLF001  # our own
        return twin

    def understand(self, sentence: str) -> Understood:
        """The conditions of a sentence, by today's date and the company's fiscal year."""
        return understood(self._shoko, sentence)

    def suggest(self, typed: str, *, limit: int = 8) -> tuple[NameFound, ...]:
        """Counterparties that fit what was typed."""
        return suggest_names(self._shoko.archive, typed, limit=limit)

    def choices(self, said: str, *, beside: str, origin: Origin | None, limit: int = 8) -> tuple[Hit, ...]:
        """Documents to choose from: those of a sentence; of none, what is likely beside this one.

        That is what came last, of the same counterparty, or in the same way where ``origin`` says which.
        """
        query = self.understand(said).query if said else Query()
        if not said and origin is None:
            record = self._shoko.archive.get_document(beside)
            query = replace(query, counterparty=record.fields.text("counterparty") if record else None)
        query = replace(query, order="-recorded_at", limit=limit + 1, count_limit=1)
        if origin is not None:
            query = replace(query, origins=(origin,))
        hits = search(self._shoko.archive, query).hits
        return tuple(hit for hit in hits if hit.document_id != beside)[:limit]

    def totals(self, query: Query, *, most: int | None = None) -> Totals:
        """What all hits come to, ending where there are more than ``most``; kept while the log has no new entry."""
        archive = self._shoko.archive
        asked = replace(query, offset=0, limit=1, count_limit=None, order="recorded_at")
        key = (archive.visibility, asked, most, archive.log_size())
        with self._turn:
            kept = self._kept.get(key)
        if kept is None:
            kept = totals(archive, query, most=most)
            with self._turn:
                self._kept[key] = kept
                while len(self._kept) > _TOTALS_KEPT:
                    self._kept.popitem(last=False)
        return kept

    def thumbnail(self, document_id: str) -> bytes:
        """The first page of a document as a small PNG.

        Raises:
            ObjectMissing: no such document, or no page.
        """
        record = self._shoko.archive.get_document(document_id)
        if record is None:
            raise ObjectMissing(f"no document {document_id}", message_ja=f"書類 {document_id} は見つかりません")
        return thumbnail(self._shoko, record)

    def saved(self, owner: str) -> tuple[SavedSearch, ...]:
        """What a person saved."""
        return saved_searches(self._shoko.people, owner)

    def save(self, owner: str, *, name: str, query: str) -> None:
        """Save a search under a name."""
        save_search(self._shoko.people, owner, name=name, query=query)

    def forget(self, owner: str, *, name: str) -> None:
        """Forget one."""
        forget_search(self._shoko.people, owner, name=name)
