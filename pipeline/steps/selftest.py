"""What this installation really is: stores tried, engines read a known page, every authority stamps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.evidence import Check, Outcome, Report
from pipeline.steps.health import try_store
from pipeline.steps.trying_authorities import try_authorities

if TYPE_CHECKING:
    from pipeline.batch import Resident


def run_self_test(home: Resident) -> Report:
    """Checks named ``store.*`` (logged), ``authority`` and ``reader``; everything is reported."""
    report = try_store(home.shoko)
    return report.joined(Report(checks=(*(one.check() for one in try_authorities(home.shoko)), _reader(home))))


def _reader(home: Resident) -> Check:
    try:
        home.pool.warm()
    except Exception as error:  # noqa: BLE001 - whatever keeps the processes from starting
        return Check(name="reader", outcome=Outcome.FAILED, detail=type(error).__name__)
    return Check(name="reader", outcome=Outcome.PASSED, detail=home.pool.config_digest())
