"""Made documents that wait for a person: read from their text layers, then doubted in one of the ways that occur."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from domain.errors import ObjectMissing
from domain.fields import CalendarDate, DocumentType, FieldSet, FieldStatus, Money, Text, Value
from domain.ids import Origin, document_id_for
from domain.record import DocumentDraft, DocumentReading, DocumentState, ReviewReason
from pipeline.batch import open_batch, run_plain
from pipeline.benchmark.desk.documents import Made, made_document
from pipeline.steps.deposit import deposit

if TYPE_CHECKING:
    from datetime import date

    from domain.record import ArchiveRecord
    from pipeline.batch import Resident
    from pipeline.benchmark.desk.run import Progress

DAY, TOTAL, PARTY, NUMBER = "transaction_date", "total_amount", "counterparty", "registration_number"
_UNSURE = 0.55
_ENGINE = "made"
_READ_AS_OTHER = "株式会社よみちがい"
_UNREAD_NAME = "合同会社かすれ文字商店"
"""Of a counterparty that stands on no page here: its name is typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What is made of a right reading, and how a person answers."""

    fields: FieldSet
    reasons: tuple[ReviewReason, ...]
    document_type: DocumentType
    origin: Origin
    assumed: bool = False
    """Nobody has confirmed the day of receipt."""
    answers: Mapping[str, Value] = field(default_factory=dict)
    """Of fields, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One document that waits, and what a person finds right about it."""

    document_id: str
    kind: str
    """A key of ``SHARES``."""
    right: Mapping[str, Value]
    """Of the fields that are asked about."""
    document_type: DocumentType
    origin: Origin


def _doubted(made: Made, *values: tuple[str, Value | None]) -> Doubt:
    """Some fields are read so, unsurely; None: not found."""
    fields, reasons = made.reading.fields, []
    for name, value in values:
        before = fields.get(name)
        if before is None:
            continue
        status, code = (FieldStatus.MISSING, "field_missing") if value is None else (before.status, "field_unsure")
        sources = () if value is None else before.sources
        fields = fields.replaced(
            replace(before, value=value, status=status, sources=sources, confidence=0.0 if value is None else _UNSURE)
        )
        reasons.append(ReviewReason(code=code, field=name))
    right = {name: known for name, _ in values if (known := made.reading.fields.value(name)) is not None}
    return Doubt(
        fields=fields,
        reasons=tuple(reasons),
        document_type=made.reading.classification.label,
        origin=made.origin,
        answers=right,
    )


def _total(made: Made, dice: random.Random) -> Money:
    """One digit is taken for another."""
    digits = list(str(_money(made).amount))
    at = dice.randrange(len(digits))
    digits[at] = str((int(digits[at]) + dice.randint(1, 8)) % 9 + 1)
    return Money(amount=Decimal("".join(digits)), currency="JPY")


def _money(made: Made) -> Money:
    found = made.reading.fields.money(TOTAL)
    if found is None:
        raise ObjectMissing("a made document without a total", message_ja="作った書類に合計がありません")
    return found


def _day(made: Made, dice: random.Random) -> CalendarDate:
    """A day that is near the printed one."""
    return CalendarDate(day=made.received_on - timedelta(days=dice.randint(70, 300)))


def _unknown_name(made: Made, dice: random.Random) -> Doubt:
    del dice
    return replace(_doubted(made, (PARTY, None)), answers={PARTY: Text(text=_UNREAD_NAME)})


def _class(made: Made, dice: random.Random) -> Doubt:
    wrong = dice.choice((DocumentType.RECEIPT, DocumentType.DELIVERY_NOTE, DocumentType.QUOTATION))
    return replace(_doubted(made), document_type=wrong, reasons=(ReviewReason(code="type_unsure"),))


def _received(made: Made, dice: random.Random) -> Doubt:
    del dice
    return replace(_doubted(made), assumed=True, reasons=(ReviewReason(code="received_on_assumed"),))


def _origin(made: Made, dice: random.Random) -> Doubt:
    del dice
    return replace(_doubted(made), origin=Origin.UNKNOWN, reasons=(ReviewReason(code="origin_unknown"),))


_Make = Callable[[Made, random.Random], Doubt]
_MADE: Mapping[str, tuple[int, _Make]] = {
    "misread_total": (16, lambda made, dice: _doubted(made, (TOTAL, _total(made, dice)))),
    "misread_day": (16, lambda made, dice: _doubted(made, (DAY, _day(made, dice)))),
    "misread_name": (14, lambda made, _: _doubted(made, (PARTY, Text(text=_READ_AS_OTHER)))),
    "misread_registration": (8, lambda made, _: _doubted(made, (NUMBER, Text(text="T1234567890123")))),
    "unsure_but_right": (16, lambda made, _: _doubted(made, (TOTAL, _money(made)))),
    "missing_day": (8, lambda made, _: _doubted(made, (DAY, None))),
    "missing_total": (6, lambda made, _: _doubted(made, (TOTAL, None))),
    "unknown_name": (4, _unknown_name),
    "class": (4, _class),
    "day_of_receipt": (3, _received),
    "origin": (2, _origin),
    "two_fields": (3, lambda made, dice: _doubted(made, (DAY, _day(made, dice)), (TOTAL, _total(made, dice)))),
}
SHARES: Mapping[str, int] = {name: share for name, (share, _) in _MADE.items()}
"""How many of a hundred documents wait for what: ``unknown_name`` is typed, everything else is on the page."""


def doubtful(resident: Resident, *, count: int, seed: int, last_day: date, progress: Progress) -> tuple[Waiting, ...]:
    """File so many documents that wait, each doubted in one way; every kind occurs where there are enough of them.

    The files are read as they would be on any day, so that their words can be offered and clicked; what is filed then
    in place of the right reading is doubtful.
    """
    shoko, dice = resident.shoko, random.Random(f"doubts:{seed}")  # noqa: S311  # reproducible
    kinds = [*_MADE, *dice.choices(tuple(SHARES), tuple(SHARES.values()), k=max(count - len(_MADE), 0))][:count]
    made = dict(zip((f"{number:06d}.pdf" for number in range(count)), _invoices(seed, last_day), strict=False))
    for name, one in made.items():
        deposit(shoko, one.content, name=name, origin=one.origin, received_on=one.received_on)
    run_plain(open_batch(resident))
    found: list[Waiting] = []
    for done, status in enumerate(shoko.archive.drops(limit=count), 1):
        name = status.drop.deposit.original_name
        kind = kinds[int(name.partition(".")[0])]
        found.append(_file(resident, kind, made[name], status.documents, dice))
        progress("documents", done, count)
    return tuple(found)


def _invoices(seed: int, last_day: date) -> Iterator[Made]:
    """Made invoices in yen that came to us as data, with nothing blank."""
    number = 0
    while True:
        made = made_document(number, seed=seed, last_day=last_day)
        number += 1
        fields = made.reading.fields
        total = fields.money(TOTAL)
        is_ours = (
            made.reading.classification.label is DocumentType.INVOICE and made.origin is Origin.ELECTRONIC_RECEIVED
        )
        in_yen = total is not None and total.currency == "JPY"
        if is_ours and in_yen and all(fields.value(one) for one in (DAY, PARTY, NUMBER)):
            yield replace(made, received_on_assumed=False)


def _file(resident: Resident, kind: str, made: Made, read: tuple[str, ...], dice: random.Random) -> Waiting:
    """The doubted reading takes the place of what was read."""
    archive = resident.shoko.archive
    records = [one for document_id in read if (one := archive.get_document(document_id)) is not None]
    for record in records:
        archive.tombstone(
            record.document_id, base_revision=record.revision, recorded_by=_ENGINE, reason="測定のため置き換えた"
        )
    first = records[0]
    doubt = _MADE[kind][1](made, dice)
    filed = archive.file_document(_draft(first, made, doubt))
    return Waiting(
        document_id=filed.document_id,
        kind=kind,
        right=doubt.answers,
        document_type=made.reading.classification.label,
        origin=made.origin,
    )


def _draft(read: ArchiveRecord, made: Made, doubt: Doubt) -> DocumentDraft:
    kind = made.reading.classification
    if doubt.document_type is not kind.label:
        kind = replace(kind, label=doubt.document_type, confidence=_UNSURE)
    return DocumentDraft(
        document_id=document_id_for(unit_id=read.pages[0].unit_id, ordinal=1),
        state=DocumentState.NEEDS_REVIEW,
        reading=DocumentReading(
            pages=read.pages,
            classification=kind,
            fields=doubt.fields,
            checks=(),
            review_reasons=doubt.reasons,
            text=read.text,
        ),
        importance=made.importance,
        origin=doubt.origin,
        received_on=made.received_on,
        received_on_assumed=doubt.assumed,
        retain_until=read.retain_until,
    )
