"""The numbers of the law's rules as people read them: each parameter of a rule pack in a few words."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.web.format import day_text
from domain.labels import Label

PARAMETERS: dict[str, Label] = {
    "a4_long_px": ("A4長辺 {} 画素", "A4 long side {} px"),
    "a4_short_px": ("A4短辺 {} 画素", "A4 short side {} px"),
    "base_period_sales_yen": ("基準期間の売上 {} 円以下", "sales of the base period up to {} yen"),
    "below_yen": ("{} 円未満", "below {} yen"),
    "bits_per_channel": ("各色 {} ビット以上", "{} bits for each colour"),
    "business_days": ("{} 営業日", "{} business days"),
    "channels": ("色の成分 {}（3 はカラー、1 は白黒階調）", "{} channels (3: colour, 1: grey)"),
    "days": ("{} 日以内", "within {} days"),
    "dots_per_inch": ("{} dpi 以上", "{} dpi"),
    "each_verifiable_alone": ("1件ずつ検証できること: {}", "each verifiable alone: {}"),
    "extended_months_after_year_end": ("申告期限の延長があれば {} か月後から", "{} months later where extended"),
    "legible_percent": ("その {} % を判読できること", "{} % of them legible"),
    "long_years": ("{} 年（長い方）", "{} years (long)"),
    "longest_months": ("最長 {} か月", "{} months at the longest"),
    "months_after_year_end": ("事業年度終了の {} か月後から", "from {} months after the year's end"),
    "own_system": ("自社のシステム: {}", "own system: {}"),
    "percent": ("{} %", "{} %"),
    "percentage_points": ("{} ポイント", "{} points"),
    "size_of_small_self_captured": ("自ら受領したA4以下の書類の大きさ: {}", "size of small own papers: {}"),
    "short_years": ("{} 年（短い方）", "{} years (short)"),
    "smallest_points": ("{} ポイントの文字", "characters of {} points"),
    "specified_period_sales_yen": ("特定期間の売上 {} 円以下", "sales of the specified period up to {} yen"),
    "start_day": ("{} 日から", "from day {}"),
    "start_month": ("翌年 {} 月", "month {} of the next year"),
    "titles": ("{}", "{}"),
    "version": ("第 {} 版", "version {}"),
    "year_ended_from": ("{} 以後に終了した年度", "years that ended from {}"),
    "years": ("{} 年", "{} years"),
    "years_after_end": ("終了後 {} 年", "{} years after the end"),
    "yen_per_supplier_and_year": ("1社・1年あたり {} 円まで", "up to {} yen for each supplier and year"),
}
"""By the parameter's name; ``{}`` is its value."""
_YES_NO: tuple[Label, Label] = (("はい", "yes"), ("いいえ", "no"))


def rule_numbers(parameters: dict[str, Any], *, language: str) -> str:
    """What a rule counts with, in one line; a parameter that has no words shows its name."""
    index = 1 if language == "en" else 0
    parts = []
    for name, value in parameters.items():
        words = PARAMETERS.get(name, (f"{name} {{}}", f"{name} {{}}"))[index]
        parts.append(words.format(_value(value, index)))
    return ("、", "; ")[index].join(parts)


def _value(value: Any, index: int) -> str:
    match value:
        case bool():
            return _YES_NO[0 if value else 1][index]
        case tuple() | list():
            return "・".join(_value(one, index) for one in value)
        case date():
            return day_text(value)
        case int():
            return f"{value:,}"
        case _:
            return str(value)
