"""Evidence of single documents and units, fetched from the vault as stored and handed to the verifier."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from domain import merkle
from domain.acts import ACT_KINDS
from domain.approvals import approval_id
from domain.engines import ObjectStore
from domain.errors import ObjectMissing
from domain.evidence import BatchPurpose, batch_name
from domain.record import UnitState
from storage.archive import Archive, keys
from storage.archive.applying import EXTRACTED, OUTCOME_KINDS
from storage.archive.batches import BATCH_STAMPED, Membership
from storage.archive.seeing import KEPT_BY_ITSELF
from storage.evidence.batches_checked import BatchesChecked, record_findings
from storage.evidence.log import VAULT, head_key, head_token_key, load_tree, newest_head_key
from storage.evidence.revocation import with_kept_answers
from storage.evidence.unit_records import EvidenceRecords
from storage.evidence.verifier import (
    Anchors,
    Finding,
    Head,
    Policy,
    Reason,
    check_member,
    leaf_digest,
    parse_canonical,
    proves_consistency,
    proves_inclusion,
    verify_batch,
    verify_head,
    verify_token,
)
from storage.evidence.verifier.approvals_of_vault import document_findings
from storage.evidence.verifier.batch import Batch
from storage.evidence.verifier.findings import failed, passed, unsure
from storage.evidence.verifier.records import (
    PAYLOAD_SUFFIX,
    Logged,
    check_payload,
    check_record,
    is_number,
    original_of,
    parse_leaf,
    payload_digest,
)

_RECORDED = ACT_KINDS | {
    *("dropped", "read", "unreadable", "refused", "filed", "revised", "approved", "tombstoned", "stamped"),
    *(EXTRACTED, BATCH_STAMPED),
}
"""Kinds whose manifests are looked for here; those of other acts stand elsewhere."""


class Gathered:
    """The newest head, the tree under it, and the records of whatever is asked for."""

    def __init__(self, archive: Archive, vault: ObjectStore, *, anchors: Anchors, policy: Policy) -> None:
        """Read and check the newest head."""
        self.archive = archive
        self.vault = vault
        self.anchors, lost = with_kept_answers(anchors, archive, vault)
        self.policy = policy
        self._prefix = f"{archive.client_id}/"
        self._head: Head | None = None
        self._tree = merkle.Tree()
        self._batches = BatchesChecked(self._check_batch, self._paths, self._content)
        self.head_findings = (*self._open_head(), *lost)

    def check_document(self, document_id: str) -> list[Finding]:
        """Every revision of a document, and the acts that concern it, against the log."""
        logged, findings = self._leaves(document_id)
        revisions, more = self._records(self._under(f"documents/{document_id}/"), logged)
        approved = [
            (int(plain["revision"]), str(plain.get("recorded_at")))
            for plain in revisions.values()
            if plain.get("state") == "approved" and is_number(plain.get("revision"))
        ]
        findings += document_findings(self._content, document_id, approved)
        findings += more + self._acts(document_id, logged) + _lost(logged)
        # what the approvals are counted from is held against the log even where no row names it
        subjects = (approval_id(document_id), *(act.subject_id for act in self.archive.acts(document_id)))
        for subject_id in dict.fromkeys(subjects):
            if not subject_id.startswith(KEPT_BY_ITSELF):  # another document is checked for itself
                others, more = self._leaves(subject_id)
                findings += more + self._acts(subject_id, others) + _lost(others)
        return findings

    def check_drop(self, drop_id: str) -> tuple[dict[str, Any] | None, list[Finding]]:
        """A drop and what became of it; gives the drop's manifest."""
        logged, findings = self._leaves(drop_id)
        client = self.archive.client_id
        manifests, more = self._records((keys.drop_manifest(client, drop_id),), logged)
        count = sum(leaf.kind in OUTCOME_KINDS for leaf in self.archive.leaves_of(drop_id))
        named = (keys.outcome_manifest(client, drop_id, number + 1) for number in range(count))
        _, outcomes = self._records(named, logged)
        outcomes += self._acts(drop_id, logged)
        return next(iter(manifests.values()), None), findings + more + outcomes + _lost(logged)

    def check_extract(self, unit_id: str) -> tuple[dict[str, Any] | None, list[Finding]]:
        """The manifest of a unit cut out of another, against the log; gives the manifest."""
        logged, findings = self._leaves(unit_id)
        manifests, more = self._records((keys.unit_manifest(self.archive.client_id, unit_id),), logged)
        lost = [finding for finding in _lost(logged) if finding.detail == EXTRACTED]
        return next(iter(manifests.values()), None), findings + more + lost

    def check_tokens(self, unit_id: str, digest_of: Callable[[str], bytes]) -> list[Finding]:
        """A unit's tokens, each against the log and over the unit's bytes."""
        logged, findings = self._leaves(unit_id)
        stored, more = self._records(self._under(f"timestamps/{unit_id}/"), logged)
        findings += more + self._acts(unit_id, logged)
        findings += [finding for finding in _lost(logged) if finding.detail != EXTRACTED]
        for plain in stored.values():
            token = token_bytes(plain)
            findings += verify_token(
                token,
                digest_of=digest_of,
                anchors=self.anchors,
                policy=self.policy,
                subject=unit_id,
                covered_at=partial(self._batches.coverage.at, f"{unit_id}/{hashlib.sha256(token).hexdigest()}"),
            )
        about = self.archive.batches_of((unit_id,))
        findings += self._check_memberships(unit_id, about, digest_of)
        if not stored and not about and self.policy.require_timestamp:
            findings.append(unsure("token_present", Reason.NO_TIMESTAMP, subject=unit_id))
        return findings

    def _check_memberships(
        self, unit_id: str, about: tuple[Membership, ...], digest_of: Callable[[str], bytes]
    ) -> Iterator[Finding]:
        """A unit's place in the batches that it is in, and those, with what came over them, each by itself once."""
        renewed = self.archive.unit_state(unit_id) is UnitState.RENEWED
        for one in about:
            batch = self._batches.get(one.number)
            if batch is not None and one.purpose is BatchPurpose.STAMP:
                yield check_member(batch, unit_id, digest_of)
        if renewed:
            records = EvidenceRecords(self.archive, self.vault)
            yield from record_findings(records, unit_id, digest_of=digest_of, anchors=self.anchors, policy=self.policy)
        yield from self._batches.findings()

    def _check_batch(self, number: int) -> tuple[Batch | None, list[Finding]]:
        name = batch_name(number)
        logged, findings = self._leaves(name)
        stored, more = self._records((keys.batch(self.archive.client_id, number),), logged)
        findings += more + _lost(logged)
        batch: Batch | None = None
        for plain in stored.values():
            batch, checks = verify_batch(
                plain,
                anchors=self.anchors,
                policy=self.policy,
                subject=name,
                covered_at=partial(self._batches.coverage.at, name),
            )
            findings += checks
        return batch, findings

    def _open_head(self) -> Iterable[Finding]:
        key = newest_head_key(self.vault, self.archive.client_id)
        if key is None:
            yield unsure("head_present", Reason.NOT_IN_SIGNED_HEAD)
            return
        self._head, findings = verify_head(self.vault.get(VAULT, key), self.anchors)
        yield from findings
        if self._head is None:
            return
        size = self._head.tree_size
        if size > self.archive.log_size():
            yield failed("head_root", Reason.SIGNED_DATA_NOT_FOUND, subject=f"head-{size}", detail="log is shorter")
            self._head = None
            return
        self._tree = load_tree(self.archive, size=size)
        yield from head_token_findings(
            self.vault, self.archive.client_id, self._head, anchors=self.anchors, policy=self.policy
        )
        for earlier in self.anchors.earlier_heads:
            subject = f"head-{earlier.tree_size}"
            if earlier.tree_size <= size and proves_consistency(
                first=earlier.tree_size,
                first_root=earlier.root,
                second=size,
                second_root=self._head.root,
                path=self._tree.consistency_proof(earlier.tree_size),
            ):
                yield passed("head_consistent", subject=subject)
            else:
                yield failed("head_consistent", Reason.PROOF_FAILURE, subject=subject)

    def _leaves(self, subject_id: str) -> tuple[Logged, list[Finding]]:
        """The leaves about a subject, as stored in the vault, each shown to be in the signed head."""
        logged, findings = Logged(), []
        for known in self.archive.leaves_of(subject_id):
            name = f"leaf-{known.sequence}"
            try:
                content = self.vault.get(VAULT, f"{self._prefix}log/leaves/{known.sequence:012d}.json")
                leaf = parse_leaf(content)
            except ObjectMissing:
                findings.append(failed("leaf_included", Reason.SIGNED_DATA_NOT_FOUND, subject=name))
                continue
            except ValueError:
                findings.append(failed("leaf_included", Reason.FORMAT_FAILURE, subject=name))
                continue
            logged.add(leaf)
            findings.append(self._included(content, leaf.sequence, known.sequence))
        return logged, findings

    def _included(self, content: bytes, sequence: int, expected: int) -> Finding:
        name = f"leaf-{expected}"
        head = self._head
        if head is None or expected >= head.tree_size:
            return unsure("leaf_included", Reason.NOT_IN_SIGNED_HEAD, subject=name)
        path = self._tree.inclusion_proof(expected)
        proven = proves_inclusion(leaf_digest(content), index=expected, size=head.tree_size, path=path, root=head.root)
        if sequence != expected or not proven:
            return failed("leaf_included", Reason.PROOF_FAILURE, subject=name)
        return passed("leaf_included", subject=name)

    def _content(self, path: str) -> bytes | None:
        """An object of the client's part of the vault."""
        try:
            return self.vault.get(VAULT, self._prefix + path)
        except ObjectMissing:
            return None

    def _acts(self, subject_id: str, logged: Logged) -> list[Finding]:
        """The acts that are kept under a subject, but for those that who asks is not told of."""
        told = {act.number for act in self.archive.acts(subject_id) if act.subject_id == subject_id}
        every = {act.number for act in self.archive.acts_under(subject_id)}
        untold = {keys.act(self.archive.client_id, subject_id, number) for number in every - told}
        found = (key for key in self._under(f"acts/{subject_id}/") if key not in untold)
        return self._records(found, logged)[1]

    def _under(self, folder: str) -> Iterator[str]:
        """Keys of the records in a folder of the client's part of the vault."""
        for found in self.vault.list_latest(VAULT, prefix=self._prefix + folder):
            if not found.key.endswith(PAYLOAD_SUFFIX):
                yield found.key

    def _paths(self, folder: str) -> Iterator[str]:
        return (key.removeprefix(self._prefix) for key in self._under(folder))

    def _records(self, record_keys: Iterable[str], logged: Logged) -> tuple[dict[str, dict[str, Any]], list[Finding]]:
        """Sound records among these keys, by their path inside the client's part of the vault."""
        sound: dict[str, dict[str, Any]] = {}
        findings: list[Finding] = []
        for key in record_keys:
            path = key.removeprefix(self._prefix)
            try:
                content = self.vault.get(VAULT, key)
            except ObjectMissing:
                continue  # the leaf that names it stays without its record, and is reported
            plain, more = check_record(path, content, logged)
            findings += more
            if plain is None or any(f.reason for f in more):
                continue
            sound[path] = plain
            findings += payload_findings(self.vault, self._prefix, path, plain)
        return sound, findings


