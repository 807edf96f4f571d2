"""The same statement finds the same on PostgreSQL."""

from dataclasses import replace

import pytest

from domain.query import ORDERS, Query
from storage.archive import rebuild
from storage.archive.gram_shares import together
from storage.search import Asker, _grams, counted, search
from storage.search_sums import suggest_names, totals
from tests.support.memory_store import MemoryStore
from tests.support.records import NOW, Ticking, open_archive
from tests.support.search_corpus import CASES, fill, pages

pytestmark = pytest.mark.postgres


def test_both_databases_answer_every_query_alike(tmp_path, postgres_url, monkeypatch):
    vault = MemoryStore()
    sqlite = open_archive(tmp_path, vault=vault, clock=Ticking())
    names = fill(sqlite)
    rebuild(postgres_url, vault, clock=lambda: NOW)
    postgres = open_archive(tmp_path, url=postgres_url, vault=vault)
    for query, expected in CASES:
        hits = search(postgres, query)
        assert {names[hit.document_id] for hit in hits.hits} == expected, query
        assert hits == search(sqlite, query), query
    for order in (*ORDERS, *(f"-{name}" for name in ORDERS)):
        query = Query(order=order, include_deleted=True)
        assert search(postgres, query) == search(sqlite, query)
        assert pages(search, postgres, query) == pages(search, sqlite, query)
    with postgres._engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE search_entry")
    monkeypatch.setattr("storage.search.COMMON", 0.0)  # whatever was counted is walked for
    monkeypatch.setattr("storage.archive.gram_shares._FRESH_SECONDS", -1.0)
    for query, _ in CASES:
        for some in (replace(query, limit=1, count_limit=1), replace(query, limit=2, offset=2, count_limit=3)):
            assert search(postgres, some) == search(sqlite, some), query
        assert counted(postgres, query, 2) == counted(sqlite, query, 2), query
        assert totals(postgres, query) == totals(sqlite, query), query
        assert totals(postgres, query, most=2) == totals(sqlite, query, most=2), query
    for typed in ("青", "商事", "gmbh", "x"):
        assert suggest_names(postgres, typed, limit=3) == suggest_names(sqlite, typed, limit=3)
    common = replace(Query(words=("a",)), limit=1, count_limit=1)
    assert together(Asker.of(postgres).shares, _grams(common)) is not None
    assert search(postgres, common).hits == search(sqlite, common).hits
    sqlite.close()
    postgres.close()
