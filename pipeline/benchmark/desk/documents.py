"""Made documents: what stands on each follows from the seed and its number alone."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from domain.evidence import Check, Outcome
from domain.fields import (
    CalendarDate,
    DocumentType,
    Field,
    FieldSet,
    FieldStatus,
    LineItem,
    LineItems,
    Money,
    Source,
    Value,
)
from domain.fields import Text as TextValue
from domain.ids import Origin
from domain.page import EngineId, PageRef
from domain.record import Classification, DocumentReading, DocumentState, ImportanceClass, ReviewReason
from domain.registration import check_digit
from pipeline.benchmark.desk.printed import Line, pdf, size_px
from pipeline.benchmark.desk.words import FORMS, GOODS, HEADINGS, OUR_COMPANY, PLACES, SHARES, STEMS, TRADES

DAYS = 3944
"""Over which they were received: with the days printed on them eleven years, the longest retention and what left it."""
ENGINE = EngineId(name="made.v1", version="1")
_ORIGINS = {
    Origin.PAPER_RECEIVED: 52,
    Origin.ELECTRONIC_RECEIVED: 30,
    Origin.PAPER_ISSUED_COPY: 8,
    Origin.ELECTRONIC_SENT: 6,
    Origin.SELF_GENERATED: 3,
    Origin.UNKNOWN: 1,
}
"""Per cent of each."""
_OURS = frozenset({Origin.PAPER_ISSUED_COPY, Origin.ELECTRONIC_SENT, Origin.SELF_GENERATED})
_DOUBTS = ("field_unsure", "check_failed", "possible_duplicate", "capture_quality", "handwriting", "field_ambiguous")
_FRESH_DAYS = 150
_DOUBTFUL = 0.12
_LEFT = 0.002
_APPROVED = 0.18
_BLANK = 0.015
_PARTIES = 4000
"""Shares of documents that wait for a person while they are fresh and long after, that are approved, that lack a value;
and how many counterparties there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One document as it arrives and as it was read."""

    number: int
    name: str
    """Of the file."""
    content: bytes
    """A PDF of one page."""
    origin: Origin
    received_on: date
    received_on_assumed: bool
    at: datetime
    """When it was taken in and filed."""
    state: DocumentState
    importance: ImportanceClass
    counterparty: str
    reading: DocumentReading
    """Its pages name no unit yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    kind: DocumentType
    party: str
    day: date
    items: tuple[LineItem, ...]
    total: Decimal
    currency: str
    number: str
    registration: str
    place: str
    ours: bool


def made_document(number: int, *, seed: int, last_day: date) -> Made:
    """The document of a number; received within ``DAYS`` days up to ``last_day``."""
    dice = random.Random(f"{seed}:{number}")  # noqa: S311  # reproducible
    origin = dice.choices(tuple(_ORIGINS), tuple(_ORIGINS.values()))[0]
    kind = dice.choices(tuple(SHARES), tuple(SHARES.values()))[0]
    received = last_day - timedelta(days=int(DAYS * dice.random() ** 1.3))
    day = received - timedelta(days=min(int(dice.expovariate(0.12)), 60))
    facts = _facts(dice, number, kind=kind, day=day, ours=origin in _OURS)
    lines = _lines(facts)
    fresh = (last_day - received).days < _FRESH_DAYS
    doubts = (dice.choice(_DOUBTS),) if dice.random() < (_DOUBTFUL if fresh else _LEFT) else ()
    blank = dice.choice(("transaction_date", "total_amount", "counterparty")) if dice.random() < _BLANK else None
    if blank:
        doubts = ("field_missing",) if fresh else ()
    assumed = dice.random() < 0.05
    approved = not doubts and dice.random() < _APPROVED
    state = DocumentState.APPROVED if approved else DocumentState.NEEDS_REVIEW if doubts else DocumentState.FILED
    width, height = size_px()
    reading = DocumentReading(
        pages=(PageRef(unit_id="", page_index=0, width_px=width, height_px=height),),
        classification=Classification(label=kind, confidence=0.97, reasons=("heading",), engine=ENGINE),
        fields=_fields(facts, lines, blank=blank, doubtful=doubts[:1] == ("field_unsure",)),
        checks=(Check(name="totals_add_up", outcome=Outcome.FAILED if "check_failed" in doubts else Outcome.PASSED),),
        review_reasons=tuple(ReviewReason(code=code, field=blank) for code in doubts),
        text="\n".join(line.text for line in lines),
    )
    return Made(
        number=number,
        name=f"scan-{received:%Y%m%d}-{number:07d}.pdf",
        content=pdf(lines),
        origin=origin,
        received_on=received,
        received_on_assumed=assumed,
        at=datetime.combine(received, time(1, 0), UTC) + timedelta(seconds=dice.randrange(8 * 3600)),
        state=state,
        importance=ImportanceClass.GENERAL if kind is DocumentType.QUOTATION else ImportanceClass.IMPORTANT,
        counterparty=facts.party,
        reading=reading,
    )


