"""Files into the vault without loss: names, repeats, half-written and bad files."""

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.evidence import Outcome
from domain.ids import Origin
from domain.query import Query
from domain.record import DocumentState, DropState
from pipeline.batch import open_batch, run_plain
from pipeline.steps.deposit import deposit
from pipeline.steps.intake import find_claims, take
from pipeline.steps.maintenance import IN_FLIGHT, reconcile_archive
from storage.objects import folder_open
from storage.search import search
from tests.support.documents import encrypted_pdf, ubl_invoice
from tests.support.homes import open_resident, quick_settings


@pytest.fixture
def resident(tmp_path):
    home = open_resident(quick_settings(tmp_path))
    yield home
    home.shoko.close()


def drop_file(resident, name, content, *, when=None):
    path = resident.shoko.settings.data_folder / "store" / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if when is not None:
        os.utime(path, (when, when))
    return path


def statuses(resident):
    return {s.drop.deposit.inbox_key: s for s in resident.shoko.archive.drops(limit=100)}


def test_a_reused_name_is_another_drop_and_nothing_is_overwritten(resident):
    for n in range(3):
        drop_file(resident, "paper/2026-11-20/scan0001.xml", ubl_invoice(f"N-{n}"))
        run_plain(open_batch(resident))
    found = search(resident.shoko.archive, Query(limit=10))
    assert found.total == 3
    assert len(resident.shoko.archive.drops(limit=10)) == 3


def test_a_newer_file_under_the_same_name_survives_the_deletion_of_the_older(resident):
    drop_file(resident, "paper/scan0001.xml", ubl_invoice("OLD"))
    (claim,) = find_claims(resident.shoko, limit=10)
    newer = drop_file(resident, "paper/scan0001.xml", ubl_invoice("NEW", net=5), when=1_700_000_000)
    taken = take(claim, resident.shoko)
    assert newer.exists(), "only the claimed version may be deleted"
    assert taken is None, "what changed while it was claimed is left for the next look"
    run_plain(open_batch(resident))
    assert not newer.exists()
    assert search(resident.shoko.archive, Query(words=("NEW",))).total == 1


def test_a_half_written_file_waits(tmp_path):
    now = [datetime(2026, 11, 20, 3, 0, tzinfo=UTC)]
    settings = quick_settings(tmp_path, intake={"still_seconds": 5.0})
    home = open_resident(settings, clock=lambda: now[0])
    drop_file(home, "paper/a.xml", ubl_invoice("A"), when=now[0].timestamp() - 1)
    assert find_claims(home.shoko, limit=10) == ()
    now[0] += timedelta(seconds=10)
    assert len(find_claims(home.shoko, limit=10)) == 1


class TestWhereNobodyCanTellWhoWrites:
    """A network share, or files of another owner: what counts is how long this process saw no change."""

    @pytest.fixture
    def share(self, tmp_path, monkeypatch):
        monkeypatch.setattr(folder_open, "who_writes", lambda _: None)
        now = [datetime(2026, 11, 20, 3, 0, tzinfo=UTC)]
        settings = quick_settings(tmp_path, intake={"still_seconds": 0.0, "still_seconds_unsure": 15.0})
        home = open_resident(settings, clock=lambda: now[0])

        def later(seconds):
            now[0] += timedelta(seconds=seconds)
            return [claim.key for claim in find_claims(home.shoko, limit=10)]

        yield home, later
        home.shoko.close()

    @pytest.mark.parametrize("clock_of_the_share", [-86_400, 0, 86_400])
    def test_a_file_waits_until_it_was_seen_unchanged_long_enough(self, share, clock_of_the_share):
        home, later = share
        begun = home.shoko.clock().timestamp() + clock_of_the_share
        drop_file(home, "paper/a.xml", b"page 1", when=begun)
        assert later(0) == later(14) == []
        drop_file(home, "paper/a.xml", b"page 1, page 2", when=begun + 14)
        assert later(5) == later(14) == []
        assert later(1) == ["paper/a.xml"]

    @pytest.mark.parametrize("stays", [True, False])
    def test_who_looks_only_once_waits_for_it(self, share, stays, monkeypatch):
        home, later = share
        home = replace(home, stays=stays)
        monkeypatch.setattr(home.stop, "wait", later)
        drop_file(home, "paper/a.xml", b"page 1")
        assert [claim.key for claim in open_batch(home).claims.values()] == ([] if stays else ["paper/a.xml"])

    def test_what_shoko_put_there_itself_is_whole(self, share):
        home, later = share
        deposited = deposit(
            home.shoko, ubl_invoice("A"), name="a.xml", origin=Origin.ELECTRONIC_RECEIVED, received_on=None
        )
        drop_file(home, "paper/b.xml", b"page 1")
        assert later(0) == [deposited.inbox_key]

    def test_a_file_that_was_taken_away_and_came_back_waits_again(self, share):
        home, later = share
        path = drop_file(home, "paper/a.xml", b"page 1")
        assert later(0) == []
        kept = path.rename(path.with_name(".a"))
        assert later(20) == []
        kept.rename(path)
        assert later(0) == []
        assert later(15) == ["paper/a.xml"]


