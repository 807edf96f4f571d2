"""Entries handed to an accounting product: from the command line and the page, each document once."""

import csv
import html
import io
import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from domain.corrections import Correction
from domain.errors import InputError, RequestRefused
from domain.fields import CalendarDate, DocumentType, Money, Text
from domain.ids import Origin
from domain.paperwork import LedgerRef
from domain.people import Role
from domain.query import Query
from pipeline.steps.books import books, link_book
from pipeline.steps.correct import correct_document
from pipeline.steps.journal import hand_over, hand_over_file, journal_of, product_named
from tests.support.accounts import add_people, open_seats
from tests.support.commands import run_verb
from tests.support.desk import Desk
from tests.support.documents import ubl_invoice
from tests.support.faulty_store import Crash, FaultyStore


def invoice(desk, number, net, *, account="通信費"):
    document = desk.file(content=ubl_invoice(number, net=net), name=f"{number}.xml", origin=Origin.ELECTRONIC_RECEIVED)
    if account:
        base = desk.newest(document).revision
        wanted = Correction(
            base_revision=base, values={"account_title": Text(text=account)}, recorded_by="keiri", reason="科目"
        )
        correct_document(desk.shoko, document, wanted)
    return document


def digest_of(page, q, *, first):
    return page.get("/journal.json", params={"q": q, "first": first}).json()["digest"]


def tied_from(page, content, q):
    headers = {"X-CSRF-Token": page.csrf("/account")}
    form = {"product": "yayoi", "q": q}
    return page.post("/journal", data=form, files={"file": ("a.csv", content, "text/csv")}, headers=headers)


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
    assert run_verb(tmp_path, "journal", "moneyforward", file, "--link")[0] == 2  # nothing was taken in
    code, (plain,) = run_verb(tmp_path, "journal", "moneyforward", file)
    assert (code, [one["document_id"] for one in plain["entries"]]) == (0, [ready])
    assert plain["left_out"] == [{"document_id": without, "why": "not_booked"}]
    (row,) = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))
    assert (row["借方勘定科目"], row["借方金額(円)"], row["借方税額"]) == ("通信費", "1100", "100")
    assert plain["entries"][0]["tax_classes"] == [row["借方税区分"]]
    assert ready in row["仕訳メモ"]
    assert run_verb(tmp_path, "journal", "moneyforward", file)[0] == 2  # what is there stays
    assert run_verb(tmp_path, "journal", "excel", tmp_path / "x.csv")[0] == 2
    later = invoice(desk, "N-0", 3000)
    for _ in range(2):  # the file says which; the same again changes nothing
        code, (plain,) = run_verb(tmp_path, "journal", "moneyforward", file, "--link", "--by", "keiri")
        assert (code, plain["linked"], [one["number"] for one in plain["entries"]]) == (0, True, [1])
    assert [ref.number for ref in books(desk.shoko, ready).refs] == ["1"]
    assert books(desk.shoko, later).refs == ()
    code, (plain,) = run_verb(tmp_path, "journal", "freee", tmp_path / "b.csv", "--first", "2")
    assert [one["document_id"] for one in plain["entries"]] == [later]


def test_a_file_is_tied_only_as_it_would_be_made_today(desk):
    product = product_named("freee")
    made, other = invoice(desk, "N-1", 1000), invoice(desk, "N-2", 2000)
    done = journal_of(desk.shoko, [made, other], product, first=7)
    with pytest.raises(InputError):
        hand_over_file(desk.shoko, done.content, product_named("moneyforward"), by="keiri")
    for broken in (b"", b"x", done.content[:-30], b"\xff\xfe", done.content.split(b"\r\n")[0] + b"\r\n"):
        with pytest.raises((InputError, RequestRefused)):
            hand_over_file(desk.shoko, broken, product, by="keiri")
    with pytest.raises(RequestRefused):  # another number than it had
        hand_over_file(desk.shoko, done.content.replace(b",8,", b",9,"), product, by="keiri")
    twice = journal_of(desk.shoko, [other], product, first=20)
    correct_document(
        desk.shoko,
        made,
        Correction(
            base_revision=desk.newest(made).revision,
            values={"account_title": Text(text="旅費交通費")},
            recorded_by="keiri",
            reason="科目",
        ),
    )
    with pytest.raises(RequestRefused) as refused:
        hand_over_file(desk.shoko, done.content, product, by="keiri")
    assert "作り直し" in refused.value.message_ja
    assert [books(desk.shoko, one).refs for one in (made, other)] == [(), ()]
    again = journal_of(desk.shoko, [made, other], product, first=7)
    assert len(hand_over_file(desk.shoko, again.content, product, by="keiri").entries) == 2
    for lost in (twice, done):  # each document has one number, whichever file comes later
        with pytest.raises(RequestRefused):
            hand_over_file(desk.shoko, lost.content, product, by="keiri")
    with pytest.raises(RequestRefused):
        hand_over(desk.shoko, twice, product, by="keiri")
    assert [len(books(desk.shoko, one).refs) for one in (made, other)] == [1, 1]


