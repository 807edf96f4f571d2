"""Files as accounting products take them in: columns, encoding and names of tax classes of each.

The columns are those of the vendors' support pages as read in November 2026. A tax class that a product's page does
not name is not guessed: the document is left out and said so, and a name can be given in the settings.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from unicodedata import east_asian_width

from domain.errors import InputError
from domain.ids import Digest
from domain.journal import Entry, EntryLine, LeftOut, Side
from domain.numbers import whole_in
from domain.spreadsheets import inert
from domain.suggestion import DeductionClass, TaxKind
from pipeline.journal.making import UNTAXED
from storage.export.index import BOM, to_cp932

_RATES = {(TaxKind.STANDARD, 10): "standard-10", (TaxKind.REDUCED, 8): "reduced-8"}
_FULL = frozenset({DeductionClass.QUALIFIED, DeductionClass.BOOK_ONLY})
_SHARES = (80, 70, 50, 30)
"""Percent that are or will be deductible of purchases without a number (law: inv-transition)."""
_ID = re.compile(r"書庫 (doc-[0-9a-z]+)$")
"""How an entry names its document, at the end of a cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """How one product takes entries in."""

    name: str
    book: str
    """As the tie to the books calls it."""
    header: tuple[str, ...]
    """Empty where the file has none."""
    encoding: str
    """``cp932`` or ``utf-8-sig``."""
    rows: Callable[[Entry, int, Classes], Iterable[Sequence[str]]]
    """Lines of an entry, with its number."""
    number_at: int
    """The column of the number."""
    most_digits: int
    reversals: bool = True
    """Whether credit notes can be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file, and what it holds."""

    content: bytes
    entries: tuple[tuple[int, Entry], ...]
    """With their numbers."""
    left_out: tuple[LeftOut, ...]
    tax_classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By document, for each line of its entry: the name of its tax class in the file."""

    @property
    def digest(self) -> str:
        """SHA-256 of the file, hexadecimal."""
        return Digest.of(self.content).value


Classes = Callable[[Side, EntryLine], str]


def written(
    product: Product, made: Iterable[Entry | LeftOut], *, first: int = 1, names: Mapping[str, str] | None = None
) -> Written:
    """The file of some entries, numbered from ``first``.

    Args:
        product: one of ``PRODUCTS``.
        made: entries, and documents without one.
        first: number of the first entry.
        names: names of tax classes that differ from the product's own (``JournalSettings.tax_classes``).
    """
    out, numbered, left = io.StringIO(), list[tuple[int, Entry]](), list[LeftOut]()
    names_of: dict[str, tuple[str, ...]] = {}
    writer = csv.writer(out, lineterminator="\r\n")
    chunks = [BOM] if product.encoding == "utf-8-sig" else []
    if product.header:
        writer.writerow(product.header)
    classes = _classes_of(product, names or {})
    for one in made:
        why = one.why if isinstance(one, LeftOut) else _unsayable(product, one, classes)
        if isinstance(one, LeftOut) or why is not None:
            left.append(LeftOut(document_id=one.document_id, why=why or ""))
            continue
        number = first + len(numbered)
        writer.writerows([_harmless(cell) for cell in row] for row in product.rows(one, number, classes))
        text = out.getvalue()
        out.seek(0)
        out.truncate()
        content, lost = to_cp932(text) if product.encoding == "cp932" else (text.encode(), ())
        chunks.append(content)
        names_of[one.document_id] = tuple(classes(one.side, line) for line in one.lines)
        numbered.append((number, replace(one, doubts=(*one.doubts, "letters_lost")) if lost else one))
    chunks.append(out.getvalue().encode("cp932" if product.encoding == "cp932" else "utf-8"))
    return Written(content=b"".join(chunks), entries=tuple(numbered), left_out=tuple(left), tax_classes=names_of)


def read_back(product: Product, content: bytes) -> tuple[int, tuple[str, ...]]:
    """The first number of a file that ``written`` made, and the documents in it.

    Raises:
        InputError: it is no such file.
    """
    try:
        text = content.decode(product.encoding)
        rows = list(csv.reader(io.StringIO(text, newline="")))[bool(product.header) :]
        first = whole_in(rows[0][product.number_at])
        ids = dict.fromkeys([_document_in(row) for row in rows])
    except (ValueError, IndexError, csv.Error) as error:
        raise _not_ours() from error
    if first is None:
        raise _not_ours()
    return first, tuple(ids)


def _document_in(row: Sequence[str]) -> str:
    """The document of a row; names that look alike stand before it."""
    return [found[1] for cell in row if (found := _ID.search(cell))][-1]


def _not_ours() -> InputError:
    return InputError(
        "not a file of entries that was made here",
        message_ja="書庫で作った仕訳ファイルではありません。会計ソフトの指定と、ファイルを確かめてください",
    )


def _unsayable(product: Product, entry: Entry, classes: Classes) -> str | None:
    if entry.reversed and not product.reversals:
        return "reversal"
    if len(str(entry.total_yen)) > product.most_digits:
        return "too_large"
    try:
        for line in entry.lines:
            classes(entry.side, line)
    except KeyError:
        return "no_tax_label"
    return None


def _classes_of(product: Product, names: Mapping[str, str]) -> Classes:
    known = _TAX_CLASSES[product.name] | {
        key.partition(".")[2]: name for key, name in names.items() if key.partition(".")[0] == product.name
    }
    return lambda side, line: known[tax_class_key(side, line)]


def tax_class_key(side: Side, line: EntryLine) -> str:
    """What a tax class is called in ``JournalSettings.tax_classes``, after the product's name.

    Raises:
        KeyError: there is no such class.
    """
    if line.tax in UNTAXED:
        return f"{side.value}.{line.tax.value}"
    rate = _RATES[line.tax, int(line.percent or 0)]
    if side is Side.SALE or line.deduction in _FULL:
        return f"{side.value}.{rate}"
    if line.deduction is DeductionClass.TRANSITIONAL:
        return f"{side.value}.{rate}-{line.deductible_percent}"
    return f"{side.value}.{rate}-{line.deduction.value}"


def _names(
    standard: str, reduced: str, sales: tuple[str, str], share: Callable[[str, str, int], str]
) -> dict[str, str]:
    """Names of a product: purchases in full, a share of them, sales."""
    return {
        "purchase.standard-10": standard,
        "purchase.reduced-8": reduced,
        **{f"purchase.standard-10-{percent}": share(standard, "10%", percent) for percent in _SHARES},
        **{f"purchase.reduced-8-{percent}": share(reduced, "8%", percent) for percent in _SHARES},
        "sale.standard-10": sales[0],
        "sale.reduced-8": sales[1],
        "purchase.outside": "対象外",
        "sale.outside": "対象外",
    }


_TAX_CLASSES = {
    "yayoi": _names(
        "課対仕入込10%適格",
        "課対仕入込軽減8%適格",
        ("課税売上込10%", "課税売上込軽減8%"),
        lambda name, _, percent: f"{name.removesuffix('適格')}区分{percent}%",
    ),
    "freee": _names(
        "課対仕入10%",
        "課対仕入8%（軽）",
        ("課税売上10%", "課税売上8%（軽）"),
        lambda name, _, percent: name.replace("課対仕入", f"課対仕入（控{percent}）"),
    ),
    "moneyforward": _names(
        "課税仕入 10%",
        "課税仕入 (軽)8%",
        ("課税売上 10%", "課税売上 (軽)8%"),
        lambda name, _, __: name,  # the share stands in a column of its own
    ),
}


def _yayoi(entry: Entry, number: int, classes: Classes) -> Iterator[Sequence[str]]:
    day, last = f"{entry.on:%Y/%m/%d}", len(entry.lines) - 1
    for place, line in enumerate(entry.lines):
        flag = "2111" if last == 0 else "2110" if place == 0 else "2101" if place == last else "2100"
        ours = (entry.account, "", "", classes(entry.side, line), str(line.gross_yen), _text(line.tax_yen))
        theirs = (entry.counter, "", "", "対象外", str(line.gross_yen), "")
        debit, credit = (ours, theirs) if entry.debits else (theirs, ours)
        # 摘要: 32 full-width characters on the desktop
        words = (_cut(entry.summary, 64), "", "", "0", "", f"書庫 {entry.document_id}", "0", "0", "no")
        yield (flag, str(number), "", day, *debit, *credit, *words)


def _freee(entry: Entry, number: int, classes: Classes) -> Iterator[Sequence[str]]:
    kind = "支出" if entry.side is Side.PURCHASE else "収入"
    for place, line in enumerate(entry.lines):
        first = place == 0
        settled = (
            (f"{entry.on:%Y/%m/%d}", entry.counter, str(entry.total_yen)) if entry.paid and first else ("", "", "")
        )
        yield (
            *((kind, str(number), f"{entry.on:%Y/%m/%d}") if first else ("", "", "")),
            f"{entry.due_on:%Y/%m/%d}" if first and entry.due_on and not entry.paid else "",
            *(("", entry.counterparty) if first else ("", "")),
            *(entry.account, classes(entry.side, line), str(line.gross_yen), "内税", _text(line.tax_yen)),
            f"{entry.summary} 書庫 {entry.document_id}",
            *("", "", "", "", "", ""),
            *settled,
        )


_SHARE_COLUMN = {DeductionClass.QUALIFIED: "適格", DeductionClass.BOOK_ONLY: "適格"}


def _moneyforward(entry: Entry, number: int, classes: Classes) -> Iterator[Sequence[str]]:
    for line in entry.lines:
        share = _SHARE_COLUMN.get(line.deduction, "")
        if line.deduction is DeductionClass.TRANSITIONAL:
            share = f"{line.deductible_percent}%控除"
        tax = classes(entry.side, line)
        ours = (entry.account, "", "", entry.counterparty, tax, share, str(line.gross_yen), _text(line.tax_yen))
        theirs = (entry.counter, "", "", entry.counterparty, "対象外", "", str(line.gross_yen), "")
        debit, credit = (ours, theirs) if entry.debits else (theirs, ours)
        words = (entry.summary[:200], f"書庫 {entry.document_id}", *("", "", "", "", "", "", ""))
        yield (str(number), f"{entry.on:%Y/%m/%d}", *debit, *credit, *words)


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _cut(text: str, columns: int) -> str:
    """As many characters as fit into half-width columns."""
    used = 0
    for place, character in enumerate(text):
        used += 2 if east_asian_width(character) in "FWA" else 1
        if used > columns:
            return text[:place]
    return text


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; on one line."""
    return inert(" ".join(cell.split()))


