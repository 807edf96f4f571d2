"""Does one document satisfy the law? A report whose checks are named by the law's rules (law.md), never silently "OK".

Passed, failed, or indeterminate: still open, or not to be known from here. A system of one's own without an accredited
time-stamping authority cannot comply (law: scan-timestamp-substitute), and this says so. The details are for people
and hold dates and numbers of this document only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from compliance.capture_quality import RULE_ID as RESOLUTION
from compliance.deadlines import deadline_for
from compliance.retention import retain_until
from compliance.settings import CompanySettings
from domain.calendar import tokyo_day
from domain.evidence import Check, Outcome, Report, TimestampToken
from domain.fields import DocumentType, Field, FieldStatus
from domain.ids import Origin
from domain.labels import IMPORTANCE, ORIGINS
from domain.record import ArchiveRecord, DocumentState, ImportanceClass

PASSED, FAILED, INDETERMINATE = Outcome.PASSED, Outcome.FAILED, Outcome.INDETERMINATE

PAPER = frozenset({Origin.PAPER_RECEIVED, Origin.PAPER_ISSUED_COPY})
ELECTRONIC = frozenset({Origin.ELECTRONIC_RECEIVED, Origin.ELECTRONIC_SENT})

_WITHOUT_AMOUNT = frozenset({DocumentType.DELIVERY_NOTE, DocumentType.INSPECTION, DocumentType.CONTRACT})
"""Classes whose amount may be blank (law: search-fields)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stamps:
    """What the tokens of a document's units say together."""

    complete_on: date | None
    """Day on which the last unit got its first accredited token; None while one has none."""
    any_token: bool
    certificates_end_on: date | None
    """Day on which the first of the newest accredited tokens' certificates ends."""


def compliance_status(
    record: ArchiveRecord,
    tokens: Sequence[TimestampToken],
    *,
    settings: CompanySettings,
    today: date,
    ledger_linked: bool | None = None,
) -> Report:
    """The report of one document as of ``today`` (Asia/Tokyo).

    ``tokens`` are those of all its units, each unit stamped by its own imprint. ``ledger_linked`` says whether it is
    tied to a journal line, or is marked as having none; None where that is not known.
    """
    stamps = _stamps(record, tokens)
    deadline = deadline_for(record.received_on, settings=settings)
    checks = [_regime(record), _received_on(record)]
    if record.origin in ELECTRONIC:
        checks += [_authenticity(record, stamps, deadline, settings=settings, today=today)]
    elif record.origin is not Origin.SELF_GENERATED:
        checks += _scan(record, stamps, deadline, settings=settings, today=today, ledger_linked=ledger_linked)
    if stamps.certificates_end_on is not None:
        checks.append(_token_life(stamps.certificates_end_on, record, today))
    checks += [_search(record), _retention(record, settings)]
    return Report(checks=tuple(checks))


def _regime(record: ArchiveRecord) -> Check:
    if record.origin is Origin.UNKNOWN:
        return _check("regime-split", INDETERMINATE, "受領方法（紙・電子）が分かりません。確認してください")
    return _check("regime-split", PASSED, ORIGINS[record.origin][0])


def _received_on(record: ArchiveRecord) -> Check:
    """Law: regime-basis-date. Nothing is called compliant on an assumed day."""
    if record.received_on_assumed:
        return _check("regime-basis-date", INDETERMINATE, f"受領日は仮の日付です（{record.received_on}）")
    return _check("regime-basis-date", PASSED, f"受領日 {record.received_on}")


