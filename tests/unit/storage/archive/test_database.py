"""What goes wrong below the archive arrives as one of our errors."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import StatementError

from domain.errors import AppendOnlyViolation, DigestMismatch, StorageError, StoreUnavailable
from storage.archive import Archive, ArchiveSettings, database, manifests, schema
from tests.support.memory_store import MemoryStore
from tests.support.records import NOW, make_drop, open_archive

IMPATIENT = ArchiveSettings(busy_timeout_seconds=0.05)


def clock():
    return NOW


def test_a_database_that_stays_locked_is_unavailable(tmp_path):
    url, vault = f"sqlite:///{tmp_path}/a.sqlite", MemoryStore()
    archive = Archive.open(url, vault, clock=clock, settings=IMPATIENT)
    engine = database.create_engine(url, IMPATIENT)
    with engine.connect() as other:
        other.execution_options(shoko_write=True)
        with other.begin(), pytest.raises(StoreUnavailable) as caught:
            archive.record_drop(make_drop(vault))
    assert caught.value.retryable
    assert archive.log_size() == 0
    archive.record_drop(make_drop(vault))
    assert archive.log_size() == 1
    engine.dispose()
    archive.close()


def test_a_database_with_no_connection_free_is_unavailable(tmp_path):
    pool = {"poolclass": sa.QueuePool, "pool_size": 1, "max_overflow": 0, "pool_timeout": 0}
    engine = sa.create_engine(f"sqlite:///{tmp_path}/a.sqlite", **pool)
    with engine.connect(), pytest.raises(StoreUnavailable), database.reading(engine):
        pass
    engine.dispose()


def test_readers_do_not_wait_for_a_writer(tmp_path):
    archive = open_archive(tmp_path)
    drop = archive.record_drop(make_drop(archive.vault))
    with archive._write():
        assert archive.get_drop(drop.drop_id) == drop
    archive.close()


def test_a_database_server_that_does_not_answer_is_unavailable():
    with pytest.raises(StoreUnavailable):
        Archive.open("postgresql://nobody@127.0.0.1:1/none", MemoryStore(), clock=clock)


def test_a_file_that_is_no_database_is_an_error(tmp_path):
    (tmp_path / "a.sqlite").write_bytes(b"this is a text file, long enough to be looked at as a database" * 20)
    with pytest.raises(StorageError):
        Archive.open(f"sqlite:///{tmp_path}/a.sqlite", MemoryStore(), clock=clock)


def test_refusals_of_the_database_are_told_apart(tmp_path):
    archive = open_archive(tmp_path)
    with pytest.raises(AppendOnlyViolation), archive._write() as connection:
        connection.execute(sa.delete(schema.client))
    leaf = {"client_id": "nobody", "sequence": 0, "kind": "x", "subject_id": "x", "recorded_at": NOW, "leaf_hash": b""}
    with pytest.raises(StorageError) as caught, archive._write() as connection:
        connection.execute(sa.insert(schema.log_leaf).values(leaf))
    assert not isinstance(caught.value, AppendOnlyViolation)
    archive.close()


def test_an_instant_without_a_zone_is_refused(tmp_path):
    archive = open_archive(tmp_path)
    with pytest.raises(StatementError, match="aware"), archive._engine.begin() as connection:
        connection.execute(sa.select(schema.log_leaf).where(schema.log_leaf.c.recorded_at > datetime(2026, 1, 1)))  # noqa: DTZ001
    archive.close()


def test_what_json_readers_disagree_on_is_replaced_or_refused():
    plain = {"a": float("nan"), "b": [float("inf"), 0.5], "c\x00": "\ud800"}
    assert manifests.encode(plain) == '{"a":0,"b":[0,0.5],"c\ufffd":"\ufffd"}'.encode()
    with pytest.raises(StorageError):
        manifests.encode({"a": 2**60})


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"\xff", b'{"salt":"","drop":[]}', b'{"salt":"","drop":{"drop_id":1}}']
)
def test_an_object_that_is_not_ours_is_named(content):
    with pytest.raises(DigestMismatch) as caught:
        manifests.drop_of(content, key="default/drops/drop-1.payload.json")
    assert caught.value.file == "default/drops/drop-1.payload.json"


def test_two_databases_over_one_vault_are_noticed(tmp_path):
    vault = MemoryStore()
    one = open_archive(tmp_path / "one", vault=vault)
    one.record_drop(make_drop(vault))
    # The other applied the first log entry at open; from then on each finds what the other wrote.
    other = open_archive(tmp_path / "two", vault=vault)
    other.record_drop(make_drop(vault, b"b", name="b.pdf"))
    one.record_drop(make_drop(vault, b"c", name="c.pdf"))
    assert [leaf.sequence for leaf in one.leaves(0, 9)] == [0, 1, 2]
    one.close()
    other.close()


def test_a_damaged_statement_of_the_schema_is_said_as_damage(tmp_path):
    """SQLite names what it cannot read in its own message, which is then no text."""
    open_archive(tmp_path).close()
    database_file = tmp_path / "archive.sqlite"
    content = database_file.read_bytes()
    assert b"CREATE TRIGGER" in content
    database_file.write_bytes(content.replace(b"CREATE TRIGGER", b"CREATE TRI\xefGER", 1))
    with pytest.raises(StorageError, match="damaged"):
        open_archive(tmp_path)
