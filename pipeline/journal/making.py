"""From a filed document to an entry for the books, or why there is none. Pure.

Nothing is made up: an entry has the amounts that the document states, and stands only where they make its total. What
an accountant decides (account title, deduction) is suggested, and said to be so.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from domain.fields import BOOKED, DocumentType, FieldSet, TaxBreakdown, TaxRow
from domain.ids import ISSUED_BY_US
from domain.journal import Entry, EntryLine, LeftOut, Side
from domain.labels import DOCUMENT_TYPES
from domain.paperwork import Books
from domain.record import ArchiveRecord, DocumentState
from domain.suggestion import Deduction, DeductionClass, Suggestion, TaxGuess, TaxKind
from pipeline.journal.settings import JournalSettings

UNTAXED = frozenset({TaxKind.EXEMPT, TaxKind.OUTSIDE})
_CASH = ("現金", "CASH")
_SURE = frozenset({"issued_by_us"})
_BY_WORDS = "words"
"""A title that only words of the document speak for: it does not say that there is no tax."""


def entry_of(
    record: ArchiveRecord,
    suggestion: Suggestion | None,
    *,
    books: Books,
    settings: JournalSettings,
    again: bool = False,
) -> Entry | LeftOut:
    """The entry of a document.

    Args:
        record: its newest revision.
        suggestion: account title, tax and deduction, as ``pipeline.steps.suggesting`` finds them.
        books: what ties it to the books.
        settings: names of the account titles against it.
        again: also where it is tied to the books already.
    """
    why = _why_not(record, suggestion, books, again=again)
    day, total = record.fields.day("transaction_date"), record.fields.money("total_amount")
    if why is not None or suggestion is None or suggestion.account is None or day is None or total is None:
        return LeftOut(document_id=record.document_id, why=why or "not_booked")
    gross = abs(int(total.amount))
    lines = _lines(record.fields, suggestion, gross)
    if isinstance(lines, str):
        return LeftOut(document_id=record.document_id, why=lines)
    kind = record.classification.label
    side = Side.SALE if record.origin in ISSUED_BY_US else Side.PURCHASE
    account = suggestion.account.title
    return Entry(
        document_id=record.document_id,
        revision=record.revision,
        on=day,
        side=side,
        reversed=kind is DocumentType.CREDIT_NOTE,
        account=account,
        counter=_counter(record.fields, kind, side, account, settings),
        paid=kind is DocumentType.RECEIPT,
        counterparty=record.fields.text("counterparty") or "",
        summary=_summary(record),
        due_on=record.fields.day("due_date"),
        lines=lines,
        doubts=tuple(_doubts(record, suggestion, lines)),
    )


def _why_not(record: ArchiveRecord, suggestion: Suggestion | None, books: Books, *, again: bool) -> str | None:
    """The first reason why there is no entry."""
    kind, total = record.classification.label, record.fields.money("total_amount")
    reasons = (
        ("not_booked", kind not in BOOKED),
        ("statement", kind is DocumentType.PAYMENT_STATEMENT),
        ("state", record.state not in {DocumentState.FILED, DocumentState.APPROVED}),
        ("handed_over", bool(books.refs) and not again),
        ("no_entry_said", books.none_said),
        ("no_date", record.fields.day("transaction_date") is None),
        ("currency", total is not None and total.currency != "JPY"),
        ("no_total", total is None or _is_none(total.amount, kind)),
        ("no_account", suggestion is None or suggestion.account is None),
    )
    return next((code for code, holds in reasons if holds), None)


def _is_none(amount: Decimal, kind: DocumentType) -> bool:
    """No whole yen above 0; a credit note may state its amount with either sign."""
    return amount != amount.to_integral_value() or (amount == 0 if kind is DocumentType.CREDIT_NOTE else amount <= 0)


def _lines(fields: FieldSet, suggestion: Suggestion, gross: int) -> tuple[EntryLine, ...] | str:
    """One line per rate whose amounts make the total; else the code of why not."""
    taxes, breakdown = suggestion.taxes, fields.value("tax_breakdown")
    rows = breakdown.rows if isinstance(breakdown, TaxBreakdown) else ()
    if not rows:
        (guess,) = taxes
        known = suggestion.account is not None and suggestion.account.reason != _BY_WORDS
        untaxed = guess.kind in UNTAXED and known and fields.money("tax_total") is None
        return (_line(guess, suggestion.deduction, gross, None),) if untaxed else "tax_unknown"
    if any(tax.kind in {TaxKind.UNKNOWN, TaxKind.OTHER_RATE} for tax in taxes):
        return "tax_unknown"
    for amounts in (_amounts(rows, added=True), _amounts(rows, added=False)):
        if sum(amounts) == gross and all(amount > 0 for amount in amounts):
            return tuple(
                _line(guess, suggestion.deduction, amount, row.tax)
                for guess, amount, row in zip(taxes, amounts, rows, strict=True)
            )
    if len(rows) == 1 and rows[0].taxable is None:
        return (_line(taxes[0], suggestion.deduction, gross, rows[0].tax),)
    return "sums_differ"


def _amounts(rows: Sequence[TaxRow], *, added: bool) -> list[int]:
    """Tax-included amounts per rate where the tax is ``added`` to the base (外税), or is in it (内税); 0: not known."""
    return [
        0
        if row.taxable is None or (added and row.tax is None)
        else abs(int(row.taxable + ((row.tax or 0) if added else 0)))
        for row in rows
    ]


def _line(guess: TaxGuess, share: Deduction | None, gross: int, tax: Decimal | None) -> EntryLine:
    none = guess.kind in UNTAXED or share is None
    return EntryLine(
        tax=guess.kind,
        percent=None if guess.kind in UNTAXED else guess.percent,
        gross_yen=gross,
        tax_yen=None if tax is None or guess.kind in UNTAXED else abs(int(tax)),
        deduction=DeductionClass.NOT_APPLICABLE if none or share is None else share.kind,
        deductible_percent=0 if none or share is None else share.percent,
    )


def _counter(fields: FieldSet, kind: DocumentType, side: Side, account: str, settings: JournalSettings) -> str:
    if kind is DocumentType.RECEIPT:
        method = (fields.text("payment_method") or "").upper()
        return settings.cash if not method or any(word in method for word in _CASH) else settings.card
    if side is Side.SALE:
        return settings.receivable
    return settings.trade_payable if account == settings.purchases else settings.payable


def _summary(record: ArchiveRecord) -> str:
    """Whose paper it is, of what class, and its number."""
    words = (
        record.fields.text("counterparty"),
        DOCUMENT_TYPES[record.classification.label][0],
        record.fields.text("document_number"),
    )
    return " ".join(word for word in words if word)


def _doubts(record: ArchiveRecord, suggestion: Suggestion, lines: Sequence[EntryLine]) -> list[str]:
    account, share = suggestion.account, suggestion.deduction
    guessed = account is not None and account.title != record.fields.text("account_title")
    found = {
        "account_guessed": guessed and account is not None and account.reason not in _SURE,
        "deduction_unsure": share is not None
        and share.kind is not DeductionClass.NOT_APPLICABLE
        and not share.certain
        and any(line.deduction is not DeductionClass.NOT_APPLICABLE for line in lines),
        "rate_unsure": any(not tax.certain and tax.kind not in UNTAXED for tax in suggestion.taxes),
        "tax_differs": any(_differs(line) for line in lines),
        "not_approved": record.state is not DocumentState.APPROVED,
    }
    return [code for code, holds in found.items() if holds]


def _differs(line: EntryLine) -> bool:
    """True where the tax is neither the rounded-down nor the rounded-up part of the amount (law: inv-rounding)."""
    if line.tax_yen is None or line.percent is None:
        return False
    exact = line.gross_yen * line.percent / (100 + line.percent)
    # added tax is rounded once from the base, so the tax inside the sum may lie one yen beside it
    return not exact.to_integral_value(ROUND_FLOOR) - 1 <= line.tax_yen <= exact.to_integral_value(ROUND_CEILING) + 1
