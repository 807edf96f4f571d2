"""What can be asked of the archive, and what it answers (law: search-fields, et-search, search-scope)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.fields import DocumentType
from domain.ids import Origin
from domain.record import DocumentState, UnitState
from domain.ways import Way

ORDERS = (
    "transaction_date",
    "total_amount",
    "counterparty",
    "received_on",
    "recorded_at",
)
"""What hits can be ordered by; with a leading ``-`` the greatest or newest comes first. Blanks always come last."""

MAX_LIMIT = 1000
"""Most hits of one page."""
MAX_OFFSET = 10_000_000
"""Furthest start of a page."""
MAX_WORDS = 32
"""Most words of one query."""
MAX_WORD_CHARACTERS = 256
"""Longest word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Conditions that all hold together; what is None or empty does not narrow."""

    date_from: date | None = None
    """First transaction date, inclusive."""
    date_to: date | None = None
    """Last transaction date, inclusive."""
    date_blank: bool = False
    """Only documents without a transaction date."""
    amount_min: Decimal | None = None
    """Lowest total, inclusive, whatever the currency."""
    amount_max: Decimal | None = None
    """Highest total, inclusive."""
    amount_blank: bool = False
    """Only documents without a total."""
    counterparty: str | None = None
    """Part of the counterparty's name, in any spelling that ``domain.text.search_key`` makes one."""
    counterparty_exact: bool = False
    """The whole of the name stands in ``counterparty``, not a part of it."""
    counterparty_blank: bool = False
    """Only documents without a counterparty."""
    registration_blank: bool = False
    """Only documents without a registration number (law: inv-regnum)."""
    words: tuple[str, ...] = ()
    """Each stands somewhere in names, numbers or text; one character is enough."""
    document_types: tuple[DocumentType, ...] = ()
    """Any of these."""
    states: tuple[DocumentState, ...] = ()
    """Any of these; asking for TOMBSTONED finds deleted ones without ``include_deleted``."""
    origins: tuple[Origin, ...] = ()
    """Any of these."""
    received_from: date | None = None
    """First day of receipt, inclusive."""
    received_to: date | None = None
    """Last day of receipt, inclusive."""
    due_from: date | None = None
    """First day of payment, inclusive."""
    due_to: date | None = None
    """Last day of payment, inclusive."""
    filed_from: date | None = None
    """First day (Tokyo) on which it was filed for the first time, inclusive."""
    filed_to: date | None = None
    """Last such day, inclusive."""
    received_on_assumed: bool = False
    """Only documents whose day of receipt nobody has confirmed."""
    include_deleted: bool = False
    """Deleted documents too (law: scan-version-control: they stay searchable)."""
    order: str = "-transaction_date"
    """One of ORDERS, with ``-`` for descending."""
    limit: int = 50
    """Hits of this page, 1 to MAX_LIMIT."""
    offset: int = 0
    """Hits before this page."""
    count_limit: int | None = None
    """Hits are counted up to here (``Hits.at_least``), since a list of a million is not read to say so; None counts
    them all."""

    def __post_init__(self) -> None:
        """Refuse what no query can mean; ranges that hold nothing are fine and find nothing.

        Raises:
            ValueError: unknown order, or a page, a word or a number out of bounds.
        """
        if self.order.removeprefix("-") not in ORDERS:
            msg = f"unknown order {self.order!r}; known: {', '.join(ORDERS)}, each also with a leading -"
            raise ValueError(msg)
        if not 1 <= self.limit <= MAX_LIMIT or not 0 <= self.offset <= MAX_OFFSET:
            msg = f"limit must be 1 to {MAX_LIMIT} and offset 0 to {MAX_OFFSET}"
            raise ValueError(msg)
        if self.count_limit is not None and self.count_limit < 1:
            msg = "count_limit must be 1 or more"
            raise ValueError(msg)
        texts = (*self.words, self.counterparty or "")
        if len(self.words) > MAX_WORDS or any(len(text) > MAX_WORD_CHARACTERS for text in texts):
            msg = f"at most {MAX_WORDS} words of at most {MAX_WORD_CHARACTERS} characters"
            raise ValueError(msg)
        if any(a is not None and not a.is_finite() for a in (self.amount_min, self.amount_max)):
            msg = "amounts must be finite"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One document that answers a query, as its newest revision has it."""

    document_id: str
    revision: int
    document_type: DocumentType
    state: DocumentState
    transaction_date: date | None
    total_amount: Decimal | None
    currency: str | None
    """ISO 4217, or None without an amount."""
    counterparty: str | None
    received_on: date
    received_on_assumed: bool
    origin: Origin
    unit_state: UnitState
    """Pending while any unit of the document waits for its timestamp."""
    snippet: str
    """Some of its text, around the first word that was looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """A page of hits."""

    total: int
    """All hits, on this page or not."""
    at_least: bool = False
    """There are more than ``total``: it is where counting ended."""
    hits: tuple[Hit, ...]
    """In the order that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsLine:
    """What hits of one class, one direction and one currency come to."""

    document_type: DocumentType
    way: Way
    currency: str | None
    """None where no amount is known."""
    documents: int
    amount: Decimal | None
    """Sum of the totals; None where there is none to be summed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What all hits of a query come to; what is spent and earned, offered and billed stays apart."""

    documents: int
    lines: tuple[TotalsLine, ...]
    """Received before issued, the class with most documents first, yen before other currencies."""
    beyond: int = 0
    """Documents whose amount is too large to be summed."""
    at_least: bool = False
    """There are more than ``documents``, where summing up ended: there are no lines."""

    @property
    def classes(self) -> tuple[tuple[DocumentType, int], ...]:
        """Class and documents, most first."""
        counted: dict[DocumentType, int] = {}
        for line in self.lines:
            counted[line.document_type] = counted.get(line.document_type, 0) + line.documents
        return tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0].value)))

    def sum_in(self, currency: str) -> Decimal:
        """All in one currency: means something where who asks knows that one kind of paper is asked for."""
        return sum((line.amount for line in self.lines if line.amount and line.currency == currency), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFound:
    """A counterparty that fits what was typed."""

    name: str
    documents: int
    """Documents of it, counted up to some dozen."""
