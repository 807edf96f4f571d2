"""Bytes to documents: pages, text, split, class, fields, checks; behind filing and ``shoko read`` alike."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from classifiers.split import PageGroup, split_pages
from domain.codec import canonical
from domain.engines import Classifier, FieldContext, OcrEngine
from domain.errors import AppError, InputError
from domain.evidence import Check
from domain.fields import FieldSet
from domain.ids import Digest
from domain.lessons import Lesson
from domain.page import EngineId, Fault, PageRef, PageText, TextReading
from domain.record import Classification, DocumentReading, DropReading, ReviewReason
from extractors import media
from extractors.einvoice import read_einvoice
from extractors.einvoice_printed import compare_with_print
from extractors.fields import extract_fields
from extractors.fields.checks import run_checks
from extractors.fields.review import review_reasons
from extractors.habits.apply import settle_class, with_habits
from extractors.pages.capture import captured_pages
from extractors.text import read_text

if TYPE_CHECKING:
    from extractors.settings import ExtractorSettings

FIELDS_ENGINE = EngineId(name="fields.v1", version="35")
"""The extraction rules as a whole; raise the version when their output can change."""
SEVERAL = ReviewReason(code="several_documents")
PARTED = ReviewReason(code="parted_in_doubt")
_HANDWRITTEN_LINES = 2
"""On one page, before a person is asked: of 195 printed pages one had two lines taken for handwriting, six had one; of
pages with three handwritten lines four in five have two that are found, with five nearly all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Everything that reading needs, built once per process."""

    engine: OcrEngine
    second: OcrEngine | None
    classifier: Classifier
    settings: ExtractorSettings
    text_code: str = ""
    """Digest of the code that turns bytes into text (``pipeline.code_digest``); empty in tests."""
    lessons: tuple[Lesson, ...] = ()
    """What corrections taught, oldest first."""
    reading_code: str = ""
    """Digest of all code that reads."""

    @property
    def engines(self) -> tuple[EngineId, ...]:
        """All that take part."""
        second = (self.second.engine_id,) if self.second else ()
        fields = replace(FIELDS_ENGINE, config_digest=self.reading_code[:16])
        return (self.engine.engine_id, *second, self.classifier.engine_id, fields)

    @property
    def config_digest(self) -> str:
        """Names a reading together with the input's digest: other engines, settings or code give another reading."""
        plain = {
            "engines": [str(e) + e.config_digest for e in self.engines],
            "settings": self.settings.model_dump(mode="json"),
        }
        return Digest.of(canonical(plain)).value[:32]

    @property
    def text_digest(self) -> str:
        """Names the recorded text of a file together with the input's digest: rules for class and fields may change."""
        readers = [e.engine_id for e in (self.engine, self.second) if e is not None]
        plain = {
            "engines": [str(e) + e.config_digest for e in readers],
            "settings": self.settings.model_dump(mode="json"),
            "code": self.text_code,
        }
        return Digest.of(canonical(plain)).value[:32]


def read_bytes(content: bytes, *, file_name: str, unit_id: str, reader: Reader, context: FieldContext) -> DropReading:
    """Read one file.

    Takes the bytes as they came; gives one ``DocumentReading`` per document found, boxes in pixels of the upright
    original page. ``file_name`` is used for messages and as a weak hint of the type.

    Raises:
        InputError: the whole file cannot be read (encrypted, damaged, unsupported, too large).
    """
    text = text_of(content, file_name=file_name, reader=reader)
    return read_documents(content, text, unit_id=unit_id, reader=reader, context=context)


def text_of(content: bytes, *, file_name: str, reader: Reader) -> TextReading:
    """The first half, which OCR makes slow and which depends on bytes, engines and settings alone.

    Raises:
        InputError: the whole file cannot be read (encrypted, damaged, unsupported, too large).
    """
    return read_text(content, file_name=file_name, settings=reader.settings, engine=reader.engine, second=reader.second)


def groups_of(text: TextReading) -> tuple[PageGroup, ...]:
    """Which of its pages belong together; all of them where nothing was read."""
    sizes = {page.page_index: (page.width_px, page.height_px) for page in text.pages}
    return split_pages(text.texts, sizes=sizes) or (PageGroup(pages=tuple(range(max(text.page_count, 1)))),)


def read_documents(
    content: bytes,
    text: TextReading,
    *,
    unit_id: str,
    reader: Reader,
    context: FieldContext,
    groups: tuple[PageGroup, ...] | None = None,
) -> DropReading:
    """The second half: split, class, fields and checks of a text that was just read, or recorded earlier.

    ``groups`` says which pages belong together where that is settled.

    Raises:
        InputError: an e-invoice without pages that cannot be read.
    """
    seconds = dict(text.seconds)
    documents: list[DocumentReading] = []
    faults = list(text.faults)
    if text.data_xml is not None:
        started = time.perf_counter()
        try:
            documents = [_from_data(text, unit_id=unit_id, context=context, settings=reader.settings)]
        except InputError as error:
            faults.append(Fault(code=error.code, message=error.message, message_ja=error.message_ja))
            if not text.texts:
                raise
        seconds["fields"] = time.perf_counter() - started
    if not documents:
        documents = read_groups(
            text, groups or groups_of(text), unit_id=unit_id, reader=reader, context=context, seconds=seconds
        )
    return DropReading(
        digest=Digest.of(content),
        media_type=text.media_type,
        engines=reader.engines,
        pages=text.pages,
        documents=tuple(documents),
        faults=tuple(faults),
        seconds=seconds,
        captured=captured_pages(content, media_type=text.media_type, settings=reader.settings),
    )


