"""Routes to destroy a locked object that lead around Shoko: what another program with the same rights can send.

Only routes that touch nothing but the canary: what could harm a neighbour if it worked is not tried on a living store.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from minio.commonconfig import COMPLIANCE, GOVERNANCE, CopySource
from minio.deleteobjects import DeleteObject
from minio.retention import Retention

from domain.ids import BlobRef
from storage.objects.folder import FolderStore
from storage.objects.s3 import S3Store

_OTHER = b"other bytes"
_PART_BYTES = 5 << 20
"""The smallest part that S3 allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way to do harm."""

    name: str
    """Stable code, used in the report."""
    attempt: Callable[[], object]
    """Tries it; may raise anything."""
    by_owner: bool = False
    """Needs the rights of the owner of the files, whom no folder can stop."""


def s3_routes(store: S3Store, canary: BlobRef, *, earlier: datetime) -> tuple[Route, ...]:
    """Requests of a client that holds the same key as Shoko; each is refused or leaves the version as it was."""
    api, name = store.library(canary.bucket)
    key, version_id = canary.key, canary.version_id

    def put(content: bytes) -> None:
        api.put_object(name, key, io.BytesIO(content), len(content), part_size=_PART_BYTES, num_parallel_uploads=1)

    def delete_bypassing() -> None:
        wanted = DeleteObject(key, version_id)
        for error in api.remove_objects(name, [wanted], bypass_governance_mode=True):
            raise PermissionError(error.code)

    def lock(mode: str, until: datetime) -> Callable[[], object]:
        return lambda: api.set_object_retention(name, key, Retention(mode, until), version_id=version_id)

    return (
        Route(name="raw_delete", attempt=lambda: api.remove_object(name, key, version_id=version_id)),
        Route(name="raw_delete_bypassing", attempt=delete_bypassing),
        Route(name="raw_shorten", attempt=lock(COMPLIANCE, earlier)),
        Route(name="raw_downgrade", attempt=lock(GOVERNANCE, earlier + timedelta(days=1))),
        Route(name="raw_overwrite", attempt=lambda: put(_OTHER)),
        Route(name="raw_overwrite_in_parts", attempt=lambda: put(bytes(_PART_BYTES + 1))),
        Route(name="raw_copy_over", attempt=lambda: _copy_over(store, canary)),
        Route(name="raw_delete_name", attempt=lambda: api.remove_object(name, key)),
    )


def folder_routes(store: FolderStore, canary: BlobRef) -> tuple[Route, ...]:
    """What the owner of the files can do with any other program."""
    path = store.path_of(canary)

    def write() -> None:
        mode = path.stat().st_mode
        path.chmod(0o600)
        path.write_bytes(_OTHER)
        path.chmod(mode)

    return (Route(name="owner_overwrite", attempt=write, by_owner=True),)


def _copy_over(store: S3Store, canary: BlobRef) -> None:
    api, name = store.library(canary.bucket)
    source = CopySource(name, canary.key, version_id=canary.version_id)
    api.copy_object(name, canary.key, source, metadata={"copied": "1"}, metadata_directive="REPLACE")
