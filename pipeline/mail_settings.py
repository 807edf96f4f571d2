"""Settings of reminders by mail."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class MailSettings(BaseModel):
    """The company's mail server, and to whom reminders go. Nothing is sent while ``host`` is empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(default="", description="催促メールを送るSMTPサーバー。空なら送らない")
    port: int = Field(default=587, ge=1, le=65535, description="ポート番号(STARTTLS は 587、TLS は 465 が普通)")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="暗号化。none は同じ計算機の上のサーバー(localhost)だけ"
    )
    ca_file: Path | None = Field(
        default=None, description="サーバー証明書を確かめる認証局の証明書(PEM)。空ならOSの信頼する認証局"
    )
    user: str = Field(default="", description="SMTP認証の利用者名。空なら認証しない")
    password: SecretStr = Field(
        default=SecretStr(""), description="SMTP認証のパスワード。環境変数だけで渡す(設定ファイルに書かない)"
    )
    sender: str = Field(default="", description="差出人のメールアドレス")
    addresses: dict[str, str] = Field(
        default_factory=dict,
        description="宛先: ログイン名ごとのメールアドレス。"
        "無い人には、シングルサインオンに登録したアドレスがあればそこへ送る",
    )
    base_url: str = Field(
        default="http://127.0.0.1:8710", description="メールに書くリンクの先頭(社員が画面を開くアドレス)"
    )
    timeout_seconds: float = Field(default=20.0, gt=0, le=300, description="サーバーの応答を待つ時間(単位: 秒)")

    @model_validator(mode="after")
    def _consistent(self) -> MailSettings:
        """Mail that is sent has a sender; what is not encrypted stays on this machine."""
        if self.host and "@" not in self.sender:
            msg = "mail.sender must be an address where mail.host is set"
            raise ValueError(msg)
        if self.host and self.security == "none" and self.host not in _LOCAL:
            msg = "mail.security may be none for a server on this machine only"
            raise ValueError(msg)
        return self
