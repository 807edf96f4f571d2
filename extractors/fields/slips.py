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
from extractors.fields.counts import PIECES, counted, one_figure, only_counts
from extractors.fields.labelled import LabelledAmount
from extractors.fields.layout import Layout, Segment, Span
from extractors.fields.roles import AmountRole, amount_role

_PRICE_SIGN = r"(?:[@＠¥\\]|単価?)"
_FIGURE = r"\d[\d,.]*\d|\d"
DETAIL = re.compile(
    rf"^[\s(（]{{0,2}}(?:数量\s*)?(?P<at>{_PRICE_SIGN}{{1,2}}\s*\\?)?\s*(?P<a>{_FIGURE})\s*円?\s*(?P<u>{PIECES})?\s*"
    rf"(?:(?P<times>[x×X*✕✖⨯メ乂]+)|(?=[@＠単]))\s*"
    rf"(?P<unit>{_PRICE_SIGN}{{1,2}}\s*\\?)?\s*(?P<b>{_FIGURE})\s*円?\s*(?P<v>{PIECES})?\s*[)）]?(?=\s|$)"
)
"""3点 × 単511, ¥511x3, (@511 × 3), 2個 @120: which is the price is told by its sign, or by the unit of the other."""
_AMOUNT = re.compile(
    r"(?:^|(?<=\s)|(?=[¥\\]))(?P<n>[▲△-]?\s?[¥\\]?\s?[▲△-]?\s?(?:\d{1,3}(?:[,.]\s?\d{3})+|\d+)\s?円?-?)"
    r"\s*(?P<mark>\(?[※*＊軽内外込税非☆T◎#]{0,2}\)?\s?(?:\(?(?:8|10)%\)?)?)\s*$"
)
"""The amount that ends a row of goods, with the marks of its rate."""
_WITH_CENTS = re.compile(
    r"(?:^|(?<=\s)|(?<=[A-Z€$£]))(?P<n>-?\s?(?:RM|[€$£])?\s?(?:\d{1,3}(?:[,.]\d{3})+|\d+)[.,]\d{2}-?)"
    r"\s*(?:[A-Z]{1,3}|[\d*#])?\s*$"
)
"""The same in a currency with cents, with the letter of its tax class (SR, S, A); an 8 or 5 is a misread one."""
_DECIMALS = 2
_TIMES = re.compile(r"(?:(?<=\s)|(?<=[)個点枚本]))[x×X*]\s*(?P<n>\d{1,4})\s*$")
_SIGNED = re.compile(r"^[▲△-]")
REDUCED = re.compile(r"[※*＊軽☆]\)?\s*$|^[※*＊☆]|^軽(?=\s)|^[(\[「]軽[)\]」]|軽減?[)\]」]?$|\b8%\)?$")
MARK = re.compile(r"^\s*[※*＊☆]\s*|^軽\s+|^[(\[「]軽[)\]」]\s*|\s*[※*＊☆]\s*$|\s*[(\[「]?軽減?[)\]」]?$|\s*\(?8%\)?$")
_PARTY = re.compile(r"(?:御中|様|殿)\s*$|^(?:上様|お客様)")
_NOT_GOODS = re.compile(
    r"^(?:no\.?|№|領収(?!.{0,2}(?:用紙|綴|帳))|収入印紙|印紙|レシート(?:no)?|.{0,6}番号|[車席卓]番|車室|車両|入庫|出庫|台数|人数|番号|卓|レジ(?:no|番号|[#:\d])|レジ$|担当|取引|伝票|tel|電話|登録|日時"
    r"|\d{1,2}:\d{2}|〒)"
)
_NUMBER_LABEL = re.compile(r"(?:no\.?|№|番号|コード)[:：]?$")
"""A name that ends so is the label of a number, and that number no amount."""
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
_NAME = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]|[^\W\d_]{2}")
"""What a name that may stand alone above its amount has at least."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a slip: what stands before the amount, the amount, and where it ends."""

    index: int
    text: str
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
    layout: Layout,
    amounts: Sequence[LabelledAmount],
    *,
    style: NumberStyle | None,
    proven: bool = False,
    yen: bool = True,
) -> tuple[list[LineItem], list[Span]]:
    """Goods of a paper without a table, in the order printed, and where they stand; ``proven``: only if they add up."""
    ends = [a for a in amounts if a.role in _ENDS and (a.money_like or a.alone)]
    if not ends:
        return [], []
    end = min(ends, key=lambda a: a.segment.row)
    known = sums_of(amounts)
    cents = not yen and end.found.decimals == _DECIMALS
    rows = [_row(layout, index, style, cents=cents) for index in range(end.segment.row)]
    start = _first(layout, rows)
    edge, height = end.segment.box.right, end.segment.height
    best: list[_Goods] = []
    ways = [(*way, paid) for paid in (True, False) for way in ((start, True), (start, False), (0, True), (0, False))]
    for begin, ranged, paid in ways:
        found = [g for g in _goods(rows[begin:]) if not ranged or abs(g.right - edge) <= _RANGED * max(height, 1)]
        found = found if paid else [g for g in found if not _says_how_paid(g.item)]
        if sum((g.item.amount or Decimal(0) for g in found), Decimal(0)) in known and found:
            best = found
            break
        best = best or ([] if proven else found)
    return [g.item for g in best], [s.span() for g in best for s in g.segments]