def test_two_files_of_one_name_at_once_are_two(resident, monkeypatch):
    """The second upload of 請求書.pdf looked before the first was there."""
    first = ubl_invoice("A")
    asked = []
    stat = type(resident.shoko.store).stat

    def late(store, bucket, key, **more):
        found = stat(store, bucket, key, **more)
        if not asked and key.endswith("請求書.xml"):
            asked.append(key)
            drop_file(resident, key, first)
        return found

    monkeypatch.setattr(type(resident.shoko.store), "stat", late)
    second = deposit(
        resident.shoko, ubl_invoice("B"), name="請求書.xml", origin=Origin.ELECTRONIC_RECEIVED, received_on=None
    )
    assert second.inbox_key == "electronic/請求書 (2).xml"
    assert resident.shoko.store.get("inbox", second.inbox_key) == ubl_invoice("B")
    assert resident.shoko.store.get("inbox", asked[0]) == first


@pytest.fixture
def rested(tmp_path):
    """An installation whose clock stands a minute after the files were last written to."""
    settings = quick_settings(tmp_path, intake={"still_seconds": 5.0})
    home = open_resident(settings, clock=lambda: datetime.now(UTC) + timedelta(minutes=1))
    yield home
    home.shoko.close()


def test_a_scanner_that_rests_between_two_pages_is_waited_for(rested):
    path = drop_file(rested, "paper/a.xml", b"")
    content = ubl_invoice("A")
    with path.open("wb") as scanner:
        scanner.write(content[:100])
        scanner.flush()
        assert find_claims(rested.shoko, limit=10) == ()
        scanner.write(content[100:])
    assert run_plain(open_batch(rested))["filed"] == 1
    assert not path.exists()


def test_what_is_written_while_a_file_is_taken_in_is_not_lost(rested):
    content = ubl_invoice("A")
    path = drop_file(rested, "paper/a.xml", content[:100])
    (claim,) = find_claims(rested.shoko, limit=10)
    with path.open("ab") as scanner:
        take(claim, rested.shoko)
        scanner.write(content[100:])
    assert path.read_bytes() == content
    run_plain(open_batch(rested))
    assert search(rested.shoko.archive, Query(words=("A",))).total == 1
    assert not path.exists()


def test_the_same_bytes_again_are_acknowledged_not_doubled(resident):
    drop_file(resident, "electronic/a.xml", ubl_invoice("A"))
    run_plain(open_batch(resident))
    drop_file(resident, "electronic/b.xml", ubl_invoice("A"))
    counts = run_plain(open_batch(resident))
    assert counts["repeated"] == 1
    assert search(resident.shoko.archive, Query()).total == 1
    first, again = statuses(resident)["electronic/a.xml"], statuses(resident)["electronic/b.xml"]
    assert again.drop.repeats_drop_id == first.drop.drop_id
    assert again.outcome.document_ids == first.outcome.document_ids


def test_the_same_bytes_under_another_origin_are_another_unit_and_go_to_review(resident):
    drop_file(resident, "electronic/a.xml", ubl_invoice("A"))
    run_plain(open_batch(resident))
    drop_file(resident, "paper/a.xml", ubl_invoice("A"))
    run_plain(open_batch(resident))
    records = [resident.shoko.archive.get_document(h.document_id) for h in search(resident.shoko.archive, Query()).hits]
    assert len(records) == 2
    (second,) = [r for r in records if r.origin is Origin.PAPER_RECEIVED]
    assert second.state is DocumentState.NEEDS_REVIEW
    assert "same_bytes_other_origin" in {r.code for r in second.review_reasons}


@pytest.mark.parametrize(
    ("name", "content", "state", "reason"),
    [
        ("paper/empty.pdf", b"", DropState.UNREADABLE, "unreadable"),
        ("paper/cut.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00", DropState.UNREADABLE, "unreadable"),
        ("paper/locked.pdf", encrypted_pdf(), DropState.UNREADABLE, "encrypted"),
        ("paper/sheet.csv", "日付,金額\n".encode("cp932"), DropState.READ, "unsupported_media"),
        ("paper/page.html", b"<html><script>alert(1)</script></html>", DropState.READ, "unsupported_media"),
    ],
)
def test_bad_files_are_preserved_and_reported(resident, name, content, state, reason):
    drop_file(resident, name, content)
    run_plain(open_batch(resident))
    status = statuses(resident)[name]
    assert status.outcome.state is state
    assert status.outcome.faults
    assert any("\u3040" <= c <= "\u30ff" for c in status.outcome.faults[0].message_ja), "told in Japanese"
    shoko = resident.shoko
    assert shoko.store.get("vault", status.drop.blob.key, expect=status.drop.blob.digest) == content
    (document_id,) = status.outcome.document_ids
    record = shoko.archive.get_document(document_id)
    assert record.state is DocumentState.NEEDS_REVIEW
    assert reason in {r.code for r in record.review_reasons}
    assert reconcile_archive(shoko).outcome is not Outcome.FAILED


