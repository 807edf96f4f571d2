"""What tests of the store, reconciliations and stamping found, kept in the log, so that it can be shown later.

The act's manifest holds codes and counts: keys of objects that do not belong there may carry names, and stay out.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from domain.evidence import Check, Outcome, Report
from storage.archive.keys import act_manifest
from storage.objects.selfproof import prove_write_once

if TYPE_CHECKING:
    from pipeline.wiring import Shoko

VAULT = "vault"
"""Bucket, and subject of these acts."""
STORE_TESTED = "store_tested"
RECONCILED = "reconciled"
WITNESSED = "witnessed"
STAMPING = "stamping_watched"
KINDS = (STORE_TESTED, RECONCILED, WITNESSED, STAMPING)
FORMAT = "shoko.health.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What one test or reconciliation found."""

    kind: str
    """One of ``KINDS``."""
    recorded_at: datetime
    """UTC."""
    log_size: int
    """Leaves of the log that it looked at; the act itself comes after them."""
    report: Report
    """One check for each name and outcome; the detail of several is their number."""


def try_store(shoko: Shoko) -> Report:
    """Try to get rid of canaries under lock by every route, and log what happened (DESIGN §8)."""
    report = prove_write_once(shoko.store, VAULT, clock=shoko.clock)
    log_health(shoko, STORE_TESTED, report, log_size=shoko.archive.log_size())
    return report


def log_health(shoko: Shoko, kind: str, report: Report, *, log_size: int) -> None:
    """Write down what was found; every occasion is an act of its own."""
    shoko.archive.append_act(
        kind=kind,
        subject_id=VAULT,
        manifest={
            "format": FORMAT,
            "client_id": shoko.settings.client_id,
            "recorded_at": shoko.clock().isoformat(),
            "log_size": log_size,
            "outcome": report.outcome.value,
            "checks": [
                {"name": check.name, "outcome": check.outcome.value, "detail": check.detail}
                for check in summed(report).checks
            ],
        },
    )


def last_health(shoko: Shoko, kind: str) -> Health | None:
    """What was found last, or None where nobody ever looked.

    Raises:
        ObjectMissing: the act's manifest is gone from the vault.
        DigestMismatch: it is not the one that the log names.
    """
    for leaf in reversed(shoko.archive.leaves_of(VAULT)):
        if leaf.kind == kind and leaf.manifest_digest is not None:
            key = act_manifest(shoko.settings.client_id, leaf.manifest_digest)
            plain = json.loads(shoko.store.get(VAULT, key, expect=leaf.manifest_digest))
            checks = tuple(
                Check(name=one["name"], outcome=Outcome(one["outcome"]), detail=one["detail"])
                for one in plain["checks"]
            )
            return Health(
                kind=kind,
                recorded_at=datetime.fromisoformat(plain["recorded_at"]),
                log_size=int(plain["log_size"]),
                report=Report(checks=checks),
            )
    return None


def alarms(shoko: Shoko) -> tuple[Check, ...]:
    """What the last looks at store, archive, witnesses and timestamps found wrong."""
    with shoko.archive.at_once():
        found = tuple(last_health(shoko, kind) for kind in KINDS)
    return tuple(
        check
        for health in found
        if health is not None
        for check in health.report.checks
        if check.outcome is Outcome.FAILED
    )


def summed(report: Report) -> Report:
    """One check for each name and outcome: what was said where one was found, else how many there are."""
    counted = Counter((check.name, check.outcome) for check in report.checks)
    said = {(check.name, check.outcome): check.detail for check in report.checks}
    return Report(
        checks=tuple(
            Check(name=name, outcome=outcome, detail=said[name, outcome] if number == 1 else str(number))
            for (name, outcome), number in counted.items()
        )
    )
