"""Search over a small archive on SQLite: every condition, alone and together."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from domain.fields import DocumentType
from domain.query import ORDERS as ALL_ORDERS
from domain.query import Query
from domain.record import DocumentState, UnitState
from domain.visibility import EVERYTHING
from storage.archive.settings import ArchiveSettings
from storage.search import SNIPPET_CHARACTERS, Asker, compile_count, compile_listing, every_hit, search, snippet
from tests.support.records import Ticking, make_draft, make_drop, open_archive
from tests.support.search_corpus import CASES, LIVE, ORDERS, fill, pages


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    archive = open_archive(tmp_path_factory.mktemp("search"), clock=Ticking())
    names = fill(archive)
    yield archive, names
    archive.close()


@pytest.mark.parametrize(("query", "expected"), CASES)
def test_each_condition_finds_exactly_its_documents(filled, query, expected):
    archive, names = filled
    hits = search(archive, query)
    assert {names[hit.document_id] for hit in hits.hits} == expected
    assert hits.total == len(expected) == len(hits.hits)


@pytest.mark.parametrize("order", ORDERS)
def test_orders_put_blanks_last(filled, order):
    archive, names = filled
    found = [names[hit.document_id] for hit in search(archive, Query(order=order)).hits]
    assert all(name in expected.split("|") for name, expected in zip(found, ORDERS[order], strict=True)), found


@pytest.mark.parametrize("order", [*ALL_ORDERS, *(f"-{name}" for name in ALL_ORDERS)])
def test_pages_hold_every_hit_once(filled, order):
    archive, names = filled
    found = [names[hit.document_id] for hit in pages(search, archive, Query(order=order))]
    assert sorted(found) == sorted(LIVE)
    assert found == [names[hit.document_id] for hit in search(archive, Query(order=order)).hits]


def test_a_page_beyond_the_end_still_knows_the_total(filled):
    archive, _ = filled
    hits = search(archive, Query(offset=100))
    assert (hits.total, hits.hits) == (len(LIVE), ())


@pytest.mark.parametrize("order", [*ALL_ORDERS, *(f"-{name}" for name in ALL_ORDERS)])
def test_counting_may_end_early_and_every_hit_comes_all_the_same(filled, order):
    archive, names = filled
    query = Query(order=order, limit=2)
    some = search(archive, replace(query, count_limit=3))
    assert (some.total, some.at_least, some.hits) == (3, True, search(archive, query).hits)
    enough = search(archive, replace(query, count_limit=len(LIVE)))
    assert (enough.total, enough.at_least) == (len(LIVE), False)
    first = search(archive, replace(query, limit=3, count_limit=3))
    assert (first.total, first.at_least, len(first.hits)) == (3, True, 3)
    counted = search(archive, replace(query, limit=2, count_limit=5))
    assert (counted.total, counted.at_least) == (5, True)
    deep = search(archive, replace(query, offset=len(LIVE) - 1, count_limit=3))
    assert (deep.total, deep.at_least) == (len(LIVE), False)  # its end is known
    assert [names[hit.document_id] for hit in every_hit(archive, query, at_once=3)] == [
        names[hit.document_id] for hit in search(archive, replace(query, limit=100)).hits
    ]


def test_a_hit_says_what_people_look_for(filled):
    archive, names = filled
    by_name = {names[hit.document_id]: hit for hit in search(archive, Query(include_deleted=True)).hits}
    aozora = by_name["aozora"]
    assert (aozora.counterparty, aozora.total_amount, aozora.currency) == ("株式会社青空商事", Decimal(128960), "JPY")
    assert (aozora.document_type, aozora.revision, aozora.unit_state) == (DocumentType.INVOICE, 1, UnitState.STAMPED)
    assert by_name["takahashi"].unit_state is UnitState.TIMESTAMP_PENDING
    assert by_name["huge"].total_amount == Decimal(10) ** 30
    assert (by_name["deleted"].revision, by_name["deleted"].state) == (2, DocumentState.TOMBSTONED)
    assert (by_name["blank"].total_amount, by_name["blank"].currency, by_name["blank"].counterparty) == (
        None,
        None,
        None,
    )


def test_only_the_newest_revision_is_found(tmp_path):
    archive = open_archive(tmp_path)
    drop = archive.record_drop(make_drop(archive.vault))
    record = archive.file_document(make_draft(drop.unit_id, counterparty="旧商店", text="旧"))
    archive.revise_document(
        record.document_id,
        base_revision=1,
        draft=make_draft(drop.unit_id, counterparty="新商店", text="新"),
        recorded_by="sato",
        reason="訂正",
    )
    assert search(archive, Query(words=("旧",))).total == 0
    assert search(archive, Query(counterparty="新")).hits[0].revision == 2
    archive.close()


def test_one_client_finds_nothing_of_another(filled, tmp_path):
    archive, _ = filled
    other = open_archive(tmp_path, url=str(archive._engine.url), vault=archive.vault, client_id="other")
    assert search(other, Query(include_deleted=True)).total == 0
    other.close()


def test_an_index_of_another_key_version_is_made_anew_at_open(tmp_path, monkeypatch):
    archive = open_archive(tmp_path)
    drop = archive.record_drop(make_drop(archive.vault))
    monkeypatch.setattr("storage.archive.indexing.SEARCH_KEY_VERSION", 0)
    archive.file_document(make_draft(drop.unit_id))
    monkeypatch.undo()
    archive.close()
    with archive._read() as connection:
        from storage.archive import indexing

        assert indexing.is_stale(connection, "default")
    again = open_archive(tmp_path)
    with again._read() as connection:
        assert not indexing.is_stale(connection, "default")
    assert search(again, Query(words=("青空",))).total == 1
    again.close()
    archive.close()


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
@pytest.mark.parametrize(("query", "expected"), CASES)
def test_no_value_stands_in_the_statement(dialect, query, expected):
    asker = Asker(client_id="client-x", visibility=EVERYTHING, by_grams=dialect.name == "postgresql")
    made = [*compile_listing(query, asker), compile_count(query, asker)]
    statement = "".join(str(one.compile(dialect=dialect)) for one in made if one is not None)
    statement = statement.replace("filed_at", "")
    for value in ("client-x", "青空", "DROP", "128960", "OR 1", "2026", "filed"):
        assert value not in statement


@pytest.mark.parametrize(
    ("body", "keys", "expected"),
    [
        ("短い", (), "短い"),
        ("短い\n文", ("文",), "短い 文"),
        ("あ" * 100 + "青空" + "い" * 100, ("青空",), "…" + "あ" * 20 + "青空" + "い" * 58 + "…"),
        ("あ" * 100, ("ない",), "あ" * SNIPPET_CHARACTERS + "…"),
        ("", ("x",), ""),
    ],
)
def test_a_snippet_shows_the_word(body, keys, expected):
    assert snippet(body, keys) == expected


def test_settings_say_what_they_are():
    assert all(field.description for field in ArchiveSettings.model_fields.values())
