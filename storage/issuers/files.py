"""The published files of the register in their documented format: 24 columns, as CSV, XML or JSON, zipped or not.

CSV has no heading; XML has one element per column inside one element per entry; JSON has ``announcement``, a list of
objects. The names of the columns are the same in all of them (resource definition of the Web-API, version 1).
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import IO

from lxml import etree

from domain.errors import InputError
from domain.issuers import IssuerRecord
from domain.text import nfkc

COLUMNS = (
    "sequenceNumber", "registratedNumber", "process", "correct", "kind", "country", "latest", "registrationDate",
    "updateDate", "disposalDate", "expireDate", "address", "addressPrefectureCode", "addressCityCode",
    "addressRequest", "addressRequestPrefectureCode", "addressRequestCityCode", "kana", "name", "addressInside",
    "addressInsidePrefectureCode", "addressInsideCityCode", "tradeName", "popularName_previousName",
)  # fmt: skip
"""As documented; ``registratedNumber`` is spelled so there."""
DELETED = "99"
"""``process`` of an entry that was taken back."""
CORPORATION = "2"
"""``kind``."""
MAX_TREE_BYTES = 400_000_000
"""XML and JSON are read whole; a published part of 100,000 entries has some 100 MB. CSV is read line by line."""
MAX_UNPACKED_BYTES = 20_000_000_000
"""All members of one archive together; the whole register as CSV is about 2 GB."""

Change = IssuerRecord | str
"""A record, or the number of an entry that was taken back."""


def read_files(path: Path) -> Iterator[Change]:
    """Entries of a published file (zip, CSV, XML or JSON), in its order.

    Raises:
        InputError: not such a file; the message names the member and the line.
    """
    try:
        if not zipfile.is_zipfile(path):
            with path.open("rb") as stream:
                yield from _read(stream, path.name, path.stat().st_size)
            return
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if _suffix(m.filename) in {"csv", "xml", "json"}]
            if not members:
                raise _broken(path.name, "CSV・XML・JSON のファイルが入っていません")
            if sum(m.file_size for m in members) > MAX_UNPACKED_BYTES:
                raise _broken(path.name, "展開後の大きさが上限を超えています")
            for member in members:
                with archive.open(member) as stream:
                    yield from _read(stream, member.filename, member.file_size)
    except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise _broken(path.name, "ファイルを読めません（壊れているか、途中で切れています）") from error


def _suffix(name: str) -> str:
    return name.rpartition(".")[2].casefold()


def _read(stream: IO[bytes], name: str, size_bytes: int) -> Iterator[Change]:
    if _suffix(name) == "csv":
        yield from _csv(stream, name)
        return
    if size_bytes > MAX_TREE_BYTES:
        raise _broken(name, "ファイルが大きすぎます。CSV 形式を使ってください")
    content = stream.read(MAX_TREE_BYTES + 1)
    if len(content) > MAX_TREE_BYTES:
        raise _broken(name, "ファイルが大きすぎます。CSV 形式を使ってください")
    rows = _xml(content, name) if _suffix(name) == "xml" else _json(content, name)
    for number, row in enumerate(rows, 1):
        yield change_of(row, f"{name} の {number} 件目")


def _csv(stream: IO[bytes], name: str) -> Iterator[Change]:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    reader = csv.reader(text, strict=True)
    try:
        for cells in reader:
            place = f"{name} {reader.line_num}行目"
            if reader.line_num == 1 and len(cells) in {3, 4, 5}:
                continue  # the Web-API puts date and counts into the first line; the published files do not
            if len(cells) != len(COLUMNS):
                raise _broken(place, f"{len(COLUMNS)} 列のはずが {len(cells)} 列です")
            yield change_of(dict(zip(COLUMNS, cells, strict=True)), place)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _broken(f"{name} {reader.line_num + 1}行目", "CSV として読めません（文字コードは UTF-8）") from error
    finally:
        text.detach()


def _xml(content: bytes, name: str) -> Iterator[Mapping[str, str]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _broken(name, "XML として読めません") from error
    for number in root.iter("{*}registratedNumber"):
        entry = number.getparent()
        if entry is not None:
            yield {etree.QName(cell).localname: cell.text or "" for cell in entry if isinstance(cell.tag, str)}


def _json(content: bytes, name: str) -> Iterator[Mapping[str, str]]:
    try:
        plain = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _broken(name, "JSON として読めません") from error
    yield from announcements(plain, name)


def announcements(plain: object, name: str) -> Iterator[Mapping[str, str]]:
    """Entries of a JSON answer or file.

    Raises:
        InputError: it has no list ``announcement``.
    """
    found = plain.get("announcement") if isinstance(plain, dict) else plain
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise _broken(name, "announcement がありません")
    for row in found:
        yield {str(key): "" if value is None else str(value) for key, value in row.items()}


def change_of(row: Mapping[str, str], place: str) -> Change:
    """An entry as a record.

    Raises:
        InputError: a number or a day is not one.
    """
    number = row.get("registratedNumber", "").strip()
    if len(number) != 14 or number[0] != "T" or not (number[1:].isascii() and number[1:].isdigit()):
        raise _broken(place, "registratedNumber が登録番号ではありません")
    if row.get("process", "").strip() == DELETED:
        return number
    registered = _day(row, "registrationDate", place)
    if registered is None:
        raise _broken(place, "registrationDate が空です")
    return IssuerRecord(
        number=number,
        name=_text(row, "name"),
        trade_name=_text(row, "tradeName"),
        former_name=_text(row, "popularName_previousName"),
        corporation=row.get("kind", "").strip() == CORPORATION,
        registered_on=registered,
        updated_on=_day(row, "updateDate", place) or registered,
        disposed_on=_day(row, "disposalDate", place),
        expired_on=_day(row, "expireDate", place),
    )


def _text(row: Mapping[str, str], name: str) -> str:
    return " ".join(nfkc(row.get(name, "")).split())[:300]


def _day(row: Mapping[str, str], name: str, place: str) -> date | None:
    text = row.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _broken(place, f"{name} が日付（2026-11-21 の形）ではありません") from error


def _broken(place: str, what: str) -> InputError:
    return InputError(f"{place}: not a published file of the register", message_ja=f"{place}: {what}")