def test_over_the_hard_limit_is_refused_with_a_record(tmp_path):
    home = open_resident(quick_settings(tmp_path, intake={"still_seconds": 0.0, "max_bytes": 1000}))
    drop_file(home, "paper/big.bin", b"x" * 2000)
    counts = run_plain(open_batch(home))
    assert counts == {"refused": 1}
    status = statuses(home)["paper/big.bin"]
    assert status.outcome.state is DropState.REFUSED
    assert "上限" in status.outcome.faults[0].message_ja
    refused = [i.key for i in home.shoko.store.list_latest("inbox", prefix="refused/")]
    assert len(refused) == 1
    assert home.shoko.store.get("inbox", refused[0]) == b"x" * 2000, "moved, not lost"
    assert run_plain(open_batch(home)) == {}
    assert reconcile_archive(home.shoko).outcome is not Outcome.FAILED


def test_received_on_is_the_folders_day_or_marked_assumed(resident):
    drop_file(resident, "paper/2026-11-18/a.xml", ubl_invoice("A"))
    drop_file(resident, "paper/b.xml", ubl_invoice("B", day=date(2026, 10, 31)))
    run_plain(open_batch(resident))
    by_number = {}
    for hit in search(resident.shoko.archive, Query()).hits:
        record = resident.shoko.archive.get_document(hit.document_id)
        by_number[record.fields.text("document_number")] = record
    assert (by_number["A"].received_on, by_number["A"].received_on_assumed) == (date(2026, 11, 18), False)
    assert (by_number["B"].received_on, by_number["B"].received_on_assumed) == (date(2026, 10, 31), True)


def test_staff_who_see_only_the_bucket_find_a_status(resident):
    drop_file(resident, "paper/2026-11-18/a.xml", ubl_invoice("A"))
    run_plain(open_batch(resident))
    status = json.loads(resident.shoko.store.get("inbox", "status/paper/2026-11-18/a.xml.json"))
    assert status["state"] == "read"
    assert status["状態"] == "読取済み"
    assert status["受領日"] == "2026-11-18"


@pytest.mark.parametrize(
    ("first", "again", "named"),
    [
        ("electronic/2026-11-01/請求書.xml", "electronic/b.xml", True),
        ("electronic/請求書.xml", "@keiri/electronic/b.xml", True),
        ("@keiri/electronic/請求書.xml", "@keiri/electronic/b.xml", True),
        ("@keiri/electronic/請求書.xml", "electronic/b.xml", False),
        ("@keiri/electronic/請求書.xml", "@eigyo/electronic/b.xml", False),
    ],
)
def test_a_repeat_names_the_file_and_day_that_people_know(tmp_path, first, again, named):
    home = open_resident(quick_settings(tmp_path), clock=lambda: datetime(2026, 11, 20, 20, 0, tzinfo=UTC))
    for name in (first, again):
        drop_file(home, name, ubl_invoice("A"))
        run_plain(open_batch(home))
    status = json.loads(home.shoko.store.get("inbox", f"status/{again}.json"))
    what = "2026-11-21 に受け付けた「請求書.xml」" if named else "受付済みのファイル"
    assert status["重複"] == f"{what}と同じ内容です。原本は保存済みで、書類は増えません"
    assert bool(status["repeats_drop_id"]) == bool(status["書類"]) == named
    assert json.loads(home.shoko.store.get("inbox", f"status/{first}.json"))["重複"] is None
    home.shoko.close()


def test_names_that_are_not_utf8_are_taken(resident):
    folder = resident.shoko.settings.data_folder / "store" / "inbox" / "paper"
    folder.mkdir(parents=True, exist_ok=True)
    name = "請求書.xml".encode("cp932")
    (folder / os.fsdecode(name)).write_bytes(ubl_invoice("A"))
    run_plain(open_batch(resident))
    assert search(resident.shoko.archive, Query()).total == 1
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "a/../../b", "..\\..\\x", "", "\x00", "名前" * 200]
)
def test_deposited_names_stay_inside_the_inbox(resident, name):
    placed = deposit(resident.shoko, ubl_invoice("A"), name=name, origin=Origin.PAPER_RECEIVED, received_on=None)
    assert placed.inbox_key.startswith("paper/")
    assert ".." not in placed.inbox_key.split("/")
    inbox = resident.shoko.settings.data_folder / "store" / "inbox"
    (only,) = [p for p in inbox.rglob("*") if p.is_file()]
    assert only.resolve().is_relative_to(inbox.resolve())


def test_a_deposit_never_overwrites_another(resident):
    keys = {
        deposit(
            resident.shoko, bytes([n]), name="scan0001.pdf", origin=Origin.PAPER_RECEIVED, received_on=None
        ).inbox_key
        for n in range(3)
    }
    assert len(keys) == 3


def test_what_is_still_under_way_does_not_fail_the_nightly_reconciliation(resident):
    drop_file(resident, "electronic/a.xml", ubl_invoice("A"))
    (claim,) = find_claims(resident.shoko, limit=1)
    assert take(claim, resident.shoko) is not None, "preserved, and not read yet"
    assert reconcile_archive(resident.shoko).outcome is Outcome.FAILED
    assert reconcile_archive(resident.shoko, settled=IN_FLIGHT).outcome is not Outcome.FAILED
