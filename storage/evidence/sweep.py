"""Everything in the vault in one pass: log, records, originals, tokens; shared out to processes, in constant memory.

The leaves are read in ranges, and with each leaf what its act put into the vault (``verifier.acts``). What the ranges
gave is put together in log order (``verifier.whole``). Meanwhile the vault is listed, and nothing may lie there that no
act names.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np

from domain.engines import ObjectStore
from storage.archive import Archive
from storage.evidence.batches_checked import record_findings
from storage.evidence.destroyed import Destroyed
from storage.evidence.log import VAULT
from storage.evidence.revocation import with_kept_answers
from storage.evidence.sweeping import Listed, Span, SweepTask
from storage.evidence.unit_records import EvidenceRecords
from storage.evidence.verifier import (
    Anchors,
    Finding,
    Head,
    Policy,
    Reason,
    parse_canonical,
    verify_head,
    verify_token,
)
from storage.evidence.verifier.covered import Coverage
from storage.evidence.verifier.findings import failed, unsure
from storage.evidence.verifier.places import blob_path
from storage.evidence.verifier.scan import Scanned, token_bytes, unit_bytes
from storage.evidence.verifier.tally import Tally
from storage.evidence.verifier.whole import ExpectedRoot, Whole
from storage.evidence.workers import Workers
from storage.objects.bulk import Shelf, open_shelf

LEAVES_PER_TASK = 512
"""Two tiles: some hundred units, a fraction of a second."""
FEW_LEAVES = 4096
"""Below this the work is done before a process would have started."""
_HEADS = ("log/heads/", "log/head-timestamps/")
_LEAVES = "log/leaves/"
_TILES = "log/tile/"

Progress = Callable[[int, int], None]
"""(leaves done, of how many)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSettings:
    """How the work is shared out."""

    processes: int = 1
    """1: in this process."""
    open_vault: Callable[[], ObjectStore] | None = None
    """Opens the vault in another process (picklable); None: everything in this process."""
    progress: Progress | None = None
    settled_before: datetime | None = None
    """What no act names and is younger may belong to an act that is under way; None: nobody else is writing."""
    few_leaves: int = FEW_LEAVES
    """Up to this many everything is done in this process."""
    leaves_per_task: int = LEAVES_PER_TASK
    random_bytes: Callable[[int], bytes] = os.urandom


def sweep(
    archive: Archive, vault: ObjectStore, *, anchors: Anchors, policy: Policy, settings: SweepSettings | None = None
) -> Tally:
    """Check everything.

    1. every head's signature, the newest one's key, and their tokens;
    2. every leaf in its place, and with it everything its act put into the vault (``verifier.acts.scan_leaves``);
    3. the tree over the leaves has the roots of all signed heads and of the earlier heads from outside, its tiles are
       as stored, the database's log is this log;
    4. tokens, units and lineage agree (``Whole.finish``);
    5. nothing is in the vault that no act names.
    """
    chosen = settings or SweepSettings()
    client = archive.client_id
    shelf = open_shelf(vault, VAULT, f"{client}/")
    size = archive.log_size()
    anchors, _ = with_kept_answers(anchors, archive, vault)  # what is lost of them is found with every other record
    task = SweepTask(
        open_vault=chosen.open_vault or (lambda: vault),
        client_id=client,
        anchors=anchors,
        policy=policy,
        key=chosen.random_bytes(16),
        destroyed=Destroyed(archive, vault).paths(),
    )
    # 1.
    heads = _Heads(shelf, client, anchors=anchors, policy=policy)
    newest = heads.newest.tree_size if heads.newest else 0
    whole = Whole(expected=heads.expected, tile=shelf.content, tiles_until=newest)
    whole.tally.extend(heads.findings)
    # 2. and 3.
    processes = chosen.processes if chosen.open_vault is not None and size > chosen.few_leaves else 1
    listed: list[Listed] = []
    spans = [*_folders(shelf), *_ranges(size, chosen.leaves_per_task)]
    with Workers(task, processes=processes) as workers:
        for done in workers.ordered(spans):
            if isinstance(done, Listed):
                listed.append(done)
                continue
            _compare_with_database(archive, done, whole.tally)
            whole.add(done)
            if chosen.progress is not None:
                chosen.progress(whole.size, size)
    if heads.newest is not None and size > newest:
        whole.tally.add(unsure("leaf_included", Reason.NOT_IN_SIGNED_HEAD, detail=f"{size - newest} leaves"))
    behind = newest - archive.size_at_opening if archive.size_at_opening is not None else 0
    if behind > 0:
        whole.tally.add(unsure("database_current", Reason.BEHIND, detail=f"{behind} leaves"))
    # 4.
    tally = whole.finish(policy)
    tally.extend(_hashed_again(archive, vault, shelf, whole, anchors=anchors, policy=policy))
    tally.passes["leaf_sequence"] += size
    # 5.
    named = _Named(task, whole, heads.paths, size)
    tally.extend(named.check(listed, shelf, chosen.settled_before))
    for path, what in shelf.faults():
        reason = Reason.HASH_FAILURE if what == "note" else Reason.UNEXPECTED
        tally.add(failed("store_sound", reason, subject=path, detail=what))
    return tally


