"""The database from the vault alone: it is only an index of what the vault holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.engines import ObjectStore
from domain.ids import DEFAULT_CLIENT_ID
from domain.record import ArchiveCounts
from storage.archive.repository import Archive
from storage.archive.settings import ArchiveSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildResult:
    """What a rebuild found."""

    log_size: int
    """Log entries, all of them applied in order with every digest checked."""
    indexed: int
    """Documents in the search index."""
    counts: ArchiveCounts


def rebuild(
    url: str,
    vault: ObjectStore,
    *,
    client_id: str = DEFAULT_CLIENT_ID,
    clock: Callable[[], datetime],
    settings: ArchiveSettings | None = None,
) -> RebuildResult:
    """Apply the whole log of the vault to a database that is empty (or behind), and make the search index anew.

    Interrupted, it goes on where it stopped. To replace a damaged database, move it away first.

    Raises:
        DigestMismatch: an object of the vault is not what the log says.
        ObjectMissing: an object that the log names is gone.
    """
    archive = Archive.open(url, vault, client_id=client_id, clock=clock, settings=settings)
    try:
        indexed = archive.reindex()
        counts = archive.counts()
        return RebuildResult(log_size=counts.log_size, indexed=indexed, counts=counts)
    finally:
        archive.close()
