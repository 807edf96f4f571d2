"""Line items: tables under a head row, and the plain rows of receipts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from domain.amounts import NumberStyle, find_amounts
from domain.companies import has_company_form
from domain.fields import DocumentType, Field, LineItem, LineItems, TaxRow
from extractors.fields.evidence import found
from extractors.fields.grid import Grid, find_heads, make_grid
from extractors.fields.labelled import LabelledAmount, Locale
from extractors.fields.layout import Layout, Segment, Span
from extractors.fields.roles import RATE, AmountRole, amount_role

_END = re.compile(
    r"^税率|%対象|小計|合計|総計|御?請求金?額|消費税|税抜|以下余白|備考|特記|subtotal|^total"
    r"|grandtotal|summe|zwischensumme|振込先|exclusief|gesamt"
)
_PIECES = r"[点個コケ枚本件名式箱袋杯冊台回人時間日月ヶkgKgLm㎡ヶ]"
_PRICE_SIGN = r"(?:[@¥\\]|単価?|@\s?¥)"
_DETAIL = re.compile(
    rf"^\s*\(?\s*(?:数量\s*)?(?P<at>{_PRICE_SIGN})?\s*(?P<a>\d[\d,]*(?:\.\d+)?)\s*円?\s*(?P<u>{_PIECES}*)\s*[x×X*✕@]+\s*"
    rf"(?P<unit>{_PRICE_SIGN})?\s*(?P<b>\d[\d,]*(?:\.\d+)?)\s*円?\s*(?P<v>{_PIECES}{{1,2}})?\s*\)?(?:\s|$)"
)
"""3点 × 単511, ¥511x3, (@511 × 3): which is the price is told by its sign, or by the unit of the other."""
_TIMES = re.compile(r"(?:(?<=\s)|(?<=[)個点枚本]))[x×X*]\s*(\d{1,4})\s*$")
_REDUCED = re.compile(r"[※*＊軽☆]\s*$|^[※*＊軽☆]|軽減?$|\b8%$")
_MARK = re.compile(r"^\s*[※*＊☆]\s*|\s*[※*＊☆]\s*$")
_COUNT = re.compile(r"\s*(?P<n>-?\d[\d,.]*)\s*(?P<u>[^\d\s.,][^\s]{0,5})?$")
_LABEL = 12
"""Characters of a label of a sum; longer texts are goods."""
_NUMERIC = frozenset({"quantity", "unit_price", "amount"})
_REDUCED_RATE, _STANDARD_RATE = Decimal(8), Decimal(10)
_PARTY = re.compile(r"(?:御中|様|殿)\s*$|^(?:上様|お客様)")
_NOT_ITEM = re.compile(
    r"^(?:no\.?|車番|車室|車両|入庫|出庫|台数|人数|番号|卓|レジ|担当|取引|伝票|tel|電話|登録|日時|\d{1,2}:\d{2})"
)


def read_items(
    layout: Layout, amounts: tuple[LabelledAmount, ...], *, document_type: DocumentType, locale: Locale
) -> Field | None:
    """Line items of a table, or of a receipt's body; None where there is nothing of the kind."""
    rows, spans = _table(layout, locale)
    confidence = 0.85
    if not rows and document_type is DocumentType.RECEIPT:
        rows, spans = _receipt_rows(layout, amounts)
        confidence = 0.75
    if not rows:
        return None
    return found("line_items", LineItems(rows=tuple(rows)), spans, confidence=confidence)


def item_sums(items: Field | None) -> tuple[Decimal, ...]:
    """What the items add up to."""
    if items is None or not isinstance(items.value, LineItems):
        return ()
    values = [r.amount for r in items.value.rows if r.amount is not None]
    return (sum(values, Decimal(0)),) if len(values) == len(items.value.rows) and values else ()


_MOST_ROWS = 60
"""Rows of a table that its boundaries are measured on."""
_WRAP_GAP = 0.9
"""Line heights between the lines of one description; rows of goods stand further apart or touch their own numbers."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A row of a table: what stands in its columns, and where."""

    cells: dict[str, str]
    row: tuple[Segment, ...]

    @property
    def top(self) -> int:
        return min(s.box.top for s in self.row)

    @property
    def bottom(self) -> int:
        return max(s.box.bottom for s in self.row)


