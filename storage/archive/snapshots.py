"""Read transactions: what is asked within another question, in the same thread, is answered from the same snapshot."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from storage.archive import database
from storage.archive.once import KEPT


class Snapshots:
    """Read transactions of one engine. Thread-safe; each thread has its own."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._here = threading.local()

    @contextmanager
    def open(self) -> Iterator[sa.Connection]:
        """A connection in a read transaction: the one that this thread has open, or a new one.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        outer: sa.Connection | None = getattr(self._here, "connection", None)
        if outer is not None:
            with database.translated():
                yield outer
            return
        with database.reading(self._engine) as connection:
            connection.execution_options(**{KEPT: {}})  # lives as long as this connection, which is one transaction
            self._here.connection = connection
            try:
                yield connection
            finally:
                self._here.connection = None
