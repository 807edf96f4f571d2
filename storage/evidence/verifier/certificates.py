"""What is asked of any certificate."""

from __future__ import annotations

from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

BAD_CERTIFICATE = (
    KeyError,
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises on certificates that are not what they should be."""


@lru_cache(maxsize=512)
def certificate_fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 (hexadecimal) of the certificate, DER."""
    return certificate.fingerprint(hashes.SHA256()).hex()
