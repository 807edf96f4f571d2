"""Revocation lists of the day on which a token came, kept beside it (law: lt-ers): they cannot be had years later.

They are fetched once a day for each authority certificate, from the addresses that the certificates of its chain name
(RFC 5280 §4.2.1.13), by a function that is passed in. What came is one act of the log, ``revocation_data``, whose
manifest holds the lists themselves; what did not come is said there too. Nothing waits for it.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from domain.calendar import tokyo_day
from domain.errors import TimestampUnavailable
from storage.archive import Archive
from storage.evidence.certificates import CERTIFICATE_ERRORS

Fetch = Callable[[str], bytes]
"""An address → what lies there; raises ``TimestampUnavailable`` where nothing can be had."""

REVOCATION_DATA = "revocation_data"
"""Kind of the leaf."""
FORMAT = "shoko.revocation.v1"
LIST_LIMIT_BYTES = 4 * 1024**2
"""A list that is larger is left out: those of timestamp authorities have some hundred bytes."""
_MOST_ADDRESSES = 8
_KEYS = (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey)
_SECONDS = 10.0
_log = logging.getLogger(__name__)


def fetch_over_http(url: str) -> bytes:
    """What lies at an address, within limits.

    Raises:
        TimestampUnavailable: no answer, or too much of one.
    """
    try:
        with httpx.stream("GET", url, timeout=_SECONDS, follow_redirects=False) as response:
            if response.status_code != httpx.codes.OK:
                raise TimestampUnavailable(f"revocation list: HTTP {response.status_code}")
            content = b""
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > LIST_LIMIT_BYTES:
                    raise TimestampUnavailable("revocation list too large")
            return content
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TimestampUnavailable(f"revocation list: {type(error).__name__}") from error


def keep_revocation_data(archive: Archive, chain_pem: str, *, fetch: Fetch, now: datetime) -> bool:
    """Fetch and log the revocation lists for a chain, unless that was done today; whether anything was logged."""
    try:
        chain = x509.load_pem_x509_certificates(chain_pem.encode())
    except CERTIFICATE_ERRORS:
        return False
    subject = _subject(chain[0], now)
    if archive.leaves_of(subject):
        return False
    entries: list[dict[str, Any]] = []
    for url in _addresses(chain):
        try:
            entries.append(_entry(url, fetch(url), chain))
        except TimestampUnavailable as error:
            _log.warning("revocation list not kept: %s", error.message)
            entries.append({"url": url, "error": error.code})
    if not entries:
        return False
    archive.append_act(
        kind=REVOCATION_DATA,
        subject_id=subject,
        manifest={
            "format": FORMAT,
            "client_id": archive.client_id,
            "certificates": [one.fingerprint(hashes.SHA256()).hex() for one in chain],
            "fetched_at": now.isoformat(),
            "lists": entries,
        },
    )
    return True


def _subject(signer: x509.Certificate, now: datetime) -> str:
    """One for each certificate and day (Asia/Tokyo)."""
    return f"revocation-{tokyo_day(now).isoformat()}-{signer.fingerprint(hashes.SHA256()).hex()[:32]}"


def _addresses(chain: list[x509.Certificate]) -> tuple[str, ...]:
    """Where the lists of a chain's issuers are published; over HTTP only."""
    found: dict[str, None] = {}
    for certificate in chain:
        try:
            points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        except (x509.ExtensionNotFound, *CERTIFICATE_ERRORS):
            continue
        names = [name for point in points for name in point.full_name or ()]
        urls = [str(name.value) for name in names if isinstance(name, x509.UniformResourceIdentifier)]
        found |= dict.fromkeys(url for url in urls if url.startswith(("http://", "https://")))
    return tuple(found)[:_MOST_ADDRESSES]


def _entry(url: str, content: bytes, chain: list[x509.Certificate]) -> dict[str, Any]:
    """What was had there: the list, whose it is, whether its signature holds and whether a certificate is on it."""
    facts: dict[str, Any] = {
        "url": url,
        "sha256": hashlib.sha256(content).hexdigest(),
        "content": base64.b64encode(content).decode(),
    }
    try:
        listed = x509.load_der_x509_crl(content)
        issuer = next((one for one in chain if one.subject == listed.issuer), None)
        key = issuer.public_key() if issuer is not None else None
        sound = isinstance(key, _KEYS) and listed.is_signature_valid(key)
        concerned = [one for one in chain if one.issuer == listed.issuer]
        revoked = [
            one.fingerprint(hashes.SHA256()).hex()
            for one in concerned
            if listed.get_revoked_certificate_by_serial_number(one.serial_number) is not None
        ]
    except CERTIFICATE_ERRORS:
        return facts | {"error": "evidence_malformed"}
    return facts | {
        "signature_holds": sound,
        "this_update": listed.last_update_utc.isoformat(),
        "next_update": listed.next_update_utc.isoformat() if listed.next_update_utc else None,
        "revoked": revoked,
    }
