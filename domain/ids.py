"""Identities: digests, blobs, origins and the derived ids of drops, units and documents.

Every id is a pure function of what it names, so that a step which runs twice names the same thing twice.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

DEFAULT_CLIENT_ID = "default"
"""The one client of the embedded installation (DESIGN §2)."""

_CLIENT_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_HEX = re.compile(r"[0-9a-f]*")
_HEX_DIGITS = {"sha256": 64, "sha384": 96, "sha512": 128}


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A hash value; prints as ``sha256:…``."""

    algorithm: Literal["sha256", "sha384", "sha512"] = "sha256"
    """Name of the hash function (FIPS 180-4); others than SHA-256 only where evidence is hashed again."""
    value: str
    """Lower-case hexadecimal."""

    def __post_init__(self) -> None:
        """Refuse anything that is not a digest in lower-case hexadecimal."""
        if len(self.value) != _HEX_DIGITS.get(self.algorithm) or not _HEX.fullmatch(self.value):
            msg = f"a {self.algorithm} digest is {_HEX_DIGITS.get(self.algorithm)} lower-case hexadecimal characters"
            raise ValueError(msg)

    def __str__(self) -> str:
        """``sha256:…``."""
        return f"{self.algorithm}:{self.value}"

    @property
    def raw(self) -> bytes:
        """The bytes: 32 of a SHA-256."""
        return bytes.fromhex(self.value)

    @classmethod
    def of(cls, content: bytes) -> Digest:
        """Digest of bytes in memory."""
        return cls(value=hashlib.sha256(content).hexdigest())

    @classmethod
    def parse(cls, text: str) -> Digest:
        """Read ``sha256:…``.

        Raises:
            ValueError: the text is not of that form.
        """
        algorithm, _, value = text.partition(":")
        if algorithm != "sha256":
            msg = f"unknown digest algorithm {algorithm!r}"
            raise ValueError(msg)
        return cls(value=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobRef:
    """A handle to one stored version of bytes."""

    bucket: str
    """``inbox``, ``vault`` or ``derived``."""
    key: str
    """Object key inside the bucket."""
    version_id: str | None
    """The version this handle speaks of; None only where the store keeps no versions."""
    digest: Digest
    """Of the bytes."""
    size_bytes: int
    """Number of bytes."""
    media_type: str
    """As sniffed from content, not from the name."""


class Origin(StrEnum):
    """How the document reached the company; it decides the regime (law: regime-split)."""

    PAPER_RECEIVED = "paper_received"
    PAPER_ISSUED_COPY = "paper_issued_copy"
    ELECTRONIC_RECEIVED = "electronic_received"
    ELECTRONIC_SENT = "electronic_sent"
    SELF_GENERATED = "self_generated"
    UNKNOWN = "unknown"


ON_PAPER = frozenset({Origin.PAPER_RECEIVED, Origin.PAPER_ISSUED_COPY})
"""Origins whose documents are scans of paper (law: art. 4(3))."""
ELECTRONIC = frozenset({Origin.ELECTRONIC_RECEIVED, Origin.ELECTRONIC_SENT})
"""Origins that are electronic transactions (law: art. 7)."""
ISSUED_BY_US = frozenset({Origin.PAPER_ISSUED_COPY, Origin.ELECTRONIC_SENT, Origin.SELF_GENERATED})
"""Origins whose documents name us as issuer: the counterparty is the recipient."""
ORIGIN_BY_FOLDER = {
    "paper": Origin.PAPER_RECEIVED,
    "paper-issued": Origin.PAPER_ISSUED_COPY,
    "electronic": Origin.ELECTRONIC_RECEIVED,
    "electronic-sent": Origin.ELECTRONIC_SENT,
    "internal": Origin.SELF_GENERATED,
}
"""First part of the inbox path → origin (DESIGN §2)."""


DEPARTMENT_SIGN = "@"
"""Begins the inbox folder of a department: ``@keiri/paper/2026-11-02/a.pdf``."""
_DEPARTMENT_FOLDER = re.compile(r"/*@([a-z0-9][a-z0-9-]{0,31})/+(.*)", re.DOTALL)


def department_of_key(key: str) -> str | None:
    """Code of the department whose inbox folder a key lies in, or None."""
    found = _DEPARTMENT_FOLDER.match(key)
    return found[1] if found else None


def origin_from_key(key: str) -> Origin:
    """Origin that an inbox key declares, in a department's folder or not; anything unlisted is UNKNOWN."""
    found = _DEPARTMENT_FOLDER.match(key)
    first, separator, _ = (found[2] if found else key).lstrip("/").partition("/")
    return ORIGIN_BY_FOLDER.get(first, Origin.UNKNOWN) if separator else Origin.UNKNOWN


def check_client_id(client_id: str) -> str:
    """Return the id if it may name a client (it becomes a key prefix).

    Raises:
        ValueError: other characters than lower-case letters, digits and hyphens.
    """
    if not _CLIENT_ID.fullmatch(client_id):
        msg = f"client_id must match {_CLIENT_ID.pattern}"
        raise ValueError(msg)
    return client_id


def drop_id_for(*, client_id: str, store: str, key: str, version_id: str) -> str:
    """Id of one arrival: the same (key, version) of the same inbox is the same drop, however often it is claimed."""
    return f"drop-{_fold('drop', client_id, store, key, version_id)}"


def unit_id_for(*, client_id: str, origin: Origin, digest: Digest) -> str:
    """Id of a unit, keyed by (client, origin, digest) (DESIGN §2)."""
    return f"unit-{_fold('unit', client_id, origin.value, str(digest))}"


def extract_id_for(*, client_id: str, of_unit_id: str, page_index: int, region: tuple[int, int, int, int]) -> str:
    """Id of the unit cut out of a page of another: the same region of the same page is the same unit."""
    return f"unit-{_fold('extract', client_id, of_unit_id, str(page_index), *(str(side) for side in region))}"


def pages_id_for(*, client_id: str, of_unit_id: str, pages: tuple[int, ...]) -> str:
    """Id of the unit that some pages of another are: the same pages are the same unit."""
    return f"unit-{_fold('pages', client_id, of_unit_id, *(str(page) for page in pages))}"


def attachment_id_for(*, client_id: str, of_unit_id: str, number: int) -> str:
    """Id of the unit that an attachment (from 0) of a mail is."""
    return f"unit-{_fold('attachment', client_id, of_unit_id, str(number))}"


def divided_id_for(*, endings: tuple[tuple[str, int], ...], ordinal: int) -> str:
    """Id of the ``ordinal``-th document (from 0) that stands in the place of others, named with their revisions."""
    return f"doc-{_fold('divided', *(f'{old}@{revision}' for old, revision in endings), str(ordinal))}"


def document_id_for(*, unit_id: str, ordinal: int) -> str:
    """Id of the ``ordinal``-th document (from 0) first filed from a unit."""
    return f"doc-{_fold('document', unit_id, str(ordinal))}"


def counterparty_id_for(*, client_id: str, batch: int, index: int) -> str:
    """Id of the ``index``-th new counterparty (from 0) of a batch of the master; it tells nothing about the name."""
    return f"party-{_fold('counterparty', client_id, str(batch), str(index))}"


def request_id_for(*, client_id: str, kind: str, subjects: tuple[str, ...], ordinal: int) -> str:
    """Id of a request; ``ordinal`` counts the requests of this kind for the same that were closed before."""
    return f"request-{_fold('request', client_id, kind, str(ordinal), *subjects)}"


def occasion_id_for(*, client_id: str, kind: str, subjects: tuple[str, ...], ordinal: int) -> str:
    """Id of an occasion on which a person did the same to several things; ``ordinal`` counts those before it."""
    return f"occasion-{_fold('occasion', client_id, kind, str(ordinal), *subjects)}"


def scanner_id_for(*, client_id: str, name: str, profile: str) -> str:
    """Id of a scanner with one of its profiles."""
    return f"scanner-{_fold('scanner', client_id, name, profile)}"


def _fold(*parts: str) -> str:
    framed = b"".join(
        len(p.encode("utf-8", "surrogateescape")).to_bytes(8, "big") + p.encode("utf-8", "surrogateescape")
        for p in parts
    )
    return hashlib.sha256(framed).hexdigest()[:32]
