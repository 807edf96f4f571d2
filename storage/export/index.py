"""The index of a bundle: one row per document, as CSV (UTF-8 with BOM, and CP932) and XLSX, written row by row.

The UTF-8 table begins with a BOM: Excel takes a CSV without one for CP932 and shows broken characters, and every other
reader of today skips it (law: download-request, search-alternatives).
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from types import TracebackType
from typing import BinaryIO, Self, cast

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from domain.calendar import tokyo_time
from domain.evidence import TimestampToken
from domain.labels import DOCUMENT_STATES, DOCUMENT_TYPES, ORIGINS, label
from domain.record import ArchiveRecord
from domain.spreadsheets import inert
from storage.export.folder import BundleFolder

FOLDER = "data/index"

GETA = "〓"
"""What stands for a character that CP932 does not have."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CP932_TWINS = str.maketrans({"〜": "～", "−": "－", "‖": "∥", "—": "―", "¥": "￥", "–": "－"})
"""Unicode has two of some characters that CP932 has once; the other one is the same to a reader."""
_MAX_CELL = 32_000
"""Excel takes 32,767 characters."""
_NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)
_SAVED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_MAX_ROWS = 1_000_000
"""Excel takes 1,048,576; what is more goes on in a further sheet."""

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
    original_names: tuple[str, ...]
    """What those files were called when they came."""
    renditions: tuple[str, ...]
    """Paths of what was made from them for reading."""
    retain_until: date | None
    sha256: tuple[str, ...]
    stamped_at: tuple[datetime, ...]
    authorities: tuple[str, ...]
    accredited: bool
    text: str
    """Full text; for the search page, not for the tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """An original as a row names it."""

    path: str
    name: str
    """What it was called when it came."""
    sha256: str
    tokens: Sequence[TimestampToken]


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
    "保存期限",
    "原本ファイル",
    "受領時のファイル名",
    "閲覧用ファイル",
    "原本のSHA-256",
    "タイムスタンプ日時",
    "時刻認証局",
    "総務大臣認定",
)


def make_row(record: ArchiveRecord, originals: Sequence[Original], *, renditions: Sequence[str] = ()) -> Row:
    """Row of a revision with the originals of its units."""
    money = record.fields.money("total_amount")
    tokens = [token for original in originals for token in original.tokens]
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
        originals=tuple(original.path for original in originals),
        original_names=tuple(original.name for original in originals),
        renditions=tuple(renditions),
        retain_until=record.retain_until,
        sha256=tuple(original.sha256 for original in originals),
        stamped_at=tuple(token.gen_time for token in tokens),
        authorities=tuple(dict.fromkeys(token.authority for token in tokens)),
        accredited=bool(originals) and all(any(t.accredited for t in original.tokens) for original in originals),
        text=record.text,
    )


def cells(row: Row) -> tuple[Cell, ...]:
    """Values of a row, in the order of HEADINGS."""
    stamps = [tokyo_time(at) for at in row.stamped_at]
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
        row.retain_until,
        " ; ".join(row.originals),
        " ; ".join(row.original_names),
        " ; ".join(row.renditions),
        " ; ".join(row.sha256),
        " ; ".join(stamps) or "付与待ち",
        " ; ".join(row.authorities),
        ("あり" if row.accredited else "なし") if row.authorities else "",
    )


def defused(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a leading apostrophe where it would be one."""
    flat = " ".join(_CONTROLS.sub("", text).split())
    return inert(flat)


@dataclass(slots=True)
class Replaced:
    """A character that CP932 lacks."""

    times: int
    first_in: str
    """Id of the document in which it stood first."""


