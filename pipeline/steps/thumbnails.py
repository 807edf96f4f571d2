"""Small pictures of first pages, made when they are first looked at and kept in ``derived``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import ObjectMissing
from extractors.pages.render import page_png

if TYPE_CHECKING:
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

DERIVED = "derived"
WIDTH_PX = 168
"""Three times as wide as a list shows it: sharp on dense screens, some kilobytes each."""


def thumbnail(shoko: Shoko, record: ArchiveRecord) -> bytes:
    """The first page of a document that who asks may see, as a small PNG.

    Raises:
        ObjectMissing: it has no page, or its bytes are gone.
        InputError: the file has no pages that can be shown.
    """
    ref = record.pages[0] if record.pages else None
    unit = shoko.archive.get_unit(ref.unit_id) if ref is not None else None
    if ref is None or unit is None:
        raise ObjectMissing(f"document {record.document_id} has no page", message_ja="表示できるページがありません")
    name = f"{unit.blob.digest.value}.{ref.page_index}.{ref.rotation_degrees}.{WIDTH_PX}.png"
    key = f"{record.client_id}/thumbnails/{name[:2]}/{name}"
    if shoko.store.stat(DERIVED, key) is not None:
        return shoko.store.get(DERIVED, key)
    blob = unit.blob
    png = page_png(
        shoko.store.get(blob.bucket, blob.key, version_id=blob.version_id, expect=blob.digest),
        media_type=blob.media_type,
        page_index=ref.page_index,
        settings=shoko.settings.extractors,
        width_px=WIDTH_PX,
        rotation_degrees=ref.rotation_degrees,
    )
    shoko.store.put_named(DERIVED, key, png, media_type="image/png", if_absent=False)
    return png
