"""Settings of timestamps and the log."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from storage.settings import StoreSettings


class AuthoritySettings(BaseModel):
    """Which timestamp authority stamps, and what is demanded of its tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["local", "http"] = Field(
        default="local",
        description="local: この機械の時刻認証（認定なし）。http: RFC 3161 を HTTP で話す時刻認証局",
    )
    name: str = Field(default="local", description="画面と記録に出す認証局の名前")
    url: str | None = Field(default=None, description="kind = http の宛先 (https://…)")
    policy_oids: tuple[str, ...] = Field(
        default=(), description="受け入れるタイムスタンプポリシーの OID。空なら局の既定を受け入れる"
    )
    roots_file: Path | None = Field(
        default=None, description="kind = http の信頼する根証明書 (PEM、複数可)。これに連ならないトークンは拒む"
    )
    timeout_seconds: float = Field(default=10.0, gt=0, le=300, description="応答を待つ上限 (秒)")
    reply_limit_bytes: int = Field(default=256 * 1024, ge=1024, description="応答の大きさの上限 (バイト)")
    clock_tolerance_seconds: int = Field(
        default=300,
        ge=1,
        description="トークンの時刻とこの機械の時計のずれの上限 (秒)。超えたら拒む (RFC 3161 §2.2)",
    )

    @model_validator(mode="after")
    def _complete(self) -> AuthoritySettings:
        if self.kind == "http" and (not self.url or self.roots_file is None):
            msg = "authority.kind = http needs authority.url and authority.roots_file"
            raise ValueError(msg)
        return self


class BatchSettings(BaseModel):
    """When one token is put over everything that waits (policy ``batch``)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wait_seconds: int = Field(
        default=0,
        ge=0,
        description="最初の 1 件が待ち始めてから、まとめて付与するまでの待ち (秒)。0 なら取込のたびに 1 つ付与する",
    )
    margin_hours: int = Field(
        default=24,
        ge=0,
        description="法定の入力期限の終わりより何時間前までに必ず付与するか (時間)。待ちの途中でも期限を優先する",
    )
    max_units: int = Field(
        default=10_000, ge=1, le=100_000, description="1 つのタイムスタンプにまとめる上限 (件)。超えた分は次の 1 つへ"
    )


class EvidenceSettings(BaseModel):
    """Timestamps and the log."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    authority: AuthoritySettings = Field(default=AuthoritySettings(), description="時刻認証局")
    fallbacks: tuple[AuthoritySettings, ...] = Field(
        default=(), description="authority が応答しないときに順に頼む時刻認証局 (kind = http)。みな応答しなければ待つ"
    )
    trust_list_file: Path | None = Field(
        default=None,
        description="認定時刻認証業務の一覧に足す TOML ファイル（付属の一覧と同じ形。同じ id は置き換える）",
    )
    key_folder: Path | None = Field(
        default=None,
        description="ローカル時刻認証とログ署名の鍵を置くフォルダ。空ならデータフォルダの下の keys",
    )
    policy: Literal["batch", "each"] = Field(
        default="batch",
        description="batch: 待っているものを 1 つのハッシュ木にまとめて 1 つのタイムスタンプを付ける"
        "（1 件ずつ単独で検証でき、認められている: 一問一答 問28）。each: 1 件に 1 つずつ付ける",
    )
    batch: BatchSettings = Field(default=BatchSettings(), description="まとめて付与するときの決まり")
    signature_roots_file: Path | None = Field(
        default=None,
        description="PDF の電子署名を検証するときに信頼する根証明書 (PEM、複数可)。空なら署名は判定不能と示す",
    )
    renew_before_months: int = Field(
        default=12,
        ge=1,
        le=120,
        description="時刻認証局の証明書が切れる何か月前から更新の対象とするか (か月)",
    )
    witness_files: tuple[Path, ...] = Field(
        default=(),
        description="署名済みのログ先頭を毎晩 1 行ずつ追記するファイル（監査人の共有フォルダなど、この機械の外に置く）",
    )
    witness_store: StoreSettings | None = Field(
        default=None, description="ログ先頭の控えを置く別の保存先（store と同じ書き方）。空なら置かない"
    )
    verify_processes: int = Field(
        default=0, ge=0, description="一括検証に使うプロセスの数。0 ならこの機械のコア数 (既定 0)"
    )
    stamp_batch: int = Field(default=200, ge=1, description="一度に処理するタイムスタンプ付与待ちの件数")

    @model_validator(mode="after")
    def _over_the_network(self) -> EvidenceSettings:
        if any(one.kind != "http" for one in self.fallbacks):
            msg = "evidence.fallbacks must be of kind http: a token of one's own would end the wait for a real one"
            raise ValueError(msg)
        return self
