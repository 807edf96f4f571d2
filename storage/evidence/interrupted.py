"""A batch that a crash left in the vault without its log entry: looked at as on arrival before it is recorded.

Whoever can write objects can put one there too. Recorded as it stands, it would take the place of the real timestamp
for good: units would leave the queue, and tokens would count as renewed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from domain.engines import TimestampAuthority
from domain.errors import DigestMismatch, ObjectMissing
from domain.evidence import BatchMember, BatchPurpose, StampBatch
from domain.ids import Digest
from storage.archive import Archive
from storage.evidence.ageing import VAULT, ageing, hashed_again, token_digest
from storage.evidence.hash_tree import HashTree
from storage.evidence.log import head_key
from storage.evidence.unit_records import EvidenceRecords

_UNIT, _HEAD = "unit-", re.compile(r"head-([0-9]{12,18})")
_ALWAYS = datetime.max.replace(tzinfo=UTC)


def finish_interrupted(archive: Archive, authority: TimestampAuthority) -> StampBatch | None:
    """Record what an interrupted round left, or None; what does not hold is passed by. Hold the turn."""
    return archive.finish_batch(holds=lambda batch: holds(archive, authority, batch))


def holds(archive: Archive, authority: TimestampAuthority, batch: StampBatch) -> bool:
    """Whether a batch is what a round would have recorded; units of a first stamp are held by who records them.

    1. each member stands once, and the token is over the root of the tree over them;
    2. the token is one that the authority in use gives, with every check of arrival, and says what is kept beside it;
    3. each member's digest is that of what it names.
    """
    # 1.
    algorithm = batch.hash_algorithm
    try:
        root = HashTree((bytes.fromhex(one.digest) for one in batch.members), algorithm=algorithm).root
    except (TypeError, ValueError):
        return False
    imprint = batch.token.imprint
    if len({one.name for one in batch.members}) != len(batch.members):
        return False
    if (imprint.algorithm, imprint.raw) != (algorithm, root) or not authority.gave(batch.token):  # 2.
        return False
    # 3.
    match batch.purpose:
        case BatchPurpose.STAMP:
            return algorithm == "sha256" and all(_stamps(archive, member) for member in batch.members)
        case BatchPurpose.TIMESTAMP_RENEWAL:
            found = {one.name: one for one in ageing(archive, ends_before=_ALWAYS)}
            return all(
                one.name in found
                and found[one.name].hash_algorithm == algorithm
                and token_digest(archive, found[one.name], algorithm) == one.digest
                for one in batch.members
            )
        case BatchPurpose.HASH_TREE_RENEWAL:
            records = EvidenceRecords(archive, archive.vault)
            return all(_is_hashed_again(archive, records, member, batch) for member in batch.members)


def _stamps(archive: Archive, member: BatchMember) -> bool:
    """Whether a member of a first stamp is a unit, or a signed head as it stands."""
    head = _HEAD.fullmatch(member.name)
    if head is None:
        return member.name.startswith(_UNIT)
    try:
        return Digest.of(archive.vault.get(VAULT, head_key(archive.client_id, int(head[1])))).value == member.digest
    except (ObjectMissing, DigestMismatch):
        return False


def _is_hashed_again(archive: Archive, records: EvidenceRecords, member: BatchMember, batch: StampBatch) -> bool:
    try:
        digest = hashed_again(archive, archive.vault, records, member.name, batch.hash_algorithm)
    except (ObjectMissing, DigestMismatch):
        return False
    return digest is not None and digest.hex() == member.digest