def _hashed_again(
    archive: Archive, vault: ObjectStore, shelf: Shelf, whole: Whole, *, anchors: Anchors, policy: Policy
) -> Iterator[Finding]:
    """Units whose hash tree was renewed, each by its evidence record (RFC 4998 §5.3)."""
    if not whole.hashed_again:
        return
    records = EvidenceRecords(archive, vault)
    originals = whole.originals()
    for unit_id in dict.fromkeys(whole.hashed_again):
        sha256 = originals.get(unit_bytes(unit_id))
        if sha256 is None:
            yield failed("token_imprint", Reason.SIGNED_DATA_NOT_FOUND, subject=unit_id)
            continue
        digest_of = partial(_digest_of, shelf, sha256)
        yield from record_findings(records, unit_id, digest_of=digest_of, anchors=anchors, policy=policy)


def _digest_of(shelf: Shelf, sha256: bytes, algorithm: str) -> bytes:
    if algorithm == "sha256":
        return sha256
    found = shelf.digest(blob_path(sha256.hex()), algorithm)
    return b"" if found is None else found[0]


class _Heads:
    """The signed heads of a log."""

    def __init__(self, shelf: Shelf, client: str, *, anchors: Anchors, policy: Policy) -> None:
        """Read and check them all."""
        self._anchors, self._policy = anchors, policy
        self._coverage = Coverage(shelf.paths, shelf.content)
        self.findings: list[Finding] = []
        self.paths: set[str] = set()
        self.newest: Head | None = None
        self.expected = [
            ExpectedRoot(
                tree_size=e.tree_size,
                root=e.root,
                name="head_consistent",
                subject=f"head-{e.tree_size}",
                where_shorter=Reason.PROOF_FAILURE,
            )
            for e in anchors.earlier_heads
        ]
        for path in sorted(shelf.paths(_HEADS[0])):
            self._check(path, shelf, client)
        if not self.paths:
            self.findings.append(unsure("head_present", Reason.NOT_IN_SIGNED_HEAD))

    def _check(self, path: str, shelf: Shelf, client: str) -> None:
        self.paths.add(path)
        content = shelf.content(path) or b""
        head, findings = verify_head(content, self._anchors)
        # The key's name is told once; a head under another key is told each time.
        told = self.newest is not None
        self.findings += [f for f in findings if not (told and f.reason is Reason.NO_TRUST_ANCHOR)]
        if head is None:
            return
        name = f"{head.tree_size:012d}"
        if path != f"{_HEADS[0]}{name}.json" or head.client_id != client:
            self.findings.append(failed("head_signature", Reason.UNEXPECTED, subject=path))
            return
        self.newest = head
        token = f"{_HEADS[1]}{name}.tsr.json"
        self.paths.add(token)
        self.expected.append(
            ExpectedRoot(tree_size=head.tree_size, root=head.root, name="head_root", subject=f"head-{head.tree_size}")
        )
        stored = shelf.content(token)
        if stored is not None:
            self._check_token(stored, content, f"head-{name}", subject=f"head-{head.tree_size}")

    def _check_token(self, stored: bytes, head: bytes, name: str, *, subject: str) -> None:
        """A head's own timestamp over its stored bytes."""
        try:
            plain = parse_canonical(stored)
        except (ValueError, RecursionError):
            self.findings.append(failed("token_form", Reason.FORMAT_FAILURE, subject=subject))
            return
        token = token_bytes(plain)
        self.findings += verify_token(
            token,
            digest_of=lambda algorithm: hashlib.new(algorithm, head).digest(),
            anchors=self._anchors,
            policy=self._policy,
            subject=subject,
            covered_at=partial(self._coverage.at, f"{name}/{hashlib.sha256(token).hexdigest()}"),
        )


class _Named:
    """What acts name, against what lies in the vault."""

    def __init__(self, task: SweepTask, whole: Whole, heads: set[str], size: int) -> None:
        """Gather the marks of everything that may be there."""
        self._task = task
        self._size = size
        log = (*heads, *whole.tile_paths(), *(f"{_LEAVES}{n:012d}.json" for n in range(size)))
        marks = [*whole.marks, b"".join(map(task.mark_bytes, log))]
        self._marks = np.unique(np.frombuffer(b"".join(marks), dtype="<u8"))

    def check(self, listed: list[Listed], shelf: Shelf, settled_before: datetime | None) -> Iterator[Finding]:
        """Whatever no act names; and damage beside the objects that was seen while listing."""
        for one in listed:
            for path, what in one.faults:
                yield failed("store_sound", Reason.UNEXPECTED, subject=path, detail=what)
        found = np.frombuffer(b"".join(one.marks for one in listed), dtype="<u8")
        if np.isin(found, self._marks).all():
            return
        unknown = set(np.setdiff1d(found, self._marks).tolist())
        for path in shelf.paths():
            if self._task.mark(path) not in unknown:
                continue
            written = shelf.modified_at(path)
            if settled_before is None or (written is not None and written < settled_before):
                yield failed("object_known", Reason.UNEXPECTED, subject=path)
            elif not path.startswith((_LEAVES, *_HEADS, _TILES)):
                yield unsure("object_known", Reason.UNDER_WAY, subject=path)


def _folders(shelf: Shelf) -> list[Span]:
    """The top folders, each listed by itself."""
    return [Span(folder=folder) for folder in shelf.folders()]


def _ranges(size: int, width: int) -> Iterator[Span]:
    for first in range(0, size, width):
        yield Span(first=first, end=min(first + width, size))


def _compare_with_database(archive: Archive, scanned: Scanned, tally: Tally) -> None:
    hashes = b"".join(archive.leaf_hashes(scanned.first, scanned.first + len(scanned.leaves) // 32))
    if hashes == bytes(scanned.leaves):
        tally.passes["database_log"] += len(hashes) // 32
    else:
        tally.add(failed("database_log", Reason.HASH_FAILURE, subject=f"leaf-{scanned.first}"))
