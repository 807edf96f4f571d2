"""What an installation does every night, each step for itself: one that fails is said, and stops no other.

A damaged object or a server that is away must not keep the archive from being verified, nor other deadlines from being
kept.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import AppError
from domain.evidence import Check, Outcome, Report
from pipeline.steps.approvals import settle_all
from pipeline.steps.maintenance import IN_FLIGHT, reconcile_archive
from pipeline.steps.reminding import remind_nightly
from pipeline.steps.retention import extend_locks
from pipeline.steps.stamps import keep_revocation_of_day, renew_nightly
from pipeline.steps.verify import anchors_from, publish, publish_stamped, push_to_witnesses, verify_everything
from pipeline.steps.withdraw import finish_withdrawals

if TYPE_CHECKING:
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

CHECK = "nightly_step"
Step = Callable[["Shoko"], object]
STEPS: tuple[tuple[str, Step], ...] = (
    ("renewal", renew_nightly),
    ("revocation_data", keep_revocation_of_day),
    ("locks", extend_locks),
    ("withdrawals", finish_withdrawals),
    ("approvals", settle_all),
    ("reminders", remind_nightly),
    ("stamped_head", publish_stamped),
    ("verification", lambda shoko: verify_everything(shoko, anchors_from(None, None))),
    ("reconciliation", lambda shoko: reconcile_archive(shoko, settled=IN_FLIGHT)),
    ("witnesses", push_to_witnesses),
    ("head", publish),
)
"""In this order: what was renewed and locked is under the head that is stamped, and is verified with the rest."""


def nightly(shoko: Shoko, steps: tuple[tuple[str, Step], ...] = STEPS) -> Report:
    """Do it all; the reports of the steps that give one, and a failed check for each that did not come through."""
    report = Report(checks=())
    for name, step in steps:
        try:
            found = step(shoko)
        except Exception as error:  # noqa: BLE001  # whatever it is, verification and locks do not depend on it
            code = error.code if isinstance(error, AppError) else type(error).__name__
            where = traceback.extract_tb(error.__traceback__)[-1]  # its text may hold anything
            logger.warning("night: %s failed (%s, %s:%s)", name, code, Path(where.filename).name, where.lineno)
            found = Report(checks=(Check(name=CHECK, outcome=Outcome.FAILED, subject=name, detail=code),))
        if isinstance(found, Report):
            report = report.joined(found)
    return report
