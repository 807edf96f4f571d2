"""Scanners and the chart test: 4-point characters are read in full on what a device makes (law: scan-viewing)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from compliance.retention import retain_until
from domain.acts import ActKind
from domain.calendar import tokyo_day
from domain.errors import CorrectionInvalid
from domain.ids import scanner_id_for

if TYPE_CHECKING:
    from domain.acts import ActRecord
    from pipeline.wiring import Shoko


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """One device with one profile, as it was last tested."""

    scanner_id: str
    name: str
    """As people call it."""
    profile: str
    """Code of its settings: resolution, colour, compression."""
    tested_on: date
    passed: bool
    """Every 4-point item of the chart (JIS X 6933 or ISO 12653-3) was legible, enlarged where needed."""
    tested_by: str | None


def record_chart_test(
    shoko: Shoko, name: str, *, profile: str, tested_on: date, passed: bool, by: str, note: str = ""
) -> Scanner:
    """Record that a person read the chart on a device; the same again changes nothing.

    Raises:
        CorrectionInvalid: no name, a profile that is no code, or a day that is still to come.
    """
    if not name.strip() or not profile.isascii() or not profile.strip() or " " in profile:
        raise CorrectionInvalid(
            "no scanner or profile",
            message_ja="スキャナの名前と、読取設定の記号（例: 300dpi-color-jpeg90）を指定してください",
        )
    if tested_on > tokyo_day(shoko.clock()):
        raise CorrectionInvalid("tested on a day to come", message_ja="確認日に未来の日付は指定できません")
    act = shoko.archive.record_act(
        ActKind.CHART_TESTED,
        scanner_id_for(client_id=shoko.settings.client_id, name=name.strip(), profile=profile),
        recorded_by=by,
        facts={"tested_on": tested_on.isoformat(), "passed": passed, "profile": profile},
        personal={"scanner": name.strip(), "reason": note} if note else {"scanner": name.strip()},
        retain_until=retain_until(tested_on, settings=shoko.company),
    )
    return _scanner(act)


def scanners(shoko: Shoko) -> tuple[Scanner, ...]:
    """Every device and profile that was ever tested, with its last test."""
    newest = {act.subject_id: act for act in shoko.archive.acts_of_kinds(ActKind.CHART_TESTED)}
    return tuple(_scanner(act) for act in newest.values())


def scanner_plain(scanner: Scanner) -> dict[str, Any]:
    """The plain JSON form."""
    return {
        "scanner_id": scanner.scanner_id,
        "name": scanner.name,
        "profile": scanner.profile,
        "tested_on": scanner.tested_on.isoformat(),
        "passed": scanner.passed,
        "tested_by": scanner.tested_by,
    }


def _scanner(act: ActRecord) -> Scanner:
    return Scanner(
        scanner_id=act.subject_id,
        name=act.personal.get("scanner", ""),
        profile=str(act.facts["profile"]),
        tested_on=date.fromisoformat(str(act.facts["tested_on"])),
        passed=act.facts["passed"] is True,
        tested_by=act.recorded_by,
    )
