"""One document and what stands around it: the words on its pages, related documents, division."""

from __future__ import annotations

import threading
from collections import OrderedDict
from copy import copy
from typing import TYPE_CHECKING, Self

from domain.errors import ObjectMissing
from pipeline.steps.texts import page_texts

if TYPE_CHECKING:
    from domain.page import PageText
    from domain.record import ArchiveRecord
    from domain.visibility import Visibility
    from pipeline.wiring import Shoko

_TEXTS_KEPT = 16
"""Documents whose words are kept in memory: who clicks words clicks several on the same document."""


class Documents:
    """One installation as somebody who looks at a document sees it."""

    def __init__(self, shoko: Shoko) -> None:
        self._shoko = shoko
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
