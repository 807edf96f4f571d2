"""Lines of an electronic transaction (law: art. 7, 規則4)."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.delays import excused
from compliance.electronic import Measure, authenticity, grace_open
from compliance.judging import LACKING, MET, OPEN, Case, line, stamp_words
from compliance.regime import PrintStorage, operator_info_required, print_storage
from domain.compliance import Line
from domain.labels import Label

_MEASURES: dict[Measure, Label] = {
    Measure.EXCHANGED_INSIDE: (
        "訂正・削除の記録が残るシステムで授受・保存（3号、担当者の記録による）",
        "Exchanged and stored in a system that keeps corrections (option 3, as somebody stated)",
    ),
    Measure.RECEIVED_STAMPED: (
        "タイムスタンプ付きで受領（1号、担当者の記録による）",
        "Received with a timestamp (option 1, as somebody stated)",
    ),
    Measure.STAMPED_BY_US: ("受領後に認定タイムスタンプを付与（2号）", "Stamped by us in time (option 2)"),
    Measure.OFFICE_RULES: ("事務処理規程による（4号）", "Under office rules (option 4)"),
}


def electronic_lines(case: Case) -> Iterator[Line]:
    """Everything the law asks of data exchanged electronically."""
    day = case.facts.transaction_date
    prints = print_storage(day, pack=case.rules)
    if prints is PrintStorage.ALLOWED:
        rule = case.rules.get("et.print_storage_allowed", transaction_date=day)
        what: Label = ("2021年までの取引は書面による保存もできます", "Until 2021 a printout could stand for the data")
        yield line("reform-log", MET, what, rule=rule)
        return
    yield from _authenticity(case, prints)
    if operator_info_required(day, pack=case.rules):
        yield line(
            "scan-meta-abolished-2024",
            OPEN,
            ("保存担当者の情報（2023年までの取引）", "Who was in charge (transactions until 2023)"),
            ("当時の記録を確認してください", "See the records of that time"),
            rule=case.rules.get("et.operator_info", transaction_date=day),
        )
    if case.facts.open_applications:
        count = case.facts.open_applications
        yield line(
            "et-rules-template",
            OPEN,
            (f"承認されていない訂正・削除の申請が {count} 件あります", f"{count} applications wait for approval"),
            ("申請を承認または却下してください", "Approve or refuse them"),
        )


def _authenticity(case: Case, prints: PrintStorage) -> Iterator[Line]:
    """Law: et-authenticity-choice. The option relied on is named; merely saving does not count."""
    facts = case.facts
    found = authenticity(
        received_on=facts.received_on,
        received_on_confirmed=facts.received_on_confirmed,
        transaction_date=facts.transaction_date,
        stamped_on=facts.stamped_on,
        received_stamped=facts.received_stamped,
        exchanged_inside=facts.exchanged_inside,
        settings=case.settings,
        pack=case.rules,
    )
    name, due = "et-authenticity-choice", found.due
    rule = case.rules.find("et.authenticity", transaction_date=facts.transaction_date)
    if found.relied_on is not None:
        ja, en = _MEASURES[found.relied_on]
        stamped = (
            f"（期限 {due:%Y/%m/%d}、付与 {facts.stamped_on:%Y/%m/%d}）"
            if found.relied_on is Measure.STAMPED_BY_US
            else ""
        )
        yield line(name, MET, (ja + stamped, en), rule=rule)
        return
    if not facts.received_on_confirmed:
        what: Label = ("受領日が未確認のため判定できません", "The day of receipt is assumed")
        todo: Label = ("受領日を確認してください", "Confirm the day of receipt")
        yield line(name, OPEN, what, todo, due=due if case.today <= due else None, rule=rule)
        return
    if facts.stamped_on is None and not facts.any_token and case.today <= due:
        waits, wait = stamp_words(case)
        yield line(name, OPEN, waits, wait, due=due, rule=rule)
        return
    if (excuse := excused(case, due)) is not None:
        yield line(name, OPEN, excuse.what, excuse.todo, due=excuse.due, rule=rule)
        return
    yield line(
        name,
        LACKING,
        (
            "期限内の認定タイムスタンプも、有効な事務処理規程もありません",
            "Neither an accredited timestamp in time nor office rules",
        ),
        (
            "事務処理規程を定めるか、認定タイムスタンプを設定してください。データは消さないでください",
            "Set up office rules or an accredited timestamp; keep the data",
        ),
        due=due if case.today <= due and facts.stamped_on is None else None,
        rule=rule,
    )
    yield from _tolerated(case, prints)


def _tolerated(case: Case, prints: PrintStorage) -> Iterator[Line]:
    """Law: et-grace. Who may be let off; the tax office decides, so it is never called met."""
    day = case.facts.transaction_date
    asked: Label = (
        "データと整然とした印刷を求めに応じて提示できるようにしてください",
        "Keep data and orderly prints ready on request",
    )
    if prints is PrintStorage.TOLERATED:
        rule = case.rules.get("et.yujo_print_tolerated", transaction_date=day)
        yield line(
            "et-grace",
            OPEN,
            ("宥恕措置の期間の取引です（2023年まで）", "Within the tolerance of 2022–2023"),
            asked,
            rule=rule,
        )
    elif grace_open(day, reasonable_cause=case.settings.reasonable_cause, pack=case.rules):
        rule = case.rules.get("et.grace", transaction_date=day)
        what: Label = (
            "相当の理由による猶予措置（認めるかどうかは税務署長が決めます）",
            "Grace for a reasonable cause, if the tax office accepts it",
        )
        yield line("et-grace", OPEN, what, asked, rule=rule)
