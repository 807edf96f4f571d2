"""What is said of 4-point characters on the captures of a document (law: scan-viewing)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compliance.legibility import ChartTest, Legibility, Proof, counts_until, legible
from compliance.settings import CompanySettings
from domain.compliance import Verdict
from domain.labels import Label
from domain.page import Capture

_TEST: Label = (
    "同じ装置と設定で試験標板を確認し、shoko scanner test で記録してください。それまで紙を保存してください",
    "Scan the chart with the same device and settings, read it and record it; keep the paper until then",
)
_AGAIN: Label = (
    "装置の設定を直して読み取り直すか、紙を保存してください",
    "Set the device right and scan it again, or keep the paper",
)
_SIZE: Label = ("用紙の大きさを確認してください", "Confirm the size of the paper")


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """What is said of one capture."""

    verdict: Verdict
    what: Label
    todo: Label | None = None


_NOT_RECORDED = Viewing(
    verdict=Verdict.NOT_YET,
    what=("読み取った装置と圧縮方式が記録されていません", "By what it was scanned is not recorded"),
    todo=(
        "「訂正」で用紙の大きさを選ぶと、原本から調べて記録します",
        "Naming the size of its paper looks the original over again",
    ),
)
"""Of a scan that was filed before this was kept."""


def viewings(
    captures: Sequence[Capture], tests: Sequence[ChartTest], *, resolution_met: bool, settings: CompanySettings
) -> Iterator[Viewing]:
    """The same of every capture, the worst first, each thing once; of a scan without any, that it is not recorded."""
    if not captures:
        yield _NOT_RECORDED
    found = legible(captures, tests, resolution_met=resolution_met, settings=settings)
    yield from dict.fromkeys(_said(one, settings) for one in found)


def _said(found: Legibility, settings: CompanySettings) -> Viewing:
    capture, test = found.capture, found.test
    device = f"「{test.scanner}」" if test is not None else f"「{capture.device or '不明'}」"
    english = test.scanner if test is not None else capture.device or "unknown"
    here = f"装置{device}・設定 {capture.profile}"
    there = f"{english}, {capture.profile}"
    on = f"{test.tested_on:%Y/%m/%d}" if test is not None else ""
    match found.proof:
        case Proof.LOSSLESS:
            what: Label = (
                "200dpi・256階調以上で、劣化のない形式です（試験標板による確認は要りません）",
                "At least 200 dpi and 256 levels, nothing lost in compressing: no chart is needed",
            )
            return Viewing(verdict=Verdict.COMPLIANT, what=what)
        case Proof.TESTED:
            what = (f"4ポイント文字を {on} に確認済み（{here}）", f"4-point characters read on {on} ({there})")
            return Viewing(verdict=Verdict.COMPLIANT, what=what)
        case Proof.TESTED_LATER:
            what = (
                f"4ポイント文字を読み取りの後 {on} に同じ装置と設定で確認（{here}）",
                f"4-point characters read on {on}, after it was scanned, on the same device ({there})",
            )
            return Viewing(verdict=Verdict.COMPLIANT, what=what)
        case Proof.UNJUDGED:
            what = ("解像度と階調の判定が済んでいません", "Resolution and colour depth were not judged")
            return Viewing(verdict=Verdict.NOT_YET, what=what, todo=_SIZE)
        case Proof.EXPIRED:
            ended = f"{counts_until(test, settings=settings):%Y/%m/%d}" if test is not None else ""
            what = (
                f"4ポイント文字の確認（{on}）が {ended} で切れた後の読み取りです（{here}）",
                f"Scanned after the chart test of {on} had run out on {ended} ({there})",
            )
            return Viewing(verdict=Verdict.NOT_YET, what=what, todo=_TEST)
        case Proof.NONE:
            what = (f"4ポイント文字の確認の記録がありません（{here}）", f"No chart test is recorded ({there})")
            return Viewing(verdict=Verdict.NOT_YET, what=what, todo=_TEST)
        case Proof.FAILED:
            what = (
                f"4ポイント文字の確認（{on}）で読めない文字がありました（{here}）",
                f"Characters were not legible in the chart test of {on} ({there})",
            )
            return Viewing(verdict=Verdict.NOT, what=what, todo=_AGAIN)
