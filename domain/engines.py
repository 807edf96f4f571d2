"""Protocols: what the layers ask of engines and stores. Small, keyword-only, with a null implementation each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, BinaryIO, Protocol, runtime_checkable

from domain.evidence import Authority, TimestampToken
from domain.ids import BlobRef, Digest
from domain.page import EngineId, PageText
from domain.record import Classification

if TYPE_CHECKING:
    from domain.page import PixelArray


@runtime_checkable
class OcrEngine(Protocol):
    """Reads the text of one upright page image.

    Called in a worker process, one page at a time; models load once per process, in the constructor or on first use.
    It must not start its own threads beyond ``threads`` given to its factory, write files outside a private temporary
    folder, touch the network or keep the image.
    """

    @property
    def engine_id(self) -> EngineId:
        """Name, version of code and models, digest of the settings that change its output."""
        ...

    def read_page(self, pixels: PixelArray, *, page_index: int, dpi: float) -> PageText:
        """Text with boxes in pixels of ``pixels`` (RGB, height × width × 3, 8 bit).

        Raises:
            EngineCrashed: the engine failed on this page.
            EngineTimeout: it took longer than its limit.
        """
        ...


@runtime_checkable
class TimedEngine(OcrEngine, Protocol):
    """An engine that can be held to the time that is left for a page."""

    def within(self, seconds: float) -> OcrEngine:
        """The same engine (models shared, same id) with this limit where its own is longer."""
        ...


@runtime_checkable
class Classifier(Protocol):
    """Says which of the ten classes a document is. Pure; called in a worker process."""

    @property
    def engine_id(self) -> EngineId:
        """Who classifies."""
        ...

    def classify(self, texts: Sequence[PageText]) -> Classification:
        """Class, confidence and reasons; OTHER with low confidence where unsure. Never raises on odd text."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectVersion:
    """One version of one object, as listed."""

    bucket: str
    key: str
    version_id: str
    size_bytes: int
    last_modified: datetime
    """UTC."""
    is_latest: bool
    is_delete_marker: bool = False
    metadata: Mapping[str, str] | None = None
    """Filled by ``stat`` only."""
    perhaps_unfinished: bool = False
    """Somebody may still be writing it, and the store has no way to tell. Filled by ``list_latest`` only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreTraits:
    """What a bucket's store really does, found at run time."""

    versioned: bool
    object_lock: bool
    """The server has Object Lock enabled on this bucket."""
    advisory_retention: bool
    """True for the folder store: it refuses through Shoko, but its owner can change the files."""


@runtime_checkable
class ObjectStore(Protocol):
    """Buckets of versioned objects: S3 through the minio SDK, or a folder. Thread-safe.

    Keys are relative POSIX paths without ``.``, ``..`` or empty parts; anything else is a ValueError. (What others put
    on a server under a name with empty parts can be read and deleted as listed, but not written.) Unavailability is
    StoreUnavailable (after the store's own retries with back-off).
    """

    def ensure_bucket(self, bucket: str, *, versioned: bool, object_lock: bool) -> StoreTraits:
        """Create it where missing (with lock where asked and supported) and say what it can do. Idempotent."""
        ...

    def traits(self, bucket: str) -> StoreTraits:
        """What the bucket can do, as read from the server."""
        ...

    def put_blob(
        self,
        bucket: str,
        source: BinaryIO | bytes,
        *,
        prefix: str,
        media_type: str,
        retain_until: datetime | None = None,
    ) -> BlobRef:
        """Put bytes under ``{prefix}sha256/ab/abcdef…`` if absent; stat and read the digest back before returning.

        Streams with a digest on the way (large sources go multipart). Where the bucket has a lock, retention is set and
        read back. A concurrent double put is harmless.

        Raises:
            DigestMismatch: what was stored is not what was sent.
        """
        ...

    def put_named(
        self,
        bucket: str,
        key: str,
        content: bytes,
        *,
        media_type: str,
        retain_until: datetime | None = None,
        if_absent: bool = True,
    ) -> BlobRef:
        """Put small bytes under a name, and read them back before returning.

        With ``if_absent`` an existing object wins: its BlobRef is returned, and its digest may differ from that of
        ``content`` (the caller looks).
        """
        ...

    def stat(self, bucket: str, key: str, *, version_id: str | None = None) -> ObjectVersion | None:
        """Size, time and metadata, or None where it does not exist (or its newest version is a delete marker)."""
        ...

    def get(self, bucket: str, key: str, *, version_id: str | None = None, expect: Digest | None = None) -> bytes:
        """All bytes; with ``expect`` the digest is checked.

        Raises:
            ObjectMissing: no such object or version.
            DigestMismatch: the bytes differ from ``expect``.
        """
        ...

    def open(self, bucket: str, key: str, *, version_id: str | None = None) -> BinaryIO:
        """A readable stream (close it); for large objects.

        Raises:
            ObjectMissing: no such object or version.
        """
        ...

    def list_latest(self, bucket: str, *, prefix: str = "", start_after: str | None = None) -> Iterator[ObjectVersion]:
        """Newest versions that are not delete markers, in key order, paged underneath."""
        ...

    def list_versions(self, bucket: str, *, prefix: str = "") -> Iterator[ObjectVersion]:
        """Every version and delete marker."""
        ...

    def delete_version(self, bucket: str, key: str, *, version_id: str) -> None:
        """Delete exactly that version; a version that is already gone is fine.

        Raises:
            AppendOnlyViolation: it is under retention.
        """
        ...

    def retention(self, bucket: str, key: str, *, version_id: str | None) -> datetime | None:
        """Until when it is locked, as read back from the store; None where there is no lock."""
        ...

    def extend_retention(self, bucket: str, key: str, *, version_id: str | None, until: datetime) -> datetime:
        """Lock until then (COMPLIANCE), only ever later than before; returns what the store now says."""
        ...

    def presigned_get(self, bucket: str, key: str, *, version_id: str | None, expires_seconds: int) -> str | None:
        """A URL for reading without credentials, or None where the store has none (folder)."""
        ...


@runtime_checkable
class TimestampAuthority(Protocol):
    """Gives RFC 3161 tokens."""

    @property
    def authority(self) -> Authority:
        """Name and whether it is accredited."""
        ...

    def stamp(self, imprint: Digest) -> TimestampToken:
        """A token over the digest, with every check on arrival done (imprint, nonce, policy, chain, key usage).

        Raises:
            TimestampUnavailable: no answer; ask again later.
            TimestampRefused: the authority refused, or its token failed a check.
        """
        ...

    def gave(self, token: TimestampToken) -> bool:
        """Whether a token that was found is one of this authority's, and says itself what is kept beside it.

        Every check of arrival but those of nonce and clock, which only who asks can make.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldContext:
    """What field extraction may know besides the text."""

    our_companies: tuple[str, ...] = ()
    """Names of the client company as printed on documents."""
    received_on: date | None = None
    """Resolves two-digit and era-less years; None in ``shoko read``."""
    today: date
    """Asia/Tokyo day; a parameter so that tests hold it still."""
    issued_by_us: bool = False
    """From the origin: documents we issue have the recipient as counterparty."""
