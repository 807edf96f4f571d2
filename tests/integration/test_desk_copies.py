"""Rows copied into PostgreSQL are of the shape that the archive writes, and agree with one another."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from app.web.timing import time_pages
from domain.query import Query
from domain.record import DocumentState
from pipeline.benchmark.desk.filing import SetClock, beginning, fill
from pipeline.benchmark.desk.run import questions, run_desk
from pipeline.benchmark.desk.settings import DeskBenchSettings
from pipeline.wiring import open_shoko
from storage.archive import ArchiveSettings, database, indexing, rebuildable, schema
from storage.archive.copies import LEFT_OUT, copy_archive
from storage.archive.log_lines import LogFilter, log_lines
from storage.archive.many import newest_records, tokens_of
from storage.archive.reader import ArchiveReader
from storage.search import search
from storage.search_sums import suggest_names
from tests.support.homes import quick_settings
from tests.support.records import NOW, open_archive

pytestmark = pytest.mark.postgres
DOCUMENTS, COPIES, MANY = 26, 3, 200
MOST_BYTES = 300_000
"""Of a page without its pictures."""


@pytest.fixture
def home(tmp_path):
    last_day = date(2026, 11, 20)
    clock = SetClock(now=beginning(last_day))
    shoko = open_shoko(quick_settings(tmp_path), clock=clock)
    fill(shoko, clock, count=DOCUMENTS, seed=31, last_day=last_day, progress=lambda *_: None)
    yield shoko
    shoko.close()


@pytest.fixture
def engines(home, postgres_url):
    source = database.create_engine(home.settings.archive_url, ArchiveSettings())
    target = database.create_engine(postgres_url, ArchiveSettings())
    database.migrate(target, ArchiveSettings())
    yield source, target
    source.dispose()
    target.dispose()


def test_copies_are_documents_of_their_own_and_agree_with_their_payloads(home, postgres_url, engines):
    source, target = engines
    sa.event.listen(source, "connect", _in_another_order)
    seen: list[str] = []
    written = copy_archive(
        source, target, client_id="default", copies=COPIES, progress=lambda what, *_: seen.append(what)
    )
    assert written["document"] == written["search_entry"] == DOCUMENTS * COPIES
    assert seen.count("copies") == COPIES
    with source.connect() as one, target.connect() as other:
        database.check_append_only(other)
        for table in schema.metadata.sorted_tables:
            if table.name in LEFT_OUT:
                continue
            keys = table.primary_key.columns
            filed = {tuple(row) for row in one.execute(sa.select(table))}
            copied = {tuple(row) for row in other.execute(sa.select(table))}
            assert filed <= copied, table.name  # the first copy is what the archive wrote, column by column
            assert len({tuple(row) for row in other.execute(sa.select(*keys))}) == len(copied)
            for constraint in table.foreign_key_constraints:
                assert _strays(other, table, constraint) == 0, (table.name, constraint.name)
    archive = open_archive(home.settings.data_folder, url=postgres_url, vault=home.store, clock=lambda: NOW)
    _payloads_say_the_same(archive)
    everything = search(archive, Query(include_deleted=True, limit=1000)).hits
    assert len({(hit.transaction_date, hit.total_amount) for hit in everything}) > 2 * DOCUMENTS
    quick = DeskBenchSettings(
        database=postgres_url,
        people=2,
        rounds=1,
        unhurried_rounds=1,
        least_pause_seconds=0,
        longest_pause_seconds=0.001,
    )
    report = run_desk(quick, today=date(2026, 11, 20), progress=lambda *_: None)
    assert report.documents == DOCUMENTS * COPIES
    for measured in (report.timings, report.unhurried):
        assert {timing.asked for timing in measured} == {2, 2 * (len(measured) - 1)}
    pages = time_pages(replace(home, archive=archive), quick)
    assert {page.name: page.status for page in pages} == dict.fromkeys((page.name for page in pages), 200)
    assert {"home", "search", "document", "review_document", "papers"} <= {page.name for page in pages}
    assert all(page.p95_ms and page.size_bytes < MOST_BYTES for page in pages)
    archive.close()


def _in_another_order(connection, _record):
    """Rows that nobody asked for in an order come in another, as they may (sqlite.org/pragma.html)."""
    connection.execute("PRAGMA reverse_unordered_selects = ON")


def test_no_question_of_the_page_reads_a_whole_table(engines):
    """At some thousand documents already: what reads a table then reads all of a million."""
    source, target = engines
    copy_archive(source, target, client_id="default", copies=MANY, progress=lambda *_: None)
    archive = ArchiveReader(target, client_id="default", clock=lambda: NOW)
    asked: list[tuple[str, object]] = []
    sa.event.listen(target, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    waiting = search(archive, Query(states=(DocumentState.NEEDS_REVIEW,), order="-received_on", limit=5)).hits
    for query in questions(date(2026, 11, 20)).values():
        for page in (replace(query, count_limit=50), replace(query, offset=50, count_limit=50)):
            found = search(archive, page)
            newest_records(archive, [hit.document_id for hit in found.hits])
    suggest_names(archive, "光", limit=8)
    for hit in waiting:
        record = archive.get_document(hit.document_id)
        tokens_of(archive, [page.unit_id for page in record.pages])
        archive.acts_about([hit.document_id, *(page.unit_id for page in record.pages)])
        archive.documents_alike(record.text)
        archive.documents_of_facts(record.fields)
        archive.leaves_of(hit.document_id)
        archive.history(hit.document_id)
    log_lines(archive, LogFilter(kinds=frozenset({"tombstoned"})), below=None, limit=20)
    archive.drops(limit=10)
    statements = dict(asked)
    with target.connect() as connection:
        large = {
            table.name
            for table in schema.metadata.sorted_tables
            if connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() >= DOCUMENTS * MANY
        }
        assert {"search_entry", "payload", "log_leaf", "drop", "likeness"} <= large
        connection.exec_driver_sql("SET random_page_cost = 1")  # as on a solid disk; else small tables are read whole
        for statement, given in statements.items():
            if not statement.startswith(("SELECT", "WITH")):
                continue
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", given).scalars().all()
            whole = [line.strip() for line in plan if any(f"Seq Scan on {name} " in f"{line} " for name in large)]
            assert not whole, (statement, plan)
    archive.close()
    source.dispose()


def _strays(connection, table, constraint):
    """Rows that name another row which is not there."""
    parent = constraint.referred_table.alias()
    pairs = ((element.parent, parent.c[element.column.name]) for element in constraint.elements)
    pairs = list(pairs)
    named = sa.and_(*(child.is_not(None) for child, _ in pairs))
    there = sa.exists().where(*(child == other for child, other in pairs))
    return connection.execute(sa.select(sa.func.count()).select_from(table).where(named, ~there)).scalar_one()


def _payloads_say_the_same(archive):
    """What the index says of a copy is what the archive's own code makes of the payload of the copy."""
    entry = rebuildable.search_entry
    waiting = (entry.c.state == DocumentState.NEEDS_REVIEW.value) & (entry.c.counterparty.is_not(None))
    rows = archive.rows(sa.select(entry).where(waiting))
    assert len(rows) >= COPIES
    for row in rows:
        record = archive.get_document(row.document_id)
        assert record is not None
        with archive._read() as connection:
            (made,) = indexing.entries(connection, (record,))
        assert made | {"grams": None} == dict(row._mapping)
        stored = archive.rows(
            sa.text("SELECT grams FROM search_entry WHERE document_id = :one").bindparams(one=row.document_id)
        )
        assert tuple(stored[0][0]) == made["grams"]