@pytest.mark.parametrize("after", [False, True])
def test_what_broke_off_goes_on_with_the_same_file(desk, tmp_path, after):
    """Between any two steps, and whatever was filed since; the numbers are those of the file."""
    product, documents = product_named("yayoi"), [invoice(desk, "N-1", 1000), invoice(desk, "N-2", 2000)]
    for number in range(20):
        done = journal_of(desk.shoko, documents, product, first=10 * number + 1)
        store = FaultyStore(desk.shoko.store, fail_at=number, after=after)
        archive = type(desk.archive).open(desk.shoko.settings.archive_url, store, clock=desk.shoko.clock)
        try:
            hand_over_file(replace(desk.shoko, archive=archive), done.content, product, by="keiri")
            break
        except Crash:
            pass
        finally:
            archive.close()
        if number == 0:
            invoice(desk, "N-0", 500)
        if number % 2:  # as the page does
            shown = journal_of(desk.shoko, documents, product, first=10 * number + 1, file=done.digest)
            assert shown.content == done.content
            assert hand_over(desk.shoko, shown, product, by="keiri") == 2
        else:
            hand_over_file(desk.shoko, done.content, product, by="keiri")
        for place, entry in done.entries:
            (ref,) = books(desk.shoko, entry.document_id).refs
            assert ref.number == str(place)
            link_book(desk.shoko, (entry.document_id,), ref, by="keiri", ends=True)
    assert number > 2
    desk.is_sound(tmp_path)


def test_an_invoice_and_its_receipt_are_not_booked_twice_unsaid(desk):
    """In one file or in two; other sums, parties and days say nothing, nor what may not be seen."""
    texts = "INVOICE", "Issued by Aozora"
    papers = [desk.file(*texts, f"No {number}") for number in range(4)]
    kinds = [(DocumentType.INVOICE, 1100, 2), (DocumentType.RECEIPT, 1100, 20), (DocumentType.RECEIPT, 2200, 20)]
    for paper, (kind, total, day) in zip(papers, [*kinds, (DocumentType.RECEIPT, 1100, None)], strict=True):
        said = {
            "transaction_date": CalendarDate(day=date(2026, 11, day) if day else date(2025, 1, 1)),
            "total_amount": Money(amount=Decimal(total)),
            "counterparty": Text(text="株式会社青空商事"),
            "account_title": Text(text="租税公課"),
            "tax_breakdown": None,
        }
        wanted = Correction(
            base_revision=desk.newest(paper).revision,
            values=said,
            document_type=kind,
            reviewed=True,
            recorded_by="keiri",
            reason="x",
        )
        correct_document(desk.shoko, paper, wanted)
    product = product_named("yayoi")
    done = journal_of(desk.shoko, papers, product)
    doubts = {entry.document_id: "perhaps_twice" in entry.doubts for _, entry in done.entries}
    assert doubts == dict(zip(papers, (True, True, False, False), strict=True))
    hand_over(desk.shoko, journal_of(desk.shoko, papers[:1], product), product, by="keiri")
    ((_, entry),) = journal_of(desk.shoko, papers[1:2], product).entries
    assert "perhaps_twice" in entry.doubts


def test_on_the_page(desk):
    add_people(desk.shoko, keiri=(Role.ACCOUNTANT,), kansa=(Role.AUDITOR,))
    seats = open_seats(desk.shoko)
    page = seats("keiri")
    invoice(desk, "N-1", 1000)
    found = page.get("/search?words=N-1").text
    (link,) = re.findall(r'href="(/journal[^"]*)"', found)
    shown = page.get(html.unescape(link)).text
    assert "通信費" in shown
    assert "課対仕入込10%適格" in shown
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
    assert not re.search(r">doc-[0-9a-f]{32}</a>", page.get(tied).text)  # named, never by their ids
    third = invoice(desk, "N-11", 700)
    kept = page.get("/journal/file", params={"first": 3, "q": form["q"], "digest": digest_of(page, form["q"], first=3)})
    invoice(desk, "N-12", 800)  # the page would show other numbers now: the file goes on
    sent = tied_from(page, kept.content, form["q"])
    assert "1 件の書類を帳簿と関連付けました" in page.get(sent.headers["location"]).text
    assert [ref.number for ref in books(desk.shoko, third).refs] == ["3"]
    wrong = tied_from(page, b"x,y", form["q"])
    assert (wrong.status_code, "書庫で作った仕訳ファイルではありません" in wrong.text) == (422, True)
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
