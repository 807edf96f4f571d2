"""One act of the log with the bytes that it stands for."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from domain.errors import DigestMismatch
from domain.evidence import LogLeaf
from domain.ids import Digest
from storage.archive import schema
from storage.archive.inserting import insert_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One leaf with the bytes it stands for."""

    leaf: LogLeaf
    manifest: bytes | None
    """The object whose digest the leaf carries: a manifest, or a token's object."""
    payload: bytes | None = None
    """Personal values, where the manifest names some."""
    moved_to: str | None = None
    """Version of the original in this vault, where the act speaks of another store's (an archive that was moved)."""


def insert_payload(connection: sa.Connection, leaf: LogLeaf, *, kind: str, number: int, content: bytes) -> None:
    """Keep the personal values of an act."""
    insert_row(
        connection,
        schema.payload,
        client_id=leaf.client_id,
        kind=kind,
        subject_id=leaf.subject_id,
        number=number,
        digest=str(Digest.of(content)),
        content=content,
    )


def present(content: bytes | None, leaf: LogLeaf) -> bytes:
    """What an act must bring along.

    Raises:
        DigestMismatch: it does not.
    """
    if content is None:
        raise DigestMismatch(
            f"log entry {leaf.sequence} ({leaf.kind} {leaf.subject_id}) names no content",
            message_ja=f"ログ {leaf.sequence}（{leaf.subject_id}）に対応する内容がありません",
        )
    return content