def _says_how_paid(item: LineItem) -> bool:
    """A row above the sum that may name how it was paid (クレジットカード ¥2,600) rather than goods."""
    return amount_role("".join(item.description.split()).casefold())[0] is AmountRole.PAYMENT


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


def _row(layout: Layout, index: int, style: NumberStyle | None, *, cents: bool) -> _Row:
    segments = layout.rows[index]
    text = "  ".join(s.text for s in segments)
    if cents:
        return _row_with_cents(index, text, segments, style)
    detail = DETAIL.match(text)
    match = _AMOUNT.search(text) if detail is None or text[detail.end() :].strip() else None
    value = _value(match["n"], style) if match else None
    if match is None or value is None:
        return _Row(index, text.strip(), text.strip(), None, "", segments[-1].box.right, segments)
    name = text[: match.start("n")].strip()
    return _Row(index, text.strip(), name, value, match["mark"], segments[-1].box.right, segments)


def _row_with_cents(index: int, text: str, segments: tuple[Segment, ...], style: NumberStyle | None) -> _Row:
    match = _WITH_CENTS.search(text)
    value = _value(match["n"], style) if match else None
    right = segments[-1].box.right
    if match is None or value is None:
        return _Row(index, text.strip(), text.strip(), None, "", right, segments)
    return _Row(index, text.strip(), text[: match.start()].strip(), value, "", right, segments)


def _value(text: str, style: NumberStyle | None) -> Decimal | None:
    found = find_amounts(text, style=style)
    return found[-1].value if len(found) == 1 else None


def _goods(rows: Sequence[_Row]) -> Iterator[_Goods]:
    """Goods in order; a name may stand above its amount, and what was bought how often below it."""
    pending: _Row | None = None
    last: _Goods | None = None
    for row in rows:
        if last is not None and pending is None and (item := _completed(last.item, row)) is not None:
            last = replace(last, item=item, segments=last.segments + row.segments)
            continue
        if row.amount is None:
            pending = _above(pending, row)
            continue
        made = _made(row, row.amount, pending)
        pending = None
        if made is not None:
            if last is not None:
                yield last
            last = made
    if last is not None:
        yield last


def _above(pending: _Row | None, row: _Row) -> _Row | None:
    """What a row without an amount says of the amount below it: a name, or how many of what was named before."""
    if pending is not None and only_counts(row.text):
        return replace(pending, name=f"{pending.name}  {row.name}", segments=pending.segments + row.segments)
    return row if _NAME.search(row.name) else None


def _made(row: _Row, amount: Decimal, above: _Row | None) -> _Goods | None:
    """The goods of a row with an amount, with the name above it where it has none of its own."""
    name = row.name
    counts = only_counts(name) or DETAIL.fullmatch(name)
    amount = _without_sign(row, amount) if counts else amount
    if counts or not re.search(r"[^\W\d_]", name):
        if above is None:
            return None
        name = f"{above.name}  {name}".strip()
    else:
        above = None
    if not _is_goods(name):
        return None
    return _Goods(_item(name, amount, row.mark), row.right, (above.segments if above else ()) + row.segments)


