"""One client's archive as it is opened: connected, migrated, level with its vault, with one writer at a time."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self

import sqlalchemy as sa

from domain.engines import ObjectStore
from domain.evidence import TimestampToken
from domain.ids import DEFAULT_CLIENT_ID, check_client_id
from storage.archive import database, division, figure_sums, indexing, schema
from storage.archive.destruction import GoneFromVault
from storage.archive.planning import many_in_memory
from storage.archive.reader import ArchiveReader
from storage.archive.refusals import missing
from storage.archive.settings import ArchiveSettings
from storage.archive.writing import Sequencer


class OpenArchive(ArchiveReader):
    """What all acts need: the database, the vault behind it and the client's writer lock."""

    def __init__(
        self,
        engine: sa.Engine,
        sequencer: Sequencer,
        *,
        accredits: Callable[[TimestampToken], bool] | None = None,
    ) -> None:
        super().__init__(engine, client_id=sequencer.client_id, clock=sequencer.now, accredits=accredits)
        self._sequencer = sequencer
        self._settings = sequencer.settings
        self._threads = threading.Lock()
        self.size_at_opening: int | None = None
        """Log entries that the database had before it was made level with the vault; None where it was new."""

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    @classmethod
    def open(
        cls,
        url: str,
        vault: ObjectStore,
        *,
        client_id: str = DEFAULT_CLIENT_ID,
        clock: Callable[[], datetime],
        settings: ArchiveSettings | None = None,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        accredits: Callable[[TimestampToken], bool] | None = None,
        indexed: indexing.Progress | None = None,
    ) -> Self:
        """Open (and create, migrate and roll forward where needed) the archive of a client.

        Args:
            url: ``sqlite:///path`` or ``postgresql://…``.
            vault: the store whose bucket ``vault`` holds everything that must not be lost.
            client_id: whose archive.
            clock: gives aware instants.
            settings: waits and locks.
            random_bytes: salts of payloads.
            accredits: which tokens count as accredited, by the trust list in force; None: as found when they came.
            indexed: told how far it is where another version made the search index, and it is made anew.

        Raises:
            ConfigError: a database that is not supported, or is newer than this program.
            StoreUnavailable: the database or the vault does not answer.
        """
        chosen = settings or ArchiveSettings()
        sequencer = Sequencer(
            client_id=check_client_id(client_id),
            vault=vault,
            clock=clock,
            random_bytes=random_bytes,
            settings=chosen,
        )
        engine = database.create_engine(url, chosen)
        archive = cls(engine, sequencer, accredits=accredits)
        try:
            database.migrate(engine, chosen)
            archive._prepare(indexed)
        except BaseException:
            archive.close()
            raise
        return archive

    @property
    def vault(self) -> ObjectStore:
        """The store behind it."""
        return self._sequencer.vault

    @property
    def clock(self) -> Callable[[], datetime]:
        """The clock it was opened with."""
        return self._clock

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """Hold a named turn of this client; other processes that want the same one wait (not a transaction)."""
        with database.turn(self._engine, f"{self.client_id}-{name}"):
            yield

    def reindex(self, *, progress: indexing.Progress | None = None) -> int:
        """Make the search index anew; returns the number of documents."""
        with self._write() as connection:
            return indexing.rebuild(connection, self.client_id, progress=progress)

    def roll_forward(self) -> int:
        """Apply what the vault has and the database has not; returns the number of log entries."""
        total = 0
        gone = GoneFromVault(self.vault, self.client_id)
        while True:
            with self._write(catch_up=False) as connection, many_in_memory(connection):
                applied = self._sequencer.roll_forward(connection, limit=self._settings.rebuild_batch, gone=gone)
            total += applied
            if applied < self._settings.rebuild_batch:
                return total

    def restore(self, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Insert rows that a rebuild has and this database lacks, by table (``comparing.differences``); all or none.

        Raises:
            AppendOnlyViolation: the database refuses one: a gap in a numbered series can only be filled by a rebuild.
        """
        with self._write(catch_up=False) as connection:  # an act is only finished on top of rows that are whole
            for table in schema.APPEND_ONLY:
                for row in rows.get(table.name, ()):
                    connection.execute(sa.insert(table).values(**row))

    def _prepare(self, indexed: indexing.Progress | None) -> None:
        table = schema.client
        with self._read() as connection:
            known = connection.execute(sa.select(table).where(table.c.client_id == self.client_id)).first() is not None
            stale = indexing.is_stale(connection, self.client_id)
            unsummed = figure_sums.are_missing(connection, self.client_id)
        if not known:
            with self._write(catch_up=False) as connection:
                if connection.execute(sa.select(table).where(table.c.client_id == self.client_id)).first() is None:
                    connection.execute(sa.insert(table).values(client_id=self.client_id))
        self.size_at_opening = self.log_size() if known else None
        if unsummed and not stale:  # before anything is added to sums that are not there
            with self._write(catch_up=False) as connection:
                figure_sums.remake(connection, self.client_id)
        self.roll_forward()
        if stale:
            self.reindex(progress=indexed)

    @contextmanager
    def _write(self, *, catch_up: bool = True) -> Iterator[sa.Connection]:
        with self._threads, database.writing(self._engine, self.client_id, self._settings) as connection:
            if catch_up:
                self._sequencer.roll_forward(connection)
                division.finish(connection, self._sequencer)
            yield connection

    def _must_exist(self, connection: sa.Connection, table: sa.Table, column: str, value: str) -> None:
        query = sa.select(table.c[column]).where(table.c.client_id == self.client_id, table.c[column] == value)
        if connection.execute(query).first() is None:
            raise missing(value)

    def _check_client(self, client_id: str) -> None:
        if client_id != self.client_id:
            msg = f"this is the archive of {self.client_id}, not of {client_id}"
            raise ValueError(msg)
