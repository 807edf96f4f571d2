"""What the record of an act speaks of, held against the bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from storage.evidence.verifier.approvals import ABOUT_A_REVISION, PREFIX, check_frozen
from storage.evidence.verifier.approvals import check_act as check_approval
from storage.evidence.verifier.batch import verify_batch
from storage.evidence.verifier.canonical import parse_canonical
from storage.evidence.verifier.evidence_record import renewed_in_time
from storage.evidence.verifier.findings import Reason
from storage.evidence.verifier.records import Leaf, is_number
from storage.evidence.verifier.scan import CLOCK_TOLERANCE, Scan, Scanned, instant, token_bytes, unit_bytes

_ACT_FORMAT = "shoko.act.v1"
_UNIT_FORMAT = "shoko.unit.v1"
_UNIT, _HEAD, _BATCH = "unit-", "head-", "batch-"
"""How the members of a batch are named; a token that a unit or head has for itself as ``unit-…/<SHA-256 of it>``."""
_OF_THE_UNIT = ("client_id", "unit_id", "origin")


def scan_leaves(scan: Scan, first: int, end: int) -> Scanned:
    """Check the leaves ``first`` to ``end`` (exclusive), and everything that their acts put into the vault.

    1. each leaf is there, canonical, in its place, of this client, and not older than the one before;
    2. the record that it names is there, canonical, with the leaf's digest, and so is its payload;
    3. what the record speaks of is as it says;
    4. nothing lies beside the objects, and no side file of the store is damaged.
    """
    scan.begin(first)
    before = scan.time_of(first - 1)
    for sequence in range(first, end):
        # 1.
        leaf = scan.leaf(sequence)
        if leaf is None:
            continue
        at = instant(leaf.recorded_at)
        if at is None or (before is not None and at < before - CLOCK_TOLERANCE):
            scan.fail("leaf_order", Reason.TIMESTAMP_ORDER_FAILURE, subject=f"leaf-{sequence}")
        before = at or before
        # 2.
        found = scan.record(leaf) if leaf.manifest_sha256 is not None else None
        # 3.
        if found is not None:
            check_act(scan, leaf, *found)
    # 4.
    for path, what in scan.vault.faults():
        reason = Reason.HASH_FAILURE if what == "note" else Reason.UNEXPECTED
        scan.fail("store_sound", reason, subject=path, detail=what)
    return scan.out


def check_act(scan: Scan, leaf: Leaf, path: str, plain: dict[str, Any]) -> None:
    """Hold a record, whose digest is the leaf's, against what it speaks of."""
    if plain.get("client_id", leaf.client_id) != leaf.client_id:
        scan.fail("record_logged", Reason.UNEXPECTED, subject=path)
    check = _act if plain.get("format") == _ACT_FORMAT else _CHECKS.get(leaf.kind)
    if check is not None:
        check(scan, leaf, path, plain)


def _dropped(scan: Scan, leaf: Leaf, path: str, plain: dict[str, Any]) -> None:
    """The original; and the unit's manifest, which has no leaf and must say what the drop's says."""
    if plain.get("drop_id") != leaf.subject_id:
        scan.fail("record_logged", Reason.UNEXPECTED, subject=path)
    said = scan.original(path, plain)
    if said is None:
        return
    name = f"units/{said.unit_id}.json"
    content = scan.read(name)
    if content is None:
        scan.fail("unit_agrees", Reason.SIGNED_DATA_NOT_FOUND, subject=name)
    elif not _same_unit(content, plain):
        scan.fail("unit_agrees", Reason.HASH_FAILURE, subject=name)
    else:
        scan.good("unit_agrees")


def _same_unit(content: bytes, drop: dict[str, Any]) -> bool:
    try:
        unit = parse_canonical(content)
    except (ValueError, RecursionError):
        return False
    if not isinstance(unit, dict) or not isinstance(unit.get("blob"), dict):
        return False
    blob = {**unit.pop("blob"), "version_id": None}
    expected = {name: drop.get(name) for name in _OF_THE_UNIT} | {"format": _UNIT_FORMAT}
    # A later drop of the same bytes may have found another version of them.
    return unit == expected and blob == {**drop["blob"], "version_id": None}


def _extracted(scan: Scan, leaf: Leaf, path: str, plain: dict[str, Any]) -> None:
    lineage = plain.get("extract")
    if plain.get("unit_id") != leaf.subject_id or not isinstance(lineage, dict):
        scan.fail("record_logged", Reason.UNEXPECTED, subject=path)
        return
    scan.original(path, plain)
    scan.out.sources += unit_bytes(str(lineage.get("of_unit_id")))


def _revision(scan: Scan, leaf: Leaf, path: str, plain: dict[str, Any]) -> None:
    """Its number is its place; it follows the one before."""
    number, previous = plain.get("revision"), plain.get("previous")
    placed = is_number(number) and path == f"documents/{leaf.subject_id}/r{number:06d}.json"
    if not isinstance(number, int) or not placed or plain.get("document_id") != leaf.subject_id:
        scan.fail("record_logged", Reason.UNEXPECTED, subject=path)
        return
    if leaf.kind == "approved":
        at = str(plain.get("recorded_at"))
        scan.add(check_frozen(scan.approvals, leaf.subject_id, number, at))
    if number == 1:
        if previous is not None:
            scan.fail("revision_follows", Reason.UNEXPECTED, subject=path)
    else:
        before = scan.vault.content(f"documents/{leaf.subject_id}/r{number - 1:06d}.json")
        if before is None or previous != f"sha256:{hashlib.sha256(before).hexdigest()}":
            scan.fail("revision_follows", Reason.HASH_FAILURE, subject=path)
        else:
            scan.good("revision_follows")


