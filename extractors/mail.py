"""The text of a mail, and which of its attachments are only decoration."""

from __future__ import annotations

import binascii
import email
from email import policy
from email.errors import MessageError
from email.message import Message
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from domain.errors import DamagedDocument, InputError
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, TextReading, Word
from extractors import media
from extractors.pages.image import DECODE_ERRORS, opened_image

if TYPE_CHECKING:
    from extractors.containers import Attachment
    from extractors.settings import ExtractorSettings

ENGINE = EngineId(name="mail.v1", version="1")
_MOST_PARTS = 2_000
_MOST_LINES = 2_000
_MOST_WIDE = 400
_LOGO_SIDE_PX = 800
"""Longer side up to which a picture shown inside a mail's text is a logo or a signature: scans of a page and photos of
a receipt are larger (a page at 100 dpi has 1,170 pixels)."""
_CHARACTER_PX, _LINE_PX = 10, 20
_BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol", "blockquote", "hr"})
_SILENT = frozenset({"script", "style", "head", "title"})


class _Reader(HTMLParser):
    """The words of a page of HTML, a line per block; cells of a row side by side."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag in {"td", "th"}:
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(" ".join(data.split()) if data.strip() else " ")


def mail_text(content: bytes, settings: ExtractorSettings) -> TextReading:
    """The text of a mail as one page without a picture: its plain text, or that of its HTML.

    Raises:
        DamagedDocument: it is no mail.
    """
    try:
        message = email.message_from_bytes(content, policy=policy.compat32)
        text = _body(message)[: settings.max_page_characters]
    except (MessageError, ValueError, LookupError, binascii.Error, RecursionError, TypeError, AssertionError) as error:
        raise DamagedDocument(
            f"the text of the e-mail cannot be read: {type(error).__name__}",
            message_ja="電子メールの形式が壊れているため本文を読めません。原本のまま保存しました",
        ) from error
    page = PageText(page_index=0, lines=_lines(text), engine=ENGINE, source="data")
    return TextReading(media_type=media.EML, pages=(), texts=(page,), page_count=1)


def is_decoration(attachment: Attachment) -> bool:
    """A logo or signature: a small picture that the mail's text may show."""
    if not attachment.inline or attachment.media_type not in media.IMAGES:
        return False
    try:
        with opened_image(attachment.content, attachment.media_type) as image:
            return max(image.size) <= _LOGO_SIDE_PX
    except (InputError, *DECODE_ERRORS):
        return False


def _body(message: Message) -> str:
    plain: list[str] = []
    marked: list[str] = []
    pending: list[Message] = [message]
    for _ in range(_MOST_PARTS):
        if not pending:
            break
        part = pending.pop(0)
        if part.is_multipart():
            if part is message or part.get_content_maintype() == "multipart":
                pending[:0] = [child for child in part.get_payload() if isinstance(child, Message)]
            continue
        if part.get_filename() or part.get_content_disposition() == "attachment":
            continue
        if part.get_content_type() == "text/plain":
            plain.append(_decoded(part))
        elif part.get_content_type() == "text/html":
            marked.append(_decoded(part))
    if any(text.strip() for text in plain):
        return "\n".join(plain)
    reader = _Reader()
    for text in marked:
        reader.feed(text)
    reader.close()
    return "".join(reader.pieces)


def _decoded(part: Message) -> str:
    raw = part.get_payload(decode=True)
    data = raw if isinstance(raw, bytes) else b""
    for charset in (part.get_content_charset(), "utf-8", "cp932"):
        try:
            return data.decode(charset or "utf-8")
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def _lines(text: str) -> tuple[Line, ...]:
    lines: list[Line] = []
    for row in text.splitlines()[:_MOST_LINES]:
        words = row.replace("\0", " ").strip()[:_MOST_WIDE]
        if words:
            top = (len(lines) + 1) * _LINE_PX
            right = _CHARACTER_PX * (len(words) + 1)
            box = Box(left=_CHARACTER_PX, top=top, right=right, bottom=top + _LINE_PX - 4)
            lines.append(Line(words=(Word(text=words, box=box, confidence=1.0),), box=box))
    return tuple(lines)
