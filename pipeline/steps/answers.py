"""What an answer to a question is made of; every answer names what it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from domain.asking import Asked
from domain.query import Query

if TYPE_CHECKING:
    from domain.compliance import Line, PaperAnswer
    from domain.fields import DocumentType
    from domain.labels import Label
    from domain.query import Hit
    from domain.record import ArchiveRecord
    from domain.sentence import Piece
    from domain.ways import Way

SHOWN = 8
"""Documents named in an answer; the search behind it shows the rest."""
UNKNOWN: Label = ("分かりません", "Not known")
WHICH: Label = (
    "どの書類のことか分かりません。書類の画面で聞くか、取引先や日付を付けて聞いてください",
    "Which document? Ask on its page, or name a company or a date",
)
WHICH_PARTY: Label = (
    "どの取引先のことか分かりません。取引先が読み取れている書類の画面で聞くか、名前を付けて聞いてください",
    "Which counterparty? Ask on the page of one of its documents, or name it",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A document that an answer stands on."""

    document_id: str
    document_type: DocumentType
    counterparty: str | None
    day: date | None
    """Of the transaction."""
    amount: Decimal | None
    currency: str | None
    note: Label | None = None
    """What is said of this one."""
    due: date | None = None
    rule: str | None = None
    """Id of the rule behind the note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Amounts of one class, one direction and one currency."""

    document_type: DocumentType
    way: Way
    currency: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What the law says."""

    what: Label
    rule: str
    """Id in the facts sheet."""
    source: str
    """Law, ordinance, circular or question that says so."""
    certain: bool
    """False where its text is not confirmed law."""
    doubt: Label | None = None
    """What is to be verified of it, its first day included; None where nothing is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, or that there is none."""

    asked: Asked
    known: bool
    """False where it is said that the answer is not known."""
    says: tuple[Label, ...]
    """Sentences, the most important first."""
    named: tuple[Named, ...] = ()
    """Documents that it stands on, at most ``SHOWN``."""
    total: int = 0
    """All of them."""
    sums: tuple[Sum, ...] = ()
    statements: tuple[Statement, ...] = ()
    lines: tuple[Line, ...] = ()
    """Rules of the law that it stands on."""
    paper: PaperAnswer | None = None
    query: Query | None = None
    """The search behind it."""
    pieces: tuple[Piece, ...] = ()
    """What the words of the question became."""
    place: str | None = None
    """Path of the page that shows more."""


def named_hit(hit: Hit, *, note: Label | None = None, due: date | None = None, rule: str | None = None) -> Named:
    """A hit of a search."""
    return Named(
        document_id=hit.document_id,
        document_type=hit.document_type,
        counterparty=hit.counterparty,
        day=hit.transaction_date,
        amount=hit.total_amount,
        currency=hit.currency,
        note=note,
        due=due,
        rule=rule,
    )


def named_record(
    record: ArchiveRecord, *, note: Label | None = None, due: date | None = None, rule: str | None = None
) -> Named:
    """A document itself."""
    money = record.fields.money("total_amount")
    return Named(
        document_id=record.document_id,
        document_type=record.classification.label,
        counterparty=record.fields.text("counterparty"),
        day=record.fields.day("transaction_date"),
        amount=money.amount if money else None,
        currency=money.currency if money else None,
        note=note,
        due=due,
        rule=rule,
    )


def not_known(asked: Asked, *says: Label, place: str | None = None) -> Answer:
    """Say that there is no answer, and what would help."""
    return Answer(asked=asked, known=False, says=says, place=place)