class IndexWriter:
    """The three tables, row by row; used as a context."""

    def __init__(self, folder: BundleFolder, *, at: datetime = _NO_TIME) -> None:
        """The files are made when the context is entered; ``at`` stands in the workbook as the time of making."""
        self._at = at
        self._folder = folder
        self._open = ExitStack()
        self._book = Workbook(write_only=True)
        self._rows_in_sheet = 0
        self._done = False
        self.replaced: dict[str, Replaced] = {}
        """By character, in order of appearance."""

    def __enter__(self) -> Self:
        self._utf8 = self._open.enter_context(self._folder.grow(f"{FOLDER}/index.csv"))
        self._cp932 = self._open.enter_context(self._folder.grow(f"{FOLDER}/index-cp932.csv"))
        self._utf8.write(BOM)
        self._lines(HEADINGS, document_id="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.abandon()
            return
        self._open.close()
        self._done = True
        if not self._book.worksheets:
            self._new_sheet()
        self._notes()
        with tempfile.NamedTemporaryFile(dir=self._folder.root.parent) as made:
            self._book.save(made)
            with self._folder.grow(f"{FOLDER}/index.xlsx") as out, zipfile.ZipFile(made) as book:
                _write_timeless(book, cast("BinaryIO", out), self._at)

    def abandon(self) -> None:
        """Let go of the files where an error ends the work; after the tables are whole it does nothing."""
        if self._done:
            return
        self._done = True
        for sheet in self._book.worksheets:
            sheet.close()
        self._open.close()

    def add(self, row: Row) -> None:
        """One document."""
        values = cells(row)
        self._lines([_text(value) for value in values], document_id=row.document_id)
        if self._rows_in_sheet == 0 or self._rows_in_sheet >= _MAX_ROWS:
            self._new_sheet()
        self._sheet.append([_cell(self._sheet, value) for value in values])
        self._rows_in_sheet += 1

    def _lines(self, values: Sequence[str], *, document_id: str) -> None:
        line = _csv_line(values)
        self._utf8.write(line.encode())
        encoded, lost = to_cp932(line)
        self._cp932.write(encoded)
        for character in lost:
            known = self.replaced.setdefault(character, Replaced(times=0, first_in=document_id))
            known.times += line.count(character)

    def _new_sheet(self) -> None:
        number = len(self._book.worksheets) + 1
        self._sheet = self._book.create_sheet("索引" if number == 1 else f"索引{number}")
        self._sheet.freeze_panes = "A2"
        for at, heading in enumerate(HEADINGS):
            self._sheet.column_dimensions[chr(ord("A") + at)].width = max(12, 2 * len(heading) + 2)
        titles = [WriteOnlyCell(self._sheet, value=heading) for heading in HEADINGS]
        for title in titles:
            title.font = Font(bold=True)
        self._sheet.append(titles)
        self._rows_in_sheet = 1

    def _notes(self) -> None:
        """What became of characters that CP932 lacks: a file, and a sheet of the workbook."""
        if not self.replaced:
            return
        lines = [
            f"index-cp932.csv では、CP932 (Shift_JIS) にない次の文字を {GETA} に置き換えました。",
            f"Characters that CP932 lacks were replaced by {GETA} in index-cp932.csv.",
            *(
                f"U+{ord(character):04X} {character} × {known.times} ({known.first_in})"
                for character, known in self.replaced.items()
            ),
        ]
        self._folder.write(f"{FOLDER}/replaced-characters.txt", "".join(f"{line}\n" for line in lines).encode())
        page = self._book.create_sheet("注記")
        for line in lines:
            page.append([_cell(page, line)])


def _write_timeless(book: zipfile.ZipFile, out: BinaryIO, at: datetime) -> None:
    """The same workbook without the moment of saving, so that an export that was interrupted comes out the same."""
    said = at.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fresh:
        for name in book.namelist():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if name == "docProps/core.xml":
                fresh.writestr(entry, _SAVED.sub(rb"\g<1>" + said, book.read(name)))
                continue
            with book.open(name) as old, fresh.open(entry, "w", force_zip64=True) as new:
                shutil.copyfileobj(old, new, 1 << 20)


def _csv_line(values: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(values)
    return out.getvalue()


BOM = b"\xef\xbb\xbf"
"""Begins every table in UTF-8, for Excel."""


def table_line(values: Sequence[str]) -> bytes:
    """One line of a further table in UTF-8, every cell safe in a spreadsheet."""
    return _csv_line([defused(value) for value in values]).encode()


def to_cp932(text: str) -> tuple[bytes, tuple[str, ...]]:
    """CP932 bytes, and the characters that became 〓 (in order of appearance, each once)."""
    text = text.translate(_CP932_TWINS)
    try:
        return text.encode("cp932"), ()
    except UnicodeEncodeError:
        lost: dict[str, None] = {}
        parts = []
        for character in text:
            try:
                parts.append(character.encode("cp932"))
            except UnicodeEncodeError:
                lost[character] = None
                parts.append(GETA.encode("cp932"))
        return b"".join(parts), tuple(lost)


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
