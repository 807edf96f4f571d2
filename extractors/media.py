"""What kind of file it is, from its content; the name only decides where content says nothing."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePosixPath

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
TIFF = "image/tiff"
HEIC = "image/heic"
WEBP = "image/webp"
GIF = "image/gif"
BMP = "image/bmp"
ICO = "image/vnd.microsoft.icon"
XML = "application/xml"
EML = "message/rfc822"
HTML = "text/html"
CSV = "text/csv"
TEXT = "text/plain"
ZIP = "application/zip"
OLE = "application/x-ole-storage"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
OCTETS = "application/octet-stream"

IMAGES = frozenset({JPEG, PNG, TIFF, HEIC, WEBP, GIF, BMP})
"""Pictures that are read."""
READABLE = IMAGES | {PDF, XML}
"""What ``read_text`` takes."""

_HEAD_BYTES = 4096
_PDF_SEARCH_BYTES = 1024
"""A PDF header may stand behind some rubbish (ISO 32000-1, annex H.3)."""
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"})
_OFFICE = ((b"word/", DOCX), (b"xl/", XLSX), (b"ppt/", PPTX))
_MAX_ZIP_NAMES = 2000
_LOCAL_NAME = re.compile(rb"PK\x03\x04.{26}((?:word|xl|ppt)/)", re.DOTALL)
_EML_FIELD = re.compile(
    rb"^(?:return-path|received|from|to|cc|subject|date|message-id|mime-version|reply-to|delivered-to|content-type|"
    rb"x-[a-z0-9-]+|dkim-signature|authentication-results):[ \t\r\n]",
    re.IGNORECASE,
)
_EML_SURE = re.compile(rb"^(?:from|date|message-id|received|mime-version|subject):", re.IGNORECASE | re.MULTILINE)
_XML_START = re.compile(r"\s*<(\?xml|[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?[\s/>]|!--|!DOCTYPE\s+(?!html))")
_HTML_START = re.compile(
    r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)


def sniff(content: bytes, file_name: str = "") -> str:
    """Media type of a file; ``application/octet-stream`` where nothing fits."""
    head = content[:_HEAD_BYTES]
    return _binary(content, head) or _pdf_behind_rubbish(head) or _textual(head, file_name) or OCTETS


def _binary(content: bytes, head: bytes) -> str | None:
    simple = (
        (b"%PDF-", PDF),
        (b"\xff\xd8\xff", JPEG),
        (b"\x89PNG\r\n\x1a\n", PNG),
        (b"II*\x00", TIFF),
        (b"MM\x00*", TIFF),
        (b"II+\x00", TIFF),
        (b"MM\x00+", TIFF),
        (b"GIF87a", GIF),
        (b"GIF89a", GIF),
        (b"\x00\x00\x01\x00", ICO),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    )
    for magic, kind in simple:
        if head.startswith(magic):
            return kind
    if head[:2] == b"BM" and head[6:10] == b"\x00\x00\x00\x00":
        return BMP
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return HEIC
    if head[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        return _zipped(content)
    if _is_mail(head):
        return EML
    return None


def _pdf_behind_rubbish(head: bytes) -> str | None:
    """Asked last of what has a signature: an archive that does not compress shows the first of its PDFs like this."""
    return PDF if b"%PDF-" in head[:_PDF_SEARCH_BYTES] else None


def _is_mail(head: bytes) -> bool:
    return _EML_FIELD.match(head) is not None and len(_EML_SURE.findall(head)) >= 2  # one could be chance


def _zipped(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name.encode("utf-8", "replace") for name in archive.namelist()[:_MAX_ZIP_NAMES]]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        names = _LOCAL_NAME.findall(content)  # the list of names stands at the end, which may not be here
    for prefix, kind in _OFFICE:
        if any(name.startswith(prefix) for name in names):
            return kind
    return ZIP


def _textual(head: bytes, file_name: str) -> str | None:
    text = _decoded(head)
    if text is None:
        return None
    if _HTML_START.match(text):
        return HTML
    if _XML_START.match(text):
        return XML
    suffix = PurePosixPath(file_name).suffix.lower()
    if suffix == ".csv":
        return CSV
    if suffix == ".eml" and _EML_FIELD.match(head):
        return EML
    return TEXT if text.strip() else None


def _decoded(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    if b"\x00" in head:
        return None
    for encoding in ("utf-8-sig", "cp932", "euc_jp"):
        try:
            return head.decode(encoding)
        except UnicodeDecodeError as error:
            if len(head) == _HEAD_BYTES and error.start >= len(head) - 4:
                return head[: error.start].decode(encoding)
    return None
