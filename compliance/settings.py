"""Facts about the company that the law's dates depend on."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from compliance.periods import fiscal_year_end
from domain.fields import DocumentType
from domain.numbers import MOST

_Year = Annotated[int, Field(ge=1868, le=9999)]
_Yen = Annotated[int, Field(ge=0, le=MOST)]


class CompanySettings(BaseModel):
    """Who we are, and how our years, deadlines and business days run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: tuple[str, ...] = Field(
        default=(), description="自社の名称(書類に印刷される表記をすべて)。取引先の判定に使う"
    )
    registration_number: str | None = Field(
        default=None, pattern=r"^T[1-9][0-9]{12}$", description="自社の適格請求書発行事業者登録番号(T と 13 桁)"
    )
    entity: Literal["corporation", "blue_individual", "white_individual"] = Field(
        default="corporation",
        description="納税者の区分。corporation は法人、blue_individual は青色申告の個人、"
        "white_individual は白色申告の個人。個人の年度は暦年",
    )
    founded_on: date | None = Field(
        default=None, description="設立・開業の日。基準期間がない間の検索要件の免除に使う。空なら考えない"
    )
    sales_by_year: dict[_Year, _Yen] = Field(
        default_factory=dict,
        description="年度(終わる日の西暦年)ごとの課税期間の売上高(税抜、単位: 円)。"
        "2 年前の額で検索要件の免除と少額特例を判定する。決算日の変更で同じ西暦年に終わる年度が"
        "二つあるときは、どちらの額か決められないため、その額による免除は判定しない",
    )
    fiscal_year_end_month: int = Field(default=3, ge=1, le=12, description="事業年度が終わる月(単位: 月)")
    fiscal_year_end_day: int = Field(
        default=31, ge=1, le=31, description="事業年度が終わる日(単位: 日)。その月に無い日は月末"
    )
    former_year_ends: tuple[tuple[date, int, int], ...] = Field(
        default=(),
        description="決算日を変えたとき、前の決算日で終わった最後の日と、その決算日の月・日。"
        "例: 2026 年 3 月まで 3 月末決算なら (2026-03-31, 3, 31)",
    )
    return_extension_months: int = Field(
        default=0, ge=0, le=4, description="法人税の申告期限の延長(法人税法75条の2、単位: か月)"
    )
    consumption_tax_extension: bool = Field(default=False, description="消費税の申告期限の延長(1 か月)を届け出ているか")
    loss_years: tuple[_Year, ...] = Field(
        default=(), description="欠損金が生じた事業年度(終わる日の西暦年)。その年度の書類は 10 年保存になる"
    )
    assume_loss_year: bool = Field(
        default=True,
        description="どの年度も欠損の年度になりうるとして 10 年保存にするか。"
        "決算前は分からないため true が安全。false なら loss_years の年度だけを 10 年にする",
    )
    individual_all_seven_years: bool = Field(
        default=True, description="個人のとき、5 年保存でよい書類も 7 年保存にするか。true が安全"
    )
    companies_act_types: tuple[DocumentType, ...] = Field(
        default=(DocumentType.CONTRACT,),
        description="会社法 432 条の「事業に関する重要な資料」として 10 年保存にする書類の種類(法人のみ)",
    )
    holds: tuple[tuple[date, date], ...] = Field(
        default=(), description="保存命令(リーガルホールド)の対象とする受領日の範囲(最初の日, 最後の日)。廃棄を止める"
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
    download_ready: bool = Field(
        default=False, description="税務職員のダウンロードの求めにすべて応じられるようにしているか。検索要件が軽くなる"
    )
    sorted_prints: bool = Field(
        default=False,
        description="電子取引データを印刷し、日付と取引先ごとに整理して提示できるようにしているか。"
        "download_ready と合わせて検索要件が免除される",
    )
    reasonable_cause: bool = Field(
        default=False,
        description="電子取引の要件に対応できない相当の理由(猶予措置)があるか。認めるかどうかは税務署長が決める",
    )
    scan_storage_from: date | None = Field(
        default=None,
        description="紙に代えてスキャナ保存を始めた日。これより前に受領した重要書類は過去分重要書類として扱う",
    )
    past_important_notices: dict[DocumentType, date] = Field(
        default_factory=dict, description="過去分重要書類の適用届出書を出した日(書類の種類ごと)"
    )
    chart_test_months: int = Field(
        default=12,
        ge=1,
        le=120,
        description="スキャナの4ポイント文字の確認を、何か月後の読み取りまで使うか(単位: か月)。"
        "法令に期間の定めはなく、社内の決まりとする",
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

    @property
    def individual(self) -> bool:
        """A natural person: the year is that of the calendar."""
        return self.entity != "corporation"

    @field_validator("closed_weekdays")
    @classmethod
    def _some_day_is_open(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if not set(days) < set(range(7)):
            msg = "must be some, but not all, of 0 to 6"
            raise ValueError(msg)
        return days

    @field_validator("year_end_from", "year_end_to")
    @classmethod
    def _day_exists(cls, day: tuple[int, int] | None) -> tuple[int, int] | None:
        if day is not None:
            date(2024, *day)
        return day

    @field_validator("former_year_ends")
    @classmethod
    def _years_ended(cls, ends: tuple[tuple[date, int, int], ...]) -> tuple[tuple[date, int, int], ...]:
        for until, month, day in ends:
            if not 1 <= month <= 12 or fiscal_year_end(until, month=month, last_day=day) != until:
                msg = f"{until} is no year end of {month}-{day}"
                raise ValueError(msg)
        return ends

    @field_validator("holds")
    @classmethod
    def _begins_before_it_ends(cls, holds: tuple[tuple[date, date], ...]) -> tuple[tuple[date, date], ...]:
        if any(last < first for first, last in holds):
            msg = "a hold ends before it begins"
            raise ValueError(msg)
        return holds
