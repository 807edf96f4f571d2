"""A copy of the register on this machine: one SQLite file, looked up by number, rebuilt from the published files.

It holds public data only, is no part of the archive, and may be deleted: importing the files again makes it anew.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

from domain.errors import StorageError, StoreUnavailable
from domain.issuers import IssuerAnswer, IssuerRecord
from storage.issuers.files import Change

_CHUNK = 5_000
_BUSY_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS issuer (
  number TEXT PRIMARY KEY, name TEXT NOT NULL, trade_name TEXT NOT NULL, former_name TEXT NOT NULL,
  corporation INTEGER NOT NULL, registered_on TEXT NOT NULL, updated_on TEXT NOT NULL, disposed_on TEXT,
  expired_on TEXT, fetched_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answered (
  number TEXT PRIMARY KEY, present INTEGER NOT NULL, fetched_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_WHOLE, _UPDATED = "whole_since", "updated_to"
_PUT = (
    "INSERT INTO issuer VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (number) DO UPDATE SET name = excluded.name, "
    "trade_name = excluded.trade_name, former_name = excluded.former_name, corporation = excluded.corporation, "
    "registered_on = excluded.registered_on, updated_on = excluded.updated_on, disposed_on = excluded.disposed_on, "
    "expired_on = excluded.expired_on, fetched_at = excluded.fetched_at WHERE excluded.updated_on >= issuer.updated_on"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorState:
    """How much the copy holds."""

    entries: int
    whole_since: datetime | None
    """When a whole set of files was imported; None: absence says nothing."""
    updated_to: date | None
    """Last day whose changes are in it."""


class IssuerMirror:
    """The copy. Thread-safe; several processes may share the file."""

    def __init__(self, path: Path, *, clock: Callable[[], datetime]) -> None:
        """Name the file; it is made on first use."""
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()

    def exists(self) -> bool:
        """True where something was imported or asked before."""
        return self._path.is_file()

    def find(self, number: str) -> IssuerAnswer:
        """What the copy has about a number."""
        if not self.exists():
            return IssuerAnswer(record=None, whole=False, as_of=None, source="mirror")
        with self._open() as connection:
            row = connection.execute("SELECT * FROM issuer WHERE number = ?", (number,)).fetchone()
            whole = self._state(connection, _WHOLE)
        as_of = row[9] if row else whole
        return IssuerAnswer(
            record=_record(row) if row else None,
            whole=whole is not None,
            as_of=datetime.fromisoformat(as_of) if as_of else None,
            source="mirror",
        )

    def find_answered(self, number: str, *, days: int) -> IssuerAnswer | None:
        """What the web interface answered about a number not longer ago than that, or None."""
        if not self.exists():
            return None
        with self._open() as connection:
            found = connection.execute(
                "SELECT present, fetched_at FROM answered WHERE number = ?", (number,)
            ).fetchone()
            row = connection.execute("SELECT * FROM issuer WHERE number = ?", (number,)).fetchone()
        if found is None or datetime.fromisoformat(found[1]) < self._clock() - timedelta(days=days):
            return None
        record = _record(row) if found[0] and row else None
        return IssuerAnswer(record=record, whole=True, as_of=datetime.fromisoformat(found[1]), source="web_api")

    def keep_answer(self, number: str, record: IssuerRecord | None) -> None:
        """Remember an answer of the web interface."""
        now = self._clock().isoformat()
        with self._open() as connection:
            if record is not None:
                connection.execute(_PUT, _row(record, now))
            connection.execute("INSERT OR REPLACE INTO answered VALUES (?,?,?)", (number, record is not None, now))

    def take(self, changes: Iterable[Change], *, whole: bool, updated_to: date | None = None) -> int:
        """Import entries, newer states over older ones; returns how many.

        Args:
            changes: entries of published files or of the web interface's differences.
            whole: True where they are everybody: what is not among them afterwards is not registered.
            updated_to: last day whose changes they hold.
        """
        now = self._clock().isoformat()
        count = 0
        stream = iter(changes)
        with self._open() as connection:
            if whole:
                connection.execute("DELETE FROM issuer")
                connection.execute("DELETE FROM answered")
            while chunk := list(islice(stream, _CHUNK)):
                connection.executemany(_PUT, (_row(c, now) for c in chunk if isinstance(c, IssuerRecord)))
                gone = [(c,) for c in chunk if isinstance(c, str)]
                connection.executemany("DELETE FROM issuer WHERE number = ?", gone)
                count += len(chunk)
            values = {_WHOLE: now} if whole else {}
            if updated_to is not None:
                values[_UPDATED] = updated_to.isoformat()
            connection.executemany("INSERT OR REPLACE INTO state VALUES (?,?)", values.items())
        return count

    def state(self) -> MirrorState:
        """How much it holds."""
        if not self.exists():
            return MirrorState(entries=0, whole_since=None, updated_to=None)
        with self._open() as connection:
            (entries,) = connection.execute("SELECT count(*) FROM issuer").fetchone()
            whole, updated = self._state(connection, _WHOLE), self._state(connection, _UPDATED)
        return MirrorState(
            entries=int(entries),
            whole_since=datetime.fromisoformat(whole) if whole else None,
            updated_to=date.fromisoformat(updated) if updated else None,
        )

    @staticmethod
    def _state(connection: sqlite3.Connection, name: str) -> str | None:
        found = connection.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction on a connection of its own; foreign errors become ours."""
        with self._lock:
            connection: sqlite3.Connection | None = None
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS)
                connection.executescript(_SCHEMA)
                with connection:
                    yield connection
            except sqlite3.OperationalError as error:
                raise StoreUnavailable(
                    "the copy of the issuer register does not answer",
                    message_ja="登録事業者の写しを開けません（ほかの処理が使用中か、書き込めません）",
                ) from error
            except sqlite3.Error as error:
                raise StorageError(
                    "the copy of the issuer register is damaged",
                    message_ja="登録事業者の写しが壊れています。ファイルを消して取り込み直してください",
                ) from error
            finally:
                if connection is not None:
                    connection.close()


def _row(record: IssuerRecord, now: str) -> tuple[object, ...]:
    return (
        record.number,
        record.name,
        record.trade_name,
        record.former_name,
        record.corporation,
        record.registered_on.isoformat(),
        record.updated_on.isoformat(),
        record.disposed_on.isoformat() if record.disposed_on else None,
        record.expired_on.isoformat() if record.expired_on else None,
        now,
    )


def _record(row: tuple[object, ...]) -> IssuerRecord:
    number, name, trade, former, corporation, registered, updated, disposed, expired, _ = row
    return IssuerRecord(
        number=str(number),
        name=str(name),
        trade_name=str(trade),
        former_name=str(former),
        corporation=bool(corporation),
        registered_on=date.fromisoformat(str(registered)),
        updated_on=date.fromisoformat(str(updated)),
        disposed_on=date.fromisoformat(str(disposed)) if disposed else None,
        expired_on=date.fromisoformat(str(expired)) if expired else None,
    )
