"""An object store in memory, for tests that run an act hundreds of times. One version per object, like the vault."""

import hashlib
import io
import threading
from datetime import UTC, datetime

from domain.engines import ObjectVersion, StoreTraits
from domain.errors import DigestMismatch, ObjectMissing
from domain.ids import BlobRef, Digest

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class MemoryStore:
    def __init__(self):
        self.objects = {}
        self.markers = set()
        self._lock = threading.Lock()

    def ensure_bucket(self, bucket, *, versioned, object_lock):
        return self.traits(bucket)

    def traits(self, bucket):
        return StoreTraits(versioned=False, object_lock=False, advisory_retention=True)

    def put_blob(self, bucket, source, *, prefix, media_type, retain_until=None):
        content = source if isinstance(source, bytes) else source.read()
        name = hashlib.sha256(content).hexdigest()
        return self.put_named(bucket, f"{prefix}sha256/{name[:2]}/{name}", content, media_type=media_type)

    def put_named(self, bucket, key, content, *, media_type, retain_until=None, if_absent=True):
        with self._lock:
            if not if_absent or (bucket, key) not in self.objects:
                self.objects[bucket, key] = content
            kept = self.objects[bucket, key]
        return BlobRef(
            bucket=bucket,
            key=key,
            version_id="1",
            digest=Digest.of(kept),
            size_bytes=len(kept),
            media_type=media_type,
        )

    def stat(self, bucket, key, *, version_id=None):
        content = self.objects.get((bucket, key))
        return None if content is None else self._version(bucket, key, content)

    def get(self, bucket, key, *, version_id=None, expect=None):
        content = self.objects.get((bucket, key))
        if content is None:
            raise ObjectMissing(f"{bucket}/{key} is missing")
        if expect is not None and Digest.of(content) != expect:
            raise DigestMismatch(f"{bucket}/{key} differs")
        return content

    def open(self, bucket, key, *, version_id=None):
        return io.BytesIO(self.get(bucket, key))

    def list_latest(self, bucket, *, prefix="", start_after=None):
        for found, key in sorted(self.objects):
            if found == bucket and key.startswith(prefix) and (start_after is None or key > start_after):
                yield self._version(bucket, key, self.objects[found, key])

    def list_versions(self, bucket, *, prefix=""):
        yield from self.list_latest(bucket, prefix=prefix)
        for found, key in sorted(self.markers):
            if found == bucket and key.startswith(prefix):
                yield ObjectVersion(
                    bucket=bucket,
                    key=key,
                    version_id="2",
                    size_bytes=0,
                    last_modified=LONG_AGO,
                    is_latest=True,
                    is_delete_marker=True,
                )

    def delete_version(self, bucket, key, *, version_id):
        if version_id == "2":
            self.markers.discard((bucket, key))
        else:
            self.objects.pop((bucket, key), None)

    @staticmethod
    def _version(bucket, key, content):
        return ObjectVersion(
            bucket=bucket,
            key=key,
            version_id="1",
            size_bytes=len(content),
            last_modified=LONG_AGO,
            is_latest=True,
        )
