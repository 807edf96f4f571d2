"""The configured timestamp authority, over HTTP (RFC 3161 §3.4)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

import httpx
from cryptography import x509

from domain.errors import ConfigError, TimestampRefused, TimestampUnavailable
from domain.evidence import Authority, TimestampToken
from domain.ids import Digest
from storage.evidence.certificates import load_roots
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.settings import AuthoritySettings
from storage.evidence.tokens import Demands, build_request, check_found, check_reply
from storage.evidence.trust import TrustList, load_trust_list

NONCE_BITS = 64


def open_authority(
    settings: AuthoritySettings, *, key_folder: Path, clock: Callable[[], datetime], trust: TrustList | None = None
) -> LocalAuthority | HttpAuthority:
    """The authority that the settings choose; a local one keeps its keys under ``key_folder``."""
    if settings.kind == "http":
        return HttpAuthority(settings, clock=clock, trust=trust)
    return LocalAuthority.create_or_open(key_folder / "timestamp-authority", clock=clock)


class HttpAuthority:
    """Asks a timestamp authority over HTTP. Thread-safe; close it, or use it as a context."""

    def __init__(
        self,
        settings: AuthoritySettings,
        *,
        clock: Callable[[], datetime],
        trust: TrustList | None = None,
        client: httpx.Client | None = None,
        nonce: Callable[[], int] = lambda: secrets.randbits(NONCE_BITS),
    ) -> None:
        """Read the roots and open the connection pool.

        Raises:
            ConfigError: no address or no roots.
        """
        if not settings.url or settings.roots_file is None:
            raise ConfigError(
                "an HTTP timestamp authority needs url and roots_file",
                message_ja="時刻認証局の url と roots_file を設定してください",
            )
        self._settings = settings
        self._url = settings.url
        self._roots = load_roots(settings.roots_file)
        self._trust = trust or load_trust_list()
        self._accredited_last = False
        self._clock = clock
        self._nonce = nonce
        self._client = client or httpx.Client(follow_redirects=False)

    @property
    def authority(self) -> Authority:
        """Its name, and whether it is accredited: by the trust list, from its roots or from its last token."""
        accredited = self._accredited_last or self._trust.accredits_root(self._roots, at=self._clock())
        label = self._settings.name + ("" if accredited else "（認定なし）")
        return Authority(name=self._settings.name, accredited=accredited, label_ja=label)

    @property
    def roots(self) -> tuple[x509.Certificate, ...]:
        """Roots that its tokens must lead to."""
        return self._roots

    def stamp(self, imprint: Digest) -> TimestampToken:
        """A token over the digest, checked.

        Raises:
            TimestampUnavailable: no answer, or an answer that says to ask later.
            TimestampRefused: the authority refused, or its token failed a check.
        """
        nonce = self._nonce()
        policy = self._settings.policy_oids[0] if len(self._settings.policy_oids) == 1 else None
        reply = self._post(build_request(imprint, nonce=nonce, policy_oid=policy))
        demands = Demands(
            imprint=imprint,
            nonce=nonce,
            roots=self._roots,
            policy_oids=self._settings.policy_oids,
            now=self._clock(),
            clock_tolerance_seconds=self._settings.clock_tolerance_seconds,
        )
        token = check_reply(reply, authority=self._settings.name, demands=demands)
        self._accredited_last = self._trust.accredits(token)
        return replace(token, accredited=self._accredited_last)

    def gave(self, token: TimestampToken) -> bool:
        """Whether a token that was found leads to its roots, and says itself what is kept beside it."""
        sound = token.authority == self._settings.name and check_found(
            token, roots=self._roots, policy_oids=self._settings.policy_oids
        )
        return sound and token.accredited == self._trust.accredits(token)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _post(self, request: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        limit = self._settings.reply_limit_bytes
        try:
            with self._client.stream(
                "POST", self._url, content=request, headers=headers, timeout=self._settings.timeout_seconds
            ) as response:
                self._check_status(response)
                body = b""
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > limit:
                        raise TimestampRefused(
                            f"reply larger than {limit} bytes",
                            message_ja=f"時刻認証局の応答が上限 {limit} バイトを超えています",
                        )
                return body
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TimestampUnavailable(f"timestamp authority: {type(error).__name__}") from error

    @staticmethod
    def _check_status(response: httpx.Response) -> None:
        status = response.status_code
        if status in {408, 425, 429} or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise TimestampUnavailable(f"timestamp authority answered HTTP {status}")
        if status != httpx.codes.OK:
            raise TimestampRefused(
                f"timestamp authority answered HTTP {status}",
                message_ja=f"時刻認証局が HTTP {status} を返しました。宛先と契約を確認してください",
            )
        media = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media != "application/timestamp-reply":
            # A proxy's sign-in page rather than the authority: it may be gone next time.
            raise TimestampUnavailable("the answer is not a timestamp reply")
