"""What the archive's rows say must be in the vault, object by object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from domain import codec
from domain.errors import DigestMismatch, ObjectMissing
from domain.ids import Digest
from domain.record import Drop
from storage.archive import Archive, keys, schema
from storage.archive.applying import OWN_KINDS
from storage.archive.keys import VAULT

Source = tuple[str, ...]
"""From what rows an object can be made again: ``("payload", kind, subject, number)``, ``("manifest", kind, subject,
number)``, ``("leaf", sequence)``, ``("token", unit, digest)``, ``("batch", number)``; empty where it cannot be
(originals)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a row says of an object."""

    key: str
    bucket: str = VAULT
    digest: Digest | None = None
    """None where the row keeps none (the manifest of a drop's own unit)."""
    size_bytes: int | None = None
    subject: str | None = None
    """How findings name it where its key may carry a file's name; None: by its key."""
    source: Source = ()


def expected(archive: Archive, *, since: int = 0) -> tuple[Expected, ...]:
    """Every object that rows from a leaf of the log on name, each once: two units can share one blob."""
    gone = {one.key(archive.client_id) for one in archive.destroyed()}
    named = _Named(archive, since)
    return tuple({(one.bucket, one.key): one for one in named.all() if one.key not in gone}.values())


class _Named:
    def __init__(self, archive: Archive, since: int) -> None:
        self._archive = archive
        self._client = archive.client_id
        self._since = since

    def all(self) -> Iterator[Expected]:
        yield from self._units()
        yield from self._drops()
        yield from self._outcomes()
        yield from self._revisions()
        yield from self._series("counterparties", schema.counterparty_batch)
        yield from self._series("lesson", schema.lesson)
        yield from self._acts()
        yield from self._tokens()
        yield from self._leaves()

    def _select(self, *columns: sa.Column[Any], whole: bool = False) -> list[tuple[Any, ...]]:
        table = columns[0].table
        query = sa.select(*columns).where(table.c.client_id == self._client)
        if not whole:
            query = query.where(table.c.sequence >= self._since)
        return [tuple(row) for row in self._archive.rows(query)]

    def _units(self) -> Iterator[Expected]:
        unit, cut = schema.unit.c, schema.unit_extract.c
        extracts: dict[str, str] = {row[0]: row[1] for row in self._select(cut.unit_id, cut.manifest_digest)}
        for unit_id, bucket, key, digest, size in self._select(
            unit.unit_id, unit.blob_bucket, unit.blob_key, unit.blob_digest, unit.size_bytes
        ):
            yield Expected(key=key, bucket=bucket, digest=Digest.parse(digest), size_bytes=size)
            named = extracts.get(unit_id)
            yield Expected(
                key=keys.unit_manifest(self._client, unit_id),
                digest=Digest.parse(named) if named else None,
                source=("manifest", "extract" if named else "unit", unit_id, "1"),
            )

    def _drops(self) -> Iterator[Expected]:
        drop, client = schema.drop.c, self._client
        units = {row[0] for row in self._select(schema.unit.c.unit_id, whole=True)}
        for drop_id, unit_id, manifest, payload in self._select(
            drop.drop_id, drop.unit_id, drop.manifest_digest, drop.payload_digest
        ):
            yield from _pair(
                ("drop", drop_id, 1),
                (keys.drop_manifest(client, drop_id), manifest),
                (keys.drop_payload(client, drop_id), payload),
            )
            if unit_id not in units:
                yield from self._blob_of(drop_id)

    def _outcomes(self) -> Iterator[Expected]:
        outcome, client = schema.drop_outcome.c, self._client
        for drop_id, number, manifest, payload in self._select(
            outcome.drop_id, outcome.number, outcome.manifest_digest, outcome.payload_digest
        ):
            yield from _pair(
                ("outcome", drop_id, number),
                (keys.outcome_manifest(client, drop_id, number), manifest),
                (keys.outcome_payload(client, drop_id, number), payload),
            )

    def _revisions(self) -> Iterator[Expected]:
        revision, client = schema.revision.c, self._client
        for document_id, number, manifest, payload in self._select(
            revision.document_id, revision.revision, revision.manifest_digest, revision.payload_digest
        ):
            yield from _pair(
                ("revision", document_id, number),
                (keys.revision_manifest(client, document_id, number), manifest),
                (keys.revision_payload(client, document_id, number), payload),
            )

    def _series(self, kind: str, table: sa.Table) -> Iterator[Expected]:
        client = self._client
        places = {
            "counterparties": (keys.counterparty_manifest, keys.counterparty_payload),
            "lesson": (keys.lesson_manifest, keys.lesson_payload),
        }
        manifest_key, payload_key = places[kind]
        subject = table.c.document_id if kind == "lesson" else sa.literal(kind)
        rows = self._archive.rows(
            sa.select(
                table.c.number, table.c.manifest_digest, table.c.payload_digest, subject.label("subject_id")
            ).where(table.c.client_id == client, table.c.sequence >= self._since)
        )
        for row in rows:
            yield from _pair(
                (kind, row.subject_id, row.number),
                (manifest_key(client, row.number), row.manifest_digest),
                (payload_key(client, row.number), row.payload_digest),
            )

    def _acts(self) -> Iterator[Expected]:
        act, client = schema.act.c, self._client
        for subject_id, number, manifest, payload in self._select(
            act.subject_id, act.number, act.manifest_digest, act.payload_digest
        ):
            yield from _pair(
                ("act", subject_id, number),
                (keys.act(client, subject_id, number), manifest),
                (keys.act_payload(client, subject_id, number), payload),
            )

    def _tokens(self) -> Iterator[Expected]:
        batch = schema.stamp_batch.c
        for number, manifest in self._select(batch.number, batch.manifest_digest):
            yield Expected(
                key=keys.batch(self._client, number),
                digest=Digest.parse(manifest),
                source=("batch", str(number)),
            )
        token = schema.timestamp.c
        for unit_id, name, digest in self._select(token.unit_id, token.token_digest, token.object_digest):
            yield Expected(
                key=keys.token(self._client, unit_id, Digest.parse(name)),
                digest=Digest.parse(digest),
                source=("token", unit_id, name),
            )

    def _leaves(self) -> Iterator[Expected]:
        for leaf in self._archive.leaves(self._since, self._archive.log_size()):
            yield Expected(
                key=keys.leaf(self._client, leaf.sequence),
                digest=Digest.of(codec.canonical(leaf)),
                source=("leaf", str(leaf.sequence)),
            )
            if leaf.kind not in OWN_KINDS and leaf.manifest_digest is not None:
                yield Expected(key=keys.act_manifest(self._client, leaf.manifest_digest), digest=leaf.manifest_digest)

    def _blob_of(self, drop_id: str) -> Iterator[Expected]:
        drop = readable_drop(self._archive, drop_id)
        if drop is None:
            return  # its payload is missing, and is named as such
        blob = drop.blob
        yield Expected(
            key=blob.key, bucket=blob.bucket, digest=blob.digest, size_bytes=blob.size_bytes, subject=drop_id
        )


def readable_drop(archive: Archive, drop_id: str) -> Drop | None:
    """A drop, or None where there is none or its payload is gone or changed."""
    try:
        return archive.get_drop(drop_id)
    except (ObjectMissing, DigestMismatch):
        return None


def _pair(act: tuple[str, str, int], manifest: tuple[str, str], payload: tuple[str, str | None]) -> Iterator[Expected]:
    kind, subject_id, number = act[0], act[1], str(act[2])
    yield Expected(key=manifest[0], digest=Digest.parse(manifest[1]), source=("manifest", kind, subject_id, number))
    if payload[1] is not None:
        yield Expected(key=payload[0], digest=Digest.parse(payload[1]), source=("payload", kind, subject_id, number))
