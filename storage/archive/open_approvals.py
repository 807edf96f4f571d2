"""Which documents are under way to approval: kept in memory, and brought up to date from the acts that came since.

A page asks this all the time, and of a hundred thousand documents that were approved once only a few wait now. Acts
come in order under one writer's lock, so what was looked at once stays looked at.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import sqlalchemy as sa

from domain.acts import ActKind
from domain.approvals import APPROVAL_ACTS, PREFIX
from domain.record import DocumentState
from domain.visibility import Visibility
from storage.archive import rebuildable, schema, seeing

_GOING_ON = frozenset({ActKind.APPROVAL_SUBMITTED.value, ActKind.APPROVAL_GIVEN.value})
_OVER = tuple(one.value for one in (DocumentState.APPROVED, DocumentState.TOMBSTONED, DocumentState.DESTROYED))
_AT_ONCE = 500
"""Ids in one query: below the limit on parameters of every SQLite."""


class OpenApprovals:
    """Documents whose last act of approval may have something follow it. Shared by everybody who asks; thread-safe."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._since = 0
        self._open: dict[str, None] = {}
        """In the order of the last act."""

    def documents(self, connection: sa.Connection, client_id: str, visibility: Visibility) -> tuple[str, ...]:
        """Those neither approved nor deleted that may be seen, the longest without an act first."""
        with self._turn:
            self._catch_up(connection, client_id)
            known, since = tuple(self._open), self._since
        entry, found = rebuildable.search_entry.c, set[str]()
        for start in range(0, len(known), _AT_ONCE):
            some = known[start : start + _AT_ONCE]
            mine = (entry.client_id == client_id, entry.document_id.in_(some))
            over = sa.select(entry.document_id).where(*mine, entry.state.in_(_OVER))
            self._drop(connection.execute(over).scalars().all(), since=since)
            rest = sa.select(entry.document_id).where(*mine, entry.state.not_in(_OVER), *seeing.seen(visibility))
            found |= set(connection.execute(rest).scalars())
        return tuple(one for one in known if one in found)

    def _drop(self, over: Sequence[str], *, since: int) -> None:
        """What is frozen or deleted waits for nobody; what is reopened comes back with its next submission.

        Where another thread has seen newer acts meanwhile, one of these may be open again: then they stay till later.
        """
        with self._turn:
            for one in over if self._since == since else ():
                self._open.pop(one, None)

    def _catch_up(self, connection: sa.Connection, client_id: str) -> None:
        table = schema.act
        rows = connection.execute(
            sa.select(table.c.sequence, table.c.subject_id, table.c.kind)
            .where(
                table.c.client_id == client_id,
                table.c.kind.in_(sorted(kind.value for kind in APPROVAL_ACTS)),
                table.c.sequence >= self._since,
            )
            .order_by(table.c.sequence)
        )
        for sequence, subject, kind in rows:
            document_id = subject.removeprefix(PREFIX)
            self._open.pop(document_id, None)
            if kind in _GOING_ON:
                self._open[document_id] = None
            self._since = sequence + 1
