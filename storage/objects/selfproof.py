"""Does this store really keep what it locks? Canaries are put under lock, and every route to destroy them is tried.

Nothing is believed because a server says so (DESIGN §8): some accept a lock and still delete. Passed: the route was
refused, or left the locked version as it was. Failed: the store let happen what it promised to prevent. Indeterminate:
it promises nothing (a folder, a bucket without Object Lock), so it is not write-once, and says so.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.calendar import utc_now
from domain.engines import ObjectStore, StoreTraits
from domain.errors import AppendOnlyViolation, AppError
from domain.evidence import Check, Outcome, Report
from domain.ids import BlobRef, Digest
from storage.objects.routes import IN_PARTS, RawAccess, Route, raw_access, routes

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
        return _Trial(store=store, bucket=bucket, clock=clock).report()
    except AppError as error:
        return Report(checks=(_check("write_once", Outcome.INDETERMINATE, error.code, bucket),))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Canary:
    """A locked object, and what must stay true of it."""

    ref: BlobRef
    content: bytes
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """One run over one bucket."""

    store: ObjectStore
    bucket: str
    clock: Callable[[], datetime]

    def report(self) -> Report:
        self._sweep()
        traits = self.store.traits(self.bucket)
        if not traits.object_lock:
            detail = "not write-once: the bucket has no object lock"
            return Report(checks=(_check("write_once", Outcome.INDETERMINATE, detail, self.bucket),))
        checks = list(self._tried(traits))
        raw = raw_access(self.store)
        if raw is not None:
            checks += self._without_headers(raw)
        checks.append(self._total(checks, traits))
        self._sweep()
        return Report(checks=tuple(checks))

    def _tried(self, traits: StoreTraits) -> Iterator[Check]:
        """Every route; one that destroyed its canary leaves a new one to the next."""
        canary = self._put_canary()
        yield self._retention_kept(canary)
        number = 0
        while True:
            tried = routes(self.store, canary.ref, earlier=canary.until - (CANARY_LOCK_LONGER - CANARY_LOCK))
            if number >= len(tried):
                return
            route = tried[number]
            answer = _try(route.attempt)
            harm = self._harm(canary)
            yield self._verdict(route, answer, harm, traits)
            if route.name == "raw_delete_name" and harm is None and answer.startswith("accepted"):
                yield self._marker_seen(canary)
            number += 1
            if harm is not None and number < len(tried):
                canary = self._put_canary()

    def _put_canary(self) -> _Canary:
        content = secrets.token_bytes(64)
        until = self.clock() + CANARY_LOCK_LONGER
        ref = self.store.put_named(
            self.bucket, self._new_key(), content, media_type=_MEDIA_TYPE, retain_until=until, if_absent=False
        )
        return _Canary(ref=ref, content=content, until=until)

    def _new_key(self) -> str:
        return f"{CANARY_PREFIX}{self.clock():%Y%m%dT%H%M%S}-{secrets.token_hex(8)}"

    def _retention_kept(self, canary: _Canary) -> Check:
        ref = canary.ref
        kept = self.store.retention(ref.bucket, ref.key, version_id=ref.version_id)
        held = kept is not None and kept >= canary.until.replace(microsecond=0)
        outcome = Outcome.PASSED if held else Outcome.FAILED
        return _check("retention_kept", outcome, kept.isoformat() if kept else "nothing was kept", self.bucket)

    def _verdict(self, route: Route, answer: str, harm: str | None, traits: StoreTraits) -> Check:
        if harm is None:
            return _check(route.name, Outcome.PASSED, answer, self.bucket)
        advised = traits.advisory_retention and route.by_owner
        return _check(route.name, Outcome.INDETERMINATE if advised else Outcome.FAILED, harm, self.bucket)

    def _marker_seen(self, canary: _Canary) -> Check:
        """A name can be deleted though its version is locked: then at least it must show, or no alarm is raised."""
        listed = self.store.list_versions(self.bucket, prefix=canary.ref.key)
        seen = any(found.is_delete_marker for found in listed)
        outcome, detail = (Outcome.PASSED, "it shows") if seen else (Outcome.FAILED, "a deletion of a name is hidden")
        return _check("delete_marker_seen", outcome, detail, self.bucket)

    def _without_headers(self, raw: RawAccess) -> Iterator[Check]:
        """Uploads whose lock headers a server drops without a word (RGW in parts): kept by default, and once locked."""
        key = self._new_key()
        sent = BlobRef(
            bucket=self.bucket,
            key=key,
            version_id=None,
            digest=Digest.of(IN_PARTS),
            size_bytes=len(IN_PARTS),
            media_type=_MEDIA_TYPE,
        )
        answer = _try(lambda: raw.raw_put(sent, IN_PARTS))
        found = self.store.stat(self.bucket, key)
        if found is None:
            yield _check("multipart", Outcome.INDETERMINATE, f"cannot be tried: {answer}", self.bucket)
            return
        sent = replace(sent, version_id=found.version_id)
        kept = self.store.retention(self.bucket, key, version_id=sent.version_id)
        outcome = Outcome.PASSED if kept is not None else Outcome.INDETERMINATE
        detail = "locked by the bucket's default" if kept else "not locked until Shoko locks it: no default retention"
        yield _check("multipart_default_lock", outcome, detail, self.bucket)
        canary = _Canary(ref=sent, content=IN_PARTS, until=self.clock() + CANARY_LOCK_LONGER)
        try:
            self.store.extend_retention(self.bucket, key, version_id=sent.version_id, until=canary.until)
        except AppError as error:
            yield _check("multipart", Outcome.FAILED, f"cannot be locked: {error.code}", self.bucket)
            return
        answer = _try(lambda: raw.raw_delete(sent, bypass=True))
        harm = self._harm(canary)
        yield _check("multipart", Outcome.FAILED if harm else Outcome.PASSED, harm or answer, self.bucket)

    def _harm(self, canary: _Canary) -> str | None:
        """None where bytes and lock are as they were, else what happened to them."""
        ref = canary.ref
        try:
            found = self.store.get(ref.bucket, ref.key, version_id=ref.version_id)
            kept = self.store.retention(ref.bucket, ref.key, version_id=ref.version_id)
        except AppError as error:
            return f"the locked version cannot be read any more: {error.code}"
        if found != canary.content:
            return "the locked version has other bytes now"
        if kept is None or kept < canary.until.replace(microsecond=0):
            return f"the lock was shortened to {kept.isoformat() if kept else 'nothing'}"
        return None

    def _total(self, checks: list[Check], traits: StoreTraits) -> Check:
        if any(check.outcome is Outcome.FAILED for check in checks):
            return _check("write_once", Outcome.FAILED, "not write-once", self.bucket)
        if traits.advisory_retention:
            detail = "not write-once, retention advisory: the owner of the files can change them"
            return _check("write_once", Outcome.INDETERMINATE, detail, self.bucket)
        detail = "write-once towards every client; the store's own administrator can still remove the bucket"
        return _check("write_once", Outcome.PASSED, detail, self.bucket)

    def _sweep(self) -> None:
        """Remove canaries whose lock has ended, and the markers and versions that the attempts left on top."""
        for version in list(self.store.list_versions(self.bucket, prefix=CANARY_PREFIX)):
            try:
                self.store.delete_version(self.bucket, version.key, version_id=version.version_id)
            except AppendOnlyViolation:
                continue


def _try(attempt: Callable[[], object]) -> str:
    """What the store answered."""
    try:
        attempt()
    except AppendOnlyViolation:
        return "refused"
    except AppError as error:
        return f"refused: {error.code}"
    except Exception as error:  # noqa: BLE001  # foreign programs fail in foreign ways; the canary tells what happened
        return f"refused: {getattr(error, 'code', None) or type(error).__name__}"
    return "accepted, and the locked version stands"


def _check(name: str, outcome: Outcome, detail: str, bucket: str) -> Check:
    return Check(name=f"store.{name}", outcome=outcome, detail=detail, subject=bucket)
