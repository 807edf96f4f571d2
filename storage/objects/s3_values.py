"""Values on the way to and from the S3 library: sources that can be sent twice, keys, instants, listed versions."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from minio.datatypes import Object

from domain.engines import ObjectVersion
from domain.ids import Digest
from storage.objects.durable import chunks
from storage.objects.keys import MAX_KEY_BYTES, check_key

_NOT_IN_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
NO_VERSION = "null"
"""What S3 calls the one version in a bucket without versions."""
MEDIA_TYPE_DEFAULT = "application/octet-stream"
_META = "x-amz-meta-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Bytes that can be sent more than once."""

    file: BinaryIO
    digest: Digest
    size_bytes: int


def spool_source(source: BinaryIO | bytes, spool: BinaryIO) -> Source:
    """Copy the source where it can be read again, and take its digest on the way."""
    sha256, size_bytes = hashlib.sha256(), 0
    for piece in chunks(source):
        spool.write(piece)
        sha256.update(piece)
        size_bytes += len(piece)
    spool.seek(0)
    return Source(file=spool, digest=Digest(value=sha256.hexdigest()), size_bytes=size_bytes)


def s3_key(key: str) -> str:
    """The key, if an S3 server can be asked to make it.

    Raises:
        ValueError: not a key, or its bytes are not UTF-8.
    """
    check_key(key).encode("utf-8")
    return key


def listed_key(key: str) -> str:
    """The key, if it can be asked for: what others put may also begin with ``/`` or have empty parts.

    Raises:
        ValueError: it can only be listed (``.`` and ``..``, which the HTTP library would resolve), or is no key at all.
    """
    if not key or "\0" in key or len(key.encode("utf-8")) > MAX_KEY_BYTES or {".", ".."} & set(key.split("/")):
        msg = "this object cannot be asked for by its key"
        raise ValueError(msg)
    return key


def is_claimable(key: str) -> bool:
    """Whether a listed key names a file: a key with a trailing ``/`` is what S3 browsers draw as a folder."""
    try:
        listed_key(key)
    except ValueError:
        return False
    return not key.endswith("/")


def user_metadata(found: Object) -> dict[str, str]:
    """What was put beside the object, names in lower case without their prefix, and its media type."""
    headers = found.metadata or {}
    said = {name.lower(): value for name, value in headers.items()}
    mine = {name.removeprefix(_META): value for name, value in said.items() if name.startswith(_META)}
    return {**mine, "media_type": found.content_type or MEDIA_TYPE_DEFAULT}


def sendable_prefix(prefix: str) -> str:
    """The prefix up to the first character that XML cannot hold: servers echo it in their answer as it is."""
    return _NOT_IN_XML.split(prefix, maxsplit=1)[0]


def whole_second(until: datetime) -> datetime:
    """Rounded up: a store that keeps whole seconds must not keep less than was asked."""
    utc = until.astimezone(UTC)
    return utc if not utc.microsecond else utc.replace(microsecond=0) + timedelta(seconds=1)


def version_of(bucket: str, found: Object, *, is_latest: bool, metadata: dict[str, str] | None) -> ObjectVersion:
    """A listed or looked-up version in our words."""
    return ObjectVersion(
        bucket=bucket,
        key=found.object_name or "",
        version_id=found.version_id or NO_VERSION,
        size_bytes=found.size or 0,
        last_modified=found.last_modified or datetime.fromtimestamp(0, UTC),
        is_latest=is_latest,
        is_delete_marker=found.is_delete_marker,
        metadata=metadata,
    )
