"""Lines of a scan: class, timestamp, deadline, books, picture (law: art. 4(3), 規則2④–⑨)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from compliance.deadlines import Cure, PastPaper, cure_of, deadline_rule, input_due, past_paper
from compliance.delays import DISASTER_LAW, excused
from compliance.facts import RESOLUTION, LedgerRelation
from compliance.judging import LACKING, MET, OPEN, Case, line, stamp_words
from compliance.ledger import ledger_link_row
from compliance.legibility import chart_rule
from compliance.packfile import Rule
from compliance.regime import old_scan_duties, scan_replaces_paper
from compliance.timestamps import substitute_allowed
from compliance.viewing import viewings
from domain.compliance import Line
from domain.evidence import Outcome
from domain.labels import IMPORTANCE, Label
from domain.record import ImportanceClass

_KEEP_PAPER: Label = (
    "紙の原本を保存期間の終わりまで保存してください",
    "Keep the paper until its retention ends",
)
_OLD_DUTIES: dict[str, Label] = {
    "scan.approval_required": ("税務署長の承認（2021年まで）", "Approval by the tax office (until 2021)"),
    "scan.proper_process_required": ("適正事務処理要件（2021年まで）", "Proper process duty (until 2021)"),
    "scan.receiver_signature_3days": (
        "受領者の自署と3日以内のタイムスタンプ（2021年まで）",
        "Receiver's signature and stamp within 3 days (until 2021)",
    ),
    "scan.store_resolution_tone_size": (
        "解像度・階調・大きさの情報の保存（2023年まで）",
        "Keeping resolution, tone and size (until 2023)",
    ),
    "scan.store_operator_info": ("入力者等情報の保存（2023年まで）", "Keeping who entered it (until 2023)"),
}


def scan_lines(case: Case) -> Iterator[Line]:
    """Everything the law asks of a scan."""
    yield from _in_scope(case)
    yield line("scan-doc-class", MET, IMPORTANCE[case.facts.record.importance])
    facts = case.facts
    due = input_due(
        facts.record.classification.label,
        facts.record.importance,
        facts.received_on,
        stored_at=case.stored_at,
        settings=case.settings,
        pack=case.rules,
    )
    yield from _timestamp(case, due)
    yield from _deadline(case, due)
    yield from _books(case)
    yield from _picture(case)
    yield from _legible(case)
    yield from _defect(case, due)
    for row in old_scan_duties(case.stored_at, pack=case.rules):
        yield line(
            case.rules.get(row, stored_at=case.stored_at).law,
            OPEN,
            _OLD_DUTIES[row],
            ("当時の記録を確認してください", "See the records of that time"),
            rule=case.rules.get(row, stored_at=case.stored_at),
        )


def _in_scope(case: Case) -> Iterator[Line]:
    """Law: scan-out-of-scope, regime-split. Closing documents and printouts of data cannot be stored as scans."""
    headings = case.facts.headings
    if not all(scan_replaces_paper(text, stored_at=case.stored_at, pack=case.rules) for text in headings):
        yield line(
            "scan-out-of-scope",
            LACKING,
            ("決算関係書類・帳簿はスキャナ保存の対象外です", "Closing documents and books cannot be stored as scans"),
            _KEEP_PAPER,
            rule=case.rules.get("scan.out_of_scope", stored_at=case.stored_at),
        )
    if case.facts.printed_from_data:
        yield line(
            "regime-split",
            LACKING,
            ("電子データを印刷した紙はスキャナ保存できません", "A printout of data cannot be stored as a scan"),
            ("元の電子データを保存してください", "Keep the data it was printed from"),
        )


def _timestamp(case: Case, due: date | None) -> Iterator[Line]:
    """Law: scan-timestamp. Only an accredited service counts; storing here does not stand for it."""
    rule = _scheme(case)
    on = case.facts.stamped_on
    if on is not None and rule is not None:
        yield line("scan-timestamp", MET, (f"{on} 付与", f"Stamped on {on}"), rule=rule)
        return
    waits = due is None or case.today <= due or excused(case, due) is not None
    if not case.facts.any_token and waits:
        waiting, wait = stamp_words(case)
        yield line("scan-timestamp", OPEN, waiting, wait, due=_coming(case, due), rule=rule)
        return
    what = (
        ("認定されていない時刻認証局のタイムスタンプです", "The timestamp is of an authority that is not accredited")
        if case.facts.any_token
        else ("認定タイムスタンプがありません", "There is no accredited timestamp")
    )
    todo = (
        (
            "認定時刻認証業務を設定して付与し直してください。それまで紙も保存してください",
            "Stamp it by an accredited service; keep the paper until then",
        )
        if waits
        else _KEEP_PAPER
    )
    yield line("scan-timestamp", LACKING, what, todo, due=_coming(case, due), rule=rule)
    if not substitute_allowed(case.stored_at, own_system=True, store_time_proven=False, pack=case.rules):
        yield line(
            "scan-timestamp-substitute",
            LACKING,
            (
                "自社のシステムの保存時刻はタイムスタンプの代わりになりません",
                "The store time of a company's own system does not stand for a timestamp",
            ),
        )


def _coming(case: Case, due: date | None) -> date | None:
    return due if due is not None and case.today <= due else None


def _scheme(case: Case) -> Rule | None:
    for row in ("scan.timestamp.mic", "scan.timestamp.jadac"):
        found = case.rules.find(row, stored_at=case.stored_at)
        if found is not None:
            return found
    return None


def _deadline(case: Case, due: date | None) -> Iterator[Line]:
    """Law: scan-input-early, scan-input-cycle, scan-general-anytime, with scan-input-complete-means, scan-late."""
    facts = case.facts
    on = facts.stamped_on
    if due is None:
        yield from _no_deadline(case)
        return
    rule = deadline_rule(facts.received_on, settings=case.settings, stored_at=case.stored_at, pack=case.rules)
    kind = facts.record.classification.label
    past = past_paper(kind, facts.received_on, stored_at=case.stored_at, settings=case.settings, pack=case.rules)
    if past is PastPaper.NOTICE_MISSING and (on or case.today) > due:  # in time, it is a paper like any other
        yield line(
            "scan-general-anytime",
            OPEN,
            ("過去分重要書類の適用届出書が出ていません", "The notice for important papers of the past is missing"),
            ("税務署に適用届出書を提出してください", "Hand in the notice to the tax office"),
        )
    if not facts.received_on_confirmed:
        yield line(
            rule.law,
            OPEN,
            (
                f"受領日が未確認です。仮の期限 {due:%Y/%m/%d}",
                f"The day of receipt is assumed; deadline {due:%Y/%m/%d} by it",
            ),
            ("受領日を確認してください", "Confirm the day of receipt"),
            due=due if case.today <= due else None,
            rule=rule,
        )
        return
    if on is not None and on <= due:
        yield line(
            rule.law,
            MET,
            (f"期限 {due:%Y/%m/%d}、付与 {on:%Y/%m/%d}", f"Due {due:%Y/%m/%d}, stamped {on:%Y/%m/%d}"),
            rule=rule,
        )
        return
    if on is None and case.today <= due:
        yield line(
            rule.law,
            OPEN,
            ("まだ入力は完了していません", "Input is not complete"),
            ("期限までに認定タイムスタンプを付与してください", "Have it stamped in time"),
            due=due,
            rule=rule,
        )
        return
    if (excuse := excused(case, due)) is not None:
        law = DISASTER_LAW if excuse.disaster else rule.law
        yield line(law, OPEN, excuse.what, excuse.todo, due=excuse.due, rule=None if excuse.disaster else rule)
        return
    yield line(
        rule.law,
        LACKING,
        (f"入力期限 {due:%Y/%m/%d} を過ぎました", f"The deadline of {due:%Y/%m/%d} has passed"),
        rule=rule,
    )
    kept = facts.paper_kept_at
    what: Label = (f"期限後の入力です（紙の保管場所: {kept}）", f"Late (paper kept at: {kept})")
    yield line("scan-late", LACKING, what if kept else ("期限後の入力です", "Late"), _KEEP_PAPER)


def _no_deadline(case: Case) -> Iterator[Line]:
    """General papers any time; past important ones under their notice (law: scan-general-anytime)."""
    general = case.facts.record.importance is ImportanceClass.GENERAL
    rule = case.rules.find("scan.input.general_anytime" if general else "scan.past_important", stored_at=case.stored_at)
    what: Label = (
        ("一般書類のため入力期限はありません", "A general document: no deadline")
        if general
        else ("過去分重要書類（届出済み）", "An important paper of the past, under its notice")
    )
    yield line("scan-general-anytime", MET, what, rule=rule)


def _books(case: Case) -> Iterator[Line]:
    """Law: scan-book-link. Tied to the books, or said to have no entry there."""
    row = ledger_link_row(case.facts.record.importance, stored_at=case.stored_at, pack=case.rules)
    if row is None:
        return
    rule = case.rules.get(row, stored_at=case.stored_at)
    words: dict[LedgerRelation, Label] = {
        LedgerRelation.LINKED: ("帳簿と関連付けられています", "It is tied to the books"),
        LedgerRelation.NONE: ("関連する帳簿の記載なし（明示）", "Said to have no entry in the books"),
    }
    if case.facts.ledger in words:
        yield line("scan-book-link", MET, words[case.facts.ledger], rule=rule)
        return
    yield line(
        "scan-book-link",
        OPEN,
        ("帳簿と関連付けられていません", "It is not tied to the books"),
        (
            "仕訳と関連付けるか、関連する帳簿がないことを記録してください（決算後遅滞なく）",
            "Tie it to an entry, or record that there is none (without delay after closing)",
        ),
        rule=rule,
    )


def _picture(case: Case) -> Iterator[Line]:
    """Law: scan-resolution-tone, and scan-fidelity where a person found that picture and paper differ."""
    if not case.facts.capture:
        yield line(
            RESOLUTION,
            OPEN,
            ("原本の解像度と階調を判定していません", "Resolution and colour depth were not judged"),
            ("スキャン画像を確認してください", "Look at the scan"),
        )
    for check in case.facts.capture:
        detail = check.detail or "解像度または階調が足りません"
        if check.outcome is Outcome.PASSED:
            yield line(
                RESOLUTION, MET, (f"足りています（{check.detail}）" if check.detail else "足りています", "Good enough")
            )
        elif check.outcome is Outcome.FAILED:
            todo: Label = ("読み取り直すか、紙を保存してください", "Scan it again, or keep the paper")
            yield line(RESOLUTION, LACKING, (detail, "Resolution or colour depth is too low"), todo)
        else:
            size: Label = ("用紙の大きさを確認してください", "Confirm the size of the paper")
            unknown = check.detail or "用紙の大きさが分かりません"
            yield line(RESOLUTION, OPEN, (unknown, "The size of the paper is unknown"), size)
    if case.facts.sameness is not None and not case.facts.sameness.same:
        yield line(
            "scan-fidelity",
            LACKING,
            ("同等確認で紙と違うとされました", "A person found that picture and paper differ"),
            ("読み取り直してください。それまで紙を保存してください", "Scan it again; keep the paper until then"),
        )


def _legible(case: Case) -> Iterator[Line]:
    """Law: scan-viewing. 4-point characters are legible on what this device makes with these settings."""
    facts = case.facts
    rule = chart_rule(stored_at=case.stored_at, pack=case.rules)
    if not facts.capture:
        return  # no picture was judged, and its resolution line says so
    for one in viewings(
        facts.record.captures, facts.chart_tests, resolution_met=facts.resolution_met, settings=case.settings
    ):
        yield line(rule.law, one.verdict, one.what, one.todo, rule=rule)


def _defect(case: Case, due: date | None) -> Iterator[Line]:
    """Law: scan-rescan-defect."""
    defect = case.facts.defect
    if defect is None:
        return
    first = case.facts.stamped_on
    in_time = first is not None and (due is None or first <= due)
    cure, until = cure_of(defect, first_in_time=in_time, today=case.today, settings=case.settings, pack=case.rules)
    if cure is Cure.CURED:
        done = defect.rescan_stamped_on
        yield line("scan-rescan-defect", MET, (f"{done} 再読み取り済み", f"Scanned again on {done}"))
    elif cure is Cure.OPEN:
        todo: Label = ("読み取り直してください", "Scan it again")
        what: Label = ("折れ・欠けなどの不備が見つかっています", "A defect of the scan was found")
        yield line("scan-rescan-defect", OPEN, what, todo, due=until)
    else:
        late: Label = ("不備を期限までに直せませんでした", "The defect was not cured in time")
        yield line("scan-rescan-defect", LACKING, late, _KEEP_PAPER)
