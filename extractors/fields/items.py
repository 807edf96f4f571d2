"""Line items: tables under a head row, and the plain rows of receipts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from domain.amounts import NumberStyle, find_amounts
from domain.companies import has_company_form
from domain.fields import DocumentType, Field, LineItem, LineItems, TaxRow
from domain.folding import fold
from domain.geometry import Box
from extractors.fields.evidence import found
from extractors.fields.labelled import LabelledAmount, Locale
from extractors.fields.layout import Layout, Segment, Span
from extractors.fields.roles import RATE, AmountRole, amount_role

_HEADS: dict[str, re.Pattern[str]] = {
    "description": re.compile(
        r"品番・品名|品名|品目|摘要|内容|商品名?|項目|件名|作業|明細|description|beschreibung|artikel"
        r"|product|item|particulars|omschrijving|details"
    ),
    "quantity": re.compile(r"^数量?$|数量|^qty|quantity|menge|aantal|hoeveelheid|^数$"),
    "unit": re.compile(r"^単位$|^unit$"),
    "unit_price": re.compile(r"単価|unitprice|einzelpreis|^price$|^rate$|prijs|vk-?preis|nettopreis|u/price"),
    "tax_rate": re.compile(r"税率|税区分|taxrate|tax\(?%|mwst|steuersatz|^btw$"),
    "no": re.compile(r"^(?:no\.?|#|項番|番号|行|pos\.?|s/?n)$"),
    "date": re.compile(r"^(?:月日|日付|年月日|取引日|利用日|納品日|納入日|売上日|date|datum)$"),
    "code": re.compile(
        r"^(?:伝票(?:番号|no\.?)?|コード|商品コード|品番|型番|code|sku|art\.?-?nr\.?|備考|摘要欄|remarks?)$"
    ),
    "amount": re.compile(r"^金額|金額$|金額\(|^小計$|^価格$|^合計$|amount|betrag|^total$|bedrag|prijsincl|nettowert"),
}
_END = re.compile(
    r"小計|合計|総計|御?請求金?額|消費税|税抜|以下余白|備考|特記|subtotal|^total"
    r"|grandtotal|summe|zwischensumme|振込先|exclusief|gesamt"
)
_QUANTITY = re.compile(
    r"^\s*(?P<q>\d{1,5}(?:\.\d+)?)\s*(?P<u>[点個枚本件名式箱袋杯冊台回人時間日月ヶ月kgKgLm㎡]*)\s*[x×X*@]+\s*[@¥\\]?\s*(?P<p>[\d,.]+)"
)
_TIMES = re.compile(r"(?:(?<=\s)|(?<=[)個点枚本]))[x×X*]\s*(\d{1,4})\s*$")
_REDUCED = re.compile(r"[※*＊軽☆]\s*$|^[※*＊軽☆]|軽減?$|\b8%$")
_MARK = re.compile(r"^\s*[※*＊☆]\s*|\s*[※*＊☆]\s*$")
_COUNT = re.compile(r"\s*(?P<n>-?\d[\d,.]*)\s*(?P<u>[^\d\s.,][^\s]{0,5})?$")
_HEAD_LENGTH = 16
_NUMERIC = frozenset({"quantity", "unit_price", "amount"})
_REDUCED_RATE, _STANDARD_RATE = Decimal(8), Decimal(10)
_PARTY = re.compile(r"(?:御中|様|殿)\s*$|^(?:上様|お客様)")
_NOT_ITEM = re.compile(
    r"^(?:no\.?|車番|車室|車両|入庫|出庫|台数|人数|番号|卓|レジ|担当|取引|伝票|tel|電話|登録|日時|\d{1,2}:\d{2})"
)


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    left: int
    right: int

    def distance(self, box: Box) -> float:
        x = box.center[0]
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


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    box: Box

    @property
    def compact(self) -> str:
        return "".join(self.text.split()).casefold()


def _words(segment: Segment) -> list[_Cell]:
    return [_Cell(fold(w.text).text.strip(), w.box) for w in segment.words]


def _head_of(cell: _Cell) -> str | None:
    compact = cell.compact
    if len(compact) > _HEAD_LENGTH:
        return None
    return next((name for name, pattern in _HEADS.items() if pattern.search(compact)), None)


def _columns(row: tuple[Segment, ...]) -> list[_Column] | None:
    """Columns of a head row, or None where the row is none. Heads that stand close are told apart word by word."""
    cells: list[_Cell] = []
    for segment in row:
        words = _words(segment)
        several = len({h for w in words if (h := _head_of(w)) is not None}) > 1
        cells += words if several else [_Cell(segment.text, segment.box)]
    found_columns: list[_Column] = []
    for cell in cells:
        name = _head_of(cell)
        if name is not None and name not in {c.name for c in found_columns}:
            found_columns.append(_Column(name, cell.box.left, cell.box.right))
    found_columns = _stretched(found_columns)
    names = {c.name for c in found_columns}
    enough = "description" in names and ("amount" in names or "quantity" in names)
    return found_columns if enough and len(names) >= 2 else None


def _stretched(columns: list[_Column]) -> list[_Column]:
    """The description column reaches from the head before it to the head behind it: its cells are ranged left."""
    ordered = sorted(columns, key=lambda c: c.left)
    out: list[_Column] = []
    for index, column in enumerate(ordered):
        if column.name == "description":
            left = ordered[index - 1].right + 1 if index else 0
            right = ordered[index + 1].left - 1 if index + 1 < len(ordered) else column.right
            out.append(_Column(column.name, min(left, column.left), max(right, column.right)))
        else:
            out.append(column)
    return out


def _cells(row: tuple[Segment, ...], columns: list[_Column]) -> list[_Cell]:
    """Segments, cut into words where these stand in different columns."""
    out: list[_Cell] = []
    for segment in row:
        words = _words(segment)
        places = {min(columns, key=lambda c: c.distance(w.box)).name for w in words}
        out += words if len(places) > 1 else [_Cell(segment.text, segment.box)]
    return out


def _item(row: tuple[Segment, ...], columns: list[_Column], style: NumberStyle | None) -> LineItem | None:
    names = {c.name for c in columns}
    cells: dict[str, str] = {}
    for cell in _cells(row, columns):
        column = min(columns, key=lambda c: c.distance(cell.box)).name
        if column in _NUMERIC and not re.search(r"\d", cell.text):
            column = "description"
        cells[column] = (cells.get(column, "") + " " + cell.text).strip()
    amount = _value(cells.get("amount"), style)
    description = cells.get("description", "").strip()
    if "no" not in names and "date" not in names:
        description = re.sub(r"^\d{1,2}/\d{1,2}\s+", "", description)
    count = _COUNT.match(cells.get("quantity", ""))
    if not re.search(r"[^\W\d_]", description) or (amount is None and ("amount" in names or count is None)):
        return None
    rate = RATE.search(cells.get("tax_rate", ""))
    marked = _REDUCED.search(description) or _REDUCED.search(cells.get("code", ""))
    return LineItem(
        description=_MARK.sub("", description).strip(),
        quantity=_value(count["n"], style) if count else None,
        unit=cells.get("unit") or (count["u"] if count and count["u"] else None),
        unit_price=_value(cells.get("unit_price"), style),
        amount=amount,
        tax_rate=Decimal(rate[1] or rate[2]) if rate else Decimal(8) if marked else None,
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
        detail = _QUANTITY.match(text)
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
        if not re.search(r"[^\W\d_]{2}", name):
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
    price = detail["p"].replace(",", "").rstrip(".")
    return LineItem(
        description=item.description,
        quantity=Decimal(detail["q"]),
        unit=detail["u"] or None,
        unit_price=Decimal(price) if re.fullmatch(r"\d+(?:\.\d+)?", price) else None,
        amount=item.amount,
        tax_rate=item.tax_rate,
    )
