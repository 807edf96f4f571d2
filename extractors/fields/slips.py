"""Goods on receipts: names and amounts in rows without heads, with or without a line that says how many at what price.

What counts as goods can be read in more than one way (is a number above the first name one of them?): of the ways that
were really made the one is taken that adds up to a sum on the same slip.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from domain.amounts import NumberStyle, find_amounts
from domain.companies import has_company_form
from domain.dates import find_dates
from domain.fields import LineItem
from extractors.fields.labelled import LabelledAmount
from extractors.fields.layout import Layout, Segment, Span
from extractors.fields.roles import AmountRole, amount_role

_PIECES = r"(?:[点個コケ枚本件名式箱袋杯冊台回人時間日月ヶ缶皿パ束膳組着足]|セット|pcs?|ea|kg|Kg|g|L|m)"
_PRICE_SIGN = r"(?:[@＠¥\\]|単価?)"
_FIGURE = r"\d[\d,.]*\d|\d"
DETAIL = re.compile(
    rf"^[\s(（]{{0,2}}(?:数量\s*)?(?P<at>{_PRICE_SIGN}{{1,2}}\s*\\?)?\s*(?P<a>{_FIGURE})\s*円?\s*(?P<u>{_PIECES})?\s*"
    rf"(?:(?P<times>[x×X*✕✖⨯メ乂]+)|(?=[@＠単]))\s*"
    rf"(?P<unit>{_PRICE_SIGN}{{1,2}}\s*\\?)?\s*(?P<b>{_FIGURE})\s*円?\s*(?P<v>{_PIECES})?\s*[)）]?(?=\s|$)"
)
"""3点 × 単511, ¥511x3, (@511 × 3), 2個 @120: which is the price is told by its sign, or by the unit of the other."""
_AMOUNT = re.compile(
    r"(?:^|(?<=\s)|(?=[¥\\]))(?P<n>[▲△-]?\s?[¥\\]?\s?[▲△-]?\s?(?:\d{1,3}(?:[,.]\s?\d{3})+|\d+)\s?円?-?)"
    r"\s*(?P<mark>[※*＊軽内外込税非☆T]{0,2})\s*$"
)
"""The amount that ends a row of goods, with the marks of its rate."""
_TIMES = re.compile(r"(?:(?<=\s)|(?<=[)個点枚本]))[x×X*]\s*(?P<n>\d{1,4})\s*$")
_SIGNED = re.compile(r"^[▲△-]")
REDUCED = re.compile(r"[※*＊軽☆]\s*$|^[※*＊☆]|^軽(?=\s)|軽減?$|\b8%$")
MARK = re.compile(r"^\s*[※*＊☆]\s*|^軽\s+|\s*[※*＊☆]\s*$|\s軽$")
_PARTY = re.compile(r"(?:御中|様|殿)\s*$|^(?:上様|お客様)")
_NOT_GOODS = re.compile(
    r"^(?:no\.?|№|領収|レシート(?:no)?|.{0,6}番号|車番|車室|車両|入庫|出庫|台数|人数|番号|卓|レジ(?:no|番号|[#:\d])|レジ$|担当|取引|伝票|tel|電話|登録|日時"
    r"|\d{1,2}:\d{2}|〒)"
)
_HEAD = re.compile(
    r"登録番号|事業者番号|(?:tel|電話|fax|℡)[:.\s]*[\d(]|レジ[#\s:no.]*\d|伝票(?:no|番号)|取引no|レシートno|〒\d{3}"
)
"""What stands above the goods of a slip, or below its sums."""
_NEVER = frozenset(
    {AmountRole.CASH, AmountRole.CHANGE, AmountRole.TAX, AmountRole.TAXABLE, AmountRole.COUNT, AmountRole.POINTS}
)
_ENDS = frozenset({AmountRole.SUBTOTAL, AmountRole.TOTAL})
_RANGED = 2.5
"""Line heights between the right edges of an amount and of the sum under it: marks stand behind some."""
_DAY_LABEL = 6
"""Characters beside a date that only say which date it is."""
_NAME = 2
"""Letters of a name that may stand alone above its amount."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a slip: what stands before the amount, the amount, and where it ends."""

    index: int
    name: str
    amount: Decimal | None
    mark: str
    right: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class _Goods:
    item: LineItem
    right: int
    segments: tuple[Segment, ...]


def slip_rows(
    layout: Layout, amounts: Sequence[LabelledAmount], *, style: NumberStyle | None, proven: bool = False
) -> tuple[list[LineItem], list[Span]]:
    """Goods of a paper without a table, in the order printed, and where they stand; ``proven``: only if they add up."""
    ends = [a for a in amounts if a.role in _ENDS and (a.money_like or a.alone)]
    if not ends:
        return [], []
    end = min(ends, key=lambda a: a.segment.row)
    known = sums_of(amounts)
    rows = [_row(layout, index, style) for index in range(end.segment.row)]
    start = _first(layout, rows)
    edge, height = end.segment.box.right, end.segment.height
    best: list[_Goods] = []
    for begin, ranged in ((start, True), (start, False), (0, True), (0, False)):
        found = [g for g in _goods(rows[begin:]) if not ranged or abs(g.right - edge) <= _RANGED * max(height, 1)]
        if sum((g.item.amount or Decimal(0) for g in found), Decimal(0)) in known and found:
            best = found
            break
        best = best or ([] if proven else found)
    return [g.item for g in best], [s.span() for g in best for s in g.segments]


