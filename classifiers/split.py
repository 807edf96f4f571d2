"""Which pages of a file belong together: a scored model of borders between pages; doubt keeps pages together.

Every page is looked at once (``page_signs``). Whether it begins another document than the pages before it is a logistic
regression over what both say; its coefficients were fitted on generated stacks (``pipeline.benchmark.splitting.fit``).
A separator sheet is no matter of opinion.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path

from classifiers.page_signs import PageSigns, is_blank, is_separator, signs_of
from domain.fields import DocumentType
from domain.page import PageText

_MODEL = Path(__file__).parent / "split_model.json"
_SAME_PLACE = 0.012
"""Share of the page's width within which two columns are the same: 2.5 mm on A4, the play of a sheet feeder."""
_NO_DIGIT = re.compile(r"\D")
_LIKE_DAY = re.compile(r"20\d\d[-/]?\d\d?[-/]?\d\d?")
_LEAST_BEGUN, _LEAST_DIGITS = 5, 6
"""Characters of a number's beginning, and digits of its end, from which they are no accident."""
_TOP_ROWS = 2
"""Rows at the very top: what has a head of its own begins with that, and not with the head of a table."""
_FEW = 150
"""Characters below which a page is a cover, a tail or a back."""
_LEAST_COLUMNS = 3
_LEAST_REPEATED = 2
"""Rows that a page without a head has in common with its document: no accident."""
_LEAST_HEAD = 4
"""Rows from which a head is more than the name of a shop."""
_REPEATED = 0.75
"""Share of a head's rows from which it is the same head again: page numbers differ, and a row may be misread."""

