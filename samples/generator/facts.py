"""What a document says, before it is drawn: the truth and the words around it."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

from domain.fields import DocumentType, fields_for
from samples.generator.printing import YenPrinter
from samples.generator.vocabulary import Article, Company, Vocabulary


@dataclass(slots=True, kw_only=True)
class Facts:
    """Truth of one document, and everything its template prints."""

    document_type: DocumentType
    fields: dict[str, object]
    """Values in the plain form of DESIGN §6.3; what is not printed is None."""
    printed: dict[str, str] = field(default_factory=dict)
    """Raw text of key fields, which must be found in the text layer."""
    view: dict[str, object] = field(default_factory=dict)
    """For the template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line item with its price."""

    article: Article
    quantity: int
    price: int
    """Per unit."""
    day: date | None = None

    @property
    def amount(self) -> int:
        """Quantity times price; negative for a discount."""
        return self.quantity * self.price


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Amounts of a priced document."""

    inside: bool
    """内税: prices include tax."""
    rates: tuple[tuple[int, int, int], ...]
    """(rate, taxable as printed, tax) per rate, 10 first."""
    net: int
    """Sum of the rows."""

    @property
    def tax(self) -> int:
        """All rates together."""
        return sum(row[2] for row in self.rates)

    @property
    def gross(self) -> int:
        """Tax included."""
        return self.net if self.inside else self.net + self.tax


def add_up(rows: list[Row], *, inside: bool) -> Sums:
    """Totals per rate, rounded down once per rate (law: inv-rounding)."""
    rates = []
    for rate in (10, 8):
        amount = sum(row.amount for row in rows if row.article.rate == rate)
        if any(row.article.rate == rate for row in rows):
            tax = amount * rate // (100 + rate) if inside else amount * rate // 100
            rates.append((rate, amount, tax))
    return Sums(inside=inside, rates=tuple(rates), net=sum(row.amount for row in rows))


def blank_fields(document_type: DocumentType) -> dict[str, object]:
    """Every field that can apply, all null."""
    return dict.fromkeys(fields_for(document_type))


def nfkc(text: str) -> str:
    """As names stand in the truth."""
    return unicodedata.normalize("NFKC", text)


def a_day(rng: random.Random) -> date:
    """Some day between October 2023 and October 2026."""
    return date(2023, 10, 2) + timedelta(days=rng.randrange(1110))


def rounded_price(rng: random.Random, article: Article) -> int:
    """A believable unit price."""
    price = rng.randint(article.low, article.high)
    if price > 20000:
        return price // 1000 * 1000
    if price > 1000:
        return price // 10 * 10
    return price


def make_rows(rng: random.Random, goods: tuple[Article, ...], count: int, *, most: int) -> list[Row]:
    """Line items, each article at most once."""
    chosen = rng.sample(goods, min(count, len(goods)))
    rows = []
    for article in chosen:
        cheap = article.high < 1000
        quantity = rng.choice((10, 20, 50, 100, 200)) if cheap and most > 5 else rng.randint(1, most)
        rows.append(Row(article=article, quantity=quantity, price=rounded_price(rng, article)))
    return rows


def line_items(rows: list[Row], *, with_price: bool = True, with_rate: bool = True) -> list[dict[str, object]]:
    """Rows in the plain form of DESIGN §6.3."""
    return [
        {
            "description": nfkc(row.article.name),
            "quantity": row.quantity,
            "unit": nfkc(row.article.unit),
            "unit_price": row.price if with_price else None,
            "amount": row.amount if with_price else None,
            "tax_rate": row.article.rate if with_price and with_rate else None,
        }
        for row in rows
    ]


def our_own(rng: random.Random, vocabulary: Vocabulary, like: Company) -> dict[str, str]:
    """Our company as others print it."""
    return {
        "name": vocabulary.our_company,
        "zip": like.zip_code,
        "address": like.address,
        "building": like.building,
        "person": like.person,
        "department": rng.choice(("", "", "総務部", "経理部", "購買課", "管理本部")),
    }


def party_view(company: Company, *, number: str | None) -> dict[str, object]:
    """A company's block for a template."""
    return {
        "name": company.name,
        "zip": company.zip_code,
        "address": company.address,
        "building": company.building,
        "phone": company.phone,
        "fax": company.fax,
        "person": company.person,
        "stem": company.stem,
        "number": number,
        "department": "",
    }


def tax_rows(sums: Sums, yen: YenPrinter) -> list[dict[str, str]]:
    """Rows of the tax table, formatted."""
    return [
        {
            "rate": str(rate),
            "taxable": yen(taxable),
            "tax": yen(tax),
            "gross": yen(taxable if sums.inside else taxable + tax),
        }
        for rate, taxable, tax in sums.rates
    ]
