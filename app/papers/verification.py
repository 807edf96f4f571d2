"""A report of verification for people: what was looked at and what did not pass, as values, JSON and PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.objections import objections
from app.papers.glyphs import japanese_characters
from app.papers.typeset import MARGIN, WIDTH, Typesetter
from domain.calendar import TOKYO
from domain.codec import to_plain
from domain.evidence import Outcome, Report
from domain.labels import Label
from storage.evidence.labels import CHECKS, OUTCOMES

if TYPE_CHECKING:
    from pipeline.steps.auditing import KeptHead

NAMED = 20
"""Subjects of one objection that are named on paper; the JSON has all that are listed."""
_TOTAL: dict[Outcome, Label] = {
    Outcome.PASSED: ("すべての検査に合格しました", "Every check passed"),
    Outcome.FAILED: ("不合格の検査があります", "Some checks failed"),
    Outcome.INDETERMINATE: (
        "合格とも不合格とも判定できない検査があります",
        "Some checks could neither pass nor fail",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """One verification, as it is kept until it expires."""

    report: Report
    scope: str
    """What was looked at, in words."""
    company: str
    began_at: datetime
    ended_at: datetime
    by: str
    missing: tuple[str, ...]
    """Anchors that were not given: ``roots``, ``log_key``."""
    given_key: str | None
    """Fingerprint of the log key that was given."""
    head: str
    """``SIZE:ROOT`` of the newest signed head: worth keeping outside."""
    log_key: str
    """Fingerprint of the key that signs the log here; to be compared with one from outside."""
    kept: tuple[KeptHead, ...] = ()
    """Heads from outside, held against the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Outcomes of one check."""

    name: str
    passed: int
    failed: int
    indeterminate: int

    @property
    def label(self) -> Label:
        """What people read."""
        return CHECKS.get(self.name, (self.name, self.name))


def counted(report: Report) -> tuple[Counted, ...]:
    """Outcomes by check, in the order in which they came up."""
    found: dict[str, dict[str, int]] = {}
    for (name, outcome), number in report.counts.items():
        found.setdefault(name, {"passed": 0, "failed": 0, "indeterminate": 0})[outcome.value] += number
    return tuple(Counted(name=name, **numbers) for name, numbers in found.items())


def total_label(report: Report) -> Label:
    """The verdict in a sentence."""
    return _TOTAL[report.outcome]


def verification_plain(done: Verification) -> dict[str, Any]:
    """The plain JSON form, with every objection that is listed."""
    return {
        "outcome": done.report.outcome.value,
        "scope": done.scope,
        "began_at": done.began_at.isoformat(),
        "ended_at": done.ended_at.isoformat(),
        "by": done.by,
        "anchors_missing": list(done.missing),
        "log_head": done.head,
        "log_key_sha256": done.log_key,
        "log_key_given": done.given_key,
        "counts": [
            {"check": one.name, "passed": one.passed, "failed": one.failed, "indeterminate": one.indeterminate}
            for one in counted(done.report)
        ],
        "checks": to_plain(done.report)["checks"],
        "more": to_plain(done.report)["more"],
        "kept_heads": [kept_plain(one) for one in done.kept],
    }


def kept_plain(kept: KeptHead) -> dict[str, Any]:
    """A head from outside with its proof."""
    return {
        "tree_size": kept.tree_size,
        "root": kept.root,
        "holds": kept.holds,
        "proof": to_plain(kept.proof) if kept.proof is not None else None,
    }


def verification_pdf(done: Verification) -> bytes:
    """The report as PDF, in Japanese.

    Raises:
        ObjectMissing: no Japanese font is installed.
    """
    page = Typesetter(
        japanese_characters(), title="検証報告書", foot=f"書庫 Shoko 検証報告書  {_moment(done.ended_at)}"
    )
    _head(page, done)
    _counts(page, done)
    _objections(page, done)
    _kept(page, done)
    return page.finish()


def _head(page: Typesetter, done: Verification) -> None:
    page.y += 12
    page.put("検証報告書（一括検証）", MARGIN, size=17)
    page.y += 24
    page.put(f"総合判定: {OUTCOMES[done.report.outcome][0]}", MARGIN, size=12)
    page.put(_TOTAL[done.report.outcome][0], MARGIN + 150, size=10)
    page.y += 14
    page.rule(gray=0.4)
    facts = (
        ("会社", done.company or "（未設定）"),
        ("対象", done.scope),
        ("実施日時", f"{_moment(done.began_at)} 〜 {_moment(done.ended_at)}"),
        ("実施者", done.by or "（記名なし）"),
        ("ルート証明書", "外部から指定なし（判定不能になります）" if "roots" in done.missing else "外部から指定あり"),
        ("ログ公開鍵の指紋（外部の控え）", done.given_key or "指定なし（判定不能になります）"),
        ("ログ公開鍵の指紋（この書庫）", done.log_key),
        ("署名済みログ先頭", done.head),
    )
    for name, value in facts:
        page.y += 4
        for number, text in enumerate(page.lines(value, 8.5, WIDTH - 2 * MARGIN - 140)):
            page.room(14)
            page.y += 12
            if number == 0:
                page.put(name, MARGIN, size=8.5, gray=0.35)
            page.put(text, MARGIN + 140, size=8.5)
    page.y += 12


def _counts(page: Typesetter, done: Verification) -> None:
    _title(page, "検査ごとの件数")
    columns = (WIDTH - MARGIN - 140, WIDTH - MARGIN - 70, WIDTH - MARGIN - 4)
    page.y += 16
    page.band(16)
    page.put("検査", MARGIN + 4, size=8.5)
    for x, text in zip(columns, ("合格", "不合格", "判定不能"), strict=True):
        page.put(text, x, size=8.5, right=True)
    for one in counted(done.report):
        page.room(16)
        page.y += 15
        page.put(one.label[0], MARGIN + 4, size=8.5)
        page.put(one.name, MARGIN + 210, size=7, gray=0.45)
        for x, number in zip(columns, (one.passed, one.failed, one.indeterminate), strict=True):
            page.put(f"{number:,}", x, size=8.5, gray=0.1 if number else 0.6, right=True)
    page.y += 12


def _objections(page: Typesetter, done: Verification) -> None:
    found = objections(done.report)
    _title(page, "合格しなかったもの")
    if not found:
        page.y += 16
        page.put("ありません。", MARGIN + 4)
    for one in found:
        page.room(64)
        page.y += 20
        page.band(16)
        page.put(f"{OUTCOMES[one.outcome][0]}  {one.label[0]}（{one.name}）", MARGIN + 4)
        page.put(f"{one.count:,} 件", WIDTH - MARGIN - 4, right=True)
        page.y += 3
        _named(page, "理由", f"{one.means[0]}（{one.reason}）" if one.reason else "—")
        if one.details:
            _named(page, "内訳", "、".join(list(one.details)[:NAMED]))
        if one.subjects:
            more = f" ほか {one.count - NAMED:,} 件" if one.count > NAMED else ""
            _named(page, "対象", "、".join(one.subjects[:NAMED]) + more)
        if one.todo:
            _named(page, "対処", one.todo[0])
    page.y += 14


def _kept(page: Typesetter, done: Verification) -> None:
    if not done.kept:
        return
    _title(page, "外部の控えとの照合（RFC 9162 の連続性の証明）")
    for one in done.kept:
        page.room(20)
        page.y += 16
        page.put("一致" if one.holds else "不一致", MARGIN + 4, size=8.5)
        page.put(f"{one.tree_size:,} 件", MARGIN + 110, size=8.5, right=True)
        page.put(one.root, MARGIN + 122, size=7, gray=0.3)


def _title(page: Typesetter, text: str) -> None:
    page.room(60)
    page.y += 18
    page.put(text, MARGIN, size=11)
    page.y += 10
    page.rule(gray=0.5)


def _named(page: Typesetter, name: str, text: str) -> None:
    for number, line in enumerate(page.lines(text, 8.5, WIDTH - 2 * MARGIN - 60)):
        page.room(13)
        page.y += 13
        if number == 0:
            page.put(name, MARGIN + 8, size=8.5, gray=0.35)
        page.put(line, MARGIN + 52, size=8.5)


def _moment(at: datetime) -> str:
    return at.astimezone(TOKYO).strftime("%Y/%m/%d %H:%M:%S JST")
