"""What a bundle takes from archive and vault, many records with each question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from domain.acts import ACT_KINDS
from domain.engines import ObjectStore
from domain.errors import DigestMismatch, ObjectMissing
from domain.evidence import LogLeaf, TimestampToken
from domain.ids import Digest
from domain.merkle import leaf_hash
from domain.record import ArchiveRecord
from storage.archive import Archive, act_rows, keys, manifests, schema, series
from storage.archive.applying import EXTRACTED, OUTCOME_KINDS, REVISION_KINDS
from storage.archive.batches import BATCH_STAMPED
from storage.archive.destruction import BLOB
from storage.archive.reading_log import leaf_of
from storage.evidence.log import VAULT, leaf_bytes
from storage.evidence.revocation import Kept, kept_answers
from storage.export.telling import sequences_about
from storage.export.timestamps import NO_STAMPS, StampReader, Stamps

T = TypeVar("T")
R = TypeVar("R")
READERS = 8
"""Objects fetched at a time: a store across a network answers many questions at once."""
CHUNK = 200
"""Documents of one round: some hundred kilobytes of records, and the questions to the database are few."""
_VARIABLES = 500
"""Values in one IN: every database takes as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A unit as the bundle takes it along."""

    unit_id: str
    sha256: str
    key: str
    version_id: str | None
    size_bytes: int
    media_type: str
    sequence: int
    """Of the leaf that brought it: its drop's, or that of the cut."""
    of_unit_id: str | None
    page_index: int
    original_name: str
    """What the first drop was called; hostile."""
    received_on: str
    """ISO day."""
    drop_ids: tuple[str, ...]
    stamps: Stamps
    destroyed: bool
    """Its bytes went at the end of retention, with approval; the proof of them stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A leaf of the log with the bytes that it stands for."""

    leaf: LogLeaf
    content: bytes
    """The leaf's own bytes, which are hashed."""
    manifest: bytes | None
    payload: bytes | None


