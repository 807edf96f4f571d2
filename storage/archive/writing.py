"""The sequencer: vault first, then rows, one act after the other.

An act goes: payload, manifest; then, inside the write transaction that holds the client's lock, rows (uncommitted:
what the database refuses never reaches the log), leaf, commit. Objects that follow from the act alone are put before
the lock is taken, so that writers wait for one another's log entry only. After a crash

- before the leaf: the objects that are there already are adopted by the next act on the same subject;
- between leaf and commit: the next writer finds a leaf beyond its log and applies it as a rebuild would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import count

import sqlalchemy as sa

from domain import codec
from domain.acts import ActRecord
from domain.counterparties import CounterpartyBatch
from domain.engines import ObjectStore
from domain.errors import ConfigError, DigestMismatch, EvidenceMalformed, ObjectMissing, StorageError
from domain.evidence import LogLeaf, StampBatch, TimestampToken
from domain.ids import Digest
from domain.lessons import Lesson
from domain.record import ArchiveRecord, DocumentState, Drop, DropOutcome, Unit
from storage.archive import act_rows, applying, batches, indexing, keys, manifests, schema, series
from storage.archive.acts import Act
from storage.archive.destruction import GoneFromVault
from storage.archive.keys import JSON, VAULT
from storage.archive.refusals import conflict, must_agree
from storage.archive.settings import ArchiveSettings

SALT_BYTES = 16
"""Random bytes in a payload: enough that its digest tells nothing about guessable values."""
_TOKYO = timezone(timedelta(hours=9))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An act whose objects are in the vault and whose log entry is not."""

    kind: str
    subject_id: str
    manifest: bytes
    payload: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequencer:
    """Writes acts of one client: what takes a connection is called inside its write transaction."""

    client_id: str
    vault: ObjectStore
    clock: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]
    settings: ArchiveSettings

    def now(self) -> datetime:
        """The instant, in UTC."""
        return self.clock().astimezone(UTC)

    def roll_forward(
        self, connection: sa.Connection, *, limit: int | None = None, gone: GoneFromVault | None = None
    ) -> int:
        """Apply leaves that the vault has and the database has not, at most ``limit``; returns how many."""
        gone = gone or GoneFromVault(self.vault, self.client_id)
        first = applying.log_size(connection, self.client_id)
        sequence = first
        renewal = indexing.Renewal(connection, self.client_id)
        while limit is None or sequence - first < limit:
            leaf = self._find_leaf(sequence)
            if leaf is None:
                break
            applying.apply(connection, applying.load(connection, self.vault, leaf, gone=gone), renewal)
            sequence += 1
        renewal.settle()
        return sequence - first

    def prepare_drop(self, drop: Drop) -> Prepared:
        """Put a drop's objects, or take those of an interrupted attempt; needs no lock."""
        key = keys.drop_payload(self.client_id, drop.drop_id)
        payload = self._keep(key, manifests.payload("drop", drop, salt=self._salt()))
        kept = manifests.drop_of(payload, key=key)
        must_agree(kept, drop, "client_id", "drop_id", "unit_id", "blob.bucket", "blob.digest", key=key)
        manifest = self._keep(
            keys.drop_manifest(self.client_id, drop.drop_id), manifests.drop_manifest(kept, Digest.of(payload))
        )
        if kept.blob.bucket == VAULT:
            self._keep(keys.unit_manifest(self.client_id, kept.unit_id), manifests.unit_manifest(kept))
        return Prepared(kind="dropped", subject_id=drop.drop_id, manifest=manifest, payload=payload)

    def prepare_extract(self, unit: Unit) -> Prepared:
        """Put the manifest of a unit cut out of another, or take that of an interrupted attempt; needs no lock."""
        key = keys.unit_manifest(self.client_id, unit.unit_id)
        manifest = self._keep(key, manifests.extract_manifest(unit))
        must_agree(manifests.extract_of(manifest, key=key), unit, "client_id", "unit_id", "origin", key=key)
        return Prepared(kind=applying.EXTRACTED, subject_id=unit.unit_id, manifest=manifest, payload=None)

    def outcome(self, connection: sa.Connection, outcome: DropOutcome, *, number: int) -> DropOutcome:
        """Record an outcome; an interrupted one under the same number wins and is returned."""
        payload: bytes | None = None
        payload_key = keys.outcome_payload(self.client_id, outcome.drop_id, number)
        if outcome.faults:
            payload = self._keep(payload_key, manifests.payload("outcome", outcome, salt=self._salt()))
            kept = manifests.outcome_of(payload, key=payload_key)
            must_agree(kept, outcome, "drop_id", key=payload_key)
            outcome = kept
        manifest_key = keys.outcome_manifest(self.client_id, outcome.drop_id, number)
        digest = Digest.of(payload) if payload is not None else None
        wanted = manifests.outcome_manifest(self.client_id, number, outcome, digest)
        manifest = self._keep(manifest_key, wanted)
        if manifest != wanted:
            kept = manifests.outcome_of_manifest(manifest, key=manifest_key)
            must_agree(kept, outcome, "drop_id", key=manifest_key)
            outcome = kept
            named = manifests.decode(manifest, key=manifest_key).get("payload")
            payload = self.vault.get(VAULT, payload_key, expect=Digest.parse(named)) if named else None
            if payload is not None:
                outcome = manifests.outcome_of(payload, key=payload_key)
        self.append(connection, outcome.state.value, outcome.drop_id, manifest=manifest, payload=payload)
        return outcome

    def revision(self, connection: sa.Connection, record: ArchiveRecord) -> ArchiveRecord:
        """Record a revision; an interrupted one under the same number wins and is returned."""
        previous = self._manifest_digest(connection, record.document_id, record.revision - 1)
        prepared = self.prepare_revision(record, previous=previous)
        self.append_prepared(connection, prepared)
        key = keys.revision_payload(self.client_id, record.document_id, record.revision)
        return manifests.record_of(prepared.payload or b"", key=key)

    def prepare_next(self, connection: sa.Connection, record: ArchiveRecord) -> Prepared:
        """Put the objects of a revision that follows another.

        Raises:
            RevisionConflict: an interrupted revision of the same number lies in the vault; recording any finishes it.
        """
        previous = self._manifest_digest(connection, record.document_id, record.revision - 1)
        prepared = self.prepare_revision(record, previous=previous)
        if prepared.kind != manifests.revision_kind(record):
            raise conflict(record.document_id, record.revision - 1, record.revision)
        return prepared

    def prepare_revision(self, record: ArchiveRecord, *, previous: Digest | None) -> Prepared:
        """Put a revision's objects, or take those of an interrupted attempt; the first revision needs no lock."""
        document_id, number = record.document_id, record.revision
        # What was never filed may be withdrawn; a deletion is locked with the rest of its document, by the next walk.
        settled = record.state in {DocumentState.FILED, DocumentState.APPROVED}
        until = end_of_day(record.retain_until) if record.retain_until and settled else None
        key = keys.revision_payload(self.client_id, document_id, number)
        payload = self._keep(key, manifests.payload("record", record, salt=self._salt()), until=until)
        kept = manifests.record_of(payload, key=key)
        must_agree(kept, record, "client_id", "document_id", "revision", key=key)
        manifest_key = keys.revision_manifest(self.client_id, document_id, number)
        wanted = manifests.revision_manifest(kept, Digest.of(payload), previous)
        manifest = self._keep(manifest_key, wanted, until=until)
        if manifests.decode(manifest, key=manifest_key).get("payload") != str(Digest.of(payload)):
            raise DigestMismatch(
                f"manifest and payload of {document_id} r{number} do not belong together",
                message_ja=f"書類 {document_id} 第{number}版の目録と内容が一致しません。改変か破損の疑いがあります",
                file=manifest_key,
            )
        kind = manifests.revision_kind(kept)
        return Prepared(kind=kind, subject_id=document_id, manifest=manifest, payload=payload)

    def counterparties(self, connection: sa.Connection, batch: CounterpartyBatch) -> CounterpartyBatch:
        """Record a change of the counterparty master; an interrupted one under the same number wins and is returned."""
        payload_key = keys.counterparty_payload(self.client_id, batch.number)
        payload = self._keep(payload_key, manifests.payload(series.COUNTERPARTIES, batch, salt=self._salt()))
        kept = manifests.batch_of(payload, key=payload_key)
        must_agree(kept, batch, "client_id", "number", key=payload_key)
        previous = series.manifest_before(connection, schema.counterparty_batch, self.client_id, batch.number)
        manifest = self._keep(
            keys.counterparty_manifest(self.client_id, batch.number),
            manifests.batch_manifest(kept, Digest.of(payload), previous),
        )
        self.append(connection, series.COUNTERPARTIES, series.COUNTERPARTIES, manifest=manifest, payload=payload)
        return kept

    def lesson(self, connection: sa.Connection, lesson: Lesson) -> Lesson:
        """Record a lesson; an interrupted one under the same number wins and is returned."""
        payload_key = keys.lesson_payload(self.client_id, lesson.number)
        payload = self._keep(payload_key, manifests.payload(series.LESSON, lesson, salt=self._salt()))
        kept = manifests.lesson_of(payload, key=payload_key)
        must_agree(kept, lesson, "client_id", "number", key=payload_key)
        previous = series.manifest_before(connection, schema.lesson, self.client_id, lesson.number)
        manifest = self._keep(
            keys.lesson_manifest(self.client_id, lesson.number),
            manifests.lesson_manifest(kept, Digest.of(payload), previous),
        )
        self.append(connection, series.LESSON, kept.document_id, manifest=manifest, payload=payload)
        return kept

    def act(self, connection: sa.Connection, act: ActRecord, *, until: datetime | None) -> ActRecord:
        """Record an act; an interrupted one under the same number of its subject wins and is returned."""
        subject, number = act.subject_id, act.number
        payload_key = keys.act_payload(self.client_id, subject, number)
        payload = self._keep(payload_key, manifests.payload(act_rows.PAYLOAD, act, salt=self._salt()), until=until)
        kept = manifests.act_of(payload, key=payload_key)
        must_agree(kept, act, "client_id", "subject_id", "number", key=payload_key)
        previous = act_rows.manifest_before(connection, self.client_id, subject, number)
        manifest = self._keep(
            keys.act(self.client_id, subject, number),
            manifests.act_manifest(kept, Digest.of(payload), previous),
            until=until,
        )
        self.append(connection, kept.kind.value, subject, manifest=manifest, payload=payload)
        return kept

    def prepare_token(self, unit_id: str, token: TimestampToken) -> Prepared:
        """Put a token's object; needs no lock."""
        key = keys.token(self.client_id, unit_id, Digest.of(token.token_der))
        content = self._keep(key, manifests.encode(codec.to_plain(token)))
        return Prepared(kind="stamped", subject_id=unit_id, manifest=content, payload=None)

    def batch(self, connection: sa.Connection, batch: StampBatch) -> StampBatch:
        """Record a batch under its number, or the first after it in whose place nothing else stands."""
        while not self._is_kept(keys.batch(self.client_id, batch.number), manifests.stamp_batch_manifest(batch)):
            batch = replace(batch, number=batch.number + 1)
        self.append(connection, batches.BATCH_STAMPED, batch.name, manifest=manifests.stamp_batch_manifest(batch))
        return batch

    def batches_beyond(self, number: int) -> Iterator[tuple[str, StampBatch | None]]:
        """Keys of the batches that stand in the vault after a number, one after the other; None where one is none."""
        for place in count(number + 1):
            key = keys.batch(self.client_id, place)
            if self.vault.stat(VAULT, key) is None:
                return
            try:
                found = manifests.stamp_batch_of(self.vault.get(VAULT, key), key=key)
            except (EvidenceMalformed, DigestMismatch, ObjectMissing):
                found = None
            whole = found is not None and (found.client_id, found.number) == (self.client_id, place)
            yield key, found if whole else None

    def append_prepared(self, connection: sa.Connection, prepared: Prepared) -> LogLeaf:
        """Insert the rows of an act whose objects are in the vault, and put its leaf; the caller commits."""
        return self.append(
            connection,
            prepared.kind,
            prepared.subject_id,
            manifest=prepared.manifest,
            payload=prepared.payload,
        )

    def append(
        self,
        connection: sa.Connection,
        kind: str,
        subject_id: str,
        *,
        manifest: bytes | None = None,
        payload: bytes | None = None,
    ) -> LogLeaf:
        """Insert the rows of an act and put its leaf; the caller commits."""
        leaf = LogLeaf(
            client_id=self.client_id,
            sequence=applying.log_size(connection, self.client_id),
            kind=kind,
            subject_id=subject_id,
            manifest_digest=Digest.of(manifest) if manifest is not None else None,
            recorded_at=self.now(),
        )
        applying.apply(connection, Act(leaf=leaf, manifest=manifest, payload=payload))
        content = codec.canonical(leaf)
        if self._keep(keys.leaf(self.client_id, leaf.sequence), content) != content:
            raise StorageError(
                f"log entry {leaf.sequence} is in the vault already: another database writes to this vault",
                message_ja=f"ログ {leaf.sequence} は保存庫に既にあります。別のデータベースが同じ保存庫を使っています",
            )
        return leaf

    def put_act_manifest(self, manifest: bytes) -> None:
        """Put the manifest of an act that has no table of its own."""
        self._keep(keys.act_manifest(self.client_id, Digest.of(manifest)), manifest)

    def put_as_it_is(self, key: str, content: bytes) -> None:
        """Put an object that must be exactly this.

        Raises:
            DigestMismatch: another one is there.
        """
        if self._keep(key, content) != content:
            raise DigestMismatch(
                f"vault object {key} is another one",
                message_ja=f"保存庫のオブジェクト {key} は既にあり、内容が違います",
                file=key,
            )

    def must_have(self, sequence: int, content: bytes) -> None:
        """Insist that the log's entry is exactly this.

        Raises:
            ConfigError: it is another one.
        """
        if self.vault.get(VAULT, keys.leaf(self.client_id, sequence)) != content:
            raise ConfigError(
                f"log entry {sequence} here is another one",
                message_ja="取り込み先に別の記録があります。空のデータフォルダを指定してください",
            )

    def _is_kept(self, key: str, content: bytes) -> bool:
        """Put an object; whether it, and no other, is there then."""
        try:
            return self._keep(key, content) == content
        except (DigestMismatch, ObjectMissing):
            return False

    def _keep(self, key: str, content: bytes, *, until: datetime | None = None) -> bytes:
        """Put an object; one that is there already wins. Returns the bytes that are there."""
        provisional = self.now() + timedelta(days=self.settings.provisional_lock_days)
        ref = self.vault.put_named(
            VAULT,
            key,
            content,
            media_type=JSON,
            retain_until=max(until, provisional) if until else provisional,
            if_absent=True,
        )
        if ref.digest == Digest.of(content):
            return content
        return self.vault.get(VAULT, key, version_id=ref.version_id, expect=ref.digest)

    def _find_leaf(self, sequence: int) -> LogLeaf | None:
        key = keys.leaf(self.client_id, sequence)
        try:
            content = self.vault.get(VAULT, key)
        except ObjectMissing:
            return None
        leaf = manifests.leaf_of(content, key=key)
        if (leaf.client_id, leaf.sequence) != (self.client_id, sequence) or codec.canonical(leaf) != content:
            raise DigestMismatch(
                f"vault object {key} is not log entry {sequence}",
                message_ja=f"保存庫のログ {key} の内容が番号と一致しません。改変または破損の疑いがあります",
                file=key,
            )
        return leaf

    def _manifest_digest(self, connection: sa.Connection, document_id: str, number: int) -> Digest | None:
        table = schema.revision
        found = connection.execute(
            sa.select(table.c.manifest_digest).where(
                table.c.client_id == self.client_id, table.c.document_id == document_id, table.c.revision == number
            )
        ).scalar()
        return Digest.parse(str(found)) if found is not None else None

    def _salt(self) -> bytes:
        return self.random_bytes(SALT_BYTES)


def end_of_day(day: date) -> datetime:
    """The instant at which a day ends in Tokyo."""
    return datetime.combine(day + timedelta(days=1), time(), _TOKYO).astimezone(UTC)
