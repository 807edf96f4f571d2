"""Batches: one timestamp over many members (``domain.evidence.StampBatch``), from the log to rows and back.

A batch is one act: object ``batches/batch-000001.json``, leaf ``batch_stamped`` with the same name as subject, one row
and one row per member. Renewals are batches too: they name earlier tokens, as ``batch-000001`` or, for a token that a
unit has for itself, as ``<unit id>/<SHA-256 of the token>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from domain import codec
from domain.errors import DigestMismatch
from domain.evidence import BatchPurpose, LogLeaf, TimestampToken, batch_name
from domain.ids import Digest
from storage.archive import keys, manifests, schema, series
from storage.archive.acts import Act, present
from storage.archive.columns import among_those
from storage.archive.inserting import insert_row
from storage.archive.once import each
from storage.archive.refusals import missing

BATCH_STAMPED = "batch_stamped"
"""Kind of the leaf; its subject is the name of the batch, and its manifest the batch with members and token."""
_NAME = re.compile(r"batch-([0-9]{6}|[1-9][0-9]{6,8})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """That a batch speaks of something."""

    number: int
    purpose: BatchPurpose
    name: str
    digest: str
    """Hexadecimal, by the batch's hash."""


def apply_batch(connection: sa.Connection, act: Act) -> None:
    """Insert the rows of a batch."""
    leaf = act.leaf
    number = number_of(connection, leaf)
    key = keys.batch(leaf.client_id, number)
    batch = manifests.stamp_batch_of(present(act.manifest, leaf), key=key)
    if (batch.client_id, batch.number) != (leaf.client_id, number):
        raise _misnumbered(leaf)
    insert_row(
        connection,
        schema.stamp_batch,
        client_id=leaf.client_id,
        number=number,
        purpose=batch.purpose.value,
        hash_algorithm=batch.hash_algorithm,
        members=len(batch.members),
        token_digest=str(Digest.of(batch.token.token_der)),
        manifest_digest=str(leaf.manifest_digest),
        gen_time=batch.token.gen_time,
        authority=batch.token.authority,
        certificate_not_after=batch.token.certificate_not_after,
        token=codec.dump(batch.token),
        sequence=leaf.sequence,
    )
    same = {"client_id": leaf.client_id, "number": number}
    rows = [{**same, "name": member.name, "digest": member.digest} for member in batch.members]
    connection.execute(sa.insert(schema.stamp_batch_member), rows)


def number_of(connection: sa.Connection, leaf: LogLeaf) -> int:
    """Number of the batch that a leaf names: greater than all before it.

    Raises:
        DigestMismatch: it names no batch, or one that is not greater.
    """
    named = _NAME.fullmatch(leaf.subject_id)
    number = int(named[1]) if named is not None else 0
    if number <= series.newest(connection, schema.stamp_batch, leaf.client_id):
        raise _misnumbered(leaf)
    return number


def stamped_by_batch(unit_id: sa.Column[str], client_id: sa.Column[str]) -> sa.Exists:
    """Whether some batch speaks of the unit of an outer query."""
    member = schema.stamp_batch_member
    return sa.select(member.c.number).where(member.c.client_id == client_id, member.c.name == unit_id).exists()


def memberships(connection: sa.Connection, client_id: str, names: Iterable[str]) -> tuple[Membership, ...]:
    """Every batch that speaks of one of these, in the order of the log."""

    def ask(some: tuple[str, ...]) -> dict[str, tuple[Membership, ...]]:
        found: dict[str, tuple[Membership, ...]] = {}
        for row in connection.execute(_MEMBERS, {"client": client_id, "names": some}):
            one = Membership(number=row.number, purpose=BatchPurpose(row.purpose), name=row.name, digest=row.digest)
            found[row.name] = (*found.get(row.name, ()), one)
        return found

    known = each(connection, ("memberships", client_id), names, ask)
    return tuple(sorted((one for of in known.values() for one in of), key=lambda one: (one.number, one.name)))


def tokens_of_unit(
    connection: sa.Connection, client_id: str, unit_id: str, digest: Digest, own: Sequence[tuple[int, TimestampToken]]
) -> tuple[TimestampToken, ...]:
    """A unit's own tokens (with their place in the log) and those over trees that it is in, renewals too, in order.

    Each is given with the unit's digest as its imprint, although the token of a batch is over the tree's root.
    """
    found = list(own)
    names = {unit_id, *(token_name(unit_id, Digest.of(token.token_der)) for _, token in own)}
    seen: set[int] = set()
    while names:
        numbers = {one.number for one in memberships(connection, client_id, names)} - seen
        seen |= numbers
        for sequence, token in _tokens(connection, client_id, numbers):
            found.append((sequence, replace(token, imprint=digest)))
        names = {batch_name(number) for number in numbers}
    return tuple(token for _, token in sorted(found, key=lambda one: one[0]))


