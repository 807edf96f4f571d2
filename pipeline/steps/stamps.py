"""How timestamps stand: what waits for one and until when, what nears its end, and the renewal of that."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from compliance.deadlines import deadline_for
from domain.calendar import tokyo_day
from domain.errors import TimestampRefused, TimestampUnavailable
from storage.evidence.ageing import Ageing, HashName, ageing
from storage.evidence.batching import closing_time
from storage.evidence.renewal import Renewal, renew_hash_trees, renew_timestamps
from storage.evidence.revocation import Fetch, fetch_over_http, keep_revocation_data

if TYPE_CHECKING:
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

DAYS_IN_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class StampQueue:
    """What waits for a timestamp."""

    waiting: int
    due_on: date | None
    """First legal deadline among them (law: scan-input-early, scan-input-cycle); None where nothing waits."""
    overdue: bool
    """Whether that day is past."""
    closes_at: datetime | None
    """When the next batch is closed at the latest; None where nothing waits or each unit has its own token."""
    failed: int
    """Those among them that were asked for in vain so far; they are tried again."""
    last_error: str | None
    """Code of the newest failure."""
    attempts: int = 0
    """Most that were made in vain for one of them."""


def stamp_queue(shoko: Shoko) -> StampQueue:
    """The queue as it stands, of what who asks may see."""
    archive, evidence = shoko.archive, shoko.settings.evidence
    requests = archive.pending_seen(limit=evidence.batch.max_units)
    waiting = archive.unstamped_units() if archive.visibility.sees_all else len(requests)
    days = [stamp_deadline(shoko, day) for day in archive.unstamped_received_on()]
    if not waiting or not days:
        return StampQueue(waiting=0, due_on=None, overdue=False, closes_at=None, failed=0, last_error=None)
    failed = sorted((request for request in requests if request.attempts), key=lambda one: one.attempts)
    batched = evidence.policy == "batch"
    return StampQueue(
        waiting=waiting,
        due_on=min(days),
        overdue=min(days) < tokyo_day(shoko.clock()),
        closes_at=closing_time(requests, days, evidence.batch) if batched else None,
        failed=len(failed),
        last_error=failed[-1].last_error if failed else None,
        attempts=failed[-1].attempts if failed else 0,
    )


def stamp_deadline(shoko: Shoko, received_on: date) -> date:
    """Last day on which what was received then may be stamped."""
    return deadline_for(received_on, settings=shoko.company_for(received_on))


def ageing_tokens(shoko: Shoko, *, most: int | None = None) -> tuple[Ageing, ...]:
    """Tokens whose certificate ends within the months that the settings name, the first to end first.

    ``most``: for a page that cannot wait, see ``storage.evidence.ageing.ageing``.
    """
    return ageing(shoko.archive, ends_before=_horizon(shoko), most=most)


def renew_ageing(shoko: Shoko) -> Renewal:
    """One new token over all that near their end.

    Raises:
        TimestampUnavailable: no authority answers; the same call goes on later.
        TimestampRefused: all refused.
    """
    return renew_timestamps(shoko.archive, shoko.authority, ends_before=_horizon(shoko), now=shoko.clock())


def renew_nightly(shoko: Shoko) -> int:
    """The same as a step among others: an outage is logged and waits for the next night. Returns tokens renewed."""
    try:
        done = renew_ageing(shoko)
    except (TimestampUnavailable, TimestampRefused) as error:
        logger.warning("renewal put off: %s", error.code)
        return 0
    logger.info("renewed %d, too late %d", done.renewed, len(done.too_late))
    return done.renewed


def keep_revocation_of_day(shoko: Shoko, *, fetch: Fetch = fetch_over_http, say_failures: bool = True) -> int:
    """Keep the revocation data of authorities that stamped over the network; how many were logged now.

    After each token, and nightly; once a day for each authority. Only the night says that nothing could be had.
    """
    kept = 0
    for chain in shoko.archive.newest_chains(limit=1 + len(shoko.settings.evidence.fallbacks)):
        kept += keep_revocation_data(shoko.archive, chain, fetch=fetch, now=shoko.clock(), say_failures=say_failures)
    return kept


def hash_again(shoko: Shoko, algorithm: HashName) -> Renewal:
    """Hash every stamped unit and its evidence by another function (RFC 4998 §5.2).

    Raises:
        TimestampUnavailable: as ``renew_ageing``; what was done stays done.
    """
    at_once = shoko.settings.evidence.batch.max_units
    return renew_hash_trees(shoko.archive, shoko.store, shoko.authority, algorithm=algorithm, at_once=at_once)


def _horizon(shoko: Shoko) -> datetime:
    return shoko.clock() + timedelta(days=shoko.settings.evidence.renew_before_months * DAYS_IN_MONTH)
