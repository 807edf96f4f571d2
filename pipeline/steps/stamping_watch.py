"""Whether timestamps arrive: an authority that stays away, and what it makes late, is an alarm and stands in the log.

Written down when it begins and when it ends, never in between: who explains a late input later has the hours of the
outage at hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.evidence import Check, Outcome, Report
from pipeline.steps.health import STAMPING, last_health, log_health
from pipeline.steps.stamps import stamp_queue

if TYPE_CHECKING:
    from pipeline.wiring import Shoko

GIVEN = "stamps_are_given"
IN_TIME = "stamps_in_time"
ATTEMPTS = 3
"""In vain, until it is said: the waits between them double, so a short interruption says nothing."""


def watch_stamping(shoko: Shoko, *, failed: bool) -> None:
    """After a round of stamping: write down what is wrong now, where it is not what was written down last."""
    watch = shoko.stamping
    with watch.lock:
        if watch.said is None:
            last = last_health(shoko, STAMPING)
            checks = last.report.checks if last is not None else ()
            watch.said = frozenset(check.name for check in checks if check.outcome is Outcome.FAILED)
        if not failed and not watch.said:
            return
        wrong, code = _wrong(shoko)
        if wrong == watch.said:
            return
        checks = tuple(
            Check(
                name=name,
                outcome=Outcome.FAILED if name in wrong else Outcome.PASSED,
                detail=code if name in wrong else None,
            )
            for name in (GIVEN, IN_TIME)
        )
        log_health(shoko, STAMPING, Report(checks=checks), log_size=shoko.archive.log_size())
        watch.said = wrong


def _wrong(shoko: Shoko) -> tuple[frozenset[str], str | None]:
    queue = stamp_queue(shoko)
    found = set()
    if queue.failed and queue.attempts >= ATTEMPTS:
        found.add(GIVEN)
    if queue.overdue and queue.failed:
        found.add(IN_TIME)
    return frozenset(found), queue.last_error
