"""Line items: tables under a head row, and the plain rows of receipts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from domain.amounts import NumberStyle, find_amounts
from domain.fields import DocumentType, Field, LineItem, LineItems, TaxRow
from extractors.fields.columns import looks_like
from extractors.fields.counts import each_in_its_cell, in_one_cell
from extractors.fields.evidence import found
from extractors.fields.grid import Grid, find_heads, make_grid
from extractors.fields.labelled import LabelledAmount, Locale
from extractors.fields.layout import Layout, Segment, Span
from extractors.fields.roles import RATE, AmountRole, amount_role
from extractors.fields.slips import MARK, REDUCED, slip_rows, sums_of

_END = re.compile(
    r"^税率|%対象|小計|合計|総計|御?請求金?額|消費税|税抜|以下余白|備考|特記|subtotal|^total"
    r"|grandtotal|summe|zwischensumme|振込先|exclusief|gesamt"
)
_COUNT = re.compile(r"\s*(?P<n>-?\d[\d,.]*)\s*(?P<u>[^\d\s.,][^\s]{0,5})?$")
_SUM = re.compile(r"小計|合計|総合計|税[抜込]合計|消費税")
"""How labels of sums begin that stand beside the account, however many are read as one."""
_RATE_SUM = re.compile(r"^\(?(?:うち)?(?:税率)?(?:8|10)%(?:(?:対象|計|分).*\d{3}|.*\d{3}.*消費税)")
"""A sum by rate with its amount, beside a remark."""
_SUM_AT = 4
_LABEL = 12
"""Characters of a label of a sum; longer texts are goods."""
_SUMS = frozenset({AmountRole.SUBTOTAL, AmountRole.TOTAL, AmountRole.TAX, AmountRole.TAXABLE})
"""What is written below goods."""
_CLOSER = 0.8
"""Lines of one cell stand at most this much as far apart as two rows: rows have padding and rules between them."""
_SIDE_HEADING = re.compile(r"^(?:【[^】]*】|[■◆●▼□◇].*|[<〈《\[].*[>〉》\]]|\(\d{1,2}\)\s*[^\W\d_]{2,})$")
"""A row of words above goods that names a part of the table."""
_HEADING_GAP = 1.6
"""How much further than the goods above it those below a heading may stand; the second line of a description stands
twice as near to its first as to the next goods."""
_WORDS = frozenset({"description", "code", "note"})
"""Columns in which words wrap."""
_BESIDE = 0.2
"""Part of the lower line by which two lines of one row stand beside each other."""
_PART = re.compile(r"^(?:\d{1,2}[.．]\s*[^\W\d_]{2,}|第\d{1,3}(?:工区|期工事|章|号棟))$")
"""A part of the table by its number: never a line of goods."""
_NOTE = re.compile(r"。$|^[・■●].{8}")
"""A remark under the goods, and no second line of a description."""
_REMARK = re.compile(r"^[※*＊].{8}")
"""A remark where it stands under goods; above them the mark of the reduced rate with their name."""
_OTHERS = re.compile(r"(?i)(?:TEL|FAX|電話|℡)\s*[:.]?\s*\d|〒\d|登録番号")
"""A row of the letterhead that stands as high as a row of goods."""
_NUMBERED = re.compile(r"(?P<n>\d{1,2})[.)]?\s+(?=\S)")
_COUNTED = 2
"""Rows that must be numbered 1, 2, … before a number in front of goods is taken for the row's."""
_LARGE = 1.5
"""Heights of a table's head from which letters belong to a title."""
_NUMERIC = frozenset({"quantity", "unit_price", "amount"})
_REDUCED_RATE, _STANDARD_RATE = Decimal(8), Decimal(10)