_FREEE_COLUMNS = (
    *("収支区分", "管理番号", "発生日", "決済期日", "取引先コード", "取引先", "勘定科目", "税区分", "金額"),
    *("税計算区分", "税額", "備考", "品目", "部門", "メモタグ（複数指定可、カンマ区切り）"),
    *("セグメント1", "セグメント2", "セグメント3", "決済日", "決済口座", "決済金額"),
)
_MONEYFORWARD_COLUMNS = (
    *("取引No", "取引日"),
    *(
        "借方勘定科目",
        "借方補助科目",
        "借方部門",
        "借方取引先",
        "借方税区分",
        "借方インボイス",
        "借方金額(円)",
        "借方税額",
    ),
    *(
        "貸方勘定科目",
        "貸方補助科目",
        "貸方部門",
        "貸方取引先",
        "貸方税区分",
        "貸方インボイス",
        "貸方金額(円)",
        "貸方税額",
    ),
    *("摘要", "仕訳メモ", "タグ", "MF仕訳タイプ", "決算整理仕訳", "作成日時", "作成者", "最終更新日時", "最終更新者"),
)
PRODUCTS: dict[str, Product] = {
    one.name: one
    for one in (
        Product(name="yayoi", book="弥生会計", header=(), encoding="cp932", rows=_yayoi, number_at=1, most_digits=9),
        Product(
            name="freee",
            book="freee会計",
            header=_FREEE_COLUMNS,
            encoding="utf-8-sig",
            rows=_freee,
            number_at=1,
            most_digits=12,
            reversals=False,
        ),
        Product(
            name="moneyforward",
            book="マネーフォワード クラウド会計",
            header=_MONEYFORWARD_COLUMNS,
            encoding="utf-8-sig",
            rows=_moneyforward,
            number_at=0,
            most_digits=12,
        ),
    )
}
"""By name."""
