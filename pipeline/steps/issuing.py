"""Editions of the papers that the law wants: a text that differs is another edition, kept (law: scan-docs)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from compliance.retention import retain_until
from domain.acts import ActKind, ActRecord
from domain.calendar import tokyo_day
from domain.ids import Digest
from domain.precedence import ENGINE

if TYPE_CHECKING:
    from pipeline.wiring import Shoko

_SUBJECT = "paper-"
"""Editions of each paper are a series of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition of a paper."""

    name: str
    number: int
    """From 1."""
    issued_on: date
    """Asia/Tokyo."""
    digest: Digest | None
    """Of its text without edition and day, in UTF-8: what makes it another edition. The text names people, so the
    digest stands beside it in the payload; None once that is destroyed."""
    text: str | None
    """As it was issued; None once its payload is destroyed."""


def issue(shoko: Shoko, name: str, body: str, *, make: Callable[[int, date], str]) -> Edition:
    """The edition of a paper whose body says this; a new one where the newest says something else.

    Args:
        shoko: the installation.
        name: of the paper, a code.
        body: what decides whether it is another edition.
        make: makes the whole text from the edition's number and day.
    """
    digest = Digest.of(body.encode())
    known = editions(shoko, name)
    if known and known[-1].digest == digest:
        return known[-1]
    number, day = len(known) + 1, tokyo_day(shoko.clock())
    act = shoko.archive.record_act(
        ActKind.PAPERS_ISSUED,
        _SUBJECT + name,
        recorded_by=ENGINE,
        facts={"paper": name, "edition": number, "issued_on": day.isoformat()},
        personal={"text": make(number, day), "digest": str(digest)},
        retain_until=retain_until(day, settings=shoko.company),
    )
    return _edition(act)


def editions(shoko: Shoko, name: str) -> tuple[Edition, ...]:
    """Every edition of a paper, oldest first."""
    return tuple(_edition(act) for act in shoko.archive.acts(_SUBJECT + name))


def _edition(act: ActRecord) -> Edition:
    return Edition(
        name=str(act.facts["paper"]),
        number=int(str(act.facts["edition"])),
        issued_on=date.fromisoformat(str(act.facts["issued_on"])),
        digest=Digest.parse(act.personal["digest"]) if "digest" in act.personal else None,
        text=act.personal.get("text"),
    )
