"""Revocation data of the day on which a token came, kept beside it (law: lt-ers): they cannot be had years later.

Lists and OCSP answers are fetched once a day for each authority certificate, from the addresses that the certificates
of its chain name (RFC 5280 §4.2.1.13, §4.2.2.1), by a function that is passed in. What came is one act of the log,
``revocation_data``, whose manifest holds the data themselves; what did not come is said there too. Tokens are
kept before and wait for nothing; the head of the log that is published next waits for the answers, some seconds each
and once a day. Its subject names the day and the certificate, so that it is found again for a token.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from domain.calendar import tokyo_day
from domain.engines import ObjectStore
from domain.errors import DigestMismatch, ObjectMissing, TimestampUnavailable
from storage.archive import Archive, keys
from storage.evidence.certificates import CERTIFICATE_ERRORS
from storage.evidence.verifier import Anchors, Finding, Reason
from storage.evidence.verifier.findings import failed

Fetch = Callable[[str], bytes]
"""An address → what lies there; raises ``TimestampUnavailable`` where nothing can be had."""

REVOCATION_DATA = "revocation_data"
"""Kind of the leaf."""
FORMAT = "shoko.revocation.v1"
LIST_LIMIT_BYTES = 4 * 1024**2
"""A list that is larger is left out: those of timestamp authorities have some hundred bytes."""
_MOST_ADDRESSES = 8
_NEWEST = 8
"""Days of data that are looked at for each certificate: some may have failed."""
_KEYS = (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey)
_SECONDS = 10.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Revocation data of one day."""

    sequence: int
    """Of the leaf."""
    certificate: str
    """First 32 digits of the SHA-256 of the authority's certificate."""
    answers: tuple[bytes, ...]
    """Lists and OCSP answers, DER."""
    lost: bool = False
    """Whether the vault does not have what the log says; then there are no answers."""


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


def keep_revocation_data(
    archive: Archive, chain_pem: str, *, fetch: Fetch, now: datetime, say_failures: bool = True
) -> bool:
    """Fetch and log the revocation data for a chain, unless that was done today; whether anything was logged.

    Without ``say_failures`` nothing is logged where nothing could be had, so that it is tried again the same day.
    """
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
            entries.append({"kind": "crl", "url": url, "error": error.code})
    for certificate, issuer in pairwise(chain):
        entries += _answers(certificate, issuer, fetch)
    if not entries or not (say_failures or any("content" in entry for entry in entries)):
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


def is_list(answer: bytes) -> bool:
    """Whether revocation data are a list (RFC 5280 §5), and no OCSP answer."""
    try:
        x509.load_der_x509_crl(answer)
    except CERTIFICATE_ERRORS:
        return False
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


def kept_answers(archive: Archive, vault: ObjectStore, *, before: int | None = None) -> tuple[Kept, ...]:
    """The newest data for each authority certificate, as the vault has them.

    A certificate stays on its issuer's lists until it ends, so newer data say all that older ones said.
    """
    found: dict[str, list[str]] = {}
    for subject in archive.subjects(frozenset({REVOCATION_DATA})):
        found.setdefault(subject.rpartition("-")[2], []).append(subject)
    kept = []
    for certificate, subjects in found.items():
        for leaf in (leaf for subject in subjects[-_NEWEST:] for leaf in archive.leaves_of(subject)):
            if leaf.manifest_digest is None or (before is not None and leaf.sequence >= before):
                continue
            key, digest = keys.act_manifest(archive.client_id, leaf.manifest_digest), leaf.manifest_digest
            try:
                answers, lost = _data(vault.get(keys.VAULT, key, expect=digest)), False
            except (ObjectMissing, DigestMismatch):
                answers, lost = (), True
            kept.append(Kept(sequence=leaf.sequence, certificate=certificate, answers=answers, lost=lost))
    return tuple(kept)


def with_kept_answers(anchors: Anchors, archive: Archive, vault: ObjectStore) -> tuple[Anchors, tuple[Finding, ...]]:
    """The anchors, and the archive's own revocation data: signed by others, they need no trust.

    And what is lost of them: who took a list away would otherwise have hidden what it says.
    """
    found = kept_answers(archive, vault)
    kept = dict.fromkeys(answer for one in found for answer in one.answers)
    lost = (
        failed("record_logged", Reason.SIGNED_DATA_NOT_FOUND, subject=f"leaf-{one.sequence}", detail=REVOCATION_DATA)
        for one in found
        if one.lost
    )
    return replace(anchors, revocation=(*anchors.revocation, *kept)), tuple(lost)


def _data(manifest: bytes) -> tuple[bytes, ...]:
    try:
        entries = json.loads(manifest)["lists"]
        return tuple(base64.b64decode(entry["content"], validate=True) for entry in entries if "content" in entry)
    except (ValueError, KeyError, TypeError, RecursionError):
        return ()


def _answers(certificate: x509.Certificate, issuer: x509.Certificate, fetch: Fetch) -> list[dict[str, Any]]:
    """What the responders that a certificate names say of it (RFC 6960), asked by GET (its appendix A)."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
        request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1()).build()  # noqa: S303  # RFC 5019 §2.1.1: what every responder knows
    except (x509.ExtensionNotFound, *CERTIFICATE_ERRORS):
        return []
    question = quote(base64.b64encode(request.public_bytes(Encoding.DER)).decode(), safe="")
    found: list[dict[str, Any]] = []
    for one in access:
        url = str(one.access_location.value)
        if one.access_method != AuthorityInformationAccessOID.OCSP or not url.startswith(("http://", "https://")):
            continue
        facts: dict[str, Any] = {
            "kind": "ocsp",
            "url": url,
            "certificate": certificate.fingerprint(hashes.SHA256()).hex(),
        }
        try:
            content = fetch(f"{url.rstrip('/')}/{question}")
            facts |= {
                "sha256": hashlib.sha256(content).hexdigest(),
                "content": base64.b64encode(content).decode(),
                "revoked": _revoked(content, certificate),
            }
        except TimestampUnavailable as error:
            _log.warning("OCSP answer not kept: %s", error.message)
            facts |= {"error": error.code}
        except CERTIFICATE_ERRORS:
            facts |= {"error": "evidence_malformed"}
        found.append(facts)
    return found[:_MOST_ADDRESSES]


def _revoked(content: bytes, certificate: x509.Certificate) -> list[str]:
    """The certificate where an answer calls it revoked; whether the answer holds is the verifier's question."""
    response = ocsp.load_der_ocsp_response(content)
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return []
    status = response.certificate_status
    return [certificate.fingerprint(hashes.SHA256()).hex()] if status is ocsp.OCSPCertStatus.REVOKED else []


def _entry(url: str, content: bytes, chain: list[x509.Certificate]) -> dict[str, Any]:
    """What was had there: the list, whose it is, whether its signature holds and whether a certificate is on it."""
    facts: dict[str, Any] = {
        "kind": "crl",
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
