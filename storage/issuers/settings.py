"""Settings of the register of qualified invoice issuers."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class IssuerSettings(BaseModel):
    """Whom registration numbers are looked up with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mirror_file: Path | None = Field(
        default=None,
        description="公表データの写しを置く SQLite ファイル。空ならデータフォルダの issuers.sqlite",
    )
    online: bool = Field(
        default=False,
        description="写しにない登録番号を国税庁の Web-API に問い合わせるか。既定は false(外部と通信しない)",
    )
    url: str = Field(
        default="https://web-api.invoice-kohyo.nta.go.jp",
        description="Web-API のアドレス(検証環境は https://kensyo.invoice-kohyo.nta.go.jp)",
    )
    application_id: SecretStr = Field(
        default=SecretStr(""), description="国税庁が発行するアプリケーションID。環境変数だけで渡す"
    )
    timeout_seconds: float = Field(default=8.0, gt=0, description="応答を待つ上限(単位: 秒)")
    pause_seconds: float = Field(
        default=300.0, ge=0, description="応答がなかったあと、次に問い合わせるまで空ける時間(単位: 秒)"
    )
    keep_days: int = Field(
        default=1,
        ge=0,
        description="Web-API の答えを使い続ける日数(単位: 日)。公表データは翌開庁日の朝に更新される",
    )
