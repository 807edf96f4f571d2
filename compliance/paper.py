"""May the paper of a scan be thrown away (law: scan-paper-disposal)? Everything that keeps it is said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from compliance.deadlines import Cure, cure_of, input_due
from compliance.facts import PaperFacts, StampDuty
from compliance.regime import scan_replaces_paper
from compliance.retention import held_by_company
from compliance.rulepack import RulePack, load_rulepack
from compliance.settings import CompanySettings
from compliance.viewing import viewings
from domain.compliance import Line, PaperAnswer, PaperState, Verdict
from domain.ids import Origin
from domain.labels import Label

_PAPER = frozenset({Origin.PAPER_RECEIVED, Origin.PAPER_ISSUED_COPY})
_ROW = "scan.paper_disposal_immediate"
_WAIT: Label = ("認定タイムスタンプの付与を待ってください", "Wait for an accredited timestamp")
_SET_UP: Label = (
    "期限までに認定時刻認証業務を設定してください。いまの時刻認証局は認定されていません",
    "Set up an accredited service in time: the authority in use is not accredited",
)


def paper_answer(
    facts: PaperFacts, *, settings: CompanySettings, today: date, pack: RulePack | None = None
) -> PaperAnswer:
    """Whether the paper may go as of ``today`` (Asia/Tokyo).

    It may once it is stamped in time by an accredited service, good enough, found the same by a person, and nothing
    else asks for the original. A paper that came late stays for good (law: scan-late).
    """
    if facts.origin not in _PAPER | {Origin.UNKNOWN}:
        return PaperAnswer(state=PaperState.NO_PAPER)
    rules = pack or load_rulepack()
    reasons = (*_scan(facts, settings, today, rules), *_person(facts), *_others(facts, settings))
    if reasons:
        return PaperAnswer(state=PaperState.MUST_STAY, reasons=reasons)
    return PaperAnswer(state=PaperState.MAY_GO, reasons=tuple(_mind(facts)))


def _scan(facts: PaperFacts, settings: CompanySettings, today: date, rules: RulePack) -> Iterator[Line]:
    """What the scan itself lacks."""
    if facts.origin is Origin.UNKNOWN:
        yield _stays(
            "regime-split",
            ("受領方法（紙・電子）が分かりません", "Whether it came on paper is unknown"),
            ("受領方法を確認してください", "Confirm how it came"),
        )
    stored_at = facts.stamped_on or today
    if not all(scan_replaces_paper(text, stored_at=stored_at, pack=rules) for text in facts.headings):
        yield _stays(
            "scan-out-of-scope",
            ("決算関係書類・帳簿はスキャナ保存の対象外です", "Closing documents and books cannot be stored as scans"),
            ("紙の原本を保存期間の終わりまで保存してください", "Keep the paper until its retention ends"),
            verdict=Verdict.NOT,
        )
    if facts.printed_from_data:
        yield _stays(
            "regime-split",
            ("電子データを印刷した紙はスキャナ保存できません", "A printout of data cannot be stored as a scan"),
            ("元の電子データがあることを確かめてください", "Make sure that the data it was printed from is kept"),
            verdict=Verdict.NOT,
        )
    if not facts.received_on_confirmed:
        yield _stays(
            "regime-basis-date",
            ("受領日が仮の日付です", "The day of receipt is assumed"),
            ("受領日を確認してください", "Confirm the day of receipt"),
        )
    due = input_due(
        facts.document_type,
        facts.importance,
        facts.received_on,
        stored_at=stored_at,
        settings=settings,
        pack=rules,
    )
    late = due is not None and (facts.stamped_on or today) > due
    if facts.stamped_on is None:
        yield _stays(
            "scan-timestamp",
            ("認定タイムスタンプがありません", "There is no accredited timestamp"),
            None if late else _WAIT if facts.accredited_service else _SET_UP,
            due=None if late else due,
        )
    elif not rules.holds(_ROW, stored_at=facts.stamped_on):
        yield _stays(
            "scan-paper-disposal",
            ("2021年までに保存したものは定期検査まで紙が必要です", "Stored under the rules before 2022"),
            ("定期検査の記録を確認してください", "See the record of the periodic inspection"),
        )
    if late and facts.received_on_confirmed:
        yield _stays(
            "scan-late",
            (f"入力期限 {due:%Y/%m/%d} を過ぎています", f"Past the deadline of {due:%Y/%m/%d}"),
            ("紙の原本を保存期間の終わりまで保存してください", "Keep the paper until its retention ends"),
            verdict=Verdict.NOT,
        )
    if facts.capture_good is not True:
        poor = facts.capture_good is False
        yield _stays(
            "scan-resolution-tone",
            ("解像度または階調が不足しています", "Resolution or colour depth is too low")
            if poor
            else ("解像度と階調を判定できていません", "Resolution and colour depth were not judged"),
            ("読み取り直してください", "Scan it again")
            if poor
            else ("用紙の大きさを確認してください", "Confirm the size of the paper"),
        )
    if facts.capture_good is not None:  # where nothing was judged, that is said; resolution has its own line
        for said in viewings(facts.captures, facts.chart_tests, resolution_met=True, settings=settings):
            if said.verdict is not Verdict.COMPLIANT:
                yield _stays("scan-viewing", said.what, said.todo, verdict=said.verdict)
    yield from _defect(facts, settings, today, rules, in_time=not late)


def _defect(
    facts: PaperFacts, settings: CompanySettings, today: date, rules: RulePack, *, in_time: bool
) -> Iterator[Line]:
    """Law: scan-rescan-defect. Cured by a new scan, stamped in time after the discovery."""
    if facts.defect is None:
        return
    cure, due = cure_of(facts.defect, first_in_time=in_time, today=today, settings=settings, pack=rules)
    if cure is Cure.CURED:
        return
    lost = cure is Cure.LOST
    yield _stays(
        "scan-rescan-defect",
        ("読み取りの不備が直っていません", "A defect of the scan is not cured"),
        ("紙の原本を保存してください", "Keep the paper") if lost else ("再読み取りしてください", "Scan it again"),
        due=None if lost else due,
        verdict=Verdict.NOT if lost else Verdict.NOT_YET,
    )


def _person(facts: PaperFacts) -> Iterator[Line]:
    """The minimum check that the picture is the paper."""
    if facts.sameness is None:
        yield _stays(
            "scan-paper-disposal",
            ("同等確認をしていません", "Nobody has checked that picture and paper are the same"),
            ("画像と紙を見比べて同等確認をしてください", "Hold the paper against the picture"),
            row=_ROW,
        )
    elif not facts.sameness.same:
        yield _stays(
            "scan-paper-disposal",
            ("画像が紙と同等ではありません", "Picture and paper are not the same"),
            ("読み取り直してください", "Scan it again"),
            row=_ROW,
        )


def _others(facts: PaperFacts, settings: CompanySettings) -> Iterator[Line]:
    """What asks for the original whatever the scan is like."""
    if facts.stamp_duty is StampDuty.NOT_AFFIXED:
        yield _stays(
            "stamp-duty",
            ("収入印紙がまだ貼られていません", "The revenue stamp is still missing"),
            ("印紙を貼り消印してから読み取ってください", "Affix and cancel the stamp, then scan it"),
        )
    if facts.stamp_duty is StampDuty.REFUND:
        yield _stays(
            "scan-paper-disposal",
            ("印紙税の還付には原本が必要です", "A refund of stamp duty needs the original"),
            ("還付が終わるまで紙を保存してください", "Keep the paper until the refund is done"),
        )
    if facts.held or held_by_company(facts.received_on, settings=settings):
        yield _stays(
            "ret-other",
            ("保存命令（リーガルホールド）の対象です", "It is under a legal hold"),
            ("解除されるまで紙を保存してください", "Keep the paper until the hold is lifted"),
        )


def _mind(facts: PaperFacts) -> Iterator[Line]:
    if facts.stamp_duty is StampDuty.AFFIXED:
        yield Line(
            rule="scan-paper-disposal",
            verdict=Verdict.COMPLIANT,
            what=("収入印紙のある書類です", "It carries a revenue stamp"),
            todo=(
                "印紙税の還付を受けるなら紙を残してください",
                "Keep the paper where a refund of stamp duty may be claimed",
            ),
        )
    if facts.stamp_unseen:
        yield Line(
            rule="stamp-duty",
            verdict=Verdict.COMPLIANT,
            what=("収入印紙が要る金額かもしれません", "By its amount it may need a revenue stamp"),
            todo=(
                "紙を廃棄する前に収入印紙の有無を確認してください",
                "See whether it carries a stamp before the paper goes",
            ),
        )


def _stays(
    rule: str,
    what: Label,
    todo: Label | None,
    *,
    due: date | None = None,
    verdict: Verdict = Verdict.NOT_YET,
    row: str | None = None,
) -> Line:
    return Line(rule=rule, verdict=verdict, what=what, todo=todo, due=due, row=row)
