"""Decompression bombs in PDF files, found before a parser unpacks anything.

Stream dictionaries always stand in plain sight in the file (only the streams themselves are packed), so one scan over
the bytes finds every packed stream, even in files whose structure is broken.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from domain.errors import DocumentTooLarge

if TYPE_CHECKING:
    from extractors.settings import ExtractorSettings

_STREAM = re.compile(rb"stream\r?\n")
_FILTERS = re.compile(rb"/(FlateDecode|LZWDecode|RunLengthDecode|Fl|LZW|RL)\b")
_SIDE = re.compile(rb"/(Width|Height)\s+(\d{1,10})\b(?!\s+\d+\s+R)")
_DICTIONARY_BYTES = 2048
_FLATE_RATIO = 1032
"""Deflate packs no better than this."""
_MOST_NESTED = 2
"""More packing filters one inside the other are not found in documents."""
_TOTAL_FACTOR = 8
"""All streams together may unpack to this many times the limit for one."""
_CHUNK = 1 << 20


def check_bombs(content: bytes, settings: ExtractorSettings) -> None:
    """Refuse a PDF whose streams unpack beyond the limit.

    Raises:
        DocumentTooLarge: a stream, a picture or all together are too large.
    """
    limit = settings.max_stream_bytes
    left = limit * _TOTAL_FACTOR
    for match in _STREAM.finditer(content):
        start = match.end()
        head = _dictionary(content, match.start())
        _check_picture(head, settings)
        names = _FILTERS.findall(head)
        if len(names) > _MOST_NESTED:
            raise _too_large("nested filters")
        if not names or (len(names) == 1 and names[0] not in {b"FlateDecode", b"Fl"}):
            continue
        size = _packed_size(content, start)
        if len(names) == 1 and size * _FLATE_RATIO <= min(limit, left // 100):
            left -= size
            continue
        left -= _unpacked_size(content, start, size, nested=len(names) > 1, limit=min(limit, left))
        if left < 0:
            raise _too_large("all streams")


def _dictionary(content: bytes, end: int) -> bytes:
    head = content[max(0, end - _DICTIONARY_BYTES) : end]
    return head[head.rfind(b" obj") + 1 :]


def _check_picture(head: bytes, settings: ExtractorSettings) -> None:
    if b"/Image" not in head:
        return
    sides = {name: int(value) for name, value in _SIDE.findall(head)}
    width, height = sides.get(b"Width", 0), sides.get(b"Height", 0)
    if width * height > settings.max_page_pixels:
        raise _too_large(f"a picture of {width} x {height}")


def _packed_size(content: bytes, start: int) -> int:
    end = content.find(b"endstream", start)
    return (end if end >= 0 else len(content)) - start


def _unpacked_size(content: bytes, start: int, size: int, *, nested: bool, limit: int) -> int:
    outer, inner = zlib.decompressobj(), zlib.decompressobj()
    total = 0
    view = memoryview(content)[start : start + size]
    for offset in range(0, size, _CHUNK):
        pending = bytes(view[offset : offset + _CHUNK])
        while pending:
            try:
                out = outer.decompress(pending, _CHUNK)
            except zlib.error:
                return total
            pending = outer.unconsumed_tail
            total += _inner_size(inner, out, limit) if nested else len(out)
            if total > limit:
                raise _too_large("a packed stream")
    return total


def _inner_size(inner: object, out: bytes, limit: int) -> int:
    total = len(out)
    pending = out
    while pending:
        try:
            total += len(inner.decompress(pending, _CHUNK))  # type: ignore[attr-defined]  # zlib hides its class
        except zlib.error:
            return total
        pending = inner.unconsumed_tail  # type: ignore[attr-defined]  # the same
        if total > limit:
            return total
    return total


def _too_large(what: str) -> DocumentTooLarge:
    return DocumentTooLarge(
        f"the PDF unpacks beyond the limit: {what}",
        message_ja="PDFの中の圧縮データが大きさの上限を超えています。解像度を下げて作り直してください",
    )