_SIGN_AS_FIGURE = re.compile(r"^1(?P<rest>[1-9]\d*)$")


def _without_sign(row: _Row, amount: Decimal) -> Decimal:
    """The amount of a row that says how many at what price, where ¥ was read as a 1: 3点×¥118 1354 is 354."""
    match = _SIGN_AS_FIGURE.match(row.text[len(row.name) :].strip().removesuffix(row.mark).replace(",", ""))
    if match is None or counted(row.name, amount) is not None:
        return amount
    rest = Decimal(match["rest"])
    return rest if counted(row.name, rest) is not None else amount


def _completed(item: LineItem, row: _Row) -> LineItem | None:
    """The goods above a row that only says how many at what price; None where it says something else."""
    if item.quantity is not None or item.amount is None:
        return None
    detail = DETAIL.fullmatch(row.text)
    if not only_counts(row.text):
        return with_quantity(item, detail) if detail else None
    found = counted(row.text, item.amount)
    if found is None and row.amount == item.amount:
        found = counted(row.name, item.amount)
    if found is not None:
        return replace(item, quantity=found.quantity, unit_price=found.price)
    count = one_figure(row.name) if row.amount is not None else None
    if count is not None and row.amount is not None and item.amount * count == row.amount != item.amount:
        return replace(item, quantity=count, unit_price=item.amount, amount=row.amount)  # the price stood above
    return with_quantity(item, detail) if detail else None


def _is_goods(name: str) -> bool:
    compact = "".join(name.split()).casefold()
    role = amount_role(compact)[0]
    days = find_dates(name)
    if days and not len(name) - sum(d.end - d.start for d in days) > _DAY_LABEL:
        return False
    return not (
        _PARTY.search(name)
        or has_company_form(name)
        or _NOT_GOODS.match(compact)
        or _NUMBER_LABEL.search(compact)
        or role in _NEVER
    )


def _item(name: str, amount: Decimal, mark: str) -> LineItem:
    """An item from what stands on its row: a count or a price with a count may stand between name and amount."""
    item, words = _counted(MARK.sub("", name).strip(), amount)
    reduced = any(REDUCED.search(text) for text in (name, mark, words))
    words = _single(MARK.sub("", words))
    if amount_role("".join(words.split()).casefold())[0] is AmountRole.DISCOUNT and amount > 0:
        item = replace(item, amount=-amount)
    return replace(item, description=words, tax_rate=Decimal(8) if reduced else None)


def _counted(name: str, amount: Decimal) -> tuple[LineItem, str]:
    """Quantity and price where they stand behind a name, and the name without them."""
    item = LineItem(description=name, amount=amount)
    found = counted(name, amount)
    if found is not None and re.search(r"[^\W\d_]", name[: found.start]):
        return replace(item, quantity=found.quantity, unit_price=found.price), name[: found.start].strip()
    head, gap, tail = name.rpartition("  ")
    detail = DETAIL.fullmatch(tail) if gap else None
    if detail is not None:
        return with_quantity(item, detail), head.strip()
    times = _TIMES.search(name)
    if times:
        return replace(item, quantity=Decimal(times["n"])), name[: times.start()].strip()
    if gap and re.fullmatch(r"\d{1,3}", tail) and re.search(r"[^\W\d_]", head):
        return replace(item, quantity=Decimal(tail)), head.strip()
    return item, name


def _single(name: str) -> str:
    return re.sub(r"\s{2,}", " ", name).strip()


def with_quantity(item: LineItem, detail: re.Match[str]) -> LineItem:
    """The item with what its second line says; the product of price and quantity decides where no sign does."""
    first, second = (Decimal(re.sub(r"\D", "", detail[key])) for key in ("a", "b"))
    price_first = bool(detail["at"] or detail["v"]) and not detail["u"]
    if not (detail["at"] or detail["v"] or detail["u"] or detail["unit"]):
        price_first = first > second and first * second == item.amount
    quantity, price = (second, first) if price_first else (first, second)
    return replace(item, quantity=quantity, unit_price=price, unit=None)
