import csv
import io
import json
import zipfile
from datetime import date

import pytest

from domain.errors import InputError
from domain.issuers import IssuerStanding
from storage.issuers import files
from storage.issuers.files import COLUMNS, read_files
from tests.services.issuers import entry

SORA, MIDORI = "T7010705000725", "T4011001098993"
ROWS = (
    entry(SORA, "株式会社　青空商事", disposed="2026-04-01", tradeName="スーパー青空"),
    entry(MIDORI, "", kind="1", process="02"),
    entry("T1000020012131", "苫小牧市", process="99"),
)


def as_csv(rows, *, head=()):
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([*head, *([row[c] for c in COLUMNS] for row in rows)])
    return out.getvalue().encode()


def as_xml(rows):
    cells = "".join(
        "<entry>" + "".join(f"<{name}>{text}</{name}>" for name, text in row.items()) + "</entry>" for row in rows
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><list><count>{len(rows)}</count>{cells}</list>'.encode()


def as_json(rows):
    return json.dumps({"count": str(len(rows)), "announcement": list(rows)}).encode()


@pytest.mark.parametrize(("suffix", "write"), [("csv", as_csv), ("xml", as_xml), ("json", as_json)])
@pytest.mark.parametrize("zipped", [False, True])
def test_every_form_says_the_same(tmp_path, suffix, write, zipped):
    path = tmp_path / f"20261120.{'zip' if zipped else suffix}"
    if zipped:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"20261120.{suffix}", write(ROWS))
            archive.writestr(f"20261120.{suffix}.asc", b"signature")
    else:
        path.write_bytes(write(ROWS))
    first, second, gone = read_files(path)
    assert (first.name, first.trade_name, first.corporation) == ("株式会社 青空商事", "スーパー青空", True)
    assert first.names == ("株式会社 青空商事", "スーパー青空")
    assert (first.registered_on, first.disposed_on) == (date(2023, 10, 1), date(2026, 4, 1))
    assert (second.number, second.names, second.corporation) == (MIDORI, (), False)
    assert gone == "T1000020012131"


def test_the_first_line_of_the_web_interface_is_no_entry(tmp_path):
    path = tmp_path / "num.csv"
    path.write_bytes(as_csv(ROWS[:1], head=[["2026-11-20", "1", "1", "1"]]))
    assert len(list(read_files(path))) == 1


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2023, 9, 30), IssuerStanding.NOT_YET),
        (date(2023, 10, 1), IssuerStanding.VALID),
        (date(2026, 3, 31), IssuerStanding.VALID),
        (date(2026, 4, 1), IssuerStanding.ENDED),
    ],
)
def test_standing_on_a_day(tmp_path, day, standing):
    path = tmp_path / "a.csv"
    path.write_bytes(as_csv(ROWS[:1]))
    assert next(read_files(path)).standing(day) is standing


ENTITY = b'<!DOCTYPE a [<!ENTITY x "T7010705000725">]><a><b><registratedNumber>&x;</registratedNumber></b></a>'


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"1,2,3\r\n1,2\r\n", ("a.csv 2行目", "24 列")),
        ("a.csv", as_csv([entry("1234")]), ("1行目", "registratedNumber")),
        ("a.csv", as_csv([entry(SORA, since="2023/10/01")]), ("registrationDate", "日付")),
        ("a.csv", as_csv([entry(SORA, since="")]), ("registrationDate", "空")),
        ("a.csv", "株".encode("cp932") * 3, ("文字コード",)),
        ("a.xml", b"<list><entry>", ("XML",)),
        ("a.xml", ENTITY, ("registratedNumber",)),
        ("a.json", b"{}", ("announcement",)),
        ("a.json", b"[" * 100_000, ("JSON",)),
        ("a.zip", b"PK\x03\x04 broken", ("JSON",)),
    ],
)  # fmt: skip
def test_what_is_not_a_published_file_is_refused(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        list(read_files(path))
    assert all(word in caught.value.message_ja for word in words), caught.value.message_ja


def test_archives_are_limited(tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", as_csv(ROWS))
    monkeypatch.setattr(files, "MAX_UNPACKED_BYTES", 100)
    with pytest.raises(InputError, match="published"):
        list(read_files(path))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(InputError, match="published"):
        list(read_files(path))
    with pytest.raises(InputError, match="published"):
        list(read_files(tmp_path / "missing.csv"))