def _scan(
    record: ArchiveRecord,
    stamps: _Stamps,
    deadline: date,
    *,
    settings: CompanySettings,
    today: date,
    ledger_linked: bool | None,
) -> list[Check]:
    general = record.importance is ImportanceClass.GENERAL
    checks = [
        _check("scan-doc-class", PASSED, IMPORTANCE[record.importance][0]),
        _timestamp(stamps, deadline, today=today, general=general),
        _own_system(stamps),
    ]
    if general:
        checks.append(_anytime(stamps))
    else:
        checks.append(_input_deadline(record, stamps, deadline, settings=settings, today=today))
        if _late(stamps, deadline, today) and not record.received_on_assumed:
            checks.append(_check("scan-late", FAILED, "入力期限を過ぎています。紙の原本も保存してください"))
        checks.append(_book_link(linked=ledger_linked))
    checks += _capture(record)
    return checks


def _timestamp(stamps: _Stamps, deadline: date, *, today: date, general: bool) -> Check:
    """Law: scan-timestamp. Only a service accredited by the minister counts."""
    if stamps.complete_on is not None:
        return _check("scan-timestamp", PASSED, f"{stamps.complete_on} 付与")
    if stamps.any_token:
        return _check("scan-timestamp", FAILED, "認定されていない時刻認証局のタイムスタンプです。要件を満たしません")
    if general or today <= deadline:
        return _check("scan-timestamp", INDETERMINATE, f"タイムスタンプ付与待ち（期限 {deadline}）")
    return _check("scan-timestamp", FAILED, f"タイムスタンプがありません（期限 {deadline}）")


def _own_system(stamps: _Stamps) -> Check:
    """Law: scan-timestamp-substitute. A company's own system cannot stand in for the timestamp."""
    if stamps.complete_on is not None:
        return _check("scan-timestamp-substitute", PASSED, "認定タイムスタンプがあるため不要です")
    return _check("scan-timestamp-substitute", FAILED, "自社のシステムの保存時刻はタイムスタンプの代わりになりません")


def _input_deadline(
    record: ArchiveRecord, stamps: _Stamps, deadline: date, *, settings: CompanySettings, today: date
) -> Check:
    """Law: scan-input-early, scan-input-cycle, with scan-input-complete-means: stamped, not merely scanned."""
    name = _deadline_rule(record, settings)
    if record.received_on_assumed:
        return _check(
            name, INDETERMINATE, f"受領日（{record.received_on}）が未確認のため判定できません。仮の期限 {deadline}"
        )
    if stamps.complete_on is not None:
        outcome = PASSED if stamps.complete_on <= deadline else FAILED
        return _check(name, outcome, f"期限 {deadline}、付与 {stamps.complete_on}")
    if today <= deadline:
        return _check(name, INDETERMINATE, f"期限 {deadline} まで。まだ入力は完了していません")
    return _check(name, FAILED, f"期限 {deadline} までに認定タイムスタンプが付与されませんでした")


def _anytime(stamps: _Stamps) -> Check:
    """Law: scan-general-anytime. No deadline, but a timestamp each time all the same."""
    outcome = PASSED if stamps.complete_on is not None else INDETERMINATE
    return _check("scan-general-anytime", outcome, "一般書類のため入力期限はありません")


def _book_link(*, linked: bool | None) -> Check:
    if linked is None:
        return _check("scan-book-link", INDETERMINATE, "帳簿との関連付けがまだ確認できません")
    return _check("scan-book-link", PASSED if linked else FAILED, "帳簿との関連付け" + ("あり" if linked else "なし"))


def _capture(record: ArchiveRecord) -> list[Check]:
    found = [check for check in record.checks if check.name == RESOLUTION]
    return found or [_check(RESOLUTION, INDETERMINATE, "原本の解像度と階調を判定していません")]


def _authenticity(
    record: ArchiveRecord, stamps: _Stamps, deadline: date, *, settings: CompanySettings, today: date
) -> Check:
    """Law: et-authenticity-choice. A timestamp in time, or office rules; merely saving does not count."""
    name = "et-authenticity-choice"
    on = stamps.complete_on
    if on is not None and on <= deadline and not record.received_on_assumed:
        return _check(name, PASSED, f"認定タイムスタンプ（期限 {deadline}、付与 {on}）")
    rules_from = settings.electronic_rules_from
    if rules_from is not None and rules_from <= record.received_on:
        return _check(name, PASSED, f"事務処理規程（{rules_from} から）による")
    if record.received_on_assumed:
        return _check(name, INDETERMINATE, f"受領日（{record.received_on}）が未確認のため判定できません")
    if on is None and not stamps.any_token and today <= deadline:
        return _check(name, INDETERMINATE, f"タイムスタンプ付与待ち（期限 {deadline}）")
    return _check(name, FAILED, "期限内の認定タイムスタンプも、有効な事務処理規程もありません")


