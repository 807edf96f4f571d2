"""Reading again what was filed before: which pages are one document is settled, and no engine decides it anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from classifiers.split import PageGroup
from domain.codec import canonical, to_plain
from domain.errors import InputError, ObjectMissing
from domain.fields import Field, FieldSet
from domain.ids import Digest
from domain.page import TextReading
from domain.record import DocumentReading, DocumentState, DropReading, ReadExtract, SettledDocument, Unit
from extractors import media
from extractors.pages.capture import captured_pages
from pipeline.steps.apart import SIGNED
from pipeline.steps.read import PARTED, SEVERAL, groups_of, read_documents, unreadable, with_reasons

if TYPE_CHECKING:
    from domain.page import PageRef
    from domain.record import Drop
    from pipeline.steps.reading import Reading
    from pipeline.wiring import Shoko

_DOUBTS = frozenset({SEVERAL, PARTED, SIGNED})
"""Of a division: reading again finds none of them, as it divides nothing; a person settles them."""
_SUFFIXES = {media.PDF: ".pdf", media.TIFF: ".tif", media.JPEG: ".jpg", media.PNG: ".png", media.EML: ".eml"}


def settled_documents(drop: Drop, shoko: Shoko) -> tuple[tuple[SettledDocument, ...], tuple[Unit, ...]]:
    """The documents that a drop's pages now are, and every unit that they or the drop have pages of.

    A document with pages of several drops belongs to the drop of its first page.
    """
    archive = shoko.archive
    family = {unit.unit_id: unit for unit in archive.extracts_of(drop.unit_id)}
    first = archive.get_unit(drop.unit_id)
    if first is not None:
        family = {first.unit_id: first} | family
    units = dict(family)
    found: dict[str, SettledDocument] = {}
    for unit_id in family:
        for document_id in archive.documents_of_unit(unit_id):
            record = archive.get_document(document_id)
            if record is None or record.state in {DocumentState.TOMBSTONED, DocumentState.DESTROYED}:
                continue
            if record.pages[0].unit_id not in family:
                continue
            doubts = tuple(reason for reason in record.review_reasons if reason in _DOUBTS)
            found[document_id] = SettledDocument(document_id=document_id, pages=record.pages, doubts=doubts)
            units |= {unit.unit_id: unit for unit in archive.unit_of_document(document_id)}
    order = {unit_id: number for number, unit_id in enumerate(family)}
    documents = sorted(
        found.values(), key=lambda one: (order[one.pages[0].unit_id], one.pages[0].page_index, one.document_id)
    )
    return tuple(documents), tuple(units.values())


def settled_digest(documents: Sequence[SettledDocument]) -> str:
    """Names a division into documents: a reading of another division is another reading."""
    return Digest.of(canonical([to_plain(document) for document in documents])).value[:16]


def read_settled(
    content: bytes,
    documents: Sequence[SettledDocument],
    *,
    unit_id: str,
    file_name: str,
    units: Mapping[str, tuple[Unit, bytes]],
    how: Reading,
) -> DropReading:
    """Read every document from exactly the pages that it has.

    Args:
        content: the drop's bytes.
        documents: what they were filed as.
        unit_id: the unit that the bytes are.
        file_name: of the drop.
        units: every other unit with its bytes.
        how: reads.

    Raises:
        InputError: the drop is one document, and cannot be read.
    """
    sources = {unit_id: (content, file_name)}
    for known, data in units.values():
        sources.setdefault(known.unit_id, (data, f"unit{_SUFFIXES.get(known.blob.media_type, '')}"))
    read = [_read(document, sources, documents, how) for document in documents]
    extracts = tuple(
        ReadExtract(
            unit_id=known.unit_id,
            extract=known.extract,
            digest=known.blob.digest,
            size_bytes=known.blob.size_bytes,
            media_type=known.blob.media_type,
            captured=captured_pages(data, media_type=known.blob.media_type, settings=how.reader.settings),
        )
        for known, data in units.values()
        if known.extract is not None
    )
    media_type = media.sniff(content, file_name)
    own = [one for document, one in zip(documents, read, strict=True) if document.pages[0].unit_id == unit_id]
    return DropReading(
        digest=Digest.of(content),
        media_type=media_type,
        engines=how.reader.engines,
        pages=tuple(page for one in own for page in one.pages),
        documents=tuple(
            with_reasons(one.documents[0], *document.doubts) for document, one in zip(documents, read, strict=True)
        ),
        faults=tuple(fault for one in own for fault in one.faults),
        seconds={},
        captured=captured_pages(content, media_type=media_type, settings=how.reader.settings),
        extracts=extracts,
        settled=tuple(document.document_id for document in documents),
    )


def _read(
    document: SettledDocument,
    sources: Mapping[str, tuple[bytes, str]],
    all_documents: Sequence[SettledDocument],
    how: Reading,
) -> DropReading:
    unit_ids = tuple(dict.fromkeys(page.unit_id for page in document.pages))
    missing = [unit_id for unit_id in unit_ids if unit_id not in sources]
    if missing:
        raise ObjectMissing(f"no unit {missing[0]}", message_ja=f"入力単位 {missing[0]} が見つかりません")
    content, name = sources[unit_ids[0]]
    alone = sum(any(p.unit_id == unit_ids[0] for p in one.pages) for one in all_documents) == 1
    try:
        if len(unit_ids) == 1 and alone:
            return _read_unit(document, content, name, how)
        return _read_pages(document, sources, how)
    except InputError as error:
        if len(all_documents) == 1:
            raise
        return unreadable(
            Digest.of(content),
            media_type=media.sniff(content, name),
            unit_id=unit_ids[0],
            error=error,
            reader_engines=how.reader.engines,
        )


def _read_unit(document: SettledDocument, content: bytes, name: str, how: Reading) -> DropReading:
    """The one document of a unit: its pages, or all that the unit holds where none was ever rendered."""
    unit_id = document.pages[0].unit_id
    text = how.text_of(content, name)
    if document.whole_unit:
        groups = groups_of(text)
        pages = tuple(sorted(page for group in groups for page in group.pages))
        group = PageGroup(pages=pages, doubtful=len(groups) > 1 or groups[0].doubtful)
    else:
        group = PageGroup(pages=tuple(page.page_index for page in document.pages))
    return read_documents(content, text, unit_id=unit_id, reader=how.reader, context=how.context, groups=(group,))


def _read_pages(document: SettledDocument, sources: Mapping[str, tuple[bytes, str]], how: Reading) -> DropReading:
    """Pages of a shared unit, or of several: read as one text, then told apart again."""
    known = {unit_id: how.text_of(*sources[unit_id]) for unit_id in {page.unit_id for page in document.pages}}
    texts, pages = [], []
    faults = [fault for text in known.values() for fault in text.faults if fault.page_index is None]
    for number, ref in enumerate(document.pages):
        text = known[ref.unit_id]
        texts += [replace(t, page_index=number) for t in text.texts if t.page_index == ref.page_index]
        pages += [replace(p, page_index=number) for p in text.pages if p.page_index == ref.page_index]
        faults += [replace(f, page_index=number) for f in text.faults if f.page_index == ref.page_index]
    content, name = sources[document.pages[0].unit_id]
    joined = TextReading(
        media_type=media.sniff(content, name),
        pages=tuple(pages),
        texts=tuple(texts),
        faults=tuple(faults),
        page_count=len(document.pages),
    )
    group = PageGroup(pages=tuple(range(len(document.pages))))
    reading = read_documents(content, joined, unit_id="", reader=how.reader, context=how.context, groups=(group,))
    (one,) = reading.documents
    return replace(reading, pages=(), faults=(), documents=(_placed(one, document.pages),))


def _placed(document: DocumentReading, pages: Sequence[PageRef]) -> DocumentReading:
    """A document of pages numbered through, with its pages and boxes where they belong."""
    several = len({page.unit_id for page in pages}) > 1

    def field(found: Field) -> Field:
        sources = tuple(
            replace(
                source,
                page_index=pages[source.page_index].page_index,
                unit_id=pages[source.page_index].unit_id if several else None,
            )
            for source in found.sources
        )
        return replace(found, sources=sources)

    refs = tuple(
        replace(read, unit_id=known.unit_id, page_index=known.page_index, region=known.region)
        for read, known in zip(document.pages, pages, strict=True)
    )
    return replace(document, pages=refs, fields=FieldSet(fields=tuple(field(f) for f in document.fields.fields)))
