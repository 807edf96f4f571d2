"""A suggestion for the books: account title, tax class and how much input tax is deductible, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class TaxKind(StrEnum):
    """How consumption tax sees a payment."""

    STANDARD = "standard"
    REDUCED = "reduced"
    FOOD = "food"
    """The temporary rate on food, where it is law (law: ctax-food-2027)."""
    OTHER_RATE = "other_rate"
    """A rate that the law does not know on that day: a person looks."""
    EXEMPT = "exempt"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"
    """No rate is printed."""


class DeductionClass(StrEnum):
    """How input tax is deducted (law: inv-items, inv-transition)."""

    QUALIFIED = "qualified"
    """適格請求書: in full."""
    TRANSITIONAL = "transitional"
    """経過措置: a share, by the day of supply."""
    NOT_DEDUCTIBLE = "not_deductible"
    BEFORE_INVOICES = "before_invoices"
    """Supplied before 2023-10-01: in full (区分記載)."""
    BOOK_ONLY = "book_only"
    """少額特例: in full by the books alone (law: inv-small)."""
    NOT_APPLICABLE = "not_applicable"
    """Sales of our own, or no consumption tax."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountGuess:
    """An account title and why."""

    title: str
    confidence: float
    """0 to 1: a rule's share of what speaks for any title; near 1 where a person confirmed it before."""
    reason: str
    """``confirmed_before``, ``words``, ``issued_by_us``."""
    words: tuple[str, ...] = ()
    """What on the document spoke for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxGuess:
    """One rate of the document."""

    kind: TaxKind
    percent: Decimal | None
    """As printed; None where none is."""
    certain: bool
    """False where the rule is not confirmed law, or the rate was not printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction:
    """The deductible share of input tax."""

    kind: DeductionClass
    percent: int
    basis: str
    """Which day decides: ``supply_to``, ``supply_from`` or ``transaction_date``."""
    basis_on: date | None
    rule: str
    """Id of the row of the rule pack."""
    certain: bool
    """False where the rule is not confirmed law, the number was not looked up, or the supply spans two shares."""
    reasons: tuple[str, ...] = ()
    """Codes: ``number_valid``, ``number_not_looked_up``, ``number_invalid``, ``number_missing``, ``spans_two_shares``,
    ``rule_unconfirmed``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceItems:
    """What an invoice lacks of the items that the law names (law: inv-items, inv-simplified, inv-return)."""

    form: str
    """``qualified``, ``simplified``, ``return`` or ``kubun_kisai``."""
    missing: tuple[str, ...]
    """Codes of ``domain.labels.INVOICE_ITEMS`` that reading did not find."""
    unknown: tuple[str, ...]
    """Codes of items of which reading could not tell."""
    needed: bool = True
    """False for a return invoice so small that none is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierYear:
    """What was bought in a tax period from one supplier without a number, against the cap (law: inv-transition)."""

    first: date
    last: date
    least_yen: int
    """The largest sum of one class of papers: so much it was at least."""
    most_yen: int
    """The sum of all papers: invoice and receipt of one purchase may both be in it."""
    cap_yen: int
    certain: bool
    """False where the cap is not confirmed law."""

    @property
    def beyond(self) -> bool | None:
        """Whether it is over the cap; None where that depends on which papers are of the same purchase."""
        return True if self.least_yen > self.cap_yen else None if self.most_yen > self.cap_yen else False


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What the books could say; never written anywhere without a person."""

    account: AccountGuess | None
    alternatives: tuple[AccountGuess, ...]
    taxes: tuple[TaxGuess, ...]
    deduction: Deduction | None
    invoice: InvoiceItems | None = None
    """None where no such paper is asked for: before 2019-10-01, and where no day is known."""
    year: SupplierYear | None = None
    """Where only a transitional share is deductible."""
