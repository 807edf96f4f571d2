"""Lines of every document: life of its tokens, search, retention (law: lt-token-life, search-fields, ret-…)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from compliance.judging import MET, OPEN, Case, line
from compliance.regime import Regime, regime
from compliance.retention import held_by_company, retention_periods
from compliance.search_duties import SearchDuty, electronic_search_duty_of, scan_search_duty
from domain.compliance import Line
from domain.fields import DocumentType, Field, FieldStatus
from domain.labels import Label
from domain.record import DocumentState

_WITHOUT_AMOUNT = frozenset({DocumentType.DELIVERY_NOTE, DocumentType.INSPECTION, DocumentType.CONTRACT})
"""Classes whose amount may be blank (law: search-fields)."""
_ITEMS: dict[str, Label] = {
    "transaction_date": ("取引年月日", "date"),
    "counterparty": ("取引先", "counterparty"),
    "total_amount": ("取引金額", "amount"),
}


def keeping_lines(case: Case) -> Iterator[Line]:
    """What is asked of it until its retention ends."""
    yield from _token_life(case)
    yield from _search(case)
    yield from _retention(case)


def _token_life(case: Case) -> Iterator[Line]:
    """Law: lt-token-life. A token verifies until its certificate ends; before that it is renewed."""
    ends = [unit.certificate_ends for unit in case.facts.units if unit.certificate_ends is not None]
    if not ends:
        return
    ends_on = min(ends)
    renew: Label = ("その日までにタイムスタンプを更新してください", "Renew the timestamp before that day")
    if ends_on < case.today:
        gone: Label = (f"証明書の期限 {ends_on:%Y/%m/%d} を過ぎています", f"Its certificate ended on {ends_on}")
        yield line("lt-token-life", OPEN, gone, ("有効性を確認してください", "Have its validity looked at"))
        return
    until = case.facts.kept_until
    needed = until is not None and ends_on < until
    what: Label = (f"証明書の期限 {ends_on:%Y/%m/%d}", f"Its certificate ends on {ends_on}")
    yield line("lt-token-life", MET, what, renew if needed else None, due=ends_on if needed else None)


def _search(case: Case) -> Iterator[Line]:
    """Law: search-fields, et-search, et-search-exempt. A blank that a person left is searchable."""
    record = case.facts.record
    duty, row, day = _search_duty(case)
    rule = case.rules.find(row, **day) if row else None
    if duty is SearchDuty.NONE:
        free: Label = ("検索要件は免除されます（ダウンロードの求めに応じる）", "Exempt: download requests are met")
        yield line("et-search-exempt", MET, free, rule=rule)
        return
    if duty is SearchDuty.OLD_ITEMS:
        old: Label = (
            "2021年までに保存したものは当時の検索項目が要ります",
            "Stored before 2022: the items of that time",
        )
        yield line(
            "search-fields", OPEN, old, ("当時の索引を確認してください", "See the index of that time"), rule=rule
        )
        return
    names = dict(_ITEMS)
    if record.classification.label in _WITHOUT_AMOUNT:
        del names["total_amount"]
    absent = [words for name, words in names.items() if not _known(record.fields.get(name))]
    if absent:
        what: Label = (
            "未確定: " + "・".join(ja for ja, _ in absent),
            "Not settled: " + ", ".join(en for _, en in absent),
        )
        yield line(
            "search-fields", OPEN, what, ("値を確認・入力してください", "Confirm or enter the values"), rule=rule
        )
    elif record.state is DocumentState.NEEDS_REVIEW:
        waits: Label = ("確認待ちの書類です", "It waits for review")
        yield line("search-fields", OPEN, waits, ("内容を確認してください", "Review it"), rule=rule)
    else:
        found: Label = ("取引年月日・取引金額・取引先で検索できます", "Found by date, amount and counterparty")
        yield line("search-fields", MET, found, rule=rule)


def _search_duty(case: Case) -> tuple[SearchDuty, str | None, dict[str, date]]:
    kind = regime(case.facts.record.origin)
    if kind is Regime.ELECTRONIC:
        day = case.facts.transaction_date
        duty = electronic_search_duty_of(day, settings=case.settings, pack=case.rules)
        sorted_print = case.settings.sorted_prints and case.rules.holds(
            "et.search_exempt.sorted_print", transaction_date=day
        )
        row = "et.search_exempt.sorted_print" if sorted_print else "et.search_exempt.sales"
        return duty, row if duty is SearchDuty.NONE else None, {"transaction_date": day}
    if kind is Regime.SCAN:
        ready = case.settings.download_ready
        duty = scan_search_duty(case.stored_at, download_ready=ready, pack=case.rules)
        row = "scan.search.old_items" if duty is SearchDuty.OLD_ITEMS else "scan.search.three_items"
        return duty, row, {"stored_at": case.stored_at}
    return SearchDuty.FULL, None, {}


def _retention(case: Case) -> Iterator[Line]:
    """Law: ret-corp, ret-corp-loss, ret-ctax, ret-individual, ret-other: the latest of all, named."""
    facts = case.facts
    periods = retention_periods(
        facts.received_on,
        settings=case.settings,
        document_type=facts.record.classification.label,
        contract_end=facts.ends_on,
        pack=case.rules,
    )
    longest = max(periods, key=lambda period: period.until)
    rule = case.rules.rows(longest.row)[0]
    until = facts.kept_until
    if until is None:
        yield line(
            longest.law,
            OPEN,
            (
                f"保存期間が未設定です（{longest.until} までの見込み）",
                f"Retention is not set; expected {longest.until}",
            ),
            ("書類の種類と日付を確認してください", "Confirm class and dates"),
            rule=rule,
        )
    elif until < longest.until:
        yield line(
            longest.law,
            OPEN,
            (
                f"{until} までの保存になっています（{longest.until} まで必要）",
                f"Kept until {until}; {longest.until} is needed",
            ),
            ("保存期間を延長してください", "Extend the retention"),
            due=until,
            rule=rule,
        )
    else:
        yield line(longest.law, MET, (f"{until} まで保存", f"Kept until {until}"), rule=rule)
    if facts.held or held_by_company(facts.received_on, settings=case.settings):
        held: Label = (
            "保存命令の対象です。解除まで廃棄しません",
            "Under a legal hold: not destroyed until it is lifted",
        )
        yield line("ret-other", MET, held)


def _known(field: Field | None) -> bool:
    """Whether a value is certain enough to be searched by; a person's blank counts."""
    if field is None:
        return False
    return field.status is FieldStatus.CORRECTED or (field.status is FieldStatus.FOUND and field.value is not None)
