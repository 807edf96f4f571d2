"""The first look at a drop, right after it is preserved: whoever still has the paper hears what is wrong with it.

Nothing is decided here: documents are judged when they are filed, by what they turn out to be (law:
scan-resolution-tone). Until then every scan counts as important, so that nobody learns too late that colour was needed.
What was found lies in ``derived`` and can be found again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from compliance.capture_quality import judge
from domain.codec import dump, load
from domain.errors import DigestMismatch, ObjectMissing
from domain.evidence import Outcome
from domain.ids import ON_PAPER
from domain.record import ImportanceClass
from extractors import media
from extractors.pages.sight import first_sight

if TYPE_CHECKING:
    from domain.engines import ObjectStore
    from domain.ids import Origin
    from extractors.settings import ExtractorSettings

DERIVED = "derived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """One thing that whoever scanned it should know."""

    code: str
    """``quality`` (the law's resolution and colour), ``dark`` or ``cut_off``."""
    page: int | None = None
    """From 1; None where the words name it."""
    words: str | None = None
    """In Japanese, as the law's check says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLook:
    """What a first look found; empty where all is well."""

    warned: tuple[Warned, ...] = ()


def look_key(client_id: str, drop_id: str) -> str:
    """Where the look at a drop lies in ``derived``."""
    return f"{client_id}/looks/{drop_id}.json"


def wants_look(origin: Origin, media_type: str) -> bool:
    """True for scans and photos of papers; data is not judged by its pixels."""
    return origin in ON_PAPER and (media_type == media.PDF or media_type in media.IMAGES)


def look(content: bytes, *, media_type: str, today: date, settings: ExtractorSettings) -> FirstLook:
    """Look at the bytes; only in a process that may be lost, since they come from anywhere."""
    sight = first_sight(content, media_type=media_type, settings=settings)
    judged = judge(sight.captured, importance=ImportanceClass.IMPORTANT, stored_on=today)
    failed = [check.detail for check in judged if check.outcome is Outcome.FAILED]
    return FirstLook(
        warned=(
            *(Warned(code="quality", words=detail) for detail in failed),
            *(Warned(code=note.code, page=note.page_index + 1) for note in sight.notes),
        )
    )


def keep_look(store: ObjectStore, key: str, found: FirstLook) -> None:
    """Leave what was found in ``derived``."""
    store.put_named(DERIVED, key, dump(found), media_type="application/json", if_absent=False)


def kept_look(store: ObjectStore, key: str) -> FirstLook | None:
    """What was found, or None where nobody looked yet."""
    try:
        return load(FirstLook, store.get(DERIVED, key))
    except (ObjectMissing, DigestMismatch, ValueError):
        return None
