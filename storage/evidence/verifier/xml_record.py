"""Evidence records in XML (RFC 6283), as far as they have never been renewed.

A renewal is over canonical XML of what was before, which is not made here: such a record is *indeterminate*, never
passed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from xml.etree import ElementTree as ET

from cryptography import x509

from storage.evidence.verifier.evidence_record import leads_to
from storage.evidence.verifier.findings import Anchors, Finding, Policy, Reason, failed, passed, unsure
from storage.evidence.verifier.token import verify_token

_MAX_BYTES = 16 * 1024 * 1024
_ERS = "{urn:ietf:params:xml:ns:ers}"
_HASHES = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
_RENEWED = "a renewed record in XML is not read here"


def parse_xml(content: bytes) -> ET.Element:
    """XML without a document type, so that no entity can grow or reach out.

    Raises:
        ValueError: it is not, or is too large.
    """
    text = content[:_MAX_BYTES].decode("utf-8")
    if len(content) > _MAX_BYTES or "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("XML too large, or with a document type")
    try:
        return ET.fromstring(text)  # noqa: S314  # no document type, so no entities
    except ET.ParseError as error:
        raise ValueError("not XML") from error


def hash_name(uri: str | None) -> str:
    """Name of the hash of a DigestMethod.

    Raises:
        ValueError: one that is not known here.
    """
    if uri not in _HASHES:
        raise ValueError("unknown hash")
    return _HASHES[uri]


def verify_xml_record(
    content: bytes,
    *,
    digest_of: Callable[[str], bytes],
    anchors: Anchors,
    policy: Policy,
    subject: str,
    extra_certificates: Sequence[x509.Certificate] = (),
) -> tuple[Finding, ...]:
    """Check a record over one thing (RFC 6283 §3.3, §4.3).

    1. it parses, and has one archive timestamp;
    2. the thing's digest is in the first list of the hash tree;
    3. the tree leads to what the token is over, and the token holds (``verify_token``).
    """
    # 1.
    try:
        algorithm, lists, token, renewed = _parse(content)
    except (ValueError, binascii.Error) as error:
        return (failed("evidence_form", Reason.FORMAT_FAILURE, subject=subject, detail=str(error)[:80]),)
    if renewed:
        return (unsure("evidence_chain", Reason.CRYPTO_CONSTRAINTS_FAILURE, subject=subject, detail=_RENEWED),)
    # 2.
    root = leads_to(lists, digest_of(algorithm), algorithm=algorithm)
    if root is None:
        return (failed("evidence_hash", Reason.HASH_FAILURE, subject=subject),)
    # 3.
    checks = verify_token(
        token,
        digest_of=lambda wanted: root if wanted == algorithm else b"",
        anchors=anchors,
        policy=policy,
        subject=subject,
        extra_certificates=extra_certificates,
    )
    return (passed("evidence_hash", subject=subject), *checks)


def _parse(content: bytes) -> tuple[str, list[list[bytes]], bytes, bool]:
    record = parse_xml(content)
    if record.tag != f"{_ERS}EvidenceRecord":
        raise ValueError("not an EvidenceRecord")
    chains = record.findall(f"{_ERS}ArchiveTimeStampSequence/{_ERS}ArchiveTimeStampChain")
    chain = chains[0] if chains else record
    stamps = chain.findall(f"{_ERS}ArchiveTimeStamp")
    if not stamps:
        raise ValueError("no archive timestamp")
    method = chain.find(f"{_ERS}DigestMethod")
    algorithm = hash_name(None if method is None else method.get("Algorithm"))
    sequences = stamps[0].findall(f"{_ERS}HashTree/{_ERS}Sequence")
    ordered = sorted(sequences, key=lambda one: int(one.get("Order", "0")))
    lists = [[_base64(value) for value in one.findall(f"{_ERS}DigestValue")] for one in ordered]
    if any(not values for values in lists):
        raise ValueError("an empty list")
    token = stamps[0].find(f"{_ERS}TimeStamp/{_ERS}TimeStampToken")
    if token is None or token.get("Type") != "RFC3161":
        raise ValueError("no RFC 3161 token")
    return algorithm, lists, _base64(token), len(chains) > 1 or len(stamps) > 1


def _base64(element: ET.Element) -> bytes:
    return base64.b64decode("".join((element.text or "").split()), validate=True)
