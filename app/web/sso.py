"""OpenID Connect: a company's own sign-on in the place of passwords (OpenID Connect Core 1.0, RFC 7636, RFC 9207).

Authorization code flow with PKCE, state and nonce. What the provider says of a person counts only as a signed ID token:
signature by a key of the provider, issuer, audience, nonce, times and ``at_hash`` are checked. Nobody gets an account
by it: the identity has to be linked to one.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.web.settings import SsoSettings, is_loopback
from domain.errors import AccessRefused

logger = logging.getLogger(__name__)

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519")
"""Signatures with a key that the provider alone has; never ``none``, never one with a shared secret."""
_METADATA_FOR = timedelta(hours=1)
_KEYS_AGAIN = timedelta(minutes=1)
"""An unknown key id makes us ask for the keys again, but not more often than this."""
_MOST_BYTES = 1 << 20
_LEEWAY_SECONDS = 60
"""How far clocks may be apart."""
_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sign-on that was begun; the browser keeps it in a signed cookie until it comes back."""

    state: str
    nonce: str
    verifier: str
    """Of PKCE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whom the provider vouches for."""

    subject: str
    """``sub``: never given to another person by this issuer."""
    email: str | None
    """Only where the provider says that it is verified."""


class SingleSignOn:
    """One provider. Use from several threads."""

    def __init__(
        self,
        settings: SsoSettings,
        *,
        clock: Callable[[], datetime],
        client: httpx.Client | None = None,
        draw: Callable[[], str] = lambda: secrets.token_urlsafe(32),
    ) -> None:
        """Nothing is fetched before the first sign-on."""
        self._settings = settings
        self._clock = clock
        self._client = client or httpx.Client(timeout=_TIMEOUT_SECONDS, follow_redirects=False)
        self._draw = draw
        self._lock = threading.Lock()
        self._metadata: tuple[datetime, dict[str, Any]] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    @property
    def label(self) -> str:
        """What stands on the button."""
        return self._settings.label

    def begin(self) -> tuple[str, Begun]:
        """Where to send the browser, and what to hold against its return.

        Raises:
            AccessRefused: the provider does not answer as one.
        """
        begun = Begun(state=self._draw(), nonce=self._draw(), verifier=self._draw() + self._draw())
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._settings.redirect_uri,
            "scope": "openid email",
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": create_s256_code_challenge(begun.verifier),
            "code_challenge_method": "S256",
        }
        return str(add_params_to_uri(self._endpoint("authorization_endpoint"), list(asked.items()))), begun

    def finish(self, returned: Mapping[str, str], begun: Begun) -> Identity:
        """Who came back.

        Args:
            returned: parameters of the address to which the provider sent the browser.
            begun: what its cookie holds.

        Raises:
            AccessRefused: anything is not as it has to be; the log has the reason, the browser does not.
        """
        code, state = returned.get("code", ""), returned.get("state", "")
        if not hmac.compare_digest(state.encode(), begun.state.encode()):
            raise _refused("state")
        if returned.get("error") or not code:
            raise _refused("provider")
        issuer = returned.get("iss")
        if issuer is not None and issuer != self._settings.issuer:  # RFC 9207
            raise _refused("issuer")
        answer = self._token(code, begun)
        return self._identity(answer, nonce=begun.nonce)

    def _token(self, code: str, begun: Begun) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.redirect_uri,
            "client_id": self._settings.client_id,
            "code_verifier": begun.verifier,
        }
        secret = self._settings.client_secret
        auth = httpx.BasicAuth(self._settings.client_id, secret.get_secret_value()) if secret else None
        return self._asked("POST", self._endpoint("token_endpoint"), data=form, auth=auth)

    def _identity(self, answer: Mapping[str, Any], *, nonce: str) -> Identity:
        raw = answer.get("id_token")
        if not isinstance(raw, str):
            raise _refused("no id_token")
        try:
            token = self._decoded(raw)
            claims = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": self._settings.issuer},
                    "aud": {"essential": True, "value": self._settings.client_id},
                    "nonce": {"essential": True},
                },
                params={
                    "nonce": nonce,
                    "client_id": self._settings.client_id,
                    "access_token": answer.get("access_token"),
                },
            )
            claims.validate(now=int(self._clock().timestamp()), leeway=_LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise _refused(type(error).__name__) from error
        subject, email = claims.get("sub"), claims.get("email")
        if not isinstance(subject, str) or not subject:
            raise _refused("sub")
        verified = claims.get("email_verified") is True and isinstance(email, str)
        return Identity(subject=subject, email=str(email).strip().casefold() if verified else None)

    def _decoded(self, raw: str) -> jwt.Token:
        """Signature checked; keys that the provider changed meanwhile are fetched once more."""
        try:
            return jwt.decode(raw, self._key_set(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            if not self._forget_keys():
                raise
        return jwt.decode(raw, self._key_set(), algorithms=ALGORITHMS)

    def _key_set(self) -> KeySet:
        with self._lock:
            if self._keys is not None and self._clock() - self._keys[0] < _METADATA_FOR:
                return self._keys[1]
        found = self._asked("GET", self._endpoint("jwks_uri"))
        if not isinstance(found.get("keys"), list):
            raise _refused("jwks")
        keys = KeySet.import_key_set({"keys": found["keys"]})
        with self._lock:
            self._keys = (self._clock(), keys)
        return keys

    def _forget_keys(self) -> bool:
        """False where they were fetched just now."""
        with self._lock:
            if self._keys is None or self._clock() - self._keys[0] < _KEYS_AGAIN:
                return False
            self._keys = None
            return True

    def _endpoint(self, name: str) -> str:
        with self._lock:
            known = self._metadata
        if known is None or self._clock() - known[0] >= _METADATA_FOR:
            address = f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"
            found = self._asked("GET", address)
            if found.get("issuer") != self._settings.issuer:
                raise _refused("issuer of the configuration")
            known = (self._clock(), found)
            with self._lock:
                self._metadata = known
        value = known[1].get(name)
        if not isinstance(value, str) or not _is_safe(value):
            raise _refused(name)
        return value

    def _asked(self, method: str, address: str, **how: Any) -> dict[str, Any]:
        """JSON of the provider, of bounded size; redirects are not followed."""
        try:
            with self._client.stream(method, address, headers={"accept": "application/json"}, **how) as response:
                if response.status_code != httpx.codes.OK:
                    raise _refused(f"status {response.status_code}")
                content = b""
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > _MOST_BYTES:
                        raise _refused("answer too long")
            found = httpx.Response(200, content=content).json()
        except (httpx.HTTPError, ValueError) as error:
            raise _refused(type(error).__name__) from error
        if not isinstance(found, dict):
            raise _refused("answer is no object")
        return found


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _refused(why: str) -> AccessRefused:
    logger.warning("single sign-on refused: %s", why)
    return AccessRefused(
        "single sign-on did not succeed",
        message_ja="シングルサインオンでログインできませんでした。もう一度お試しになるか、管理者に連絡してください",
    )
