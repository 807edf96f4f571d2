"""Qualified invoice issuers as the National Tax Agency publishes them (law: inv-regnum, inv-registry-api).

A registration number is valid on a day from the registration day on and before its disposal or expiry; validity counts
as of the transaction date, not today.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


class IssuerStanding(StrEnum):
    """What the register says of a number on a day."""

    VALID = "valid"
    NOT_YET = "not_yet"
    """Registered later."""
    ENDED = "ended"
    """Cancelled or expired before."""
    ABSENT = "absent"
    """The register does not have it."""
    UNKNOWN = "unknown"
    """Nobody could be asked, or the copy at hand is not whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerRecord:
    """One published entry: its newest state."""

    number: str
    """``T`` and 13 digits."""
    name: str
    """Empty where a person's name is not in the published files."""
    trade_name: str = ""
    """主たる屋号."""
    former_name: str = ""
    """通称・旧姓."""
    corporation: bool
    registered_on: date
    updated_on: date
    disposed_on: date | None = None
    """取消: not valid from this day on."""
    expired_on: date | None = None
    """失効: not valid from this day on."""

    def standing(self, day: date) -> IssuerStanding:
        """Whether it is valid on a day (law: inv-registry-api)."""
        if day < self.registered_on:
            return IssuerStanding.NOT_YET
        ended = any(end is not None and end <= day for end in (self.disposed_on, self.expired_on))
        return IssuerStanding.ENDED if ended else IssuerStanding.VALID

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it is published under."""
        return tuple(dict.fromkeys(n for n in (self.name, self.trade_name, self.former_name) if n))


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerAnswer:
    """What a register answered, and when that was so."""

    record: IssuerRecord | None
    whole: bool
    """False where the register at hand does not have everybody: nothing follows from absence."""
    as_of: datetime | None
    """UTC; when the data was fetched or imported. None where nobody could be asked."""
    source: str
    """``mirror`` or ``web_api``; empty where nobody could be asked."""

    def standing(self, day: date) -> IssuerStanding:
        """What it says of the number on a day."""
        if self.record is not None:
            return self.record.standing(day)
        return IssuerStanding.ABSENT if self.whole else IssuerStanding.UNKNOWN


NOBODY = IssuerAnswer(record=None, whole=False, as_of=None, source="")
"""Nobody could be asked."""


@runtime_checkable
class IssuerRegister(Protocol):
    """Looks registration numbers up. Thread-safe; never raises for want of an answer."""

    def find(self, number: str) -> IssuerAnswer:
        """What is published about a number (``T`` and 13 digits)."""
        ...
