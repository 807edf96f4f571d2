"""Routes to destroy a locked object: through Shoko, and around it with what another program with the same rights sends.

Only routes that touch nothing but canaries: what could harm a neighbour if it worked is not tried on a living store.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol, runtime_checkable

from minio.commonconfig import CopySource
from minio.deleteobjects import DeleteObject
from minio.retention import Retention

from domain.engines import ObjectStore
from domain.ids import BlobRef
from storage.objects.folder import FolderStore
from storage.objects.s3 import S3Store

OTHER = b"other bytes"
PART_BYTES = 5 << 20
"""The smallest part that S3 allows; one byte more is sent in two parts."""
IN_PARTS = bytes(PART_BYTES + 1)
_MEDIA_TYPE = "application/octet-stream"

Mode = Literal["COMPLIANCE", "GOVERNANCE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way to do harm."""

    name: str
    """Stable code, used in the report."""
    attempt: Callable[[], object]
    """Tries it; may raise anything."""
    by_owner: bool = False
    """Needs the rights of the owner of the files, whom no folder can stop."""


@runtime_checkable
class RawAccess(Protocol):
    """What a program that holds the same key as Shoko can send to the store, without Shoko's care; may raise anything.

    Each call speaks of the canary's own version unless it says otherwise.
    """

    def raw_delete(self, canary: BlobRef, *, bypass: bool) -> None:
        """Delete that version, with or without asking to bypass a governance lock."""
        ...

    def raw_delete_name(self, canary: BlobRef) -> None:
        """Delete the name without a version: a delete marker goes on top."""
        ...

    def raw_lock(self, canary: BlobRef, *, mode: Mode, until: datetime) -> None:
        """Set another lock."""
        ...

    def raw_put(self, canary: BlobRef, content: bytes) -> None:
        """Put bytes under the same name without lock headers; more than ``PART_BYTES`` go in parts."""
        ...

    def raw_copy_over(self, canary: BlobRef) -> None:
        """Copy the version over its own name without lock headers."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Access:
    """``RawAccess`` by the library that Shoko uses itself."""

    store: S3Store

    def raw_delete(self, canary: BlobRef, *, bypass: bool) -> None:
        """See ``RawAccess``."""
        api, name = self.store.library(canary.bucket)
        if not bypass:
            api.remove_object(name, canary.key, version_id=canary.version_id)
            return
        wanted = DeleteObject(canary.key, canary.version_id)
        for error in api.remove_objects(name, [wanted], bypass_governance_mode=True):
            raise PermissionError(error.code)

    def raw_delete_name(self, canary: BlobRef) -> None:
        """See ``RawAccess``."""
        api, name = self.store.library(canary.bucket)
        api.remove_object(name, canary.key)

    def raw_lock(self, canary: BlobRef, *, mode: Mode, until: datetime) -> None:
        """See ``RawAccess``."""
        api, name = self.store.library(canary.bucket)
        api.set_object_retention(name, canary.key, Retention(mode, until), version_id=canary.version_id)

    def raw_put(self, canary: BlobRef, content: bytes) -> None:
        """See ``RawAccess``."""
        api, name = self.store.library(canary.bucket)
        source = io.BytesIO(content)
        api.put_object(name, canary.key, source, len(content), part_size=PART_BYTES, num_parallel_uploads=1)

    def raw_copy_over(self, canary: BlobRef) -> None:
        """See ``RawAccess``."""
        api, name = self.store.library(canary.bucket)
        source = CopySource(name, canary.key, version_id=canary.version_id)
        api.copy_object(name, canary.key, source, metadata={"copied": "1"}, metadata_directive="REPLACE")


def raw_access(store: ObjectStore) -> RawAccess | None:
    """How to reach a store past Shoko; None for one that no other program reaches but by its files."""
    if isinstance(store, S3Store):
        return S3Access(store=store)
    return store if isinstance(store, RawAccess) else None


def routes(store: ObjectStore, canary: BlobRef, *, earlier: datetime) -> tuple[Route, ...]:
    """Everything that is tried on a canary whose lock ends after ``earlier``; the number and order never change."""
    found = _through_shoko(store, canary, earlier)
    raw = raw_access(store)
    if raw is not None:
        found += _around_shoko(raw, canary, earlier)
    if isinstance(store, FolderStore):
        found += _by_the_owner(store, canary)
    return found


def _through_shoko(store: ObjectStore, canary: BlobRef, earlier: datetime) -> tuple[Route, ...]:
    bucket, key, version_id = canary.bucket, canary.key, canary.version_id or ""
    return (
        Route(name="delete", attempt=lambda: store.delete_version(bucket, key, version_id=version_id)),
        Route(
            name="shorten", attempt=lambda: store.extend_retention(bucket, key, version_id=version_id, until=earlier)
        ),
        Route(name="overwrite", attempt=lambda: store.put_named(bucket, key, OTHER, media_type=_MEDIA_TYPE)),
    )


def _around_shoko(raw: RawAccess, canary: BlobRef, earlier: datetime) -> tuple[Route, ...]:
    """Requests of a client that holds the same key as Shoko; each is refused or leaves the version as it was."""
    later = earlier + timedelta(days=1)

    def lift() -> None:
        """Where a lock can be turned into one that can be lifted, it can be lifted."""
        raw.raw_lock(canary, mode="GOVERNANCE", until=later)
        raw.raw_delete(canary, bypass=True)

    return (
        Route(name="raw_delete", attempt=lambda: raw.raw_delete(canary, bypass=False)),
        Route(name="raw_delete_bypassing", attempt=lambda: raw.raw_delete(canary, bypass=True)),
        Route(name="raw_shorten", attempt=lambda: raw.raw_lock(canary, mode="COMPLIANCE", until=earlier)),
        Route(name="raw_downgrade", attempt=lift),
        Route(name="raw_overwrite", attempt=lambda: raw.raw_put(canary, OTHER)),
        Route(name="raw_overwrite_in_parts", attempt=lambda: raw.raw_put(canary, IN_PARTS)),
        Route(name="raw_copy_over", attempt=lambda: raw.raw_copy_over(canary)),
        Route(name="raw_delete_name", attempt=lambda: raw.raw_delete_name(canary)),
    )


def _by_the_owner(store: FolderStore, canary: BlobRef) -> tuple[Route, ...]:
    """What the owner of the files can do with any other program."""
    path = store.path_of(canary)

    def write() -> None:
        mode = path.stat().st_mode
        path.chmod(0o600)
        path.write_bytes(OTHER)
        path.chmod(mode)

    return (Route(name="owner_overwrite", attempt=write, by_owner=True),)
