"""The S3 store: any S3-compatible server through the ``minio`` SDK, believed only as far as it was read back."""

from __future__ import annotations

import hashlib
import io
import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast

from minio import Minio
from minio.commonconfig import COMPLIANCE, ENABLED
from minio.error import S3Error
from minio.retention import Retention
from minio.versioningconfig import VersioningConfig

from domain.calendar import tokyo_day
from domain.engines import ObjectVersion, StoreTraits
from domain.errors import AppendOnlyViolation, ConfigError, ObjectMissing, StorageError
from domain.ids import BlobRef, Digest
from storage.objects.durable import CHUNK_BYTES, check_digest, missing
from storage.objects.keys import blob_key, check_bucket, key_bytes
from storage.objects.s3_client import NO_LOCK_CODES, S3Body, S3Client
from storage.objects.s3_errors import FOREIGN_ERRORS, s3_errors, translate
from storage.objects.s3_values import (
    MEDIA_TYPE_DEFAULT,
    Source,
    is_claimable,
    listed_key,
    s3_key,
    sendable_prefix,
    spool_source,
    user_metadata,
    version_of,
    whole_second,
)
from storage.settings import StoreSettings

logger = logging.getLogger(__name__)

SPOOL_BYTES = 8 << 20
"""Sources up to this size stay in memory while their digest is taken."""

_NO_SUCH_OBJECT = frozenset({"NoSuchKey", "NoSuchVersion", "NoSuchObject", "MethodNotAllowed", "ResourceNotFound"})