def check_originals_of(gathered: Gathered, units: Iterable[tuple[str, tuple[str, ...]]]) -> list[Finding]:
    """Drops (or the cut it came from), original and tokens of each unit."""
    findings: list[Finding] = []
    for unit_id, drop_ids in units:
        digests: set[str] = set()
        known = gathered.archive.get_unit(unit_id)
        checks = [gathered.check_drop(drop_id) for drop_id in drop_ids]
        if known is not None and known.extract is not None:
            checks.append(gathered.check_extract(unit_id))
        for manifest, more in checks:
            findings += more
            original = original_of(manifest) if manifest else None
            if original is not None and original.unit_id == unit_id:
                digests.add(original.sha256)
        if not digests and known is None:
            continue  # a refused drop: it makes no unit
        if len(digests) != 1:
            findings.append(failed("original_digest", Reason.SIGNED_DATA_NOT_FOUND, subject=unit_id))
            continue
        expected = digests.pop()
        digest_of = blob_digests(gathered.vault, blob_key(gathered.archive.client_id, expected))
        findings.append(check_original(unit_id, digest_of, expected))
        if not digest_of("sha256"):  # gone, which was said: its tokens are held against the digest that is recorded
            digest_of = partial(_recorded, expected)
        findings += gathered.check_tokens(unit_id, digest_of)
    return findings