def read_items(
    layout: Layout, amounts: tuple[LabelledAmount, ...], *, document_type: DocumentType, locale: Locale
) -> Field | None:
    """Line items of a table, or of a receipt's body; None where there is nothing of the kind."""
    receipt, yen = document_type is DocumentType.RECEIPT, locale.currency == "JPY"
    known = sums_of(amounts)
    rows, spans = _table(layout, locale, known)
    if not rows:
        rows, spans = slip_rows(layout, amounts, style=locale.style, proven=not receipt, yen=yen)
    elif receipt and not _multiplied(rows):
        # Heads over two lines, or words that only look like heads: the rows of a slip, where they add up and say more.
        others = slip_rows(layout, amounts, style=locale.style, proven=True, yen=yen)
        adding = item_sum(LineItems(rows=tuple(rows))) in known
        if not others[0] and not adding and _joined(rows):
            others = slip_rows(layout, amounts, style=locale.style, yen=yen)
        if others[0] and (not adding or _counts(others[0]) > _counts(rows)):
            rows, spans = others
    if receipt and not rows and (paid := _paid_for(layout, amounts)) is not None:
        rows, spans = [paid[0]], [paid[1]]
    if not rows or (receipt and len(rows) == 1 and rows[0].amount in _totals(amounts) and _says_what_for(layout)):
        return None
    goods = LineItems(rows=tuple(rows))
    proven, typed = item_sum(goods) in sums_of(amounts), all(span.typed for span in spans)
    claim = claim_of(goods, proven=proven, receipt=receipt, typed=typed)
    # Figures that add up were read rightly, however unsure the engine was of them.
    doubted = [span for span in spans if not proven or _WORD.search(span.raw)] or spans
    read = _AS_READ + (1 - _AS_READ) * min(span.confidence for span in doubted)
    return found("line_items", goods, spans, confidence=claim * read)


_COUNTED_WITHIN = re.compile(r"\d\s*[^\W\d_]?\s*[x×✕]\s*[@¥\\]?\s*\d")


def _joined(rows: Sequence[LineItem]) -> bool:
    """Lines of a slip that say how many at what price were taken for a part of the goods' names."""
    return any(_COUNTED_WITHIN.search(row.description) for row in rows)


_WHAT_FOR = re.compile(r"^(?:但し?|ただし)(?!書)")
"""What a form of receipt says instead of listing goods: 但 事務用品代として."""


def _says_what_for(layout: Layout) -> bool:
    return any(_WHAT_FOR.match(segment.compact) for segment in layout.segments)


_AS_WHAT = re.compile(r"^(?P<what>[^\W\d_]{2,20}?)として$")


def _paid_for(layout: Layout, amounts: Sequence[LabelledAmount]) -> tuple[LineItem, Span] | None:
    """The one thing that a slip without goods is for, where it says so by itself (タクシー運賃として)."""
    said = [(s, m) for s in layout.segments if (m := _AS_WHAT.match(s.compact))]
    totals = {a.value for a in amounts if a.role is AmountRole.TOTAL and (a.money_like or a.currency)}
    if len(said) != 1 or len(totals) != 1:
        return None
    segment, match = said[0]
    return LineItem(description=match["what"], amount=next(iter(totals))), segment.span()


def _totals(amounts: Sequence[LabelledAmount]) -> frozenset[Decimal]:
    return frozenset(amount.value for amount in amounts if amount.role is AmountRole.TOTAL)


_AS_READ = 0.55
"""What the least sure word of the goods cannot take away: of tables with one below 0.8, seven in ten were right."""
_WORD = re.compile(r"(?!円)[^\W\d_]")
_MISREAD = frozenset({"体", "頃", "m"})
"""What 本, 頁 and m² are read as; as units of their own they are rare."""
_TORN = re.compile(r"\d[\d,]{2,}\s*円?$|\d\s?%$|\d\s?[個台枚本式]$")
"""A description that ends in figures: those of other columns, it seems."""


