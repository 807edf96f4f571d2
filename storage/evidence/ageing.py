"""Tokens that near the end of their certificate, and what renewals of them, and of units, are over (RFC 4998 §5.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Literal

import sqlalchemy as sa

from domain.engines import ObjectStore
from domain.errors import DigestMismatch, EvidenceMalformed, ObjectMissing
from domain.evidence import BatchPurpose, TimestampToken, batch_name
from domain.ids import Digest
from storage.archive import Archive, schema
from storage.archive.batches import token_name
from storage.evidence.evidence_record import encode_sequence
from storage.evidence.log import HEAD_TOKENS, head_key, head_sizes, head_token_of
from storage.evidence.unit_records import EvidenceRecords
from storage.evidence.verifier.token import read_token_facts

VAULT = "vault"
HashName = Literal["sha256", "sha384", "sha512"]
_CHUNK_BYTES = 1 << 20
_HEADS_LOOKED_AT = 20
_SHA256 = "sha256:"
"""How the digests of tokens begin."""
_AGAIN = frozenset({BatchPurpose.HASH_TREE_RENEWAL})
_RENEWALS = _AGAIN | {BatchPurpose.TIMESTAMP_RENEWAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """A token that nothing newer is over, and when its authority's certificate ends."""

    name: str
    """``batch-000001``, or ``<unit id>/<SHA-256 of the token>`` where a unit has it for itself, ``head-…/…`` a head."""
    authority: str
    gen_time: datetime
    ends_at: datetime
    members: int
    """Things that lean on it."""
    hash_algorithm: HashName
    token_sha256: str


def ageing(archive: Archive, *, ends_before: datetime, most: int | None = None) -> tuple[Ageing, ...]:
    """Every token that ends before a time and that no renewal is over yet, the first to end first.

    With ``most`` at most so many of single units, and of the heads that have a token for themselves (one a night, each
    an object of its own) those of the oldest ``_HEADS_LOOKED_AT`` that are not renewed: they end first.
    """
    again = _hashed_again(archive, ends_before)
    batches = (one for one in _batches(archive, ends_before) if one.name not in again)
    heads = _of_heads(archive, ends_before, most=None if most is None else _HEADS_LOOKED_AT)
    found = {one.name: one for one in (*batches, *_own(archive, ends_before, most=most), *heads)}
    covered = {one.name for one in archive.batches_of(found) if one.purpose in _RENEWALS}
    left = [one for one in found.values() if one.name not in covered]
    return tuple(sorted(left, key=lambda one: (one.ends_at, one.name)))


def token_digest(archive: Archive, one: Ageing, algorithm: HashName) -> str:
    """Hash of the token by the chain's own function (RFC 4998 §5.2)."""
    if algorithm == "sha256":
        return one.token_sha256
    return hashlib.new(algorithm, archive.batch_token(int(one.name.removeprefix("batch-"))).token_der).hexdigest()


def hashed_again(
    archive: Archive, vault: ObjectStore, records: EvidenceRecords, unit_id: str, algorithm: HashName
) -> bytes | None:
    """H(H(unit) + H(all its archive timestamps)), as RFC 4998 §5.2 has it for a hash-tree renewal; None without one.

    Raises:
        ObjectMissing: its bytes, or a batch that it is in, are gone.
        DigestMismatch: they are not what was recorded.
    """
    chains = records.chains(unit_id)
    if not chains:
        return None
    unit = archive.get_unit(unit_id)
    if unit is None:
        raise ObjectMissing(f"no unit {unit_id}", message_ja=f"入力単位 {unit_id} はありません")
    fresh, recorded = hashlib.new(algorithm), hashlib.sha256()
    with vault.open(VAULT, unit.blob.key, version_id=unit.blob.version_id) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            fresh.update(chunk)
            recorded.update(chunk)
    if recorded.hexdigest() != unit.blob.digest.value:
        raise DigestMismatch(
            f"{unit_id} is not what was recorded",
            message_ja=f"入力単位 {unit_id} の原本のハッシュ値が記録と一致しません",
            file=unit.blob.key,
        )
    evidence = hashlib.new(algorithm, encode_sequence(chains)).digest()
    return hashlib.new(algorithm, fresh.digest() + evidence).digest()


def _batches(archive: Archive, ends_before: datetime) -> Iterator[Ageing]:
    table = schema.stamp_batch
    query = sa.select(table).where(table.c.client_id == archive.client_id, table.c.certificate_not_after < ends_before)
    for row in archive.rows(query):
        yield Ageing(
            name=batch_name(row.number),
            authority=row.authority,
            gen_time=row.gen_time,
            ends_at=row.certificate_not_after,
            members=row.members,
            hash_algorithm=row.hash_algorithm,
            token_sha256=Digest.parse(row.token_digest).value,
        )


