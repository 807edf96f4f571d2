"""Where the record of an act stands in the vault: written a second time, from the layout that is published."""

from __future__ import annotations

from collections.abc import Iterator

PAYLOAD_SUFFIX = ".payload.json"
"""Beside a record ``x.json`` its personal values stand in ``x.payload.json``."""

_OUTCOMES = frozenset({"read", "unreadable", "refused"})
_REVISIONS = frozenset({"revised", "approved", "tombstoned"})


def places(kind: str, subject_id: str, digest: str) -> Iterator[str]:
    """Paths at which the record of such an act may stand, likeliest first; folders end with ``/``."""
    match kind:
        case "dropped":
            yield f"drops/{subject_id}.json"
        case "extracted":
            yield f"units/{subject_id}.json"
        case "stamped":
            yield f"timestamps/{subject_id}/"
        case "batch_stamped":
            yield f"batches/{subject_id}.json"
        case "counterparties":
            yield "counterparties/"
        case "lesson":
            yield "lessons/"
        case _ if kind in _OUTCOMES:
            yield f"outcomes/{subject_id}.json"
            yield from (f"outcomes/{subject_id}.{number:04d}.json" for number in range(2, 10_000))
        case "filed":
            yield f"documents/{subject_id}/r000001.json"
            yield f"documents/{subject_id}/"
        case _ if kind in _REVISIONS:
            yield f"documents/{subject_id}/"
        case _:
            yield f"acts/{digest}.json"
            yield f"acts/{subject_id}/"


def blob_path(sha256: str) -> str:
    """Where bytes stand under their digest."""
    return f"blobs/sha256/{sha256[:2]}/{sha256}"


def leaf_path(sequence: int) -> str:
    """Where a leaf of the log stands."""
    return f"log/leaves/{sequence:012d}.json"


def tile_path(level: int, number: int) -> str:
    """Where a full tile of the log's hash tree stands (C2SP tlog-tiles)."""
    return f"log/tile/{level}/{number:09d}"


def payload_path(record: str) -> str:
    """Where the payload of a record stands."""
    return record.removesuffix(".json") + PAYLOAD_SUFFIX
