"""Repair and inspection: rebuild the index, reconcile, try the store."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from domain.calendar import utc_now
from pipeline.steps.health import RECONCILED, log_health
from pipeline.wiring import open_objects
from storage.archive.rebuild import rebuild
from storage.reconcile import reconcile

if TYPE_CHECKING:
    from domain.evidence import Report
    from pipeline.settings import ShokoSettings
    from pipeline.wiring import Shoko


def rebuild_archive(settings: ShokoSettings) -> dict[str, int]:
    """Make the database anew from the vault alone; what it holds afterwards.

    An SQLite file that is there is moved aside, not deleted. A PostgreSQL database has to be empty (or merely behind).

    Raises:
        DigestMismatch: an object of the vault is not what the log says.
        ObjectMissing: an object that the log names is gone.
    """
    store = open_objects(settings)
    if settings.archive_url.startswith("sqlite"):
        _move_aside(Path(settings.archive_url.removeprefix("sqlite:///")))
    result = rebuild(settings.archive_url, store, client_id=settings.client_id, clock=utc_now)
    counts = result.counts
    return {
        "log_size": result.log_size,
        "drops": counts.drops,
        "units": counts.units,
        "documents": counts.documents,
        "revisions": counts.revisions,
        "indexed": result.indexed,
    }


def _move_aside(database: Path) -> None:
    stamp = utc_now().strftime("%Y%m%dT%H%M%SZ")
    for ending in ("", "-wal", "-shm"):
        old = database.with_name(database.name + ending)
        if old.exists():
            old.rename(database.with_name(f"{database.name}.before-{stamp}{ending}"))


IN_FLIGHT = timedelta(hours=1)
"""What is younger may still be under way while others are filing."""


def reconcile_archive(shoko: Shoko, *, settled: timedelta = timedelta(0)) -> Report:
    """Every object has a record, every record its object, every drop an outcome; what was found is logged.

    ``settled``: leave alone what is younger than this; zero where nobody else is filing.
    """
    before = shoko.clock() - settled if settled else None
    size = shoko.archive.log_size()
    report = reconcile(shoko.archive, shoko.store, settled_before=before)
    log_health(shoko, RECONCILED, report, log_size=size)
    return report
