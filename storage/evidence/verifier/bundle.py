"""An exported bundle, verified from its files alone: no database, no network, nothing of the writer's code."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from cryptography import x509

from storage.evidence.verifier.approvals_of_bundle import check_approvals, keep_approval
from storage.evidence.verifier.bag import check_bag
from storage.evidence.verifier.evidence_record import verify_evidence_record
from storage.evidence.verifier.findings import Anchors, Finding, Policy, Reason, failed, passed, unsure
from storage.evidence.verifier.head import verify_head
from storage.evidence.verifier.nodes import path_holds, rebuild
from storage.evidence.verifier.opened import (
    LOG,
    RECORDS,
    OpenBundle,
    TokenWay,
    climb,
    code_of,
    destroyed_by,
    digest_of_file,
    names_in,
    texts_of,
)
from storage.evidence.verifier.paths import leaf_digest, proves_consistency
from storage.evidence.verifier.records import Leaf, original_of, parse_leaf, payload_digest
from storage.evidence.verifier.token import read_token_facts, verify_token

_INVENTORY = "data/inventory.sha256"
_FREE = re.compile(
    r"bagit\.txt|bag-info\.txt|(tag)?manifest-sha256\.txt|data/inventory\.sha256|data/log/("
    r"exported\.json|exported-leaf\.json|head\.json|head-body\.json|head\.sig|head-token\.der|head-chain\.pem|key\.pem"
    r"|consistency\.txt|tree/[0-9]{2}\.txt)"
)
"""Written after the inventory, since they speak of it; each is checked by what it says."""
_PART = re.compile(r"data/records/leaves-([0-9]{5})\.jsonl")
_BRINGS = frozenset({"dropped", "extracted"})
"""Kinds whose manifest names an original."""


def verify_bundle(root: Path, *, anchors: Anchors, policy: Policy) -> tuple[Finding, ...]:
    """Verify a bundle folder, or one with several volumes.

    1. BagIt: every file is listed, every listed file is there with its digest;
    2. the head's signature, and its key against the one from outside;
    3. every leaf with its manifest and payload: each digest stands in the one before;
    4. every leaf leads to the head's root: the tree is rebuilt once;
    5. the head grew out of the earlier heads given from outside;
    6. the act of exporting is in the log and names the inventory of every file;
    7. every original is the one that its drop's manifest names;
    8. every unit's tokens are over its original, up to the roots from outside;
       so is the head's own token, where there is one;
    9. every approval is about a revision that is there, by one who might give it, and no step of a route is missing.
    """
    places = [root] if (root / "bagit.txt").exists() else sorted(p.parent for p in root.glob("volume-*/bagit.txt"))
    findings: list[Finding] = []
    inventories: list[set[str]] = []
    for place in places or [root]:
        bundle = OpenBundle(root=place, anchors=anchors, policy=policy)
        _check_files(bundle)
        _check_head(bundle)
        _check_records(bundle)
        _check_tree(bundle)
        _check_earlier(bundle)
        check_approvals(bundle)
        inventories.append(_check_inventory(bundle))
        bundle.take_revocation()
        certificates = tuple(bundle.certificates())
        _check_originals(bundle, certificates)
        _check_head_token(bundle, certificates)
        findings += bundle.findings
        findings += (passed(name, detail=f"{count}") for name, count in sorted(bundle.sound.items()))
    if len(places) > 1 or (places and places[0] != root):
        findings.append(_all_volumes(root, places, inventories))
    return tuple(findings)


def _all_volumes(root: Path, places: list[Path], inventories: list[set[str]]) -> Finding:
    mine = {hashlib.sha256((place / _INVENTORY).read_bytes()).hexdigest() for place in places
            if (place / _INVENTORY).is_file()}  # fmt: skip
    strangers = {path.name for path in root.iterdir()} - {place.name for place in places}
    if strangers:
        return failed("volumes_complete", Reason.UNEXPECTED, subject=min(strangers))
    if any(named != mine for named in inventories):
        return failed("volumes_complete", Reason.SIGNED_DATA_NOT_FOUND, detail=f"{len(places)} volumes")
    return passed("volumes_complete", detail=f"{len(places)} volumes")


def _check_files(bundle: OpenBundle) -> None:
    # 1.
    report = check_bag(bundle.root)
    bundle.files = report.sha256
    bundle.findings += report.findings
    for path in sorted(set(report.sha256) - report.listed - {"tagmanifest-sha256.txt"}):
        bundle.findings.append(failed("bag_complete", Reason.UNEXPECTED, subject=path))


def _check_head(bundle: OpenBundle) -> None:
    # 2.
    content = bundle.read(f"{LOG}head.json")
    if content is None:
        bundle.findings.append(failed("head_signature", Reason.SIGNED_DATA_NOT_FOUND, subject=f"{LOG}head.json"))
        return
    bundle.head, findings = verify_head(content, bundle.anchors)
    bundle.findings.extend(findings)


def _check_records(bundle: OpenBundle) -> None:
    # 3.
    for path in sorted(bundle.files):
        match = _PART.fullmatch(path)
        if match is None:
            continue
        names = (path, *(f"{RECORDS}{kind}-{match.group(1)}.jsonl" for kind in ("manifests", "payloads")))
        for number, row in enumerate(zip_longest(*(bundle.lines(name) for name in names)), start=1):
            content, manifest, payload = row
            subject = f"{path}:{number}"
            if content is None or manifest is None or payload is None:
                bundle.findings.append(failed("record_form", Reason.FORMAT_FAILURE, subject=subject))
                break
            leaf = _take_leaf(bundle, content, subject)
            if leaf is not None:
                _check_act(bundle, leaf, manifest, payload)
    for code, leaf in bundle.absent:
        if code in bundle.gone:
            bundle.sound["destroyed"] += 1
        else:
            reason = Reason.SIGNED_DATA_NOT_FOUND
            bundle.findings.append(failed("payload_digest", reason, subject=leaf.subject_id, detail=leaf.kind))
    act = bundle.read(f"{LOG}exported.json")
    content = bundle.read(f"{LOG}exported-leaf.json")
    if act is not None and content is not None:
        bundle.exported = _take_leaf(bundle, content, f"{LOG}exported-leaf.json")
        if bundle.exported is not None:
            _check_act(bundle, bundle.exported, act, b"")


def _take_leaf(bundle: OpenBundle, content: bytes, subject: str) -> Leaf | None:
    try:
        leaf = parse_leaf(content)
    except (ValueError, RecursionError):
        bundle.findings.append(failed("leaf_included", Reason.FORMAT_FAILURE, subject=subject))
        return None
    if leaf.sequence in bundle.hashes:
        bundle.findings.append(failed("leaf_included", Reason.UNEXPECTED, subject=f"leaf-{leaf.sequence}"))
        return None
    bundle.hashes[leaf.sequence] = leaf_digest(content)
    return leaf


def _check_act(bundle: OpenBundle, leaf: Leaf, manifest: bytes, payload: bytes) -> None:
    if leaf.manifest_sha256 is None:
        if manifest or payload:
            bundle.findings.append(failed("record_logged", Reason.UNEXPECTED, subject=leaf.subject_id))
        return
    if hashlib.sha256(manifest).hexdigest() != leaf.manifest_sha256:
        reason = Reason.HASH_FAILURE if manifest else Reason.SIGNED_DATA_NOT_FOUND
        bundle.findings.append(failed("record_logged", reason, subject=leaf.subject_id, detail=leaf.kind))
        return
    bundle.sound["record_logged"] += 1
    try:
        plain = json.loads(manifest)
    except (ValueError, RecursionError):
        plain = None
    if not isinstance(plain, dict):
        bundle.findings.append(failed("record_form", Reason.FORMAT_FAILURE, subject=leaf.subject_id))
        return
    expected = payload_digest(plain) or hashlib.sha256(b"").hexdigest()
    if not payload and payload_digest(plain) is not None:
        bundle.absent.append((code_of(leaf, plain), leaf))
    elif hashlib.sha256(payload).hexdigest() != expected:
        bundle.findings.append(failed("payload_digest", Reason.HASH_FAILURE, subject=leaf.subject_id, detail=leaf.kind))
    elif payload:
        bundle.sound["payload_digest"] += 1
    _learn(bundle, leaf, plain)


def _learn(bundle: OpenBundle, leaf: Leaf, plain: dict[str, Any]) -> None:
    """What a record whose digest was found right says, for the checks that follow."""
    if leaf.kind in _BRINGS and (original := original_of(plain)) is not None:
        bundle.originals.setdefault(original.unit_id, set()).add(original.sha256)
    elif leaf.kind == "stamped":
        bundle.stamped.add(leaf.subject_id)
    elif leaf.kind == "destroyed":
        bundle.gone |= destroyed_by(plain)
    elif leaf.kind == "batch_stamped":
        bundle.members |= names_in(plain)
    else:
        keep_approval(bundle, leaf, plain)


def _check_tree(bundle: OpenBundle) -> None:
    # 4.
    head = bundle.head
    if head is None:
        return
    nodes: list[dict[int, bytes]] = []

    def listed(level: int) -> dict[int, bytes]:
        while len(nodes) <= level:
            nodes.append(bundle.nodes(len(nodes)))
        return nodes[level]

    root, agree = rebuild(bundle.hashes, head.tree_size, listed)
    if root == head.root and agree:
        bundle.sound["leaf_included"] += len(bundle.hashes)
        return
    height = (head.tree_size - 1).bit_length()
    levels = [listed(level) for level in range(height)]
    wrong = [
        index
        for index, value in bundle.hashes.items()
        if not 0 <= index < head.tree_size or not path_holds(value, index, head.tree_size, head.root, levels)  # type: ignore[arg-type]  # read only
    ]
    for index in wrong or (-1,):
        bundle.findings.append(failed("leaf_included", Reason.PROOF_FAILURE, subject=f"leaf-{index}"))


def _check_earlier(bundle: OpenBundle) -> None:
    # 5.
    head = bundle.head
    if head is None or not bundle.anchors.earlier_heads:
        return
    proofs: dict[int, tuple[bytes, ...]] = {head.tree_size: ()}
    for line in bundle.lines(f"{LOG}consistency.txt"):
        size, _, *path = line.decode("ascii", "replace").split() or [""]
        if re.fullmatch("[0-9]{1,12}", size):
            proofs[int(size)] = tuple(bytes.fromhex(p) for p in path if re.fullmatch("[0-9a-f]{64}", p))
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


def _check_inventory(bundle: OpenBundle) -> set[str]:
    """Gives the inventories (SHA-256) of all volumes that the act of exporting names."""
    # 6.
    act = bundle.read(f"{LOG}exported.json")
    if act is None or bundle.exported is None or _INVENTORY not in bundle.files:
        bundle.findings.append(failed("export_logged", Reason.SIGNED_DATA_NOT_FOUND))
        return set()
    digest = hashlib.sha256(act).hexdigest()
    if bundle.exported.kind != "exported" or bundle.exported.manifest_sha256 != digest:
        bundle.findings.append(failed("export_logged", Reason.HASH_FAILURE, subject=f"{LOG}exported.json"))
        return set()
    named = {text.removeprefix("sha256:") for text in texts_of(act, "inventories")}
    if bundle.files[_INVENTORY] not in named:
        bundle.findings.append(failed("export_logged", Reason.HASH_FAILURE, subject=_INVENTORY))
        return named
    bundle.findings.append(passed("export_logged", subject=f"{LOG}exported.json"))
    listed: dict[str, str] = {}
    for line in bundle.lines(_INVENTORY):
        value, _, path = line.decode("utf-8", "replace").partition("  ")
        listed[path] = value
    wrong = False
    for path in sorted(set(listed) | {path for path in bundle.files if _FREE.fullmatch(path) is None}):
        if listed.get(path) != bundle.files.get(path):
            wrong = True
            reason = Reason.HASH_FAILURE
            if path not in listed or path not in bundle.files:
                reason = Reason.UNEXPECTED if path not in listed else Reason.SIGNED_DATA_NOT_FOUND
            bundle.findings.append(failed("inventory", reason, subject=path))
    if not wrong:
        bundle.findings.append(passed("inventory", detail=f"{len(listed)} files"))
    return named


def _check_originals(bundle: OpenBundle, certificates: tuple[x509.Certificate, ...]) -> None:
    # 7.
    there = bundle.places()
    tokens = bundle.ways()
    listed = {path for paths in there.values() for path in paths}
    for path in bundle.files:
        if path.startswith("data/originals/") and path not in listed:
            bundle.findings.append(failed("original_digest", Reason.UNEXPECTED, subject=path))
    bundle.stamped |= bundle.members & set(bundle.originals)
    for unit_id in sorted(set(bundle.originals) | set(there) | set(tokens) | bundle.stamped):
        paths, said = there.get(unit_id, []), bundle.originals.get(unit_id, set())
        if not paths and len(said) == 1 and any(code.startswith(f"blob/{min(said)}/") for code in bundle.gone):
            bundle.sound["destroyed"] += 1
            continue
        if len(paths) != 1 or len(said) != 1 or paths[0] not in bundle.files:
            reason = Reason.UNEXPECTED if not said else Reason.SIGNED_DATA_NOT_FOUND
            bundle.findings.append(failed("original_digest", reason, subject=unit_id))
            continue
        if bundle.files[paths[0]] in said:
            bundle.sound["original_digest"] += 1
        else:
            bundle.findings.append(failed("original_digest", Reason.HASH_FAILURE, subject=unit_id))
        _check_tokens(bundle, unit_id, paths[0], tokens.get(unit_id, []), certificates)


def _check_tokens(
    bundle: OpenBundle, unit_id: str, original: str, ways: list[TokenWay], certificates: tuple[x509.Certificate, ...]
) -> None:
    # 8.
    digest_of = digest_of_file(bundle.root / original, {"sha256": bytes.fromhex(bundle.files[original])})
    record = f"data/evidence-records/{unit_id[-2:]}/{unit_id}.ers"
    for number, way in enumerate(ways):
        before = _digest_over(bundle, way, digest_of)
        if before is None:
            continue  # a hash-tree renewal: the evidence record has it
        value = climb(before, way.path, algorithm=way.algorithm)
        # What comes over it next in the list: a renewal says over which token, one of the hash tree is over them all.
        later = ways[number + 1] if number + 1 < len(ways) else None
        covers = later is not None and (later.over == way.token or (later.over == "chain" and record in bundle.files))
        over = later.token if later is not None and covers else ""
        if (way.token, value, over) not in bundle.stamps_checked:
            bundle.stamps_checked[way.token, value, over] = verify_token(
                bundle.read(way.token) or b"",
                digest_of=lambda wanted, way=way, value=value: value if wanted == way.algorithm else b"",  # type: ignore[misc]  # bound now
                anchors=bundle.anchors,
                policy=bundle.policy,
                subject=unit_id,
                extra_certificates=certificates,
                covered_at=partial(_time_of, bundle, over),
            )
        for finding in bundle.stamps_checked[way.token, value, over]:
            if finding.reason is None:
                bundle.sound[finding.name] += 1
            else:
                bundle.findings.append(replace(finding, subject=unit_id))
    if record in bundle.files and any(way.over != "original" for way in ways):
        bundle.findings += verify_evidence_record(
            bundle.read(record) or b"",
            digest_of=digest_of,
            anchors=bundle.anchors,
            policy=bundle.policy,
            subject=unit_id,
            extra_certificates=certificates,
        )
    if ways:
        return
    if unit_id in bundle.stamped:
        bundle.findings.append(failed("token_present", Reason.SIGNED_DATA_NOT_FOUND, subject=unit_id))
    elif bundle.policy.require_timestamp:
        bundle.findings.append(unsure("token_present", Reason.NO_TIMESTAMP, subject=unit_id))


def _time_of(bundle: OpenBundle, token: str) -> datetime | None:
    facts = read_token_facts(bundle.read(token) or b"") if token else None
    return None if facts is None else facts.gen_time


def _digest_over(bundle: OpenBundle, way: TokenWay, original: Callable[[str], bytes]) -> bytes | None:
    """Digest of what the first hash of a way is joined with."""
    if way.over == "chain":
        return None
    if way.over == "original":
        return original(way.algorithm)
    return hashlib.new(way.algorithm, bundle.read(way.over) or b"").digest()


def _check_head_token(bundle: OpenBundle, certificates: tuple[x509.Certificate, ...]) -> None:
    """The head may carry a timestamp of its own."""
    token = bundle.read(f"{LOG}head-token.der")
    if token is not None and bundle.head is not None:
        bundle.findings.extend(
            verify_token(
                token,
                digest_of=digest_of_file(bundle.root / f"{LOG}head.json", {}),
                anchors=bundle.anchors,
                policy=bundle.policy,
                subject=f"head-{bundle.head.tree_size}",
                extra_certificates=certificates,
            )
        )
