"""A file that holds several papers is read as several: receipts on a platen, the documents of a stack.

Each becomes a unit of its own, taken out without loss. Where that is not possible, or is doubtful, the file stays
whole and a person is asked. How a drop was taken apart is decided once: reading it again goes by what was filed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from classifiers.page_signs import is_separator
from classifiers.split import PageGroup
from domain.errors import InputError
from domain.ids import Digest, extract_id_for, pages_id_for
from domain.record import DocumentReading, DropReading, ReviewReason, UnitExtract
from extractors import media
from extractors.media import sniff
from extractors.pages.bound import is_bound
from extractors.pages.capture import captured_pages
from extractors.pages.cutting import cut_pages
from extractors.pages.taking import is_signed, take_pages
from pipeline.steps.mail import read_mail
from pipeline.steps.read import SEVERAL, groups_of, read_documents, read_groups, unreadable, with_reasons
from pipeline.steps.reading import Apart, Reading
from pipeline.steps.several import several_receipts
from pipeline.steps.units import Part, part_of

if TYPE_CHECKING:
    from domain.page import CapturedPage, Page, TextReading

SIGNED = ReviewReason(code="signed_whole")
STACKS = frozenset({media.PDF, media.TIFF})
"""Kinds of file that can be stacks."""
_LEAST_CHARACTERS = 8
_LEAST_PAPERS = 2
"""Where fewer papers than this carry that much text, the page is left whole, and a person looks."""
_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif"}


def read_apart(content: bytes, *, file_name: str, unit_id: str, how: Reading) -> Apart:
    """Read a file for the first time: one document (or more) per paper.

    Raises:
        InputError: the whole file cannot be read.
    """
    if sniff(content, file_name) == media.EML:
        return read_mail(content, file_name=file_name, unit_id=unit_id, how=how, read=read_apart)
    cuts, cut_from, doubtful = _cuts(content, file_name=file_name, unit_id=unit_id, how=how)
    read = tuple((part, _read_cut(part, number, how, doubtful)) for number, part in enumerate(cuts, start=1))
    if cuts and sum(_says_something(one) for _, one in read) < _LEAST_PAPERS:
        doubtful = doubtful | {part.extract.extract.page_index for part in cuts}
        cuts, cut_from, read = (), (), ()
    taken = {page.page_index for page in cut_from}
    rest = _read_pages(content, taken, doubtful, file_name=file_name, unit_id=unit_id, how=how)
    if rest is not None and not cuts:
        return rest
    return _merged(content, read, cut_from, rest, file_name=file_name, how=how)


def _cuts(
    content: bytes, *, file_name: str, unit_id: str, how: Reading
) -> tuple[tuple[Part, ...], tuple[Page, ...], frozenset[int]]:
    """Papers cut out of pages, those pages, and the pages that a person should look at."""
    settings = how.reader.settings
    if not settings.cut_platens or is_bound(content):
        return (), (), frozenset()
    pages = cut_pages(content, media_type=sniff(content, file_name), settings=settings)
    parts = []
    for page in pages:
        for cut in page.cuts:
            region, index = cut.region, page.page.page_index
            cut_id = extract_id_for(
                client_id=how.client_id,
                of_unit_id=unit_id,
                page_index=index,
                region=(region.left, region.top, region.right, region.bottom),
            )
            extract = UnitExtract(of_unit_id=unit_id, page_index=index, region=region, method=cut.method)
            parts.append(part_of(cut_id, extract, cut.content, media_type=cut.media_type))
    return (
        tuple(parts),
        tuple(page.page for page in pages if page.cuts),
        frozenset(page.page.page_index for page in pages if page.doubtful),
    )


def _says_something(reading: DropReading) -> bool:
    return sum(len(document.text.replace("\n", "")) for document in reading.documents) >= _LEAST_CHARACTERS


def _read_cut(part: Part, number: int, how: Reading, doubtful: frozenset[int]) -> DropReading:
    extract = part.extract
    try:
        text = how.text_of(part.content, f"{number}{_SUFFIXES.get(extract.media_type, '')}")
        found = read_documents(part.content, text, unit_id=extract.unit_id, reader=how.reader, context=how.context)
    except InputError as error:
        return unreadable(
            extract.digest,
            media_type=extract.media_type,
            unit_id=extract.unit_id,
            error=error,
            reader_engines=how.reader.engines,
        )
    several = any(several_receipts(page) for page in text.texts)  # two papers were taken for one
    if several or extract.extract.page_index in doubtful:
        return replace(found, documents=tuple(with_reasons(document, SEVERAL) for document in found.documents))
    return found


def _read_pages(
    content: bytes, taken: set[int], doubtful: frozenset[int], *, file_name: str, unit_id: str, how: Reading
) -> Apart | None:
    """The pages that were not cut, as documents; None where there are none.

    A person is asked about the doubtful ones, and about those whose text is that of several receipts.
    """
    media_type = sniff(content, file_name)
    if taken and media_type not in STACKS:
        return None
    text = how.text_of(content, file_name)
    left = without_pages(text, taken) if taken else text
    if taken and not left.texts:
        return None
    found = read_stack(content, left, unit_id=unit_id, how=how, alone=not taken)
    several = doubtful | {page.page_index for page in left.texts if several_receipts(page)}
    documents = tuple(_doubted(document, several, found.reading) for document in found.reading.documents)
    return replace(found, reading=replace(found.reading, documents=documents))


def read_stack(content: bytes, text: TextReading, *, unit_id: str, how: Reading, alone: bool = True) -> Apart:
    """A text as documents, each a unit of its own where there are several.

    Args:
        content: the file.
        text: its pages, or those of them that are left.
        unit_id: the unit that the file is.
        how: reads.
        alone: nothing else was taken out of the file: a single document then needs no unit of its own.

    Raises:
        InputError: an e-invoice without pages that cannot be read.
    """
    groups = (PageGroup(pages=tuple(range(text.page_count))),) if is_bound(content) else groups_of(text)
    reader, context = how.reader, how.context
    if text.data_xml is not None or (alone and len(groups) == 1) or text.media_type not in STACKS:
        return Apart(
            reading=read_documents(content, text, unit_id=unit_id, reader=reader, context=context, groups=groups)
        )
    spans = _spans(text, groups)
    made = [take_pages(content, span, media_type=text.media_type, settings=reader.settings) for span in spans]
    if any(one is None for one in made):
        whole = PageGroup(pages=tuple(sorted(page for group in groups for page in group.pages)))
        reading = read_documents(content, text, unit_id=unit_id, reader=reader, context=context, groups=(whole,))
        reason = SIGNED if is_signed(content) else SEVERAL
        documents = tuple(with_reasons(document, reason) for document in reading.documents)
        return Apart(reading=replace(reading, documents=documents))
    captured = captured_pages(content, media_type=text.media_type, settings=reader.settings)
    seconds = dict(text.seconds)
    documents_read: list[DocumentReading] = []
    parts = []
    for group, span, (taken, method) in zip(groups, spans, [one for one in made if one is not None], strict=True):
        page_id = pages_id_for(client_id=how.client_id, of_unit_id=unit_id, pages=span)
        source = UnitExtract(of_unit_id=unit_id, page_index=span[0], pages=span, method=method)
        part = part_of(page_id, source, taken, media_type=text.media_type)
        inside = replace(group, pages=tuple(span.index(page) for page in group.pages))
        sliced = pages_of(text, span)
        extract = replace(part.extract, captured=renumbered(captured, span))
        parts.append(replace(part, extract=extract, text=sliced))
        documents_read += read_groups(
            sliced, (inside,), unit_id=page_id, reader=reader, context=context, seconds=seconds
        )
    reading = DropReading(
        digest=Digest.of(content),
        media_type=text.media_type,
        engines=reader.engines,
        pages=text.pages,
        documents=tuple(documents_read),
        faults=text.faults,
        seconds=seconds,
        captured=captured,
        extracts=tuple(part.extract for part in parts),
    )
    return Apart(reading=reading, parts=tuple(parts))


def _spans(text: TextReading, groups: Sequence[PageGroup]) -> list[tuple[int, ...]]:
    """The pages of each unit: its document's, with the empty backs and unreadable pages that lie among and after them.

    Separator sheets, and pages that were cut apart, are in none.
    """
    separators = {page.page_index for page in text.texts if is_separator(page)}
    known = {one.page_index for one in text.texts} | {one.page_index for one in text.pages}
    known |= {fault.page_index for fault in text.faults if fault.page_index is not None}
    starts = [0, *(group.pages[0] for group in groups[1:])]
    ends = [*starts[1:], max(known, default=0) + 1]
    return [
        tuple(page for page in range(start, end) if page in known and page not in separators)
        for start, end in zip(starts, ends, strict=True)
    ]


def pages_of(text: TextReading, pages: Sequence[int]) -> TextReading:
    """The text of a file with these pages alone, numbered from 0; what is wrong with the whole file is said of each."""
    place = {page: number for number, page in enumerate(pages)}
    return replace(
        text,
        pages=tuple(replace(p, page_index=place[p.page_index]) for p in text.pages if p.page_index in place),
        texts=tuple(replace(t, page_index=place[t.page_index]) for t in text.texts if t.page_index in place),
        faults=tuple(
            f if f.page_index is None else replace(f, page_index=place[f.page_index])
            for f in text.faults
            if f.page_index is None or f.page_index in place
        ),
        data_xml=None,
        page_count=len(pages),
    )


def renumbered(captured: Sequence[CapturedPage], pages: Sequence[int]) -> tuple[CapturedPage, ...]:
    """Captured pages of a unit made of these pages."""
    place = {page: number for number, page in enumerate(pages)}
    return tuple(replace(c, page_index=place[c.page_index]) for c in captured if c.page_index in place)


def without_pages(text: TextReading, taken: set[int]) -> TextReading:
    """A text without some of its pages."""
    return replace(
        text,
        texts=tuple(t for t in text.texts if t.page_index not in taken),
        pages=tuple(p for p in text.pages if p.page_index not in taken),
        faults=tuple(f for f in text.faults if f.page_index not in taken),
        data_xml=None,
    )


def _merged(
    content: bytes,
    read: Sequence[tuple[Part, DropReading]],
    cut_from: Sequence[Page],
    rest: Apart | None,
    *,
    file_name: str,
    how: Reading,
) -> Apart:
    """Cut papers and the other pages in one reading, documents in the order of their pages."""
    media_type = sniff(content, file_name)
    other = rest.reading if rest else None
    placed: list[tuple[int, DocumentReading]] = []
    faults = list(other.faults if other else ())
    seconds: dict[str, float] = dict(other.seconds if other else {})
    extracts = []
    for part, one in read:
        page_index = part.extract.extract.page_index
        placed += [(page_index, document) for document in one.documents]
        faults += [replace(fault, page_index=page_index) for fault in one.faults]
        for stage, spent in one.seconds.items():
            seconds[stage] = seconds.get(stage, 0.0) + spent
        extracts.append(replace(part.extract, captured=one.captured))
    for document in other.documents if other else ():
        placed.append((first_page(document, other), document))
    placed.sort(key=lambda pair: pair[0])
    pages = sorted((*(other.pages if other else ()), *cut_from), key=lambda page: page.page_index)
    reading = DropReading(
        digest=Digest.of(content),
        media_type=media_type,
        engines=how.reader.engines,
        pages=tuple(pages),
        documents=tuple(document for _, document in placed),
        faults=tuple(faults),
        seconds=seconds,
        captured=captured_pages(content, media_type=media_type, settings=how.reader.settings),
        extracts=(*extracts, *(other.extracts if other else ())),
    )
    return Apart(reading=reading, parts=(*(part for part, _ in read), *(rest.parts if rest else ())))


def first_page(document: DocumentReading, reading: DropReading | None) -> int:
    """Index in the file of a document's first page."""
    ref = document.pages[0]
    pages = {extract.unit_id: extract.extract.pages for extract in reading.extracts} if reading else {}
    whole = pages.get(ref.unit_id)
    return whole[ref.page_index] if whole else ref.page_index


def _doubted(document: DocumentReading, doubtful: frozenset[int], reading: DropReading) -> DocumentReading:
    if not doubtful:
        return document
    pages = {extract.unit_id: extract.extract.pages for extract in reading.extracts}
    own = {pages[p.unit_id][p.page_index] if p.unit_id in pages else p.page_index for p in document.pages}
    return with_reasons(document, SEVERAL) if own & doubtful else document
