"""The index of a bundle: one row per document, as CSV (UTF-8 with BOM, and CP932) and XLSX."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from domain.calendar import TOKYO
from domain.evidence import TimestampToken
from domain.labels import DOCUMENT_STATES, DOCUMENT_TYPES, ORIGINS, label
from domain.record import ArchiveRecord

GETA = "〓"
"""What stands for a character that CP932 does not have."""
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CP932_TWINS = str.maketrans({"〜": "～", "−": "－", "‖": "∥", "—": "―", "¥": "￥", "–": "－"})
"""Unicode has two of some characters that CP932 has once; the other one is the same to a reader."""
_MAX_CELL = 32_000
"""Excel takes 32,767 characters."""

Cell = str | Decimal | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One document, as its newest revision has it."""

    document_id: str
    revision: int
    document_type: str
    state: str
    transaction_date: date | None
    total_amount: Decimal | None
    currency: str | None
    counterparty: str | None
    registration_number: str | None
    document_number: str | None
    received_on: date
    received_on_assumed: bool
    origin: str
    originals: tuple[str, ...]
    """Paths inside the bundle."""
    sha256: tuple[str, ...]
    stamped_at: tuple[datetime, ...]
    authorities: tuple[str, ...]
    accredited: bool
    text: str
    """Full text; for the search page, not for the tables."""


HEADINGS = (
    "書類ID",
    "版",
    "書類の種類",
    "状態",
    "取引年月日",
    "取引金額",
    "通貨",
    "取引先",
    "登録番号",
    "書類番号",
    "受領日",
    "受領日の確からしさ",
    "受領方法",
    "原本ファイル",
    "原本のSHA-256",
    "タイムスタンプ日時",
    "時刻認証局",
    "総務大臣認定",
)


def make_row(record: ArchiveRecord, originals: Sequence[tuple[str, str, Sequence[TimestampToken]]]) -> Row:
    """Row of a revision; ``originals`` are (path, SHA-256, tokens) of its units."""
    money = record.fields.money("total_amount")
    tokens = [token for _, _, found in originals for token in found]
    return Row(
        document_id=record.document_id,
        revision=record.revision,
        document_type=label(DOCUMENT_TYPES[record.classification.label]),
        state=label(DOCUMENT_STATES[record.state]),
        transaction_date=record.fields.day("transaction_date"),
        total_amount=money.amount if money else None,
        currency=money.currency if money else None,
        counterparty=record.fields.text("counterparty"),
        registration_number=record.fields.text("registration_number"),
        document_number=record.fields.text("document_number"),
        received_on=record.received_on,
        received_on_assumed=record.received_on_assumed,
        origin=label(ORIGINS[record.origin]),
        originals=tuple(path for path, _, _ in originals),
        sha256=tuple(digest for _, digest, _ in originals),
        stamped_at=tuple(token.gen_time for token in tokens),
        authorities=tuple(dict.fromkeys(token.authority for token in tokens)),
        accredited=bool(originals) and all(any(t.accredited for t in found) for _, _, found in originals),
        text=record.text,
    )


def cells(row: Row) -> tuple[Cell, ...]:
    """Values of a row, in the order of HEADINGS."""
    stamps = [at.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S JST") for at in row.stamped_at]
    return (
        row.document_id,
        Decimal(row.revision),
        row.document_type,
        row.state,
        row.transaction_date,
        row.total_amount,
        row.currency,
        row.counterparty,
        row.registration_number,
        row.document_number,
        row.received_on,
        "仮（未確認）" if row.received_on_assumed else "確認済み",
        row.origin,
        " ; ".join(row.originals),
        " ; ".join(row.sha256),
        " ; ".join(stamps) or "付与待ち",
        " ; ".join(row.authorities),
        ("あり" if row.accredited else "なし") if row.authorities else "",
    )


def defused(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a leading apostrophe where it would be one."""
    flat = " ".join(_CONTROLS.sub("", text).split())
    starts = flat.startswith(_FORMULA_STARTS) or text.startswith(_FORMULA_STARTS)
    return f"'{flat}" if starts and not _PLAIN_NUMBER.fullmatch(flat) else flat


def to_csv(rows: Iterable[Row]) -> str:
    """The table as CSV text with CRLF line ends."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for row in rows:
        writer.writerow([_text(cell) for cell in cells(row)])
    return out.getvalue()


def to_cp932(text: str) -> tuple[bytes, tuple[str, ...]]:
    """CP932 bytes, and the characters that became 〓 (in order of appearance, each once)."""
    lost: dict[str, None] = {}
    parts = []
    for character in text.translate(_CP932_TWINS):
        try:
            parts.append(character.encode("cp932"))
        except UnicodeEncodeError:
            lost[character] = None
            parts.append(GETA.encode("cp932"))
    return b"".join(parts), tuple(lost)


def to_xlsx(rows: Iterable[Row], *, notes: Sequence[str] = ()) -> bytes:
    """The table as a workbook; text is text, whatever it begins with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("索引")
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(HEADINGS):
        sheet.column_dimensions[chr(ord("A") + number)].width = max(12, 2 * len(heading) + 2)
    titles = [WriteOnlyCell(sheet, value=heading) for heading in HEADINGS]
    for title in titles:
        title.font = Font(bold=True)
    sheet.append(titles)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in cells(row)])
    if notes:
        page = book.create_sheet("注記")
        for note in notes:
            page.append([_cell(page, note)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: object, value: Cell) -> SheetCell | None:
    if value is None:
        return None
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=defused(value)[:_MAX_CELL])  # type: ignore[arg-type]  # a write-only sheet
        cell.data_type = "s"
        return cell
    cell = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]  # a write-only sheet
    cell.number_format = "yyyy-mm-dd" if isinstance(value, date) else "#,##0.######" if value % 1 else "#,##0"
    return cell


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return defused(cell)
        case Decimal():
            return f"{cell:f}"
        case _:
            return cell.isoformat()