def _recorded(sha256: str, algorithm: str) -> bytes:
    return bytes.fromhex(sha256) if algorithm == "sha256" else b""


def head_token_findings(
    vault: ObjectStore, client_id: str, head: Head, *, anchors: Anchors, policy: Policy
) -> tuple[Finding, ...]:
    """The head's own timestamp over its stored bytes, where it has one."""
    try:
        stored = vault.get(VAULT, head_token_key(client_id, head.tree_size))
    except ObjectMissing:
        return ()
    subject = f"head-{head.tree_size}"
    try:
        plain = parse_canonical(stored)
    except (ValueError, RecursionError):
        return (failed("token_form", Reason.FORMAT_FAILURE, subject=subject),)
    return verify_token(
        token_bytes(plain),
        digest_of=blob_digests(vault, head_key(client_id, head.tree_size)),
        anchors=anchors,
        policy=policy,
        subject=subject,
    )


def check_original(unit_id: str, digest_of: Callable[[str], bytes], expected: str) -> Finding:
    """Hold the bytes of an original against its drop's manifest."""
    actual = digest_of("sha256").hex()
    if not actual:
        return failed("original_digest", Reason.SIGNED_DATA_NOT_FOUND, subject=unit_id)
    if actual != expected:
        return failed("original_digest", Reason.HASH_FAILURE, subject=unit_id)
    return passed("original_digest", subject=unit_id)


