"""Who does what in the company: for the papers that the law wants."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class PapersSettings(BaseModel):
    """People and places that no program knows; what is empty is printed as a line to be filled in by hand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str = Field(default="", description="本店（納税地）の所在地")
    manager: str = Field(default="", description="管理責任者（電子取引データ・スキャナ保存の全体の責任者）の役職・氏名")
    operator: str = Field(default="", description="処理責任者（日々の取込・確認の責任者）の役職・氏名")
    department: str = Field(default="", description="スキャンと保存を行う部署")
    receiving: str = Field(default="", description="紙の書類を受け取る部署・窓口")
    paper_place: str = Field(default="", description="廃棄できない紙の原本を保管する場所")
    devices: tuple[str, ...] = Field(default=(), description="使用するスキャナ・複合機・スマートフォンの機種名")
    display_place: str = Field(default="", description="画面とカラープリンタを備え付けた場所")
    rules_from: date | None = Field(default=None, description="規程の施行日。空なら記入欄にする")
