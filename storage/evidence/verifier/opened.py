"""The files of a bundle as they are found, and what has been learnt from them."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography import x509

from storage.evidence.verifier import chain
from storage.evidence.verifier.certificates import BAD_CERTIFICATE
from storage.evidence.verifier.findings import Anchors, Finding, Policy, Reason, failed
from storage.evidence.verifier.head import Head
from storage.evidence.verifier.records import Leaf

LOG = "data/log/"
RECORDS = "data/records/"
_DER = r"data/tokens/[0-9a-f]{2}/[0-9a-f]{64}\.der"
_HASH = r"(?:[0-9a-f]{2}){32,64}"
_WAY = re.compile(
    rf"([-A-Za-z0-9_]+) (original|chain|{_DER}) ({_DER}) (sha256|sha384|sha512) (-|{_HASH}(?:,{_HASH}){{0,63}})"
)
_NODE = re.compile(rb"[0-9]{1,12} [0-9a-f]{64}")
_LIMIT_BYTES = 256 * 1024 * 1024
"""Largest text file of a bundle that is read whole."""
_MOST_ANSWERS = 1000
"""Revocation data of a bundle: eight days for each authority, which are few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenWay:
    """How a token is reached from what it is over."""

    over: str
    """``original``, ``chain`` (what a hash-tree renewal is over) or the path of the token before."""
    token: str
    """Path inside the bundle."""
    algorithm: str
    path: tuple[bytes, ...]
    """What it is joined with on the way up."""


