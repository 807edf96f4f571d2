"""What the web page may be told (``SHOKO_WEB_…``)."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from domain.errors import ConfigError


def is_loopback(host: str) -> bool:
    """True for an address that only this machine can reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class SsoSettings(BaseModel):
    """Settings of single sign-on by OpenID Connect."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str = Field(description="Issuer of the OpenID provider (SHOKO_WEB_OIDC_ISSUER), https")
    client_id: str = Field(min_length=1, description="Id of this page at the provider (SHOKO_WEB_OIDC_CLIENT_ID)")
    client_secret: SecretStr | None = Field(
        default=None,
        description="Its secret (SHOKO_WEB_OIDC_CLIENT_SECRET); none for a public client, PKCE is always on",
    )
    redirect_uri: str = Field(
        description="Address of this page's /login/sso/return as the provider knows it (SHOKO_WEB_OIDC_REDIRECT_URI)"
    )
    label: str = Field(
        default="会社のアカウントでログイン",
        min_length=1,
        max_length=40,
        description="What stands on the button (SHOKO_WEB_OIDC_LABEL)",
    )

    @model_validator(mode="after")
    def _only_safe_addresses(self) -> SsoSettings:
        for address in (self.issuer, self.redirect_uri):
            parts = urlsplit(address)
            if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
                raise ConfigError(
                    f"single sign-on needs https: {address}",
                    message_ja=f"シングルサインオンの設定には https のアドレスが必要です: {address}",
                )
        return self


class WebSettings(BaseModel):
    """Settings of the web page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(
        default="127.0.0.1",
        description="Address to listen on; another than loopback needs a token, or people with accounts",
    )
    port: int = Field(default=8710, ge=0, le=65535, description="Port to listen on; 0 takes a free one")
    token: SecretStr | None = Field(
        default=None,
        description="Shared password of the page (SHOKO_WEB_TOKEN); without it everyone on this machine may look. "
        "It opens nothing once somebody has an account (shoko users add)",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Key that signs session cookies (SHOKO_WEB_SECRET_KEY); without it one is drawn and kept",
    )
    session_seconds: int = Field(default=12 * 3600, ge=60, description="Life of a login, in seconds")
    session_idle_seconds: int = Field(
        default=3600, ge=60, description="A login that is not used for so long ends, in seconds"
    )
    accounts: bool = Field(
        default=False, description="Whether people have accounts (the database says so): no shared token is needed then"
    )
    sso: SsoSettings | None = Field(
        default=None, description="Single sign-on by OpenID Connect; accounts with passwords go on beside it"
    )
    allowed_hosts: tuple[str, ...] = Field(
        default=(), description="Host names under which the page may be called besides its own address"
    )
    max_upload_bytes: int = Field(
        default=200 * 1024 * 1024, ge=1024, description="Largest upload in one request, in bytes"
    )
    page_size: int = Field(default=50, ge=5, le=500, description="Search results per page")
    count_limit: int = Field(
        default=1000, ge=1, description="Hits are counted up to here on the search page; then it says 'or more'"
    )
    csv_rows: int = Field(default=100_000, ge=1, description="Most rows of one CSV download")
    recent_drops: int = Field(default=40, ge=1, le=500, description="Drops shown on the intake page")
    page_width_px: int = Field(default=1600, ge=200, le=6000, description="Width of page images sent out, in pixels")

    @model_validator(mode="after")
    def _token_beyond_loopback(self) -> WebSettings:
        if not is_loopback(self.host) and self.token is None and not self.accounts:
            raise ConfigError(
                f"web.host {self.host} is reachable from other machines: set SHOKO_WEB_TOKEN",
                message_ja=(
                    f"Web 画面を {self.host} で公開するには SHOKO_WEB_TOKEN が必要です。"
                    "パスワードを設定するか、利用者を登録するか（shoko users add）、host を 127.0.0.1 に戻してください"
                ),
            )
        if self.token is not None and len(self.token.get_secret_value()) < 8:
            raise ConfigError(
                "web.token is shorter than 8 characters",
                message_ja="SHOKO_WEB_TOKEN は 8 文字以上にしてください",
            )
        return self
