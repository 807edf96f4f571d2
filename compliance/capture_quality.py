"""Is a scan good enough to stand for the paper (law: scan-resolution-tone)? Judged on the original, never a rendition.

At least 200 dots per inch on each side and 256 levels of red, green and blue; for general documents 256 levels of grey.
Where the paper's size is unknown, a picture with the pixels of A4 is good enough for any paper up to A4; with fewer
pixels nobody can tell, and that is what is reported.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from compliance.facts import RESOLUTION
from compliance.packfile import Rule
from compliance.rulepack import RulePack, load_rulepack
from domain.evidence import Check, Outcome
from domain.fields import DocumentType
from domain.page import CapturedPage
from domain.record import ImportanceClass

_MM_PER_INCH = 25.4
_A4_MM = (210.0, 297.0)
_STRIP_RATIO = 2.0
"""No sheet of the A and B series is longer than 1.42 times its width; envelopes stay below 2."""
_A4_TOLERANCE_MM = 2.0
"""Scanners cut a little; a page this near to A4 is A4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A size of paper, upright."""

    short_mm: float
    long_mm: float | None
    """None for rolls: as long as it happens to be. A receipt shorter than its width is judged a little too hard."""


PAPERS = {
    "A3": Paper(short_mm=297, long_mm=420),
    "A4": Paper(short_mm=210, long_mm=297),
    "A5": Paper(short_mm=148, long_mm=210),
    "B4": Paper(short_mm=257, long_mm=364),
    "B5": Paper(short_mm=182, long_mm=257),
    "receipt-58": Paper(short_mm=58, long_mm=None),
    "receipt-80": Paper(short_mm=80, long_mm=None),
}
"""Sizes (JIS) and widths of receipt rolls that a person may name."""


def judge(
    pages: Iterable[CapturedPage],
    *,
    importance: ImportanceClass,
    stored_on: date,
    paper: Paper | None = None,
    document_type: DocumentType | None = None,
    pack: RulePack | None = None,
) -> tuple[Check, ...]:
    """One check per page that is not good enough or cannot be judged; one passed check where all are.

    ``paper`` is what a person or page detection says of the size; it wins over what the file claims. A long strip
    that is a receipt is taken for one from a roll, 80 mm wide at most. Of a photo only the paper in it counts. No
    pages (a born-digital file) give no check.
    """
    rules = pack or load_rulepack()
    resolution = rules.get("scan.resolution", stored_at=stored_on)
    grey = rules.find("scan.tone.general", stored_at=stored_on) if importance is ImportanceClass.GENERAL else None
    tone = grey or rules.get("scan.tone.important", stored_at=stored_on)
    strip = document_type is DocumentType.RECEIPT
    seen, checks = 0, []
    for page in pages:
        seen += 1
        outcome, words = _worst(_resolution(page, paper, resolution, strip=strip), _tone(page, tone))
        if outcome is not Outcome.PASSED:
            checks.append(Check(name=RESOLUTION, outcome=outcome, detail=f"{page.page_index + 1}ページ目: {words}"))
    if seen and not checks:
        checks.append(Check(name=RESOLUTION, outcome=Outcome.PASSED, detail=f"{seen}ページ"))
    return tuple(checks)


def required_px(paper: Paper, *, rule: Rule) -> tuple[int, int]:
    """Pixels of the short and the long side that 200 dpi make on this paper; for A4 no more than the published ones."""
    dpi = rule.number("dots_per_inch")
    short_px = math.ceil(paper.short_mm / _MM_PER_INCH * dpi)
    if paper.long_mm is None:
        return short_px, short_px
    long_px = math.ceil(paper.long_mm / _MM_PER_INCH * dpi)
    if abs(paper.short_mm - _A4_MM[0]) <= _A4_TOLERANCE_MM and abs(paper.long_mm - _A4_MM[1]) <= _A4_TOLERANCE_MM:
        return min(short_px, rule.number("a4_short_px")), min(long_px, rule.number("a4_long_px"))
    return short_px, long_px


_Verdict = tuple[Outcome, str]


def _worst(*verdicts: _Verdict) -> _Verdict:
    rank = {Outcome.FAILED: 0, Outcome.INDETERMINATE: 1, Outcome.PASSED: 2}
    outcome = min((v[0] for v in verdicts), key=rank.__getitem__)
    return outcome, "、".join(words for found, words in verdicts if found is outcome)


def _resolution(page: CapturedPage, named: Paper | None, rule: Rule, *, strip: bool) -> _Verdict:
    short_px, long_px = sorted(page.paper_px or (page.width_px, page.height_px))
    paper = named or _claimed(page)
    if paper is None and strip and long_px >= _STRIP_RATIO * short_px:
        roll = required_px(PAPERS["receipt-80"], rule=rule)[0]
        if short_px >= roll:
            return Outcome.PASSED, "幅 80 mm までのレシートとして足りる画素数です"
    if paper is None:
        a4_short, a4_long = rule.number("a4_short_px"), rule.number("a4_long_px")
        if short_px >= a4_short and long_px >= a4_long:
            return Outcome.PASSED, "A4 以下の用紙なら足りる画素数です"
        return Outcome.INDETERMINATE, "用紙の大きさが分からないため解像度を判定できません"
    need_short, need_long = required_px(paper, rule=rule)
    slack = 0 if named is not None else 1  # a page's size in a PDF is rounded: one pixel either way means nothing
    if short_px + slack >= need_short and long_px + slack >= need_long:
        return Outcome.PASSED, "解像度は足りています"
    dpi = min(short_px / paper.short_mm, long_px / (paper.long_mm or paper.short_mm)) * _MM_PER_INCH
    return Outcome.FAILED, f"解像度が足りません（約{dpi:.0f}dpi、{rule.number('dots_per_inch')}dpi 以上が必要）"


def _tone(page: CapturedPage, rule: Rule) -> _Verdict:
    if page.palette:
        return Outcome.FAILED, "減色されています（256 階調が必要）"
    if page.bits_per_channel < rule.number("bits_per_channel"):
        return Outcome.FAILED, "階調が足りません（256 階調が必要）"
    if page.channels < rule.number("channels"):
        return Outcome.FAILED, "重要書類はカラー（RGB 各 256 階調）で読み取る必要があります"
    return Outcome.PASSED, "階調は足りています"


def _claimed(page: CapturedPage) -> Paper | None:
    if not page.width_mm or not page.height_mm:
        return None
    short, long = sorted((page.width_mm, page.height_mm))
    return Paper(short_mm=short, long_mm=long)
