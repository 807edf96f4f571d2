"""Working off the queue of stamp requests."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from domain.engines import TimestampAuthority
from domain.errors import DigestMismatch, EvidenceError, ObjectMissing, TimestampUnavailable
from domain.evidence import StampRequest
from storage.archive import Archive
from storage.evidence.interrupted import finish_interrupted

_GIVE_UP_AFTER = 3
"""Units in a row that got no answer: the authority is down, and the rest of the queue need not time out one by one."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StampFailure:
    """A unit that did not get its token this time."""

    unit_id: str
    error_code: str
    """Code of ``domain.errors``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StampingResult:
    """What one round did."""

    stamped: tuple[str, ...]
    """Units that got a token."""
    failed: tuple[StampFailure, ...]
    """Units that were tried in vain; the archive says when they are due again."""
    postponed: int = 0
    """Requests left alone because the authority does not answer."""


def stamp_pending(archive: Archive, authority: TimestampAuthority, *, limit: int) -> StampingResult:
    """Ask for a token for each request that is due, at most ``limit``; one unit's failure never stops the others.

    One process at a time, so that no unit is stamped twice. A crash between token and record costs a token: the request
    is still queued and is asked again.
    """
    with archive.turn("stamping"):
        finish_interrupted(archive, authority)  # left by a round under the other policy
        return _stamp(archive, authority, archive.pending_stamps(limit=limit))


def _stamp(archive: Archive, authority: TimestampAuthority, requests: tuple[StampRequest, ...]) -> StampingResult:
    stamped: list[str] = []
    failed: list[StampFailure] = []
    unanswered = 0
    for request in requests:
        if unanswered >= _GIVE_UP_AFTER:
            break
        try:
            archive.record_timestamp(request.unit_id, authority.stamp(request.imprint))
        except (EvidenceError, DigestMismatch, ObjectMissing) as error:
            _log.warning("unit %s not stamped: %s", request.unit_id, error.code)
            archive.record_stamp_failure(request.unit_id, error_code=error.code)
            failed.append(StampFailure(unit_id=request.unit_id, error_code=error.code))
            unanswered = unanswered + 1 if isinstance(error, TimestampUnavailable) else 0
        else:
            stamped.append(request.unit_id)
            unanswered = 0
    return StampingResult(
        stamped=tuple(stamped), failed=tuple(failed), postponed=len(requests) - len(stamped) - len(failed)
    )
