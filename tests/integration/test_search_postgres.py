"""The same statement finds the same on PostgreSQL."""

import pytest

from domain.query import ORDERS, Query
from storage.archive import rebuild
from storage.search import search
from tests.support.memory_store import MemoryStore
from tests.support.records import NOW, Ticking, open_archive
from tests.support.search_corpus import CASES, fill, pages

pytestmark = pytest.mark.postgres


def test_both_databases_answer_every_query_alike(tmp_path, postgres_url):
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
    sqlite.close()
    postgres.close()
