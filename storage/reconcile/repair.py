"""Repair of what reconciliation found, from what remains: the database from the vault, the vault from the database.

Nothing is taken on trust: an object is put back only where its bytes have the digest that the log or a row names, and
rows only come from a rebuild that checked every digest. What was lost with no copy left (an original) stays named.
Each step can be done again after a crash, and changes nothing where there is nothing to repair.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import merkle
from domain.engines import ObjectStore
from domain.errors import AppendOnlyViolation, DigestMismatch, ObjectMissing
from domain.ids import Digest, drop_id_for
from storage.archive import Archive
from storage.archive.comparing import differences, index_differences, rebuilt_copy
from storage.archive.keys import JSON, VAULT
from storage.archive.remaking import remade
from storage.evidence.log import load_tree, newest_head, tile_key
from storage.reconcile.expected import Expected, expected, readable_drop
from storage.reconcile.looking import INBOX, NOT_DROPS, digest_of
from storage.reconcile.rows import missing_entries, missing_rows

LOCK = timedelta(days=90)
"""Provisional lock of what is put back, as the archive gives what it writes; ``hold`` extends it to the document's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """One thing that was put in order."""

    name: str
    """The finding that it ends."""
    subject: str
    """What it was about, as the finding names it."""


def repair(archive: Archive, vault: ObjectStore, *, now: datetime) -> tuple[Repaired, ...]:
    """Put in order what can be: run ``reconcile`` afterwards to see what cannot.

    1. delete markers are taken away, so that the versions under them are found again;
    2. the bytes that the log names are put on top of what somebody put over them;
    3. objects that are gone or changed are made again from the database;
    4. tiles are written again from the leaves, where a signed head says the same;
    5. rows are put back as the vault gives them, and the search index is made anew;
    6. files that were taken in already are taken out of the inbox.

    Raises:
        StoreUnavailable: a store does not answer; do it again.
    """
    work = _Repair(archive=archive, vault=vault, until=now + LOCK)
    return (
        *work.markers(),
        *work.overwrites(),
        *work.objects(),
        *work.tiles(),
        *work.rows(),
        *work.inbox(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Repair:
    archive: Archive
    vault: ObjectStore
    until: datetime

    def markers(self) -> Iterator[Repaired]:
        for found in list(self.vault.list_versions(VAULT, prefix=f"{self.archive.client_id}/")):
            if found.is_delete_marker:
                self.vault.delete_version(VAULT, found.key, version_id=found.version_id)
                yield Repaired(name="no_delete_markers", subject=found.key)

    def overwrites(self) -> Iterator[Repaired]:
        named = {one.key: one for one in expected(self.archive) if one.bucket == VAULT and one.digest is not None}
        versions: dict[str, list[str]] = {}
        for found in self.vault.list_versions(VAULT, prefix=f"{self.archive.client_id}/"):
            if found.key in named and not found.is_delete_marker:
                versions.setdefault(found.key, []).append(found.version_id)
        for key, ids in versions.items():
            one = named[key]
            if len(ids) == 1 or digest_of(self.vault, VAULT, key) == one.digest:
                continue
            for version_id in ids:
                if digest_of(self.vault, VAULT, key, version_id=version_id) == one.digest:
                    self._put(key, self.vault.get(VAULT, key, version_id=version_id))
                    yield Repaired(name="no_overwrites", subject=key)
                    break

    def objects(self) -> Iterator[Repaired]:
        for one in expected(self.archive):
            if not one.source:
                continue
            there = self.vault.stat(one.bucket, one.key) is not None
            if there and (one.digest is None or digest_of(self.vault, one.bucket, one.key) == one.digest):
                continue
            content = self._made(one)
            if content is not None:
                self._put(one.key, content)
                yield Repaired(name="objects_are_unchanged" if there else "records_have_objects", subject=one.key)

    def tiles(self) -> Iterator[Repaired]:
        head = newest_head(self.vault, self.archive.client_id)
        if head is None or head.tree_size > self.archive.log_size():
            return
        tree = load_tree(self.archive, size=head.tree_size)
        if tree.root() != head.root.raw:
            return  # the log is not what was signed: verification says so, and nothing may be written over it
        for level, number in merkle.full_tiles(head.tree_size):
            key, content = tile_key(self.archive.client_id, level, number), tree.tile(level, number)
            if self.vault.stat(VAULT, key) is None or self.vault.get(VAULT, key) != content:
                self.vault.put_named(
                    VAULT, key, content, media_type=_TILE_TYPE, retain_until=self.until, if_absent=False
                )
                yield Repaired(name="tiles_stand", subject=key)

    def rows(self) -> Iterator[Repaired]:
        if any(True for _ in missing_rows(self.archive)):
            yield from self._restored()
        absent = tuple(missing_entries(self.archive))
        others = () if absent else self._stale()
        if absent or others:
            self.archive.reindex()
        yield from (Repaired(name="index_is_complete", subject=document_id) for document_id in absent)
        yield from (Repaired(name="index_equals_the_vault", subject=table) for table in others)

    def inbox(self) -> Iterator[Repaired]:
        client = self.archive.client_id
        for item in list(self.vault.list_latest(INBOX)):
            if item.key.startswith(NOT_DROPS):
                continue
            drop_id = drop_id_for(client_id=client, store=INBOX, key=item.key, version_id=item.version_id)
            drop = readable_drop(self.archive, drop_id)
            blob = drop.blob if drop else None
            if blob is None or self.vault.stat(blob.bucket, blob.key, version_id=blob.version_id) is None:
                continue  # not taken, or its original is not where it should be: the inbox has the only copy
            self.vault.delete_version(INBOX, item.key, version_id=item.version_id)
            yield Repaired(name="inbox_is_taken", subject=drop_id)

    def _stale(self) -> tuple[str, ...]:
        """Tables of search and dashboard that say something else than the vault does."""
        try:
            with rebuilt_copy(self.archive) as copy:
                return tuple(one.table for one in index_differences(self.archive, copy))
        except (ObjectMissing, DigestMismatch):
            return ()  # there is nothing to hold them against

    def _restored(self) -> Iterator[Repaired]:
        try:
            with rebuilt_copy(self.archive) as copy:
                found = differences(self.archive, copy)
        except (ObjectMissing, DigestMismatch):
            return  # the vault cannot give them either
        try:
            self.archive.restore({one.table: one.missing for one in found})
        except AppendOnlyViolation:
            return  # a gap in a numbered series: only a database made anew can fill it
        for one in found:
            yield from (Repaired(name="leaves_have_rows", subject=one.table) for _ in one.missing)

    def _made(self, one: Expected) -> bytes | None:
        try:
            content = remade(self.archive, one.source)
        except (ObjectMissing, DigestMismatch):
            return None
        if content is None or (one.digest is not None and Digest.of(content) != one.digest):
            return None
        return content

    def _put(self, key: str, content: bytes) -> None:
        self.vault.put_named(VAULT, key, content, media_type=JSON, retain_until=self.until, if_absent=False)


_TILE_TYPE = "application/octet-stream"
