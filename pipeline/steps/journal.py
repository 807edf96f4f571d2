"""Hand entries to an accounting product: a file of them, and the ties between the documents and the books.

The file that was taken in says which number a document has. It is tied only where the same file would be made today,
and each tie names it: work that broke off goes on with the same file, wherever it stopped.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from domain.codec import to_plain
from domain.errors import ConfigError, RequestRefused
from domain.ids import ISSUED_BY_US, Digest
from domain.journal import Entry, LeftOut, Side
from domain.paperwork import Books, LedgerRef, books_of
from domain.query import Query
from pipeline.journal import PRODUCTS, Product, entry_of, read_back, written
from pipeline.steps.books import link_book
from pipeline.steps.suggesting import suggest_for
from storage.archive.many import newest_records
from storage.search import every_hit
from storage.twins import twins

if TYPE_CHECKING:
    from domain.acts import ActRecord
    from pipeline.journal.products import Written
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

_AT_ONCE = 200
_PAID_WITHIN = timedelta(days=92)
"""From an invoice to its receipt: a month until the closing day, and the 60 days within which small contractors are to
be paid (中小受託取引適正化法)."""


def product_named(name: str) -> Product:
    """A product by its name.

    Raises:
        ConfigError: there is none.
    """
    if name not in PRODUCTS:
        raise ConfigError(
            f"{name[:40]} is none of {', '.join(PRODUCTS)}",
            message_ja=f"会計ソフトの形式は {'・'.join(PRODUCTS)} から選んでください",
        )
    return PRODUCTS[name]


def journal_of(
    shoko: Shoko,
    asked: Query | Sequence[str],
    product: Product,
    *,
    first: int = 1,
    again: bool = False,
    file: str = "",
) -> Written:
    """The file of the entries of some documents, oldest first, and which have none and why; nothing is recorded.

    Args:
        shoko: the installation, as somebody sees it.
        asked: a search, or ids of documents.
        product: from ``product_named``.
        first: number of the first entry.
        again: also documents that are tied to the books already.
        file: digest of a file by which some may have been tied already: they stand in it as they did.
    """
    ids = (hit.document_id for hit in every_hit(shoko.archive, asked)) if isinstance(asked, Query) else asked
    made = list(_made(shoko, ids, again=again, file=file))
    made.sort(key=lambda one: (one.on.isoformat() if isinstance(one, Entry) else "", one.document_id))
    return written(product, _doubted(shoko, made), first=first, names=shoko.settings.journal.tax_classes)


def hand_over_file(shoko: Shoko, content: bytes, product: Product, *, by: str, again: bool = False) -> Written:
    """Tie every document of a file that was taken in to its number (law: scan-book-link); the file as it is.

    Raises:
        InputError: it is no file of entries of this product.
        RequestRefused: the documents have changed since it was made, or one is tied to the books otherwise.
    """
    first, ids = read_back(product, content)
    done = journal_of(shoko, ids, product, first=first, again=again, file=Digest.of(content).value)
    if done.content != content:
        raise RequestRefused(
            "the documents of the file changed since it was made",
            message_ja="ファイルを作った後に書類が変わったか、帳簿と関連付けられたため、番号を関連付けられません。"
            "ファイルを作り直し、会計ソフトにも取り込み直してください",
        )
    hand_over(shoko, done, product, by=by, again=again)
    return done


def hand_over(shoko: Shoko, done: Written, product: Product, *, by: str, again: bool = False) -> int:
    """Tie every document of a file to its number in the books (law: scan-book-link); how many are.

    Raises:
        RequestRefused: one was tied to another number meanwhile; those before it stay tied.
    """

    def free(acts: tuple[ActRecord, ...]) -> None:
        if not again and _books(acts, file=done.digest).refs:
            raise RequestRefused(
                "a document is tied to the books already",
                message_ja="帳簿とすでに関連付けられている書類があります。もう一度表示してください",
            )

    for number, entry in done.entries:
        ref = LedgerRef(book=product.book, number=str(number))
        link_book(shoko, (entry.document_id,), ref, by=by, file=done.digest, allowed=free)
    logger.info("handed to the books: %d entries", len(done.entries))
    return len(done.entries)


def journal_plain(done: Written) -> dict[str, Any]:
    """The plain JSON form: entries with their numbers, and what was left out and why."""
    return {
        "entries": [
            to_plain(one)
            | {"number": number, "total_yen": one.total_yen, "tax_classes": list(done.tax_classes[one.document_id])}
            for number, one in done.entries
        ],
        "left_out": [to_plain(one) for one in done.left_out],
    }


def _made(shoko: Shoko, ids: Iterable[str], *, again: bool, file: str) -> Iterator[Entry | LeftOut]:
    index = shoko.parties.index()
    ids = iter(ids)
    while some := tuple(islice(ids, _AT_ONCE)):
        acts = shoko.archive.acts_about(some)
        for record in newest_records(shoko.archive, some).values():
            suggestion = suggest_for(record, index, company=shoko.company, archive=shoko.archive)
            known = _books(acts.get(record.document_id, ()), file=file)
            yield entry_of(record, suggestion, books=known, settings=shoko.settings.journal, again=again)


def _doubted(shoko: Shoko, made: Sequence[Entry | LeftOut]) -> Iterator[Entry | LeftOut]:
    """The same, where the invoice and the receipt of one purchase would both be booked with the doubt of it."""
    entries = {one.document_id: one for one in made if isinstance(one, Entry)}
    doubted = {
        twin.of_id
        for twin in twins(shoko.archive, entries)
        if (twin.origin in ISSUED_BY_US) is (entries[twin.of_id].side is Side.SALE)
        and twin.on is not None
        and abs(twin.on - entries[twin.of_id].on) <= _PAID_WITHIN
    }
    for one in made:
        if isinstance(one, Entry) and one.document_id in doubted:
            yield replace(one, doubts=(*one.doubts, "perhaps_twice"))
        else:
            yield one


def _books(acts: Iterable[ActRecord], *, file: str) -> Books:
    """Where a document stood towards the books before a file tied it."""
    return books_of([act for act in acts if not file or act.personal.get("file") != file])
