"""Scanners and the chart test: 4-point characters are read in full on what a device makes (law: scan-viewing)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from compliance.legibility import ChartTest, Proof, counts_until, legibility
from compliance.retention import retain_until
from domain.acts import ActKind
from domain.calendar import tokyo_day
from domain.errors import CorrectionInvalid
from domain.evidence import Outcome
from domain.ids import scanner_id_for
from domain.page import Capture
from domain.query import Query
from pipeline.steps.verify import found_ids
from storage.archive.many import newest_records

if TYPE_CHECKING:
    from domain.acts import ActRecord
    from pipeline.wiring import Shoko

_AT_ONCE = 256
_RESOLUTION = "scan-resolution-tone"
_LACKING = frozenset({Proof.NONE, Proof.EXPIRED, Proof.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """One device with one profile, as it was last tested."""

    scanner_id: str
    name: str
    """As people call it."""
    device: str
    """Words that its files carry."""
    folder: str
    """Folder of the inbox that it alone drops into; empty where any."""
    profile: str
    """Code of its settings: resolution, colour, compression."""
    tested_on: date
    passed: bool
    """Every 4-point item of the chart (JIS X 6933 or ISO 12653-3) was legible, enlarged where needed."""
    tested_by: str | None
    counts_until: date
    """Last day whose captures it covers, by the company's period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Untested:
    """A device with its settings of which documents were made, and no chart test that covers them."""

    device: str | None
    folder: str | None
    profile: str
    proof: Proof
    documents: int
    first_on: date
    last_on: date


def record_chart_test(
    shoko: Shoko,
    name: str,
    *,
    profile: str,
    tested_on: date,
    passed: bool,
    by: str,
    note: str = "",
    device: str = "",
    folder: str = "",
) -> Scanner:
    """Record that a person read the chart on a device; the same again changes nothing.

    Args:
        shoko: the installation.
        name: of the device, as people call it.
        profile: code of its settings.
        tested_on: Asia/Tokyo.
        passed: every 4-point item was legible.
        by: who read it.
        note: what was noticed.
        device: words that its files carry; without these and a folder, its name.
        folder: folder of the inbox that it alone drops into.

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
    words = {
        "scanner": name.strip(),
        "device": device.strip() or ("" if folder.strip() else name.strip()),
        "folder": folder.strip().strip("/"),
        "reason": note,
    }
    act = shoko.archive.record_act(
        ActKind.CHART_TESTED,
        scanner_id_for(client_id=shoko.settings.client_id, name=name.strip(), profile=profile),
        recorded_by=by,
        facts={"tested_on": tested_on.isoformat(), "passed": passed, "profile": profile},
        personal={key: value for key, value in words.items() if value},
        retain_until=retain_until(tested_on, settings=shoko.company),
    )
    return _scanner(act, shoko)


def scanners(shoko: Shoko) -> tuple[Scanner, ...]:
    """Every device and profile that was ever tested, with its last test."""
    newest = {act.subject_id: act for act in shoko.archive.acts_of_kinds(ActKind.CHART_TESTED)}
    return tuple(_scanner(act, shoko) for act in newest.values())


def chart_tests(shoko: Shoko) -> tuple[ChartTest, ...]:
    """Every chart test that was recorded, oldest first."""
    return tuple(_test(act) for act in shoko.archive.acts_of_kinds(ActKind.CHART_TESTED))


def untested(shoko: Shoko) -> tuple[Untested, ...]:
    """Devices and settings that documents were made with and no test covers, those of most documents first."""
    tests, company = chart_tests(shoko), shoko.company
    found: dict[tuple[str | None, str | None, str, Proof], list[Capture]] = {}
    ids = list(found_ids(shoko, Query()))
    for start in range(0, len(ids), _AT_ONCE):
        for record in newest_records(shoko.archive, ids[start : start + _AT_ONCE]).values():
            met = all(c.outcome is Outcome.PASSED for c in record.checks if c.name == _RESOLUTION)
            for capture in record.captures:
                proof = legibility(capture, tests, resolution_met=met, settings=company).proof
                if proof in _LACKING:
                    found.setdefault((capture.device, capture.folder, capture.profile, proof), []).append(capture)
    counts = Counter({key: len(captures) for key, captures in found.items()})
    return tuple(
        Untested(
            device=key[0],
            folder=key[1],
            profile=key[2],
            proof=key[3],
            documents=number,
            first_on=min(one.made_on for one in found[key]),
            last_on=max(one.made_on for one in found[key]),
        )
        for key, number in counts.most_common()
    )


def scanner_plain(scanner: Scanner) -> dict[str, Any]:
    """The plain JSON form."""
    return {
        "scanner_id": scanner.scanner_id,
        "name": scanner.name,
        "device": scanner.device,
        "folder": scanner.folder,
        "profile": scanner.profile,
        "tested_on": scanner.tested_on.isoformat(),
        "passed": scanner.passed,
        "tested_by": scanner.tested_by,
        "counts_until": scanner.counts_until.isoformat(),
    }


def untested_plain(one: Untested) -> dict[str, Any]:
    """The plain JSON form."""
    return {
        "device": one.device,
        "folder": one.folder,
        "profile": one.profile,
        "proof": one.proof.value,
        "documents": one.documents,
        "first_on": one.first_on.isoformat(),
        "last_on": one.last_on.isoformat(),
    }


def _test(act: ActRecord) -> ChartTest:
    return ChartTest(
        scanner=act.personal.get("scanner", ""),
        device=act.personal.get("device", ""),
        folder=act.personal.get("folder", ""),
        profile=str(act.facts["profile"]),
        tested_on=date.fromisoformat(str(act.facts["tested_on"])),
        passed=act.facts["passed"] is True,
    )


def _scanner(act: ActRecord, shoko: Shoko) -> Scanner:
    test = _test(act)
    return Scanner(
        scanner_id=act.subject_id,
        name=test.scanner,
        device=test.device,
        folder=test.folder,
        profile=test.profile,
        tested_on=test.tested_on,
        passed=test.passed,
        tested_by=act.recorded_by,
        counts_until=counts_until(test, settings=shoko.company),
    )