def claim_of(goods: LineItems, *, proven: bool, receipt: bool, typed: bool) -> float:
    """How often goods that look like this were right in every cell, on development papers.

    ``proven``: their amounts add up to a sum on the paper. ``typed``: the file itself says every character. Slips print
    a single piece without its count; elsewhere, rows of which only some have a count or a price, or words that end in
    figures, were read across columns, and where only some counts have a unit, a character was lost. Amounts alone add
    up also where counts and prices stand in columns that were not seen.
    """
    rows = goods.rows
    uneven = any(
        any(value is None for value in column) and any(value is not None for value in column)
        for column in ([row.quantity for row in rows], [row.unit_price for row in rows])
    )
    torn = any(_TORN.search(row.description) for row in rows) and any(row.quantity is None for row in rows)
    priced = any(row.amount is not None for row in rows)
    if not receipt and (uneven or torn):
        return 0.25
    units = [row.unit is not None for row in rows if row.quantity is not None]
    misread = not typed and any(row.unit in _MISREAD for row in rows)
    if misread or (any(units) and not all(units)):
        return 0.5
    if priced and not proven:
        return 0.75
    multiplied = any(row.quantity is not None and row.unit_price is not None for row in rows)
    if _multiplied(rows) and proven and not receipt:
        return 0.985
    return 0.95 if multiplied or receipt or not priced else 0.6


def _multiplied(rows: Sequence[LineItem]) -> bool:
    """Every row says how many at what price, and that is its amount: its columns were read as they were meant."""
    return all(
        row.quantity is not None
        and row.unit_price is not None
        and row.amount is not None
        and abs(row.quantity * row.unit_price - row.amount) < 1
        for row in rows
    )


def _counts(rows: Sequence[LineItem]) -> int:
    return sum(row.quantity is not None for row in rows)


def item_sum(goods: LineItems) -> Decimal | None:
    """What goods add up to; None where one has no amount."""
    amounts = [row.amount for row in goods.rows if row.amount is not None]
    return sum(amounts, Decimal(0)) if amounts and len(amounts) == len(goods.rows) else None


def item_sums(items: Field | None) -> tuple[Decimal, ...]:
    """What the items add up to."""
    total = item_sum(items.value) if items is not None and isinstance(items.value, LineItems) else None
    return (total,) if total is not None else ()


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


def _table(layout: Layout, locale: Locale, known: Collection[Decimal]) -> tuple[list[LineItem], list[Span]]:
    """Goods under heads; of several tables those that add up to a sum on the paper, all of them where none does."""
    tables: list[list[tuple[LineItem, list[Span]]]] = []
    index = 0
    while index < len(layout.rows):
        heads, count = find_heads(layout.rows, index)
        index += max(count, 1)
        if not heads:
            continue
        start, size = index, max(h.box.height for h in heads)
        while index < len(layout.rows) and not _over(layout.rows, index, size):
            index += 1
        rows = [row for row in layout.rows[start:index] if not _foreign(row, size)]
        grid = make_grid(heads, rows[:_MOST_ROWS])
        tables.append(list(_items(grid, [_Read(grid.cells(row), row) for row in rows], locale.style)))
    found = [one for table in _adding_up([t for t in tables if t], known) for one in table]
    return _unnumbered([item for item, _ in found]), [span for _, spans in found for span in spans]


_Table = list[tuple[LineItem, list[Span]]]


def _adding_up(tables: list[_Table], known: Collection[Decimal]) -> list[_Table]:
    def total(chosen: list[_Table]) -> Decimal:
        return sum((item.amount or Decimal(0) for table in chosen for item, _ in table), Decimal(0))

    if len(tables) < 2 or total(tables) in known:
        return tables
    parts = [*(tables[i:] for i in range(1, len(tables))), *([table] for table in tables)]
    # A single amount that is a sum itself is the sum, and no table of goods.
    return next((part for part in parts if total(part) in known and sum(map(len, part)) > 1), None) or _priced(tables)


def _priced(tables: list[_Table]) -> list[_Table]:
    """Without the boxes that only look like a table of goods: an amount beside words, where another has prices."""
    full = [t for t in tables if any(item.unit_price is not None or item.quantity is not None for item, _ in t)]
    return full or tables


