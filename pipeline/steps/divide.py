"""A person corrects how papers were taken apart: one document becomes several, or several become one (DESIGN §6.2).

The old documents are tombstoned with links to the new ones. Each new document is read from exactly its pages; where
they come from one file, they become a unit of their own, taken out without loss and stamped. No engine undoes it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from domain.errors import CorrectionInvalid, EngineCrashed, ObjectMissing
from domain.fields import Field, FieldStatus
from domain.ids import divided_id_for, pages_id_for
from domain.page import PageRef
from domain.precedence import PERSON_ENGINE, may_end
from domain.record import ArchiveRecord, DocumentDraft, SettledDocument, Unit, UnitExtract
from domain.visibility import EVERYTHING
from extractors.pages.taking import take_pages
from pipeline.batch import request_for
from pipeline.steps.filing import drafts_for, extend_lock, load_reading, reading_key
from pipeline.steps.habits import digest_with_lessons
from pipeline.steps.intake import write_status
from pipeline.steps.settled import settled_digest
from pipeline.steps.units import part_of, preserve_unit, preserve_units

if TYPE_CHECKING:
    from domain.ids import BlobRef
    from domain.record import Drop
    from pipeline.batch import Resident
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who decided, and why."""

    recorded_by: str
    """Login."""
    reason: str


def split_document(
    home: Resident, document_id: str, *, after: Sequence[int], decision: Decision
) -> tuple[ArchiveRecord, ...]:
    """Divide a document after some of its pages, counted from 1; gives the new documents in order.

    Raises:
        ObjectMissing: no such document.
        CorrectionInvalid: no such page, or nothing would be divided.
        AppendOnlyViolation: it is approved or deleted.
        RevisionConflict: somebody changed it meanwhile.
    """
    record = _known(home.shoko, document_id)
    cuts = sorted(set(after))
    if not cuts or cuts[0] < 1 or cuts[-1] >= len(record.pages):
        last = len(record.pages) - 1
        raise CorrectionInvalid(
            f"pages after which {document_id} can be divided are 1 to {last}",
            message_ja=f"分割できるのは 1 から {last} 頁目の後です" if last else "1頁だけの書類は分割できません",
        )
    bounds = [0, *cuts, len(record.pages)]
    groups = tuple(record.pages[start:end] for start, end in pairwise(bounds))
    return _divide(home, (record,), groups, decision)


def merge_documents(home: Resident, document_ids: Sequence[str], *, decision: Decision) -> ArchiveRecord:
    """Join documents in the given order; gives the new one.

    Raises:
        ObjectMissing: no such document.
        CorrectionInvalid: fewer than two, one twice, or of different origins.
        AppendOnlyViolation: one is approved or deleted.
        RevisionConflict: somebody changed one meanwhile.
    """
    if len(document_ids) < 2 or len(set(document_ids)) != len(document_ids):
        raise CorrectionInvalid(
            "joining takes two documents or more", message_ja="結合する書類を2件以上指定してください"
        )
    records = tuple(_known(home.shoko, document_id) for document_id in document_ids)
    if len({record.origin for record in records}) > 1:
        raise CorrectionInvalid(
            "documents of different origins cannot be joined",
            message_ja="受領方法（紙・電子）の異なる書類は結合できません",
        )
    pages = tuple(page for record in records for page in record.pages)
    return _divide(home, records, (pages,), decision)[0]


def _known(shoko: Shoko, document_id: str) -> ArchiveRecord:
    record = shoko.archive.get_document(document_id)
    if record is None:
        raise ObjectMissing(
            f"no document {document_id}", message_ja=f"書類 {document_id} は見つかりません。IDを確かめてください"
        )
    may_end(record)
    return record


def _divide(
    home: Resident,
    old: tuple[ArchiveRecord, ...],
    groups: tuple[tuple[PageRef, ...], ...],
    decision: Decision,
) -> tuple[ArchiveRecord, ...]:
    """Read the new documents, then put them in the place of the old; nothing changes where that fails.

    They are judged beside all that there is: a duplicate that whoever divides may not see is a doubt all the same.
    """
    archive, shoko = home.shoko.archive, home.shoko.seen_by(EVERYTHING)
    home = replace(home, shoko=shoko)
    drop = _drop_of(shoko, groups[0][0])
    endings = tuple((record.document_id, record.revision) for record in old)
    settled = tuple(
        SettledDocument(document_id=divided_id_for(endings=endings, ordinal=n), pages=_own_unit(shoko, drop, pages))
        for n, pages in enumerate(groups)
    )
    drafts, blobs = _read(home, drop, settled)
    drafts = tuple(_with_corrections(draft, pages, old) for draft, pages in zip(drafts, groups, strict=True))
    records = shoko.archive.regroup(dict(endings), drafts, recorded_by=decision.recorded_by, reason=decision.reason)
    for record in records:
        extend_lock(drop, record, shoko, blobs)
    write_status(shoko, drop.drop_id)
    logger.info("divided: %d documents into %d", len(old), len(records))
    return archive.told(records)


