"""Facts about the company that the law's dates depend on."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class CompanySettings(BaseModel):
    """Who we are, and how our years, deadlines and business days run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: tuple[str, ...] = Field(
        default=(), description="自社の名称(書類に印刷される表記をすべて)。取引先の判定に使う"
    )
    registration_number: str | None = Field(
        default=None, pattern=r"^T[1-9][0-9]{12}$", description="自社の適格請求書発行事業者登録番号(T と 13 桁)"
    )
    fiscal_year_end_month: int = Field(default=3, ge=1, le=12, description="事業年度が終わる月(単位: 月)")
    fiscal_year_end_day: int = Field(
        default=31, ge=1, le=31, description="事業年度が終わる日(単位: 日)。その月に無い日は月末"
    )
    return_extension_months: int = Field(
        default=0, ge=0, le=4, description="法人税の申告期限の延長(法人税法75条の2、単位: か月)"
    )
    consumption_tax_extension: bool = Field(default=False, description="消費税の申告期限の延長(1 か月)を届け出ているか")
    loss_years: tuple[int, ...] = Field(
        default=(), description="欠損金が生じた事業年度(終わる日の西暦年)。その年度の書類は 10 年保存になる"
    )
    assume_loss_year: bool = Field(
        default=True,
        description="どの年度も欠損の年度になりうるとして 10 年保存にするか。"
        "決算前は分からないため true が安全。false なら loss_years の年度だけを 10 年にする",
    )
    longest_contract_years: int = Field(
        default=20,
        ge=1,
        le=99,
        description="読み取った契約終了日をこれより先まで保存期間に使わない(単位: 年)。"
        "誤読した日付で消せない期間が伸びるのを防ぐ",
    )
    deadline_method: Literal["early", "cycle"] = Field(
        default="early",
        description="入力期限の方式。early は早期入力(7 営業日)、"
        "cycle は業務処理サイクル(規程の開始日 cycle_rules_from が必要)",
    )
    cycle_months: int = Field(default=2, ge=1, le=2, description="業務処理サイクルの長さ(単位: か月、最長 2)")
    cycle_days: int | None = Field(
        default=None, ge=1, le=59, description="か月より短いサイクルのとき、その長さ(単位: 日)。空なら cycle_months"
    )
    cycle_rules_from: date | None = Field(
        default=None, description="各事務の処理に関する規程が有効になった日。空なら業務処理サイクル方式は使えない"
    )
    electronic_rules_from: date | None = Field(
        default=None, description="電子取引データの訂正・削除に関する事務処理規程が有効になった日。空なら規程なし"
    )
    closed_weekdays: tuple[int, ...] = Field(
        default=(5, 6), description="定休の曜日(0 が月曜、6 が日曜)。営業日の計算に使う"
    )
    closed_on_holidays: bool = Field(default=True, description="国民の祝日・休日を休業日とするか")
    year_end_from: tuple[int, int] | None = Field(
        default=(12, 29), description="年末年始休業の最初の日(月, 日)。空なら休業なし"
    )
    year_end_to: tuple[int, int] = Field(default=(1, 3), description="年末年始休業の最後の日(月, 日)")
    extra_closed: tuple[date, ...] = Field(default=(), description="そのほかの休業日(創立記念日、夏季休業など)")
    extra_open: tuple[date, ...] = Field(default=(), description="定休日や祝日でも営業する日")

    @model_validator(mode="after")
    def _consistent(self) -> CompanySettings:
        """At least one day of the week is open; days of the year exist."""
        if not set(self.closed_weekdays) < set(range(7)):
            msg = "closed_weekdays must be some, but not all, of 0 to 6"
            raise ValueError(msg)
        for month, day in filter(None, (self.year_end_from, self.year_end_to)):
            date(2024, month, day)
        return self
