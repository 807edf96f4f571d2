"""By what pages were made into pictures: what a test of a scanner is held against (law: scan-viewing)."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from domain.calendar import tokyo_day
from domain.page import Capture

_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}")

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.page import CapturedPage
    from domain.record import Drop


def captures_of(pages: Iterable[CapturedPage], *, drop: Drop) -> tuple[Capture, ...]:
    """Each device and profile once, in the order of the pages.

    A file that names a day after the one on which it came, or none, counts as made on that one (Asia/Tokyo).
    """
    folder, on = folder_of(drop), tokyo_day(drop.preserved_at)
    return tuple(
        dict.fromkeys(
            Capture(
                device=page.device,
                folder=folder,
                profile=page.profile,
                lossless=page.compression == "lossless",
                made_on=page.made_on if page.made_on is not None and page.made_on <= on else on,
            )
            for page in pages
        )
    )


def folder_of(drop: Drop) -> str | None:
    """The folder of the inbox that a drop came through, e.g. ``paper/mfp-2f``, days left out; None at the top."""
    parts = PurePosixPath(drop.deposit.inbox_key).parent.parts
    return "/".join(part for part in parts if not _DAY.fullmatch(part) and part != "/") or None
