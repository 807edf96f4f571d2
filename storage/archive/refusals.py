"""Why the archive refuses: what is not there, and what somebody else changed first."""

from __future__ import annotations

from operator import attrgetter
from typing import TypeVar

from domain.errors import DigestMismatch, ObjectMissing, RevisionConflict

T = TypeVar("T")


def found(value: T | None, subject_id: str) -> T:
    """What was found.

    Raises:
        ObjectMissing: it was not.
    """
    if value is None:
        raise missing(subject_id)
    return value


def missing(subject_id: str) -> ObjectMissing:
    """The error for what the archive does not have."""
    return ObjectMissing(f"{subject_id} is not in the archive", message_ja=f"{subject_id} は登録されていません")


def must_agree(kept: object, wanted: object, *names: str, key: str) -> None:
    """Insist that what was left in the vault, or is recorded, is about the same thing as what is put now.

    Args:
        kept: what is there.
        wanted: what is put.
        names: attributes in which both must be equal.
        key: where it stands.

    Raises:
        DigestMismatch: it is about another.
    """
    said = attrgetter(*names)
    if said(kept) != said(wanted):
        raise DigestMismatch(
            f"vault object {key} is of something else",
            message_ja=f"保存庫のオブジェクト {key} は別のものの記録です。改変または破損の疑いがあります",
            file=key,
        )


def conflict(document_id: str, base: int, newest: int) -> RevisionConflict:
    """The error for a revision on top of one that is not the newest."""
    return RevisionConflict(
        f"document {document_id}: revision {base} is not the newest ({newest})",
        message_ja=f"書類 {document_id} は先に訂正されています（最新は第{newest}版）。確かめてからやり直してください",
    )