_AGAIN = 0.6
"""Share of what two pages say from which one is the other once more: another copy of a document. Below their heads
pages of one document share less than half, however long their tables are."""
_JOINING = (
    "number_follows",
    "number_later",
    "number_fits",
    "articles_follow",
    "closes",
    "counts_on",
    "counted_after",
    "labels_repeated",
    "lines_repeated",
    "number_stands",
    "nothing_new",
    "signs_articles",
    "brought",
    "onward",
    "attached",
    "clauses_and_no_heading",
    "numbers_shared",
    "days_shared",
    "registrations_shared",
    "phones_shared",
    "companies_shared",
)
_ALIKE, _SAME_HEAD = 0.5, 0.3
"""Share of columns, and of rows of the head, from which they too speak for one document; of columns the lower one is
enough where the page begins in the rows of a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageGroup:
    """The pages of one document."""

    pages: tuple[int, ...]
    """Indices, in order."""
    doubtful: bool = False
    """Some page of it may begin another document: it was kept, and a person looks."""
    parted_in_doubt: bool = False
    """It may belong together with the document before or after it: they were parted, and a person looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitModel:
    """Coefficients and the bounds of doubt."""

    weights: Mapping[str, float]
    bias: float
    parts_from: float
    """Probability of a border from which pages are parted."""
    joins_below: float
    """Probability below which they are kept together without a question."""
    parts_surely_from: float
    """Probability from which they are parted without a question."""

    def border(self, values: Mapping[str, float]) -> float:
        """Probability that a page begins another document."""
        score = self.bias + sum(self.weights.get(name, 0.0) * value for name, value in values.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


@lru_cache(maxsize=1)
def model() -> SplitModel:
    """The coefficients beside this module, read once per process."""
    plain = json.loads(_MODEL.read_text(encoding="utf-8"))
    return SplitModel(
        weights=plain["weights"],
        bias=plain["bias"],
        parts_from=plain["parts_from"],
        joins_below=plain["joins_below"],
        parts_surely_from=plain["parts_surely_from"],
    )


def split_pages(
    texts: Sequence[PageText], *, sizes: Mapping[int, tuple[int, int]] | None = None, using: SplitModel | None = None
) -> tuple[PageGroup, ...]:
    """Documents in order. Blank pages and separator sheets belong to none.

    Args:
        texts: pages in file order.
        sizes: width and height in pixels of pages, by index, where known.
        using: another model than the one in force.
    """
    chosen = using or model()
    done: list[list[PageSigns]] = []
    doubtful: list[bool] = []
    unsure: list[bool] = []
    parted = True
    for page, after in _looked_at(texts, sizes or {}):
        if page is None:
            parted = True
            continue
        border = 1.0 if parted else _border(done[-1], page, after, chosen)
        if border >= chosen.parts_from:
            loose = border < chosen.parts_surely_from
            if done:
                unsure[-1] = unsure[-1] or loose
            done.append([page])
            doubtful.append(False)
            unsure.append(loose)
        else:
            doubtful[-1] = doubtful[-1] or border >= chosen.joins_below
            done[-1].append(page)
        parted = False
    return tuple(
        PageGroup(pages=tuple(page.page_index for page in pages), doubtful=doubt, parted_in_doubt=loose)
        for pages, doubt, loose in zip(done, doubtful, unsure, strict=True)
    )


def _looked_at(
    texts: Sequence[PageText], sizes: Mapping[int, tuple[int, int]]
) -> Iterator[tuple[PageSigns | None, PageSigns | None]]:
    """Signs of every page that says something, and of the page after it; None for a separator sheet."""
    pages = [
        None if is_separator(text) else signs_of(text, size=sizes.get(text.page_index))
        for text in texts
        if is_separator(text) or not is_blank(text)
    ]
    yield from zip_longest(pages, pages[1:])


def _border(document: Sequence[PageSigns], page: PageSigns, after: PageSigns | None, chosen: SplitModel) -> float:
    """Probability of a border before ``page``.

    It stays without a question only where something joins it, and never where it says the first page over again.
    """
    found = features(document, page, after)
    border = chosen.border(found)
    return max(border, chosen.joins_below) if found["nothing_joins"] or found["first_page_again"] else border


def features(document: Sequence[PageSigns], page: PageSigns, after: PageSigns | None = None) -> dict[str, float]:
    """What speaks for and against a border before ``page``.

    Args:
        document: the pages before it, at least one.
        page: the page.
        after: the page that follows it, if one does.
    """
    if page.begins_in_table and page.heading is not None:  # a running head that lies over the rows is misread
        page = replace(page, heading=None, numbers=frozenset())
    found = _numbering(document[-1], page) | _counting(document, page, after) | _heads(document, page)
    found |= _names(document, page) | _flow(document, page)
    first_head = found["head_texts_repeated"]
    document_goes_on = max(found["onward"], found["brought"])
    bare = not (found["heading"] or found["addressee"] or found["dated"])
    found["bare"] = float(bare)
    found |= _going_on(document, page, bare=bare)
    named = page.companies | page.phones | page.registrations | page.numbers
    found["nobody_named"] = float(bare and not named)
    once = 1.0 - float(_again(page, document[0]))
    same_class = found["heading"] * (1.0 - found["other_class"])
    found["ended_and_headed"] = found["ended_before"] * found["heading"]
    found["headed_and_numbered_anew"] = found["heading"] * found["numbers_differ"]
    found["complete_head"] = found["heading"] * max(found["addressee"], found["dated"])
    found["signed_articles"] = found["first_article"] * float(page.signed)
    anew = found["heading"] - same_class * found["numbers_shared"]
    found["clauses_and_no_heading"] = (1.0 - max(anew, found["signed_articles"])) * float(page.clauses)
    found["contract_opens"] = found["first_article"] * float(page.heading is DocumentType.CONTRACT)
    found["less_said"] = found["same_class"] * float(_less_said(found))
    found["dated_alone"] = found["dated"] * (1.0 - max(found["heading"], found["addressee"]))
    found["bare_and_listed"] = found["bare"] * found["attached"]
    found["headed_and_listed"] = found["heading"] * found["attached"]
    found["same_sender_anew"] = found["heading"] * found["companies_shared"]
    found["headed_with_the_same_number"] = once * same_class * found["numbers_shared"]
    found["headed_with_the_same_day"] = found["heading"] * found["days_shared"]
    found["headed_with_another_day"] = found["heading"] * found["days_differ"]
    found["same_head"] = found["heading"] * float(first_head == 1.0 and len(document[0].head_rows) >= _LEAST_HEAD)
    found["headed_with_all_the_same"] = found["headed_with_the_same_number"] * found["days_shared"]
    found["same_number_and_no_heading"] = (1.0 - found["heading"]) * found["numbers_shared"]
    found["headed_before_the_end"] = found["same_class"] * (1.0 - found["ended_before"])
    found["headed_in_order"] = found["heading"] * max(found["number_follows"], found["number_later"])
    found["headed_after_more"] = found["heading"] * max(found["unfinished_before"], document_goes_on)
    found["head_repeated"] = found["heading"] * float(found["head_texts_repeated"] > _REPEATED)
    found["head_not_repeated"] = found["heading"] * float(found["head_texts_repeated"] < 1.0 - _REPEATED)
    found["another_receipt"] = found["ended_before"] * float(page.heading is DocumentType.RECEIPT)
    found["another_total"] = found["another_receipt"] * found["ends_here"]
    found["first_page_again"] = 1.0 - once
    found["listed_the_same_day"] = once * found["same_class"] * found["attached"] * found["days_shared"]
    found["nothing_joins"] = float(not _joined(found))
    found["bare_and_nothing_joins"] = found["bare"] * found["nothing_joins"]
    return found


def _less_said(found: Mapping[str, float]) -> bool:
    """Of what the document's pages said nothing is said otherwise, and something is not said again."""
    told = ("numbers", "days", "registrations", "phones")
    return not any(found[f"{name}_differ"] for name in told) and any(found[f"{name}_gone"] for name in told[2:])


def _joined(found: Mapping[str, float]) -> bool:
    """Something on the page says that it belongs to the pages before it."""
    repeated = max(found[name] for name in ("rows_repeated", "rows_of_first_repeated", "head_texts_repeated"))
    alike = _SAME_HEAD if found["begins_in_table"] else _ALIKE
    same_table = found["columns_alike"] > alike and not found["labels_new"]
    return same_table or repeated > _SAME_HEAD or any(found[name] for name in _JOINING)


def _numbering(before: PageSigns, page: PageSigns) -> dict[str, float]:
    totals = before.total == page.total or before.total is None or page.total is None
    follows = before.number is not None and page.number == before.number + 1 and totals
    unfinished = before.number is not None and before.total is not None and before.number < before.total
    return {
        "first_of_more": float(page.number == 1 and (page.total or 2) > 1),
        "only_one": float(page.number == 1 and page.total == 1),
        "number_follows": float(follows),
        "number_later": float(page.number is not None and page.number > 1 and not follows),
        "unfinished_before": float(unfinished and not follows and page.number != 1),
        "finished_before": float(before.total is not None and before.number == before.total),
        "number_lost": float(before.number is not None and page.number is None),
        "number_gained": float(before.number is None and page.number is not None and page.number > 1),
        "both_numbered_one": float(before.number == 1 and page.number == 1),
    }


def _counting(document: Sequence[PageSigns], page: PageSigns, after: PageSigns | None) -> dict[str, float]:
    """Page numbers against the pages that the document has so far, however many of its numbers were read."""
    pages = len(document)
    totals = {one.total for one in document if one.total is not None}
    other_total = page.total is not None and bool(totals) and page.total not in totals
    told = max(totals, default=pages)
    next_number = after.number if after else None
    agree = page.number is None or page.number + 1 == next_number
    return {
        "counted_after": float(agree and next_number == pages + 2),
        "second_after": float(agree and next_number == 2),
        "number_fits": float(page.number == pages + 1 and not other_total),
        "of_the_same_total": float(page.total is not None and page.total in totals and page.number == pages + 1),
        "pages_to_come": float(told > pages and (page.number or pages + 1) != 1),
        "all_pages_there": float(bool(totals) and told <= pages),
    }


def _going_on(document: Sequence[PageSigns], page: PageSigns, *, bare: bool) -> dict[str, float]:
    """What a page says of the document before it that has no head of its own, or too little on it for a document."""
    before = document[-1]
    counted = before.last_count is not None and page.first_count == before.last_count + 1
    articles = any(one.first_article is not None for one in document)
    opened = articles and not any(one.signed for one in document)
    labels = frozenset().union(*(one.labels for one in document)).difference(document[0].first_labels)
    numbers = frozenset().union(*(one.numbers for one in document))
    lines = frozenset().union(*(one.lines for one in document))
    body = lines.difference(text for text, _ in document[0].head_rows)
    again = len((page.lines if bare else page.first_lines) & body)
    figures = frozenset().union(*(one.figures for one in document))
    repeated = any(_most_of(mine, labels) for mine in page.first_labels[: None if bare else _TOP_ROWS])
    titled_alike = page.heading is not None and page.heading is document[0].heading
    quiet = page.characters < _FEW and not page.ended and bool(page.figures or titled_alike)
    return {
        "closes": float(page.closing and (bare or page.characters < _FEW)),
        "labels_new": float(bool(labels) and any(page.first_labels) and not repeated),
        "lines_repeated": float(again >= _LEAST_REPEATED),
        "counts_on": float(bare and counted),
        "labels_repeated": float(repeated),
        "number_stands": float(bare and any(_stands(number, page.said) for number in numbers)),
        "signs_articles": float(bare and opened and page.signed and page.first_article is None),
        "nothing_new": float(quiet and page.figures <= figures),
    }


def _most_of(mine: frozenset[str], theirs: Iterable[frozenset[str]]) -> bool:
    """The words of a table's head stand in one of the others, but for some that were misread."""
    return bool(mine) and any(len(mine & other) >= _REPEATED * max(len(mine), len(other)) for other in theirs)


def _stands(number: str, said: str) -> bool:
    """A number of a document stands in a text; one that may be a day proves nothing."""
    if len(number) < _LEAST_DIGITS or _LIKE_DAY.fullmatch(number):
        return False
    return re.search(rf"(?<![a-z\d]){re.escape(number)}(?![a-z\d])", said) is not None


def _heads(document: Sequence[PageSigns], page: PageSigns) -> dict[str, float]:
    first, before = document[0], document[-1]
    headed = page.heading is not None
    return {
        "heading": float(headed),
        "other_class": float(headed and first.heading is not None and page.heading is not first.heading),
        "same_class": float(headed and page.heading is first.heading),
        "same_title": float(bool(page.title) and page.title == first.title),
        "addressee": float(page.addressee),
        "dated": float(bool(page.days)),
        "attached": float(page.attached),
        "brought": float(page.brought),
        "rows_repeated": _shared(page.head_rows, before.head_rows),
        "rows_of_first_repeated": _shared(page.head_rows, first.head_rows),
        "head_texts_repeated": _repeated(first.head_rows, page.head_rows),
        "head_alike": _alike(page.head_words, first.head_words),
        "head_alike_before": _alike(page.head_words, before.head_words),
    }


def _names(document: Sequence[PageSigns], page: PageSigns) -> dict[str, float]:
    out: dict[str, float] = {}
    for name in ("numbers", "days", "registrations", "phones", "companies"):
        mine: frozenset[str] = getattr(page, name)
        theirs: frozenset[str] = frozenset().union(*(getattr(one, name) for one in document))
        shared = bool(mine & theirs) or (
            name == "numbers" and any(_partly_read(one, other) for one in mine for other in theirs)
        )
        out[f"{name}_shared"] = float(shared)
        out[f"{name}_differ"] = float(bool(mine) and bool(theirs) and not shared)
        out[f"{name}_gone"] = float(bool(theirs) and not mine)
    return out


def _partly_read(one: str, other: str) -> bool:
    """A number whose beginning was read, or whose end with something before it; numbers that follow differ there."""
    short, long = sorted((one, other), key=len)
    if len(short) >= _LEAST_BEGUN and long.startswith(short):
        return True
    short, long = sorted((_NO_DIGIT.sub("", one), _NO_DIGIT.sub("", other)), key=len)
    return len(short) >= _LEAST_DIGITS and long.endswith(short)


def _flow(document: Sequence[PageSigns], page: PageSigns) -> dict[str, float]:
    before = document[-1]
    same = _columns_alike(before.columns, page.columns)
    articles = [one.last_article for one in document if one.last_article is not None]
    flows = page.first_article is not None and bool(articles) and page.first_article == articles[-1] + 1
    ratio = math.log(max(page.shape, 0.01) / max(before.shape, 0.01))
    print_ratio = math.log(max(page.print_height, 0.001) / max(before.print_height, 0.001))
    return {
        "ended_before": float(any(one.ended for one in document)),
        "ended_on_page_before": float(before.ended),
        "closed_before": float(before.closed),
        "ends_here": float(page.ended),
        "onward": float(before.onward),
        "articles_follow": float(flows),
        "first_article": float(page.first_article == 1),
        "columns_alike": same or 0.0,
        "columns_differ": 0.0 if same is None else 1.0 - same,
        "begins_in_table": float(page.begins_in_table),
        "table_flows": float(before.table_at_bottom and page.table_at_top) * (same or 0.0),
        "shape_differs": min(abs(ratio), 1.0),
        "print_differs": min(abs(print_ratio), 1.0),
        "source_differs": float(page.source != before.source),
        "full_before": float(before.filled > 0.8),
        "short_before": float(before.filled < 0.5),
        "sentence_open": float(before.open_sentence),
        "few_characters": float(page.characters < _FEW and not (page.addressee or page.greets)),
        "greets": float(page.greets),
        "pages_before": min(len(document), 8) / 8,
    }


def _shared(mine: frozenset[tuple[str, int]], theirs: frozenset[tuple[str, int]]) -> float:
    """Share of the head's rows that stand at (nearly) the same place on the other page."""
    near = {(text, place + step) for text, place in theirs for step in (-1, 0, 1)}
    return len(mine & near) / len(mine) if mine else 0.0


def _repeated(first: frozenset[tuple[str, int]], mine: frozenset[tuple[str, int]]) -> float:
    """Share of the rows of a first page's head that stand at the head of a page, at whatever height."""
    texts = {text for text, _ in mine}
    return sum(text in texts for text, _ in first) / len(first) if first else 0.0


def _alike(mine: frozenset[str], theirs: frozenset[str]) -> float:
    return len(mine & theirs) / len(mine | theirs) if mine and theirs else 0.0


def _again(page: PageSigns, first: PageSigns) -> bool:
    """It says at its head and below it what the first page says."""
    heads, bodies = _alike(page.head_words, first.head_words), _alike(page.pieces, first.pieces)
    return min(heads, bodies) >= _AGAIN


def _columns_alike(mine: Sequence[float], theirs: Sequence[float]) -> float | None:
    """Share of the columns that both have; None where one of them has no table."""
    if min(len(mine), len(theirs)) < _LEAST_COLUMNS:
        return None
    met = sum(any(abs(one - other) <= _SAME_PLACE for other in theirs) for one in mine)
    return met / max(len(mine), len(theirs))
