"""An archive of many units, made quickly: the bytes that the real writer writes, without waiting for the disk.

What the archive makes act by act (``storage.archive.manifests``) is written straight into the folder store's layout;
the database is then made from the vault, as after a loss. The archive is thrown away after measuring.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from domain import codec, merkle
from domain.engines import TimestampAuthority
from domain.evidence import BatchMember, BatchPurpose, LogLeaf, StampBatch
from domain.fields import DocumentType, FieldSet
from domain.ids import DEFAULT_CLIENT_ID, BlobRef, Digest, Origin, document_id_for, drop_id_for, unit_id_for
from domain.page import EngineId, PageRef
from domain.record import (
    ArchiveRecord,
    Classification,
    Deposit,
    DocumentState,
    Drop,
    DropOutcome,
    DropState,
    ImportanceClass,
)
from storage.archive import keys, manifests
from storage.evidence.hash_tree import HashTree
from storage.evidence.log import head_key, tile_key
from storage.evidence.signer import LogSigner
from storage.objects import FolderStore
from storage.objects.folder_names import object_folder
from storage.objects.folder_notes import Note, note_bytes, note_path

MADE_AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
BATCH = 10_000
"""Units in a batch: the setting's default."""
_VERSION = "000001-00000000"
_ENGINE = EngineId(name="made", version="1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made."""

    store: FolderStore
    units: int
    leaves: int
    originals: Path
    """Folder with the originals' files."""


def made_store(root: Path) -> FolderStore:
    """The store of a made archive."""
    return FolderStore(root, clock=lambda: MADE_AT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One object of a unit's acts, as the archive writes it."""

    key: str
    content: bytes
    media_type: str
    act: tuple[str, str] | None
    """(kind, subject) where a leaf names it."""


class Making:
    """Writes objects and leaves of one client."""

    def __init__(self, root: Path, tree: merkle.Tree | None = None) -> None:
        """Begin with empty buckets under ``root``, or go on where a log with this tree ends."""
        self.store = made_store(root)
        for bucket in ("inbox", "vault", "derived"):
            self.store.ensure_bucket(bucket, versioned=True, object_lock=bucket == keys.VAULT)
        self._vault = root / keys.VAULT
        self.tree = tree or merkle.Tree()
        self._tiles_from = self.tree.size
        self._pattern: tuple[_Ids, tuple[_Step, ...]] | None = None
        self._batches = 0

    def put(self, key: str, content: bytes, *, media_type: str = keys.JSON) -> Digest:
        """One object, as the folder store lays it out."""
        folder = object_folder(self._vault, key)
        folder.mkdir(parents=True)
        path = folder / _VERSION
        path.write_bytes(content)
        digest = Digest.of(content)
        note_path(path).write_bytes(note_bytes(Note(media_type=media_type, digest=digest, retain_until=MADE_AT)))
        return digest

    def act(self, kind: str, subject_id: str, *, key: str, manifest: bytes) -> None:
        """A manifest and its leaf."""
        self._leaf(kind, subject_id, self.put(key, manifest))

    def _leaf(self, kind: str, subject_id: str, manifest_digest: Digest) -> None:
        leaf = LogLeaf(
            client_id=DEFAULT_CLIENT_ID,
            sequence=self.tree.size,
            kind=kind,
            subject_id=subject_id,
            manifest_digest=manifest_digest,
            recorded_at=MADE_AT,
        )
        content = codec.canonical(leaf)
        self.put(keys.leaf(DEFAULT_CLIENT_ID, leaf.sequence), content)
        self.tree.append(merkle.leaf_hash(content))

    def unit(self, number: int, content: bytes) -> tuple[str, Digest]:
        """A drop with its unit, its outcome and the document filed from it; gives the unit and its digest.

        The first is made with the archive's own functions; in the others its ids and digests are replaced, which are
        all of one length, so that the bytes are those that the archive would write.
        """
        ids = _Ids.of(number, content)
        if self._pattern is None:
            self._pattern = (ids, tuple(_steps(number, content)))
        first, steps = self._pattern
        new = first.replacements(ids)
        for step in steps:
            said = content if step.act is None and "/blobs/" in step.key else _replaced(step.content, new)
            digest = self.put(_replaced(step.key.encode(), new).decode(), said, media_type=step.media_type)
            new[Digest.of(step.content).value.encode()] = digest.value.encode()
            if step.act is not None:
                self._leaf(step.act[0], _replaced(step.act[1].encode(), new).decode(), digest)
        return ids.unit_id, ids.digest

    def stamp(self, unit_id: str, digest: Digest, authority: TimestampAuthority) -> None:
        """A token of its own for a unit."""
        token = authority.stamp(digest)
        key = keys.token(DEFAULT_CLIENT_ID, unit_id, Digest.of(token.token_der))
        self.act("stamped", unit_id, key=key, manifest=manifests.encode(codec.to_plain(token)))

    def stamp_together(self, units: Sequence[tuple[str, Digest]], authority: TimestampAuthority) -> None:
        """One token over a hash tree of units."""
        self._batches += 1
        batch = StampBatch(
            client_id=DEFAULT_CLIENT_ID,
            number=self._batches,
            purpose=BatchPurpose.STAMP,
            members=tuple(BatchMember(name=unit_id, digest=digest.value) for unit_id, digest in units),
            token=authority.stamp(Digest(value=HashTree(digest.raw for _, digest in units).root.hex())),
        )
        key = keys.batch(DEFAULT_CLIENT_ID, batch.number)
        self.act("batch_stamped", batch.name, key=key, manifest=manifests.stamp_batch_manifest(batch))

    def publish(self, signer: LogSigner) -> None:
        """The tiles that are new, and the signed head."""
        for level, number in merkle.full_tiles(self.tree.size, since=self._tiles_from):
            self.put(
                tile_key(DEFAULT_CLIENT_ID, level, number),
                self.tree.tile(level, number),
                media_type="application/octet-stream",
            )
        root = Digest(value=self.tree.root().hex())
        head = signer.sign_head(client_id=DEFAULT_CLIENT_ID, tree_size=self.tree.size, root=root)
        self.put(head_key(DEFAULT_CLIENT_ID, self.tree.size), codec.dump(head))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ids:
    """What differs between two units."""

    number: int
    drop_id: str
    unit_id: str
    document_id: str
    digest: Digest

    @classmethod
    def of(cls, number: int, content: bytes) -> _Ids:
        """As the archive names them."""
        client, digest = DEFAULT_CLIENT_ID, Digest.of(content)
        unit_id = unit_id_for(client_id=client, origin=Origin.PAPER_RECEIVED, digest=digest)
        return cls(
            number=number,
            drop_id=drop_id_for(client_id=client, store="made", key=_inbox_key(number), version_id="1"),
            unit_id=unit_id,
            document_id=document_id_for(unit_id=unit_id, ordinal=0),
            digest=digest,
        )

    def replacements(self, other: _Ids) -> dict[bytes, bytes]:
        """What to put in the place of what."""
        return {
            old.encode(): new.encode()
            for old, new in (
                (self.drop_id, other.drop_id),
                (self.unit_id, other.unit_id),
                (self.document_id, other.document_id),
                (self.digest.value, other.digest.value),
                (f"/{self.digest.value[:2]}/", f"/{other.digest.value[:2]}/"),
                (_name(self.number), _name(other.number)),
                (_salt(self.number).hex(), _salt(other.number).hex()),
            )
        }


def _replaced(content: bytes, new: dict[bytes, bytes]) -> bytes:
    for old, now in new.items():
        content = content.replace(old, now)
    return content


def _name(number: int) -> str:
    return f"scan-{number:07d}.pdf"


def _inbox_key(number: int) -> str:
    return f"paper/{_name(number)}"


def _salt(number: int) -> bytes:
    return number.to_bytes(8, "big") + b"\x5a" * 8


def _steps(number: int, content: bytes) -> Iterator[_Step]:
    """The objects of a unit in the order in which the archive writes them."""
    client, drop, salt = DEFAULT_CLIENT_ID, _drop(number, content), _salt(number)

    def step(key: str, said: bytes, *act: str, media_type: str = keys.JSON) -> _Step:
        return _Step(key=key, content=said, media_type=media_type, act=(act[0], act[1]) if act else None)

    yield step(drop.blob.key, content, media_type=drop.blob.media_type)
    said = manifests.payload("drop", drop, salt=salt)
    yield step(keys.drop_payload(client, drop.drop_id), said)
    yield step(keys.unit_manifest(client, drop.unit_id), manifests.unit_manifest(drop))
    manifest = manifests.drop_manifest(drop, Digest.of(said))
    yield step(keys.drop_manifest(client, drop.drop_id), manifest, "dropped", drop.drop_id)
    record = _record(drop)
    said = manifests.payload("record", record, salt=salt)
    yield step(keys.revision_payload(client, record.document_id, 1), said)
    manifest = manifests.revision_manifest(record, Digest.of(said), None)
    yield step(keys.revision_manifest(client, record.document_id, 1), manifest, "filed", record.document_id)
    outcome = DropOutcome(
        drop_id=drop.drop_id, state=DropState.READ, document_ids=(record.document_id,), recorded_at=MADE_AT
    )
    manifest = manifests.outcome_manifest(client, 1, outcome, None)
    yield step(keys.outcome_manifest(client, drop.drop_id, 1), manifest, "read", drop.drop_id)


def _drop(number: int, content: bytes) -> Drop:
    ids = _Ids.of(number, content)
    client, value = DEFAULT_CLIENT_ID, ids.digest.value
    return Drop(
        client_id=client,
        drop_id=ids.drop_id,
        unit_id=ids.unit_id,
        blob=BlobRef(
            bucket=keys.VAULT,
            key=f"{keys.blob_prefix(client)}sha256/{value[:2]}/{value}",
            version_id=_VERSION,
            digest=ids.digest,
            size_bytes=len(content),
            media_type="application/pdf",
        ),
        origin=Origin.PAPER_RECEIVED,
        received_on=date(2026, 11, 20),
        received_on_assumed=False,
        preserved_at=MADE_AT,
        deposit=Deposit(original_name=_name(number), inbox_key=_inbox_key(number), deposited_by="bench"),
    )


def make_archive(
    root: Path,
    *,
    units: int,
    unit_bytes: int,
    seed: int,
    signer: LogSigner,
    authority: TimestampAuthority,
    policy: Literal["each", "batch", "unstamped"],
    progress: Callable[[int, int], None],
) -> Made:
    """A vault with that many units, each dropped, read and filed; each with its own token, all in batches, or none."""
    making = Making(root)
    waiting: list[tuple[str, Digest]] = []
    for number, content in enumerate(_contents(units, unit_bytes, seed)):
        made = making.unit(number, content)
        if policy == "each":
            making.stamp(*made, authority)
        elif policy == "batch":
            waiting.append(made)
        if waiting and (len(waiting) == BATCH or number + 1 == units):
            making.stamp_together(waiting, authority)
            waiting = []
        progress(number + 1, units)
    making.publish(signer)
    return Made(
        store=making.store,
        units=units,
        leaves=making.tree.size,
        originals=root / keys.VAULT / DEFAULT_CLIENT_ID / "blobs",
    )


def made_units(*, units: int, unit_bytes: int, seed: int) -> Iterator[tuple[str, Digest]]:
    """The units of such an archive with the digests of their originals."""
    for number, content in enumerate(_contents(units, unit_bytes, seed)):
        ids = _Ids.of(number, content)
        yield ids.unit_id, ids.digest


def _contents(units: int, unit_bytes: int, seed: int) -> Iterator[bytes]:
    """Bytes that differ from one another and do not compress."""
    block = random.Random(seed).randbytes(unit_bytes)  # noqa: S311  # reproducible
    for number in range(units):
        mark = number.to_bytes(8, "big")
        yield (mark + block[len(mark) :])[:unit_bytes] if unit_bytes > len(mark) else mark[-unit_bytes:]


def _record(drop: Drop) -> ArchiveRecord:
    """A document as a reading files it; its text as long as that of an ordinary invoice."""
    return ArchiveRecord(
        client_id=drop.client_id,
        document_id=document_id_for(unit_id=drop.unit_id, ordinal=0),
        revision=1,
        supersedes=None,
        state=DocumentState.FILED,
        pages=(PageRef(unit_id=drop.unit_id, page_index=0),),
        classification=Classification(label=DocumentType.INVOICE, confidence=0.99, reasons=(), engine=_ENGINE),
        importance=ImportanceClass.IMPORTANT,
        fields=FieldSet(fields=()),
        checks=(),
        review_reasons=(),
        text="請求書\n株式会社青空商事\nご請求金額 ¥128,960-\n" * 20,
        recorded_at=MADE_AT,
        recorded_by="engine",
        reason=None,
        received_on=drop.received_on,
        received_on_assumed=False,
        origin=drop.origin,
        retain_until=date(2036, 11, 20),
    )
