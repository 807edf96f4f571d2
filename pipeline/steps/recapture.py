"""Resolution and colour depth of a filed document, judged again from its originals (law: scan-resolution-tone).

With them, by what it was made into pictures (law: scan-viewing).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from compliance.capture_quality import PAPERS, judge
from compliance.facts import RESOLUTION
from domain.calendar import tokyo_day
from domain.errors import CorrectionInvalid
from domain.evidence import Check, Outcome
from domain.record import ImportanceClass
from extractors.pages.capture import captured_pages
from pipeline.steps.captures import captures_of
from pipeline.steps.filing import NOT_SCANNED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.fields import DocumentType
    from domain.ids import Origin
    from domain.page import Capture, CapturedPage
    from domain.record import ArchiveRecord, Drop
    from pipeline.wiring import Shoko


def resolution_checks(
    shoko: Shoko,
    base: ArchiveRecord,
    *,
    origin: Origin,
    importance: ImportanceClass,
    document_type: DocumentType,
    paper: str | None,
) -> tuple[tuple[Check, ...], tuple[Capture, ...]]:
    """What stands of resolution and colour depth after a correction, and by what the pictures were made.

    Judged again where a person names the paper's size, where the document became important (grey is no longer enough)
    and where it turned out to be a scan. A size that was named before is not forgotten: without a new one, what was
    good enough stays so unless the pictures now fail.

    Raises:
        CorrectionInvalid: no such size of paper, or the document is no scan.
    """
    before = tuple(check for check in base.checks if check.name == RESOLUTION)
    if paper is not None and (paper not in PAPERS or origin in NOT_SCANNED):
        raise CorrectionInvalid(
            f"no size of a scanned paper: {paper!r}",
            message_ja=f"用紙の大きさは {'・'.join(PAPERS)} から選んでください（スキャンした書類だけ）",
        )
    if origin in NOT_SCANNED:
        return (), ()
    raised = importance is ImportanceClass.IMPORTANT and base.importance is ImportanceClass.GENERAL
    if paper is None and before and base.captures and not raised:
        return before, base.captures
    today = tokyo_day(shoko.clock())
    pictures = tuple(_captured(shoko, base))
    drop = _drop_of(shoko, base)
    captures = base.captures or (captures_of(pictures, drop=drop) if drop is not None else ())
    fresh = judge(
        pictures,
        importance=importance,
        stored_on=today,
        paper=PAPERS[paper] if paper is not None else None,
        document_type=document_type,
    )
    if paper is None and not raised and before:
        return before, captures
    failed = any(check.outcome is Outcome.FAILED for check in fresh)
    return fresh if fresh and (paper is not None or not before or failed) else before, captures


def _drop_of(shoko: Shoko, record: ArchiveRecord) -> Drop | None:
    unit = shoko.archive.get_unit(record.pages[0].unit_id)
    return shoko.archive.get_drop(unit.first_drop_id) if unit is not None else None


def _captured(shoko: Shoko, record: ArchiveRecord) -> Iterator[CapturedPage]:
    """The stored pictures of its pages, numbered as the document has them."""
    for unit_id in dict.fromkeys(page.unit_id for page in record.pages):
        unit = shoko.archive.get_unit(unit_id)
        if unit is None:
            continue
        blob = unit.blob
        content = shoko.store.get(blob.bucket, blob.key, version_id=blob.version_id, expect=blob.digest)
        pictures = captured_pages(content, media_type=blob.media_type, settings=shoko.settings.extractors)
        by_index = {picture.page_index: picture for picture in pictures}
        for number, page in enumerate(record.pages):
            if page.unit_id == unit_id and page.page_index in by_index:
                yield replace(by_index[page.page_index], page_index=number)
