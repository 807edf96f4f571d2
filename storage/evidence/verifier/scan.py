"""The log read leaf by leaf, and with each leaf everything that its act put into the vault: one pass over all files.

Each range of leaves is checked alone, so that several processes share the work; what has to be held together afterwards
(``storage.evidence.verifier.whole``) is kept as bytes: 32 for each leaf, 8 for each object, 48 for each unit.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from storage.evidence.verifier.approvals_of_vault import FromVault
from storage.evidence.verifier.canonical import is_canonical, parse_canonical
from storage.evidence.verifier.covered import Coverage
from storage.evidence.verifier.findings import Anchors, Finding, Policy, Reason, failed
from storage.evidence.verifier.paths import leaf_digest
from storage.evidence.verifier.places import PAYLOAD_SUFFIX, blob_path, leaf_path, payload_path, places
from storage.evidence.verifier.records import Leaf, Original, is_elsewhere, original_of, parse_leaf, payload_digest
from storage.evidence.verifier.tally import Tally
from storage.evidence.verifier.token import verify_token

CLOCK_TOLERANCE = timedelta(minutes=5)
"""By how much an act may claim to be older than the one before it: what clocks of two machines differ by
(the same as is allowed between a token and the clock here)."""
_KEPT_FOLDERS = 8
"""Folders of numbered records whose digests are remembered."""
_OWN_TOKENS = "timestamps/"
_UNIT_BYTES = 16


class Vault(Protocol):
    """What is verified: read-only, paths relative to the client's part."""

    def content(self, path: str) -> bytes | None:
        """An object's bytes, or None."""
        ...

    def digest(self, path: str, algorithm: str = "sha256") -> tuple[bytes, int] | None:
        """(digest, size) of an object, or None."""
        ...

    def paths(self, folder: str = "") -> Iterator[str]:
        """Paths of all objects below a folder."""
        ...

    def faults(self) -> tuple[tuple[str, str], ...]:
        """(path, what) of what lies beside the objects and should not be so."""
        ...


@dataclass(slots=True)
class Scanned:
    """What a range of leaves gave."""

    first: int
    tally: Tally = field(default_factory=Tally)
    leaves: bytearray = field(default_factory=bytearray)
    """Leaf hashes in order, 32 bytes each."""
    named: array[int] = field(default_factory=lambda: array("Q"))
    """Marks of the objects that acts name."""
    units: bytearray = field(default_factory=bytearray)
    """Unit id (16 bytes) and SHA-256 of its original as recomputed (32), for every unit that an act makes."""
    stamped: bytearray = field(default_factory=bytearray)
    """The same for what tokens are over."""
    sources: bytearray = field(default_factory=bytearray)
    """Unit ids (16 bytes each) that others were taken from."""
    hashed_again: list[str] = field(default_factory=list)
    """Units over which a batch renews the hash tree: their evidence records have to be looked at."""
    read_bytes: int = 0