@dataclass(slots=True)
class OpenBundle:
    """What has been read so far."""

    root: Path
    anchors: Anchors
    policy: Policy
    findings: list[Finding] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    """Path inside the bundle → SHA-256 of what is really there."""
    hashes: dict[int, bytes] = field(default_factory=dict)
    """Leaf → its hash."""
    sound: Counter[str] = field(default_factory=Counter)
    """Check → how often it passed; said once at the end."""
    originals: dict[str, set[str]] = field(default_factory=dict)
    """Unit → SHA-256 of its original, as the logged manifests say."""
    stamped: set[str] = field(default_factory=set)
    """Units that the log calls stamped."""
    members: set[str] = field(default_factory=set)
    """What the log's batches are over."""
    stamps_checked: dict[tuple[str, bytes, str], tuple[Finding, ...]] = field(default_factory=dict)
    """Token, what it is over and the token that came over it → what was found: a batch's token is checked once."""
    gone: set[str] = field(default_factory=set)
    """What approved destructions removed, as ``kind/subject/number``."""
    absent: list[tuple[str, Leaf]] = field(default_factory=list)
    """Payloads that are not there, with the code under which a destruction would name them."""
    approving: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Subject → manifests of its acts that approvals are made of, and of people who approve, in order."""
    frozen: list[tuple[str, int, str]] = field(default_factory=list)
    """Revisions that stand approved: document, number, time."""
    exported: Leaf | None = None
    head: Head | None = None

    def read(self, path: str) -> bytes | None:
        """A file that was found and may be read whole."""
        if path not in self.files:
            return None
        place = self.root / path
        return place.read_bytes() if place.stat().st_size <= _LIMIT_BYTES else None

    def lines(self, path: str) -> Iterator[bytes]:
        """Lines of a file that was found, without their ends; a last one without an end counts as broken."""
        if path not in self.files:
            self.findings.append(failed("record_form", Reason.SIGNED_DATA_NOT_FOUND, subject=path))
            return
        with (self.root / path).open("rb") as lines:
            for line in lines:
                yield line[:-1] if line.endswith(b"\n") else line + b"\x00"

    def nodes(self, level: int) -> dict[int, bytes]:
        """Nodes of a level of the tree by their index, as the bundle lists them."""
        found: dict[int, bytes] = {}
        path = f"{LOG}tree/{level:02d}.txt"
        if path not in self.files:
            return found
        for line in self.lines(path):
            index, _, value = line.partition(b" ")
            if _NODE.fullmatch(line) is None or int(index) in found:
                self.findings.append(failed("leaf_included", Reason.FORMAT_FAILURE, subject=path))
                continue
            found[int(index)] = bytes.fromhex(value.decode())
        return found

    def places(self) -> dict[str, list[str]]:
        """Unit → paths of its original, as the bundle lists them."""
        found: dict[str, list[str]] = {}
        for line in self.lines(RECORDS + "originals.txt"):
            parts = line.decode("utf-8", "replace").split(" ", 2)
            found.setdefault(parts[0], []).append(parts[-1])
        return found

    def ways(self) -> dict[str, list[TokenWay]]:
        """Unit → the ways to its tokens, as the bundle lists them."""
        found: dict[str, list[TokenWay]] = {}
        for number, line in enumerate(self.lines(RECORDS + "tokens.txt"), start=1):
            match = _WAY.fullmatch(line.decode("utf-8", "replace"))
            if match is None:
                subject = f"{RECORDS}tokens.txt:{number}"
                self.findings.append(failed("token_form", Reason.FORMAT_FAILURE, subject=subject))
                continue
            unit_id, over, token, algorithm, path = match.groups()
            hashes = () if path == "-" else tuple(bytes.fromhex(one) for one in path.split(","))
            way = TokenWay(over=over, token=token, algorithm=algorithm, path=hashes)
            found.setdefault(unit_id, []).append(way)
        return found

    def take_revocation(self) -> None:
        """Revocation lists and OCSP answers that came along: their issuers signed them."""
        paths = sorted(path for path in self.files if path.startswith("data/revocation/"))
        found = (self.read(path) for path in paths[:_MOST_ANSWERS])
        answers = tuple(answer for answer in found if answer is not None)
        self.anchors = replace(self.anchors, revocation=(*self.anchors.revocation, *answers))

    def certificates(self) -> Iterator[x509.Certificate]:
        """Certificates that came along: links of a chain, never anchors."""
        for path in sorted(self.files):
            if path.startswith("data/certificates/") or path == f"{LOG}head-chain.pem":
                try:
                    yield from chain.certificates_of(self.read(path) or b"")
                except BAD_CERTIFICATE:
                    self.findings.append(failed("token_chain", Reason.FORMAT_FAILURE, subject=path))


def digest_of_file(path: Path, known: dict[str, bytes]) -> Callable[[str], bytes]:
    """Digests of a file by algorithm, each counted once; ``known`` are those that are there already."""

    def digest_of(algorithm: str) -> bytes:
        if algorithm not in known:
            with path.open("rb") as stream:
                known[algorithm] = hashlib.file_digest(stream, algorithm).digest()
        return known[algorithm]

    return digest_of


def texts_of(content: bytes, name: str) -> list[str]:
    """The texts in a list of a JSON object; none where it has another form."""
    try:
        found = json.loads(content)[name]
        return [text for text in found if isinstance(text, str)]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []


def climb(digest: bytes, path: Sequence[bytes], *, algorithm: str) -> bytes:
    """What a reduced hash tree makes of a digest (RFC 4998 §4.3): at each step both in binary order, put together."""
    value = digest
    for one in path:
        value = hashlib.new(algorithm, min(value, one) + max(value, one)).digest()
    return value


def names_in(plain: dict[str, Any]) -> set[str]:
    """What a batch says that its token is over; renewals speak of tokens instead."""
    members = plain.get("members")
    if plain.get("purpose") != "stamp" or not isinstance(members, list):
        return set()
    return {str(member[0]) for member in members if isinstance(member, list) and member}


_REVISIONS = frozenset({"filed", "revised", "approved", "tombstoned"})
_OUTCOMES = frozenset({"read", "unreadable", "refused"})
_SERIES = frozenset({"lesson", "counterparties"})


def code_of(leaf: Leaf, plain: dict[str, Any]) -> str:
    """How a destruction names the payload of an act."""
    kind, number = "act", plain.get("number", 1)
    if leaf.kind == "dropped":
        kind, number = "drop", 1
    elif leaf.kind in _REVISIONS:
        kind, number = "revision", plain.get("revision")
    elif leaf.kind in _OUTCOMES:
        kind = "outcome"
    elif leaf.kind in _SERIES:
        kind = leaf.kind
    return f"{kind}/{leaf.subject_id}/{number}"


def destroyed_by(plain: dict[str, Any]) -> set[str]:
    """What the manifest of a destruction names."""
    facts = plain.get("facts")
    gone = facts.get("gone") if isinstance(facts, dict) else None
    return {code for code in gone if isinstance(code, str)} if isinstance(gone, list) else set()
