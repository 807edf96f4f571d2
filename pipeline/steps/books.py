"""Documents and the books point to each other by numbers (law: scan-book-link); a document without an entry says so."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from domain.acts import ActKind
from domain.errors import CorrectionInvalid
from domain.paperwork import Books, LedgerRef, books_of
from pipeline.steps.relations import known_document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from domain.acts import ActRecord
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

_MOST = 200
"""Characters of a number or the name of a book."""


def link_book(
    shoko: Shoko,
    document_ids: Sequence[str],
    ref: LedgerRef,
    *,
    by: str,
    ends: bool = False,
    file: str = "",
    allowed: Callable[[tuple[ActRecord, ...]], None] | None = None,
) -> None:
    """Tie documents to a number in a book, or (``ends``) untie them; the same again changes nothing.

    Both acts stay, so that numbers which were given anew can be followed. The number is found by the search for words.

    Args:
        shoko: the installation, as somebody sees it.
        document_ids: of the documents.
        ref: the number, and of which book.
        by: login of the person.
        ends: untie.
        file: digest of the file of entries by which the number was given.
        allowed: raises where what was done to a document so far does not allow it; called under the writer lock.

    Raises:
        ObjectMissing: no such document; nothing is recorded.
        CorrectionInvalid: no number, or a link to end that does not stand.
    """
    number, book = ref.number.strip(), ref.book.strip()
    if not number or max(len(number), len(book)) > _MOST:
        raise CorrectionInvalid("no number", message_ja="帳簿の番号を入力してください（200文字まで）")
    ref, said = LedgerRef(book=book, number=number), {"book": book, "number": number, "file": file}
    records = [known_document(shoko, one) for one in dict.fromkeys(document_ids)]
    standing = {record.document_id: ref in books(shoko, record.document_id).refs for record in records}
    if ends and not all(standing.values()):
        raise CorrectionInvalid("no such link", message_ja="その番号とは関連付けられていません")
    for record in records:
        if standing[record.document_id] is ends:
            shoko.archive.record_act(
                ActKind.LEDGER_LINKED,
                record.document_id,
                recorded_by=by,
                facts={"stands": not ends},
                personal={name: value for name, value in said.items() if value},
                retain_until=record.retain_until,
                allowed=allowed,
            )
    logger.info("tied to the books: %d documents", len(records))


def say_no_book(shoko: Shoko, document_ids: Sequence[str], *, by: str, ends: bool = False) -> None:
    """Say (or take back) that no book has an entry for these documents.

    Raises:
        ObjectMissing: no such document; nothing is recorded.
        CorrectionInvalid: one is tied to a book.
    """
    records = [known_document(shoko, one) for one in dict.fromkeys(document_ids)]
    known = {record.document_id: books(shoko, record.document_id) for record in records}
    if not ends and any(one.refs for one in known.values()):
        raise CorrectionInvalid(
            "a document is tied to a book", message_ja="帳簿と関連付けられている書類があります。先に解除してください"
        )
    for record in records:
        if known[record.document_id].none_said is ends:
            shoko.archive.record_act(
                ActKind.NO_LEDGER_SAID,
                record.document_id,
                recorded_by=by,
                facts={"stands": not ends},
                retain_until=record.retain_until,
            )


def books(shoko: Shoko, document_id: str) -> Books:
    """Where a document stands towards the books."""
    return books_of(shoko.archive.acts(document_id))
