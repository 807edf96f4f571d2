"""A drop that holds several papers: each becomes a unit of its own, cut out without loss (law: scan-input-unit).

Reading finds and cuts (it runs beside hostile bytes, in a process of its own) and leaves the cuts in ``derived``;
filing puts them into the vault and records them before their documents. How a drop was cut is decided once: reading
it again reads the units that are recorded, so that neither a better engine nor a person's correction is undone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.errors import InputError
from domain.ids import BlobRef, Digest, extract_id_for
from domain.page import PageText, TextReading
from domain.record import DocumentReading, Drop, DropReading, ReadExtract, ReviewReason, Unit, UnitExtract
from extractors.media import sniff
from extractors.pages.capture import captured_pages
from extractors.pages.cutting import cut_pages
from pipeline.steps.read import read_documents, unreadable, with_reasons

if TYPE_CHECKING:
    from domain.engines import FieldContext, ObjectStore
    from domain.page import Page
    from extractors.settings import ExtractorSettings
    from pipeline.steps.read import Reader
    from pipeline.wiring import Shoko

VAULT = "vault"
DERIVED = "derived"
SEVERAL = ReviewReason(code="several_documents")
_LEAST_CHARACTERS = 8
_LEAST_PAPERS = 2
"""Where fewer papers than this carry that much text, the page is left whole, and a person looks."""
_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A unit cut out of a drop, with its bytes."""

    extract: ReadExtract
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a drop holds besides itself."""

    cut: tuple[Part, ...] = ()
    pages: tuple[Page, ...] = ()
    """Pages that were cut, at the size of their stored pictures."""
    doubtful: frozenset[int] = frozenset()
    """Indices of pages that may hold several papers and were left whole."""


def find_parts(content: bytes, *, file_name: str, unit_id: str, client_id: str, settings: ExtractorSettings) -> Parts:
    """Papers on the pages of a file, cut out."""
    if not settings.cut_platens:
        return Parts()
    pages = cut_pages(content, media_type=sniff(content, file_name), settings=settings)
    parts = []
    for page in pages:
        for cut in page.cuts:
            region = cut.region
            extract = UnitExtract(of_unit_id=unit_id, page_index=page.page.page_index, region=region, method=cut.method)
            read = ReadExtract(
                unit_id=extract_id_for(
                    client_id=client_id,
                    of_unit_id=unit_id,
                    page_index=extract.page_index,
                    region=(region.left, region.top, region.right, region.bottom),
                ),
                extract=extract,
                digest=Digest.of(cut.content),
                size_bytes=len(cut.content),
                media_type=cut.media_type,
            )
            parts.append(Part(extract=read, content=cut.content))
    return Parts(
        cut=tuple(parts),
        pages=tuple(page.page for page in pages if page.cuts),
        doubtful=frozenset(page.page.page_index for page in pages if not page.cuts),
    )


def recorded_parts(units: Sequence[Unit], store: ObjectStore) -> Parts:
    """The units that were cut out of a drop when it was filed.

    Raises:
        StorageError: one cannot be fetched.
    """
    parts = []
    for unit in units:
        if unit.extract is None:
            continue
        blob = unit.blob
        content = store.get(blob.bucket, blob.key, version_id=blob.version_id, expect=blob.digest)
        read = ReadExtract(
            unit_id=unit.unit_id,
            extract=unit.extract,
            digest=blob.digest,
            size_bytes=blob.size_bytes,
            media_type=blob.media_type,
        )
        parts.append(Part(extract=read, content=content))
    return Parts(cut=tuple(parts))


def read_parts(
    content: bytes,
    parts: Parts,
    *,
    file_name: str,
    unit_id: str,
    reader: Reader,
    context: FieldContext,
    text_of: Callable[[bytes, str], TextReading],
    settled: bool = False,
) -> DropReading:
    """Read a file whose papers were cut out: one document (or more) per paper, the other pages as ever.

    Args:
        content: the whole file.
        parts: what was cut out of it.
        file_name: of the file.
        unit_id: the unit that the file is.
        reader: engines.
        context: what fields depend on.
        text_of: text of bytes under a file name, recorded or read now.
        settled: the cuts are recorded, and nothing speaks against them any more.

    Raises:
        InputError: the whole file cannot be read.
    """
    read = []
    for number, part in enumerate(parts.cut):
        name = f"{number + 1}{_SUFFIXES.get(part.extract.media_type, '')}"
        one = _read_part(part, name, reader=reader, context=context, text_of=text_of)
        read.append((part, one))
    if parts.cut and not settled and sum(_says_something(one) for _, one in read) < _LEAST_PAPERS:
        parts = Parts(doubtful=frozenset({*parts.doubtful, *(p.extract.extract.page_index for p in parts.cut)}))
    if not parts.cut:
        whole = read_documents(content, text_of(content, file_name), unit_id=unit_id, reader=reader, context=context)
        return replace(whole, documents=tuple(_doubted(d, parts.doubtful) for d in whole.documents))
    taken = {part.extract.extract.page_index for part in parts.cut}
    rest = _rest(content, taken, file_name=file_name, unit_id=unit_id, reader=reader, context=context, text_of=text_of)
    return _merged(content, parts, read, rest, file_name=file_name, reader=reader)


def _says_something(reading: DropReading) -> bool:
    return sum(len(document.text.replace("\n", "")) for document in reading.documents) >= _LEAST_CHARACTERS


def _read_part(
    part: Part, name: str, *, reader: Reader, context: FieldContext, text_of: Callable[[bytes, str], TextReading]
) -> DropReading:
    try:
        text = text_of(part.content, name)
        return read_documents(part.content, text, unit_id=part.extract.unit_id, reader=reader, context=context)
    except InputError as error:
        return unreadable(
            part.extract.digest,
            media_type=part.extract.media_type,
            unit_id=part.extract.unit_id,
            error=error,
            reader_engines=reader.engines,
        )


def _rest(
    content: bytes,
    taken: set[int],
    *,
    file_name: str,
    unit_id: str,
    reader: Reader,
    context: FieldContext,
    text_of: Callable[[bytes, str], TextReading],
) -> DropReading | None:
    """The pages that were not cut; None where there are none."""
    if sniff(content, file_name) not in {"application/pdf", "image/tiff"}:
        return None
    text = text_of(content, file_name)
    texts: tuple[PageText, ...] = tuple(t for t in text.texts if t.page_index not in taken)
    if not texts:
        return None
    left = replace(
        text,
        texts=texts,
        pages=tuple(p for p in text.pages if p.page_index not in taken),
        faults=tuple(f for f in text.faults if f.page_index not in taken),
        data_xml=None,
    )
    return read_documents(content, left, unit_id=unit_id, reader=reader, context=context)


def _merged(
    content: bytes,
    parts: Parts,
    read: list[tuple[Part, DropReading]],
    rest: DropReading | None,
    *,
    file_name: str,
    reader: Reader,
) -> DropReading:
    media_type = sniff(content, file_name)
    placed: list[tuple[int, DocumentReading]] = []
    faults = list(rest.faults if rest else ())
    seconds: dict[str, float] = dict(rest.seconds if rest else {})
    extracts = []
    for part, one in read:
        page_index = part.extract.extract.page_index
        placed += [(page_index, document) for document in one.documents]
        faults += [replace(fault, page_index=page_index) for fault in one.faults]
        for stage, spent in one.seconds.items():
            seconds[stage] = seconds.get(stage, 0.0) + spent
        extracts.append(replace(part.extract, captured=one.captured))
    for document in rest.documents if rest else ():
        placed.append((document.pages[0].page_index, _doubted(document, parts.doubtful)))
    placed.sort(key=lambda pair: pair[0])
    pages = sorted((*(rest.pages if rest else ()), *parts.pages), key=lambda page: page.page_index)
    return DropReading(
        digest=Digest.of(content),
        media_type=media_type,
        engines=reader.engines,
        pages=tuple(pages),
        documents=tuple(document for _, document in placed),
        faults=tuple(faults),
        seconds=seconds,
        captured=captured_pages(content, media_type=media_type, settings=reader.settings),
        extracts=tuple(extracts),
    )


def _doubted(document: DocumentReading, doubtful: frozenset[int]) -> DocumentReading:
    return with_reasons(document, SEVERAL) if any(p.page_index in doubtful for p in document.pages) else document


def derived_key(client_id: str, extract: ReadExtract) -> str:
    """Where reading leaves the bytes of a cut until filing has preserved them."""
    return f"{client_id}/extracts/{extract.digest.value}"


def leave_parts(parts: Parts, reading: DropReading, *, client_id: str, store: ObjectStore) -> None:
    """Leave the cuts that a reading speaks of in ``derived``, for filing."""
    wanted = {extract.unit_id for extract in reading.extracts}
    for part in parts.cut:
        if part.extract.unit_id in wanted:
            key = derived_key(client_id, part.extract)
            store.put_named(DERIVED, key, part.content, media_type=part.extract.media_type, if_absent=False)


def preserve_units(drop: Drop, reading: DropReading, shoko: Shoko) -> dict[str, BlobRef]:
    """Put every cut into the vault and record it as a unit: leaf, row and stamp request. Gives unit → blob.

    Raises:
        StorageError: a cut is gone, or the store does not answer.
    """
    blobs = {}
    client = shoko.settings.client_id
    for extract in reading.extracts:
        known = shoko.archive.get_unit(extract.unit_id)
        if known is None:
            content = shoko.store.get(DERIVED, derived_key(client, extract), expect=extract.digest)
            blob = shoko.store.put_blob(
                VAULT,
                content,
                prefix=f"{client}/blobs/",
                media_type=extract.media_type,
                retain_until=shoko.clock() + timedelta(days=shoko.settings.archive.provisional_lock_days),
            )
            shoko.at("units.preserved")
            known = shoko.archive.record_extract(
                Unit(
                    client_id=client,
                    unit_id=extract.unit_id,
                    origin=drop.origin,
                    blob=blob,
                    first_drop_id=drop.drop_id,
                    extract=extract.extract,
                )
            )
            shoko.at("units.recorded")
        blobs[extract.unit_id] = known.blob
    return blobs


def parts_are_left(reading: DropReading, shoko: Shoko) -> bool:
    """Whether every cut of a stored reading is in the vault, or still in ``derived``."""
    client = shoko.settings.client_id
    return all(
        shoko.archive.get_unit(extract.unit_id) is not None
        or shoko.store.stat(DERIVED, derived_key(client, extract)) is not None
        for extract in reading.extracts
    )
