"""The searchable PDF of a filed document: made on demand from the original and the recorded text, then kept."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from domain.codec import canonical
from domain.errors import UnsupportedMedia
from domain.ids import Digest
from extractors.searchable.build import VERSION, searchable_pdf
from pipeline.steps.filing import DERIVED
from pipeline.steps.texts import load_text, newest_text

if TYPE_CHECKING:
    from domain.ids import BlobRef
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)


def searchable_document(shoko: Shoko, record: ArchiveRecord) -> bytes:
    """PDF/A of the pages of a document with what was read on them.

    1. The original (by its digest) and the newest recorded text of exactly these bytes are looked up.
    2. What was made from both before is given again.
    3. Otherwise it is made, and left in ``derived``: it can be thrown away at any time.

    Raises:
        ObjectMissing: the original is gone, or no text of it is recorded (reading it again records one).
        UnsupportedMedia: the document has no pages, or they lie in several originals.
        InputError: the original cannot be shown.
        StorageError: the store does not answer.
    """
    blob, title = _original(shoko, record)
    text_key = newest_text(shoko, blob)  # 1
    pages = tuple(ref.page_index for ref in record.pages)
    key = _key(record, blob, text_key, title)
    if shoko.store.stat(DERIVED, key) is not None:  # 2
        return shoko.store.get(DERIVED, key)
    content = shoko.store.get(blob.bucket, blob.key, version_id=blob.version_id, expect=blob.digest)
    made = searchable_pdf(
        content,
        load_text(shoko, text_key),
        title=title,
        made_at=shoko.clock(),
        settings=shoko.settings.extractors,
        page_indices=pages,
    )
    shoko.store.put_named(DERIVED, key, made.content, media_type="application/pdf", if_absent=False)  # 3
    logger.info("searchable PDF: %s revision %d", record.document_id, record.revision)
    return made.content


def ready_searchable(shoko: Shoko, record: ArchiveRecord) -> bytes | None:
    """What was made before from the same original and text, or None.

    Raises:
        ObjectMissing: the original is gone, or no text of it is recorded.
        UnsupportedMedia: the document has no pages, or they lie in several originals.
    """
    blob, title = _original(shoko, record)
    key = _key(record, blob, newest_text(shoko, blob), title)
    return shoko.store.get(DERIVED, key) if shoko.store.stat(DERIVED, key) is not None else None


def any_searchable(shoko: Shoko, sha256: str) -> bool:
    """Whether anything was ever made of an original with this digest: one look, before more is asked."""
    prefix = f"{shoko.settings.client_id}/searchable/{sha256}/"
    return next(iter(shoko.store.list_latest(DERIVED, prefix=prefix)), None) is not None


def _key(record: ArchiveRecord, blob: BlobRef, text_key: str, title: str) -> str:
    pages = [ref.page_index for ref in record.pages]
    made_from = {"text": text_key, "pages": pages, "title": title, "version": VERSION}
    name = Digest.of(canonical(made_from)).value[:32]
    return f"{record.client_id}/searchable/{blob.digest.value}/{name}.pdf"


def _original(shoko: Shoko, record: ArchiveRecord) -> tuple[BlobRef, str]:
    """The one original of a document, and its name."""
    wanted = {ref.unit_id for ref in record.pages}
    units = [unit for unit in shoko.archive.unit_of_document(record.document_id) if unit.unit_id in wanted]
    if len(units) != 1 or len(wanted) != 1:
        raise UnsupportedMedia(
            f"{record.document_id} has {len(wanted)} originals",
            message_ja="ひとつの原本からなる書類だけ、検索できるPDFにできます",
        )
    drop = shoko.archive.get_drop(units[0].first_drop_id)
    return units[0].blob, drop.deposit.original_name if drop is not None else record.document_id
