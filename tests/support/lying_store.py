"""A store that promises COMPLIANCE and, for one route, does not keep it: what a self-test has to find out."""

import hashlib
import io
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.engines import ObjectVersion, StoreTraits
from domain.errors import AppendOnlyViolation, ObjectMissing, StorageError
from domain.ids import BlobRef, Digest

LIES = (
    "keeps_no_lock",
    "delete",
    "raw_delete",
    "bypass",
    "shorten",
    "raw_shorten",
    "downgrade",
    "overwrite",
    "overwrite_in_parts",
    "put_replaces_bytes",
    "copy_over",
    "delete_name",
    "hidden_marker",
    "multipart_lock_forgotten",
)


class Refused(Exception):
    code = "AccessDenied"


@dataclass
class Version:
    version_id: str
    content: bytes
    mode: str | None = None
    until: datetime | None = None
    marker: bool = False
    forgets: bool = False


class LyingStore:
    """Versions and locks in memory; ``lie`` names the one promise that is broken (None: an honest store)."""

    def __init__(self, *, clock, lie=None, default_until=None):
        assert lie is None or lie in LIES
        self._clock, self._lie, self._default = clock, lie, default_until
        self.objects = {}

    # ------------------------------------------------------------------ ObjectStore

    def ensure_bucket(self, bucket, *, versioned, object_lock):
        return self.traits(bucket)

    def traits(self, bucket):
        return StoreTraits(versioned=True, object_lock=True, advisory_retention=False)

    def put_blob(self, bucket, source, *, prefix, media_type, retain_until=None):
        content = source if isinstance(source, bytes) else source.read()
        name = hashlib.sha256(content).hexdigest()
        key = f"{prefix}sha256/{name[:2]}/{name}"
        return self.put_named(bucket, key, content, media_type=media_type, retain_until=retain_until)

    def put_named(self, bucket, key, content, *, media_type, retain_until=None, if_absent=True):
        known = self._newest(bucket, key)
        if known is None or not if_absent:
            known = self._add(bucket, key, content)
        elif self._lie == "overwrite":
            known.content = content
        if retain_until is not None:
            self.extend_retention(bucket, key, version_id=known.version_id, until=retain_until)
        return BlobRef(
            bucket=bucket,
            key=key,
            version_id=known.version_id,
            digest=Digest.of(known.content),
            size_bytes=len(known.content),
            media_type=media_type,
        )

    def stat(self, bucket, key, *, version_id=None):
        found = self._find(bucket, key, version_id) if version_id else self._newest(bucket, key)
        return None if found is None or found.marker else self._listed(bucket, key, found)

    def get(self, bucket, key, *, version_id=None, expect=None):
        found = self._find(bucket, key, version_id) if version_id else self._newest(bucket, key)
        if found is None or found.marker:
            raise ObjectMissing(key)
        return found.content

    def open(self, bucket, key, *, version_id=None):
        return io.BytesIO(self.get(bucket, key, version_id=version_id))

    def list_latest(self, bucket, *, prefix="", start_after=None):
        for found in self.list_versions(bucket, prefix=prefix):
            if found.is_latest and not found.is_delete_marker:
                yield found

    def list_versions(self, bucket, *, prefix=""):
        for (where, key), versions in sorted(self.objects.items()):
            if where != bucket or not key.startswith(prefix):
                continue
            for version in reversed(versions):
                if not (version.marker and self._lie == "hidden_marker"):
                    yield self._listed(bucket, key, version)

    def delete_version(self, bucket, key, *, version_id):
        found = self._find(bucket, key, version_id)
        if found is not None and self._held(found) and self._lie != "delete":
            raise AppendOnlyViolation(key)
        self._drop(bucket, key, found)

    def retention(self, bucket, key, *, version_id):
        found = self._find(bucket, key, version_id)
        if found is None:
            raise ObjectMissing(key)
        return found.until if found.mode == "COMPLIANCE" else None

    def extend_retention(self, bucket, key, *, version_id, until):
        found = self._find(bucket, key, version_id)
        if found is None:
            raise ObjectMissing(key)
        if self._lie == "keeps_no_lock":
            return until
        if found.until is None or until > found.until or self._lie == "shorten":
            found.mode, found.until = "COMPLIANCE", until
        if found.until < until:
            raise StorageError(key)
        return found.until

    def presigned_get(self, bucket, key, *, version_id, expires_seconds):
        return None

    # ------------------------------------------------------------------ RawAccess

    def raw_delete(self, canary, *, bypass):
        found = self._find(canary.bucket, canary.key, canary.version_id)
        if found is None:
            return
        lied = self._lie == ("bypass" if bypass else "raw_delete") or found.forgets
        lifted = bypass and found.mode == "GOVERNANCE"
        if self._held(found) and not lied and not lifted:
            raise Refused
        self._drop(canary.bucket, canary.key, found)

    def raw_delete_name(self, canary):
        if self._lie == "delete_name":
            del self.objects[canary.bucket, canary.key]
            return
        self._add(canary.bucket, canary.key, b"", marker=True)

    def raw_lock(self, canary, *, mode, until):
        found = self._find(canary.bucket, canary.key, canary.version_id)
        shorter = found.until is not None and until < found.until
        weaker = found.mode == "COMPLIANCE" and mode == "GOVERNANCE"
        if (shorter and self._lie != "raw_shorten") or (weaker and self._lie != "downgrade"):
            raise Refused
        found.mode, found.until = mode, until

    def raw_put(self, canary, content):
        in_parts = len(content) > 1 << 20
        lied = {"overwrite_in_parts"} if in_parts else {"put_replaces_bytes"}
        known = self._find(canary.bucket, canary.key, canary.version_id)
        if known is not None and self._lie in lied:
            known.content = content
            return
        made = self._add(canary.bucket, canary.key, content)
        made.forgets = in_parts and self._lie == "multipart_lock_forgotten"

    def raw_copy_over(self, canary):
        if self._lie == "copy_over":
            self._drop(canary.bucket, canary.key, self._find(canary.bucket, canary.key, canary.version_id))
        self._add(canary.bucket, canary.key, b"copied")

    # ------------------------------------------------------------------ inside

    def _add(self, bucket, key, content, *, marker=False):
        mode = "COMPLIANCE" if self._default and not marker else None
        until = self._default if mode else None
        version = Version(version_id=secrets.token_hex(4), content=content, mode=mode, until=until, marker=marker)
        self.objects.setdefault((bucket, key), []).append(version)
        return version

    def _drop(self, bucket, key, found):
        versions = self.objects.get((bucket, key), [])
        if found in versions:
            versions.remove(found)

    def _find(self, bucket, key, version_id):
        return next((v for v in self.objects.get((bucket, key), []) if v.version_id == version_id), None)

    def _newest(self, bucket, key):
        versions = self.objects.get((bucket, key), [])
        return versions[-1] if versions and not versions[-1].marker else None

    def _held(self, found):
        return found.until is not None and found.until > self._clock()

    def _listed(self, bucket, key, version):
        return ObjectVersion(
            bucket=bucket,
            key=key,
            version_id=version.version_id,
            size_bytes=len(version.content),
            last_modified=datetime(2026, 1, 1, tzinfo=UTC),
            is_latest=version is self.objects[bucket, key][-1],
            is_delete_marker=version.marker,
        )