def payload_findings(vault: ObjectStore, prefix: str, path: str, plain: dict[str, Any]) -> list[Finding]:
    """The payload that a record names, against its digest."""
    expected = payload_digest(plain)
    if expected is None:
        return []
    name = path.removesuffix(".json") + PAYLOAD_SUFFIX
    try:
        content: bytes | None = vault.get(VAULT, prefix + name)
    except ObjectMissing:
        content = None
    return [check_payload(name, content, expected)]


def blob_key(client_id: str, sha256: str) -> str:
    """Where an original stands in the vault."""
    return f"{client_id}/blobs/sha256/{sha256[:2]}/{sha256}"


def blob_digests(vault: ObjectStore, key: str) -> Callable[[str], bytes]:
    """A function that gives the digest of a blob by an algorithm; it reads the blob once for each.

    Where the blob is missing the function gives nothing, which no digest equals.
    """
    known: dict[str, bytes] = {}

    def digest_of(algorithm: str) -> bytes:
        if algorithm not in known:
            fresh = hashlib.new(algorithm)
            try:
                with vault.open(VAULT, key) as stream:
                    while chunk := stream.read(1 << 20):
                        fresh.update(chunk)
            except ObjectMissing:
                return b""
            known[algorithm] = fresh.digest()
        return known[algorithm]

    return digest_of


def token_bytes(plain: dict[str, Any]) -> bytes:
    """DER of a stored token; empty where it is not there, which no check accepts."""
    try:
        return base64.b64decode(plain["token_der"], validate=True)
    except (KeyError, TypeError, binascii.Error):
        return b""


def _lost(logged: Logged) -> list[Finding]:
    return [
        failed("record_logged", Reason.SIGNED_DATA_NOT_FOUND, subject=leaf.subject_id, detail=leaf.kind)
        for leaf in logged.missing()
        if leaf.kind in _RECORDED
    ]