def _party(dice: random.Random) -> str:
    # A few counterparties write one paper in ten, and thousands one or two.
    rank = int(_PARTIES ** dice.random())
    own = random.Random(f"party:{rank}")  # noqa: S311  # reproducible
    return own.choice(FORMS).format(own.choice(STEMS) + own.choice(TRADES))


def _facts(dice: random.Random, number: int, *, kind: DocumentType, day: date, ours: bool) -> _Facts:
    items = []
    for name in dice.sample(GOODS, dice.randint(1, 5)):
        quantity, price = dice.randint(1, 20), dice.choice((120, 480, 980, 1500, 3200, 8800, 24000, 98000, 250000))
        items.append(LineItem(description=name, quantity=Decimal(quantity), amount=Decimal(quantity * price)))
    foreign = dice.random() < 0.02
    total = sum((item.amount for item in items if item.amount is not None), start=Decimal(0))
    body = f"{dice.randrange(10**11, 10**12)}"
    return _Facts(
        kind=kind,
        party=_party(dice),
        day=day,
        items=tuple(items),
        total=total / 100 if foreign else total + total // 10,
        currency="USD" if foreign else "JPY",
        number=f"{kind.value[:3].upper()}-{day:%y%m}-{number % 100000:05d}",
        registration=f"T{check_digit(body)}{body}",
        place=dice.choice(PLACES),
        ours=ours,
    )


def _lines(facts: _Facts) -> tuple[Line, ...]:
    heading, before_total = HEADINGS[facts.kind]
    issuer, recipient = (OUR_COMPANY, facts.party) if facts.ours else (facts.party, OUR_COMPANY)
    mark = "¥" if facts.currency == "JPY" else "US$"
    lines = [
        Line(text=heading, left=240, top=80, size=20),
        Line(text=f"{recipient} 御中", left=50, top=130, size=13),
        Line(text=f"発行日 {facts.day:%Y年%m月%d日}", left=380, top=130),
        Line(text=f"番号 {facts.number}", left=380, top=146),
        Line(text=issuer, left=330, top=186, size=12),
        Line(text=facts.place, left=330, top=202),
        Line(text=f"登録番号 {facts.registration}", left=330, top=218),
        Line(text=f"{before_total} {mark}{facts.total:,}", left=50, top=186, size=16),
    ]
    for row, item in enumerate(facts.items):
        top = 280 + 20 * row
        lines.append(Line(text=item.description, left=60, top=top))
        lines.append(Line(text=f"{item.quantity}", left=340, top=top))
        lines.append(Line(text=f"{item.amount:,}", left=450, top=top))
    lines.append(
        Line(text="上記の通りご案内申し上げます。ご不明の点は担当までお問い合わせください。", left=60, top=440)
    )
    return tuple(lines)


def _fields(facts: _Facts, lines: tuple[Line, ...], *, blank: str | None, doubtful: bool) -> FieldSet:
    found: list[Field] = []

    def add(name: str, value: Value, shown: str, line: Line) -> None:
        missing = name == blank
        found.append(
            Field(
                name=name,
                value=None if missing else value,
                raw_text=None if missing else shown,
                status=FieldStatus.MISSING if missing else FieldStatus.FOUND,
                sources=() if missing else (Source(page_index=0, boxes=(line.box(shown),)),),
                confidence=0.62 if doubtful and name == "total_amount" else 0.98,
                engine=ENGINE,
            )
        )

    _, recipient, day, number, issuer, _, registration, total = lines[:8]
    party = recipient if facts.ours else issuer
    shown_total = total.text.split(" ", 1)[1]
    add("transaction_date", CalendarDate(day=facts.day), day.text.split(" ")[1], day)
    add("total_amount", Money(amount=facts.total, currency=facts.currency), shown_total, total)
    add("issuer", TextValue(text=issuer.text), issuer.text, issuer)
    name = recipient.text.removesuffix(" 御中")
    add("recipient", TextValue(text=name), name, recipient)
    add("counterparty", TextValue(text=facts.party), facts.party, party)
    if facts.kind not in {DocumentType.CONTRACT, DocumentType.OTHER}:
        add("registration_number", TextValue(text=facts.registration), facts.registration, registration)
        add("document_number", TextValue(text=facts.number), facts.number, number)
        add("line_items", LineItems(rows=facts.items), facts.items[0].description, lines[8])
    if facts.kind in {DocumentType.INVOICE, DocumentType.PURCHASE_ORDER}:
        due = facts.day + timedelta(days=30)
        add("due_date", CalendarDate(day=due), f"{due}", day)
    return FieldSet(fields=tuple(found))