def unreadable(
    content_digest: Digest, *, media_type: str, unit_id: str, error: AppError, reader_engines: tuple[EngineId, ...]
) -> DropReading:
    """The reading of a file that could not be read: one document without values, for a person to complete."""
    from classifiers.null import create  # noqa: PLC0415 - only here

    reason = ReviewReason(code=error.code if error.code in {"encrypted", "unsupported_media"} else "unreadable")
    null = create()
    document = DocumentReading(
        pages=(PageRef(unit_id=unit_id, page_index=0),),
        classification=null.classify(()),
        fields=FieldSet(fields=()),
        checks=(),
        review_reasons=(reason,),
        text="",
    )
    return DropReading(
        digest=content_digest,
        media_type=media_type,
        engines=reader_engines,
        pages=(),
        documents=(document,),
        faults=(
            Fault(
                code=error.code,
                message=error.message,
                message_ja=error.message_ja,
                page_index=None if error.page_number is None else error.page_number - 1,
            ),
        ),
        seconds={},
    )


def _from_data(
    text: TextReading, *, unit_id: str, context: FieldContext, settings: ExtractorSettings
) -> DocumentReading:
    """An e-invoice: fields from the data, compared with what its pages, where it has any, say in print."""
    classification, fields, body = read_einvoice(text.data_xml or b"", context=context)
    fields, compared = compare_with_print(fields, text.texts, document_type=classification.label, context=context)
    pages = tuple(_page_ref(text, unit_id, p.page_index) for p in text.pages)
    page_text = "\n".join(t.text for t in text.texts)
    return _document(
        pages or (PageRef(unit_id=unit_id, page_index=0),),
        classification,
        fields,
        context=context,
        settings=settings,
        faults=(),
        text="\n".join(part for part in (body, page_text) if part),
        compared=compared,
    )


def read_groups(
    text: TextReading,
    groups: tuple[PageGroup, ...],
    *,
    unit_id: str,
    reader: Reader,
    context: FieldContext,
    seconds: dict[str, float],
) -> list[DocumentReading]:
    """One document per group of pages; adds the time spent to ``seconds``."""
    by_index = {t.page_index: t for t in text.texts}
    out: list[DocumentReading] = []
    seconds.setdefault("class", 0.0)
    seconds.setdefault("fields", 0.0)
    for group in groups:
        texts = tuple(by_index[i] for i in group.pages if i in by_index)
        faults = tuple(f for f in text.faults if f.page_index is None or _group_at(f.page_index, groups) is group)
        started = time.perf_counter()
        classification = settle_class(reader.lessons, texts, reader.classifier.classify(texts))
        classified = time.perf_counter()
        fields = extract_fields(classification.label, texts, context=context)
        fields = with_habits(reader.lessons, classification.label, texts, fields, context=context)
        document = _document(
            tuple(_page_ref(text, unit_id, i) for i in group.pages),
            classification,
            fields,
            context=context,
            settings=reader.settings,
            faults=faults,
            text=_joined(texts),
        )
        if text.media_type == media.EML:
            document = _without_boxes(document)
        more = (
            *((ReviewReason(code="handwriting"),) if _written_by_hand(texts) else ()),
            *((SEVERAL,) if group.doubtful else ()),
            *((PARTED,) if group.parted_in_doubt else ()),
        )
        out.append(with_reasons(document, *more))
        seconds["class"] += classified - started
        seconds["fields"] += time.perf_counter() - classified
    return out


def _group_at(page_index: int, groups: tuple[PageGroup, ...]) -> PageGroup:
    """The group that a page is of: also one that nothing was read of, and which is in no group for that."""
    own = next((group for group in groups if page_index in group.pages), None)
    before = [group for group in groups if group.pages[0] <= page_index]
    return own or max(before or groups[:1], key=lambda group: group.pages[0])


def _without_boxes(document: DocumentReading) -> DocumentReading:
    """What was read in a mail's text stands on no page."""
    fields = tuple(
        replace(f, sources=tuple(replace(source, boxes=()) for source in f.sources)) for f in document.fields.fields
    )
    return replace(document, fields=FieldSet(fields=fields))


def _written_by_hand(texts: tuple[PageText, ...]) -> bool:
    return any(sum(line.handwritten for line in text.lines) >= _HANDWRITTEN_LINES for text in texts)


def _document(
    pages: tuple[PageRef, ...],
    classification: Classification,
    fields: FieldSet,
    *,
    context: FieldContext,
    settings: ExtractorSettings,
    faults: tuple[Fault, ...],
    text: str,
    compared: tuple[Check, ...] = (),
) -> DocumentReading:
    checks: tuple[Check, ...] = (*run_checks(classification.label, fields, context=context), *compared)
    reasons = review_reasons(
        classification, fields, checks, context=context, faults=faults, least_certain=settings.least_certain
    )
    if not text.strip():
        reasons = (*reasons, ReviewReason(code="no_text"))
    return DocumentReading(
        pages=pages,
        classification=classification,
        fields=fields,
        checks=checks,
        review_reasons=tuple(dict.fromkeys(reasons)),
        text=text,
    )


def _page_ref(text: TextReading, unit_id: str, page_index: int) -> PageRef:
    page = next((p for p in text.pages if p.page_index == page_index), None)
    if page is None:
        return PageRef(unit_id=unit_id, page_index=page_index)
    return PageRef(
        unit_id=unit_id,
        page_index=page_index,
        width_px=page.width_px,
        height_px=page.height_px,
        rotation_degrees=page.rotation_degrees,
        mark=page.mark,
    )


def _joined(texts: tuple[PageText, ...]) -> str:
    return "\n\n".join(t.text for t in texts)


def with_reasons(document: DocumentReading, *more: ReviewReason) -> DocumentReading:
    """A copy with further reasons for review."""
    return replace(document, review_reasons=tuple(dict.fromkeys((*document.review_reasons, *more))))
