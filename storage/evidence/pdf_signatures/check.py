"""What pyHanko says of a PDF's signatures, in our words. Only the child process comes here."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

from asn1crypto import pem, x509  # type: ignore[import-untyped]  # it has no types
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from domain.evidence import Outcome, PdfSignature, SignatureKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 50
"""Signatures of one file that are looked at: a contract has some, a hostile file may have thousands."""
_USAGE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
"""Either does, as readers of PDF have it; authorities differ in which of the two they set."""
_LONGEST_NAME = 300
_NO_ANCHOR = "trust anchor not supplied"


def find_signatures(content: bytes, *, roots_pem: bytes) -> list[PdfSignature]:
    """Check all of them, each by itself."""
    roots = list(_roots(roots_pem))
    reader = PdfFileReader(io.BytesIO(content), strict=False)
    return [_checked(embedded, roots) for embedded in reader.embedded_signatures[:_MOST]]


def _roots(roots_pem: bytes) -> Iterator[x509.Certificate]:
    if roots_pem:
        for _, _, content in pem.unarmor(roots_pem, multiple=True):
            yield x509.Certificate.load(content)


def _checked(embedded: Any, roots: list[x509.Certificate]) -> PdfSignature:
    stamp = embedded.sig_object_type == "/DocTimeStamp"
    kind = SignatureKind.DOCUMENT_TIMESTAMP if stamp else SignatureKind.SIGNATURE
    try:
        return _document_timestamp(embedded, roots) if stamp else _signature(embedded, roots)
    except Exception:  # noqa: BLE001  # whatever a hostile signature makes the library raise
        return PdfSignature(
            kind=kind,
            signer=None,
            claimed_at=None,
            stamped_at=None,
            whole_file=False,
            outcome=Outcome.INDETERMINATE,
            reason="FORMAT_FAILURE",
        )


def _signature(embedded: Any, roots: list[x509.Certificate]) -> PdfSignature:
    """A signature: its certificate is held against the time of the timestamp in it, else against now."""
    status = validate_pdf_signature(embedded, _context(roots), _context(roots), key_usage_settings=_USAGE)
    inner = status.timestamp_validity
    stamped_at = _aware(inner.timestamp) if inner is not None and inner.intact and inner.valid else None
    if stamped_at is not None and not status.trusted:
        at_its_time = _context(roots, at=stamped_at)
        again = validate_pdf_signature(embedded, at_its_time, at_its_time, key_usage_settings=_USAGE)
        if again.timestamp_validity is not None and again.timestamp_validity.trusted:
            status = again
    return _told(
        SignatureKind.SIGNATURE, embedded, status, roots, claimed_at=status.signer_reported_dt, stamped_at=stamped_at
    )


def _document_timestamp(embedded: Any, roots: list[x509.Certificate]) -> PdfSignature:
    """A document timestamp: its certificate is held against its own time, as other tokens are."""
    status = validate_pdf_timestamp(embedded, _context(roots))
    sound = status.intact and status.valid
    stamped_at = _aware(status.timestamp) if sound else None
    if stamped_at is not None and not status.trusted:
        status = validate_pdf_timestamp(embedded, _context(roots, at=stamped_at))
    return _told(SignatureKind.DOCUMENT_TIMESTAMP, embedded, status, roots, claimed_at=None, stamped_at=stamped_at)


def _told(
    kind: SignatureKind,
    embedded: Any,
    status: Any,
    roots: list[x509.Certificate],
    *,
    claimed_at: datetime | None,
    stamped_at: datetime | None,
) -> PdfSignature:
    outcome, reason = _verdict(status, roots)
    certificate = embedded.signer_cert
    return PdfSignature(
        kind=kind,
        signer=None if certificate is None else _name(certificate.subject)[:_LONGEST_NAME],
        claimed_at=_aware(claimed_at),
        stamped_at=stamped_at,
        whole_file=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        outcome=outcome,
        reason=reason,
    )


def _name(subject: x509.Name) -> str:
    """「青空 花子（株式会社青空商事）」: who, and of what house, as the certificate says itself (RFC 5280 §4.1.2.6)."""
    said = subject.native
    person, house = (_one(said.get(part)) for part in ("common_name", "organization_name"))
    if not person:
        return house or str(subject.human_friendly)
    return f"{person}（{house}）" if house and house != person else person


def _one(value: Any) -> str:
    return str(value[0] if isinstance(value, list) and value else value or "")


def _verdict(status: Any, roots: list[x509.Certificate]) -> tuple[Outcome, str | None]:
    """In the order of ETSI EN 319 102-1: the bytes, the signature, what was added since, the certificate."""
    if not status.intact:
        return Outcome.FAILED, "HASH_FAILURE"
    if not status.valid:
        return Outcome.FAILED, "SIG_CRYPTO_FAILURE"
    if status.coverage is SignatureCoverageLevel.UNCLEAR:
        return Outcome.INDETERMINATE, "SIG_CONSTRAINTS_FAILURE"
    if status.docmdp_ok is False:
        return Outcome.FAILED, "SIG_CONSTRAINTS_FAILURE"
    if not roots:
        return Outcome.INDETERMINATE, _NO_ANCHOR
    if not status.trusted:
        problem = status.trust_problem_indic
        return Outcome.INDETERMINATE, "NO_CERTIFICATE_CHAIN_FOUND" if problem is None else str(problem.name)
    return Outcome.PASSED, None


def _context(roots: list[x509.Certificate], *, at: datetime | None = None) -> ValidationContext:
    """Nothing is fetched: what the file brings, and the roots, have to do."""
    if at is None:
        return ValidationContext(trust_roots=roots, allow_fetching=False)
    return ValidationContext(trust_roots=roots, allow_fetching=False, moment=at)


def _aware(at: datetime | None) -> datetime | None:
    return None if at is None or at.tzinfo is None else at
