"""Evidence records of units (RFC 4998), put together from what the vault keeps: one file that proves one unit alone."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from domain.engines import ObjectStore
from domain.errors import ObjectMissing
from domain.evidence import BatchPurpose, StampBatch, batch_name
from domain.ids import Digest
from storage.archive import Archive, keys, manifests, schema
from storage.archive.batches import Membership, token_name
from storage.evidence.evidence_record import ArchiveTimestamp, Chain, encode_record
from storage.evidence.hash_tree import HashTree

_TREES_KEPT = 4


def evidence_record(archive: Archive, vault: ObjectStore, unit_id: str) -> bytes:
    """The EvidenceRecord (DER) of one unit; for many keep an ``EvidenceRecords``.

    Raises:
        ObjectMissing: the unit has no timestamp, or the vault has lost a batch.
        DigestMismatch: a batch is not what the log says.
    """
    return EvidenceRecords(archive, vault).of(unit_id)


class EvidenceRecords:
    """Gives records of many units; a batch is read and its tree built once for all of its members in a row."""

    def __init__(self, archive: Archive, vault: ObjectStore, *, before: int | None = None) -> None:
        """Look at an archive, as it was before a place in the log if one is given."""
        self._archive = archive
        self._vault = vault
        self._before = before
        self._trees: dict[int, tuple[StampBatch, HashTree]] = {}

    def of(self, unit_id: str) -> bytes:
        """The EvidenceRecord (DER) of a unit.

        Raises:
            ObjectMissing: it has no timestamp, or the vault has lost a batch.
            DigestMismatch: a batch is not what the log says.
        """
        chains = self.chains(unit_id)
        if not chains:
            raise ObjectMissing(
                f"no timestamp of {unit_id}", message_ja=f"{unit_id} にはまだタイムスタンプがありません"
            )
        return encode_record(chains)

    def chains(self, unit_id: str) -> tuple[Chain, ...]:
        """Its archive timestamps in order of time (RFC 4998 §5.1); empty where it has none."""
        about = self._numbered(self._archive.batches_of((unit_id,)))
        again = [one for one in about if one.purpose is BatchPurpose.HASH_TREE_RENEWAL]
        first = next((one for one in about if one.purpose is BatchPurpose.STAMP), None)
        starts: list[tuple[str, ArchiveTimestamp]] = []
        if first is not None:
            starts.append((batch_name(first.number), self._archive_timestamp(first)))
        else:
            own = self._archive.own_timestamps(unit_id, before=self._before)
            if not own:
                return ()
            name = token_name(unit_id, Digest.of(own[0].token_der))
            bare = ArchiveTimestamp(hash_algorithm="sha256", reduced_tree=(), token_der=own[0].token_der)
            starts.append((name, bare))
        starts += [(batch_name(one.number), self._archive_timestamp(one)) for one in again]
        ends = [one.number for one in again]
        return tuple(
            (stamp, *self._renewals(name, until=ends[number] if number < len(ends) else None))
            for number, (name, stamp) in enumerate(starts)
        )

    def _renewals(self, name: str, *, until: int | None) -> tuple[ArchiveTimestamp, ...]:
        """Archive timestamps over the token of that name, and over those, up to a hash-tree renewal."""
        found: list[ArchiveTimestamp] = []
        while True:
            over = self._numbered(self._archive.batches_of((name,)))
            later = [one for one in over if one.purpose is BatchPurpose.TIMESTAMP_RENEWAL]
            if not later or (until is not None and later[0].number > until):
                return tuple(found)
            found.append(self._archive_timestamp(later[0]))
            name = batch_name(later[0].number)

    def _archive_timestamp(self, one: Membership) -> ArchiveTimestamp:
        batch, tree = self._tree(one.number)
        return ArchiveTimestamp(
            hash_algorithm=batch.hash_algorithm,
            reduced_tree=tree.reduced(bytes.fromhex(one.digest)),
            token_der=batch.token.token_der,
        )

    def _tree(self, number: int) -> tuple[StampBatch, HashTree]:
        if number not in self._trees:
            client = self._archive.client_id
            key = keys.batch(client, number)
            digest = self._manifest_digest(number)
            batch = manifests.stamp_batch_of(self._vault.get(keys.VAULT, key, expect=digest), key=key)
            tree = HashTree((bytes.fromhex(m.digest) for m in batch.members), algorithm=batch.hash_algorithm)
            while len(self._trees) >= _TREES_KEPT:
                self._trees.pop(next(iter(self._trees)))
            self._trees[number] = (batch, tree)
        return self._trees[number]

    def _manifest_digest(self, number: int) -> Digest:
        table = schema.stamp_batch
        query = sa.select(table.c.manifest_digest).where(
            table.c.client_id == self._archive.client_id, table.c.number == number
        )
        return Digest.parse(str(self._archive.rows(query)[0].manifest_digest))

    def _numbered(self, found: Sequence[Membership]) -> tuple[Membership, ...]:
        if self._before is None:
            return tuple(found)
        table = schema.stamp_batch
        query = sa.select(sa.func.coalesce(sa.func.max(table.c.number), 0)).where(
            table.c.client_id == self._archive.client_id, table.c.sequence < self._before
        )
        newest = int(self._archive.rows(query)[0][0])
        return tuple(one for one in found if one.number <= newest)
