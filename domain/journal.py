"""Entries for the books (仕訳), as an accounting product takes them in: made from filed documents, one per document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.labels import Label
from domain.suggestion import DeductionClass, TaxKind


class Side(StrEnum):
    """Whether something was bought or sold."""

    PURCHASE = "purchase"
    SALE = "sale"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """What was bought or sold at one rate."""

    tax: TaxKind
    percent: Decimal | None
    """Rate; None where there is no tax."""
    gross_yen: int
    """Tax included; above 0."""
    tax_yen: int | None
    """As printed; None where it is not."""
    deduction: DeductionClass
    """Of input tax; ``not_applicable`` for sales and without tax."""
    deductible_percent: int
    """Share of the input tax."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One document in the books: its account title against what is paid, owed or due for it."""

    document_id: str
    revision: int
    on: date
    """Transaction date."""
    side: Side
    reversed: bool
    """A credit note: debit and credit change places."""
    account: str
    """Account title of the expense or the sale."""
    counter: str
    """Account title that stands against it: cash, what is owed, what is due to us."""
    paid: bool
    """Settled with the document (a receipt)."""
    counterparty: str
    summary: str
    """摘要."""
    due_on: date | None
    lines: tuple[EntryLine, ...]
    doubts: tuple[str, ...] = ()
    """Codes of ``DOUBTS``: what an accountant looks at after taking it in."""

    @property
    def total_yen(self) -> int:
        """Sum of the lines."""
        return sum(line.gross_yen for line in self.lines)

    @property
    def debits(self) -> bool:
        """True where ``account`` is debited."""
        return (self.side is Side.PURCHASE) is not self.reversed

    @property
    def titles(self) -> tuple[str, str]:
        """Account titles debited and credited."""
        return (self.account, self.counter) if self.debits else (self.counter, self.account)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A document of which no entry is made."""

    document_id: str
    why: str
    """Code of ``LEFT_OUT``."""


DOUBTS: dict[str, Label] = {
    "account_guessed": ("勘定科目は推定です", "The account title is a guess"),
    "deduction_unsure": ("控除の区分を確かめてください", "The deduction class is not certain"),
    "rate_unsure": ("税率の規定が未確定です", "The rate is not confirmed law"),
    "tax_differs": ("税額が税率から計算した額と違います", "The tax is not what the rate gives"),
    "not_approved": ("まだ承認されていません", "It is not approved yet"),
    "perhaps_twice": (
        "同じ取引の請求書と領収書かもしれません。二重計上に注意",
        "Perhaps invoice and receipt of one purchase: book it once",
    ),
    "letters_lost": ("使えない文字を〓に置き換えました", "Letters the file cannot hold became 〓"),
}
LEFT_OUT: dict[str, Label] = {
    "not_booked": ("仕訳にする種類の書類ではありません", "Its class is not booked"),
    "state": ("確認待ち・削除済みなどで、登録が済んでいません", "It is not filed"),
    "handed_over": ("すでに帳簿と関連付けられています", "It is tied to the books already"),
    "no_entry_said": ("帳簿に記載しない書類とされています", "It is said to have no entry"),
    "no_date": ("取引年月日がありません", "It has no transaction date"),
    "no_total": ("金額がない、または 0 円以下です", "It has no amount above 0"),
    "currency": ("外貨の書類です。換算して手で入力してください", "Its currency is not the yen"),
    "no_account": ("勘定科目が決まっていません。書類の画面で入力してください", "It has no account title"),
    "sums_differ": (
        "税率ごとの額の合計が取引金額と違います（源泉徴収・値引・立替など）。手で入力してください",
        "The amounts per rate do not make the total",
    ),
    "tax_unknown": ("税率が分かりません。書類の画面で税率別内訳を入力してください", "Its tax rate is not known"),
    "statement": ("支払通知書は自動では仕訳にしません", "Payment statements are not booked by themselves"),
    "no_tax_label": ("この税区分は選んだソフトの形式で表せません", "The product's format has no class for this tax"),
    "reversal": ("返還（マイナス）は選んだ形式で表せません", "The product's format takes no credit notes"),
    "too_large": ("金額の桁が選んだ形式の上限を超えています", "The amount has too many digits for the product"),
}