def token(connection: sa.Connection, client_id: str, number: int) -> TimestampToken:
    """The token of a batch.

    Raises:
        ObjectMissing: no such batch.
    """
    for _, found in _tokens(connection, client_id, {number}):
        return found
    raise missing(batch_name(number))


def newest_chains(connection: sa.Connection, client_id: str, *, limit: int) -> tuple[str, ...]:
    """Certificate chains (PEM) of the newest tokens of batches and units, one for each authority."""
    found: dict[str, tuple[int, str]] = {}
    for table, content in (
        (schema.stamp_batch, schema.stamp_batch.c.token),
        (schema.timestamp, schema.timestamp.c.content),
    ):
        newest = (
            sa.select(sa.func.max(table.c.sequence))
            .where(table.c.client_id == client_id)
            .group_by(table.c.authority)
            .scalar_subquery()
        )
        query = sa.select(table.c.authority, table.c.sequence, content.label("token")).where(
            table.c.client_id == client_id, table.c.sequence.in_(newest)
        )
        for row in connection.execute(query):
            if row.sequence > found.get(row.authority, (-1, ""))[0]:
                token_of = manifests.token_of(row.token, key=f"{client_id}/timestamps/")
                found[row.authority] = (row.sequence, token_of.chain_pem)
    return tuple(chain for _, chain in sorted(found.values(), reverse=True)[:limit])


def token_name(unit_id: str, token_digest: Digest) -> str:
    """How a renewal names a token that a unit has for itself."""
    return f"{unit_id}/{token_digest.value}"


def renewed_units(
    connection: sa.Connection, client_id: str, own: Mapping[str, Sequence[Digest]], members: Iterable[Membership]
) -> set[str]:
    """Units of which some token has been renewed by a batch, or which were hashed again.

    Args:
        connection: of the archive.
        client_id: whose.
        own: each unit with the digests of the tokens that it has for itself.
        members: the batches that speak of these units.
    """
    first: dict[str, set[str]] = {}
    again: set[str] = set()
    for one in members:
        if one.purpose is BatchPurpose.HASH_TREE_RENEWAL:
            again.add(one.name)
        first.setdefault(batch_name(one.number), set()).add(one.name)
    for unit_id, digests in own.items():
        for digest in digests:
            first.setdefault(token_name(unit_id, digest), set()).add(unit_id)
    for one in memberships(connection, client_id, first):
        again |= first[one.name]
    return again


def _misnumbered(leaf: LogLeaf) -> DigestMismatch:
    return DigestMismatch(
        f"log entry {leaf.sequence} does not name the batch that follows",
        message_ja=f"ログ {leaf.sequence} のまとめタイムスタンプの番号が合いません。改変または破損の疑いがあります",
        file=f"{leaf.client_id}/batches/",
    )


def _tokens(connection: sa.Connection, client_id: str, numbers: set[int]) -> Iterator[tuple[int, TimestampToken]]:
    """Token of each of these batches, with its place in the log."""
    found = tokens(connection, client_id, numbers)
    return (found[number] for number in sorted(found))


def tokens(connection: sa.Connection, client_id: str, numbers: Iterable[int]) -> dict[int, tuple[int, TimestampToken]]:
    """Token of each of these batches by its number, with its place in the log."""

    def ask(some: tuple[int, ...]) -> dict[int, tuple[int, TimestampToken]]:
        table, key = schema.stamp_batch, f"{client_id}/batches/"
        query = sa.select(table.c.number, table.c.sequence, table.c.token).where(
            table.c.client_id == client_id, table.c.number.in_(some)
        )
        rows = connection.execute(query)
        return {row.number: (row.sequence, manifests.token_of(row.token, key=key)) for row in rows}

    return each(connection, ("batch token", client_id), sorted(numbers), ask)


_MEMBERS = (
    sa.select(
        schema.stamp_batch_member.c.number,
        schema.stamp_batch_member.c.name,
        schema.stamp_batch_member.c.digest,
        schema.stamp_batch.c.purpose,
    )
    .join(
        schema.stamp_batch,
        sa.and_(
            schema.stamp_batch.c.client_id == schema.stamp_batch_member.c.client_id,
            schema.stamp_batch.c.number == schema.stamp_batch_member.c.number,
        ),
    )
    .where(
        schema.stamp_batch_member.c.client_id == sa.bindparam("client"),
        among_those(schema.stamp_batch_member.c.name, "names"),
    )
)
