"""The half of an archive that timestamps are written to: tokens of units, tokens over many, and failed attempts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Literal

import sqlalchemy as sa

from domain.errors import DigestMismatch, ObjectMissing
from domain.evidence import BatchMember, BatchPurpose, StampBatch, TimestampToken
from domain.ids import Digest
from storage.archive import reading_log, schema, series
from storage.archive.opening import OpenArchive
from storage.archive.refusals import missing

_IDS_PER_QUERY = 500
_MOST_DOUBLINGS = 30

_log = logging.getLogger(__name__)


class StampedArchive(OpenArchive):
    """What records timestamps."""

    def record_timestamp(self, unit_id: str, token: TimestampToken) -> None:
        """Record a token of a unit; the first stamps it, later ones renew it.

        Raises:
            ObjectMissing: no such unit.
            DigestMismatch: the token is over something else.
        """
        with self._read() as connection:
            request = reading_log.find_request(connection, self.client_id, unit_id)
            if request is None:
                raise missing(unit_id)
            if request.imprint != token.imprint:
                raise _not_over(unit_id)
            if reading_log.has_token(connection, self.client_id, unit_id, Digest.of(token.token_der)):
                return
        prepared = self._sequencer.prepare_token(unit_id, token)
        with self._write() as connection:
            if not reading_log.has_token(connection, self.client_id, unit_id, Digest.of(token.token_der)):
                self._sequencer.append_prepared(connection, prepared)

    def finish_batch(self, *, holds: Callable[[StampBatch], bool]) -> StampBatch | None:
        """Record a batch whose token is in the vault and whose log entry is not (a crash came between); or None.

        Nothing says yet that it was put there by us: it is held against the units, and against ``holds``, as when it
        came. What does not hold stays where it is and is passed by; verification and reconciliation name it.
        """
        with self._write() as connection:
            newest = series.newest(connection, schema.stamp_batch, self.client_id)
        for key, left in self._sequencer.batches_beyond(newest):
            if left is not None and holds(left):
                with self._write() as connection:
                    if left.purpose is not BatchPurpose.STAMP or self._are_members(connection, left.members):
                        return self._sequencer.batch(connection, left)
            _log.warning("%s in the vault has no log entry and does not hold: passed by", key)
        return None

    def record_batch(
        self,
        members: Sequence[BatchMember],
        token: TimestampToken,
        *,
        purpose: BatchPurpose = BatchPurpose.STAMP,
        hash_algorithm: Literal["sha256", "sha384", "sha512"] = "sha256",
    ) -> StampBatch:
        """Record one token over a hash tree; that the tree's root is what the token is over is the caller's to check.

        Call ``finish_batch`` first, and hold the turn: an interrupted batch would be passed by.

        Raises:
            ObjectMissing: a member is a unit that the archive does not have.
            DigestMismatch: a member's digest is not its unit's.
        """
        with self._write() as connection:
            if purpose is BatchPurpose.STAMP:
                self._check_members(connection, members)
            number = series.newest(connection, schema.stamp_batch, self.client_id) + 1
            batch = StampBatch(
                client_id=self.client_id,
                number=number,
                purpose=purpose,
                hash_algorithm=hash_algorithm,
                members=tuple(members),
                token=token,
            )
            return self._sequencer.batch(connection, batch)

    def record_stamp_failure(self, unit_id: str, *, error_code: str) -> None:
        """Count a failed attempt and put the next one off: twice as long each time, up to a limit.

        Attempts are no evidence: they are not in the vault, and after a rebuild every open request is due at once.
        """
        self.record_stamp_failures((unit_id,), error_code=error_code)

    def record_stamp_failures(self, unit_ids: Iterable[str], *, error_code: str) -> None:
        """The same for many units in one transaction."""
        with self._write() as connection:
            now = self._sequencer.now()
            rows = []
            for unit_id in unit_ids:
                request = reading_log.find_request(connection, self.client_id, unit_id)
                if request is None:
                    raise missing(unit_id)
                wait = self._settings.stamp_retry_seconds * 2.0 ** min(request.attempts, _MOST_DOUBLINGS)
                rows.append(
                    {
                        "client_id": self.client_id,
                        "unit_id": unit_id,
                        "attempt": request.attempts + 1,
                        "attempted_at": now,
                        "error_code": error_code,
                        "next_attempt_at": now + timedelta(seconds=min(wait, self._settings.stamp_retry_limit_seconds)),
                    }
                )
            if rows:
                connection.execute(sa.insert(schema.stamp_attempt), rows)

    def _are_members(self, connection: sa.Connection, members: Sequence[BatchMember]) -> bool:
        try:
            self._check_members(connection, members)
        except (ObjectMissing, DigestMismatch):
            return False
        return True

    def _check_members(self, connection: sa.Connection, members: Sequence[BatchMember]) -> None:
        wanted = {member.name: member.digest for member in members if member.name.startswith("unit-")}
        names = tuple(wanted)
        table = schema.stamp_request
        for start in range(0, len(names), _IDS_PER_QUERY):
            query = sa.select(table.c.unit_id, table.c.imprint).where(
                table.c.client_id == self.client_id, table.c.unit_id.in_(names[start : start + _IDS_PER_QUERY])
            )
            for row in connection.execute(query):
                if Digest.parse(row.imprint).value != wanted.pop(row.unit_id):
                    raise _not_over(row.unit_id)
        if wanted:
            raise missing(next(iter(wanted)))


def _not_over(unit_id: str) -> DigestMismatch:
    return DigestMismatch(
        f"the token is not over unit {unit_id}",
        message_ja=f"タイムスタンプが {unit_id} のものではありません（ハッシュ値が一致しません）",
    )
