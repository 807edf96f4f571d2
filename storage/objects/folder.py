"""The folder store: buckets as folders of one root.

It refuses through Shoko to change or delete what is under retention; the owner of the files can still do it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from domain.engines import ObjectVersion, StoreTraits
from domain.ids import BlobRef, Digest
from storage.objects.durable import check_digest, file_errors, settle
from storage.objects.folder_open import OpenBucket
from storage.objects.folder_versions import VersionedBucket
from storage.objects.keys import check_bucket, check_key

DEFAULT_OPEN_BUCKETS = ("inbox",)


class FolderStore:
    """``ObjectStore`` on a local or mounted folder. Holds no state, so threads and processes may share one root."""

    def __init__(
        self,
        root: Path,
        *,
        clock: Callable[[], datetime],
        open_buckets: tuple[str, ...] = DEFAULT_OPEN_BUCKETS,
        later: list[tuple[Path, Digest]] | None = None,
    ) -> None:
        """``open_buckets`` are plain folders that people drop files into; every other bucket keeps versions.

        ``later`` is for ``together`` alone.
        """
        self._root = root
        self._clock = clock
        self._open_buckets = open_buckets
        self._later = later
        self._known_locks: dict[str, bool] | None = None if later is None else {}

    @contextmanager
    def together(self) -> Iterator[FolderStore]:
        """The same store, whose puts into buckets with versions wait for the disk together, when the block ends."""
        later: list[tuple[Path, Digest]] = []
        try:
            yield FolderStore(self._root, clock=self._clock, open_buckets=self._open_buckets, later=later)
        finally:
            settle(self._root, later)  # after an error as well: whoever tries again takes what is there

    def ensure_bucket(self, bucket: str, *, versioned: bool, object_lock: bool) -> StoreTraits:
        """See ``ObjectStore``. What can be versioned is, also where not asked for."""
        del versioned
        return self._bucket(bucket).ensure(object_lock=object_lock)

    def traits(self, bucket: str) -> StoreTraits:
        """See ``ObjectStore``."""
        return self._bucket(bucket).traits()

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
        return self._bucket(bucket).put_blob(source, prefix=prefix, media_type=media_type, retain_until=retain_until)

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
        """See ``ObjectStore``."""
        return self._bucket(bucket).put_named(
            key, content, media_type=media_type, retain_until=retain_until, if_absent=if_absent
        )

    def stat(self, bucket: str, key: str, *, version_id: str | None = None) -> ObjectVersion | None:
        """See ``ObjectStore``."""
        return self._bucket(bucket).stat(check_key(key), version_id=version_id)

    def get(self, bucket: str, key: str, *, version_id: str | None = None, expect: Digest | None = None) -> bytes:
        """See ``ObjectStore``."""
        with file_errors(key), closing(self.open(bucket, key, version_id=version_id)) as file:
            content = file.read()
        if expect is not None:
            check_digest(Digest.of(content), expect, key=key)
        return content

    def open(self, bucket: str, key: str, *, version_id: str | None = None) -> BinaryIO:
        """See ``ObjectStore``."""
        return self._bucket(bucket).open(check_key(key), version_id=version_id)

    def list_latest(self, bucket: str, *, prefix: str = "", start_after: str | None = None) -> Iterator[ObjectVersion]:
        """See ``ObjectStore``. Ordinary files that people dropped are listed as they lie there."""
        return self._bucket(bucket).versions(prefix=prefix, start_after=start_after, latest_only=True)

    def list_versions(self, bucket: str, *, prefix: str = "") -> Iterator[ObjectVersion]:
        """See ``ObjectStore``."""
        return self._bucket(bucket).versions(prefix=prefix, start_after=None, latest_only=False)

    def delete_version(self, bucket: str, key: str, *, version_id: str) -> None:
        """See ``ObjectStore``."""
        self._bucket(bucket).delete_version(check_key(key), version_id=version_id)

    def retention(self, bucket: str, key: str, *, version_id: str | None) -> datetime | None:
        """See ``ObjectStore``; advisory here."""
        return self._bucket(bucket).retention(check_key(key), version_id=version_id)

    def extend_retention(self, bucket: str, key: str, *, version_id: str | None, until: datetime) -> datetime:
        """See ``ObjectStore``; advisory here."""
        return self._bucket(bucket).extend_retention(check_key(key), version_id=version_id, until=until)

    def presigned_get(self, bucket: str, key: str, *, version_id: str | None, expires_seconds: int) -> str | None:
        """A folder has no URLs."""
        del bucket, key, version_id, expires_seconds
        return None  # the protocol's "no URL"

    def path_of(self, ref: BlobRef) -> Path:
        """The file that holds a version: for trying what other programs could do."""
        return self._bucket(ref.bucket).path_of(check_key(ref.key), version_id=ref.version_id)

    def bucket_folder(self, bucket: str) -> Path:
        """Where a bucket lies: for reading all of it (``storage.objects.bulk``)."""
        return self._root / check_bucket(bucket)

    def _bucket(self, bucket: str) -> OpenBucket | VersionedBucket:
        folder = self._root / check_bucket(bucket)
        if bucket in self._open_buckets:
            return OpenBucket(name=bucket, folder=folder, clock=self._clock)
        return VersionedBucket(
            name=bucket, folder=folder, clock=self._clock, later=self._later, known_locks=self._known_locks
        )
