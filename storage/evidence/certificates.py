"""Certificates of timestamp authorities: loading, and the chain from a signer to a configured root at a given time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from domain.errors import ConfigError

CERTIFICATE_ERRORS = (
    KeyError,
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises on certificates that are not what they should be."""
_MAX_DEPTH = 8
"""Certificates between signer and root, both counted."""
_MAX_TRIES = 64
"""Signatures tried while looking for a path: a hostile bag of certificates must not cost time without bound."""


def load_roots(path: Path) -> tuple[x509.Certificate, ...]:
    """Certificates of a file: PEM (one or several) or DER.

    Raises:
        ConfigError: it cannot be read, or holds none.
    """
    try:
        content = path.read_bytes()
        if b"-----BEGIN" in content:
            return tuple(x509.load_pem_x509_certificates(content))
        return (load_certificate(content),)
    except (OSError, *CERTIFICATE_ERRORS) as error:
        msg = f"cannot read certificates from {path}: {error}"
        raise ConfigError(
            msg, message_ja=f"根証明書ファイル {path} を読めません。PEM または DER 形式か確認してください"
        ) from error


def load_certificate(content: bytes) -> x509.Certificate:
    """A DER certificate whose names and dates can be read (the library looks at them late).

    Raises:
        CERTIFICATE_ERRORS: it is not one.
    """
    certificate = x509.load_der_x509_certificate(content)
    _ = (certificate.issuer.public_bytes(), certificate.subject.public_bytes(), certificate.serial_number)
    _ = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    return certificate


def to_pem(certificates: Iterable[x509.Certificate]) -> str:
    """PEM, one after the other."""
    return "".join(c.public_bytes(Encoding.PEM).decode("ascii") for c in certificates)


def find_chain(
    signer: x509.Certificate, pool: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], *, at: datetime
) -> tuple[x509.Certificate, ...] | None:
    """A path from the signer to one of the roots, every certificate valid at that time; None where there is none.

    A root counts by its bytes, not by its name. Issuers must be authorities (basicConstraints, keyCertSign).
    """
    anchors = {root.public_bytes(Encoding.DER) for root in roots}
    candidates = (*roots, *pool)
    tries = iter(range(_MAX_TRIES))

    def climb(path: tuple[x509.Certificate, ...]) -> tuple[x509.Certificate, ...] | None:
        last = path[-1]
        if not last.not_valid_before_utc <= at <= last.not_valid_after_utc:
            return None
        if last.public_bytes(Encoding.DER) in anchors:
            return path
        if len(path) >= _MAX_DEPTH:
            return None
        for issuer in candidates:
            if issuer.subject != last.issuer or issuer in path or not _may_issue(issuer, len(path) - 1):
                continue
            if next(tries, None) is None:
                return None
            try:
                last.verify_directly_issued_by(issuer)
            except (InvalidSignature, *CERTIFICATE_ERRORS):
                continue
            found = climb((*path, issuer))
            if found:
                return found
        return None

    return climb((signer,))


def may_stamp(certificate: x509.Certificate) -> bool:
    """Whether extendedKeyUsage is critical and timeStamping alone (RFC 3161 §2.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, *CERTIFICATE_ERRORS):
        return False
    return usage.critical and list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def _may_issue(certificate: x509.Certificate, below: int) -> bool:
    try:
        extensions = certificate.extensions
        constraints = extensions.get_extension_for_class(x509.BasicConstraints).value
    except (x509.ExtensionNotFound, *CERTIFICATE_ERRORS):
        return False
    if not constraints.ca or (constraints.path_length is not None and constraints.path_length < below):
        return False
    try:
        return extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return True