def _stamped(scan: Scan, leaf: Leaf, path: str, plain: dict[str, Any]) -> None:
    imprint = plain.get("imprint")
    sha256 = str(imprint.get("value")) if isinstance(imprint, dict) else ""
    try:
        digest = bytes.fromhex(sha256)
    except ValueError:
        digest = b""
    token = token_bytes(plain)
    if path != f"timestamps/{leaf.subject_id}/{hashlib.sha256(token).hexdigest()}.tsr.json" or len(digest) != 32:
        scan.fail("record_logged", Reason.UNEXPECTED, subject=path)
        return
    if scan.token(token, sha256, leaf.subject_id):
        scan.out.stamped += unit_bytes(leaf.subject_id) + digest


def _batch(scan: Scan, leaf: Leaf, path: str, plain: dict[str, Any]) -> None:
    """One token over many things; each member is held against what it names."""
    batch, findings = verify_batch(
        plain,
        anchors=scan.anchors,
        policy=scan.policy,
        subject=leaf.subject_id,
        covered_at=lambda: scan.coverage.at(leaf.subject_id),
    )
    for finding in findings:
        scan.add(finding)
    if batch is None:
        return
    if leaf.subject_id != f"batch-{batch.number:06d}":
        scan.fail("record_logged", Reason.UNEXPECTED, subject=path)
    if batch.purpose == "hash_tree_renewal":
        scan.out.hashed_again += batch.members
        return
    for name, digest in batch.members.items():
        unit, _, own_token = name.partition("/")
        if name.startswith(_HEAD) and not own_token:
            held = _digest(batch.algorithm, scan.vault.content(f"log/heads/{name.removeprefix(_HEAD)}.json"))
        elif name.startswith(_BATCH) or own_token:
            token = _token_named(scan, name)
            held = _digest(batch.algorithm, token)
            if token is not None:
                scan.add(renewed_in_time(token, batch.token, subject=name))
        elif batch.algorithm == "sha256" and unit.startswith(_UNIT):
            # Held against the recomputed original when all ranges are put together.
            scan.out.stamped += unit_bytes(unit) + digest
            continue
        else:
            held = b""
        if held == digest:
            scan.good("token_imprint")
        else:
            reason = Reason.HASH_FAILURE if held else Reason.SIGNED_DATA_NOT_FOUND
            scan.fail("token_imprint", reason, subject=name, detail=leaf.subject_id)


def _token_named(scan: Scan, name: str) -> bytes | None:
    """DER of the token of a batch, of a unit alone or of a head alone, as renewals name them."""
    of, _, digest = name.partition("/")
    if not digest:
        return _token_of(scan, f"batches/{name}.json", "token")
    if not of.startswith(_HEAD):
        return _token_of(scan, f"timestamps/{name}.tsr.json", None)
    token = _token_of(scan, f"log/head-timestamps/{of.removeprefix(_HEAD)}.tsr.json", None)
    return token if token is not None and hashlib.sha256(token).hexdigest() == digest else None


def _token_of(scan: Scan, path: str, inside: str | None) -> bytes | None:
    """DER of a token that an earlier record holds."""
    content = scan.vault.content(path)
    try:
        plain = parse_canonical(content or b"")
        return token_bytes(plain[inside] if inside is not None else plain) or None
    except (ValueError, RecursionError, KeyError, TypeError):
        return None


def _digest(algorithm: str, content: bytes | None) -> bytes:
    return b"" if content is None else hashlib.new(algorithm, content).digest()


def _act(scan: Scan, leaf: Leaf, path: str, plain: dict[str, Any]) -> None:
    """An act kept under its subject: it says what its leaf says, stands where its number says, and follows."""
    number, previous = plain.get("number"), plain.get("previous")
    said = (plain.get("kind"), plain.get("subject_id"))
    if not isinstance(number, int) or not is_number(number) or said != (leaf.kind, leaf.subject_id):
        scan.fail("record_logged", Reason.UNEXPECTED, subject=path)
        return
    if leaf.kind in ABOUT_A_REVISION:
        for finding in check_approval(scan.approvals, leaf.subject_id.removeprefix(PREFIX), number):
            scan.add(finding)
    before = _digest("sha256", scan.vault.content(f"acts/{leaf.subject_id}/a{number - 1:06d}.json")).hex()
    if path != f"acts/{leaf.subject_id}/a{number:06d}.json" or previous != (f"sha256:{before}" if before else None):
        scan.fail("record_logged", Reason.UNEXPECTED, subject=path)


_Check = Callable[[Scan, Leaf, str, dict[str, Any]], None]
_CHECKS: dict[str, _Check] = {
    "dropped": _dropped,
    "extracted": _extracted,
    "stamped": _stamped,
    "batch_stamped": _batch,
    **dict.fromkeys(("filed", "revised", "approved", "tombstoned"), _revision),
}
