"""Papers and books: what people say becomes facts of the law, and papers go only when they may."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pikepdf
import pytest
from PIL import Image

from compliance.facts import LedgerRelation, StampDuty
from domain.acts import ActKind
from domain.calendar import tokyo_day
from domain.compliance import PaperState, Verdict
from domain.errors import CorrectionInvalid, ObjectMissing, PaperMustStay
from domain.evidence import Outcome
from domain.ids import Origin
from domain.paperwork import LedgerRef
from domain.query import Query
from domain.record import DocumentState
from domain.requests import RequestKind
from pipeline.steps.books import books, link_book, say_no_book
from pipeline.steps.compliance import facts_of, standing_of
from pipeline.steps.paper import (
    check_sameness,
    discard_paper,
    keep_paper,
    paper_row,
    papers,
    say_printout,
    say_stamp_duty,
)
from pipeline.steps.requests import ask, decide
from pipeline.steps.rescan import note_defect, rescan
from pipeline.steps.searchable import searchable_document
from pipeline.steps.verify import anchors_from, publish, verify_documents
from storage.search import search
from tests.support.commands import run_verb
from tests.support.desk import Desk
from tests.support.pictures import page_picture
from tests.support.records import Ticking, make_token

DAY = date(2026, 11, 9)
NOTE = LedgerRef(book="仕訳帳", number="1204-7")


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path, clock=Ticking(datetime(2026, 11, 12, 3, tzinfo=UTC)))
    # A trust list on which the authority of the tests' tokens stands.
    desk.archive._accredits = lambda _: True
    yield desk
    desk.shoko.close()


def stamp(desk, document_id, *, at=datetime(2026, 11, 10, 3, tzinfo=UTC)):
    for unit in desk.archive.unit_of_document(document_id):
        token = replace(make_token(unit.blob.digest), gen_time=at, accredited=True)
        desk.archive.record_timestamp(unit.unit_id, token)


def lines(row):
    return {line.rule for line in row.answer.reasons}


def good(desk, *words, **more):
    """A paper that only lacks what people say: stamped in time, its picture judged good."""
    document_id = desk.file(*words, **({"day": DAY} | more))
    stamp(desk, document_id)
    return document_id


def test_a_paper_goes_when_a_person_found_it_the_same_and_nothing_keeps_it(desk, tmp_path):
    document_id = good(desk, "INVOICE")
    before = paper_row(desk.shoko, document_id)
    assert before.answer.state is PaperState.MUST_STAY
    assert "scan-paper-disposal" in lines(before)
    with pytest.raises(PaperMustStay):
        discard_paper(desk.shoko, [document_id], by="sato")
    (checked,) = check_sameness(desk.shoko, [document_id], same=True, by="sato", note="折れなし")
    ((unit_id, paper),) = checked.papers
    assert (paper.same, paper.checked_by, paper.checked_on) == (True, "sato", tokyo_day(desk.shoko.clock()))
    assert "scan-paper-disposal" not in lines(checked)
    (act,) = desk.archive.acts(unit_id)
    assert (act.personal, act.about) == ({"reason": "折れなし"}, (document_id, unit_id))
    size = desk.archive.log_size()
    assert check_sameness(desk.shoko, [document_id], same=True, by="sato", note="折れなし") == (checked,)
    assert desk.archive.log_size() == size
    # a picture of a text PDF has no resolution to be judged; a scan's check stands in the record
    assert lines(checked) <= {"scan-resolution-tone"}
    desk.is_sound(tmp_path)


def test_papers_that_may_go_are_discarded_once(desk):
    one, two = (good(desk, content=page_picture(shade, "PNG"), name=f"{shade}.png") for shade in (250, 251))
    check_sameness(desk.shoko, [one, two], same=True, by="sato")
    assert [row.record.document_id for row in papers(desk.shoko, state=PaperState.MAY_GO)] == [one, two]
    say_stamp_duty(desk.shoko, [two], said=StampDuty.REFUND, by="sato")
    with pytest.raises(PaperMustStay):
        discard_paper(desk.shoko, [one, two], by="sato")
    assert not paper_row(desk.shoko, one).discarded  # refused for all
    say_stamp_duty(desk.shoko, [two], said=StampDuty.AFFIXED, by="sato")
    for _ in range(2):
        assert all(row.discarded for row in discard_paper(desk.shoko, [one, two], by="sato"))
    kinds = [act.kind for act in desk.archive.acts_of_kinds(ActKind.PAPER_DISCARDED)]
    assert len(kinds) == 1
    assert list(papers(desk.shoko)) == []
    assert [row.record.document_id for row in papers(desk.shoko, discarded=True)] == [one, two]


def test_what_differs_is_scanned_again_in_its_own_time(desk):
    bad = good(desk, "INVOICE 1")
    check_sameness(desk.shoko, [bad], same=False, by="sato", note="右端が切れている")
    note_defect(desk.shoko, bad, found_on=date(2026, 11, 12), by="sato", reason="右端が切れている")
    assert {"scan-paper-disposal", "scan-rescan-defect"} <= lines(paper_row(desk.shoko, bad))
    new = desk.file("INVOICE 1 whole", day=DAY)
    stamp(desk, new, at=datetime(2026, 11, 13, 3, tzinfo=UTC))
    record = rescan(desk.shoko, bad, new, found_on=date(2026, 11, 12), by="sato", reason="右端が切れている")
    facts = facts_of(desk.shoko, record)
    assert facts.stamped_on == date(2026, 11, 10)  # in time by the first scan
    assert (facts.defect.found_on, facts.defect.rescan_stamped_on) == (date(2026, 11, 12), date(2026, 11, 13))
    assert facts.sameness is None  # the new picture is another
    row = paper_row(desk.shoko, bad)
    assert "scan-rescan-defect" not in lines(row)
    assert "scan-paper-disposal" in lines(row)


def test_places_and_marks(desk):
    document_id = good(desk, "INVOICE")
    (row,) = keep_paper(desk.shoko, [document_id], place=" 棚3 ", by="sato")
    assert [paper.place for _, paper in row.papers] == ["棚3"]
    assert facts_of(desk.shoko, row.record).paper_kept_at == "棚3"
    (row,) = say_stamp_duty(desk.shoko, [document_id], said=StampDuty.NOT_AFFIXED, by="sato")
    assert "stamp-duty" in lines(row)
    asked = ask(desk.shoko, RequestKind.DELETION, [document_id], by="sato", reason="二重")
    assert facts_of(desk.shoko, row.record).open_applications == 1
    decide(desk.shoko, asked.request_id, approve=False, by="tanaka")
    assert facts_of(desk.shoko, row.record).open_applications == 0


def test_a_printout_of_data_is_no_scan_until_that_is_taken_back(desk):
    document_id = good(desk, "INVOICE")

    def regime():
        status = standing_of(desk.shoko, desk.newest(document_id)).status
        return [one.verdict for one in status.lines if one.rule == "regime-split"]

    before = regime()
    for _ in range(2):
        say_printout(desk.shoko, [document_id], by="sato")
    assert Verdict.NOT in regime()
    say_printout(desk.shoko, [document_id], by="sato", ends=True)
    assert regime() == before
    assert len(desk.archive.acts_of_kinds(ActKind.PRINTOUT_SAID)) == 2


def test_what_has_no_paper_is_refused_for_all(desk):
    paper, data = desk.file("1"), desk.file("2", origin=Origin.ELECTRONIC_RECEIVED)
    for act in (
        lambda ids: check_sameness(desk.shoko, ids, same=True, by="sato"),
        lambda ids: keep_paper(desk.shoko, ids, place="棚", by="sato"),
        lambda ids: say_stamp_duty(desk.shoko, ids, said=StampDuty.NONE, by="sato"),
    ):
        with pytest.raises(CorrectionInvalid):
            act([paper, data])
        with pytest.raises(ObjectMissing):
            act([paper, "doc-none"])
    with pytest.raises(CorrectionInvalid):
        keep_paper(desk.shoko, [paper], place=" ", by="sato")
    assert desk.archive.acts(paper) == ()
    assert [row.record.document_id for row in papers(desk.shoko)] == [paper]


def test_a_document_is_found_by_its_number_in_the_books_and_by_a_number_given_anew(desk, tmp_path):
    one, two = desk.file("INVOICE 1"), desk.file("INVOICE 2")
    assert facts_of(desk.shoko, desk.newest(one)).ledger is LedgerRelation.OPEN

    def found(words):
        return {hit.document_id for hit in search(desk.archive, Query(words=(words,))).hits}

    for _ in range(2):
        link_book(desk.shoko, [one, two], NOTE, by="sato")
    assert desk.archive.acts_of_kinds(ActKind.LEDGER_LINKED)[0].personal == {"book": "仕訳帳", "number": "1204-7"}
    assert len(desk.archive.acts_of_kinds(ActKind.LEDGER_LINKED)) == 2
    assert found("1204-7") == {one, two}
    assert facts_of(desk.shoko, desk.newest(one)).ledger is LedgerRelation.LINKED
    link_book(desk.shoko, [two], NOTE, by="sato", ends=True)
    link_book(desk.shoko, [two], LedgerRef(book="", number="J-99"), by="sato")
    assert (found("1204-7"), found("J-99")) == ({one}, {two})
    assert books(desk.shoko, two).refs == (LedgerRef(book="", number="J-99"),)
    assert len(desk.archive.acts(two)) == 3  # the number it had is still to be seen
    desk.archive.reindex()
    assert (found("1204-7"), found("J-99")) == ({one}, {two})
    assert not {line.rule for line in standing_of(desk.shoko, desk.newest(one)).status.lines if line.todo} & {
        "scan-book-link"
    }
    desk.is_sound(tmp_path)


def test_no_entry_in_the_books_is_said_and_taken_back(desk):
    one, two = desk.file("INVOICE 1"), desk.file("INVOICE 2")
    for _ in range(2):
        say_no_book(desk.shoko, [one, two], by="sato")
    assert len(desk.archive.acts_of_kinds(ActKind.NO_LEDGER_SAID)) == 2
    assert facts_of(desk.shoko, desk.newest(one)).ledger is LedgerRelation.NONE
    say_no_book(desk.shoko, [one], by="sato", ends=True)
    assert facts_of(desk.shoko, desk.newest(one)).ledger is LedgerRelation.OPEN
    link_book(desk.shoko, [two], NOTE, by="sato")
    assert facts_of(desk.shoko, desk.newest(two)).ledger is LedgerRelation.LINKED
    for wrong in (
        lambda: say_no_book(desk.shoko, [one, two], by="sato"),
        lambda: link_book(desk.shoko, [one], LedgerRef(book="", number=" "), by="sato"),
        lambda: link_book(desk.shoko, [one], NOTE, by="sato", ends=True),
    ):
        with pytest.raises(CorrectionInvalid):
            wrong()


def test_a_check_in_bulk_is_one_act_and_only_what_is_not_said_yet_is_said(desk, tmp_path):
    ids = [desk.file("INVOICE", str(number)) for number in range(3)]

    def checks():
        return [act.about[: len(act.about) // 2] for act in desk.archive.acts_of_kinds(ActKind.SAMENESS_CHECKED)]

    check_sameness(desk.shoko, ids[:2], same=True, by="sato")
    check_sameness(desk.shoko, ids, same=True, by="sato")
    assert checks() == [tuple(ids[:2]), (ids[2],)]
    # the same people say the same again after something else: a new occasion
    check_sameness(desk.shoko, ids[:2], same=False, by="sato")
    rows = check_sameness(desk.shoko, ids[:2], same=True, by="sato")
    assert len(checks()) == 4
    assert all(paper.same for row in rows for _, paper in row.papers)
    (again,) = check_sameness(desk.shoko, ids[:1], same=True, by="tanaka")
    assert again.papers[0][1].checked_by == "tanaka"
    publish(desk.shoko)
    report = verify_documents(desk.shoko, tuple(ids), anchors_from(None, None))
    assert not [check for check in report.checks if check.outcome is Outcome.FAILED]
    desk.is_sound(tmp_path)


@pytest.mark.parametrize(("dpi", "px"), [(200, (1654, 2339)), (300, (2480, 3508))])
def test_a_scan_is_printed_at_the_size_of_its_paper(desk, dpi, px):
    picture = io.BytesIO()
    Image.new("RGB", px, "white").save(picture, "JPEG", dpi=(dpi, dpi))
    document_id = desk.file(content=picture.getvalue(), name="a4.jpg", day=DAY)
    made = searchable_document(desk.shoko, desk.newest(document_id))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        box = [float(side) for side in pdf.pages[0].mediabox]
    millimetres = [(box[2] - box[0]) / 72 * 25.4, (box[3] - box[1]) / 72 * 25.4]
    assert millimetres == pytest.approx([210, 297], abs=0.5)


def test_the_verbs(desk, tmp_path, monkeypatch):
    monkeypatch.setenv("SHOKO_READING__ENGINE", "null.v1")
    one = desk.file("INVOICE", day=DAY)

    def run(*arguments):
        return run_verb(tmp_path, *arguments)

    code, (row,) = run("paper")
    assert (code, row["document_id"], row["state"]) == (0, one, "must_stay")
    assert run("paper", "same", one, "--by", "sato")[1][0]["papers"][0]["checked_by"] == "sato"
    assert run("paper", "differs", one)[1][0]["papers"][0]["same"] is False
    assert run("paper", "keep", one, "--place", "棚3")[1][0]["papers"][0]["place"] == "棚3"
    assert run("paper", "discard", one) == (1, [])
    assert run("paper", "stamp-duty", one, "--stamp", "refund")[0] == 0
    assert run("paper", "--state", "may_go") == (0, [])
    assert run("paper", "printout", one)[0] == 0
    linked = {"document_id": one, "refs": [{"book": "仕訳帳", "number": "7"}], "none": False}
    assert run("ledger", "link", one, "--number", "7", "--book", "仕訳帳") == (0, [linked])
    assert run("ledger", "show", one) == (0, [linked])
    assert run("ledger", "none", one) == (2, [])
    assert desk.newest(one).state is not DocumentState.TOMBSTONED