def sums_of(amounts: Sequence[LabelledAmount]) -> Collection[Decimal]:
    """What goods can add up to: a subtotal, the total, or the total without its tax."""
    bases = {a.value for a in amounts if a.role in _ENDS}
    taxes = {a.value for a in amounts if a.role is AmountRole.TAX}
    return bases | {base - tax for base in bases for tax in taxes}


def _first(layout: Layout, rows: Sequence[_Row]) -> int:
    """The row in which goods can begin: below date, till and telephone where those stand on top."""
    heads = [
        row.index
        for row in rows
        if any(_HEAD.search(s.compact) or find_dates(s.folded.original) for s in layout.rows[row.index])
    ]
    return max((i + 1 for i in heads if any(r.amount is not None for r in rows[i + 1 :])), default=0)


def _row(layout: Layout, index: int, style: NumberStyle | None) -> _Row:
    segments = layout.rows[index]
    text = "  ".join(s.text for s in segments)
    detail = DETAIL.match(text)
    match = _AMOUNT.search(text) if detail is None or text[detail.end() :].strip() else None
    value = _value(match["n"], style) if match else None
    if match is None or value is None:
        return _Row(index, text.strip(), None, "", segments[-1].box.right, segments)
    return _Row(index, text[: match.start("n")].strip(), value, match["mark"], segments[-1].box.right, segments)


def _value(text: str, style: NumberStyle | None) -> Decimal | None:
    found = find_amounts(text, style=style)
    return found[-1].value if len(found) == 1 else None


def _goods(rows: Sequence[_Row]) -> Iterator[_Goods]:
    pending: _Row | None = None
    last: _Goods | None = None
    for row in rows:
        detail = DETAIL.match(row.name)
        if detail is not None and not row.name[detail.end() :].strip():
            if row.amount is None and pending is None:
                if last is not None:
                    last = replace(last, item=with_quantity(last.item, detail), segments=last.segments + row.segments)
                continue
            if row.amount is None or pending is None:
                continue
            if last is not None:
                yield last
            item = with_quantity(_item(pending.name, row.amount, row.mark), detail)
            last = _Goods(item, row.right, pending.segments + row.segments)
            pending = None
            continue
        if row.amount is None:
            pending = row if len(re.findall(r"[^\W\d_]", row.name)) >= _NAME else None
            continue
        name, above = row.name, pending
        pending = None
        if not re.search(r"[^\W\d_]", name):
            if above is None:
                continue
            name = above.name
        if not _is_goods(name):
            continue
        if last is not None:
            yield last
        own = above.segments if above is not None and name == above.name else ()
        last = _Goods(_item(name, row.amount, row.mark), row.right, own + row.segments)
    if last is not None:
        yield last


def _is_goods(name: str) -> bool:
    compact = "".join(name.split()).casefold()
    role = amount_role(compact)[0]
    days = find_dates(name)
    if days and not len(name) - sum(d.end - d.start for d in days) > _DAY_LABEL:
        return False
    return not (_PARTY.search(name) or has_company_form(name) or _NOT_GOODS.match(compact) or role in _NEVER)


def _item(name: str, amount: Decimal, mark: str) -> LineItem:
    """An item from what stands on its row: a count or a price with a count may stand between name and amount."""
    marked = bool(REDUCED.search(name) or REDUCED.search(mark))
    name = MARK.sub("", name).strip()
    if amount_role("".join(name.split()).casefold())[0] is AmountRole.DISCOUNT and amount > 0:
        amount = -amount
    item = LineItem(description=name, amount=amount, tax_rate=Decimal(8) if marked else None)
    head, gap, tail = name.rpartition("  ")
    detail = DETAIL.match(tail) if gap else None
    if detail is not None and not tail[detail.end() :].strip():
        return with_quantity(replace(item, description=head.strip()), detail)
    times = _TIMES.search(name)
    if times:
        return replace(item, description=name[: times.start()].strip(), quantity=Decimal(times["n"]))
    if gap and re.fullmatch(r"\d{1,3}", tail) and re.search(r"[^\W\d_]", head):
        return replace(item, description=" ".join(head.split("  ")), quantity=Decimal(tail))
    return replace(item, description=re.sub(r"\s{2,}", " ", name))


def with_quantity(item: LineItem, detail: re.Match[str]) -> LineItem:
    """The item with what its second line says; the product of price and quantity decides where no sign does."""
    first, second = (Decimal(re.sub(r"\D", "", detail[key])) for key in ("a", "b"))
    price_first = bool(detail["at"] or detail["v"]) and not detail["u"]
    if not (detail["at"] or detail["v"] or detail["u"] or detail["unit"]):
        price_first = first > second and first * second == item.amount
    quantity, price = (second, first) if price_first else (first, second)
    return replace(item, quantity=quantity, unit_price=price, unit=None)