def _drop_of(shoko: Shoko, page: PageRef) -> Drop:
    unit = shoko.archive.get_unit(page.unit_id)
    drop = shoko.archive.get_drop(unit.first_drop_id) if unit is not None else None
    if drop is None:
        raise ObjectMissing(f"no unit {page.unit_id}", message_ja=f"入力単位 {page.unit_id} が見つかりません")
    return drop


def _own_unit(shoko: Shoko, drop: Drop, pages: tuple[PageRef, ...]) -> tuple[PageRef, ...]:
    """The pages as those of a unit of their own, where they come from one file and can be taken out of it."""
    placed = [_in_file(shoko, page) for page in pages]
    sources = {source.unit_id for source, _ in placed}
    if len(sources) != 1 or any(page.region for page in pages):
        return pages
    source, wanted = placed[0][0], tuple(index for _, index in placed)
    content = shoko.store.get(
        source.blob.bucket, source.blob.key, version_id=source.blob.version_id, expect=source.blob.digest
    )
    made = take_pages(content, wanted, media_type=source.blob.media_type, settings=shoko.settings.extractors)
    if made is None:  # a picture, or signed: the documents name the pages of the whole file
        return tuple(replace(page, unit_id=source.unit_id, page_index=n) for page, n in zip(pages, wanted, strict=True))
    unit_id = pages_id_for(client_id=shoko.settings.client_id, of_unit_id=source.unit_id, pages=wanted)
    extract = UnitExtract(of_unit_id=source.unit_id, page_index=wanted[0], pages=wanted, method=made[1])
    part = part_of(unit_id, extract, made[0], media_type=source.blob.media_type)
    preserve_unit(part.extract, drop, shoko, content=made[0])
    return tuple(replace(page, unit_id=unit_id, page_index=n) for n, page in enumerate(pages))


def _in_file(shoko: Shoko, page: PageRef) -> tuple[Unit, int]:
    """The unit that a page was scanned or sent in, and its index there."""
    unit, index = shoko.archive.get_unit(page.unit_id), page.page_index
    while unit is not None and unit.extract is not None and unit.extract.pages:
        index = unit.extract.pages[index]
        unit = shoko.archive.get_unit(unit.extract.of_unit_id)
    if unit is None:
        raise ObjectMissing(f"no unit {page.unit_id}", message_ja=f"入力単位 {page.unit_id} が見つかりません")
    return unit, index


def _read(
    home: Resident, drop: Drop, settled: tuple[SettledDocument, ...]
) -> tuple[tuple[DocumentDraft, ...], dict[str, tuple[BlobRef, ...]]]:
    shoko = home.shoko
    ids = dict.fromkeys(page.unit_id for document in settled for page in document.pages)
    units = tuple(unit for unit_id in ids if (unit := shoko.archive.get_unit(unit_id)) is not None)
    name = digest_with_lessons(shoko, home.pool.config_digest()) + f"-{settled_digest(settled)}"
    key = reading_key(shoko.settings.client_id, drop, name)
    home.pool.read(replace(request_for(drop, key, shoko), settled=settled, units=units))
    reading = load_reading(shoko, key)
    if reading is None or reading.settled != tuple(document.document_id for document in settled):
        raise EngineCrashed(
            f"{drop.drop_id}: the pages could not be read", message_ja="頁を読み取れないため、分割・結合していません"
        )
    return drafts_for(drop, reading, shoko), preserve_units(drop, reading, shoko)


def _with_corrections(
    draft: DocumentDraft, pages: tuple[PageRef, ...], old: tuple[ArchiveRecord, ...]
) -> DocumentDraft:
    """What a person had put right stays: all of it where documents are joined, else what stands on these pages."""
    mine = {(page.unit_id, page.page_index) for page in pages}
    joined = len(old) > 1
    kept: dict[str, Field] = {}
    for record in old:
        first = record.pages[0].unit_id
        for field in record.fields.fields:
            if field.status is not FieldStatus.CORRECTED and field.engine.name != PERSON_ENGINE:
                continue
            here = any((source.unit_id or first, source.page_index) in mine for source in field.sources)
            if joined or here:
                kept.setdefault(field.name, replace(field, sources=()))
    fields = draft.reading.fields.replaced(*kept.values())
    return replace(draft, reading=replace(draft.reading, fields=fields))