def _token_life(ends_on: date, record: ArchiveRecord, today: date) -> Check:
    """Law: lt-token-life. A token verifies until its certificate ends; before that it is renewed."""
    if ends_on < today:
        return _check("lt-token-life", INDETERMINATE, f"証明書の期限 {ends_on} を過ぎています")
    needed = record.retain_until is not None and ends_on < record.retain_until
    note = f"証明書の期限 {ends_on}" + ("。保存期間の終わりまでに更新が必要です" if needed else "")
    return _check("lt-token-life", PASSED, note)


def _search(record: ArchiveRecord) -> Check:
    """Law: search-fields. Date and counterparty, and the amount where the class has one; a blank one is searchable."""
    names = {"transaction_date": "取引年月日", "counterparty": "取引先"}
    if record.classification.label not in _WITHOUT_AMOUNT:
        names["total_amount"] = "取引金額"
    absent = [label for name, label in names.items() if not _known(record.fields.get(name))]
    if absent:
        return _check("search-fields", INDETERMINATE, "未確定: " + "・".join(absent))
    if record.state is DocumentState.NEEDS_REVIEW:
        return _check("search-fields", INDETERMINATE, "確認待ちの書類です")
    return _check("search-fields", PASSED, "取引年月日・取引金額・取引先で検索できます")


def _retention(record: ArchiveRecord, settings: CompanySettings) -> Check:
    """Law: ret-corp, ret-corp-loss, ret-ctax."""
    wanted = retain_until(record.received_on, settings=settings)
    if record.retain_until is None:
        return _check("ret-corp", INDETERMINATE, f"保存期間が未設定です（{wanted} までの見込み）")
    outcome = PASSED if record.retain_until >= wanted else FAILED
    return _check("ret-corp", outcome, f"{record.retain_until} まで保存")


def _stamps(record: ArchiveRecord, tokens: Sequence[TimestampToken]) -> _Stamps:
    accredited = [token for token in tokens if token.accredited]
    by_imprint: dict[str, list[TimestampToken]] = {}
    for token in accredited:
        by_imprint.setdefault(str(token.imprint), []).append(token)
    units = len({page.unit_id for page in record.pages}) or 1
    missing = len(by_imprint) < units
    first = [min(tokyo_day(t.gen_time) for t in same) for same in by_imprint.values()]
    newest = [max(tokyo_day(t.certificate_not_after) for t in same) for same in by_imprint.values()]
    return _Stamps(
        complete_on=None if missing else max(first),
        any_token=bool(tokens),
        certificates_end_on=min(newest) if newest else None,
    )


def _late(stamps: _Stamps, deadline: date, today: date) -> bool:
    return (stamps.complete_on or today) > deadline


def _deadline_rule(record: ArchiveRecord, settings: CompanySettings) -> str:
    rules_from = settings.cycle_rules_from
    cycle = settings.deadline_method == "cycle" and rules_from is not None and rules_from <= record.received_on
    return "scan-input-cycle" if cycle else "scan-input-early"


def _known(field: Field | None) -> bool:
    """Whether a value is certain enough to be searched by; a person's blank counts."""
    if field is None:
        return False
    return field.status is FieldStatus.CORRECTED or (field.status is FieldStatus.FOUND and field.value is not None)


def _check(name: str, outcome: Outcome, detail: str) -> Check:
    return Check(name=name, outcome=outcome, detail=detail)
