"""Hand entries to an accounting product: a file of them, and the ties between the documents and the books."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from domain.codec import to_plain
from domain.errors import ConfigError
from domain.journal import Entry, LeftOut
from domain.paperwork import LedgerRef, books_of
from domain.query import Query
from pipeline.journal import PRODUCTS, Product, entry_of, written
from pipeline.steps.books import link_book
from pipeline.steps.suggesting import suggest_for
from storage.archive.many import newest_records
from storage.search import every_hit

if TYPE_CHECKING:
    from pipeline.journal.products import Written
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

_AT_ONCE = 200


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
    shoko: Shoko, asked: Query | Sequence[str], product: Product, *, first: int = 1, again: bool = False
) -> Written:
    """The file of the entries of some documents, oldest first, and which have none and why; nothing is recorded.

    Args:
        shoko: the installation, as somebody sees it.
        asked: a search, or ids of documents.
        product: from ``product_named``.
        first: number of the first entry.
        again: also documents that are tied to the books already.
    """
    ids = (hit.document_id for hit in every_hit(shoko.archive, asked)) if isinstance(asked, Query) else asked
    made = list(_made(shoko, ids, again=again))
    made.sort(key=lambda one: (one.on.isoformat() if isinstance(one, Entry) else "", one.document_id))
    return written(product, made, first=first, names=shoko.settings.journal.tax_classes)


def hand_over(shoko: Shoko, done: Written, product: Product, *, by: str) -> int:
    """Tie every document of a file to its number in the books (law: scan-book-link); how many were."""
    for number, entry in done.entries:
        link_book(shoko, (entry.document_id,), LedgerRef(book=product.book, number=str(number)), by=by)
    logger.info("handed to the books: %d entries", len(done.entries))
    return len(done.entries)


def journal_plain(done: Written) -> dict[str, Any]:
    """The plain JSON form: entries with their numbers, and what was left out and why."""
    return {
        "entries": [to_plain(one) | {"number": number, "total_yen": one.total_yen} for number, one in done.entries],
        "left_out": [to_plain(one) for one in done.left_out],
    }


def _made(shoko: Shoko, ids: Iterable[str], *, again: bool) -> Iterator[Entry | LeftOut]:
    index = shoko.parties.index()
    ids = iter(ids)
    while some := tuple(islice(ids, _AT_ONCE)):
        acts = shoko.archive.acts_about(some)
        for record in newest_records(shoko.archive, some).values():
            suggestion = suggest_for(record, index, company=shoko.company, archive=shoko.archive)
            known = books_of(acts.get(record.document_id, ()))
            yield entry_of(record, suggestion, books=known, settings=shoko.settings.journal, again=again)
