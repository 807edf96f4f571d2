"""The text of a filed document as it was last recorded, found by the digest of its bytes."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.codec import load
from domain.errors import ObjectMissing
from domain.page import PageText, TextReading
from pipeline.steps.filing import DERIVED

if TYPE_CHECKING:
    from domain.ids import BlobRef
    from domain.page import PageRef
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko


def newest_text(shoko: Shoko, blob: BlobRef) -> str:
    """Key of the newest text of exactly these bytes.

    Raises:
        ObjectMissing: none is recorded; reading again records one.
    """
    prefix = f"{shoko.settings.client_id}/texts/{blob.digest.value}/"
    versions = sorted(shoko.store.list_latest(DERIVED, prefix=prefix), key=lambda v: (v.last_modified, v.key))
    if not versions:
        raise ObjectMissing(
            f"no text of {blob.digest} is recorded",
            message_ja="読み取りの記録がないため作れません。shoko reprocess で読み取り直すと作れるようになります",
        )
    return versions[-1].key


def load_text(shoko: Shoko, key: str) -> TextReading:
    """A recorded text.

    Raises:
        ObjectMissing: it is damaged.
    """
    try:
        return load(TextReading, gzip.decompress(shoko.store.get(DERIVED, key)))
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise ObjectMissing(
            "the recorded text cannot be read back",
            message_ja="読み取りの記録が壊れています。shoko reprocess で読み取り直してください",
        ) from error


def recorded_texts(shoko: Shoko, record: ArchiveRecord) -> tuple[PageText, ...]:
    """Texts of a document's pages; none where nothing is recorded, or where its pages lie in several originals."""
    units = {page.unit_id for page in record.pages}
    found = shoko.archive.get_unit(record.pages[0].unit_id) if len(units) == 1 else None
    if found is None:
        return ()
    try:
        text = load_text(shoko, newest_text(shoko, found.blob))
    except ObjectMissing:
        return ()
    by_index = {page.page_index: page for page in text.texts}
    return tuple(by_index[page.page_index] for page in record.pages if page.page_index in by_index)


def page_texts(shoko: Shoko, record: ArchiveRecord) -> tuple[PageText | None, ...]:
    """The text of each page of a document, whatever originals they lie in; None where none is recorded.

    Where a document shares its page with others, only the lines of its part are given.
    """
    read: dict[str, dict[int, PageText]] = {}
    found = []
    for page in record.pages:
        if page.unit_id not in read:
            read[page.unit_id] = _texts_of_unit(shoko, page.unit_id)
        text = read[page.unit_id].get(page.page_index)
        found.append(None if text is None else _within(text, page))
    return tuple(found)


def _texts_of_unit(shoko: Shoko, unit_id: str) -> dict[int, PageText]:
    unit = shoko.archive.get_unit(unit_id)
    if unit is None:
        return {}
    try:
        text = load_text(shoko, newest_text(shoko, unit.blob))
    except ObjectMissing:
        return {}
    return {page.page_index: page for page in text.texts}


def _within(text: PageText, page: PageRef) -> PageText:
    part = page.region
    if part is None:
        return text
    inside = tuple(
        line
        for line in text.lines
        if part.left <= line.box.center[0] < part.right and part.top <= line.box.center[1] < part.bottom
    )
    return replace(text, lines=inside, tables=())
