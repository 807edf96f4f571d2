"""Entries handed to an accounting product: from the command line and the page, each document once."""

import csv
import html
import io
import json
import re

import pytest

from domain.corrections import Correction
from domain.fields import Text
from domain.ids import Origin
from domain.paperwork import LedgerRef
from domain.people import Role
from domain.query import Query
from pipeline.steps.books import books
from pipeline.steps.correct import correct_document
from pipeline.steps.journal import hand_over, journal_of, product_named
from tests.support.accounts import add_people, open_seats
from tests.support.commands import run_verb
from tests.support.desk import Desk
from tests.support.documents import ubl_invoice


def invoice(desk, number, net, *, account="通信費"):
    document = desk.file(content=ubl_invoice(number, net=net), name=f"{number}.xml", origin=Origin.ELECTRONIC_RECEIVED)
    if account:
        base = desk.newest(document).revision
        wanted = Correction(
            base_revision=base, values={"account_title": Text(text=account)}, recorded_by="keiri", reason="科目"
        )
        correct_document(desk.shoko, document, wanted)
    return document


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.shoko.close()


def test_each_document_is_handed_over_once_and_points_to_its_number(desk, tmp_path):
    first, second = invoice(desk, "N-1", 1000), invoice(desk, "N-2", 2000)
    product = product_named("yayoi")
    done = journal_of(desk.shoko, Query(limit=1), product, first=7)
    assert {entry.document_id: entry.total_yen for _, entry in done.entries} == {first: 1100, second: 2200}
    assert hand_over(desk.shoko, done, product, by="keiri") == 2
    numbers = {entry.document_id: number for number, entry in done.entries}
    assert books(desk.shoko, first).refs == (LedgerRef(book="弥生会計", number=str(numbers[first])),)
    again = journal_of(desk.shoko, [first, second], product)
    assert (again.entries, {one.why for one in again.left_out}) == ((), {"handed_over"})
    assert len(journal_of(desk.shoko, [first, second], product, again=True).entries) == 2
    desk.is_sound(tmp_path)


def test_on_the_command_line(desk, tmp_path, monkeypatch):
    monkeypatch.setenv("SHOKO_READING__ENGINE", "null.v1")
    ready, without = invoice(desk, "N-1", 1000), desk.file("hello", "world")
    file = tmp_path / "out.csv"
    code, (plain,) = run_verb(tmp_path, "journal", "moneyforward", file, "--link", "--by", "keiri")
    assert (code, [one["document_id"] for one in plain["entries"]]) == (0, [ready])
    assert plain["left_out"] == [{"document_id": without, "why": "not_booked"}]
    (row,) = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))
    assert (row["借方勘定科目"], row["借方金額(円)"], row["借方税額"]) == ("通信費", "1100", "100")
    assert ready in row["仕訳メモ"]
    assert run_verb(tmp_path, "journal", "moneyforward", file)[0] == 2  # what is there stays
    assert run_verb(tmp_path, "journal", "excel", tmp_path / "x.csv")[0] == 2
    code, (plain,) = run_verb(tmp_path, "journal", "freee", tmp_path / "b.csv")
    assert plain["entries"] == []


def test_on_the_page(desk):
    add_people(desk.shoko, keiri=(Role.ACCOUNTANT,), kansa=(Role.AUDITOR,))
    seats = open_seats(desk.shoko)
    page = seats("keiri")
    invoice(desk, "N-1", 1000)
    found = page.get("/search?words=N-1").text
    (link,) = re.findall(r'href="(/journal[^"]*)"', found)
    shown = page.get(html.unescape(link)).text
    assert "通信費" in shown
    (address,) = re.findall(r'href="(/journal/file[^"]*)"', shown)
    file = page.get(html.unescape(address))
    assert file.content.decode("cp932").startswith("2111,1,,2026/")
    form = dict(re.findall(r'type="hidden" name="(product|first|q|digest)" value="([^"]*)"', shown))
    form["q"] = html.unescape(form["q"])
    other = invoice(desk, "N-10", 500)  # found by the same words
    assert page.get(html.unescape(address)).status_code == 422
    assert "もう一度表示して" in page.submit("/journal", **form).text
    form["digest"] = page.get(f"/journal.json?q={form['q']}").json()["digest"]
    tied = page.submit("/journal", **form).headers["location"]
    assert "2 件の書類を帳簿と関連付けました" in page.get(tied).text
    assert "外した書類 2 件" in page.get(tied).text
    assert [ref.book for ref in books(desk.shoko, other).refs] == ["弥生会計"]
    for wrong in (
        "product=excel",
        "first=0",
        "first=x",
        "first=9999999999",
        "first=000000001" + "9" * 4500,
        "q=date_from%3Dx",
    ):
        assert page.get(f"/journal?{wrong}").status_code == 422, wrong
    assert json.loads(seats("kansa").get("/journal.json").text)["error"]["code"] == "forbidden"
