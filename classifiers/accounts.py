"""Which account title (勘定科目) a document speaks for: by words of its items and issuer, with the reason."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.fields import BOOKED, DocumentType, FieldSet, LineItems
from domain.suggestion import AccountGuess
from domain.text import search_key

SALES = "売上高"
_ITEM, _NAME, _TEXT = 3.0, 2.0, 0.5
"""How much a word counts among the items (times their share of the amount), in the issuer's name, elsewhere."""
_HEAD = 2.5
"""How much more the word counts that ends last: what a thing is stands at the end (エアコン修理 is a repair)."""
_DOUBT = 1.5
"""Added to what speaks against a title: one short word in a name alone stays below even odds."""
_CONFIRMED = 0.97
"""Of what a person confirmed for this counterparty before: companies do buy different things from one supplier."""
_MOST_TEXT = 3_000
"""Characters of the text that are looked at."""
MOST_ALTERNATIVES = 2


class Account(BaseModel):
    """One row of the table of account titles."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    tax: Literal["taxable", "exempt", "outside"]
    words: tuple[str, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTable:
    """The titles with their words made comparable."""

    accounts: tuple[Account, ...]
    words: tuple[tuple[str, str, float], ...]
    """(key of the word, title, weight); longer words weigh more."""

    def tax_of(self, title: str) -> str | None:
        """``taxable``, ``exempt`` or ``outside``; None for a title that is not in the table."""
        return next((one.tax for one in self.accounts if one.title == title), None)


@lru_cache(maxsize=1)
def account_table() -> AccountTable:
    """The table that comes with the program."""
    plain = tomllib.loads(files("classifiers").joinpath("accounts.toml").read_text(encoding="utf-8"))
    accounts = tuple(Account.model_validate(row) for row in plain["account"])
    return AccountTable(
        accounts=accounts,
        words=tuple(
            (key, one.title, min(len(key), 6) / 3)
            for one in accounts
            for word in one.words
            if (key := search_key(word))
        ),
    )


def guess_account(
    document_type: DocumentType, fields: FieldSet, *, text: str, confirmed: str | None, issued_by_us: bool
) -> tuple[AccountGuess, ...]:
    """Titles that could be meant, likeliest first; empty where the class is not booked or nothing speaks for any.

    Args:
        document_type: its class.
        fields: what was read.
        text: full text, for a receipt without items.
        confirmed: the title that a person last confirmed for this counterparty, where one did.
        issued_by_us: it is our sale.
    """
    if document_type not in BOOKED:
        return ()
    if issued_by_us:
        return (AccountGuess(title=SALES, confidence=_CONFIRMED, reason="issued_by_us"),)
    guesses = _by_words(fields, text)
    if confirmed is None:
        return guesses
    first = AccountGuess(title=confirmed, confidence=_CONFIRMED, reason="confirmed_before")
    return (first, *(g for g in guesses if g.title != confirmed))


def _by_words(fields: FieldSet, text: str) -> tuple[AccountGuess, ...]:
    table = account_table()
    score: dict[str, float] = defaultdict(float)
    said: dict[str, dict[str, None]] = defaultdict(dict)
    for piece, weight in _pieces(fields, text):
        found = [(key, title, strength) for key, title, strength in table.words if key in piece]
        last = max((piece.rfind(key) + len(key) for key, _, _ in found), default=0)
        best: dict[str, tuple[float, str]] = {}
        for key, title, plain in found:
            strength = plain * (_HEAD if piece.rfind(key) + len(key) == last else 1.0)
            if strength > best.get(title, (0.0, ""))[0]:
                best[title] = (strength, key)
        for title, (strength, key) in best.items():
            score[title] += weight * strength
            said[title][key] = None
    total = sum(score.values()) + _DOUBT
    ranked = sorted(score, key=lambda title: -score[title])[: MOST_ALTERNATIVES + 1]
    return tuple(
        AccountGuess(
            title=title, confidence=round(score[title] / total, 3), reason="words", words=tuple(said[title])[:5]
        )
        for title in ranked
    )


def _pieces(fields: FieldSet, text: str) -> Iterable[tuple[str, float]]:
    """Texts with how much each counts: items by their share of the amount, names, the rest."""
    items = fields.value("line_items")
    rows = [row for row in items.rows if (row.amount or 0) >= 0] if isinstance(items, LineItems) else []
    whole = sum((row.amount or Decimal(0) for row in rows), Decimal(0))
    for row in rows:
        share = float((row.amount or Decimal(0)) / whole) if whole else 1.0 / len(rows)
        yield search_key(row.description), _ITEM * max(share, 0.05)
    for name in dict.fromkeys(fields.text(n) for n in ("counterparty", "issuer", "issuer_company")):
        if name:
            yield search_key(name), _NAME
    yield search_key(text[:_MOST_TEXT]), _TEXT if rows else 1.0