class S3Store:
    """``ObjectStore`` on an S3-compatible server. Thread-safe; each process makes its own connections."""

    def __init__(self, settings: StoreSettings, *, clock: Callable[[], datetime]) -> None:
        """Check the settings; nothing is asked of the server yet.

        Raises:
            ConfigError: no endpoint or no credentials.
        """
        self._settings = settings
        self._clock = clock
        self._client = S3Client(settings)
        self._traits: dict[str, StoreTraits] = {}

    def ensure_bucket(self, bucket: str, *, versioned: bool, object_lock: bool) -> StoreTraits:
        """See ``ObjectStore``. A lock implies versions, and gets a default retention for the moment after an upload."""
        name = self._name(bucket)
        self._client.attempt(name, lambda: self._client.make_bucket(name, object_lock=object_lock))
        found = self.traits(bucket)
        if versioned and not found.versioned:
            self._client.attempt(name, lambda: self._client.api.set_bucket_versioning(name, VersioningConfig(ENABLED)))
        if found.object_lock and object_lock:
            self._client.attempt(name, lambda: self._client.lock_by_default(name))
        return self.traits(bucket)

    def traits(self, bucket: str) -> StoreTraits:
        """See ``ObjectStore``."""
        name = self._name(bucket)

        def ask() -> StoreTraits:
            versioned = self._client.api.get_bucket_versioning(name).status == ENABLED
            try:
                self._client.api.get_object_lock_config(name)
                locked = True
            except S3Error as error:
                if error.code not in NO_LOCK_CODES:
                    raise
                locked = False
            return StoreTraits(versioned=versioned, object_lock=locked, advisory_retention=False)

        self._traits[bucket] = self._client.attempt(name, ask)
        return self._traits[bucket]

    def put_blob(
        self,
        bucket: str,
        source: BinaryIO | bytes,
        *,
        prefix: str,
        media_type: str,
        retain_until: datetime | None = None,
    ) -> BlobRef:
        """See ``ObjectStore``."""
        blob_key(prefix, Digest.of(b""))
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
            spooled = spool_source(source, cast("BinaryIO", spool))
            key = s3_key(blob_key(prefix, spooled.digest))
            version_id = self._put(
                bucket, key, spooled, media_type=media_type, retain_until=retain_until, if_absent=True
            )
        ref = self._read_back(bucket, key, version_id, retain_until=retain_until)
        check_digest(ref.digest, spooled.digest, key=key)
        return ref

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
        """See ``ObjectStore``. Of several versions that raced, the oldest is the one that was there first."""
        key = s3_key(key)
        source = Source(file=io.BytesIO(content), digest=Digest.of(content), size_bytes=len(content))
        if not if_absent:
            version_id = self._put(
                bucket, key, source, media_type=media_type, retain_until=retain_until, if_absent=False
            )
            return self._read_back(bucket, key, version_id, retain_until=retain_until)
        before = self.stat(bucket, key)
        if before is not None:
            return self._read_back(bucket, key, before.version_id, retain_until=retain_until)
        mine = self._put(bucket, key, source, media_type=media_type, retain_until=None, if_absent=True)
        first = self._first_version(bucket, key) or mine
        ref = self._read_back(bucket, key, first, retain_until=retain_until)
        if first != mine and ref.digest != source.digest:
            self._withdraw(bucket, key, mine, winner=ref)
        return ref

    def stat(self, bucket: str, key: str, *, version_id: str | None = None) -> ObjectVersion | None:
        """See ``ObjectStore``."""
        name, key = self._name(bucket), listed_key(key)

        def ask() -> ObjectVersion | None:
            try:
                found = self._client.api.stat_object(name, key, version_id=version_id)
            except S3Error as error:
                if error.code in _NO_SUCH_OBJECT:
                    return None
                raise
            return version_of(bucket, found, is_latest=version_id is None, metadata=user_metadata(found))

        return self._client.attempt(key, ask)

    def get(self, bucket: str, key: str, *, version_id: str | None = None, expect: Digest | None = None) -> bytes:
        """See ``ObjectStore``."""

        def read() -> bytes:
            with closing(self._response(bucket, key, version_id)) as response:
                content: bytes = response.read()
                response.release_conn()
                return content

        content = self._client.attempt(key, read)
        if expect is not None:
            check_digest(Digest.of(content), expect, key=key)
        return content

    def open(self, bucket: str, key: str, *, version_id: str | None = None) -> BinaryIO:
        """See ``ObjectStore``."""
        with s3_errors(key):
            response = self._response(bucket, key, version_id)
        return cast("BinaryIO", io.BufferedReader(S3Body(response, what=key), CHUNK_BYTES))

    def list_latest(self, bucket: str, *, prefix: str = "", start_after: str | None = None) -> Iterator[ObjectVersion]:
        """See ``ObjectStore``. Asks for versions, since only that listing gives the ids to claim.

        Folders that S3 browsers draw are no files; names that no request can carry are left where they are.
        """
        for found in self._listing(bucket, prefix=prefix, start_after=start_after):
            if not found.is_latest or found.is_delete_marker:
                continue
            if is_claimable(found.key):
                yield found
            elif found.size_bytes:
                logger.warning("bucket %s: an object whose name cannot be asked for was left out", bucket)

    def list_versions(self, bucket: str, *, prefix: str = "") -> Iterator[ObjectVersion]:
        """See ``ObjectStore``."""
        yield from self._listing(bucket, prefix=prefix, start_after=None)

    def delete_version(self, bucket: str, key: str, *, version_id: str) -> None:
        """See ``ObjectStore``. Never asks to bypass a lock."""
        name, key = self._name(bucket), listed_key(key)
        asked_at = self._clock()
        try:
            self._client.api.remove_object(name, key, version_id=version_id)
        except S3Error as error:
            if error.code in _NO_SUCH_OBJECT:
                return
            if error.code in {"AccessDenied", "InvalidRequest", "ObjectLocked"}:
                self._refuse_if_locked(bucket, key, version_id, asked_at, error)
            raise translate(error, key) from error
        except FOREIGN_ERRORS as error:
            raise translate(error, key) from error

    def retention(self, bucket: str, key: str, *, version_id: str | None) -> datetime | None:
        """See ``ObjectStore``. Only COMPLIANCE counts: what a key with more rights can lift is no lock."""
        name, key = self._name(bucket), listed_key(key)
        return self._client.attempt(key, lambda: self._client.retention(name, key, version_id=version_id))

    def extend_retention(self, bucket: str, key: str, *, version_id: str | None, until: datetime) -> datetime:
        """See ``ObjectStore``.

        Raises:
            ConfigError: the bucket has no lock.
            StorageError: the server accepted the date and does not keep it.
        """
        if not self._locked(bucket):
            msg = f"bucket {bucket} has no object lock"
            raise ConfigError(
                msg, message_ja=f"保存先 {bucket} は Object Lock が有効ではないため、保存期間を固定できません", file=key
            )
        name, key, wanted = self._name(bucket), s3_key(key), whole_second(until)
        before = self.retention(bucket, key, version_id=version_id)
        if before is not None and before >= wanted:
            return before
        lock = Retention(COMPLIANCE, wanted)
        self._client.attempt(key, lambda: self._client.api.set_object_retention(name, key, lock, version_id=version_id))
        after = self.retention(bucket, key, version_id=version_id)
        if after is None or after < wanted:
            msg = f"{key}: asked for retention until {wanted.isoformat()}, the store says {after}"
            raise StorageError(
                msg,
                message_ja="保存先が保存期間を記録しませんでした。サーバーの Object Lock を確かめてください",
                file=key,
            )
        return after

    def presigned_get(self, bucket: str, key: str, *, version_id: str | None, expires_seconds: int) -> str | None:
        """See ``ObjectStore``."""
        with s3_errors(key):
            url: str = self._client.api.presigned_get_object(
                self._name(bucket), s3_key(key), expires=timedelta(seconds=expires_seconds), version_id=version_id
            )
        return url

    def library(self, bucket: str) -> tuple[Minio, str]:
        """The library's client and the bucket's name on the server: for trying what other programs could do."""
        return self._client.api, self._name(bucket)

    # ------------------------------------------------------------------ buckets

    def _name(self, bucket: str) -> str:
        return self._settings.bucket_prefix + check_bucket(bucket)

    def _locked(self, bucket: str) -> bool:
        known = self._traits.get(bucket) or self.traits(bucket)
        return known.object_lock

    # ------------------------------------------------------------------ writing

    def _put(
        self,
        bucket: str,
        key: str,
        source: Source,
        *,
        media_type: str,
        retain_until: datetime | None,
        if_absent: bool,
    ) -> str:
        """Send the bytes where they are not there; gives the version id."""
        name = self._name(bucket)
        locked = retain_until is not None and self._locked(bucket)
        lock = Retention(COMPLIANCE, whole_second(retain_until)) if locked and retain_until else None

        def send() -> str:
            if if_absent:
                present = self.stat(bucket, key)
                if present is not None:
                    return present.version_id
            source.file.seek(0)
            result = self._client.api.put_object(
                name,
                key,
                source.file,
                source.size_bytes,
                content_type=media_type,
                metadata={"sha256": source.digest.value},
                part_size=self._settings.multipart_bytes,
                num_parallel_uploads=1,
                retention=lock,
            )
            return result.version_id or self._newest(bucket, key)

        return self._client.attempt(key, send)

    def _newest(self, bucket: str, key: str) -> str:
        found = self.stat(bucket, key)
        if found is None:
            raise missing(key)
        return found.version_id

    def _first_version(self, bucket: str, key: str) -> str | None:
        """The oldest version of exactly this key; a listing gives the newest first."""
        same = [v for v in self.list_versions(bucket, prefix=key) if v.key == key and not v.is_delete_marker]
        return same[-1].version_id if same else None

    def _withdraw(self, bucket: str, key: str, version_id: str, *, winner: BlobRef) -> None:
        """Another writer was first: take ours away; where it is locked, put the first one's bytes on top again."""
        try:
            self.delete_version(bucket, key, version_id=version_id)
        except AppendOnlyViolation:
            content = self.get(bucket, key, version_id=winner.version_id, expect=winner.digest)
            source = Source(file=io.BytesIO(content), digest=winner.digest, size_bytes=len(content))
            self._put(bucket, key, source, media_type=winner.media_type, retain_until=None, if_absent=False)

    def _read_back(self, bucket: str, key: str, version_id: str, *, retain_until: datetime | None) -> BlobRef:
        """What the store now has under this version: size and type by stat, digest by reading it all."""

        def read() -> tuple[Digest, int]:
            sha256, size_bytes = hashlib.sha256(), 0
            with closing(self._response(bucket, key, version_id)) as response:
                for piece in response.stream(CHUNK_BYTES):
                    sha256.update(piece)
                    size_bytes += len(piece)
                response.release_conn()
            return Digest(value=sha256.hexdigest()), size_bytes

        found = self.stat(bucket, key, version_id=version_id)
        if found is None:
            raise missing(key)
        digest, size_bytes = self._client.attempt(key, read)
        if retain_until is not None and self._locked(bucket):
            self.extend_retention(bucket, key, version_id=version_id, until=retain_until)
        return BlobRef(
            bucket=bucket,
            key=key,
            version_id=version_id,
            digest=digest,
            size_bytes=size_bytes,
            media_type=(found.metadata or {}).get("media_type", MEDIA_TYPE_DEFAULT),
        )

    # ------------------------------------------------------------------ reading

    def _response(self, bucket: str, key: str, version_id: str | None) -> Any:
        return self._client.api.get_object(self._name(bucket), listed_key(key), version_id=version_id)

    def _listing(self, bucket: str, *, prefix: str, start_after: str | None) -> Iterator[ObjectVersion]:
        found = self._client.api.list_objects(
            self._name(bucket),
            prefix=sendable_prefix(prefix),
            recursive=True,
            start_after=start_after,
            include_version=True,
        )
        wanted, after = key_bytes(prefix), None if start_after is None else key_bytes(start_after)
        while True:
            with s3_errors(bucket):
                item = next(found, None)
            if item is None:
                return
            listed = version_of(bucket, item, is_latest=str(item.is_latest).lower() == "true", metadata=None)
            key = key_bytes(listed.key)
            if key.startswith(wanted) and (after is None or key > after):  # some servers start with the marker itself
                yield listed

    def _refuse_if_locked(self, bucket: str, key: str, version_id: str, asked_at: datetime, error: S3Error) -> None:
        """Say that a lock is the reason, where one stood when the server was asked (it may end while we look)."""
        try:
            until = self.retention(bucket, key, version_id=version_id)
        except ObjectMissing:
            return
        if until is not None and until > asked_at:
            msg = f"{key!r} is under retention until {until.isoformat()}"
            raise AppendOnlyViolation(
                msg, message_ja=f"保存期間中（{tokyo_day(until).isoformat()} まで）のため削除できません", file=key
            ) from error
