"""What becomes a version, what a new document, what only a copy to look at (law: scan-version-control)."""

from __future__ import annotations

from enum import StrEnum


class Change(StrEnum):
    """What somebody wants to do with something stored."""

    FIRST_SCAN = "first_scan"
    DATA_REVISED = "data_revised"
    """Stored data is put right, or the same paper scanned again."""
    CONTENT_RETOUCHED = "content_retouched"
    """The picture is changed so that something of the paper goes, such as marks of correction fluid."""
    LOOKS_ADJUSTED = "looks_adjusted"
    """Turned, straightened, made brighter: nothing of the paper goes."""
    DELETED = "deleted"
    NEW_PAPER = "new_paper"
    """The counterparty sent another paper, such as a corrected invoice."""


class Kept(StrEnum):
    """How it is kept."""

    FIRST_VERSION = "first_version"
    NEXT_VERSION = "next_version"
    RENDITION = "rendition"
    """A copy beside the original, which stays as it is."""
    TOMBSTONE = "tombstone"
    """Logical deletion: found and shown all the same."""
    NEW_DOCUMENT = "new_document"


_KEPT = {
    Change.FIRST_SCAN: Kept.FIRST_VERSION,
    Change.DATA_REVISED: Kept.NEXT_VERSION,
    Change.CONTENT_RETOUCHED: Kept.NEXT_VERSION,
    Change.LOOKS_ADJUSTED: Kept.RENDITION,
    Change.DELETED: Kept.TOMBSTONE,
    Change.NEW_PAPER: Kept.NEW_DOCUMENT,
}


def kept_as(change: Change) -> Kept:
    """How the law wants a change kept (law: scan-version-control)."""
    return _KEPT[change]


def may_be_updated(revision: int, *, newest: int) -> bool:
    """Only the newest version may be updated (law: scan-version-control)."""
    return revision == newest
