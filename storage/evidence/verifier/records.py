"""Manifests against the log, payloads and originals against manifests."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from storage.evidence.verifier.canonical import parse_canonical
from storage.evidence.verifier.findings import Finding, Reason, failed, passed

_AREAS = {
    "drops": frozenset({"dropped"}),
    "outcomes": frozenset({"read", "unreadable", "refused"}),
    "documents": frozenset({"filed", "revised", "approved", "tombstoned"}),
    "timestamps": frozenset({"stamped"}),
    "batches": frozenset({"batch_stamped"}),
    "units": frozenset({"extracted"}),
    "counterparties": frozenset({"counterparties"}),
}
"""Folder of a record → kinds of leaf that may speak of it; other folders may be spoken of by any kind."""
_ACT_FORMAT = "shoko.act.v1"
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,199}")
"""What a subject of the log, a unit or a member of a batch may be called: it becomes a part of paths."""
HASH = re.compile("[0-9a-f]{64}")
_MOST = 10**12
"""As many digits as the name of a leaf has."""
PAYLOAD_SUFFIX = ".payload.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One act of the log, as its canonical JSON says it."""

    sequence: int
    kind: str
    subject_id: str
    manifest_sha256: str | None
    client_id: str
    recorded_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What the manifest of a drop, or of a unit cut out of another, says of its bytes."""

    unit_id: str
    sha256: str


def parse_leaf(content: bytes) -> Leaf:
    """Read one leaf.

    Raises:
        ValueError: not a leaf in canonical form.
    """
    plain = parse_canonical(content)
    try:
        digest = plain["manifest_digest"]
        leaf = Leaf(
            sequence=plain["sequence"],
            kind=plain["kind"],
            subject_id=plain["subject_id"],
            manifest_sha256=None if digest is None else str(digest["value"]),
            client_id=plain["client_id"],
            recorded_at=plain["recorded_at"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError("not a leaf") from error
    texts = (leaf.kind, leaf.subject_id, leaf.client_id, leaf.recorded_at)
    sound = is_number(leaf.sequence, least=0) and all(isinstance(one, str) for one in texts)
    if not sound or NAME.fullmatch(leaf.subject_id) is None:
        raise ValueError("not a leaf")
    if digest is not None and (digest.get("algorithm") != "sha256" or HASH.fullmatch(str(digest["value"])) is None):
        raise ValueError("not a leaf")
    return leaf


def is_number(value: Any, *, least: int = 1) -> bool:
    """Whether this is a place in a log or a series: a whole number that a path can hold."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < _MOST


class Logged:
    """What the log speaks of, and what of it was found."""

    def __init__(self, leaves: Iterable[Leaf] = ()) -> None:
        """Start from these leaves."""
        self._by_digest: dict[str, list[Leaf]] = {}
        self._seen: set[str] = set()
        for leaf in leaves:
            self.add(leaf)

    def add(self, leaf: Leaf) -> None:
        """One more leaf."""
        if leaf.manifest_sha256 is not None:
            self._by_digest.setdefault(leaf.manifest_sha256, []).append(leaf)

    def find(self, digest: str, *, kinds: frozenset[str] | None, name: str) -> Leaf | None:
        """The leaf that speaks of this manifest under this name; it counts as found."""
        for leaf in self._by_digest.get(digest, ()):
            if kinds is None or (leaf.kind in kinds and _names(leaf.subject_id, name)):
                self._seen.add(digest)
                return leaf
        return None

    def missing(self) -> tuple[Leaf, ...]:
        """Leaves whose manifest was not found."""
        return tuple(leaf for digest, found in self._by_digest.items() if digest not in self._seen for leaf in found)


def check_record(path: str, content: bytes, logged: Logged) -> tuple[dict[str, Any] | None, tuple[Finding, ...]]:
    """Hold a record against the log.

    1. it is canonical JSON;
    2. a leaf of a fitting kind and subject carries its digest;
    3. an act that is kept under a subject says what its leaf says, and stands where its number says.

    The manifest of a drop's own unit has no leaf: what it says is in the manifest of its first drop, and nothing is
    found about it here. That of a unit cut out of another has one.
    """
    # 1.
    try:
        plain = parse_canonical(content)
    except (ValueError, RecursionError):
        plain = None
    if not isinstance(plain, dict):
        return None, (failed("record_form", Reason.FORMAT_FAILURE, subject=path),)
    area, _, name = path.partition("/")
    # 2.
    leaf = logged.find(hashlib.sha256(content).hexdigest(), kinds=_AREAS.get(area), name=name)
    if leaf is None:
        if area == "units":
            return plain, ()
        return plain, (failed("record_logged", Reason.HASH_FAILURE, subject=path),)
    # 3.
    if area == "acts" and plain.get("format") == _ACT_FORMAT and not _is_act(plain, leaf, name):
        return plain, (failed("record_logged", Reason.UNEXPECTED, subject=path),)
    return plain, (passed("record_logged", subject=path),)


def payload_digest(plain: dict[str, Any]) -> str | None:
    """SHA-256 (hexadecimal) of the payload that a manifest names."""
    named = plain.get("payload")
    return named.removeprefix("sha256:") if isinstance(named, str) and named.startswith("sha256:") else None


def check_payload(path: str, content: bytes | None, expected: str) -> Finding:
    """Hold a payload against its manifest."""
    if content is None:
        return failed("payload_digest", Reason.SIGNED_DATA_NOT_FOUND, subject=path)
    if hashlib.sha256(content).hexdigest() != expected:
        return failed("payload_digest", Reason.HASH_FAILURE, subject=path)
    return passed("payload_digest", subject=path)


def original_of(plain: dict[str, Any]) -> Original | None:
    """The original that such a manifest speaks of; None where it is not kept in the vault, or not said properly."""
    try:
        blob = plain["blob"]
        found = Original(unit_id=str(plain["unit_id"]), sha256=str(blob["digest"]["value"]))
        sound = NAME.fullmatch(found.unit_id) and HASH.fullmatch(found.sha256) and blob["bucket"] == "vault"
    except (KeyError, TypeError):
        return None
    return found if sound else None


def is_elsewhere(plain: dict[str, Any]) -> bool:
    """Whether such a manifest says that the bytes are not in the vault: they were refused."""
    blob = plain.get("blob")
    bucket = blob.get("bucket") if isinstance(blob, dict) else None
    return isinstance(bucket, str) and bucket != "vault"


def _names(subject_id: str, name: str) -> bool:
    """Whether the record's name begins with the subject: ``<id>.json``, ``<id>.0002.json`` or ``<id>/…``."""
    return name.startswith((f"{subject_id}.", f"{subject_id}/"))


def _is_act(plain: dict[str, Any], leaf: Leaf, name: str) -> bool:
    number = plain.get("number")
    return (
        (plain.get("client_id"), plain.get("kind"), plain.get("subject_id"))
        == (leaf.client_id, leaf.kind, leaf.subject_id)
        and is_number(number)
        and name == f"{leaf.subject_id}/a{number:06d}.json"
    )