def _table(layout: Layout, locale: Locale) -> tuple[list[LineItem], list[Span]]:
    out: list[LineItem] = []
    spans: list[Span] = []
    index = 0
    while index < len(layout.rows):
        heads, count = find_heads(layout.rows, index)
        index += max(count, 1)
        if not heads:
            continue
        start = index
        while index < len(layout.rows) and not find_heads(layout.rows, index)[0] and not _ends(layout.rows[index]):
            index += 1
        rows = layout.rows[start:index]
        grid = make_grid(heads, rows[:_MOST_ROWS])
        for item, places in _items(grid, [_Read(grid.cells(row), row) for row in rows], locale.style):
            out.append(item)
            spans += places
    return out, spans


def _ends(row: tuple[Segment, ...]) -> bool:
    """The table is over: sums, notes or the bank follow."""
    return bool(_END.search(row[0].compact)) or any(
        amount_role(s.compact)[0] in {AmountRole.SUBTOTAL, AmountRole.TOTAL} and len(s.compact) < _LABEL
        for s in row[:3]
    )


def _items(grid: Grid, rows: list[_Read], style: NumberStyle | None) -> Iterator[tuple[LineItem, list[Span]]]:
    """Rows with numbers are items; rows with words only belong to the description that they touch."""
    priced = "amount" in grid.names or "unit_price" in grid.names
    numbers = [i for i, r in enumerate(rows) if _anchors(r.cells, priced=priced)]
    wrapped: dict[int, list[int]] = {}
    for index, row in enumerate(rows):
        if index not in numbers and (owner := _owner(rows, index, numbers)) is not None:
            wrapped.setdefault(owner, []).append(index)
        elif index not in numbers and row.cells:
            continue
    for index in numbers:
        parts = sorted({index, *wrapped.get(index, ())})
        words = [rows[i].cells.get("description", "") for i in parts]
        item = _item(rows[index].cells | {"description": _run_on(words)}, grid.names, style)
        if item is not None:
            yield item, [s.span() for i in parts for s in rows[i].row]


def _anchors(cells: dict[str, str], *, priced: bool) -> bool:
    if priced:
        return bool(re.search(r"\d", cells.get("amount", "") or cells.get("unit_price", "")))
    return bool(re.search(r"\d", cells.get("quantity", "")))


def _owner(rows: list[_Read], index: int, numbers: list[int]) -> int | None:
    """The item whose description goes on in a row of words: the nearest that it touches."""
    cells = rows[index].cells
    if set(cells) - {"description", "code", "note"} or not cells.get("description"):
        return None
    best: tuple[float, int] | None = None
    for number in numbers:
        if rows[number].row[0].page_index != rows[index].row[0].page_index:
            continue
        gap = max(rows[number].top - rows[index].bottom, rows[index].top - rows[number].bottom)
        between = range(min(index, number) + 1, max(index, number))
        if any(i in numbers for i in between):
            continue
        limit = _WRAP_GAP * rows[index].row[0].height * (1 + len(between))
        if gap <= limit and (best is None or gap < best[0]):
            best = (gap, number)
    return best[1] if best else None


def _run_on(words: list[str]) -> str:
    out = ""
    for part in words:
        out += (" " if out[-1:].isascii() and part[:1].isascii() and out else "") + part
    return out.strip()


def _item(cells: dict[str, str], names: frozenset[str], style: NumberStyle | None) -> LineItem | None:
    cells = dict(cells)
    for column in _NUMERIC:
        if column in cells and not re.search(r"\d", cells[column]):
            cells["description"] = f"{cells['description']} {cells.pop(column)}".strip()
    amount = _value(cells.get("amount"), style)
    description = cells["description"].strip()
    if "no" not in names and "date" not in names:
        description = re.sub(r"^\d{1,2}/\d{1,2}\s+", "", description)
    count = _COUNT.match(cells.get("quantity", ""))
    if not re.search(r"[^\W\d_]", description) or (amount is None and ("amount" in names or count is None)):
        return None
    rate = RATE.search(cells.get("tax_rate", ""))
    marked = any(_REDUCED.search(cells.get(c, "")) for c in ("description", "code", "note", "tax_rate", "amount"))
    return LineItem(
        description=_MARK.sub("", description).strip(),
        quantity=_value(count["n"], style) if count else None,
        unit=cells.get("unit") or (count["u"] if count and count["u"] else None),
        unit_price=_value(cells.get("unit_price"), style),
        amount=amount,
        tax_rate=Decimal(rate[1] or rate[2]) if rate else Decimal(8) if marked and amount is not None else None,
    )


