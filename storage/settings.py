"""Where objects are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class StoreSettings(BaseModel):
    """The object store: a folder (embedded default) or an S3-compatible server."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["folder", "s3"] = Field(
        default="folder",
        description="保存先の種類。folder はこのマシンのフォルダ(書き換え不能ではない)、s3 は S3 互換サーバー",
    )
    root: Path = Field(
        default=Path("var/store"),
        description="folder のとき: inbox・vault・derived を置くフォルダ",
    )
    endpoint: str = Field(
        default="",
        description="s3 のとき: サーバーの URL(例 https://s3.example.jp)。http:// は同じマシンか閉じた網だけで使う",
    )
    region: str = Field(default="us-east-1", description="s3 のとき: リージョン名")
    access_key: SecretStr = Field(
        default=SecretStr(""), description="s3 のとき: アクセスキー。環境変数だけで渡す(設定ファイルに書かない)"
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""), description="s3 のとき: シークレットキー。環境変数だけで渡す(設定ファイルに書かない)"
    )
    secret_key_file: Path | None = Field(
        default=None, description="s3 のとき: シークレットキーを書いたファイル。secret_key の代わりに使う"
    )
    ca_file: Path | None = Field(
        default=None, description="s3 のとき: サーバー証明書を確かめる認証局の証明書(PEM)。空なら OS の既定"
    )
    bucket_prefix: str = Field(
        default="shoko-",
        pattern=r"^[a-z0-9-]{0,40}$",
        description="s3 のとき: バケット名の前に付ける文字(shoko- なら shoko-vault)",
    )
    multipart_bytes: int = Field(
        default=64 << 20,
        ge=5 << 20,
        le=5 << 30,
        description="s3 のとき: これより大きいファイルは分割して送る(単位: バイト、1 部分の大きさでもある)",
    )
    default_retention_days: int = Field(
        default=1,
        ge=0,
        description="s3 のとき: ロック付きバケットの既定の保存期間(単位: 日、0 で無し)。"
        "分割送信の直後、期限を設定するまでの間も消せないようにする。長くすることはあっても短くはしない",
    )
    attempts: int = Field(
        default=5, ge=1, le=20, description="s3 のとき: 接続断・5xx・SlowDown のとき最大で何回試すか(単位: 回)"
    )
    backoff_seconds: float = Field(
        default=0.2, ge=0, le=60, description="s3 のとき: 最初の再試行までの待ち(単位: 秒)。毎回 2 倍になる"
    )
    connect_timeout_seconds: float = Field(default=5.0, gt=0, description="s3 のとき: 接続を待つ上限(単位: 秒)")
    read_timeout_seconds: float = Field(default=60.0, gt=0, description="s3 のとき: 応答を待つ上限(単位: 秒)")
    connections: int = Field(default=16, ge=1, le=256, description="s3 のとき: 1 プロセスが持つ接続の数(単位: 本)")
