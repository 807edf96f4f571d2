"""Line items: tables under a head row, and the plain rows of receipts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from domain.amounts import NumberStyle, find_amounts
from domain.fields import DocumentType, Field, LineItem, LineItems
from extractors.fields.evidence import found
from extractors.fields.labelled import LabelledAmount, Locale
from extractors.fields.layout import Layout, Segment, Span
from extractors.fields.roles import RATE, AmountRole, amount_role

_HEADS: dict[str, re.Pattern[str]] = {
    "description": re.compile(
        r"品名|品目|摘要|内容|商品名?|項目|件名|作業|明細|description|beschreibung|artikel"
        r"|product|item|particulars|omschrijving|details"
    ),
    "quantity": re.compile(r"^数量?$|数量|^qty|quantity|menge|aantal|hoeveelheid|^数$"),
    "unit": re.compile(r"^単位$|^unit$"),
    "unit_price": re.compile(r"単価|unitprice|einzelpreis|^price$|^rate$|prijs|vk-?preis|nettopreis|u/price"),
    "tax_rate": re.compile(r"税率|税区分|taxrate|tax\(?%|mwst|steuersatz|^btw$"),
    "amount": re.compile(r"^金額|金額$|金額\(|^小計$|^価格$|^合計$|amount|betrag|^total$|bedrag|prijsincl|nettowert"),
}
_END = re.compile(
    r"小計|合計|総計|御?請求金?額|消費税|税抜|以下余白|備考|特記|subtotal|^total"
    r"|grandtotal|summe|zwischensumme|振込先|exclusief|gesamt"
)
_QUANTITY = re.compile(
    r"^\s*(?P<q>\d{1,5}(?:\.\d+)?)\s*(?P<u>[点個枚本件名式箱袋杯冊台回人時間日月ヶ月kgKgLm㎡]*)\s*[x×X*@]+\s*[@¥\\]?\s*(?P<p>[\d,.]+)"
)
_TIMES = re.compile(r"[x×X*]\s*(\d{1,4})\s*$")
_REDUCED = re.compile(r"[※*＊軽☆]\s*$|^[※*＊軽☆]|軽減?$|\b8%$")
_NOT_ITEM = re.compile(r"^(?:no\.?|レジ|担当|取引|伝票|tel|電話|登録|日時|\d{1,2}:\d{2})")


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    left: int
    right: int

    def distance(self, segment: Segment) -> float:
        x = segment.box.center[0]
        if self.left <= x <= self.right:
            return 0.0
        return min(abs(x - self.left), abs(x - self.right))


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


def _table(layout: Layout, locale: Locale) -> tuple[list[LineItem], list[Span]]:
    out: list[LineItem] = []
    spans: list[Span] = []
    index = 0
    while index < len(layout.rows):
        columns = _columns(layout.rows[index])
        index += 1
        if columns is None:
            continue
        while index < len(layout.rows):
            row = layout.rows[index]
            first = row[0]
            if _columns(row) is not None:
                break
            if _END.search(first.compact) or any(
                amount_role(s.compact)[0] in {AmountRole.SUBTOTAL, AmountRole.TOTAL} and len(s.compact) < 12
                for s in row[:3]
            ):
                break
            item = _item(row, columns, locale.style)
            if item is not None:
                out.append(item)
                spans.extend(s.span() for s in row)
            index += 1
    return out, spans


def _columns(row: tuple[Segment, ...]) -> list[_Column] | None:
    found_columns: list[_Column] = []
    for segment in row:
        for name, pattern in _HEADS.items():
            if (
                len(segment.compact) <= 16
                and pattern.search(segment.compact)
                and name not in {c.name for c in found_columns}
            ):
                found_columns.append(_Column(name, segment.box.left, segment.box.right))
                break
    names = {c.name for c in found_columns}
    return found_columns if len(names) >= 3 and "amount" in names and "description" in names else None


def _item(row: tuple[Segment, ...], columns: list[_Column], style: NumberStyle | None) -> LineItem | None:
    cells: dict[str, str] = {}
    for segment in row:
        column = min(columns, key=lambda c: c.distance(segment))
        if (
            column.name != "description"
            and not re.search(r"\d", segment.text)
            and column.name not in {"unit", "tax_rate"}
        ):
            column = next(c for c in columns if c.name == "description")
        cells[column.name] = (cells.get(column.name, "") + " " + segment.text).strip()
    amount = _value(cells.get("amount"), style)
    description = cells.get("description", "").strip()
    if amount is None or not re.search(r"[^\W\d_]", description):
        return None
    quantity_text = cells.get("quantity", "")
    unit_match = re.search(r"\d\s*([^\d\s.,]{1,4})$", quantity_text)
    rate = RATE.search(cells.get("tax_rate", ""))
    reduced = bool(_REDUCED.search(description))
    return LineItem(
        description=re.sub(r"\s*[※*＊☆]\s*$", "", description),
        quantity=_value(quantity_text, style),
        unit=cells.get("unit") or (unit_match[1] if unit_match else None),
        unit_price=_value(cells.get("unit_price"), style),
        amount=amount,
        tax_rate=Decimal(rate[1] or rate[2]) if rate else Decimal(8) if reduced else None,
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
        detail = _QUANTITY.match(text)
        if detail and out and len(row) == 1:
            out[-1] = _with_quantity(out[-1], detail)
            continue
        priced = [a for a in by_row.get(index, ()) if a.money_like]
        if not priced:
            pending = text if len(row) == 1 and re.search(r"[^\W\d_]{2}", text) else None
            continue
        last = priced[-1]
        name = (
            " ".join(s.text for s in row if s is not last.segment) or last.segment.text.split(last.span.raw)[0].strip()
        )
        if not re.search(r"[^\W\d_]{2}", name):
            name = pending or ""
        pending = None
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
        out.append(
            LineItem(
                description=re.sub(r"\s*[※*＊☆]\s*$", "", _TIMES.sub("", name)).strip(),
                quantity=Decimal(times[1]) if times else None,
                amount=value,
                tax_rate=Decimal(8) if _REDUCED.search(name) else None,
            )
        )
        spans.extend(s.span() for s in row)
    return out, spans


def _with_quantity(item: LineItem, detail: re.Match[str]) -> LineItem:
    price = detail["p"].replace(",", "").rstrip(".")
    return LineItem(
        description=item.description,
        quantity=Decimal(detail["q"]),
        unit=detail["u"] or None,
        unit_price=Decimal(price) if re.fullmatch(r"\d+(?:\.\d+)?", price) else None,
        amount=item.amount,
        tax_rate=item.tax_rate,
    )
