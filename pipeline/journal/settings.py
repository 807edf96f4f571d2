"""Which account titles stand against what is bought and sold."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class JournalSettings(BaseModel):
    """Names as the accounting product has them: entries with other names are refused there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    payable: str = Field(default="未払金", min_length=1, max_length=30, description="請求書の相手科目(仕入高以外)")
    trade_payable: str = Field(default="買掛金", min_length=1, max_length=30, description="請求書の相手科目(仕入高)")
    purchases: str = Field(default="仕入高", min_length=1, max_length=30, description="買掛金を相手にする科目")
    cash: str = Field(default="現金", min_length=1, max_length=30, description="領収書の相手科目")
    card: str = Field(
        default="未払金", min_length=1, max_length=30, description="カード・電子マネーで払った領収書の相手科目"
    )
    receivable: str = Field(default="売掛金", min_length=1, max_length=30, description="発行した請求書の相手科目")
    tax_classes: dict[str, str] = Field(
        default_factory=dict,
        description="税区分の名称の上書き。キーは「製品.売買.税区分」"
        '(例: moneyforward.purchase.standard-10 = "課税仕入 10%")。ソフトで名称を変えているときに使う',
    )
