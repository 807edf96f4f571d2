"""Are 4-point characters legible on what a device makes (law: scan-viewing)? Its chart test, held against each capture.

A picture that lost nothing in compressing needs no test where resolution and levels suffice (SQ-36). For all others the
company shows it once for a device with its settings, by reading a chart; the law names no period, the company does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from compliance.packfile import Rule
from compliance.periods import period_end
from compliance.rulepack import RulePack, load_rulepack
from compliance.settings import CompanySettings
from domain.page import Capture

_JPEG_QUALITY = re.compile(r"jpeg(?:[1-9][0-9]?|100)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartTest:
    """A person read the chart on what a device makes with one profile."""

    scanner: str
    """Name of the device, as people call it."""
    device: str = ""
    """Words that its files carry (maker and model); empty where it is told by its folder alone."""
    folder: str = ""
    """Folder of the inbox that it alone drops into; empty where it is told by what its files carry."""
    profile: str
    """Code of its settings, e.g. ``300dpi-color-jpeg85``."""
    tested_on: date
    """Asia/Tokyo."""
    passed: bool
    """Every 4-point item was legible, enlarged where needed."""

    def is_about(self, capture: Capture) -> bool:
        """Whether a capture was made by that device with those settings, as far as the file tells."""
        if not (self.device or self.folder):
            return False
        if self.device and _plain(self.device) not in _plain(capture.device or ""):
            return False
        here = (capture.folder or "") + "/"
        if self.folder and not here.startswith(self.folder.strip("/") + "/"):
            return False
        tested = self.profile.casefold().split("-")
        return all(any(_is_setting(one, part) for one in tested) for part in capture.profile.split("-"))


class Proof(StrEnum):
    """What shows that 4-point characters are legible; the worst last."""

    LOSSLESS = "lossless"
    TESTED = "tested"
    """A test passed before it was made, not longer ago than the company's period."""
    TESTED_LATER = "tested_later"
    """A test of the same device and settings passed after it was made."""
    UNJUDGED = "unjudged"
    """Nothing was lost in compressing, but nobody knows yet whether resolution and levels suffice."""
    EXPIRED = "expired"
    """The last test before it was made is older than the company's period."""
    NONE = "none"
    FAILED = "failed"
    """Not all characters were legible in the test that stands nearest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Legibility:
    """One capture and what shows that it is legible."""

    capture: Capture
    proof: Proof
    test: ChartTest | None = None
    """The test that it rests on, or that is wanting."""


def chart_rule(*, stored_at: date, pack: RulePack | None = None) -> Rule:
    """The row that asks for it, by the day of storing."""
    return (pack or load_rulepack()).get("scan.viewing", stored_at=stored_at)


def legibility(
    capture: Capture, tests: Iterable[ChartTest], *, resolution_met: bool, settings: CompanySettings
) -> Legibility:
    """What shows that 4-point characters are legible on a capture.

    Args:
        capture: by what, how and when.
        tests: every chart test of the company.
        resolution_met: resolution and levels were judged and suffice.
        settings: the company, which says how long a test counts.
    """
    if capture.lossless and resolution_met:
        return Legibility(capture=capture, proof=Proof.LOSSLESS)
    about = sorted((test for test in tests if test.is_about(capture)), key=lambda test: test.tested_on)
    before = [test for test in about if test.tested_on <= capture.made_on]
    last = before[-1] if before else None
    if last is not None and not last.passed:
        return Legibility(capture=capture, proof=Proof.FAILED, test=last)
    if last is not None and capture.made_on <= counts_until(last, settings=settings):
        return Legibility(capture=capture, proof=Proof.TESTED, test=last)
    later = next((test for test in about if test.tested_on > capture.made_on), None)
    if later is not None:
        proof = Proof.TESTED_LATER if later.passed else Proof.FAILED
        return Legibility(capture=capture, proof=proof, test=later)
    if capture.lossless:
        return Legibility(capture=capture, proof=Proof.UNJUDGED)
    return Legibility(capture=capture, proof=Proof.NONE if last is None else Proof.EXPIRED, test=last)


def legible(
    captures: Sequence[Capture], tests: Sequence[ChartTest], *, resolution_met: bool, settings: CompanySettings
) -> tuple[Legibility, ...]:
    """The same of all captures of a document, the worst first."""
    order = list(Proof)
    found = [legibility(one, tests, resolution_met=resolution_met, settings=settings) for one in captures]
    return tuple(sorted(found, key=lambda one: order.index(one.proof), reverse=True))


def _is_setting(tested: str, part: str) -> bool:
    """Whether a tested setting is one that a file shows: a file does not show the quality of its JPEG."""
    return tested == part or (part == "jpeg" and _JPEG_QUALITY.fullmatch(tested) is not None)


def _plain(text: str) -> str:
    """Without differences of width, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def counts_until(test: ChartTest, *, settings: CompanySettings) -> date:
    """Last day whose captures a passed test covers."""
    return period_end(test.tested_on, months=settings.chart_test_months)
