"""What each fact about the company is called, and which rules of the law hang on it."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any

from app.web.format import day_text
from compliance.settings import CompanySettings
from domain.fields import DocumentType
from domain.labels import DOCUMENT_TYPES, Label
from pipeline.steps.company import CompanyChange

COMPANY_FACTS: dict[str, tuple[Label, tuple[str, ...]]] = {
    "names": (("自社の名称", "Names"), ()),
    "registration_number": (("適格請求書発行事業者登録番号", "Registration number"), ("inv-items",)),
    "entity": (("納税者の区分", "Kind of taxpayer"), ("ret-corp", "ret-individual")),
    "founded_on": (("設立・開業の日", "Founded on"), ("et-search-exempt",)),
    "sales_by_year": (("年度ごとの売上高（税抜）", "Sales by year"), ("et-search-exempt", "inv-small")),
    "fiscal_year_end_month": (("決算月", "Fiscal year ends in month"), ("ret-corp",)),
    "fiscal_year_end_day": (("決算日", "Fiscal year ends on day"), ("ret-corp",)),
    "former_year_ends": (("以前の決算日", "Former year ends"), ("ret-corp",)),
    "return_extension_months": (("申告期限の延長", "Extension of the return"), ("ret-corp", "pen-10")),
    "consumption_tax_extension": (("消費税の申告期限の延長", "Extension for consumption tax"), ("ret-ctax",)),
    "loss_years": (("欠損の事業年度", "Years with a loss"), ("ret-corp-loss",)),
    "assume_loss_year": (("全年度を10年保存とする", "Keep every year for ten years"), ("ret-corp-loss",)),
    "individual_all_seven_years": (("5年保存の書類も7年保存", "Keep everything for seven years"), ("ret-individual",)),
    "companies_act_types": (("会社法で10年保存する種類", "Classes kept by the Companies Act"), ("ret-other",)),
    "holds": (("保存命令の期間（受領日）", "Holds by day of receipt"), ("ret-other",)),
    "longest_contract_years": (("契約終了日の上限", "Longest contract"), ("ret-other",)),
    "deadline_method": (("入力期限の方式", "Deadline method"), ("scan-input-early", "scan-input-cycle")),
    "cycle_months": (("業務処理サイクル（月）", "Cycle, months"), ("scan-input-cycle",)),
    "cycle_days": (("業務処理サイクル（日）", "Cycle, days"), ("scan-input-cycle",)),
    "cycle_rules_from": (("事務処理規程（スキャナ）の開始日", "Scanner rules from"), ("scan-input-cycle",)),
    "electronic_rules_from": (
        ("事務処理規程（電子取引）の開始日", "Rules on electronic data from"),
        ("et-authenticity-choice", "et-rules-template"),
    ),
    "download_ready": (("ダウンロードの求めに応じる", "Ready for download requests"), ("et-search-exempt",)),
    "sorted_prints": (("整理した出力書面", "Sorted prints"), ("et-search-exempt",)),
    "reasonable_cause": (("相当の理由（猶予措置）", "Reasonable cause"), ("et-grace",)),
    "scan_storage_from": (("スキャナ保存の開始日", "Scanner storage from"), ("scan-doc-class",)),
    "past_important_notices": (("過去分重要書類の適用届出", "Notices on past documents"), ("scan-doc-class",)),
    "closed_weekdays": (("定休の曜日", "Closed weekdays"), ("scan-input-early",)),
    "closed_on_holidays": (("祝日は休業", "Closed on holidays"), ("scan-input-early",)),
    "year_end_from": (("年末年始休業の初日", "Year-end closing from"), ("scan-input-early",)),
    "chart_test_months": (("4ポイント文字の確認の有効月数", "Months a chart test counts"), ("scan-viewing",)),
    "year_end_to": (("年末年始休業の最終日", "Year-end closing to"), ("scan-input-early",)),
    "extra_closed": (("そのほかの休業日", "Other closed days"), ("scan-input-early",)),
    "extra_open": (("休日でも営業する日", "Open in spite of it"), ("scan-input-early",)),
}
WEEKDAYS: tuple[Label, ...] = tuple(
    zip("月火水木金土日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)
)
"""Monday first, as the settings count them."""
CHOICES: dict[str, Label] = {
    "corporation": ("法人", "corporation"),
    "blue_individual": ("青色申告の個人", "individual, blue return"),
    "white_individual": ("白色申告の個人", "individual, white return"),
    "early": ("早期入力（7営業日）", "early (7 business days)"),
    "cycle": ("業務処理サイクル", "cycle"),
}


def fact_text(name: str, value: Any, *, language: str) -> str:
    """A value of the settings as people read it; an empty one is nothing."""
    index = 1 if language == "en" else 0
    if name == "closed_weekdays":
        return ("・", ", ")[index].join(WEEKDAYS[day][index] for day in value)
    if name in {"fiscal_year_end_month", "cycle_months"}:
        return f"{value} 月" if name.startswith("fiscal") and index == 0 else str(value)
    return _text(value, index)


def _text(value: Any, index: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return (("はい", "いいえ"), ("yes", "no"))[index][0 if value else 1]
    if isinstance(value, DocumentType):
        return DOCUMENT_TYPES[value][index]
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dict):
        return "、".join(f"{_text(key, index)}: {_text(one, index)}" for key, one in value.items())
    if isinstance(value, (tuple, list)):
        nested = any(isinstance(one, (tuple, list)) for one in value)
        inner = (" 〜 ".join(_text(part, index) for part in one) if nested else _text(one, index) for one in value)
        return "、".join(inner)
    if isinstance(value, int):
        return f"{value:,}" if value >= 10_000 else str(value)
    known = CHOICES.get(str(value))
    return known[index] if known else str(value)


def change_rows(change: CompanyChange, *, language: str) -> list[dict[str, Any]]:
    """Before and after of each fact, as people read them."""
    rows = []
    for name, after in change.values.items():
        label = COMPANY_FACTS[name][0] if name in COMPANY_FACTS else (name, name)
        rows.append(
            {
                "name": name,
                "label": label,
                "before": _read(name, change.before.get(name), language),
                "after": _read(name, after, language),
            }
        )
    return rows


def change_plain(change: CompanyChange) -> dict[str, Any]:
    """The plain JSON form."""
    return {
        "number": change.number,
        "from_on": change.from_on.isoformat(),
        "values": dict(change.values),
        "before": dict(change.before),
        "at": change.at.isoformat() if change.at else None,
        "by": change.by,
        "reason": change.reason,
    }


def _read(name: str, plain: Any, language: str) -> str:
    """A stored value in words; one that is no value any more is shown as it stands."""
    try:
        company = CompanySettings.model_validate({name: plain})
    except ValueError:
        return str(plain)
    return fact_text(name, getattr(company, name), language=language)
