"""Trying to change or remove rows of every table after every migration, on both databases."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from domain.errors import AppendOnlyViolation, ConfigError
from storage.archive import database, people_tables, rebuildable, schema
from storage.archive.settings import ArchiveSettings
from storage.archive.triggers import MESSAGE
from tests.support.records import make_draft, make_drop, make_outcome, make_token, open_archive

SETTINGS = ArchiveSettings()
EXEMPT = {"alembic_version", "search_entry", "likeness", "figure", "figure_sum", "attention", *people_tables.NAMES}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request, tmp_path):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/archive.sqlite"
    else:
        url = request.getfixturevalue("postgres_url")
    engine = database.create_engine(url, SETTINGS)
    yield engine
    engine.dispose()


def guarded_tables(connection):
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in EXEMPT]


def value_for(column):
    # Equal names hold equal values, so every foreign key finds its row, and numbers are the first of their order.
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.Integer):
        return 0 if column.name == "sequence" else 1
    if isinstance(kind, sa.DateTime):
        return datetime(2026, 1, 1, tzinfo=UTC)
    if isinstance(kind, sa.Date):
        return date(2026, 1, 1)
    return b"x" if isinstance(kind, sa.LargeBinary) else "x"


def approve_a_destruction(connection, table):
    """What a row of ``destroyed`` must find: its act, which belongs to a request that was approved."""
    found = table.metadata.tables
    for sequence, kind, subject in ((1, "request_approved", "request"), (2, "destroyed", "y")):
        for name, more in (
            ("log_leaf", {"sequence": sequence}),
            ("act", {"sequence": sequence, "kind": kind, "subject_id": subject}),
            ("act_about", {"sequence": sequence, "about_id": "request"}),
        ):
            values = {c.name: value_for(c) for c in found[name].columns}
            connection.execute(sa.insert(found[name]).values(values | more))


def fill(connection, table):
    if connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0:
        if table.name == "destroyed":
            approve_a_destruction(connection, table)
            values = {c.name: value_for(c) for c in table.columns} | {"sequence": 2, "subject_id": "y"}
            connection.execute(sa.insert(table).values(values))
            return
        connection.execute(sa.insert(table).values({c.name: value_for(c) for c in table.columns}))


def attacks(connection, table):
    name = connection.dialect.identifier_preparer.quote_identifier(table.name)
    key = ", ".join(column.name for column in table.primary_key)
    columns = ", ".join(column.name for column in table.columns)
    for column in table.columns:
        yield f"UPDATE {name} SET {column.name} = {column.name}"
        yield f"UPDATE {name} SET {column.name} = NULL"
    yield f"DELETE FROM {name}"
    yield f"DELETE FROM {name} WHERE client_id = 'x'"
    yield (
        f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {name} WHERE true "
        f"ON CONFLICT ({key}) DO UPDATE SET client_id = 'y'"
    )
    if connection.dialect.name == "sqlite":
        yield f"INSERT OR REPLACE INTO {name} ({columns}) SELECT {columns} FROM {name}"
        yield f"REPLACE INTO {name} ({columns}) SELECT {columns} FROM {name}"
        yield f"UPDATE OR REPLACE {name} SET client_id = 'y'"
        others = ", ".join(c.name if c.name != "client_id" else "'y'" for c in table.columns)
        yield f"INSERT OR REPLACE INTO {name} (rowid, {columns}) SELECT rowid, {others} FROM {name}"
    else:
        yield f"TRUNCATE {name} CASCADE"
        yield f"TRUNCATE {name}"
        yield f"UPDATE {name} SET client_id = 'y' WHERE false"
        yield f"MERGE INTO {name} a USING {name} b ON a.client_id = b.client_id WHEN MATCHED THEN DELETE"


def content(engine, table):
    with engine.connect() as connection:
        return connection.execute(sa.select(table)).all()


def test_no_row_can_be_changed_or_removed_after_any_migration(engine):
    for version in database.versions():
        database.migrate(engine, SETTINGS, to=version)
        with engine.begin() as connection:
            tables = guarded_tables(connection)
            for table in tables:
                fill(connection, table)
        for table in tables:
            before = content(engine, table)
            assert before, f"{table.name} is empty at {version}: nothing would be tried"
            with engine.connect() as connection:
                statements = list(attacks(connection, table))
            for statement in statements:
                with pytest.raises(DBAPIError) as caught, engine.begin() as connection:  # noqa: PT012
                    if connection.dialect.name == "sqlite":
                        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
                    connection.exec_driver_sql(statement)
                    pytest.fail(f"{version}: {statement} was not refused")
                said = str(caught.value.orig)
                # Not every table has a rowid, and a table that others refer to refuses a TRUNCATE of its own.
                elsewhere = ("no such column: rowid", "no column named rowid", "cannot truncate a table referenced")
                assert any(reason in said for reason in (MESSAGE, *elsewhere)), statement
            assert content(engine, table) == before


@pytest.mark.postgres
def test_a_replication_role_does_not_skip_the_triggers(postgres_url):
    engine = database.create_engine(postgres_url, SETTINGS)
    database.migrate(engine, SETTINGS)
    with engine.begin() as connection:
        fill(connection, schema.client)
    for statement in ("DELETE FROM client", "UPDATE client SET client_id = 'y'", "TRUNCATE client CASCADE"):
        with pytest.raises(DBAPIError, match=MESSAGE), engine.begin() as connection:  # noqa: PT012
            connection.exec_driver_sql("SET session_replication_role = replica")
            connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("log_leaf", {"sequence": 2}),
        ("log_leaf", {"sequence": -1}),
        ("revision", {"revision": 3, "sequence": 1}),
        ("revision", {"revision": 0, "sequence": 1}),
        ("drop_outcome", {"number": 5, "sequence": 1}),
        ("counterparty_batch", {"number": 3, "sequence": 1}),
        ("act", {"number": 3, "sequence": 1}),
    ],
)
def test_numbers_have_no_gaps(engine, table, values):
    with pytest.raises(DBAPIError, match="gap in"):
        insert_next(engine, table, values)


def insert_next(engine, table, values):
    """One more row of a filled table, under a log entry of its own."""
    database.migrate(engine, SETTINGS)
    with engine.begin() as connection:
        tables = {found.name: found for found in guarded_tables(connection)}
        for found in tables.values():
            fill(connection, found)
        leaf = tables["log_leaf"]
        if "sequence" in values and table != "log_leaf":
            values = values | {"sequence": 3}  # the first that no row has yet
            row = {c.name: value_for(c) for c in leaf.columns} | {"sequence": 3}
            connection.execute(sa.insert(leaf).values(row))
    chosen = tables[table]
    with engine.begin() as connection:
        connection.execute(sa.insert(chosen).values({c.name: value_for(c) for c in chosen.columns} | values))


def test_a_batch_may_pass_by_a_number(engine):
    insert_next(engine, "stamp_batch", {"number": 7, "sequence": 1})


def test_a_batch_never_goes_back(engine):
    with pytest.raises(DBAPIError, match="out of order"):
        insert_next(engine, "stamp_batch", {"number": 0, "sequence": 1})


def test_migrations_and_tables_agree(engine):
    database.migrate(engine, SETTINGS)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, [schema.metadata, people_tables.metadata]) == []
        known = {*database.tables(), *people_tables.NAMES, "alembic_version"}
        assert set(sa.inspect(connection).get_table_names()) == known


def test_a_trigger_that_is_gone_is_named(engine):
    database.migrate(engine, SETTINGS)
    with engine.begin() as connection:
        assert database.append_only_gaps(connection) == ()
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER revision_refuse_update")
            gone = "revision_refuse_update"
        else:
            connection.exec_driver_sql("ALTER TABLE revision DISABLE TRIGGER revision_refuse_change")
            gone = "revision_refuse_change"
        assert database.append_only_gaps(connection) == (gone,)
        with pytest.raises(AppendOnlyViolation, match=gone):
            database.check_append_only(connection)


def test_a_database_of_a_newer_version_is_not_touched(engine):
    database.migrate(engine, SETTINGS)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'v9999'")
    with pytest.raises(ConfigError, match="v9999"):
        database.migrate(engine, SETTINGS)


def test_foreign_keys_hold(engine):
    database.migrate(engine, SETTINGS)
    row = {c.name: value_for(c) for c in schema.revision_unit.columns}
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(sa.insert(schema.revision_unit).values(row))


def test_the_search_index_alone_can_be_replaced(engine, tmp_path):
    archive = open_archive(tmp_path, url=engine.url.render_as_string(hide_password=False))
    drop = archive.record_drop(make_drop(archive.vault))
    record = archive.file_document(make_draft(drop.unit_id))
    archive.record_outcome(make_outcome(drop, record.document_id))
    archive.record_timestamp(drop.unit_id, make_token(drop.blob.digest))
    with engine.begin() as connection:
        connection.execute(sa.delete(rebuildable.search_entry))
    assert archive.reindex() == 1
    archive.close()


def test_a_payload_goes_only_where_an_approved_destruction_names_it(engine):
    database.migrate(engine, SETTINGS)
    with engine.begin() as connection:
        for table in guarded_tables(connection):
            fill(connection, table)
    forged = sa.insert(schema.destroyed).values(client_id="x", kind="x", subject_id="x", number=1, sequence=0)
    for statement in (sa.delete(schema.payload), forged, forged.values(sequence=1)):
        with pytest.raises(DBAPIError, match=MESSAGE), engine.begin() as connection:
            connection.execute(statement)
    with engine.begin() as connection:
        connection.execute(forged.values(sequence=2))
        assert connection.execute(sa.delete(schema.payload)).rowcount == 1
    with pytest.raises(DBAPIError, match=MESSAGE), engine.begin() as connection:
        connection.execute(sa.delete(schema.destroyed))
