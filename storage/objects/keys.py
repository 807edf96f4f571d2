"""Names of buckets and objects: what may become a path in a folder and a key in an S3 store."""

from __future__ import annotations

import re

from domain.ids import Digest

MAX_KEY_BYTES = 1024
"""S3's limit on a key."""

_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,40}")


def check_bucket(bucket: str) -> str:
    """Return the name if a bucket may bear it.

    Raises:
        ValueError: other characters than lower-case letters, digits and hyphens.
    """
    if not _BUCKET.fullmatch(bucket):
        msg = f"a bucket's name must match {_BUCKET.pattern}"
        raise ValueError(msg)
    return bucket


def check_key(key: str) -> str:
    """Return the key if it is a relative POSIX path without ``.``, ``..``, empty parts or NUL.

    Raises:
        ValueError: anything else; nothing is ever repaired, since two names must not become one.
    """
    if "\0" in key:
        msg = "an object's key holds no NUL"
        raise ValueError(msg)
    if any(part in {"", ".", ".."} for part in key.split("/")):
        msg = "an object's key is a relative path without empty parts, '.' and '..'"
        raise ValueError(msg)
    if len(key_bytes(key)) > MAX_KEY_BYTES:
        msg = f"an object's key has at most {MAX_KEY_BYTES} bytes"
        raise ValueError(msg)
    return key


def key_bytes(key: str) -> bytes:
    """The key as bytes, also where a file's name was not UTF-8; key order is the order of these bytes.

    Raises:
        ValueError: a lone surrogate that stands for no byte.
    """
    return key.encode("utf-8", "surrogateescape")


def blob_key(prefix: str, digest: Digest) -> str:
    """The content address ``{prefix}sha256/ab/abcdef…``.

    Raises:
        ValueError: the prefix is neither empty nor a path that ends with ``/``.
    """
    if prefix and not prefix.endswith("/"):
        msg = "the prefix of a content address is empty or ends with '/'"
        raise ValueError(msg)
    return check_key(f"{prefix}{digest.algorithm}/{digest.value[:2]}/{digest.value}")
