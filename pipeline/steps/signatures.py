"""Signatures that came with a PDF: checked when somebody looks, and kept in ``derived`` for a day."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from domain import codec
from domain.errors import ConfigError, ObjectMissing
from domain.evidence import PdfSignature
from domain.os_words import why_ja
from storage.evidence.pdf_signatures import check_signatures

if TYPE_CHECKING:
    from pathlib import Path

    from domain.record import Unit
    from pipeline.wiring import Shoko

VAULT, DERIVED = "vault", "derived"
VERSION = "v2"
"""Raise when the same bytes would be told otherwise."""
KEPT = timedelta(days=1)
"""A certificate may end: an answer is not kept for longer."""
_FOUND = TypeAdapter(tuple[PdfSignature, ...])


def signatures_of(shoko: Shoko, unit: Unit) -> tuple[PdfSignature, ...]:
    """The signatures of the PDF that a unit is, or was taken out of; empty where there are none."""
    while unit.extract is not None:
        source = shoko.archive.get_unit(unit.extract.of_unit_id)
        if source is None:
            return ()
        unit = source
    if unit.blob.media_type != "application/pdf":
        return ()
    roots = _read(shoko.settings.evidence.signature_roots_file)
    named = hashlib.sha256(roots).hexdigest()[:16]
    key = f"{shoko.settings.client_id}/signatures/{VERSION}-{named}-{unit.blob.digest.value}.json"
    known = shoko.store.stat(DERIVED, key)
    if known is not None and shoko.clock() - known.last_modified < KEPT:
        try:
            return _FOUND.validate_json(shoko.store.get(DERIVED, key))
        except (ValidationError, ObjectMissing):
            pass  # another version of this program, or cleared meanwhile: it is made again
    try:
        content = shoko.store.get(VAULT, unit.blob.key, version_id=unit.blob.version_id, expect=unit.blob.digest)
    except ObjectMissing:
        return ()  # destroyed at the end of its retention
    found = check_signatures(content, roots_pem=roots)
    kept = codec.canonical([codec.to_plain(one) for one in found])
    shoko.store.put_named(DERIVED, key, kept, media_type="application/json", if_absent=False)
    return found


def _read(path: Path | None) -> bytes:
    if path is None:
        return b""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"evidence.signature_roots_file {path}: {error.strerror}",
            message_ja=f"電子署名のルート証明書 {path} を読めません（{why_ja(error)}）",
        ) from error
