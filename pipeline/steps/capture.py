"""Photos of one document into the inbox: one photo as it is, several bound together without touching their bytes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from domain.calendar import TOKYO
from extractors.media import sniff
from extractors.pages.bound import bind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractors.settings import ExtractorSettings

_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/heic": ".heic", "image/webp": ".webp"}


def document_of(photos: Sequence[bytes], *, taken_at: datetime, settings: ExtractorSettings) -> tuple[str, bytes]:
    """Name and bytes of what is put into the inbox.

    Raises:
        UnsupportedMedia: several photos of which one is no JPEG, or too many.
    """
    stamp = f"{taken_at.astimezone(TOKYO):%Y%m%d-%H%M%S}"
    if len(photos) == 1:
        (photo,) = photos
        return f"撮影_{stamp}{_ENDINGS.get(sniff(photo[:65536], ''), '.bin')}", photo
    return f"撮影_{stamp}_{len(photos)}枚.pdf", bind(photos, settings=settings)