class Scan:
    """Checks acts one after the other."""

    def __init__(
        self,
        vault: Vault,
        *,
        client_id: str,
        anchors: Anchors,
        policy: Policy,
        mark: Callable[[str], int],
        destroyed: frozenset[str] = frozenset(),
    ) -> None:
        """``mark`` gives a number for a path that nobody outside can foresee.

        ``destroyed`` are paths of payloads and originals that approved acts of the log say are gone.
        """
        self.vault = vault
        self.client_id = client_id
        self.anchors = anchors
        self.policy = policy
        self.mark = mark
        self.destroyed = destroyed
        self.out = Scanned(first=0)
        self.approvals = FromVault(vault.content)
        self.coverage = Coverage(vault.paths, vault.content)
        self._folders: dict[str, dict[str, str]] = {}

    def add(self, finding: Finding) -> None:
        """One finding."""
        self.out.tally.add(finding)

    def good(self, name: str) -> None:
        """A check that passed."""
        self.out.tally.passes[name] += 1

    def fail(self, name: str, reason: Reason, *, subject: str, detail: str | None = None) -> None:
        """A check that failed."""
        self.out.tally.add(failed(name, reason, subject=subject, detail=detail))

    def begin(self, first: int) -> None:
        """Start on another range."""
        self.out = Scanned(first=first)

    def name(self, path: str) -> None:
        """An object that an act speaks of."""
        self.out.named.append(self.mark(path))

    def read(self, path: str) -> bytes | None:
        """An object that an act speaks of."""
        self.out.named.append(self.mark(path))
        content = self.vault.content(path)
        if content is not None:
            self.out.read_bytes += len(content)
        return content

    def original(self, path: str, plain: dict[str, Any]) -> Original | None:
        """The bytes that a record of a drop or an extract speaks of, recomputed; None where nothing is in the vault."""
        said = original_of(plain)
        if said is None:
            if not is_elsewhere(plain):
                self.fail("original_digest", Reason.FORMAT_FAILURE, subject=path)
            return None
        blob = blob_path(said.sha256)
        self.name(blob)
        found = self.vault.digest(blob)
        if found is None and blob in self.destroyed:
            self.good("destroyed")
            self.out.units += unit_bytes(said.unit_id) + bytes.fromhex(said.sha256)
        elif found is None:
            self.fail("original_digest", Reason.SIGNED_DATA_NOT_FOUND, subject=said.unit_id)
        elif found[0].hex() != said.sha256 or found[1] != plain["blob"].get("size_bytes"):
            self.fail("original_digest", Reason.HASH_FAILURE, subject=said.unit_id)
        elif plain["blob"].get("key") != f"{self.client_id}/{blob}":
            self.fail("original_digest", Reason.UNEXPECTED, subject=path)
        else:
            self.good("original_digest")
            self.out.read_bytes += found[1]
            self.out.units += unit_bytes(said.unit_id) + found[0]
        return said

    def digest_of(self, sha256: str) -> Callable[[str], bytes]:
        """Digests of an original; its SHA-256 is taken as said, since every original is recomputed where it arrived."""

        def digest(algorithm: str) -> bytes:
            if algorithm == "sha256":
                return bytes.fromhex(sha256)
            found = self.vault.digest(blob_path(sha256), algorithm)
            return b"" if found is None else found[0]

        return digest

    def token(self, token_der: bytes, sha256: str, subject: str) -> bool:
        """A token over a digest; whether it says nothing against it."""
        name = f"{subject}/{hashlib.sha256(token_der).hexdigest()}"
        findings = verify_token(
            token_der,
            digest_of=self.digest_of(sha256),
            anchors=self.anchors,
            policy=self.policy,
            subject=subject,
            covered_at=lambda: self.coverage.at(name),
        )
        self.out.tally.extend(findings)
        return not any(f.name == "token_imprint" and f.reason for f in findings)

    def leaf(self, sequence: int) -> Leaf | None:
        """A leaf, if it is what belongs there; its hash is kept in any case."""
        content = self.vault.content(leaf_path(sequence))
        if content is None:
            self.out.leaves += bytes(32)
            self.fail("leaf_sequence", Reason.SIGNED_DATA_NOT_FOUND, subject=f"leaf-{sequence}")
            return None
        self.out.read_bytes += len(content)
        self.out.leaves += leaf_digest(content)
        try:
            leaf = parse_leaf(content)
        except (ValueError, RecursionError):
            self.fail("leaf_sequence", Reason.FORMAT_FAILURE, subject=f"leaf-{sequence}")
            return None
        if leaf.sequence != sequence or leaf.client_id != self.client_id:
            self.fail("leaf_sequence", Reason.UNEXPECTED, subject=f"leaf-{sequence}")
            return None
        return leaf

    def record(self, leaf: Leaf) -> tuple[str, dict[str, Any]] | None:
        """(path, value) of the record that a leaf names, its digest and its payload's checked."""
        digest = leaf.manifest_sha256 or ""
        wrong: tuple[str, bytes] | None = None
        for place in places(leaf.kind, leaf.subject_id, digest):
            path: str | None = place
            if place.endswith("/"):
                path = self._in_folder(place, digest)
                if path is None:
                    continue
            content = self.vault.content(path or place)
            if content is None:
                if place.startswith("outcomes/"):
                    break
                continue
            if hashlib.sha256(content).hexdigest() == digest:
                return self._parsed(path or place, content)
            wrong = wrong or (place, content)
        if wrong is None:
            self.fail("record_logged", Reason.SIGNED_DATA_NOT_FOUND, subject=leaf.subject_id, detail=leaf.kind)
            return None
        self.name(wrong[0])
        if not is_canonical(wrong[1]):
            self.fail("record_form", Reason.FORMAT_FAILURE, subject=wrong[0])
        self.fail("record_logged", Reason.HASH_FAILURE, subject=wrong[0], detail=leaf.kind)
        return None

    def _parsed(self, path: str, content: bytes) -> tuple[str, dict[str, Any]] | None:
        self.name(path)
        self.out.read_bytes += len(content)
        try:
            plain = parse_canonical(content)
        except (ValueError, RecursionError):
            plain = None
        if not isinstance(plain, dict):
            self.fail("record_form", Reason.FORMAT_FAILURE, subject=path)
            return None
        self.good("record_logged")
        expected = payload_digest(plain)
        if expected is not None:
            self._payload(payload_path(path), expected)
        return path, plain

    def _payload(self, path: str, expected: str) -> None:
        content = self.read(path)
        if content is None and path in self.destroyed:
            self.good("destroyed")
        elif content is None:
            self.fail("payload_digest", Reason.SIGNED_DATA_NOT_FOUND, subject=path)
        elif hashlib.sha256(content).hexdigest() != expected:
            self.fail("payload_digest", Reason.HASH_FAILURE, subject=path)
        else:
            self.good("payload_digest")

    def _in_folder(self, folder: str, digest: str) -> str | None:
        known = self._folders.get(folder)
        if known is None and folder.startswith(_OWN_TOKENS):
            paths = list(self.vault.paths(folder))
            if len(paths) == 1:  # as nearly always: it is read once, and its digest looked at then
                return paths[0]
        if known is None:
            if len(self._folders) >= _KEPT_FOLDERS:
                self._folders.pop(next(iter(self._folders)))
            known = {}
            for path in self.vault.paths(folder):
                if not path.endswith(PAYLOAD_SUFFIX):
                    found = self.vault.digest(path)
                    known |= {found[0].hex(): path} if found is not None else {}
            self._folders[folder] = known
        return known.get(digest)

    def time_of(self, sequence: int) -> datetime | None:
        """When a leaf says that it was recorded."""
        content = self.vault.content(leaf_path(sequence)) if sequence >= 0 else None
        try:
            return instant(parse_leaf(content).recorded_at) if content is not None else None
        except (ValueError, RecursionError):
            return None


def unit_bytes(unit_id: str) -> bytes:
    """The 16 bytes of a unit's id; of a hash where it has another form, which no unit of Shoko's has."""
    try:
        raw = bytes.fromhex(unit_id.removeprefix("unit-"))
    except ValueError:
        raw = b""
    return raw if len(raw) == _UNIT_BYTES else hashlib.sha256(unit_id.encode()).digest()[:_UNIT_BYTES]


def token_bytes(plain: dict[str, Any]) -> bytes:
    """DER of a stored token; empty where it is not there, which no check accepts."""
    try:
        return base64.b64decode(plain["token_der"], validate=True)
    except (KeyError, TypeError, binascii.Error):
        return b""


def instant(text: str) -> datetime | None:
    """The instant of a leaf, or None where it names none."""
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo is not None else None
