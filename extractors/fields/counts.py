"""How many at what price, in whatever words a till prints it: two figures whose product is the amount."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

PIECES = r"(?:[点個コケ枚本件名式箱袋杯冊台回人時間日月ヶ缶皿束膳組着足]|セット|パック|pcs?|ea|kg|Kg|g|L|m)"
_BESIDE = rf"(?:[\sx×X*✕✖⨯メ乂@＠¥\\円()（）:：・/=＝.\-]|数量?|個数|点数|単価?|価格|各|{PIECES})"
"""Words that may stand beside the two figures."""
_FIGURE = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_ONLY = re.compile(rf"{_BESIDE}*")
_LEAD = re.compile(r"(?:[\s@＠¥\\(（:：]|数量|個数|点数|単価?|各)*$")
"""What stands in front of the first figure; units do not, and names end in some (レジ袋)."""
_PRICE_BEFORE = re.compile(r"(?:[@＠¥\\]|単価?|価格|各)\s*[:：]?\s*[¥\\]?\s*$")
_PRICE_AFTER = re.compile(r"^\s*円")
_COUNT_BEFORE = re.compile(r"(?:数量?|個数|点数)\s*[:：]?\s*$")
_UNIT = re.compile(r"\s*(?P<u>[^\d\s¥￥\\円@＠×xX*✕/()（）,.:=-]{1,4})")
_COUNT_AFTER = re.compile(rf"^\s*{PIECES}")


@dataclass(frozen=True, slots=True)
class Counted:
    """A quantity and a price, and where they begin in the text."""

    quantity: Decimal
    price: Decimal
    start: int


def counted(text: str, amount: Decimal) -> Counted | None:
    """The last two figures of a text, where they multiply to the amount and only words of counting stand beside."""
    figures = list(_FIGURE.finditer(text))[-2:]
    if len(figures) < 2:
        return None
    first, second = figures
    a, b = (Decimal(f[0].replace(",", "")) for f in figures)
    between, after = text[first.end() : second.start()], text[second.end() :]
    if a * b != abs(amount) or not a or not _ONLY.fullmatch(between) or not _ONLY.fullmatch(after):
        return None
    left = _price(text[: first.start()], between) - _price(between, after)
    price_first = left > 0 or (left == 0 and a > b)
    begin = _LEAD.search(text[: first.start()])
    start = begin.start() if begin else first.start()
    return Counted(b, a, start) if price_first else Counted(a, b, start)


def _price(before: str, after: str) -> int:
    """What speaks for a figure being the price rather than the count."""
    said = bool(_PRICE_BEFORE.search(before)) + bool(_PRICE_AFTER.search(after))
    return said - bool(_COUNT_BEFORE.search(before)) - bool(_COUNT_AFTER.search(after))


def only_counts(text: str) -> bool:
    """A line that only says how many at what price."""
    return bool(_FIGURE.search(text)) and bool(_ONLY.fullmatch(_FIGURE.sub("", text)))


def one_figure(text: str) -> Decimal | None:
    """The only figure of a text; None where there are more, or none."""
    figures = _FIGURE.findall(text)
    return Decimal(figures[0].replace(",", "")) if len(figures) == 1 else None


def in_one_cell(text: str, amount: Decimal) -> tuple[Decimal, str | None, Decimal] | None:
    """Quantity, unit and price of a cell that holds all three (¥1,480×2本); None where they do not multiply."""
    figures = list(_FIGURE.finditer(text))
    if len(figures) != 2:
        return None
    first, second = figures
    a, b = (Decimal(f[0].replace(",", "")) for f in figures)
    if a * b != abs(amount) or not a:
        return None
    left = _price(text[: first.start()], text[first.end() : second.start()])
    right = _price(text[first.end() : second.start()], text[second.end() :])
    price_first = left > right or (left == right and a > b)
    count, price = (second, a) if price_first else (first, b)
    unit = _UNIT.match(text, count.end())
    return (b if price_first else a), (unit["u"] if unit else None), price.copy_sign(amount)


def each_in_its_cell(count: str, price: str, amount: Decimal) -> tuple[Decimal, str | None, Decimal] | None:
    """Quantity, unit and price of two cells with a figure each (×480 beside @12); None where they do not multiply."""
    many, each = one_figure(count), one_figure(price)
    if not many or each is None or many * each != abs(amount):
        return None
    unit = _UNIT.match(count, next(_FIGURE.finditer(count)).end())
    return many, (unit["u"] if unit else None), each.copy_sign(amount)
