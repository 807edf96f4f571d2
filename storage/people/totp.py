"""Time-based one-time passwords (RFC 6238 over RFC 4226, HMAC-SHA-1, 30 seconds, 6 digits), as every app makes them."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
_SECRET_BYTES = 20
"""As long as the hash, as RFC 4226 §4 R6 recommends."""
_DRIFT = 1
"""Steps before and after the present one that are taken (RFC 6238 §5.2): clocks of phones are not ours."""


def new_secret(random_bytes: Callable[[int], bytes]) -> str:
    """A secret in base32."""
    return base64.b32encode(random_bytes(_SECRET_BYTES)).decode()


def code_at(secret: str, step: int, *, digits: int = DIGITS) -> str:
    """The code of one time step (RFC 4226 §5.3)."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(secret: str, code: str, *, now: datetime, after: int) -> int | None:
    """The time step whose code this is, or None: none near now, or one that was used already (RFC 6238 §5.2).

    Args:
        secret: in base32.
        code: as typed.
        now: aware.
        after: the newest step whose code was taken before.
    """
    present = int(now.timestamp()) // STEP_SECONDS
    given = "".join(code.split()).encode("utf-8", "replace")
    found = None
    for step in range(present - _DRIFT, present + _DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), given) and step > after:
            found = step
    return found


def provisioning_uri(secret: str, *, login: str, issuer: str = "Shoko") -> str:
    """What an authenticator app takes in (Key URI Format)."""
    label = f"{quote(issuer, safe='')}:{quote(login, safe='')}"
    return (
        f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer, safe='')}&digits={DIGITS}&period={STEP_SECONDS}"
    )
