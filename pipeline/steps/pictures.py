"""Pictures of filed papers held against those of a new one: where texts cannot say whether it came before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.errors import AppError
from domain.picture_mark import NEAR, apart, first_mark, turned
from extractors.pages.render import page_pixels
from extractors.pages.same_picture import same_picture

if TYPE_CHECKING:
    from domain.page import PageRef, PixelArray
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

MOST_LOOKED_AT = 4
"""Papers whose pictures are held against a new one, those with the nearest marks: about a second each."""


@dataclass(slots=True)
class Pictures:
    """The first picture of a new paper, rendered when it is first needed."""

    shoko: Shoko
    pages: tuple[PageRef, ...]
    _own: PixelArray | None = field(default=None, init=False)

    def same(self, records: Iterable[ArchiveRecord]) -> Iterator[ArchiveRecord]:
        """Those of the records whose first picture shows the same paper, the nearest first."""
        mark = first_mark(self.pages)
        near = []
        for number, record in enumerate(records):
            theirs = turned(first_mark(record.pages))
            distance, turns = min(((apart(mark, one), n) for n, one in enumerate(theirs)), default=(1.0, 0))
            if distance <= NEAR:
                near.append((distance, number, turns, record))
        for _, _, turns, record in sorted(near, key=lambda one: one[:2])[:MOST_LOOKED_AT]:
            if self._shows(record, 90 * turns):
                yield record

    def _shows(self, record: ArchiveRecord, turn_degrees: int) -> bool:
        """What cannot be shown (destroyed, damaged) says nothing."""
        try:
            if self._own is None:
                self._own = self._pixels(self.pages, 0)
            theirs = self._pixels(record.pages, turn_degrees)
        except AppError:
            return False
        return self._own is not None and theirs is not None and same_picture(self._own, theirs)

    def _pixels(self, pages: tuple[PageRef, ...], turn_degrees: int) -> PixelArray | None:
        ref = next((page for page in pages if page.mark), None)
        unit = self.shoko.archive.get_unit(ref.unit_id) if ref is not None else None
        if ref is None or unit is None:
            return None
        blob = unit.blob
        return page_pixels(
            self.shoko.store.get(blob.bucket, blob.key, version_id=blob.version_id, expect=blob.digest),
            media_type=blob.media_type,
            page_index=ref.page_index,
            settings=self.shoko.settings.extractors,
            rotation_degrees=(ref.rotation_degrees + turn_degrees) % 360,
        )
