"""An exported bundle, verified from its files alone: no database, no network, nothing of the writer's code."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from cryptography import x509

from storage.evidence.verifier.findings import (
    Anchors,
    Finding,
    Policy,
    Reason,
    failed,
    passed,
    unsure,
)
from storage.evidence.verifier.head import Head, verify_head
from storage.evidence.verifier.paths import leaf_digest, proves_consistency, proves_inclusion
from storage.evidence.verifier.records import (
    PAYLOAD_SUFFIX,
    Leaf,
    Logged,
    check_payload,
    check_record,
    original_of,
    parse_leaf,
    payload_digest,
)
from storage.evidence.verifier.token import verify_token

_INVENTORY = "data/inventory.sha256"
_LOG = "data/log/"
_LOG_FILES = frozenset(
    {
        "data/log/leaves.jsonl",
        "data/log/proofs.txt",
        "data/log/consistency.txt",
        "data/log/head.json",
        "data/log/head-body.json",
        "data/log/head.sig",
        "data/log/head-token.der",
        "data/log/key.pem",
        "data/log/exported.json",
    }
)
"""Written after the inventory, since they speak of it; each is checked by what it says."""
_LIMIT_BYTES = 256 * 1024 * 1024
"""Largest text file of a bundle that is read whole."""


@dataclass(slots=True)
class _Bundle:
    """What has been read so far."""

    root: Path
    anchors: Anchors
    policy: Policy
    findings: list[Finding] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    """Path inside the bundle → SHA-256 of what is really there."""
    leaves: list[Leaf] = field(default_factory=list)
    head: Head | None = None

    def read(self, path: str) -> bytes | None:
        """A file that was found and may be read whole."""
        if path not in self.files:
            return None
        place = self.root / path
        return place.read_bytes() if place.stat().st_size <= _LIMIT_BYTES else None


def verify_bundle(root: Path, *, anchors: Anchors, policy: Policy) -> tuple[Finding, ...]:
    """Verify a bundle folder.

    1. BagIt: every file is listed, every listed file is there with its digest;
    2. the head's signature, and its key against the one from outside;
    3. every leaf leads to the head's root;
    4. the head grew out of the earlier heads given from outside;
    5. the act of exporting is in the log and names the inventory of every file;
    6. every record is named by a leaf, every leaf's record is there, payloads match;
    7. every original is the one that its drop's manifest names;
    8. every unit's tokens are over its original, up to the roots from outside;
       so is the head's own token, where there is one.
    """
    bundle = _Bundle(root=root, anchors=anchors, policy=policy)
    for step in (_check_files, _check_head, _check_leaves, _check_earlier, _check_inventory):
        step(bundle)
    originals = _check_records(bundle)
    _check_originals(bundle, originals)
    _check_head_token(bundle)
    return tuple(bundle.findings)


def _check_files(bundle: _Bundle) -> None:
    # 1.
    for path in _walk(bundle.root):
        if path is None:
            bundle.findings.append(failed("bag_complete", Reason.UNEXPECTED, detail="a link or special file"))
            continue
        bundle.files[path] = _hash_file(bundle.root / path, "sha256").hex()
    listed = _manifest(bundle, "manifest-sha256.txt") | _manifest(bundle, "tagmanifest-sha256.txt")
    wrong = 0
    for path, expected in sorted(listed.items()):
        actual = bundle.files.get(path)
        if actual != expected:
            wrong += 1
            reason = Reason.SIGNED_DATA_NOT_FOUND if actual is None else Reason.HASH_FAILURE
            bundle.findings.append(failed("bag_complete", reason, subject=path))
    for path in sorted(set(bundle.files) - set(listed) - {"tagmanifest-sha256.txt"}):
        wrong += 1
        bundle.findings.append(failed("bag_complete", Reason.UNEXPECTED, subject=path))
    if not wrong and listed:
        bundle.findings.append(passed("bag_complete", detail=f"{len(listed)} files"))
    elif not listed:
        bundle.findings.append(failed("bag_complete", Reason.FORMAT_FAILURE, detail="no manifest"))


def _check_head(bundle: _Bundle) -> None:
    # 2.
    content = bundle.read(f"{_LOG}head.json")
    if content is None:
        bundle.findings.append(failed("head_signature", Reason.SIGNED_DATA_NOT_FOUND, subject=f"{_LOG}head.json"))
        return
    bundle.head, findings = verify_head(content, bundle.anchors)
    bundle.findings.extend(findings)


def _check_leaves(bundle: _Bundle) -> None:
    # 3.
    proofs: dict[int, tuple[bytes, ...]] = {}
    try:
        for line in _lines(bundle, "proofs.txt"):
            sequence, *path = line.split()
            proofs[int(sequence)] = tuple(bytes.fromhex(p) for p in path)
    except ValueError:
        bundle.findings.append(failed("leaf_included", Reason.FORMAT_FAILURE, subject=f"{_LOG}proofs.txt"))
    for line in _lines(bundle, "leaves.jsonl"):
        content = line.encode()
        try:
            leaf = parse_leaf(content)
        except (ValueError, RecursionError):
            bundle.findings.append(failed("leaf_included", Reason.FORMAT_FAILURE, subject=f"{_LOG}leaves.jsonl"))
            continue
        subject = f"leaf-{leaf.sequence}"
        if bundle.head is None:
            continue
        if leaf.sequence not in proofs:
            bundle.findings.append(failed("leaf_included", Reason.SIGNED_DATA_NOT_FOUND, subject=subject))
        elif not proves_inclusion(
            leaf_digest(content),
            index=leaf.sequence,
            size=bundle.head.tree_size,
            path=proofs[leaf.sequence],
            root=bundle.head.root,
        ):
            bundle.findings.append(failed("leaf_included", Reason.PROOF_FAILURE, subject=subject))
        else:
            bundle.findings.append(passed("leaf_included", subject=subject))
            bundle.leaves.append(leaf)


def _check_earlier(bundle: _Bundle) -> None:
    # 4.
    head = bundle.head
    if head is None or not bundle.anchors.earlier_heads:
        return
    proofs: dict[int, tuple[bytes, ...]] = {head.tree_size: ()}
    for line in _lines(bundle, "consistency.txt"):
        size, _, *path = line.split()
        if size.isdecimal():
            proofs[int(size)] = tuple(bytes.fromhex(p) for p in path if len(p) == 64)
    for earlier in bundle.anchors.earlier_heads:
        subject = f"head-{earlier.tree_size}"
        if earlier.tree_size > head.tree_size:
            bundle.findings.append(failed("head_consistent", Reason.PROOF_FAILURE, subject=subject, detail="shrunk"))
        elif earlier.tree_size not in proofs:
            bundle.findings.append(unsure("head_consistent", Reason.SIGNED_DATA_NOT_FOUND, subject=subject))
        elif proves_consistency(
            first=earlier.tree_size,
            first_root=earlier.root,
            second=head.tree_size,
            second_root=head.root,
            path=proofs[earlier.tree_size],
        ):
            bundle.findings.append(passed("head_consistent", subject=subject))
        else:
            bundle.findings.append(failed("head_consistent", Reason.PROOF_FAILURE, subject=subject))


def _check_inventory(bundle: _Bundle) -> None:
    # 5.
    act = bundle.read(f"{_LOG}exported.json")
    inventory = bundle.read(_INVENTORY)
    if act is None or inventory is None:
        bundle.findings.append(failed("export_logged", Reason.SIGNED_DATA_NOT_FOUND))
        return
    digest = hashlib.sha256(act).hexdigest()
    if not any(leaf.kind == "exported" and leaf.manifest_sha256 == digest for leaf in bundle.leaves):
        bundle.findings.append(failed("export_logged", Reason.HASH_FAILURE, subject=f"{_LOG}exported.json"))
        return
    named = f'"inventory":"sha256:{hashlib.sha256(inventory).hexdigest()}"'
    if named.encode() not in act:
        bundle.findings.append(failed("export_logged", Reason.HASH_FAILURE, subject=_INVENTORY))
        return
    bundle.findings.append(passed("export_logged", subject=f"{_LOG}exported.json"))
    listed = dict(_entries(inventory))
    bag = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", _INVENTORY}
    wrong = False
    for path in sorted(set(listed) | set(bundle.files) - bag - _LOG_FILES):
        if listed.get(path) != bundle.files.get(path):
            wrong = True
            reason = (
                Reason.UNEXPECTED
                if path not in listed
                else Reason.SIGNED_DATA_NOT_FOUND
                if path not in bundle.files
                else Reason.HASH_FAILURE
            )
            bundle.findings.append(failed("inventory", reason, subject=path))
    if not wrong:
        bundle.findings.append(passed("inventory", detail=f"{len(listed)} files"))


def _check_records(bundle: _Bundle) -> dict[str, str]:
    """Gives unit id → SHA-256 of its original, as the logged manifests of drops and extracts say."""
    # 6.
    logged = Logged(bundle.leaves)
    logged.find(bundle.files.get(f"{_LOG}exported.json", ""), kinds=None, name="")
    originals: dict[str, str] = {}
    for path in sorted(bundle.files):
        if not path.startswith("data/records/") or path.endswith(PAYLOAD_SUFFIX):
            continue
        name = path.removeprefix("data/records/")
        content = bundle.read(path)
        plain, findings = check_record(name, content if content is not None else b"", logged)
        bundle.findings.extend(findings)
        if plain is None or any(f.reason for f in findings):
            continue
        expected = payload_digest(plain)
        if expected is not None:
            payload = path.removesuffix(".json") + PAYLOAD_SUFFIX
            bundle.findings.append(check_payload(payload, bundle.read(payload), expected))
        speaks = name.startswith("drops/") or (name.startswith("units/") and bool(findings))
        if speaks and (original := original_of(plain)) is not None:
            originals[original.unit_id] = original.sha256
    for leaf in logged.missing():
        bundle.findings.append(
            failed("record_logged", Reason.SIGNED_DATA_NOT_FOUND, subject=leaf.subject_id, detail=leaf.kind)
        )
    return originals


def _check_originals(bundle: _Bundle, originals: dict[str, str]) -> None:
    certificates = tuple(_certificates(bundle))
    there = _by_unit(bundle, "data/originals/")
    tokens = _by_unit(bundle, "data/tokens/")
    for unit_id in sorted(set(originals) | set(there) | set(tokens)):
        # 7.
        files = there.get(unit_id, [])
        if len(files) != 1 or unit_id not in originals:
            reason = Reason.UNEXPECTED if files else Reason.SIGNED_DATA_NOT_FOUND
            bundle.findings.append(failed("original_digest", reason, subject=unit_id))
            continue
        if bundle.files[files[0]] != originals[unit_id]:
            bundle.findings.append(failed("original_digest", Reason.HASH_FAILURE, subject=unit_id))
        else:
            bundle.findings.append(passed("original_digest", subject=unit_id))
        # 8.
        digest_of: Callable[[str], bytes] = partial(_hash_file, bundle.root / files[0])
        for path in tokens.get(unit_id, []):
            bundle.findings.extend(
                verify_token(
                    bundle.read(path) or b"",
                    digest_of=digest_of,
                    anchors=bundle.anchors,
                    policy=bundle.policy,
                    subject=unit_id,
                    extra_certificates=certificates,
                )
            )
        if not tokens.get(unit_id) and bundle.policy.require_timestamp:
            bundle.findings.append(unsure("token_present", Reason.NO_TIMESTAMP, subject=unit_id))


def _check_head_token(bundle: _Bundle) -> None:
    """The head may carry a timestamp of its own."""
    token = bundle.read(f"{_LOG}head-token.der")
    if token is not None and bundle.head is not None:
        bundle.findings.extend(
            verify_token(
                token,
                digest_of=partial(_hash_file, bundle.root / f"{_LOG}head.json"),
                anchors=bundle.anchors,
                policy=bundle.policy,
                subject=f"head-{bundle.head.tree_size}",
                extra_certificates=tuple(_certificates(bundle)),
            )
        )


def _by_unit(bundle: _Bundle, prefix: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted(bundle.files):
        if path.startswith(prefix):
            found.setdefault(path.removeprefix(prefix).partition("/")[0], []).append(path)
    return found


def _certificates(bundle: _Bundle) -> Iterator[x509.Certificate]:
    """Certificates that came along: links of a chain, never anchors."""
    for path in sorted(bundle.files):
        if path.startswith("data/certificates/"):
            try:
                yield from x509.load_pem_x509_certificates(bundle.read(path) or b"")
            except (ValueError, x509.InvalidVersion):
                bundle.findings.append(failed("token_chain", Reason.FORMAT_FAILURE, subject=path))


def _lines(bundle: _Bundle, name: str) -> list[str]:
    content = bundle.read(_LOG + name)
    if content is None:
        bundle.findings.append(failed("leaf_included", Reason.SIGNED_DATA_NOT_FOUND, subject=_LOG + name))
        return []
    return content.decode("utf-8", "replace").split("\n")[:-1]


def _manifest(bundle: _Bundle, name: str) -> dict[str, str]:
    content = bundle.read(name)
    return {} if content is None else dict(_entries(content))


def _entries(content: bytes) -> Iterator[tuple[str, str]]:
    """(path, digest) of the lines of a checksum file; percent-encoded line ends as BagIt has them."""
    for line in content.decode("utf-8", "replace").split("\n"):
        digest, _, path = line.partition("  ")
        if path:
            yield path.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%"), digest.lower()


def _walk(root: Path) -> Iterator[str | None]:
    """Paths of regular files, POSIX style; None for anything else."""
    for folder, _, names in os.walk(root, followlinks=False):
        for name in sorted(names):
            path = Path(folder) / name
            yield None if path.is_symlink() or not path.is_file() else path.relative_to(root).as_posix()
        yield from (None for place in Path(folder).iterdir() if place.is_symlink() and place.is_dir())


def _hash_file(path: Path, algorithm: str) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, algorithm).digest()