def _unnumbered(items: list[LineItem]) -> list[LineItem]:
    """Descriptions without the numbers of their rows, where those are all there (their head was not read)."""
    found = [_NUMBERED.match(item.description) for item in items]
    if len(items) < _COUNTED or any(m is None or int(m["n"]) != i for i, m in enumerate(found, start=1)):
        return items
    return [replace(item, description=item.description[m.end() :]) for item, m in zip(items, found, strict=True) if m]


def _over(rows: Sequence[tuple[Segment, ...]], index: int, size: int) -> bool:
    """The table ends before a row: another head, or what stands below goods."""
    return not _foreign(rows[index], size) and (_ends(rows[index]) or bool(find_heads(rows, index)[0]))


def _foreign(row: tuple[Segment, ...], size: int) -> bool:
    """A row that only stands as high as goods do: the paper's title in larger letters, a line of the letterhead."""
    large = all(s.height > _LARGE * size for s in row)
    return large or any(_OTHERS.search(s.text) for s in row)


def _ends(row: tuple[Segment, ...]) -> bool:
    """The table is over: sums, notes or the bank follow."""
    return (
        bool(_END.search(row[0].compact))
        or any(_SUM.match(s.compact) or _RATE_SUM.match(s.compact) for s in row[1:_SUM_AT])
        or any(amount_role(s.compact)[0] in _SUMS and len(s.compact) < _LABEL for s in row[:3])
    )


def _items(grid: Grid, rows: list[_Read], style: NumberStyle | None) -> Iterator[tuple[LineItem, list[Span]]]:
    """Rows with numbers are items; rows with words only belong to the description that they touch."""
    names = grid.names
    priced = any(_anchors(r.cells, priced=True) for r in rows)
    if not priced:  # the columns of prices are there and empty
        names -= {"amount", "unit_price"}
    numbers = [i for i, r in enumerate(rows) if _anchors(r.cells, priced=priced)]
    numbers = [i for i in numbers if rows[i].cells.get("amount") or not _beside_one(rows, i, numbers)]
    wrapped: dict[int, list[int]] = {}
    apart = _apart(rows, numbers)
    for index, row in enumerate(rows):
        if index not in numbers and (owner := _owner(rows, index, numbers, apart)) is not None:
            wrapped.setdefault(owner, []).append(index)
        elif index not in numbers and row.cells:
            continue
    for index in numbers:
        parts = sorted({index, *wrapped.get(index, ())})
        words = [line for i in parts for line in rows[i].cells.get("description", "").split("\n")]
        marked = any(REDUCED.search(text) for text in words)
        described = _run_on([MARK.sub("", text) for text in words]) + ("※" if marked else "")
        cells = {name: text for i in (*parts, index) for name, text in rows[i].cells.items()}
        item = _item(cells | {"description": described}, names, style)
        if item is not None:
            yield item, [s.span() for i in parts for s in rows[i].row]


def _anchors(cells: dict[str, str], *, priced: bool) -> bool:
    if priced:
        return bool(re.search(r"\d", cells.get("amount", "") or cells.get("unit_price", "")))
    return bool(re.search(r"\d", cells.get("quantity", "")))


def _apart(rows: list[_Read], numbers: list[int]) -> float | None:
    """Pixels between two rows of goods with nothing between them; None where no two stand so."""
    gaps = [rows[b].top - rows[a].bottom for a, b in pairwise(numbers) if b == a + 1]
    return min((float(gap) for gap in gaps if gap > 0), default=None)


