"""Containers: the attachments of an e-mail, byte for byte."""

from __future__ import annotations

import binascii
import email
import re
from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.message import Message
from pathlib import PurePosixPath

from domain.errors import DamagedDocument, DocumentTooLarge
from extractors import media

_MAX_ATTACHMENTS = 200
_MAX_PARTS = 2_000
_MAX_TOTAL_BYTES = 500_000_000
_MAX_NAME = 200
_HEAD_BYTES = 10_000
_RAW_NAME = re.compile(rb'name="([^"\r\n]*)"', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file inside a container."""

    name: str
    """Its last path part as the sender gave it; made up where there is none."""
    media_type: str
    """As sniffed from its content."""
    content: bytes
    """Exactly as it was before it was packed."""
    inline: bool = False
    """May be shown inside the mail's text (RFC 2392); some mailers say so of every attachment."""


def attachments(content: bytes) -> tuple[Attachment, ...]:
    """Attachments of an e-mail, in order; bodies are left out, a forwarded mail is an attachment of its own.

    Raises:
        DamagedDocument: not an e-mail, or its parts cannot be decoded.
        DocumentTooLarge: too many or too large.
    """
    try:
        # compat32 keeps odd headers as they are instead of raising on them.
        message = email.message_from_bytes(content, policy=policy.compat32)
        return tuple(_walk(message, linesep="\r\n" if b"\r\n" in content[:_HEAD_BYTES] else "\n"))
    except (MessageError, ValueError, LookupError, binascii.Error, RecursionError, TypeError) as error:
        raise DamagedDocument(
            f"the e-mail cannot be taken apart: {type(error).__name__}",
            message_ja="電子メールの形式が壊れているため添付ファイルを取り出せません。原本のまま保存しました",
        ) from error


def _walk(message: Message, *, linesep: str) -> list[Attachment]:
    # A forwarded mail is written as it was read: no line is escaped, folded or ended anew.
    as_read = policy.compat32.clone(mangle_from_=False, linesep=linesep)
    found: list[Attachment] = []
    total = parts = 0
    pending: list[Message] = [message]
    while pending:
        part = pending.pop(0)
        parts += 1
        if parts > _MAX_PARTS:
            raise _too_many()
        kind = part.get_content_type()
        if kind == media.EML and part is not message:
            payload = part.get_payload()
            inner = payload[0] if isinstance(payload, list) and payload else None
            data = inner.as_bytes(policy=as_read) if isinstance(inner, Message) else b""
        elif part.is_multipart():
            children = part.get_payload()
            pending[:0] = [child for child in children if isinstance(child, Message)]
            continue
        elif not _is_attachment(part):
            continue
        else:
            decoded = part.get_payload(decode=True)
            data = decoded if isinstance(decoded, bytes) else b""
        total += len(data)
        if len(found) >= _MAX_ATTACHMENTS or total > _MAX_TOTAL_BYTES:
            raise _too_many()
        name = _name(part, len(found) + 1)
        inline = part.get_content_disposition() == "inline" or part.get("Content-ID") is not None
        found.append(Attachment(name=name, media_type=media.sniff(data, name), content=data, inline=inline))
    return found


def _is_attachment(part: Message) -> bool:
    if part.get_content_disposition() == "attachment" or part.get_filename():
        return True
    return part.get_content_maintype() != "text"


def _name(part: Message, number: int) -> str:
    given = part.get_filename()
    text = _raw_name(part) or (_decoded(given) if given else "")
    last = PurePosixPath(text.replace("\\", "/")).name
    clean = "".join(c for c in last if c.isprintable() and c != "\ufffd").strip()[-_MAX_NAME:]
    return clean if clean not in {"", ".", ".."} else f"attachment-{number}"


def _raw_name(part: Message) -> str | None:
    """The name where a mailer wrote Japanese bytes as they are, without any encoding."""
    for field, value in part.raw_items():
        raw = str(value).encode("utf-8", "surrogateescape")
        if field.lower() in {"content-disposition", "content-type"} and not raw.isascii():
            match = _RAW_NAME.search(raw)
            if match:
                return _decoded_bytes(match.group(1))
    return None


def _decoded(name: str) -> str:
    """RFC 2047 words, which many senders put where RFC 2231 belongs; and raw bytes of Japanese mailers."""
    from email.header import decode_header, make_header  # noqa: PLC0415  # only for named parts

    try:
        text = str(make_header(decode_header(name)))
    except (UnicodeError, LookupError, ValueError, MessageError):
        text = name
    return _decoded_bytes(text.encode("utf-8", "surrogateescape"))


def _decoded_bytes(raw: bytes) -> str:
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def _too_many() -> DocumentTooLarge:
    return DocumentTooLarge(
        "too many or too large attachments",
        message_ja="電子メールの添付ファイルの数または大きさが上限を超えています。分けて保存してください",
    )
