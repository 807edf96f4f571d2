"""An archive of many units, made quickly: the bytes that the real writer writes, without waiting for the disk.

What the archive makes act by act (``storage.archive.manifests``) is written straight into the folder store's layout;
the database is then made from the vault, as after a loss. The archive is thrown away after measuring.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from domain import codec, merkle
from domain.engines import TimestampAuthority
from domain.evidence import LogLeaf
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
from storage.evidence.log import head_key, tile_key
from storage.evidence.signer import LogSigner
from storage.objects import FolderStore
from storage.objects.folder_notes import Note, note_bytes, note_path
from storage.objects.folder_versions import object_folder

MADE_AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
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
    """The store of a made archive, in whatever process."""
    return FolderStore(root, clock=_made_at)


def _made_at() -> datetime:
    return MADE_AT


class Making:
    """Writes objects and leaves of one client."""

    def __init__(self, root: Path) -> None:
        """Begin with empty buckets under ``root``."""
        self.store = made_store(root)
        for bucket in ("inbox", "vault", "derived"):
            self.store.ensure_bucket(bucket, versioned=True, object_lock=bucket == keys.VAULT)
        self._vault = root / keys.VAULT
        self.tree = merkle.Tree()

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
        leaf = LogLeaf(
            client_id=DEFAULT_CLIENT_ID,
            sequence=self.tree.size,
            kind=kind,
            subject_id=subject_id,
            manifest_digest=self.put(key, manifest),
            recorded_at=MADE_AT,
        )
        content = codec.canonical(leaf)
        self.put(keys.leaf(DEFAULT_CLIENT_ID, leaf.sequence), content)
        self.tree.append(merkle.leaf_hash(content))

    def unit(self, number: int, content: bytes) -> tuple[str, Digest]:
        """A drop with its unit, its outcome and the document filed from it; gives the unit and its digest."""
        drop = self._drop(number, content)
        client = DEFAULT_CLIENT_ID
        payload = self._payload(keys.drop_payload(client, drop.drop_id), "drop", drop, number)
        self.put(keys.unit_manifest(client, drop.unit_id), manifests.unit_manifest(drop))
        manifest = manifests.drop_manifest(drop, payload)
        self.act("dropped", drop.drop_id, key=keys.drop_manifest(client, drop.drop_id), manifest=manifest)
        record = _record(drop)
        payload = self._payload(keys.revision_payload(client, record.document_id, 1), "record", record, number)
        manifest = manifests.revision_manifest(record, payload, None)
        key = keys.revision_manifest(client, record.document_id, 1)
        self.act("filed", record.document_id, key=key, manifest=manifest)
        outcome = DropOutcome(
            drop_id=drop.drop_id, state=DropState.READ, document_ids=(record.document_id,), recorded_at=MADE_AT
        )
        manifest = manifests.outcome_manifest(client, 1, outcome, None)
        self.act("read", drop.drop_id, key=keys.outcome_manifest(client, drop.drop_id, 1), manifest=manifest)
        return drop.unit_id, drop.blob.digest

    def stamp(self, unit_id: str, digest: Digest, authority: TimestampAuthority) -> None:
        """A token of its own for a unit."""
        token = authority.stamp(digest)
        key = keys.token(DEFAULT_CLIENT_ID, unit_id, Digest.of(token.token_der))
        self.act("stamped", unit_id, key=key, manifest=manifests.encode(codec.to_plain(token)))

    def publish(self, signer: LogSigner) -> None:
        """The tiles and the signed head."""
        for level, number in merkle.full_tiles(self.tree.size):
            self.put(
                tile_key(DEFAULT_CLIENT_ID, level, number),
                self.tree.tile(level, number),
                media_type="application/octet-stream",
            )
        root = Digest(value=self.tree.root().hex())
        head = signer.sign_head(client_id=DEFAULT_CLIENT_ID, tree_size=self.tree.size, root=root)
        self.put(head_key(DEFAULT_CLIENT_ID, self.tree.size), codec.dump(head))

    def _drop(self, number: int, content: bytes) -> Drop:
        client = DEFAULT_CLIENT_ID
        digest = Digest.of(content)
        key = f"{keys.blob_prefix(client)}sha256/{digest.value[:2]}/{digest.value}"
        self.put(key, content, media_type="application/pdf")
        blob = BlobRef(
            bucket=keys.VAULT,
            key=key,
            version_id=_VERSION,
            digest=digest,
            size_bytes=len(content),
            media_type="application/pdf",
        )
        inbox_key = f"paper/scan-{number:07d}.pdf"
        return Drop(
            client_id=client,
            drop_id=drop_id_for(client_id=client, store="made", key=inbox_key, version_id="1"),
            unit_id=unit_id_for(client_id=client, origin=Origin.PAPER_RECEIVED, digest=digest),
            blob=blob,
            origin=Origin.PAPER_RECEIVED,
            received_on=date(2026, 11, 20),
            received_on_assumed=False,
            preserved_at=MADE_AT,
            deposit=Deposit(original_name=f"scan-{number:07d}.pdf", inbox_key=inbox_key, deposited_by="bench"),
        )

    def _payload(self, key: str, kind: str, value: object, number: int) -> Digest:
        return self.put(key, manifests.payload(kind, value, salt=number.to_bytes(16, "big")))


def make_archive(
    root: Path,
    *,
    units: int,
    unit_bytes: int,
    seed: int,
    signer: LogSigner,
    authority: TimestampAuthority | None,
    progress: Callable[[int, int], None],
) -> Made:
    """A vault with that many units, each dropped, read and filed; with an authority each has a token of its own."""
    making = Making(root)
    for number, content in enumerate(_contents(units, unit_bytes, seed)):
        unit_id, digest = making.unit(number, content)
        if authority is not None:
            making.stamp(unit_id, digest, authority)
        progress(number + 1, units)
    making.publish(signer)
    return Made(
        store=making.store,
        units=units,
        leaves=making.tree.size,
        originals=root / keys.VAULT / DEFAULT_CLIENT_ID / "blobs",
    )


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
