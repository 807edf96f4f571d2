"""What is looked at, and what is found.

=========================  ==================================================================================
``objects_have_records``   failed: an object in the vault that Shoko does not write there
``no_unfinished_acts``     indeterminate: objects of an act that never reached the log. A crash leaves such
                           attempts behind, and the same act adopts them when it is done again; but a record
                           that was removed together with its log entry looks the same, so a person decides
``log_is_applied``         indeterminate: log entries that the next writer (or opening the archive) will apply;
                           failed: a signed head speaks of a longer log than there is
``records_have_objects``   failed: an object that the archive names is gone from the vault (or from ``inbox``)
``objects_are_unchanged``  failed: an object has another size or digest than was recorded
``leaves_have_rows``       failed: the log has an entry whose rows, or whose personal values, the database lacks
``index_is_complete``      failed: a document is not in the search index, or in an older revision
``drops_have_outcomes``    failed: nothing has become of a drop
``inbox_is_taken``         indeterminate: a file lies in the inbox longer than it should; failed: one that was
                           taken in already
``tiles_stand``            failed: a full tile under a signed head is gone, or is not what the log gives
``no_delete_markers``      failed: someone deleted an object in the vault (its versions are still there)
``no_overwrites``          failed: a newer version with other bytes lies over an object of the vault
``destroyed_is_gone``      indeterminate: personal values or an original whose destruction is not finished
``append_only``            failed: a trigger that keeps the database append-only is gone
=========================  ==================================================================================
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain import merkle
from domain.engines import ObjectStore, ObjectVersion
from domain.evidence import Check, Outcome, Report
from domain.ids import Digest, drop_id_for
from storage.archive import Archive, keys, schema
from storage.archive.destruction import Gone
from storage.archive.keys import VAULT
from storage.evidence.log import head_sizes, load_tree, tile_key
from storage.reconcile.expected import Expected, expected, readable_drop
from storage.reconcile.rows import missing_entries, missing_rows

MAX_FINDINGS = 1000
"""Findings listed under one name; their number is given in full."""
INBOX = "inbox"
NOT_DROPS = ("status/", "refused/")
"""Folders of the inbox that intake writes itself."""
_CHUNK_BYTES = 1 << 20
_ATTEMPT = re.compile(
    r"blobs/sha256/[0-9a-f]{2}/[0-9a-f]{64}|drops/drop-[0-9a-f]{32}(\.payload)?\.json|units/unit-[0-9a-f]{32}\.json"
    r"|outcomes/drop-[0-9a-f]{32}(\.\d{4,})?(\.payload)?\.json|documents/doc-[0-9a-f]{32}/r\d{6,}(\.payload)?\.json"
    r"|batches/batch-\d{6,}\.json|counterparties/b\d{6,}(\.payload)?\.json|lessons/l\d{6,}(\.payload)?\.json"
    r"|timestamps/unit-[0-9a-f]{32}/[0-9a-f]{64}\.tsr\.json|acts/[0-9a-f]{64}\.json"
    r"|acts/[a-z0-9][a-z0-9-]{0,127}/a\d{6,}(\.payload)?\.json"
)
"""What Shoko writes before the log entry of an act."""
_LEAF = re.compile(r"log/leaves/(\d{12,})\.json")
_HEAD = re.compile(r"log/(?:heads/(\d{12,})\.json|head-timestamps/(\d{12,})\.tsr\.json)")
"""A signed head, or the timestamp over one."""
_TILE = re.compile(r"log/tile/.+")


def reconcile(
    archive: Archive,
    vault: ObjectStore,
    *,
    check_digests: bool = False,
    settled_before: datetime | None = None,
    since: int | None = None,
) -> Report:
    """Hold vault, archive, log and inbox against each other.

    Args:
        archive: one client's archive.
        vault: the store whose buckets ``vault`` and ``inbox`` are looked at.
        check_digests: read every object and compare its digest; otherwise sizes only, and no object is read.
        settled_before: while others write, leave out unfinished acts, drops without outcome and files in the inbox
            newer than this.
        since: only what log entries from this one on speak of, and the inbox; the vault is not listed then, so
            objects that nobody knows are not looked for. None: everything.

    Raises:
        StoreUnavailable: it could not look at all.
    """
    look = _Look(
        archive=archive, vault=vault, check_digests=check_digests, settled_before=settled_before, since=since or 0
    )
    return Report(checks=tuple(_summed(*(look.new() if since is not None else look.all()))))


_Found = tuple[list[Check], dict[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    archive: Archive
    vault: ObjectStore
    check_digests: bool
    settled_before: datetime | None
    since: int

    @property
    def client(self) -> str:
        return self.archive.client_id

    def all(self) -> _Found:
        """Everything; the vault is listed from end to end."""
        listed = {found.key: found for found in self.vault.list_latest(VAULT, prefix=f"{self.client}/")}
        # Rows after the listing: what was listed and committed meanwhile has its row.
        wanted = expected(self.archive)
        named = {one.key: one.digest for one in wanted if one.bucket == VAULT}
        gone = {one.key(self.client) for one in self.archive.destroyed()}
        loose = [found for key, found in listed.items() if key not in named and key not in gone]
        common, looked = self._common(wanted)
        findings = [
            *self._loose(loose),
            *self._absent_or_changed(wanted, listed),
            *self._versions(self.vault.list_versions(VAULT, prefix=f"{self.client}/"), named),
            *self._tiles(listed),
            *common,
        ]
        return findings, {
            "objects_have_records": len(listed),
            "no_unfinished_acts": len(loose),
            "tiles_stand": self._head_size(),
            "no_delete_markers": len(listed),
            "no_overwrites": len(listed),
            **looked,
        }

    def new(self) -> _Found:
        """What is new since a log entry: one request for each object, and none for the others."""
        wanted = expected(self.archive, since=self.since)
        named = {one.key: one.digest for one in wanted if one.bucket == VAULT}
        beyond = self.vault.list_latest(
            VAULT,
            prefix=keys.leaves(self.client),
            start_after=keys.leaf(self.client, self.archive.log_size() - 1) if self.archive.log_size() else None,
        )
        common, looked = self._common(wanted)
        versions = (found for key in named for found in self.vault.list_versions(VAULT, prefix=key))
        findings = [
            *self._loose([found for found in beyond if found.key not in named]),
            *self._absent_or_changed(wanted, {}),
            *self._versions((found for found in versions if found.key in named), named),
            *common,
        ]
        return findings, {"no_delete_markers": len(named), "no_overwrites": len(named), **looked}

    def _common(self, wanted: Sequence[Expected]) -> _Found:
        """What is looked at either way: it costs little."""
        waiting, gone = self._inbox(), sorted(self.archive.destroyed())
        findings = [
            *(_failed("leaves_have_rows", one) for one in dict.fromkeys(missing_rows(self.archive, since=self.since))),
            *(_failed("index_is_complete", document_id) for document_id in missing_entries(self.archive)),
            *(_failed("drops_have_outcomes", drop_id) for drop_id in self._unread()),
            *waiting,
            *(_unsure("destroyed_is_gone", one.code()) for one in gone if self._is_there(one)),
            *(_failed("append_only", trigger) for trigger in self.archive.missing_triggers()),
        ]
        counts, size = self.archive.counts(), self.archive.log_size()
        return findings, {
            "log_is_applied": size,
            "records_have_objects": len(wanted),
            "objects_are_unchanged": len(wanted),
            "leaves_have_rows": size - self.since,
            "index_is_complete": counts.documents,
            "drops_have_outcomes": counts.drops,
            "inbox_is_taken": len(waiting),
            "destroyed_is_gone": len(gone),
            "append_only": len(schema.APPEND_ONLY),
        }

    def _is_there(self, one: Gone) -> bool:
        return self.vault.stat(VAULT, one.key(self.client)) is not None

    def _loose(self, loose: Iterable[ObjectVersion]) -> Iterator[Check]:
        size = self.archive.log_size()
        for found in loose:
            name = found.key.removeprefix(f"{self.client}/")
            if _TILE.fullmatch(name):
                continue
            if (head := _HEAD.fullmatch(name)) is not None:
                if int(head[1] or head[2]) > size:
                    yield _failed("log_is_applied", found.key)
            elif (leaf := _LEAF.fullmatch(name)) is not None:
                if int(leaf[1]) >= size:  # one below is named by ``leaves_have_rows``
                    yield _unsure("log_is_applied", found.key)
            elif not _ATTEMPT.fullmatch(name):
                yield _failed("objects_have_records", found.key)
            elif self._settled(found.last_modified):
                yield _unsure("no_unfinished_acts", found.key)

    def _absent_or_changed(self, wanted: Sequence[Expected], listed: Mapping[str, ObjectVersion]) -> Iterator[Check]:
        for one in wanted:
            found = listed.get(one.key) if one.bucket == VAULT else None
            found = found or self.vault.stat(one.bucket, one.key)
            subject = one.subject or one.key
            if found is None:
                yield _failed("records_have_objects", subject)
                continue
            resized = one.size_bytes is not None and found.size_bytes != one.size_bytes
            read = self.check_digests and one.digest is not None
            if resized or (read and digest_of(self.vault, one.bucket, one.key) != one.digest):
                yield _failed("objects_are_unchanged", subject)

    def _unread(self) -> Iterator[str]:
        for drop_id in self.archive.drops_without_outcome():
            drop = readable_drop(self.archive, drop_id)
            if drop is None or self._settled(drop.preserved_at):
                yield drop_id

    def _inbox(self) -> list[Check]:
        """Files that intake should have taken; named by the id that their drop has or will have."""
        found = []
        for item in self.vault.list_latest(INBOX):
            if item.key.startswith(NOT_DROPS) or not self._settled(item.last_modified):
                continue
            drop_id = drop_id_for(client_id=self.client, store=INBOX, key=item.key, version_id=item.version_id)
            taken = readable_drop(self.archive, drop_id) is not None
            found.append(_failed("inbox_is_taken", drop_id) if taken else _unsure("inbox_is_taken", drop_id))
        return found

    def _head_size(self) -> int:
        return max((size for size in head_sizes(self.vault, self.client)), default=0)

    def _tiles(self, listed: Mapping[str, ObjectVersion]) -> Iterator[Check]:
        size = min(self._head_size(), self.archive.log_size())
        tree = load_tree(self.archive, size=size) if self.check_digests else None
        for level, number in merkle.full_tiles(size):
            key = tile_key(self.client, level, number)
            if key not in listed or (tree is not None and self.vault.get(VAULT, key) != tree.tile(level, number)):
                yield _failed("tiles_stand", key)

    def _versions(self, found: Iterable[ObjectVersion], recorded: Mapping[str, Digest | None]) -> Iterator[Check]:
        versions: dict[str, list[str]] = {}
        for one in found:
            if one.is_delete_marker:
                yield _failed("no_delete_markers", one.key)
            else:
                versions.setdefault(one.key, []).append(one.version_id)
        for key, ids in versions.items():
            if len(ids) == 1 or self.vault.stat(VAULT, key) is None:
                continue
            # Putting the same bytes twice is harmless, and so is a race whose loser was covered by the winner again.
            digest = recorded.get(key)
            newest = digest_of(self.vault, VAULT, key)
            others = (digest_of(self.vault, VAULT, key, version_id=version_id) for version_id in ids)
            if newest != digest if digest else any(other != newest for other in others):
                yield _failed("no_overwrites", key)

    def _settled(self, at: datetime) -> bool:
        return self.settled_before is None or at < self.settled_before


def digest_of(vault: ObjectStore, bucket: str, key: str, *, version_id: str | None = None) -> Digest:
    """Digest of a stored version (the newest by default), read through."""
    hasher = hashlib.sha256()
    with vault.open(bucket, key, version_id=version_id) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            hasher.update(chunk)
    return Digest(value=hasher.hexdigest())


def _summed(findings: Sequence[Check], looked: Mapping[str, int]) -> Iterator[Check]:
    counted = Counter(finding.name for finding in findings)
    for name, number in looked.items():
        if not counted[name]:
            yield Check(name=name, outcome=Outcome.PASSED, detail=str(number))
            continue
        found = [finding for finding in findings if finding.name == name]
        yield from found[:MAX_FINDINGS]
        if len(found) > MAX_FINDINGS:
            worst = Outcome.FAILED if any(f.outcome is Outcome.FAILED for f in found) else Outcome.INDETERMINATE
            yield Check(name=name, outcome=worst, detail=f"+{len(found) - MAX_FINDINGS}")


def _failed(name: str, subject: str) -> Check:
    return Check(name=name, outcome=Outcome.FAILED, subject=subject)


def _unsure(name: str, subject: str) -> Check:
    return Check(name=name, outcome=Outcome.INDETERMINATE, subject=subject)
