"""What people say around a document that no engine can know: why its input was late, through what it was exchanged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.acts import ActKind, ActRecord

SERVICE, EVIDENCE = "service", "evidence"
"""Names of personal values: the service or system that stamped or exchanged; what proves a delay's cause."""


class DelayCause(StrEnum):
    """Why input could not be in time; own negligence is none (law: scan-input-early)."""

    SPECIAL = "special"
    """特別な事由: a cause beyond the usual that lasts for a while; input follows right after its end."""
    DISASTER = "disaster"
    """災害その他やむを得ない事情, which has to be proven (law: scan-consequence)."""


class Channel(StrEnum):
    """Through what data came, where that alone keeps it from being tampered with (law: et-authenticity-choice)."""

    RECEIVED_STAMPED = "received_stamped"
    """It carried an accredited timestamp when it came (option 1)."""
    EXCHANGED_INSIDE = "exchanged_inside"
    """Exchanged and kept in a service that keeps corrections and deletions, or forbids them (option 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """A cause that somebody stated, with reason and evidence."""

    cause: DelayCause
    until: date | None
    """Asia/Tokyo day on which it ended; None while it lasts."""


def delay_of(acts: Sequence[ActRecord]) -> Delay | None:
    """The cause of delay that stands after these acts."""
    said = [act for act in acts if act.kind is ActKind.DELAY_SAID]
    if not said or said[-1].facts["stands"] is not True:
        return None
    facts = said[-1].facts
    until = facts.get("until")
    return Delay(
        cause=DelayCause(str(facts["cause"])), until=date.fromisoformat(str(until)) if until is not None else None
    )


def channels_of(acts: Sequence[ActRecord]) -> frozenset[Channel]:
    """The channels that stand after these acts."""
    stands = {
        Channel(str(act.facts["channel"])): act.facts["stands"] is True
        for act in acts
        if act.kind is ActKind.CHANNEL_SAID
    }
    return frozenset(channel for channel, holds in stands.items() if holds)