def _owner(rows: list[_Read], index: int, numbers: list[int], apart: float | None) -> int | None:
    """The item whose description goes on in a row of words: the nearest that it touches.

    A row that stands as far from it as goods stand from each other (``apart``) is a row of the table: a side heading.
    """
    cells = rows[index].cells
    words = cells.get("description", "")
    if not words or _NOTE.search(words) or _PART.match(words):
        return None
    if set(cells) - _WORDS:
        return next((n for n in numbers if _one_row(rows[n], rows[index])), None)
    best: tuple[float, int] | None = None
    heading = _SIDE_HEADING.search(words)
    if heading and _begins_part(rows, index, numbers):
        return None
    for number in numbers:
        if rows[number].row[0].page_index != rows[index].row[0].page_index:
            continue
        gap = max(rows[number].top - rows[index].bottom, rows[index].top - rows[number].bottom)
        between = range(min(index, number) + 1, max(index, number))
        if any(i in numbers for i in between):
            continue
        limit = _WRAP_GAP * rows[index].row[0].height * (1 + len(between))
        if apart is not None:
            limit = min(limit, _CLOSER * apart * (1 + len(between)))
        above = rows[index].top < rows[number].top
        if (above and heading) or (not above and _REMARK.search(words)):
            continue
        if gap <= limit and (best is None or gap < best[0]):
            best = (gap, number)
    return best[1] if best else None


def _beside_one(rows: list[_Read], index: int, numbers: list[int]) -> bool:
    return any(rows[n].cells.get("amount") and _one_row(rows[n], rows[index]) for n in numbers if n != index)


def _one_row(anchor: _Read, other: _Read) -> bool:
    """Two lines of one row of the table: side by side for a part of their height, with different columns filled.

    Where goods take two lines and the other cells stand in the middle, some are nearer to the first line and some to
    the second.
    """
    if anchor.row[0].page_index != other.row[0].page_index or (set(other.cells) - _WORDS) & set(anchor.cells):
        return False
    shared = min(anchor.bottom, other.bottom) - max(anchor.top, other.top)
    return shared > _BESIDE * min(anchor.bottom - anchor.top, other.bottom - other.top)


def _begins_part(rows: list[_Read], index: int, numbers: list[int]) -> bool:
    """A heading that stands about as near to the goods below it as to those above: no line of their description."""
    page = rows[index].row[0].page_index
    same = [n for n in numbers if rows[n].row[0].page_index == page]
    above, below = max((n for n in same if n < index), default=None), min((n for n in same if n > index), default=None)
    if above is None or below is None:
        return False
    return rows[below].top - rows[index].bottom <= _HEADING_GAP * (rows[index].top - rows[above].bottom)


def _run_on(words: list[str]) -> str:
    out = ""
    for part in words:
        out += (" " if out[-1:].isascii() and part[:1].isascii() and out else "") + part
    return out.strip()


def _item(cells: dict[str, str], names: frozenset[str], style: NumberStyle | None) -> LineItem | None:
    cells = dict(cells)
    for column in _NUMERIC:
        if column in cells and not re.search(r"\d", cells[column]):
            rest = cells.pop(column)
            if column == "quantity" and "unit" not in cells and looks_like("unit", rest):
                cells["unit"] = rest  # its figure was not read
            else:
                cells["description"] = f"{cells['description']} {rest}".strip()
    amount = _value(cells.get("amount"), style)
    description = cells["description"].strip()
    if "no" not in names and "date" not in names:
        description = re.sub(r"^\d{1,2}/\d{1,2}\s+", "", description)
    count = _COUNT.match(cells.get("quantity", ""))
    if not re.search(r"[^\W\d_]", description) or (amount is None and ("amount" in names or count is None)):
        return None
    count_of = _value(count["n"], style) if count else None
    unit = cells.get("unit") or (count["u"] if count else None) or None
    price = _value(cells.get("unit_price"), style)
    if amount is not None and (count_of is None or price is None):
        priced, many = cells.get("unit_price", ""), cells.get("quantity", "")
        both = in_one_cell(priced, amount) or in_one_cell(many, amount) or each_in_its_cell(many, priced, amount)
        if both is not None:
            count_of, unit, price = both[0], unit or both[1], both[2]
    rate = RATE.search(cells.get("tax_rate", ""))
    marked = any(REDUCED.search(cells.get(c, "")) for c in ("description", "code", "note", "tax_rate", "amount"))
    return LineItem(
        description=MARK.sub("", description).strip(),
        quantity=count_of,
        unit=unit,
        unit_price=price,
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