def with_rates(items: Field | None, rows: tuple[TaxRow, ...]) -> Field | None:
    """Give each item its rate where the document says so: one rate only, or 8 % marked and 10 % for the rest."""
    if items is None or not isinstance(items.value, LineItems):
        return items
    rates = {r.rate for r in rows if r.taxable}
    marked = any(i.tax_rate == _REDUCED_RATE for i in items.value.rows)
    if len(rates) == 1:
        rest = next(iter(rates))
    elif marked and rates == {_REDUCED_RATE, _STANDARD_RATE}:
        rest = _STANDARD_RATE
    else:
        return items
    return replace(
        items,
        value=LineItems(
            rows=tuple(
                replace(i, tax_rate=rest) if i.tax_rate is None and i.amount is not None else i
                for i in items.value.rows
            )
        ),
    )


def _value(text: str | None, style: NumberStyle | None) -> Decimal | None:
    amounts = find_amounts(text, style=style) if text else ()
    return amounts[-1].value if amounts else None


def _receipt_rows(layout: Layout, amounts: tuple[LabelledAmount, ...]) -> tuple[list[LineItem], list[Span]]:
    ends = [a.segment.row for a in amounts if a.role in {AmountRole.SUBTOTAL, AmountRole.TOTAL} and a.money_like]
    if not ends:
        return [], []
    end = min(ends)
    by_row: dict[int, list[LabelledAmount]] = {}
    for amount in amounts:
        if amount.segment.row < end:
            by_row.setdefault(amount.segment.row, []).append(amount)
    out: list[LineItem] = []
    spans: list[Span] = []
    pending: str | None = None
    for index in range(end):
        row = layout.rows[index]
        text = " ".join(s.text for s in row)
        detail = _DETAIL.match(text)
        if detail and out and len(row) == 1:
            out[-1] = _with_quantity(out[-1], detail)
            continue
        priced = [a for a in by_row.get(index, ()) if a.money_like or (a.alone and a is by_row[index][-1])]
        if not priced:
            pending = text if len(row) == 1 and re.search(r"[^\W\d_]{2}", text) else None
            continue
        last = priced[-1]
        name = (
            " ".join(s.text for s in row if s is not last.segment) or last.segment.text.split(last.span.raw)[0].strip()
        )
        pending_name = pending
        if detail or not re.search(r"[^\W\d_]{2}", name):
            name = pending or ""
        pending = None
        if _PARTY.search(name) or has_company_form(name):
            continue
        counts = [s.text for s in row if s is not last.segment and re.fullmatch(r"\d{1,3}", s.text.strip())]
        if counts and len(row) > 2:
            name = " ".join(s.text for s in row if s is not last.segment and s.text not in counts)
        if (
            not name
            or _NOT_ITEM.match(name.casefold())
            or last.role in {AmountRole.CASH, AmountRole.CHANGE, AmountRole.TAX, AmountRole.TAXABLE, AmountRole.COUNT}
        ):
            continue
        value = last.value
        if last.role is AmountRole.DISCOUNT and value > 0:
            value = -value
        times = _TIMES.search(name)
        if detail and pending_name:
            item = LineItem(
                description=_MARK.sub("", pending_name).strip(),
                amount=value,
                tax_rate=Decimal(8) if _REDUCED.search(pending_name) else None,
            )
            out.append(_with_quantity(item, detail))
            spans.extend(s.span() for s in row)
            continue
        out.append(
            LineItem(
                description=_MARK.sub("", _TIMES.sub("", name)).strip(),
                quantity=Decimal(times[1]) if times else Decimal(counts[-1]) if counts and len(row) > 2 else None,
                amount=value,
                tax_rate=Decimal(8) if _REDUCED.search(name) else None,
            )
        )
        spans.extend(s.span() for s in row)
    return out, spans


def _with_quantity(item: LineItem, detail: re.Match[str]) -> LineItem:
    """The item with what its second line says; the product of price and quantity decides where no sign does."""
    first, second = (Decimal(detail[key].replace(",", "")) for key in ("a", "b"))
    price_first = bool(detail["at"] or detail["v"]) and not detail["u"]
    if not (detail["at"] or detail["v"] or detail["u"] or detail["unit"]):
        price_first = first > second and first * second == item.amount
    quantity, price = (second, first) if price_first else (first, second)
    return replace(item, quantity=quantity, unit_price=price, unit=None)
