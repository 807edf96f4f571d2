"""A mail's attachments, each a unit of its own; the mail itself stays the drop."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.errors import DocumentTooLarge, InputError
from domain.fields import DocumentType
from domain.ids import Digest, attachment_id_for
from domain.record import DocumentReading, DropReading, ReviewReason, UnitExtract
from extractors import media
from extractors.containers import attachments
from extractors.mail import is_decoration
from pipeline.steps.read import read_documents, unreadable, with_reasons
from pipeline.steps.reading import Apart
from pipeline.steps.units import Part, part_of

if TYPE_CHECKING:
    from extractors.containers import Attachment
    from pipeline.steps.reading import ReadFile, Reading

ATTACHMENT = "attachment"
_DEEPEST = 3
"""Mails inside mails that are opened: a reply that carries a forwarded mail is two."""
_MOST_UNITS = 200
_SURE = 0.8
"""Confidence in its class from which the text of a mail that has attachments is a document too."""


def read_mail(content: bytes, *, file_name: str, unit_id: str, how: Reading, read: ReadFile) -> Apart:
    """Read every attachment that can be read, and the mail's text where it says what no attachment says.

    The text is a document where there is no other, where some attachments were not opened (a person has to look), and
    where it is itself a priced document (an order's confirmation).

    Raises:
        DamagedDocument: it cannot be taken apart.
        DocumentTooLarge: it has too many attachments.
    """
    documents: list[DocumentReading] = []
    parts: list[Part] = []
    unopened: Counter[str] = Counter()
    seconds: dict[str, float] = {}
    for number, attachment in enumerate(attachments(content)):
        if is_decoration(attachment):
            continue
        if not _is_read(attachment, how):
            unopened[attachment.media_type.rpartition("/")[2]] += 1
            continue
        part, found = _attached(attachment, number, unit_id=unit_id, how=how, read=read)
        parts += [part, *found.parts]
        documents += found.reading.documents
        for stage, spent in found.reading.seconds.items():
            seconds[stage] = seconds.get(stage, 0.0) + spent
        if len(parts) > _MOST_UNITS:
            raise DocumentTooLarge(
                f"more than {_MOST_UNITS} papers in one mail",
                message_ja=f"電子メールに含まれる書類が多すぎます（上限 {_MOST_UNITS}）。分けて保存してください",
            )
    text = how.text_of(content, file_name)
    body = read_documents(content, text, unit_id=unit_id, reader=how.reader, context=how.context)
    if unopened:
        detail = ", ".join(f"{kind}×{count}" for kind, count in sorted(unopened.items()))
        reason = ReviewReason(code="attachments_unread", detail=detail)
        body = replace(body, documents=tuple(with_reasons(document, reason) for document in body.documents))
    if unopened or not documents or any(_is_priced(document) for document in body.documents):
        documents = [*body.documents, *documents]
    reading = DropReading(
        digest=Digest.of(content),
        media_type=media.EML,
        engines=how.reader.engines,
        pages=(),
        documents=tuple(documents),
        faults=(),
        seconds=seconds,
        extracts=tuple(part.extract for part in parts),
    )
    return Apart(reading=reading, parts=tuple(parts))


def _is_read(attachment: Attachment, how: Reading) -> bool:
    if attachment.media_type == media.EML:
        return how.depth < _DEEPEST
    return attachment.media_type in media.READABLE


def _attached(attachment: Attachment, number: int, *, unit_id: str, how: Reading, read: ReadFile) -> tuple[Part, Apart]:
    """The unit that an attachment is, and what was read of it."""
    own_id = attachment_id_for(client_id=how.client_id, of_unit_id=unit_id, number=number)
    extract = UnitExtract(of_unit_id=unit_id, page_index=number, method=ATTACHMENT)
    part = part_of(own_id, extract, attachment.content, media_type=attachment.media_type, name=attachment.name)
    try:
        found = read(
            attachment.content, file_name=attachment.name, unit_id=own_id, how=replace(how, depth=how.depth + 1)
        )
    except InputError as error:
        reading = unreadable(
            part.extract.digest,
            media_type=attachment.media_type,
            unit_id=own_id,
            error=error,
            reader_engines=how.reader.engines,
        )
        return part, Apart(reading=reading)
    told = replace(part.extract, captured=found.reading.captured, rendered=found.reading.pages)
    return replace(part, extract=told), found


def _is_priced(document: DocumentReading) -> bool:
    return (
        document.classification.label is not DocumentType.OTHER
        and document.classification.confidence >= _SURE
        and document.fields.money("total_amount") is not None
    )