def _own(archive: Archive, ends_before: datetime, *, most: int | None) -> Iterator[Ageing]:
    """Tokens that units have for themselves, without those that are renewed and those of units hashed again."""
    table = schema.timestamp
    columns = (
        table.c.unit_id,
        table.c.token_digest,
        table.c.authority,
        table.c.gen_time,
        table.c.certificate_not_after,
    )
    name = table.c.unit_id + "/" + sa.func.substr(table.c.token_digest, sa.func.length(_SHA256) + 1)
    query = (
        sa.select(*columns)
        .where(table.c.client_id == archive.client_id, table.c.certificate_not_after < ends_before)
        .where(~_spoken_of(table.c.client_id, name, _RENEWALS), ~_spoken_of(table.c.client_id, table.c.unit_id, _AGAIN))
        .order_by(table.c.certificate_not_after, table.c.unit_id)
        .limit(most)
    )
    for row in archive.rows(query):
        digest = Digest.parse(row.token_digest)
        yield Ageing(
            name=token_name(row.unit_id, digest),
            authority=row.authority,
            gen_time=row.gen_time,
            ends_at=row.certificate_not_after,
            members=1,
            hash_algorithm="sha256",
            token_sha256=digest.value,
        )


def _spoken_of(client_id: sa.Column[Any], name: sa.ColumnElement[str], purposes: frozenset[BatchPurpose]) -> sa.Exists:
    """Whether a batch of these purposes speaks of something of an outer query."""
    member, batch = schema.stamp_batch_member.alias(), schema.stamp_batch.alias()
    same = sa.and_(batch.c.client_id == member.c.client_id, batch.c.number == member.c.number)
    wanted = batch.c.purpose.in_(sorted(one.value for one in purposes))
    return (
        sa.select(member.c.number)
        .select_from(member.join(batch, same))
        .where(member.c.client_id == client_id, member.c.name == name, wanted)
        .exists()
    )


def _of_heads(archive: Archive, ends_before: datetime, *, most: int | None) -> Iterator[Ageing]:
    """Tokens that signed heads have for themselves: what shows how long the log was at which time."""
    client, member, batch = archive.client_id, schema.stamp_batch_member.c, schema.stamp_batch.c
    renewed = (
        sa.select(member.name)
        .join(schema.stamp_batch, sa.and_(batch.client_id == member.client_id, batch.number == member.number))
        .where(batch.client_id == client, batch.purpose.in_(sorted(one.value for one in _RENEWALS)))
        .where(member.name.startswith("head-"))
    )
    names = {str(row.name).partition("/")[0] for row in archive.rows(renewed)}
    sizes = (size for size in head_sizes(archive.vault, client, folder=HEAD_TOKENS) if _head(size) not in names)
    for size in islice(sizes, most):
        token = _sound_head_token(archive, size)
        if token is not None and token.certificate_not_after < ends_before:
            digest = Digest.of(token.token_der)
            yield Ageing(
                name=token_name(_head(size), digest),
                authority=token.authority,
                gen_time=token.gen_time,
                ends_at=token.certificate_not_after,
                members=1,
                hash_algorithm="sha256",
                token_sha256=digest.value,
            )


def _sound_head_token(archive: Archive, size: int) -> TimestampToken | None:
    """A head's own token; None where it, or its head, is damaged: verification says so.

    No row keeps its digest, so it is held against the head. A renewal over another token could never be verified again
    once the right one is put back.
    """
    try:
        token = head_token_of(archive.vault, archive.client_id, size)
        head = archive.vault.get(VAULT, head_key(archive.client_id, size))
    except (EvidenceMalformed, ObjectMissing, DigestMismatch):
        return None
    facts = None if token is None else read_token_facts(token.token_der)
    return token if facts is not None and facts.imprint == Digest.of(head).raw else None


def _head(size: int) -> str:
    return f"head-{size:012d}"


def _hashed_again(archive: Archive, ends_before: datetime) -> frozenset[str]:
    """Batches whose units have all been hashed again since: newer evidence holds them up."""
    member, batch, client = schema.stamp_batch_member, schema.stamp_batch, archive.client_id
    again = sa.select(batch.c.number).where(
        batch.c.client_id == client, batch.c.purpose == BatchPurpose.HASH_TREE_RENEWAL.value
    )
    if not archive.rows(again.limit(1)):
        return frozenset()
    later = member.alias()
    newer = (
        sa.select(later.c.number)
        .where(later.c.client_id == member.c.client_id, later.c.name == member.c.name)
        .where(later.c.number > member.c.number, later.c.number.in_(again))
        .exists()
    )
    query = (
        sa.select(member.c.number)
        .join(batch, sa.and_(batch.c.client_id == member.c.client_id, batch.c.number == member.c.number))
        .where(member.c.client_id == client, batch.c.certificate_not_after < ends_before)
        .where(member.c.name.startswith("unit-"))
        .group_by(member.c.number)
        .having(sa.func.count(sa.case((~newer, 1))) == 0)
    )
    return frozenset(batch_name(row.number) for row in archive.rows(query))
