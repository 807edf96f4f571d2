"""The one place where instants become legal days: Asia/Tokyo (DESIGN §6.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


def utc_now() -> datetime:
    """The production clock; everything else takes a clock as a parameter."""
    return datetime.now(UTC)


def tokyo_day(instant: datetime) -> date:
    """The Asia/Tokyo day of an aware instant.

    Raises:
        ValueError: the instant has no time zone.
    """
    if instant.tzinfo is None:
        msg = "an instant needs a time zone"
        raise ValueError(msg)
    return instant.astimezone(TOKYO).date()


def tokyo_time(instant: datetime) -> str:
    """An aware instant as people of the office read it: 2026-11-20 09:05:07 JST."""
    return instant.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S JST")


def end_of_tokyo_day(day: date) -> datetime:
    """The last second of that day, in UTC: locks hold through it."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=TOKYO).astimezone(UTC)
