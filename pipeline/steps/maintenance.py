"""Repair and inspection: rebuild the index, reconcile, try the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.calendar import utc_now
from domain.codec import to_plain
from pipeline.wiring import open_objects
from storage.archive.rebuild import rebuild
from storage.objects.selfproof import prove_write_once
from storage.reconcile import reconcile

if TYPE_CHECKING:
    from domain.evidence import Report
    from pipeline.settings import ShokoSettings
    from pipeline.wiring import Shoko


def rebuild_archive(settings: ShokoSettings) -> dict[str, int]:
    """Make the database anew from the vault alone; what it holds afterwards."""
    store = open_objects(settings)
    result = rebuild(settings.archive_url, store, client_id=settings.client_id, clock=utc_now)
    plain: dict[str, int] = to_plain(result)
    return plain


def reconcile_archive(shoko: Shoko) -> Report:
    """Every object has a record, every record its object, every drop an outcome."""
    return reconcile(shoko.archive, shoko.store)


def try_store(shoko: Shoko) -> Report:
    """Write a canary under lock and try to get rid of it by every route."""
    return prove_write_once(shoko.store, "vault", clock=shoko.clock)
