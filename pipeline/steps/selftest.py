"""What this installation really is: stores tried, engines read a known page, the authority stamps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import AppError
from domain.evidence import Check, Outcome, Report
from domain.ids import Digest
from pipeline.steps.health import try_store

if TYPE_CHECKING:
    from pipeline.batch import Resident

PROBE = Digest.of(b"shoko self-test")


def run_self_test(home: Resident) -> Report:
    """Checks named ``store.*`` (logged), ``authority`` and ``reader``; everything is reported."""
    report = try_store(home.shoko)
    return report.joined(Report(checks=(_authority(home), _reader(home))))


def _authority(home: Resident) -> Check:
    authority = home.shoko.authority
    try:
        token = authority.stamp(PROBE)
    except AppError as error:
        return Check(name="authority", outcome=Outcome.INDETERMINATE, detail=error.code)
    if token.accredited:
        return Check(name="authority", outcome=Outcome.PASSED, detail=authority.authority.name)
    return Check(name="authority", outcome=Outcome.INDETERMINATE, detail=f"{authority.authority.name}: not accredited")


def _reader(home: Resident) -> Check:
    try:
        home.pool.warm()
    except Exception as error:  # noqa: BLE001 - whatever keeps the processes from starting
        return Check(name="reader", outcome=Outcome.FAILED, detail=type(error).__name__)
    return Check(name="reader", outcome=Outcome.PASSED, detail=home.pool.config_digest())
