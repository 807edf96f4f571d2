"""Repair and inspection: rebuild the index, reconcile, try the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.calendar import utc_now
from domain.errors import DigestMismatch, ObjectMissing
from domain.evidence import Check, Outcome, Report
from pipeline.steps.health import RECONCILED, VAULT, last_health, log_health
from pipeline.steps.retention import extend_locks, short_locks
from pipeline.wiring import open_objects
from storage.archive.comparing import TableDifference, damage, differences, index_differences, rebuilt_copy
from storage.archive.rebuild import rebuild, set_aside
from storage.reconcile import Repaired, reconcile, repair

if TYPE_CHECKING:
    from pipeline.settings import ShokoSettings
    from pipeline.wiring import Shoko
    from storage.archive.indexing import Progress


def rebuild_archive(settings: ShokoSettings, *, progress: Progress | None = None) -> dict[str, int]:
    """Make the database anew from the vault alone; what it holds afterwards.

    What is there is set aside, not deleted: an SQLite file under another name, PostgreSQL tables in another schema.

    Raises:
        DigestMismatch: an object of the vault is not what the log says.
        ObjectMissing: an object that the log names is gone.
    """
    store = open_objects(settings)
    set_aside(settings.archive_url, stamp=utc_now().strftime("%Y%m%dT%H%M%SZ"))
    result = rebuild(settings.archive_url, store, client_id=settings.client_id, clock=utc_now, progress=progress)
    counts = result.counts
    return {
        "log_size": result.log_size,
        "drops": counts.drops,
        "units": counts.units,
        "documents": counts.documents,
        "revisions": counts.revisions,
        "indexed": result.indexed,
    }


IN_FLIGHT = timedelta(hours=1)
"""What is younger may still be under way while others are filing."""


def reconcile_archive(
    shoko: Shoko, *, settled: timedelta = timedelta(0), new_only: bool = False, deep: bool = False
) -> Report:
    """Every object has a record, every record its object, every drop an outcome; what was found is logged.

    Args:
        shoko: the installation.
        settled: leave alone what is younger than this; zero where nobody else is filing.
        new_only: only what came into the log since the last look; the vault is not listed then.
        deep: read every object, and hold the database against one made anew from the vault.
    """
    before = shoko.clock() - settled if settled else None
    size = shoko.archive.log_size()
    last = last_health(shoko, RECONCILED) if new_only else None
    since = (last.log_size if last else 0) if new_only else None
    report = reconcile(shoko.archive, shoko.store, settled_before=before, since=since, check_digests=deep)
    if deep:
        report = report.joined(Report(checks=(*_held_against_the_vault(shoko), *_locks(shoko))))
    log_health(shoko, RECONCILED, report, log_size=size)
    return report


def _held_against_the_vault(shoko: Shoko) -> Iterator[Check]:
    name = "rows_equal_the_vault"
    try:
        with rebuilt_copy(shoko.archive) as copy:
            found = differences(shoko.archive, copy)
            indexes = index_differences(shoko.archive, copy)
            faults = damage(shoko.archive, copy)
    except (ObjectMissing, DigestMismatch) as error:
        yield Check(name=name, outcome=Outcome.FAILED, detail=error.code)
        return
    yield from (Check(name="database_is_whole", outcome=Outcome.FAILED, detail=fault) for fault in faults)
    if not faults:
        yield Check(name="database_is_whole", outcome=Outcome.PASSED)
    yield from _unlike(name, found)
    yield from _unlike("index_equals_the_vault", indexes)


def _unlike(name: str, found: tuple[TableDifference, ...]) -> Iterator[Check]:
    for one in found:
        said = f"{len(one.missing)} missing, {one.changed} changed, {one.unknown} unknown"
        yield Check(name=name, outcome=Outcome.FAILED, subject=one.table, detail=said)
    if not found:
        yield Check(name=name, outcome=Outcome.PASSED)


def _locks(shoko: Shoko) -> Iterator[Check]:
    short = tuple(short_locks(shoko))
    yield from (Check(name="locks_hold", outcome=Outcome.FAILED, subject=key) for key in short)
    if not short:
        yield Check(name="locks_hold", outcome=Outcome.PASSED)


def repair_archive(shoko: Shoko) -> tuple[Repaired, ...]:
    """Put in order what can be; how many of what is logged. Reconcile afterwards to see what cannot.

    Locks are set again on everything that documents consist of, those of what was put back included.
    """
    done = repair(shoko.archive, shoko.store, now=shoko.clock())
    short = tuple(short_locks(shoko))
    if done or short:
        extend_locks(shoko, full=True)
    done += tuple(Repaired(name="locks_hold", subject=key) for key in short)
    if done:
        shoko.archive.append_act(
            kind="repaired",
            subject_id=VAULT,
            manifest={
                "format": "shoko.repaired.v1",
                "client_id": shoko.settings.client_id,
                "recorded_at": shoko.clock().isoformat(),
                "repaired": dict(Counter(one.name for one in done)),
            },
        )
    return done
