"""Which pages of a file belong together, by headings, page numbers and document numbers; doubt keeps them together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from classifiers.rules import compact, create, heading_of
from domain.fields import DocumentType
from domain.page import PageText

_PAGE_OF = re.compile(r"(?:^|[^\d/])(\d{1,2})\s?(?:/|of|von|van)\s?(\d{1,2})(?:頁|ページ|$|[^\d/])")
_PAGE_ALONE = re.compile(r"^(?:page|seite|p\.?|頁)\s?(\d{1,2})$|^-?(\d{1,2})(?:頁|ページ)-?$|seite(\d{1,2})$")
_NUMBER = re.compile(r"(?:番号|no\.?|nr\.?|number|nummer)[:.]?#?([a-z0-9][a-z0-9\-/_]{2,})")
_END = re.compile(
    r"合計|総額|総計|領収金額|(?:御|ご)請求(?:金)?額|お支払(?:い)?(?:金)?額|total|summe|zahlbetrag|各(?:自)?(?:1|一)通を?保有"
)
_FIRST_ARTICLE = re.compile(r"第[1一]条|以下、?「?甲|hereinafter")
_SURE = 0.8
_SHORT_LINE = 24


@dataclass(slots=True)
class _Open:
    """A document while its pages are gathered."""

    pages: list[int]
    heading: DocumentType | None
    numbers: frozenset[str]
    last_page: int | None
    page_total: int | None = field(default=None)
    ended: bool = field(default=False)
    """A total or the signatures were seen: another heading of the same class begins another document."""


def split_pages(texts: Sequence[PageText]) -> tuple[tuple[int, ...], ...]:
    """Page indices per document, in order. Blank pages belong to no document.

    A page begins another document when it is numbered 1 of n, or has a heading of its own and either another class,
    another document number, or nothing that says it continues.
    """
    done: list[_Open] = []
    current: _Open | None = None
    for page in texts:
        if not any(line.text.strip() for line in page.rows):
            continue
        number, total = _page_number(page)
        heading = heading_of(page) or _slip(page)
        numbers = frozenset(m[1] for line in page.rows[:25] for m in _NUMBER.finditer(compact(line.text)))
        if current is None or _begins(current, page, number=number, heading=heading, numbers=numbers):
            current = _Open([page.page_index], heading, numbers, number, total)
            done.append(current)
        else:
            current.pages.append(page.page_index)
            current.last_page = number or (current.last_page + 1 if current.last_page else None)
        current.ended = current.ended or _ends(page)
    return tuple(tuple(d.pages) for d in done)


def _begins(
    current: _Open,
    page: PageText,
    *,
    number: int | None,
    heading: DocumentType | None,
    numbers: frozenset[str],
) -> bool:
    if number is not None and number > 1:
        return False
    if current.page_total and current.last_page and current.last_page < current.page_total and number is None:
        return False
    if number == 1 and (current.last_page is not None or heading is not None):
        return True
    if heading is None:
        return False
    if current.heading is not None and heading is not current.heading:
        return current.ended or heading is not DocumentType.CONTRACT or _has_articles(page)
    if numbers and current.numbers:
        return not numbers & current.numbers
    return current.ended


def _slip(page: PageText) -> DocumentType | None:
    """A till slip needs no heading to be a receipt of its own."""
    found = create().classify((page,))
    sure = found.label is DocumentType.RECEIPT and found.confidence >= _SURE
    return DocumentType.RECEIPT if sure else None


def _has_articles(page: PageText) -> bool:
    return any(_FIRST_ARTICLE.search(compact(line.text)) for line in page.rows)


def _ends(page: PageText) -> bool:
    return any(_END.search(compact(line.text)) for line in page.rows)


def _page_number(page: PageText) -> tuple[int | None, int | None]:
    lines = [compact(line.text) for line in page.rows]
    for text in (*lines[:4], *lines[-4:]):
        if len(text) > _SHORT_LINE:
            continue
        match = _PAGE_OF.search(text)
        if match and 1 <= int(match[1]) <= int(match[2]):
            return int(match[1]), int(match[2])
        alone = _PAGE_ALONE.search(text)
        if alone:
            return int(next(g for g in alone.groups() if g)), None
    return None, None
