"""One document and what stands around it: the words on its pages, related documents, division."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING, Self

from domain.errors import ObjectMissing
from pipeline.batch import Resident
from pipeline.reading_pool import ReadingPool
from pipeline.steps import proof
from pipeline.steps.divide import Decision, merge_documents, split_document
from pipeline.steps.related import Related, related
from pipeline.steps.texts import page_texts
from pipeline.steps.verify import publish
from storage.archive.many import newest_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from domain.page import PageText
    from domain.record import ArchiveRecord
    from domain.visibility import Visibility
    from pipeline.reading_worker import ReadingWorker
    from pipeline.wiring import Shoko

_TEXTS_KEPT = 16
"""Documents whose words are kept in memory: who clicks words clicks several on the same document."""


class Documents:
    """One installation as somebody who looks at a document sees it."""

    def __init__(self, shoko: Shoko, *, pool: ReadingPool | ReadingWorker | None = None) -> None:
        """``pool`` reads what is divided; without one, processes are started for it and ended again."""
        self._shoko = shoko
        self._pool = pool
        self._dividing = threading.Lock()
        self._texts: OrderedDict[tuple[str, int], tuple[PageText | None, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def seen_by(self, visibility: Visibility) -> Self:
        """The same documents as somebody may see them."""
        twin = copy(self)
        twin._shoko = self._shoko.seen_by(visibility)  # noqa: SLF001  # our own
        return twin

    def words(self, record: ArchiveRecord, page: int) -> PageText | None:
        """What was read on a page (from 0); None where nothing is recorded.

        Raises:
            ObjectMissing: the document has no such page.
        """
        if not 0 <= page < len(record.pages):
            raise ObjectMissing(
                f"document {record.document_id} has no page {page + 1}",
                message_ja=f"書類 {record.document_id} に {page + 1} ページ目はありません",
            )
        key = (record.document_id, record.revision)
        with self._lock:
            texts = self._texts.get(key)
        if texts is None:
            texts = page_texts(self._shoko, record)
            with self._lock:
                self._texts[key] = texts
                while len(self._texts) > _TEXTS_KEPT:
                    self._texts.popitem(last=False)
        return texts[page]

    def related(self, record: ArchiveRecord) -> Related:
        """The deal that it is a step of, possible duplicates, others of its counterparty."""
        return related(self._shoko, record)

    def beside(self, record: ArchiveRecord) -> tuple[ArchiveRecord, ...]:
        """Documents that came in the same files and stand as they are, this one included, in the order of pages."""
        archive = self._shoko.archive
        with archive.at_once():
            drops = [unit.first_drop_id for unit in archive.unit_of_document(record.document_id)]
            found = archive.drop_statuses(drops)
            documents = (one for drop_id in drops if drop_id in found for one in found[drop_id].documents)
            return tuple(newest_records(archive, documents).values())

    def proof(self, document_id: str) -> proof.DocumentProof:
        """Its acts with their places in the log."""
        return proof.prove_document(self._shoko, document_id)

    def timestamp(self, document_id: str, number: int) -> bytes:
        """A timestamp as a file."""
        return proof.timestamp_file(self._shoko, document_id, number)

    def evidence_record(self, document_id: str, number: int) -> bytes:
        """An evidence record as a file."""
        return proof.evidence_file(self._shoko, document_id, number)

    def split(self, document_id: str, *, after: Sequence[int], by: str, reason: str) -> tuple[ArchiveRecord, ...]:
        """Divide a document after some of its pages (from 1); one at a time, since reading takes all cores."""
        with self._reading() as home:
            made = split_document(home, document_id, after=after, decision=Decision(recorded_by=by, reason=reason))
        publish(self._shoko)
        return made

    def merge(self, document_ids: Sequence[str], *, by: str, reason: str) -> ArchiveRecord:
        """Join documents in the given order."""
        with self._reading() as home:
            made = merge_documents(home, document_ids, decision=Decision(recorded_by=by, reason=reason))
        publish(self._shoko)
        return made

    @contextmanager
    def _reading(self) -> Iterator[Resident]:
        with self._dividing:
            if self._pool is not None:
                yield Resident(shoko=self._shoko, pool=self._pool)
                return
            with ReadingPool(settings=self._shoko.settings) as pool:
                yield Resident(shoko=self._shoko, pool=pool)
