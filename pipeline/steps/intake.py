"""Inbox to vault: claim a version, preserve it, and only then delete exactly that version (DESIGN §3.1–3.3).

Takes inbox objects, gives ``Drop``. A crash anywhere leaves either the inbox version or a durable drop, or both; the
next run claims the same (key, version) under the same drop id and goes on.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from domain.calendar import TOKYO, tokyo_day
from domain.errors import ObjectMissing
from domain.ids import BlobRef, department_of_key, drop_id_for, origin_from_key, unit_id_for
from domain.labels import DROP_STATES
from domain.page import Fault
from domain.record import Deposit, Drop, DropOutcome, DropState, DropStatus
from domain.visibility import Visibility
from extractors.media import sniff

if TYPE_CHECKING:
    from domain.engines import ObjectVersion
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

INBOX = "inbox"
VAULT = "vault"
STATUS_PREFIX = "status/"
"""Reserved in the inbox: what became of each drop, for staff who see nothing but the bucket."""
REFUSED_PREFIX = "refused/"
"""Reserved in the inbox: files over the hard limit."""
SNIFF_BYTES = 64 * 1024
_DAY_IN_PATH = re.compile(r"(?:^|/)(\d{4})-(\d{2})-(\d{2})(?=/)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One version of one inbox object, to be taken in."""

    drop_id: str
    """Safe to log and to hand to an orchestrator: says nothing about the file's name."""
    key: str
    version_id: str
    size_bytes: int
    last_modified: datetime


def find_claims(shoko: Shoko, *, limit: int) -> tuple[Claim, ...]:
    """What lies complete in the inbox, oldest key first.

    A file in a folder that changed within the last ``still_seconds`` is left for the next look (half-written). Where
    the system cannot tell whether its writer is done, this process must have seen it unchanged for
    ``still_seconds_unsure``.
    """
    now = shoko.clock()
    still = timedelta(seconds=shoko.settings.intake.still_seconds)
    unsure = timedelta(seconds=shoko.settings.intake.still_seconds_unsure)
    settled = shoko.store.traits(INBOX).advisory_retention
    claims: list[Claim] = []
    seen: list[str] = []
    for item in _inbox_items(shoko):
        if len(claims) >= limit:
            break
        if item.perhaps_unfinished:
            seen.append(item.key)
            if not shoko.resting.long_enough(item, now=now, still=unsure):
                continue
        elif settled and now - item.last_modified < still and item.last_modified <= now + still:
            continue
        claims.append(
            Claim(
                drop_id=drop_id_for(
                    client_id=shoko.settings.client_id, store=INBOX, key=item.key, version_id=item.version_id
                ),
                key=item.key,
                version_id=item.version_id,
                size_bytes=item.size_bytes,
                last_modified=item.last_modified,
            )
        )
    else:
        shoko.resting.forget_all_but(seen)
    return tuple(claims)


def something_waits(shoko: Shoko) -> bool:
    """Whether the inbox holds anything at all, half-written files included."""
    return next(iter(_inbox_items(shoko)), None) is not None


def take(claim: Claim, shoko: Shoko) -> Drop | None:
    """Preserve one claim and delete its inbox version; None where it vanished or changed meanwhile.

    Steps:
        1. Over the hard limit: move to ``refused/`` with a record.
        2. Stream into the vault (digest on the way, read back) under a provisional lock.
        3. Look again: a file that changed while it was read is left for the next look.
        4. Record drop, unit, log leaf and stamp request: now it is durable.
        5. Delete exactly this inbox version, and write the status object.

    Raises:
        StoreUnavailable: try again; nothing is lost.
    """
    if claim.size_bytes > shoko.settings.intake.max_bytes:
        return _refuse(claim, shoko)  # 1
    shoko.at("take.begin")
    try:
        blob = _into(shoko, claim, bucket=VAULT, prefix=f"{shoko.settings.client_id}/blobs/")  # 2
    except ObjectMissing:
        return None
    shoko.at("take.preserved")
    if not _unchanged(claim, shoko):  # 3
        return None
    drop = shoko.archive.record_drop(_drop(claim, blob, shoko))  # 4
    shoko.at("take.recorded")
    _release(claim, shoko)  # 5
    shoko.at("take.released")
    write_status(shoko, drop.drop_id)
    logger.info("taken in: %s", drop.drop_id)
    return drop


def write_status(shoko: Shoko, drop_id: str) -> None:
    """Say what became of a drop: ``status/<key>.json`` in the inbox, for staff who see only the bucket."""
    status = shoko.archive.drop_status(drop_id)
    if status is None:
        return
    content = shoko.encode(status_message(status, first=_first_of(status, shoko)))

    def put(name: str) -> None:
        shoko.store.put_named(
            INBOX, f"{STATUS_PREFIX}{name}.json", content, media_type="application/json", if_absent=False
        )

    try:
        put(status.drop.deposit.inbox_key)
    except (ValueError, ObjectMissing):  # too long with the suffix, or a name that only others can write
        put(drop_id)


def _first_of(status: DropStatus, shoko: Shoko) -> Drop | None:
    """The drop that this one repeats, where whoever may look into the folder of this one may know of it."""
    drop = status.drop
    if drop.repeats_drop_id is None:
        return None
    department = department_of_key(drop.deposit.inbox_key)
    reader = Visibility(all_departments=False, departments=() if department is None else (department,))
    first = shoko.archive.seen_by(reader).drop_status(drop.repeats_drop_id)
    return first.drop if first is not None else None


