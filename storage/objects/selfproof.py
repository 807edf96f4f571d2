"""Does this store really keep what it locks? A canary is put under lock, and every route to destroy it is tried.

Nothing is believed because a server says so (DESIGN §8): some accept a lock and still delete. Passed: the route was
refused, or left the locked version as it was. Failed: the store let happen what it promised to prevent. Indeterminate:
it promises nothing (a folder, a bucket without Object Lock), so it is not write-once, and says so.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from domain.calendar import utc_now
from domain.engines import ObjectStore
from domain.errors import AppendOnlyViolation, AppError
from domain.evidence import Check, Outcome, Report
from domain.ids import BlobRef
from storage.objects.folder import FolderStore
from storage.objects.routes import Route, folder_routes, s3_routes
from storage.objects.s3 import S3Store

CANARY_PREFIX = "selftest/"
"""Outside every client's prefix, so that no archive takes a canary for one of its objects."""
CANARY_LOCK = timedelta(minutes=10)
"""Long enough to try everything, short enough that the next run can remove it."""
CANARY_LOCK_LONGER = timedelta(minutes=20)
_MEDIA_TYPE = "application/octet-stream"


def prove_write_once(store: ObjectStore, bucket: str, *, clock: Callable[[], datetime] = utc_now) -> Report:
    """Checks named ``store.*``, of which ``store.write_once`` is the sum.

    Raises nothing of the store's: what cannot be tried is indeterminate.
    """
    try:
        return _prove(store, bucket, clock)
    except AppError as error:
        return Report(checks=(_check("store.write_once", Outcome.INDETERMINATE, error.code, bucket),))


def _prove(store: ObjectStore, bucket: str, clock: Callable[[], datetime]) -> Report:
    _sweep(store, bucket)
    traits = store.traits(bucket)
    if not traits.object_lock:
        detail = "not write-once: the bucket has no object lock"
        return Report(checks=(_check("store.write_once", Outcome.INDETERMINATE, detail, bucket),))
    content = secrets.token_bytes(64)
    now = clock()
    until = now + CANARY_LOCK_LONGER
    canary = store.put_named(
        bucket,
        f"{CANARY_PREFIX}{now:%Y%m%dT%H%M%S}-{secrets.token_hex(8)}",
        content,
        media_type=_MEDIA_TYPE,
        retain_until=until,
        if_absent=False,
    )
    routes = [*_through_shoko(store, canary, now + CANARY_LOCK), *_around_shoko(store, canary, now + CANARY_LOCK)]
    checks = [_retention_kept(store, canary, until)]
    for route in routes:
        answer = _try(route)
        stands = _stands(store, canary, content, until)
        outcome = Outcome.PASSED if stands is None else Outcome.FAILED
        if stands is not None and traits.advisory_retention and route.by_owner:
            outcome = Outcome.INDETERMINATE
        checks.append(_check(f"store.{route.name}", outcome, stands or answer, bucket))
        if stands is not None:
            break  # the canary is gone or changed: nothing more can be learnt from it
    checks.append(_total(checks, bucket, advisory=traits.advisory_retention))
    _sweep(store, bucket)
    return Report(checks=tuple(checks))


def _through_shoko(store: ObjectStore, canary: BlobRef, earlier: datetime) -> list[Route]:
    bucket, key, version_id = canary.bucket, canary.key, canary.version_id or ""

    def put_other_bytes() -> None:
        store.put_named(bucket, key, b"other bytes", media_type=_MEDIA_TYPE)

    return [
        Route(name="delete", attempt=lambda: store.delete_version(bucket, key, version_id=version_id)),
        Route(
            name="shorten",
            attempt=lambda: store.extend_retention(bucket, key, version_id=version_id, until=earlier),
        ),
        Route(name="overwrite", attempt=put_other_bytes),
    ]


def _around_shoko(store: ObjectStore, canary: BlobRef, earlier: datetime) -> tuple[Route, ...]:
    """What another program can do with the same rights."""
    if isinstance(store, S3Store):
        return s3_routes(store, canary, earlier=earlier)
    if isinstance(store, FolderStore):
        return folder_routes(store, canary)
    return ()


def _try(route: Route) -> str:
    """What the store answered."""
    try:
        route.attempt()
    except AppendOnlyViolation:
        return "refused"
    except AppError as error:
        return f"refused: {error.code}"
    except Exception as error:  # noqa: BLE001  # foreign programs fail in foreign ways; the canary tells what happened
        return f"refused: {getattr(error, 'code', None) or type(error).__name__}"
    return "accepted, and the locked version stands"


def _stands(store: ObjectStore, canary: BlobRef, content: bytes, until: datetime) -> str | None:
    """None where bytes and lock are as they were, else what happened to them."""
    try:
        found = store.get(canary.bucket, canary.key, version_id=canary.version_id)
        kept = store.retention(canary.bucket, canary.key, version_id=canary.version_id)
    except AppError as error:
        return f"the locked version cannot be read any more: {error.code}"
    if found != content:
        return "the locked version has other bytes now"
    if kept is None or kept < until.replace(microsecond=0):
        return f"the lock was shortened to {kept.isoformat() if kept else 'nothing'}"
    return None


def _retention_kept(store: ObjectStore, canary: BlobRef, until: datetime) -> Check:
    kept = store.retention(canary.bucket, canary.key, version_id=canary.version_id)
    held = kept is not None and kept >= until.replace(microsecond=0)
    outcome = Outcome.PASSED if held else Outcome.FAILED
    return _check("store.retention_kept", outcome, kept.isoformat() if kept else "nothing was kept", canary.bucket)


def _total(checks: list[Check], bucket: str, *, advisory: bool) -> Check:
    if any(check.outcome is Outcome.FAILED for check in checks):
        return _check("store.write_once", Outcome.FAILED, "not write-once", bucket)
    if advisory:
        detail = "not write-once, retention advisory: the owner of the files can change them"
        return _check("store.write_once", Outcome.INDETERMINATE, detail, bucket)
    detail = "write-once towards every client; the store's own administrator can still remove the bucket"
    return _check("store.write_once", Outcome.PASSED, detail, bucket)


def _sweep(store: ObjectStore, bucket: str) -> None:
    """Remove canaries whose lock has ended, and the markers and versions that the attempts left on top."""
    for version in list(store.list_versions(bucket, prefix=CANARY_PREFIX)):
        try:
            store.delete_version(bucket, version.key, version_id=version.version_id)
        except AppendOnlyViolation:
            continue


def _check(name: str, outcome: Outcome, detail: str, subject: str) -> Check:
    return Check(name=name, outcome=outcome, detail=detail, subject=subject)
