"""Settings of the archive."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ArchiveSettings(BaseModel):
    """How the archive waits, locks and retries."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    busy_timeout_seconds: float = Field(
        default=60.0, gt=0, description="同じ会社の別の書き込みが終わるのを待つ上限(単位: 秒)"
    )
    provisional_lock_days: int = Field(
        default=90, ge=0, description="法定の保存期間が決まる前に書く記録の仮のロック期間(単位: 日)"
    )
    stamp_retry_seconds: float = Field(
        default=30.0, gt=0, description="タイムスタンプ要求が最初に失敗した後の待ち(単位: 秒)。毎回 2 倍になる"
    )
    stamp_retry_limit_seconds: float = Field(
        default=3600.0, gt=0, description="タイムスタンプ要求の待ちの上限(単位: 秒)"
    )
    rebuild_batch: int = Field(
        default=200, ge=1, description="再構築のとき 1 トランザクションで適用するログの数(単位: 件)"
    )
