"""An archive as somebody may see it: over one database, for one person's eyes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from typing import Self

import sqlalchemy as sa

from domain.visibility import EVERYTHING, Access, Visibility
from storage.archive import belonging, seeing
from storage.archive.snapshots import Snapshots


class SeenArchive:
    """Whose archive it is, as whom it answers, and what there is for them."""

    def __init__(self, engine: sa.Engine, *, client_id: str) -> None:
        self._engine = engine
        self._snapshots = Snapshots(engine)
        self._client_id = client_id
        self._visibility = EVERYTHING

    @property
    def client_id(self) -> str:
        """Whose archive it is."""
        return self._client_id

    @property
    def visibility(self) -> Visibility:
        """As whom it answers."""
        return self._visibility

    def seen_by(self, visibility: Visibility) -> Self:
        """The same archive, over the same connections, as somebody may see it."""
        twin = copy(self)
        twin._visibility = visibility  # noqa: SLF001  # our own
        return twin

    def seen_documents(self, ids: Iterable[str]) -> frozenset[str]:
        """Which of these documents there are for who asks; without a visibility all of them."""
        with self._read() as connection:
            return seeing.documents(connection, self._client_id, self._visibility, ids)

    def seen_units(self, ids: Iterable[str]) -> frozenset[str]:
        """Which of these units there are for who asks."""
        with self._read() as connection:
            return seeing.units(connection, self._client_id, self._visibility, ids)

    def seen_drops(self, ids: Iterable[str]) -> frozenset[str]:
        """Which of these drops there are for who asks."""
        with self._read() as connection:
            return seeing.drops(connection, self._client_id, self._visibility, ids)

    def access_of(self, document_id: str) -> Access:
        """To which department a document belongs and to whom it is confidential, as the index has it."""
        with self._read() as connection:
            return belonging.indexed(connection, self._client_id, document_id)

    def sees_whole(self, unit_id: str) -> bool:
        """True where who asks may see every document of which a page is in a unit: its bytes show them all."""
        with self._read() as connection:
            return seeing.whole_unit(connection, self._client_id, self._visibility, unit_id)

    @property
    def database(self) -> sa.Engine:
        """What everybody who looks at the same rows shares."""
        return self._engine

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What this thread asks within is answered from one snapshot, over one connection."""
        with self._read():
            yield

    def close(self) -> None:
        """Close the database's connections; the archive can still be used and opens new ones."""
        self._engine.dispose()

    def _seen(self, connection: sa.Connection, ids: Sequence[str]) -> tuple[str, ...]:
        known = seeing.documents(connection, self._client_id, self._visibility, ids)
        return tuple(one for one in ids if one in known)

    def _read(self) -> AbstractContextManager[sa.Connection]:
        return self._snapshots.open()
