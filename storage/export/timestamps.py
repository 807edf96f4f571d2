"""The timestamps of units as a bundle carries them: tokens, the way from each unit to its token, evidence records."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from domain.engines import ObjectStore
from domain.evidence import BatchPurpose, StampBatch, TimestampToken, batch_name
from domain.ids import Digest
from storage.archive import Archive, keys, manifests, schema
from storage.archive.batches import Membership, token_name
from storage.evidence.evidence_record import ArchiveTimestamp, Chain, encode_record
from storage.evidence.hash_tree import HashTree
from storage.evidence.unit_records import EvidenceRecords

_TREES_KEPT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamps:
    """The timestamps of one unit."""

    tokens: tuple[TimestampToken, ...]
    """Oldest first, renewals too; of a batch's token the imprint is not the unit's."""
    chains: tuple[Chain, ...] = ()
    """As an evidence record has them (RFC 4998 §5.1); empty where each token is over the unit itself."""

    @property
    def record(self) -> bytes | None:
        """The EvidenceRecord (RFC 4998 §3), DER, where there is more than a token of its own."""
        return encode_record(self.chains) if self.chains else None


NO_STAMPS = Stamps(tokens=())


class StampReader:
    """Reads the timestamps of many units with few questions; most units have one token or one batch."""

    def __init__(self, archive: Archive, vault: ObjectStore, *, log_size: int) -> None:
        self._archive = archive
        self._vault = vault
        self._log_size = log_size
        self._records = EvidenceRecords(archive, vault, before=log_size)
        self._trees: dict[int, tuple[StampBatch, HashTree]] = {}
        self._digests = self._batches()

    def of(self, units: dict[str, str], own: dict[str, tuple[TimestampToken, ...]]) -> dict[str, Stamps]:
        """Timestamps of these units (id → SHA-256), of which ``own`` tokens are known already."""
        about: dict[str, list[Membership]] = {}
        for one in self._numbered(units):
            about.setdefault(one.name, []).append(one)
        names = {token_name(unit_id, Digest.of(t.token_der)): unit_id for unit_id, ts in own.items() for t in ts}
        batches = {batch_name(one.number) for found in about.values() for one in found}
        renewed = {one.name for one in self._numbered((*names, *batches))}
        again = {names[name] for name in renewed & set(names)}
        result: dict[str, Stamps] = {}
        for unit_id in units:
            found, tokens = about.get(unit_id, []), own.get(unit_id, ())
            plain = unit_id not in again and not any(batch_name(one.number) in renewed for one in found)
            if plain and not found:
                result[unit_id] = Stamps(tokens=self._archive.judged(tokens))
            elif plain and not tokens and [one.purpose for one in found] == [BatchPurpose.STAMP]:
                batch, tree = self._tree(found[0].number)
                stamp = ArchiveTimestamp(
                    hash_algorithm=batch.hash_algorithm,
                    reduced_tree=tree.reduced(bytes.fromhex(found[0].digest)),
                    token_der=batch.token.token_der,
                )
                result[unit_id] = Stamps(tokens=self._archive.judged((batch.token,)), chains=((stamp,),))
            else:
                result[unit_id] = Stamps(tokens=self._archive.timestamps(unit_id), chains=self._records.chains(unit_id))
        return result

    def sequences_of(self, unit_ids: Sequence[str]) -> list[int]:
        """Where the log speaks of the batches of these units."""
        return [self._digests[one.number][0] for one in self._numbered(unit_ids)]

    def _numbered(self, names: Sequence[str] | dict[str, str]) -> list[Membership]:
        return [one for one in self._archive.batches_of(tuple(names)) if one.number in self._digests]

    def _batches(self) -> dict[int, tuple[int, str]]:
        """Batch → its place in the log and the digest of its manifest."""
        table = schema.stamp_batch
        query = sa.select(table.c.number, table.c.sequence, table.c.manifest_digest).where(
            table.c.client_id == self._archive.client_id, table.c.sequence < self._log_size
        )
        return {row.number: (row.sequence, row.manifest_digest) for row in self._archive.rows(query)}

    def _tree(self, number: int) -> tuple[StampBatch, HashTree]:
        if number not in self._trees:
            key = keys.batch(self._archive.client_id, number)
            content = self._vault.get(keys.VAULT, key, expect=Digest.parse(self._digests[number][1]))
            batch = manifests.stamp_batch_of(content, key=key)
            tree = HashTree((bytes.fromhex(m.digest) for m in batch.members), algorithm=batch.hash_algorithm)
            while len(self._trees) >= _TREES_KEPT:
                self._trees.pop(next(iter(self._trees)))
            self._trees[number] = (batch, tree)
        return self._trees[number]


def token_path(token_der: bytes) -> str:
    """Where a token stands in a bundle."""
    name = Digest.of(token_der).value
    return f"data/tokens/{name[:2]}/{name}.der"


def lines_of(unit_id: str, sha256: str, stamps: Stamps) -> list[str]:
    """How each token is reached: ``unit over token hash path``.

    ``over`` is ``original``, the token before (of a renewal), or ``chain`` (of a hash-tree renewal, which only the
    evidence record explains). ``path`` are the hashes that it is joined with on the way up, ``-`` where there are none:
    at each step the hash of both in binary order, put together (RFC 4998 §4.3).
    """
    inside = {stamp.token_der for chain in stamps.chains for stamp in chain}
    lines = [
        f"{unit_id} original {token_path(token.token_der)} sha256 -\n"
        for token in stamps.tokens
        if token.token_der not in inside and token.imprint.value == sha256
    ]
    for number, chain in enumerate(stamps.chains):
        before: bytes | None = None
        for stamp in chain:
            if before is not None:
                over, own = token_path(before), hashlib.new(stamp.hash_algorithm, before).hexdigest()
            else:
                over, own = ("original", sha256) if number == 0 else ("chain", "")
            path = [value.hex() for one in stamp.reduced_tree for value in one if value.hex() != own]
            shown = ",".join(path) if path and own else "-"
            lines.append(f"{unit_id} {over} {token_path(stamp.token_der)} {stamp.hash_algorithm} {shown}\n")
            before = stamp.token_der
    return lines