def chunks(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Pieces of at most ``size``."""
    source = iter(items)
    while piece := tuple(islice(source, size)):
        yield piece


def side_by_side(readers: Executor, work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """What work makes of each item, in their order; each reader takes a share, since handing over costs time too."""
    shares = [items[number::READERS] for number in range(READERS)]
    done = list(readers.map(lambda share: [work(one) for one in share], shares))
    return [done[at % READERS][at // READERS] for at in range(len(items))]


class Moment:
    """The archive as it was when its log had ``log_size`` leaves; what came later does not exist here."""

    def __init__(self, archive: Archive, vault: ObjectStore, *, log_size: int, at: datetime, readers: Executor) -> None:
        self.archive = archive
        self.vault = vault
        self.log_size = log_size
        self.at = at
        self._readers = readers
        self._client = archive.client_id
        self._gone = self._destroyed()
        self._gone_blobs = {(kind, subject_id) for kind, subject_id, _ in self._gone if kind == BLOB}
        self._stamps = StampReader(archive, vault, log_size=log_size)

    def documents(self, ids: Sequence[str]) -> dict[str, tuple[ArchiveRecord, tuple[str, ...]]]:
        """Newest revision of each document, and the units of all its revisions in order.

        Raises:
            ObjectMissing: one of them is not there.
        """
        table, link = schema.revision, schema.revision_unit
        units: dict[str, dict[str, None]] = {}
        for row in self._rows(
            sa.select(table.c.document_id, table.c.revision, link.c.unit_id)
            .join(
                link,
                sa.and_(
                    link.c.client_id == table.c.client_id,
                    link.c.document_id == table.c.document_id,
                    link.c.revision == table.c.revision,
                ),
            )
            .where(table.c.client_id == self._client, table.c.sequence < self.log_size)
            .order_by(table.c.document_id, table.c.revision),
            table.c.document_id,
            ids,
        ):
            units.setdefault(row.document_id, {})[row.unit_id] = None
        records = self.histories(ids)
        for one in ids:
            if one not in records:
                raise ObjectMissing(f"no document {one}", message_ja=f"書類 {one} はありません")
        return {one: self._in_page_order(records[one][-1], units[one]) for one in ids}

    def histories(self, ids: Sequence[str]) -> dict[str, tuple[ArchiveRecord, ...]]:
        """Every revision of each document that is there, oldest first."""
        payload, table = schema.payload, schema.revision
        query = (
            sa.select(payload.c.subject_id, payload.c.content)
            .join(
                table,
                sa.and_(
                    table.c.client_id == payload.c.client_id,
                    table.c.document_id == payload.c.subject_id,
                    table.c.revision == payload.c.number,
                ),
            )
            .where(payload.c.client_id == self._client, payload.c.kind == "revision", table.c.sequence < self.log_size)
            .order_by(payload.c.subject_id, payload.c.number)
        )
        found: dict[str, list[ArchiveRecord]] = {}
        for row in self._rows(query, payload.c.subject_id, ids):
            found.setdefault(row.subject_id, []).append(manifests.record_of(row.content, key=row.subject_id))
        return {one: tuple(records) for one, records in found.items()}

    @staticmethod
    def _in_page_order(record: ArchiveRecord, units: dict[str, None]) -> tuple[ArchiveRecord, tuple[str, ...]]:
        shown = dict.fromkeys(page.unit_id for page in record.pages)
        return record, tuple(dict.fromkeys((*shown, *units)))

    def sources(self, unit_ids: Sequence[str]) -> dict[str, Source]:
        """The units, and those that they were taken out of.

        Raises:
            ObjectMissing: one of them is not there.
        """
        found: dict[str, Source] = {}
        wanted = tuple(dict.fromkeys(unit_ids))
        while wanted:
            found |= self._sources(wanted)
            for one in wanted:
                if one not in found:
                    raise ObjectMissing(f"no unit {one}", message_ja=f"入力単位 {one} はありません")
            parents = dict.fromkeys(found[one].of_unit_id for one in wanted)
            wanted = tuple(one for one in parents if one is not None and one not in found)
        return found

    def _sources(self, ids: Sequence[str]) -> dict[str, Source]:
        unit, cut, drop = schema.unit, schema.unit_extract, schema.drop
        cuts = {row.unit_id: row for row in self._of(cut, cut.c.unit_id, ids)}
        drops: dict[str, list[Any]] = {}
        rows = {row.unit_id: row for row in self._of(unit, unit.c.unit_id, ids)}
        first = tuple({row.first_drop_id for row in rows.values()})
        for row in self._of(drop, drop.c.unit_id, ids):
            drops.setdefault(row.unit_id, []).append(row)
        arrived = {row.drop_id: row for row in self._of(drop, drop.c.drop_id, first)}
        names = self._names(first)
        digests = {one: Digest.parse(row.blob_digest).value for one, row in rows.items()}
        stamps = self._stamps.of(digests, self._tokens(ids))
        return {
            one: Source(
                unit_id=one,
                sha256=digests[one],
                key=row.blob_key,
                version_id=row.blob_version,
                size_bytes=row.size_bytes,
                media_type=row.media_type,
                sequence=row.sequence,
                of_unit_id=cuts[one].of_unit_id if one in cuts else None,
                page_index=cuts[one].page_index if one in cuts else 0,
                original_name=names.get(row.first_drop_id, ""),
                received_on=arrived[row.first_drop_id].received_on.isoformat() if row.first_drop_id in arrived else "",
                drop_ids=tuple(r.drop_id for r in drops.get(one, ())),
                stamps=stamps.get(one, NO_STAMPS),
                destroyed=(BLOB, digests[one]) in self._gone_blobs,
            )
            for one, row in rows.items()
        }

    def _names(self, drop_ids: Sequence[str]) -> dict[str, str]:
        table = schema.payload
        query = sa.select(table.c.subject_id, table.c.content).where(
            table.c.client_id == self._client, table.c.kind == "drop", table.c.number == 1
        )
        return {
            row.subject_id: manifests.drop_of(row.content, key=row.subject_id).deposit.original_name
            for row in self._rows(query, table.c.subject_id, drop_ids)
        }

    def _tokens(self, unit_ids: Sequence[str]) -> dict[str, tuple[TimestampToken, ...]]:
        found: dict[str, list[TimestampToken]] = {}
        table = schema.timestamp
        for row in self._of(table, table.c.unit_id, unit_ids):
            token = manifests.token_of(row.content, key=keys.tokens(self._client, row.unit_id))
            found.setdefault(row.unit_id, []).append(token)
        return {one: tuple(tokens) for one, tokens in found.items()}

    def sequences_of(self, subjects: Sequence[str]) -> list[int]:
        """Where the log speaks of these subjects, as far as whoever exports may be told (``sequences_about``).

        A batch's leaf names every member, so it comes along for those who see everything; a token proves without it.
        """
        units = tuple(one for one in subjects if one.startswith("unit-") and self.archive.visibility.sees_all)
        batches = self._stamps.sequences_of(units)
        return [*batches, *sequences_about(self.archive, subjects, log_size=self.log_size)]

    def entries(self, sequences: Sequence[int]) -> list[Entry]:
        """Leaves with their manifests and payloads, every digest checked, in the order asked for.

        Raises:
            ObjectMissing: an object that the log names is gone.
            DigestMismatch: an object is not the one that the log names.
        """
        table = schema.log_leaf
        rows = {
            row.sequence: row
            for row in self._rows(
                sa.select(table).where(table.c.client_id == self._client), table.c.sequence, sequences
            )
        }
        numbers = self._numbers(sequences)
        tokens = self._stored(schema.timestamp, sequences)
        asked = [(leaf_of(rows[sequence]), numbers.get(sequence, 0)) for sequence in sequences]
        payloads = self._payloads(asked)
        contents = []
        for (leaf, _), sequence in zip(asked, sequences, strict=True):
            contents.append(leaf_bytes(leaf))
            if leaf_hash(contents[-1]) != bytes(rows[sequence].leaf_hash):
                raise _differs(leaf)
        manifests_of = side_by_side(self._readers, lambda one: self._manifest(*one, tokens=tokens), asked)
        return [
            Entry(
                leaf=leaf,
                content=content,
                manifest=manifest,
                payload=self._payload(leaf, number, manifest, payloads),
            )
            for (leaf, number), content, manifest in zip(asked, contents, manifests_of, strict=True)
        ]

    def _manifest(self, leaf: LogLeaf, number: int, *, tokens: dict[int, bytes]) -> bytes | None:
        if leaf.manifest_digest is None:
            return None
        known = tokens.get(leaf.sequence)
        if known is None:
            return self.vault.get(VAULT, self._place(leaf, number), expect=leaf.manifest_digest)
        if Digest.of(known) != leaf.manifest_digest:
            raise _differs(leaf)
        return known

    def _payload(
        self, leaf: LogLeaf, number: int, manifest: bytes | None, payloads: dict[tuple[str, str, int], bytes]
    ) -> bytes | None:
        if manifest is None or b'"payload":"sha256:' not in manifest:
            return None
        key = self._place(leaf, number)
        named = manifests.decode(manifest, key=key).get("payload")
        if not isinstance(named, str):
            return None
        digest = Digest.parse(named)
        payload = payloads.get(_payload_of(leaf, number))
        if payload is not None and Digest.of(payload) == digest:
            return payload
        if _payload_of(leaf, number) in self._gone:
            return None
        return self.vault.get(VAULT, key.removesuffix(".json") + keys.PAYLOAD_SUFFIX, expect=digest)

    def revocation(self, certificates: Iterable[str]) -> list[Kept]:
        """What was kept of revocations for these certificates (SHA-256), newest days."""
        wanted = {one[:32] for one in certificates}
        kept = kept_answers(self.archive, self.vault, before=self.log_size)
        return [one for one in kept if one.certificate in wanted]

    def _destroyed(self) -> set[tuple[str, str, int]]:
        """Payloads and originals that an approved destruction removed: kind, subject, number."""
        table = schema.destroyed
        query = sa.select(table.c.kind, table.c.subject_id, table.c.number).where(
            table.c.client_id == self._client, table.c.sequence < self.log_size
        )
        return {(row.kind, row.subject_id, row.number) for row in self.archive.rows(query)}

    def _place(self, leaf: LogLeaf, number: int) -> str:
        client, subject = leaf.client_id, leaf.subject_id
        if leaf.kind == "dropped":
            return keys.drop_manifest(client, subject)
        if leaf.kind in OUTCOME_KINDS:
            return keys.outcome_manifest(client, subject, number)
        if leaf.kind in REVISION_KINDS:
            return keys.revision_manifest(client, subject, number)
        if leaf.kind == EXTRACTED:
            return keys.unit_manifest(client, subject)
        if leaf.kind == series.COUNTERPARTIES:
            return keys.counterparty_manifest(client, number)
        if leaf.kind == series.LESSON:
            return keys.lesson_manifest(client, number)
        if leaf.kind == BATCH_STAMPED:
            return keys.batch(client, number)
        if leaf.kind in ACT_KINDS:
            return keys.act(client, subject, number)
        return keys.act_manifest(client, leaf.manifest_digest) if leaf.manifest_digest else ""

    def _numbers(self, sequences: Sequence[int]) -> dict[int, int]:
        """Leaf → number of the revision, outcome, act, batch, lesson or change of the master that it is."""
        found: dict[int, int] = {}
        for table, column in (
            (schema.revision, schema.revision.c.revision),
            (schema.drop_outcome, schema.drop_outcome.c.number),
            (schema.act, schema.act.c.number),
            (schema.stamp_batch, schema.stamp_batch.c.number),
            (schema.lesson, schema.lesson.c.number),
            (schema.counterparty_batch, schema.counterparty_batch.c.number),
        ):
            query = sa.select(table.c.sequence, column.label("number")).where(table.c.client_id == self._client)
            found |= {row.sequence: row.number for row in self._rows(query, table.c.sequence, sequences)}
        return found

    def _stored(self, table: sa.Table, sequences: Sequence[int]) -> dict[int, bytes]:
        query = sa.select(table.c.sequence, table.c.content).where(table.c.client_id == self._client)
        return {row.sequence: bytes(row.content) for row in self._rows(query, table.c.sequence, sequences)}

    def _payloads(self, asked: Iterable[tuple[LogLeaf, int]]) -> dict[tuple[str, str, int], bytes]:
        wanted = {_payload_of(leaf, number) for leaf, number in asked}
        table = schema.payload
        query = sa.select(table).where(table.c.client_id == self._client)
        found: dict[tuple[str, str, int], bytes] = {}
        for kind in sorted({one[0] for one in wanted if one[0]}):
            subjects = tuple({one[1] for one in wanted if one[0] == kind})
            for row in self._rows(query.where(table.c.kind == kind), table.c.subject_id, subjects):
                if (kind, row.subject_id, row.number) in wanted:
                    found[kind, row.subject_id, row.number] = bytes(row.content)
        return found

    def _of(self, table: sa.Table, column: sa.Column[Any], values: Sequence[Any]) -> Iterator[sa.Row[Any]]:
        """Rows of this moment, oldest first within each question."""
        query = sa.select(table).where(table.c.client_id == self._client, table.c.sequence < self.log_size)
        return self._rows(query.order_by(table.c.sequence), column, values)

    def _rows(self, query: sa.Select[Any], column: sa.Column[Any], values: Sequence[Any]) -> Iterator[sa.Row[Any]]:
        for piece in chunks(values, _VARIABLES):
            yield from self.archive.rows(query.where(column.in_(piece)))


def _payload_of(leaf: LogLeaf, number: int) -> tuple[str, str, int]:
    """Kind, subject and number under which the database keeps an act's personal values."""
    if leaf.kind == "dropped":
        return ("drop", leaf.subject_id, 1)
    if leaf.kind in OUTCOME_KINDS:
        return ("outcome", leaf.subject_id, number)
    if leaf.kind in REVISION_KINDS:
        return ("revision", leaf.subject_id, number)
    if leaf.kind in ACT_KINDS:
        return (act_rows.PAYLOAD, leaf.subject_id, number)
    of_its_own = leaf.kind in {series.LESSON, series.COUNTERPARTIES}
    return (leaf.kind if of_its_own else "", leaf.subject_id, number)


def _differs(leaf: LogLeaf) -> DigestMismatch:
    return DigestMismatch(
        f"log entry {leaf.sequence} is not what was hashed",
        message_ja=f"ログ {leaf.sequence} の内容が記録時と違います。先に検証 (verify) を行ってください",
    )
