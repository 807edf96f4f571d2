"""Questions that a search answers: which documents, how many, and how much together."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from domain.fields import DocumentType
from domain.query import MAX_LIMIT, Query
from domain.record import DocumentState
from domain.sentence import Part, Piece, Understood
from domain.sentence_words import NOISE, RECEIVED_WAYS
from domain.ways import WAY_OF, WAYS, Way
from pipeline.steps.answers import (
    SHOWN,
    UNKNOWN,
    WHICH,
    Answer,
    Sum,
    named_hit,
    not_known,
)
from pipeline.steps.sentences import understood
from storage.search import search

if TYPE_CHECKING:
    from domain.asking import Question
    from domain.labels import Label
    from domain.people import User
    from pipeline.wiring import Shoko

PAID_UNKNOWN: Label = (
    "支払ったかどうかは記録していないので、支払済みのものも入ります",
    "Whether it was paid is not on record: paid ones are among them",
)
_ORDERED: dict[str, Label] = {
    "-total_amount": ("金額の大きい順に並べています", "The largest amount first"),
    "total_amount": ("金額の小さい順に並べています", "The smallest amount first"),
    "-transaction_date": ("日付の新しい順に並べています", "The newest first"),
    "transaction_date": ("日付の古い順に並べています", "The oldest first"),
    "-received_on": ("受領日の新しい順に並べています", "The last received first"),
}
MOST_SUMMED = 2 * MAX_LIMIT
"""Documents that are added up; a question about more is asked to be narrowed, since it keeps others waiting."""
_NARROWS = frozenset(
    {
        Part.DATE,
        Part.RECEIVED,
        Part.DUE,
        Part.FILED,
        Part.AMOUNT,
        Part.COUNTERPARTY,
        Part.TYPE,
        Part.STATE,
        Part.ORIGIN,
        Part.BLANK,
        Part.QUOTED,
    }
)
_EVERYTHING = re.compile(
    r"(?:全部の?|すべての?|全ての?|全|保存した|保管した)?(?:書類|文書|資料|証憑|ファイル|データ)(?:の?(?:全部|すべて|全て|全体|総数))?(?:は|が)?"
)


def conditions(shoko: Shoko, sentence: str, *, party: str | None = None) -> Understood:
    """What a sentence becomes, with names that the archive knows; ``party`` is whom この取引先 means."""
    # 書類: any of them
    found = understood(shoko, "" if NOISE.fullmatch(sentence.strip()) else sentence)
    if party is None or found.query.counterparty is not None:
        return found
    query = replace(found.query, counterparty=party, counterparty_exact=True)
    return Understood(query=query, pieces=(Piece(text=party, part=Part.COUNTERPARTY), *found.pieces))


def of_part(found: Understood, *parts: Part) -> str:
    """The pieces that became this, as they are named in an answer; empty where none did."""
    texts = [piece.text for piece in found.pieces if piece.part in parts]
    return f"「{'」「'.join(texts)}」" if texts else ""


def notes(found: Understood) -> tuple[Label, ...]:
    """What of the question was not used as it was meant."""
    notes: list[Label] = []
    if left_out := of_part(found, Part.UNSUPPORTED):
        notes.append((f"{left_out}は検索できない条件なので、使っていません", f"Not used: {left_out}"))
    if words := of_part(found, Part.WORD):
        notes.append((f"{words}は本文のことばとして探しました", f"Looked for in the text: {words}"))
    return tuple(notes)


def _is_clear(found: Understood) -> bool:
    """Every word of it became a condition."""
    parts = {piece.part for piece in found.pieces}
    return bool(parts & _NARROWS) and not parts & {Part.WORD, Part.UNSUPPORTED}


def payments_of(query: Query) -> Query:
    """Invoices that the company received: what it pays for, as the start page counts it."""
    return replace(
        query, document_types=query.document_types or (DocumentType.INVOICE,), origins=query.origins or RECEIVED_WAYS
    )


def find(shoko: Shoko, question: Question, _: User | None) -> Answer:
    """Documents that the sentence describes; with none and words left over it is not known what was asked."""
    found = conditions(shoko, question.rest, party=question.party)
    if _EVERYTHING.fullmatch(question.rest):
        found = Understood(query=Query(), pieces=())
    elif all(piece.part in {Part.ORDER, Part.UNSUPPORTED} for piece in found.pieces):
        return not_known(question.asked, UNKNOWN, *notes(found))
    is_paid = any(piece.part is Part.DUE for piece in found.pieces)
    query = replace(payments_of(found.query) if is_paid else found.query, limit=SHOWN)
    hits = search(shoko.archive, query)
    if not hits.total:
        if found.pieces and not _is_clear(found):
            return replace(not_known(question.asked, UNKNOWN, *notes(found)), pieces=found.pieces, query=query)
        none: Label = ("当てはまる書類はありません", "There is no such document")
        return Answer(asked=question.asked, known=True, says=(none,), query=query, pieces=found.pieces)
    return Answer(
        asked=question.asked,
        known=not of_part(found, Part.UNSUPPORTED),
        says=(_found_label(found, hits.total), *_ordered(found), *notes(found), *([PAID_UNKNOWN] if is_paid else [])),
        named=tuple(named_hit(hit) for hit in hits.hits),
        total=hits.total,
        query=query,
        pieces=found.pieces,
    )


def _found_label(found: Understood, count: int) -> Label:
    """How many, no surer than they were found."""
    if left_out := of_part(found, Part.UNSUPPORTED):
        return (f"{left_out}を除いた条件では {count:,} 件あります", f"{count:,} found without {left_out}")
    if words := of_part(found, Part.WORD, Part.QUOTED):
        return (f"本文に{words}を含むものは {count:,} 件あります", f"{count:,} found with {words} in the text")
    return (f"{count:,} 件あります", f"{count:,} found")


def _ordered(found: Understood) -> tuple[Label, ...]:
    """一番高い請求書: the list begins with it."""
    asked = any(piece.part is Part.ORDER for piece in found.pieces)
    return (_ORDERED[found.query.order],) if asked and found.query.order in _ORDERED else ()


def total(shoko: Shoko, question: Question, user: User | None) -> Answer:
    """Sums by class, direction and currency; nothing is added that was not asked for clearly.

    Amounts of different classes are not added, since they often mean one deal, nor is what was issued to what was
    received. Where a word stayed a word, what was asked for may be another amount: 先月の消費税の合計.
    """
    if question.this:
        return not_known(question.asked, WHICH)
    answered = find(shoko, question, user)
    if answered.query is None or not answered.total:
        return answered
    found = Understood(query=answered.query, pieces=answered.pieces)
    if not any(piece.part in _NARROWS for piece in found.pieces):
        return not_known(question.asked, WHICH)
    if not _is_clear(found):
        unclear = of_part(found, Part.WORD, Part.UNSUPPORTED)
        why: Label = (
            f"{unclear}を条件にできないので、合計していません（取引金額だけを合計できます）",
            f"Nothing was added up, since this is no condition: {unclear} (only totals can be added)",
        )
        return replace(answered, known=False, says=(why,))
    if answered.total > MOST_SUMMED:
        many: Label = (
            f"{answered.total:,} 件あり、多いため合計していません。期間や取引先を付けて聞いてください",
            f"{answered.total:,} are too many to add up: name a period or a company",
        )
        return replace(answered, known=False, says=(many,))
    sums, blank, open_still = _sums(shoko, answered.query)
    says = [_sum_label(sums) if len(sums) == 1 else _sums_label(sums)]
    if blank:
        says.append(
            (
                f"ほかに、金額が空欄の書類が {blank:,} 件あります（合計に入っていません）",
                f"{blank:,} more have no amount",
            )
        )
    if open_still:
        says.append((f"うち {open_still:,} 件は確認待ちです", f"{open_still:,} of them wait for review"))
    return replace(answered, says=(*says, *answered.says[1:]), sums=sums)


def _sums(shoko: Shoko, query: Query) -> tuple[tuple[Sum, ...], int, int]:
    """Sums, documents without an amount, and how many of those that were added wait for review."""
    sums: dict[tuple[DocumentType, Way, str], tuple[int, Decimal]] = {}
    blank = open_still = 0
    for offset in range(0, MOST_SUMMED, MAX_LIMIT):
        hits = search(shoko.archive, replace(query, limit=MAX_LIMIT, offset=offset)).hits
        for hit in hits:
            if hit.total_amount is None:
                blank += 1
                continue
            open_still += hit.state is DocumentState.NEEDS_REVIEW
            key = (hit.document_type, WAY_OF[hit.origin], hit.currency or "JPY")
            count, amount = sums.get(key, (0, Decimal(0)))
            sums[key] = (count + 1, amount + hit.total_amount)
        if len(hits) < MAX_LIMIT:
            break
    rows = (Sum(document_type=k, way=w, currency=c, count=n, amount=a) for (k, w, c), (n, a) in sums.items())
    return tuple(sorted(rows, key=lambda row: -row.count)), blank, open_still


def _sum_label(sums: tuple[Sum, ...]) -> Label:
    (one,) = sums
    unit = "円" if one.currency == "JPY" else f" {one.currency}"
    japanese, english = WAYS[one.way]
    issued = (f"、{japanese}したもの", f", {english.lower()}") if one.way is Way.ISSUED else ("", "")
    return (
        f"合計 {one.amount:,f}{unit} です（{one.count:,} 件{issued[0]}）",
        f"{one.amount:,f} {one.currency} together ({one.count:,}{issued[1]})",
    )


def _sums_label(sums: tuple[Sum, ...]) -> Label:
    if not sums:
        return ("金額の入った書類はありません", "None of them has an amount")
    if len({one.document_type for one in sums}) > 1:
        return (
            "種類ごとの合計です（同じ取引の見積・請求・領収が重なることがあるため、足していません）",
            "By class; not added together, since one deal may stand in several of them",
        )
    if len({one.way for one in sums}) > 1:
        return (
            "受け取ったものと発行したものがあるので、足していません",
            "Received and issued ones; not added together",
        )
    return ("通貨ごとの合計です", "By currency")
