"""The database from the vault alone: it is only an index of what the vault holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from domain.engines import ObjectStore
from domain.ids import DEFAULT_CLIENT_ID
from domain.record import ArchiveCounts
from storage.archive import database
from storage.archive.carrying import carry_over
from storage.archive.indexing import Progress
from storage.archive.repository import Archive
from storage.archive.settings import ArchiveSettings

_VERSION_TABLE = "alembic_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildResult:
    """What a rebuild found."""

    log_size: int
    """Log entries, all of them applied in order with every digest checked."""
    indexed: int
    """Documents in the search index."""
    counts: ArchiveCounts


def rebuild(
    url: str,
    vault: ObjectStore,
    *,
    client_id: str = DEFAULT_CLIENT_ID,
    clock: Callable[[], datetime],
    settings: ArchiveSettings | None = None,
    progress: Progress | None = None,
) -> RebuildResult:
    """Apply the whole log of the vault to a database that is empty (or behind), and make the search index anew.

    Interrupted, it goes on where it stopped. To replace a damaged database, ``set_aside`` it first.

    Raises:
        DigestMismatch: an object of the vault is not what the log says.
        ObjectMissing: an object that the log names is gone.
    """
    archive = Archive.open(url, vault, client_id=client_id, clock=clock, settings=settings)
    try:
        indexed = archive.reindex(progress=progress)
        counts = archive.counts()
        return RebuildResult(log_size=counts.log_size, indexed=indexed, counts=counts)
    finally:
        archive.close()


def set_aside(url: str, *, stamp: str) -> str | None:
    """Move what a database holds out of the way, so that it can be made anew; nothing is deleted.

    SQLite: the files get another name. PostgreSQL: the tables move into a schema of their own. Accounts of people stay
    where they are: they are not in the vault.

    Args:
        url: of the database.
        stamp: what the new name ends with, of letters and digits.

    Returns:
        Where it is now, or None where there was nothing.
    """
    engine = database.create_engine(url, ArchiveSettings())
    if engine.dialect.name == "sqlite":
        return _rename(Path(str(engine.url.database)), stamp)
    try:
        with database.translated(), engine.begin() as connection:
            there = set(sa.inspect(connection).get_table_names()) & {*database.tables(), _VERSION_TABLE}
            if not there:
                return None
            kept = f"{database.SET_ASIDE}{stamp.lower()}"
            connection.execute(sa.text(f"CREATE SCHEMA {kept}"))
            for table in sorted(there):
                name = connection.dialect.identifier_preparer.quote_identifier(table)
                connection.execute(sa.text(f"ALTER TABLE {name} SET SCHEMA {kept}"))
            return kept
    finally:
        engine.dispose()


def _rename(path: Path, stamp: str) -> str | None:
    kept = path.with_name(f"{path.name}.before-{stamp}")
    people = carry_over(path) if path.exists() else None
    for ending in ("-wal", "-shm", ""):
        old = path.with_name(path.name + ending)
        if old.exists():
            old.rename(kept.with_name(kept.name + ending))
    if people is not None:
        people.rename(path)
    return str(kept) if kept.exists() else None
