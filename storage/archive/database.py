"""Engines, transactions and migrations: everything that differs between SQLite and PostgreSQL."""

from __future__ import annotations

import fcntl
import functools
import hashlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import (
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionFreeError
from sqlalchemy.pool import ConnectionPoolEntry

from domain.errors import AppendOnlyViolation, ConfigError, StorageError, StoreUnavailable
from storage.archive import people_tables
from storage.archive.columns import metadata
from storage.archive.planning import ANALYSED_ROWS
from storage.archive.schema import REPLACEABLE
from storage.archive.settings import ArchiveSettings
from storage.archive.triggers import MESSAGE, unprotected

MIGRATIONS = Path(__file__).parent / "migrations"
SET_ASIDE = "shoko_before_"
"""Begin of the name of the PostgreSQL schema into which a database is set aside before it is made anew."""
_MIGRATION_LOCK = "migration"
_NO_TEXT = "Could not decode to UTF-8"
"""What Python's SQLite says, as of a database that does not answer, of bytes in a row that are no text."""
_RESTED_SECONDS = 5.0
"""A database that was restarted is noticed after this long a rest at the latest; sooner one question fails."""


def create_engine(url: str, settings: ArchiveSettings) -> sa.Engine:
    """An engine for ``sqlite:///path`` or ``postgresql://…`` (psycopg 3 is chosen where no driver is named).

    Raises:
        ConfigError: another database, or SQLite in memory (each connection would be another archive).
    """
    try:
        parsed = sa.make_url(url)
    except SQLAlchemyError as error:
        raise _bad_url() from error
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in {None, "", ":memory:"}:
            raise _bad_url()
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(parsed, connect_args={"timeout": settings.busy_timeout_seconds})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.get_backend_name() == "postgresql":
        engine = sa.create_engine(parsed, pool_use_lifo=True)
        event.listen(engine, "checkin", _rested)
        event.listen(engine, "checkout", _still_there)
        return engine
    raise _bad_url()


def _bad_url() -> ConfigError:
    return ConfigError(
        "the database must be sqlite:///path/to/file.sqlite or postgresql://…",
        message_ja="データベースの指定が不正です。sqlite:///ファイルのパス か postgresql://… を指定してください",
    )


def _rested(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["rested"] = time.monotonic()


def _still_there(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask a connection that rested for a while whether it still stands: a question more for each would be felt."""
    if time.monotonic() - record.info.get("rested", time.monotonic()) < _RESTED_SECONDS:
        return
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        cursor.close()
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error  # the pool tries others, then a new one


def _prepare_sqlite(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # we begin transactions ourselves
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA foreign_keys = ON")
    # A commit that a power cut takes back is applied again from the vault: NORMAL is enough in WAL mode.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute(f"PRAGMA analysis_limit = {ANALYSED_ROWS}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    immediate = connection.get_execution_options().get("shoko_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def translated() -> Iterator[None]:
    """Turn the database's exceptions into ours."""
    try:
        yield
    except IntegrityError as error:
        if MESSAGE in str(error.orig):
            raise AppendOnlyViolation("the database refused to change a record") from error
        raise StorageError("the database refused a record that contradicts another") from error
    except (OperationalError, InterfaceError, NoConnectionFreeError, sqlite3.OperationalError) as error:
        if _NO_TEXT in str(error):
            raise _damaged() from error
        raise StoreUnavailable(
            "the archive's database does not answer or stays locked",
            message_ja="データベースに接続できないか、他の処理が長く使用中です。自動的に再試行します",
        ) from error
    except (DBAPIError, sqlite3.Error, UnicodeDecodeError) as error:  # a damaged name in SQLite's own words
        raise _damaged() from error


def _damaged() -> StorageError:
    return StorageError(
        "the archive's database failed or is damaged; it can be rebuilt from the vault",
        message_ja="データベースで問題が起きました。ファイルが壊れている場合は、保存庫から再構築できます",
    )


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A read transaction: one snapshot on SQLite."""
    with translated(), engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: sa.Engine, client_id: str, settings: ArchiveSettings) -> Iterator[sa.Connection]:
    """A write transaction under the client's lock: there is one sequencer per client, whatever the processes."""
    with translated(), engine.connect() as connection:
        connection.execution_options(shoko_write=True)
        with connection.begin():
            lock(connection, client_id, settings)
            yield connection


def lock(connection: sa.Connection, name: str, settings: ArchiveSettings) -> None:
    """Hold the named lock until the transaction ends (SQLite holds the whole file already)."""
    if connection.dialect.name != "postgresql":
        return
    key = _lock_key(name)
    wait = f"{int(settings.busy_timeout_seconds * 1000)}ms"
    connection.execute(sa.text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": wait})
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _lock_key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"shoko:{name}".encode()).digest()[:8], "big", signed=True)


@contextmanager
def turn(engine: sa.Engine, name: str) -> Iterator[None]:
    """Hold a named turn that one process at a time may hold, outside any transaction; others wait.

    Threads of this process wait for one another here; one of them waits for other processes. PostgreSQL: a session's
    advisory lock, on a connection that the pool does not count, so that those who wait leave it to those who work;
    SQLite: a locked file beside the database. Either ends with its process.
    """
    with _turn_of(engine, name):
        if engine.dialect.name == "postgresql":
            with translated(), engine.connect() as connection:
                connection.detach()  # the lock goes with it when it is closed
                connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": _lock_key(f"turn:{name}")})
                connection.commit()
                yield
            return
        with Path(f"{engine.url.database}.{name}.turn").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


_turns: dict[tuple[sa.URL, str], threading.Lock] = {}
"""Of this process: a handful of names for each database."""


def _turn_of(engine: sa.Engine, name: str) -> threading.Lock:
    return _turns.setdefault((engine.url, name), threading.Lock())


def alembic_config(connection: sa.Connection) -> Config:
    """Alembic's configuration without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


@functools.cache  # reading the folder takes longer than anything else where the database is there already
def versions() -> tuple[str, ...]:
    """Every version, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return tuple(reversed([script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]))


def migrate(engine: sa.Engine, settings: ArchiveSettings, *, to: str = "head") -> None:
    """Bring the database to a version, one process at a time, and see that every append-only trigger stands.

    Raises:
        AppendOnlyViolation: a table would be left without its triggers; nothing is changed.
        ConfigError: the database was written by a newer Shoko.
    """
    target = versions()[-1] if to == "head" else to
    with translated():
        if engine.dialect.name == "sqlite":
            _use_wal(engine, settings)
        with engine.connect() as connection, connection.begin():
            if MigrationContext.configure(connection).get_current_revision() == target:
                return
        with engine.connect() as connection:
            connection.execution_options(shoko_write=True)
            with connection.begin():
                lock(connection, _MIGRATION_LOCK, settings)
                current = MigrationContext.configure(connection).get_current_revision()
                if current is not None and current not in versions():
                    raise ConfigError(
                        f"the database has version {current}, which this Shoko does not know",
                        message_ja="データベースはより新しい Shoko で作られています。Shoko を更新してください",
                    )
                if current != target:
                    command.upgrade(alembic_config(connection), target)
                    check_append_only(connection)


def check_append_only(connection: sa.Connection) -> None:
    """See that every table there is has its triggers.

    Raises:
        AppendOnlyViolation: naming the triggers that are missing.
    """
    gaps = append_only_gaps(connection)
    if gaps:
        raise AppendOnlyViolation(
            f"append-only triggers are missing: {', '.join(gaps)}",
            message_ja=f"追記専用を守るトリガーがありません（{', '.join(gaps)}）。管理者に連絡してください",
        )


def append_only_gaps(connection: sa.Connection) -> tuple[str, ...]:
    """Triggers that should stand on this database's tables and do not."""
    replaceable = {"alembic_version", *REPLACEABLE, *people_tables.NAMES}
    return unprotected(connection, sorted(set(sa.inspect(connection).get_table_names()) - replaceable))


def _use_wal(engine: sa.Engine, settings: ArchiveSettings) -> None:
    # Switching to WAL needs the file alone for a moment and does not wait by itself; once switched, the file stays so.
    deadline = time.monotonic() + settings.busy_timeout_seconds
    while True:
        raw = engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("PRAGMA journal_mode = WAL")
            mode = cursor.fetchone()
            if (mode is not None and str(mode[0]).lower() == "wal") or time.monotonic() > deadline:
                return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
        finally:
            raw.close()
        time.sleep(0.02)


def tables() -> tuple[str, ...]:
    """Every table of the newest version that a rebuild makes anew, parents first (not those of people)."""
    return tuple(table.name for table in metadata.sorted_tables)
