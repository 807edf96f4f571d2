"""What is due: days of payment, what waits for review with a deadline, and what the law wants soon."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from domain.calendar import tokyo_day
from domain.compliance import Verdict
from domain.query import Hits, Query
from domain.sentence import Part, Understood
from domain.sentence_days import NEAR_DAYS
from pipeline.steps.answering_approvals import fits
from pipeline.steps.answering_search import PAID_UNKNOWN, conditions, notes, payments_of, total
from pipeline.steps.answers import SHOWN, UNKNOWN, WHICH, Answer, Named, named_hit, named_record, not_known
from pipeline.steps.compliance import survey
from pipeline.steps.review import review_queue
from storage.search import search

if TYPE_CHECKING:
    from domain.asking import Question
    from domain.labels import Label
    from domain.people import User
    from domain.query import Hit
    from pipeline.wiring import Shoko

SURVEYED = 100
"""Newest documents that are judged for a question: some ten milliseconds each, while somebody waits."""
_PAYMENTS_READ = 100
"""Payments that are put in order beside the other deadlines, of the newest papers; the rest are counted."""
_PAYMENT = re.compile(r"支払|払[いうわっ]|振込|入金")
_DEADLINE = re.compile(
    r"(?:入力|保存|法令の?|スキャンの?|提出)?(?:期限|期日|締め?切り?)(?:が|の|は|に)?"
    r"(?:を?過ぎ(?:て(?:い)?る|た)?|切れ(?:て(?:い)?る|た)?|超過(?:して(?:い)?る|した)?|近い|間近な?|迫って(?:い)?る|(?:に|が)?間に合わ?な?い?|ある|来る)?"
    r"|急ぐ(?:もの)?|急ぎの?|急いで|先に(?:する|やる)"
)
_LEGAL = re.compile("入力期|法令|スキャンの?期|保存の?締|タイムスタンプ")
_ASK_PAYMENTS: Label = (
    "支払期限は入っていません（「支払期限が過ぎている請求書は？」のように聞いてください）",
    "Days of payment are not among them: ask for them by name",
)
_LATE = re.compile(r"過ぎ|切れ|超過|遅れ|間に合わな")
_ANY_PAYMENT = re.compile(r"お?支払い?の?(?:期限|期日|日)(?:が|は|の|に)?(?:いつ|来る|くる|順)?")
_ADDED = re.compile(r"いくら|合計|総額|トータル|何円|金額は")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """Days on which something ends; None is open."""

    first: date | None
    last: date
    words: Label


def due(shoko: Shoko, question: Question, user: User | None) -> Answer:
    """What is to be paid, where that is asked for; else that, what waits with a deadline, and what the law wants."""
    if question.this:
        return not_known(question.asked, WHICH)
    if _PAYMENT.search(question.text):
        return _payments(shoko, question, user)
    return _everything(shoko, question)


def _payments(shoko: Shoko, question: Question, user: User | None) -> Answer:
    if _ADDED.search(question.text):
        return total(shoko, question, user)
    found = conditions(shoko, question.rest, party=question.party)
    query = found.query
    near: tuple[Label, ...] = ()
    left_out = [piece.text for piece in found.pieces if piece.part is Part.UNSUPPORTED]
    if query.due_from is None and query.due_to is None and all(_ANY_PAYMENT.fullmatch(one) for one in left_out):
        today = tokyo_day(shoko.clock())
        query = replace(query, due_from=today, due_to=today + timedelta(days=NEAR_DAYS))
        near = ((f"今日から {NEAR_DAYS} 日以内に支払期限が来るものです", f"To be paid within {NEAR_DAYS} days"),)
        found = Understood(query=query, pieces=tuple(p for p in found.pieces if p.part is not Part.UNSUPPORTED))
    elif query.due_from is None and query.due_to is None:
        return not_known(question.asked, UNKNOWN, *notes(found))
    query = payments_of(query)
    hits = search(shoko.archive, replace(query, limit=SHOWN))
    says: Label = (
        (f"支払期限で探すと、{hits.total:,} 件あります", f"{hits.total:,} by their day of payment")
        if hits.total
        else ("その支払期限の書類はありません", "Nothing has such a day of payment")
    )
    return Answer(
        asked=question.asked,
        known=not any(piece.part in {Part.WORD, Part.UNSUPPORTED} for piece in found.pieces),
        says=(says, *near, *notes(found), *([PAID_UNKNOWN] if hits.total else [])),
        named=tuple(_paid_by(shoko, hits.hits)),
        total=hits.total,
        query=query,
        pieces=found.pieces,
    )


_PAYMENT_NOTE: Label = ("支払期限", "to be paid by")


def _paid_by(shoko: Shoko, hits: tuple[Hit, ...]) -> Iterator[Named]:
    for hit in hits:
        record = shoko.archive.get_document(hit.document_id)
        yield named_hit(hit, note=_PAYMENT_NOTE, due=record.fields.day("due_date") if record is not None else None)


def _everything(shoko: Shoko, question: Question) -> Answer:
    window, found = _window(shoko, question)
    query = found.query
    judged, by_law = _by_law(shoko, window, query)
    waiting = _waiting(shoko, window, query)
    by_law_alone = _LEGAL.search(question.text) is not None or window.first == date.min
    paid = replace(payments_of(query), due_from=window.first or tokyo_day(shoko.clock()), due_to=window.last)
    payments = Hits(total=0, hits=()) if by_law_alone else search(shoko.archive, replace(paid, limit=_PAYMENTS_READ))
    named: dict[str, Named] = {}
    for one in (*waiting, *by_law, *_paid_by(shoko, payments.hits)):
        earlier = named.get(one.document_id)
        if earlier is None or (one.due or date.max) < (earlier.due or date.max):
            named[one.document_id] = one
    count = len(named) + payments.total - len(payments.hits)
    japanese, english = window.words
    within = ("調べた中に、", "of what was looked at") if judged[0] < judged[1] else ("", "")
    says: list[Label] = [
        (f"{within[0]}期限が{japanese}ものが {count:,} 件あります", f"{count:,} {within[1]} are due {english}")
        if count
        else (f"調べた書類に、期限が{japanese}ものはありません", f"Nothing that was looked at is due {english}"),
        (
            f"法令の期限は確認待ちと新しい {judged[0]:,} 件（全 {judged[1]:,} 件）から調べました",
            f"Deadlines by law of what is in review and the newest {judged[0]:,} of {judged[1]:,}",
        ),
        *([_ASK_PAYMENTS] if by_law_alone else []),
        *notes(found),
    ]
    rows = sorted(named.values(), key=lambda one: one.due or date.max)
    return Answer(
        asked=question.asked,
        known=not any(piece.part in {Part.WORD, Part.UNSUPPORTED} for piece in found.pieces),
        says=tuple(says),
        named=tuple(rows[:SHOWN]),
        total=count,
        pieces=found.pieces,
        place="/law?show=due",
    )


def _window(shoko: Shoko, question: Question) -> tuple[_Window, Understood]:
    """Until when, and which documents: 来週が期限の請求書 names days of the deadline, not of the papers."""
    today = tokyo_day(shoko.clock())
    rest = _DEADLINE.sub(" ", question.rest)
    found = conditions(shoko, rest, party=question.party)
    first, last = found.query.date_from, found.query.date_to
    said = [piece for piece in found.pieces if piece.part is Part.DATE]
    if said and last is not None and last >= today:
        left = tuple(piece for piece in found.pieces if piece.part is not Part.DATE)
        kept = Understood(query=replace(found.query, date_from=None, date_to=None), pieces=left)
        words = (f"{last:%Y/%m/%d} までの", f"until {last:%Y/%m/%d}")
        if first is not None:
            words = (f"{first:%Y/%m/%d} から {last:%Y/%m/%d} までの", f"from {first:%Y/%m/%d} to {last:%Y/%m/%d}")
        return _Window(first=first, last=last, words=words), kept
    if _LATE.search(question.text):
        return _Window(first=date.min, last=today - timedelta(days=1), words=("過ぎている", "and late")), found
    words = (f"過ぎているか {NEAR_DAYS} 日以内の", f"within {NEAR_DAYS} days, or late")
    return _Window(first=None, last=today + timedelta(days=NEAR_DAYS), words=words), found


def _waiting(shoko: Shoko, window: _Window, query: Query) -> list[Named]:
    """What is in review with a deadline; what is late is always among it, unless days are named."""
    kinds: dict[str | None, Label] = {
        "input": ("入力期限（確認待ち）", "to be stored by (in review)"),
        "payment": ("支払期限（確認待ち）", "to be paid by (in review)"),
    }
    return [
        named_record(one.record, due=one.deadline, note=kinds.get(one.deadline_of))
        for one in review_queue(shoko, soon=(window.last - tokyo_day(shoko.clock())).days)
        if one.deadline is not None
        and (window.first or date.min) <= one.deadline <= window.last
        and fits(one.record, query)
    ]


def _by_law(shoko: Shoko, window: _Window, query: Query) -> tuple[tuple[int, int], list[Named]]:
    judged = survey(shoko, most=SURVEYED, query=query)
    days = (window.last - tokyo_day(shoko.clock())).days
    named = []
    for one in judged.due(days=days):
        status = one.standing.status
        if status.next_due is None or status.next_due < (window.first or date.min):
            continue
        lines = [line for line in status.lines if line.due == status.next_due]
        line = next((line for line in lines if line.verdict is not Verdict.COMPLIANT), None)
        named.append(
            named_hit(
                one.hit,
                due=status.next_due,
                note=(f"法令の期限：{line.what[0]}", f"by law: {line.what[1]}") if line else None,
                rule=line.rule if line else None,
            )
        )
    return (len(judged.judged), judged.total), named
