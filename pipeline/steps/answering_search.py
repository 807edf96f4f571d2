"""Questions that a search answers: which documents, how many, and how much together."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from compliance.fiscal_years import fiscal_year_of
from domain.calendar import tokyo_day
from domain.query import MAX_LIMIT, Query
from domain.sentence import Part, Understood, understand
from pipeline.steps.answers import SHOWN, UNKNOWN, WHICH, Answer, Sum, named_hit, not_known
from storage.search import search

if TYPE_CHECKING:
    from domain.asking import Question
    from domain.fields import DocumentType
    from domain.labels import Label
    from domain.people import User
    from pipeline.wiring import Shoko

MOST_SUMMED = 2 * MAX_LIMIT
"""Documents that are added up; a question about more is asked to be narrowed, since it keeps others waiting."""
_NARROWS = frozenset(
    {Part.DATE, Part.RECEIVED, Part.AMOUNT, Part.COUNTERPARTY, Part.TYPE, Part.STATE, Part.ORIGIN, Part.BLANK}
)


def conditions(shoko: Shoko, sentence: str) -> Understood:
    """What a sentence becomes, with names that the archive knows."""
    company = shoko.settings.company
    return understand(
        sentence,
        today=tokyo_day(shoko.clock()),
        fiscal_end=lambda day: fiscal_year_of(day, settings=company).last,
        known_party=lambda name: search(shoko.archive, Query(counterparty=name, limit=1, count_limit=1)).total > 0,
    )


def notes(found: Understood) -> tuple[Label, ...]:
    """What of the question was not used as it was meant."""
    left_out = [piece.text for piece in found.pieces if piece.part is Part.UNSUPPORTED]
    words = [piece.text for piece in found.pieces if piece.part is Part.WORD]
    notes: list[Label] = []
    if left_out:
        names = "」「".join(left_out)
        notes.append(
            (f"「{names}」は検索できない条件なので、使っていません", f"Not used, since it cannot be searched: {names}")
        )
    if words:
        names = "」「".join(words)
        notes.append((f"「{names}」は本文のことばとして探しました", f"Looked for in the text: {names}"))
    return tuple(notes)


def _is_clear(found: Understood) -> bool:
    """Every word of it became a condition."""
    parts = {piece.part for piece in found.pieces}
    return bool(parts & _NARROWS) and not parts & {Part.WORD, Part.UNSUPPORTED}


def find(shoko: Shoko, question: Question, _: User | None) -> Answer:
    """Documents that the sentence describes; with none and words left over it is not known what was asked."""
    found = conditions(shoko, question.rest)
    query = replace(found.query, limit=SHOWN)
    if not any(piece.part is not Part.ORDER for piece in found.pieces):
        return not_known(question.asked, UNKNOWN)
    hits = search(shoko.archive, query)
    if not hits.total:
        none: Label = ("当てはまる書類はありません", "There is no such document")
        if not _is_clear(found):
            return replace(not_known(question.asked, UNKNOWN, *notes(found)), pieces=found.pieces, query=query)
        return Answer(asked=question.asked, known=True, says=(none,), query=query, pieces=found.pieces)
    says: Label = (f"{hits.total:,} 件あります", f"{hits.total:,} found")
    return Answer(
        asked=question.asked,
        known=True,
        says=(says, *notes(found)),
        named=tuple(named_hit(hit) for hit in hits.hits),
        total=hits.total,
        query=query,
        pieces=found.pieces,
    )


def total(shoko: Shoko, question: Question, user: User | None) -> Answer:
    """Sums by class and currency; amounts of different classes are not added, since they often mean one deal."""
    if question.this:
        return not_known(question.asked, WHICH)
    answered = find(shoko, question, user)
    if not answered.known or not answered.total or answered.query is None:
        return answered
    if not any(piece.part in _NARROWS for piece in answered.pieces):
        return not_known(question.asked, WHICH)
    if answered.total > MOST_SUMMED:
        many: Label = (
            f"{answered.total:,} 件あり、多いため合計していません。期間や取引先を付けて聞いてください",
            f"{answered.total:,} are too many to add up: name a period or a company",
        )
        return replace(answered, known=False, says=(many,))
    sums, blank = _sums(shoko, answered.query)
    says = [_sum_label(sums) if len(sums) == 1 else _sums_label(sums)]
    if blank:
        says.append(
            (
                f"ほかに、金額が空欄の書類が {blank:,} 件あります（合計に入っていません）",
                f"{blank:,} more have no amount",
            )
        )
    return replace(answered, says=(*says, *answered.says[1:]), sums=sums)


def _sums(shoko: Shoko, query: Query) -> tuple[tuple[Sum, ...], int]:
    sums: dict[tuple[DocumentType, str], tuple[int, Decimal]] = {}
    blank = 0
    for offset in range(0, MOST_SUMMED, MAX_LIMIT):
        hits = search(shoko.archive, replace(query, limit=MAX_LIMIT, offset=offset)).hits
        for hit in hits:
            if hit.total_amount is None:
                blank += 1
                continue
            key = (hit.document_type, hit.currency or "JPY")
            count, amount = sums.get(key, (0, Decimal(0)))
            sums[key] = (count + 1, amount + hit.total_amount)
        if len(hits) < MAX_LIMIT:
            break
    rows = (Sum(document_type=k, currency=c, count=n, amount=a) for (k, c), (n, a) in sums.items())
    return tuple(sorted(rows, key=lambda row: -row.count)), blank


def _sum_label(sums: tuple[Sum, ...]) -> Label:
    (one,) = sums
    unit = "円" if one.currency == "JPY" else f" {one.currency}"
    return (
        f"合計 {one.amount:,f}{unit} です（{one.count:,} 件）",
        f"{one.amount:,f} {one.currency} together ({one.count:,})",
    )


def _sums_label(sums: tuple[Sum, ...]) -> Label:
    if not sums:
        return ("金額の入った書類はありません", "None of them has an amount")
    if len({one.document_type for one in sums}) == 1:
        return ("通貨ごとの合計です", "By currency")
    return (
        "種類ごとの合計です（同じ取引の見積・請求・領収が重なることがあるため、足していません）",
        "By class; not added together, since one deal may stand in several of them",
    )
