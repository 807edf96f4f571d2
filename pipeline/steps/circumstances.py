"""Causes of delay and channels of electronic documents, as people state them: acts, with reason and evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from domain.acts import ActKind
from domain.calendar import tokyo_day
from domain.circumstances import EVIDENCE, SERVICE, Channel, Delay, DelayCause, channels_of, delay_of
from domain.errors import CorrectionInvalid
from domain.ids import Origin
from domain.requests import REASON
from pipeline.steps.relations import known_document

if TYPE_CHECKING:
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

_ELECTRONIC = frozenset({Origin.ELECTRONIC_RECEIVED, Origin.ELECTRONIC_SENT})


def say_delay(
    shoko: Shoko,
    document_ids: Sequence[str],
    cause: DelayCause,
    *,
    until: date | None,
    by: str,
    reason: str,
    evidence: str,
) -> tuple[Delay, ...]:
    """State why input could not be in time, and when that ended (law: scan-input-early, scan-consequence).

    Said again with another day or cause, the newest counts. Whether it is accepted is for the tax office.

    Raises:
        ObjectMissing: no such document; nothing is recorded.
        CorrectionInvalid: no reason or evidence, or an end that has not come; nothing is recorded.
    """
    if not reason.strip() or not evidence.strip():
        raise CorrectionInvalid(
            "a cause of delay needs reason and evidence",
            message_ja="遅れた事由には、具体的な事情と、それを示す証拠（罹災証明書、障害報告書など）を入力してください",
        )
    if until is not None and until > tokyo_day(shoko.clock()):
        raise CorrectionInvalid("the cause ends in the future", message_ja="事由が解消した日に未来の日は使えません")
    said = Delay(cause=cause, until=until)
    for record in _records(shoko, document_ids):
        if delay_of(shoko.archive.acts(record.document_id)) != said:
            shoko.archive.record_act(
                ActKind.DELAY_SAID,
                record.document_id,
                recorded_by=by,
                facts={"cause": cause.value, "until": until.isoformat() if until else None, "stands": True},
                personal={REASON: reason, EVIDENCE: evidence},
                retain_until=record.retain_until,
            )
    return (said,) * len(document_ids)


def take_back_delay(shoko: Shoko, document_ids: Sequence[str], *, by: str, reason: str) -> None:
    """Say that a stated cause does not stand.

    Raises:
        ObjectMissing: no such document; nothing is recorded.
    """
    for record in _records(shoko, document_ids):
        found = delay_of(shoko.archive.acts(record.document_id))
        if found is not None:
            shoko.archive.record_act(
                ActKind.DELAY_SAID,
                record.document_id,
                recorded_by=by,
                facts={"cause": found.cause.value, "until": None, "stands": False},
                personal={REASON: reason} if reason.strip() else {},
                retain_until=record.retain_until,
            )


def say_channel(
    shoko: Shoko, document_ids: Sequence[str], channel: Channel, *, service: str, by: str, ends: bool = False
) -> frozenset[Channel]:
    """State (or take back) through what electronic documents came (law: et-authenticity-choice).

    Saving a mailed file here is no exchange inside a system (law: et-option3-needs-exchange-inside): the service that
    exchanged and keeps the data has to be named.

    Raises:
        ObjectMissing: no such document; nothing is recorded.
        CorrectionInvalid: one is no electronic transaction, or no service is named; nothing is recorded.
    """
    records = _records(shoko, document_ids)
    if not ends and not service.strip():
        raise CorrectionInvalid(
            "a channel needs the name of its service",
            message_ja="タイムスタンプを付与した、または授受と保存を行ったサービスの名前を入力してください",
        )
    if any(record.origin not in _ELECTRONIC for record in records):
        raise CorrectionInvalid(
            "only electronic transactions have a channel", message_ja="電子取引の書類だけに記録できます"
        )
    for record in records:
        if (channel in channels_of(shoko.archive.acts(record.document_id))) is ends:
            shoko.archive.record_act(
                ActKind.CHANNEL_SAID,
                record.document_id,
                recorded_by=by,
                facts={"channel": channel.value, "stands": not ends},
                personal={SERVICE: service} if service.strip() else {},
                retain_until=record.retain_until,
            )
    return channels_of(shoko.archive.acts(records[-1].document_id)) if records else frozenset()


def _records(shoko: Shoko, document_ids: Sequence[str]) -> tuple[ArchiveRecord, ...]:
    return tuple(known_document(shoko, one) for one in dict.fromkeys(document_ids))
