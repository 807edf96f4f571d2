"""Sums of a selection, names as they are typed, saved searches, small pictures: of what who asks may see."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.acts import ActKind
from domain.errors import CorrectionInvalid
from domain.fields import DocumentType
from domain.query import Query
from domain.visibility import Visibility
from domain.ways import WAY_OF, Way
from storage.archive.settings import ArchiveSettings
from storage.people import PeopleBook
from storage.people.saved import MOST_SAVED, forget_search, save_search, saved_searches
from storage.people.sealing import Seal
from storage.search import search
from storage.search_sums import is_known_name, suggest_names, totals
from tests.support.records import Ticking, make_draft, make_drop, open_archive
from tests.support.search_corpus import CASES, fill


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    archive = open_archive(tmp_path_factory.mktemp("sums"), clock=Ticking())
    names = fill(archive)
    yield archive, names
    archive.close()


def test_totals_are_what_the_hits_come_to(filled):
    archive, _ = filled
    for query, _ in CASES:
        hits = search(archive, replace(query, limit=100)).hits
        found = totals(archive, query)
        wanted: dict[tuple[object, ...], Decimal] = {}
        for hit in hits:
            if hit.total_amount is not None and abs(hit.total_amount) < Decimal(10) ** 14:
                key = (hit.document_type, WAY_OF[hit.origin], hit.currency)
                wanted[key] = wanted.get(key, Decimal(0)) + hit.total_amount
        assert found.documents == len(hits) == sum(line.documents for line in found.lines), query
        lines = {(line.document_type, line.way, line.currency): line.amount for line in found.lines}
        assert {key: amount for key, amount in lines.items() if amount is not None} == wanted, query
        assert sum(count for _, count in found.classes) == len(hits)


def test_what_is_too_large_is_told_and_not_summed(filled):
    archive, _ = filled
    found = totals(archive, Query())
    assert found.beyond == 1
    assert found.sum_in("JPY") == Decimal(128960 + 500 - 3000)
    assert found.sum_in("USD") == Decimal("99.95")
    assert [line.way for line in found.lines] == sorted((line.way for line in found.lines), key=list(Way).index)
    assert dict(found.classes)[DocumentType.RECEIPT] == 1


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("青空", ["株式会社青空商事"]),
        ("あおぞら", []),
        ("㈱青", ["株式会社青空商事"]),
        ("株式会社", ["株式会社青空商事"]),
        ("高橋", ["髙橋珈琲店"]),
        ("mul", []),
        ("müll", ["Müller GmbH"]),
        ("%", []),
        ("\\", ["ABC\\Corp"]),
        ("", []),
        ("  ", []),
    ],
)
def test_names_are_found_as_they_are_typed(filled, typed, expected):
    archive, _ = filled
    assert [one.name for one in suggest_names(archive, typed, limit=8)] == expected
    assert is_known_name(archive, typed) is bool(expected)


def test_names_and_totals_of_what_one_may_not_see_do_not_exist(tmp_path):
    archive = open_archive(tmp_path, clock=Ticking())
    names = fill(archive)
    secret = next(one for one, name in names.items() if name == "aozora")
    archive.record_act(ActKind.CONFIDENTIAL_SAID, secret, recorded_by="sato", facts={"readers": ("keiri",)})
    stranger = archive.seen_by(Visibility(user_id="usr-0000000000000000", departments=("soumu",)))
    assert suggest_names(stranger, "青空商事", limit=8) == ()
    assert len(suggest_names(archive, "青空商事", limit=8)) == 1
    assert totals(stranger, Query()).documents == totals(archive, Query()).documents - 1
    archive.close()


def test_names_that_may_not_be_seen_take_nobodys_place(tmp_path):
    archive = open_archive(tmp_path, clock=Ticking())
    drop = archive.record_drop(make_drop(archive.vault))
    for number in range(14):
        draft = make_draft(drop.unit_id, ordinal=number, counterparty=f"Foo {number:02d}")
        hidden = archive.file_document(draft).document_id
        archive.record_act(ActKind.CONFIDENTIAL_SAID, hidden, recorded_by="sato", facts={"readers": ("keiri",)})
    archive.file_document(make_draft(drop.unit_id, ordinal=14, counterparty="Foo Visible"))
    stranger = archive.seen_by(Visibility(user_id="usr-0000000000000000"))
    assert [one.name for one in suggest_names(stranger, "foo", limit=8)] == ["Foo Visible"]
    archive.close()


@pytest.fixture
def book(tmp_path):
    archive = open_archive(tmp_path)
    opened = PeopleBook.open(
        str(archive._engine.url),
        client_id="default",
        clock=lambda: datetime(2026, 11, 20, tzinfo=UTC),
        settings=ArchiveSettings(),
        seal=Seal.create_or_open(tmp_path),
    )
    yield opened
    opened.close()
    archive.close()


def test_saved_searches_are_each_persons_own(book):
    save_search(book, "usr-1", name=" 月次  確認 ", query="type=invoice")
    save_search(book, "usr-1", name="月次 確認", query="type=receipt")
    save_search(book, "usr-2", name="月次 確認", query="")
    assert [(one.name, one.query) for one in saved_searches(book, "usr-1")] == [("月次 確認", "type=receipt")]
    forget_search(book, "usr-1", name="月次 確認")
    forget_search(book, "usr-1", name="月次 確認")
    assert saved_searches(book, "usr-1") == ()
    assert len(saved_searches(book, "usr-2")) == 1


@pytest.mark.parametrize("name", ["", "   ", "あ" * 61])
def test_a_saved_search_needs_a_name(book, name):
    with pytest.raises(CorrectionInvalid):
        save_search(book, "usr-1", name=name, query="")


def test_there_is_an_end_to_what_one_may_save(book):
    for number in range(MOST_SAVED):
        save_search(book, "usr-1", name=f"検索{number}", query="")
    save_search(book, "usr-1", name="検索1", query="type=invoice")
    with pytest.raises(CorrectionInvalid):
        save_search(book, "usr-1", name="もう一つ", query="")