def status_message(status: DropStatus, *, first: Drop | None = None) -> dict[str, object]:
    """What scanning staff read about one drop, in Japanese; ``first`` is the one that it repeats."""
    outcome = status.outcome
    state = outcome.state if outcome else DropState.PRESERVED
    documents = list(outcome.document_ids) if outcome else []
    repeated = None
    if status.drop.repeats_drop_id is not None:
        what = "受付済みのファイル"
        if first is None:
            documents = []
        else:
            what = f"{tokyo_day(first.preserved_at).isoformat()} に受け付けた「{first.deposit.original_name}」"
        repeated = f"{what}と同じ内容です。原本は保存済みで、書類は増えません"
    return {
        "状態": DROP_STATES[state][0],
        "state": state.value,
        "drop_id": status.drop.drop_id,
        "受付日時": status.drop.preserved_at.astimezone(TOKYO).isoformat(timespec="seconds"),
        "受領日": status.drop.received_on.isoformat() + ("（仮）" if status.drop.received_on_assumed else ""),
        "sha256": status.drop.blob.digest.value,
        "書類": documents,
        "お知らせ": [f.message_ja for f in outcome.faults] if outcome else [],
        "重複": repeated,
        "repeats_drop_id": status.drop.repeats_drop_id if first is not None else None,
    }


def _inbox_items(shoko: Shoko) -> Iterator[ObjectVersion]:
    for item in shoko.store.list_latest(INBOX):
        if not item.key.startswith((STATUS_PREFIX, REFUSED_PREFIX)):
            yield item


def _into(shoko: Shoko, claim: Claim, *, bucket: str, prefix: str) -> BlobRef:
    with shoko.store.open(INBOX, claim.key, version_id=claim.version_id) as stream:
        head = stream.read(SNIFF_BYTES)
    media_type = sniff(head, _printable(claim.key.rsplit("/", 1)[-1]))
    until = shoko.clock() + timedelta(days=shoko.settings.archive.provisional_lock_days)
    with shoko.store.open(INBOX, claim.key, version_id=claim.version_id) as stream:
        return shoko.store.put_blob(
            bucket, stream, prefix=prefix, media_type=media_type, retain_until=until if bucket == VAULT else None
        )


def _unchanged(claim: Claim, shoko: Shoko) -> bool:
    if shoko.store.traits(INBOX).advisory_retention:
        now = shoko.store.stat(INBOX, claim.key)
        return now is not None and now.version_id == claim.version_id
    return True


def _drop(claim: Claim, blob: BlobRef, shoko: Shoko) -> Drop:
    now = shoko.clock()
    found = shoko.store.stat(INBOX, claim.key, version_id=claim.version_id)
    metadata = {k.lower().removeprefix("x-amz-meta-"): v for k, v in ((found and found.metadata) or {}).items()}
    said = _day(metadata.get("received-on", "")) or day_in_path(claim.key)
    origin = origin_from_key(claim.key)
    return Drop(
        client_id=shoko.settings.client_id,
        drop_id=claim.drop_id,
        unit_id=unit_id_for(client_id=shoko.settings.client_id, origin=origin, digest=blob.digest),
        blob=blob,
        origin=origin,
        received_on=said or tokyo_day(now),
        received_on_assumed=said is None,
        preserved_at=now,
        deposit=Deposit(
            original_name=_printable(claim.key.rsplit("/", 1)[-1]),
            inbox_key=_printable(claim.key),
            deposited_by=metadata.get("deposited-by"),
        ),
    )


def day_in_path(key: str) -> date | None:
    """The day that a folder of the path names (``paper/2026-11-20/a.pdf``), or None."""
    found = _DAY_IN_PATH.search(key)
    return _day("-".join(found.groups())) if found else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _printable(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _release(claim: Claim, shoko: Shoko) -> None:
    shoko.store.delete_version(INBOX, claim.key, version_id=claim.version_id)


def _refuse(claim: Claim, shoko: Shoko) -> Drop | None:
    """Move a file over the hard limit aside, recorded; it is not preserved in the vault."""
    try:
        blob = _into(shoko, claim, bucket=INBOX, prefix=f"{REFUSED_PREFIX}{claim.drop_id}/")
    except ObjectMissing:
        return None
    if not _unchanged(claim, shoko):
        return None
    drop = shoko.archive.record_drop(_drop(claim, blob, shoko))
    limit = shoko.settings.intake.max_bytes
    shoko.archive.record_outcome(
        DropOutcome(
            drop_id=drop.drop_id,
            state=DropState.REFUSED,
            faults=(
                Fault(
                    code="too_large",
                    message=f"{claim.size_bytes} bytes exceed the limit of {limit} bytes; moved to {REFUSED_PREFIX}",
                    message_ja=(
                        f"ファイルの大きさ {claim.size_bytes:,} バイトが上限 {limit:,} バイトを超えています。"
                        f"{REFUSED_PREFIX} に移しました。分割するか解像度を下げて入れ直してください"
                    ),
                ),
            ),
            recorded_at=shoko.clock(),
        )
    )
    _release(claim, shoko)
    write_status(shoko, drop.drop_id)
    return drop
