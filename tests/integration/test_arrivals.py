"""What came in and what became of it: the list that many watch, on both databases, and its page."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from PIL import Image

from app.web.intake_view import progress, waiting_progress
from domain.ids import Origin
from domain.record import Deposit, DocumentState, DropState, UnitState
from domain.visibility import EVERYTHING, Visibility
from pipeline.batch import open_batch, run_plain
from pipeline.steps.arrivals import Arrivals, near_deadline
from pipeline.steps.deletion import delete_document
from pipeline.steps.deposit import deposit
from pipeline.steps.intake import INBOX, find_claims, take
from pipeline.steps.looking import kept_look, look_key
from pipeline.steps.stamps import stamp_deadline
from pipeline.steps.verify import stamp_all_pending
from storage.arrivals import Show
from storage.search import search
from tests.support.accounts import add_people, open_seats
from tests.support.desk import Desk
from tests.support.documents import text_pdf
from tests.support.records import make_draft, make_drop, make_outcome
from tests.support.statements import statements

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def desk(request, tmp_path):
    more = {"database_url": request.getfixturevalue("postgres_url")} if request.param != "sqlite" else {}
    desk = Desk(tmp_path, clock=lambda: NOW, **more)
    yield desk
    desk.shoko.close()


def put(desk, content, name="a.pdf", *, origin=Origin.PAPER_RECEIVED, day=DAY):
    return deposit(desk.shoko, content, name=name, origin=origin, received_on=day).drop_id


def names(intake):
    return [line.status.drop.deposit.original_name for line in intake.drops]


def test_every_file_is_seen_on_its_way(desk):
    arrivals = Arrivals(desk.shoko, monotonic=iter(range(0, 9999, 2)).__next__)

    # 1. in the inbox
    put(desk, text_pdf("INVOICE", "Total 1,000"), "first.pdf")
    seen = arrivals.look(limit=10)
    (waiting,) = seen.waiting
    assert (waiting.name, seen.drops, seen.today.waiting, seen.busy) == ("first.pdf", (), 1, True)
    now = waiting.arrived_at
    assert waiting_progress(waiting, now=now).todo is None
    assert waiting_progress(waiting, now=now + timedelta(minutes=2)).todo == "todo_waiting"

    # 2. preserved, and not read yet
    for claim in find_claims(desk.shoko, limit=10):
        take(claim, desk.shoko)
    seen = arrivals.look(limit=10)
    assert (seen.waiting, names(seen), seen.busy) == ((), ["first.pdf"], True)
    (line,) = seen.drops
    assert line.stamp_due_on == stamp_deadline(desk.shoko, DAY)
    assert dict(progress(line).steps) == {
        "received": "done",
        "preserved": "done",
        "stamped": "now",
        "read": "now",
        "filed": "wait",
    }
    assert seen.today.tally.unread == 1
    assert names(arrivals.look(limit=10, show=Show.BUSY)) == ["first.pdf"]

    # 3. read, filed, stamped; what cannot be read and what came before beside it
    put(desk, b"%PDF-1.7 broken", "broken.pdf")
    put(desk, text_pdf("INVOICE", "Total 1,000"), "again.pdf")
    run_plain(open_batch(desk.resident))
    stamp_all_pending(desk.shoko)
    seen = arrivals.look(limit=10)
    lines = {line.status.drop.deposit.original_name: line for line in seen.drops}
    assert set(lines) == {"first.pdf", "broken.pdf", "again.pdf"}
    assert not seen.busy
    assert lines["first.pdf"].status.unit_state is UnitState.STAMPED
    (filed,) = lines["first.pdf"].documents
    assert filed.state is DocumentState.NEEDS_REVIEW
    assert {reason.code for reason in filed.reasons} == desk.codes(filed.document_id)
    shown = progress(lines["first.pdf"])
    assert (shown.word, shown.kind, dict(shown.steps)["filed"]) == ("path_review", "warn", "warn")
    assert shown.reasons
    assert (progress(lines["broken.pdf"]).word, progress(lines["broken.pdf"]).todo) == (
        "path_unreadable",
        "todo_unreadable",
    )
    assert progress(lines["again.pdf"]).word == "path_repeated"
    assert [one.document_id for one in lines["again.pdf"].documents] == [filed.document_id]
    tally = seen.today.tally
    assert (tally.drops, tally.repeated, tally.unread, tally.failed) == (3, 1, 0, 1)
    assert (tally.documents, tally.in_review) == (2, 2)
    assert seen.today.stamps_due_on is None
    assert {"first.pdf", "broken.pdf"} <= set(names(arrivals.look(limit=10, show=Show.ATTENTION)))
    assert arrivals.look(limit=10, show=Show.BUSY).drops == ()

    # 4. what a person does is seen at once
    version = seen.version
    record = desk.newest(filed.document_id)
    delete_document(desk.shoko, record.document_id, by="sato", reason="二重", base_revision=record.revision)
    after = arrivals.look(limit=10)
    assert after.version != version
    states = {d.state for line in after.drops for d in line.documents if d.document_id == record.document_id}
    assert states == {DocumentState.TOMBSTONED}


def test_the_list_goes_on_page_by_page(desk):
    for number in range(5):
        put(desk, text_pdf("MEMO", str(number)), f"{number}.pdf")
        for claim in find_claims(desk.shoko, limit=10):
            take(claim, desk.shoko)
    arrivals, found, before = Arrivals(desk.shoko), [], None
    for _ in range(3):
        intake = arrivals.look(limit=2, before=before)
        found += names(intake)
        before = intake.more_before
    assert found == ["4.pdf", "3.pdf", "2.pdf", "1.pdf", "0.pdf"]
    assert before is None


def test_many_who_look_at_once_share_one_look(desk):
    clock = [0.0]
    arrivals = Arrivals(desk.shoko, monotonic=lambda: clock[0])
    first = arrivals.look(limit=10)
    assert all(arrivals.look(limit=10) is first for _ in range(20))
    put(desk, b"%PDF-1.7 x")
    assert arrivals.look(limit=10) is first
    arrivals.changed()
    second = arrivals.look(limit=10)
    assert len(second.waiting) == 1
    take(find_claims(desk.shoko, limit=1)[0], desk.shoko)
    assert arrivals.look(limit=10).waiting == ()  # the log grew
    clock[0] = 1.5
    assert arrivals.look(limit=10) is not second


def test_scans_near_their_deadline_are_those_that_the_search_finds(desk):
    near = near_deadline(desk.shoko, DAY)
    assert stamp_deadline(desk.shoko, near) <= DAY + timedelta(days=3) < stamp_deadline(desk.shoko, near + timedelta(1))
    for origin, day in ((Origin.PAPER_RECEIVED, near), (Origin.PAPER_RECEIVED, DAY), (Origin.ELECTRONIC_SENT, near)):
        put(desk, text_pdf("INVOICE", f"{origin} {day}"), origin=origin, day=day)
    run_plain(open_batch(desk.resident))
    today = Arrivals(desk.shoko).look(limit=10).today
    found = search(desk.archive, today.at_risk_query)
    assert today.at_risk == found.total == 1


def test_the_page_answers_watchers_only_where_something_changed(tmp_path):
    desk = Desk(tmp_path)
    add_people(desk.shoko)
    browser = open_seats(desk.shoko)("kanri")
    put(desk, b"%PDF-1.7 x")
    htmx = {"HX-Request": "true"}
    page = browser.get("/intake", headers=htmx)
    version = page.text.partition("have=")[2].partition('"')[0]
    assert "<html" not in page.text
    assert browser.get(f"/intake?have={version}", headers=htmx).status_code == 204
    assert browser.get(f"/intake?have={version}").status_code == 200
    take(find_claims(desk.shoko, limit=1)[0], desk.shoko)
    assert browser.get(f"/intake?have={version}", headers=htmx).status_code == 200
    for show, words in (("busy", "a.pdf"), ("attention", "該当するファイルはありません"), ("nothing", "a.pdf")):
        assert words in browser.get(f"/intake?show={show}").text
    desk.shoko.close()


def test_files_keep_their_folders_and_repeats_are_told_at_once(tmp_path):
    desk = Desk(tmp_path)
    browser = open_seats(desk.shoko)()
    form = {"origin": "paper_received", "received_on": "2026/11/20"}
    headers = {"X-CSRF-Token": browser.csrf("/intake")}

    def send(name, folder, content):
        files = {"files": (name, content)}
        answer = browser.post("/upload.json", data=form | {"folders": folder}, files=files, headers=headers)
        return answer.status_code, answer.json()

    pdf = text_pdf("INVOICE", "Total 1,000")
    status, said = send("a.pdf", "11月/箱 1", pdf)
    assert (status, said["accepted"][0]["key"]) == (201, "paper/2026-11-20/11月/箱 1/a.pdf")
    assert said["accepted"][0]["repeats"] == []
    assert send("b.pdf", "../../etc", b"x")[1]["accepted"][0]["key"].startswith("paper/2026-11-20/")
    run_plain(open_batch(desk.resident))
    lines = Arrivals(desk.shoko).look(limit=9).drops
    (first,) = [line for line in lines if line.status.drop.blob.size_bytes == len(pdf)]
    assert first.status.state is DropState.READ
    assert send("a.pdf", "", pdf)[1]["accepted"][0]["repeats"] == [first.documents[0].document_id]
    files = [("files", ("a.pdf", b"1")), ("files", ("b.pdf", b"2"))]
    odd = browser.post("/upload.json", data=form | {"folders": "x"}, files=files, headers=headers)
    assert (odd.status_code, odd.json()["error"]["code"]) == (422, "bad_paths")
    keys = [item.key for item in desk.shoko.store.list_latest(INBOX) if not item.key.startswith("status/")]
    assert keys == ["paper/2026-11-20/a.pdf"]
    desk.shoko.close()


def test_a_whole_batch_of_assumed_days_is_confirmed_by_one_button(tmp_path):
    desk = Desk(tmp_path)
    ids = [desk.file("INVOICE", str(number)) for number in range(3)]
    browser = open_seats(desk.shoko)()
    text = browser.get("/intake").text
    assert "3 件すべて、表示の日付で確認する" in text
    listed = [one.partition('"')[0] for one in text.split('name="listed" value="')[1:]]
    assert sorted(listed) == sorted(ids)
    assert browser.submit("/received", by="佐藤", all="3", listed=listed, on="2020/01/01").status_code == 303
    assert {desk.newest(one).received_on_assumed for one in ids} == {False}
    assert date(2020, 1, 1) not in {desk.newest(one).received_on for one in ids}
    assert "表示の日付で確認する" not in browser.get("/intake").text
    desk.shoko.close()


def test_photographed_pages_are_one_document(tmp_path):
    desk = Desk(tmp_path)
    browser = open_seats(desk.shoko)()
    headers = {"X-CSRF-Token": browser.csrf("/capture")}
    form = {"origin": "paper_received", "received_on": "2026/11/20"}

    def send(*photos, **more):
        files = [("photos", (f"{place}.jpg", content)) for place, content in enumerate(photos)]
        return browser.post("/capture.json", data=form | more, files=files, headers=headers)

    pages = [jpeg(600, 800, shade) for shade in (200, 220)]
    sent = send(*pages)
    assert sent.status_code == 201, sent.text
    assert sent.json()["accepted"][0]["key"].startswith("paper/2026-11-20/撮影_")
    run_plain(open_batch(desk.resident))
    (line,) = Arrivals(desk.shoko).look(limit=9).drops
    (document,) = line.documents
    assert len(desk.newest(document.document_id).pages) == 2
    assert send(*pages).json()["accepted"][0]["repeats"] == [document.document_id]
    assert send(jpeg(9, 9, 1)).json()["accepted"][0]["key"].endswith(".jpg")
    refused = [
        (send(), "no_photos"),
        (send(b""), "no_photos"),
        (send(pages[0], b"GIF89a"), "unsupported_media"),
        (send(pages[0], origin="mars"), "bad_origin"),
        (send(pages[0], received_on="2099/01/01"), "received_on_future"),
        (send(pages[0], received_on="x"), "bad_received_on"),
    ]
    for answer, code in refused:
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    desk.shoko.close()


def jpeg(width, height, shade):
    out = io.BytesIO()
    Image.new("RGB", (width, height), (shade, shade, shade)).save(out, "JPEG")
    return out.getvalue()


def test_a_bad_scan_is_told_before_it_is_read(desk):
    put(desk, jpeg(700, 990, 60), "dark.jpg")
    put(desk, jpeg(1700, 2400, 250), "fine.jpg")
    put(desk, jpeg(700, 990, 60), "data.jpg", origin=Origin.ELECTRONIC_RECEIVED)
    batch = open_batch(desk.resident)
    arrivals = Arrivals(desk.shoko, monotonic=iter(range(0, 9999, 2)).__next__)
    for drop_id in batch.drop_ids:
        batch.take(drop_id)
    assert {line.warned for line in arrivals.look(limit=9).drops} == {()}
    for drop_id in batch.drop_ids:
        batch.look(drop_id)
    lines = {line.status.drop.deposit.original_name: line for line in arrivals.look(limit=9).drops}
    assert [one.code for one in lines["dark.jpg"].warned] == ["dark"]
    assert (lines["fine.jpg"].warned, lines["data.jpg"].warned) == ((), ())
    assert all(line.status.outcome is None for line in lines.values())
    assert "暗くて読みにくい画像です" in open_seats(desk.shoko)().get("/intake").text


def test_a_look_that_fails_stops_nothing(tmp_path):
    desk = Desk(tmp_path)
    put(desk, jpeg(700, 990, 60), "dark.jpg")
    batch = open_batch(desk.resident)
    (drop_id,) = batch.drop_ids
    batch.take(drop_id)
    key = look_key(desk.shoko.settings.client_id, drop_id)
    desk.shoko.store.put_named("derived", key, b"not JSON", media_type="application/json", if_absent=False)
    run_plain(open_batch(desk.resident))
    (line,) = Arrivals(desk.shoko).look(limit=9).drops
    assert [one.code for one in line.warned] == ["dark"]  # looked at again, and kept
    assert kept_look(desk.shoko.store, "default/looks/none.json") is None
    desk.shoko.close()


def test_the_list_asks_no_more_of_more_files_and_tells_what_is_told_of_each(tmp_path):
    desk = Desk(tmp_path, clock=lambda: NOW)
    for number, inbox_key in enumerate(("paper/a.pdf", "@keiri/paper/b.pdf", "paper/c.pdf")):
        recorded(desk, number, inbox_key)
    asked = len(statements(desk.archive.database, lambda: Arrivals(desk.shoko).look(limit=50)))
    for number in range(3, 9):
        recorded(desk, number, f"paper/{number}.pdf")
    assert len(statements(desk.archive.database, lambda: Arrivals(desk.shoko).look(limit=50))) == asked
    looked = Arrivals(desk.shoko).look(limit=50)
    assert sum(bool(one.documents and one.documents[0].reasons) for one in looked.drops) == 9
    ids = [one.status.drop.drop_id for one in looked.drops]
    for visibility in (EVERYTHING, Visibility(user_id="usr-1", departments=("eigyo",), all_departments=False)):
        archive = desk.archive.seen_by(visibility)
        told = {one: status for one in ids if (status := archive.drop_status(one)) is not None}
        assert archive.drop_statuses(ids) == told
        assert len(told) == (9 if visibility is EVERYTHING else 7)
    desk.shoko.close()


def recorded(desk, number, inbox_key):
    """A file that was read and waits for a person; every third repeats the one before."""
    content = str(number - (number % 3 == 2)).encode()
    deposit_of = Deposit(original_name="a.pdf", inbox_key=inbox_key, deposited_by="sato")
    drop = desk.archive.record_drop(
        make_drop(desk.archive.vault, content, name="a.pdf", version=str(number), preserved_at=NOW, deposit=deposit_of)
    )
    draft = make_draft(drop.unit_id, state=DocumentState.NEEDS_REVIEW, reasons=("low_confidence",), text=str(number))
    if drop.repeats_drop_id is None:
        desk.archive.file_document(draft)
    desk.archive.record_outcome(make_outcome(drop, draft.document_id))
