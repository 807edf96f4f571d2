"""Evidence kept alive in bulk (RFC 4998 §5.2): new timestamps over old ones, and units hashed again.

A token verifies until its authority's certificate ends (law: lt-token-life). *Timestamp renewal* puts one new token
over every token that nears its end; *hash-tree renewal* hashes units and all their evidence with another function,
before the first one grows weak. Both are batches (``batching``): new objects, new leaves, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.engines import ObjectStore, TimestampAuthority
from domain.errors import DigestMismatch, ObjectMissing
from domain.evidence import BatchMember, BatchPurpose, StampBatch
from domain.ids import Digest
from storage.archive import Archive, schema
from storage.evidence.ageing import Ageing, HashName, ageing, hashed_again, token_digest
from storage.evidence.hash_tree import HashTree
from storage.evidence.interrupted import finish_interrupted
from storage.evidence.unit_records import EvidenceRecords


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What a renewal did."""

    batches: tuple[StampBatch, ...]
    renewed: int
    """Tokens, or units, that are covered anew."""
    too_late: tuple[Ageing, ...] = ()
    """Tokens whose certificate had ended: a new token over them would prove nothing (RFC 4998 §5.3)."""
    of_no_use: tuple[Ageing, ...] = ()
    """Tokens that the authority's present certificate does not outlive: renew when it has a new one."""
    lost: tuple[str, ...] = ()
    """Units that could not be hashed again: their bytes or their evidence are gone, or not what was recorded."""


def renew_timestamps(
    archive: Archive, authority: TimestampAuthority, *, ends_before: datetime, now: datetime
) -> Renewal:
    """Put a new token over all that end before a time, one for each hash function in use.

    No token is asked for that would not help: the newest token in the archive tells how long the authority's present
    certificate lasts.

    Raises:
        TimestampUnavailable: the authority does not answer; nothing is lost, the same call goes on later.
        TimestampRefused: it refused.
    """
    with archive.turn("stamping"):
        finish_interrupted(archive, authority)
        found = ageing(archive, ends_before=ends_before)
        lasts = _newest_end(archive)
        late = tuple(one for one in found if one.ends_at <= now)
        useless = tuple(one for one in found if one.ends_at > now and (lasts is None or lasts <= one.ends_at))
        due = [one for one in found if one not in late and one not in useless]
        batches = []
        for algorithm in dict.fromkeys(one.hash_algorithm for one in due):
            chosen = [one for one in due if one.hash_algorithm == algorithm]
            members = [BatchMember(name=one.name, digest=token_digest(archive, one, algorithm)) for one in chosen]
            batches.append(
                _stamped(archive, authority, members, purpose=BatchPurpose.TIMESTAMP_RENEWAL, algorithm=algorithm)
            )
    return Renewal(batches=tuple(batches), renewed=len(due), too_late=late, of_no_use=useless)


def renew_hash_trees(
    archive: Archive, vault: ObjectStore, authority: TimestampAuthority, *, algorithm: HashName, at_once: int = 10_000
) -> Renewal:
    """Hash every stamped unit, with all its evidence, by another function and put new tokens over that.

    Interrupted, it goes on where it stopped: units that are in such a batch already are left alone.

    Args:
        archive: where they are.
        vault: their bytes, each read once.
        authority: stamps digests of that function.
        algorithm: the new function.
        at_once: units under one token.

    Raises:
        TimestampUnavailable: as ``renew_timestamps``.
    """
    batches: list[StampBatch] = []
    lost: list[str] = []
    with archive.turn("stamping"):
        finish_interrupted(archive, authority)
        records = EvidenceRecords(archive, vault)
        waiting = [unit_id for unit_id in _units(archive) if not _has_hash(archive, unit_id, algorithm)]
        for start in range(0, len(waiting), at_once):
            members = []
            for unit_id in waiting[start : start + at_once]:
                try:
                    digest = hashed_again(archive, vault, records, unit_id, algorithm)
                except (ObjectMissing, DigestMismatch):
                    lost.append(unit_id)  # an end of retention may have been the reason; verification says what was not
                    continue
                if digest is not None:
                    members.append(BatchMember(name=unit_id, digest=digest.hex()))
            if members:
                batches.append(
                    _stamped(archive, authority, members, purpose=BatchPurpose.HASH_TREE_RENEWAL, algorithm=algorithm)
                )
    return Renewal(batches=tuple(batches), renewed=sum(len(batch.members) for batch in batches), lost=tuple(lost))


def _stamped(
    archive: Archive,
    authority: TimestampAuthority,
    members: Sequence[BatchMember],
    *,
    purpose: BatchPurpose,
    algorithm: HashName,
) -> StampBatch:
    tree = HashTree((bytes.fromhex(member.digest) for member in members), algorithm=algorithm)
    token = authority.stamp(Digest(algorithm=algorithm, value=tree.root.hex()))
    return archive.record_batch(members, token, purpose=purpose, hash_algorithm=algorithm)


def _newest_end(archive: Archive) -> datetime | None:
    """End of the certificate under the newest token: how long a new one would last."""
    newest: tuple[int, datetime] | None = None
    for table in (schema.stamp_batch, schema.timestamp):
        query = (
            sa.select(table.c.sequence, table.c.certificate_not_after)
            .where(table.c.client_id == archive.client_id)
            .order_by(table.c.sequence.desc())
            .limit(1)
        )
        for row in archive.rows(query):
            if newest is None or row.sequence > newest[0]:
                newest = (row.sequence, row.certificate_not_after)
    return None if newest is None else newest[1]


def _units(archive: Archive) -> tuple[str, ...]:
    table = schema.unit
    query = sa.select(table.c.unit_id).where(table.c.client_id == archive.client_id).order_by(table.c.sequence)
    return tuple(str(row.unit_id) for row in archive.rows(query))


def _has_hash(archive: Archive, unit_id: str, algorithm: HashName) -> bool:
    table = schema.stamp_batch
    again = [one.number for one in archive.batches_of((unit_id,)) if one.purpose is BatchPurpose.HASH_TREE_RENEWAL]
    query = sa.select(table.c.number).where(
        table.c.client_id == archive.client_id, table.c.number.in_(again), table.c.hash_algorithm == algorithm
    )
    return bool(again) and bool(archive.rows(query))
