"""DER, as little as RFC 3161 needs: definite lengths only, no recursion on hostile input."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.errors import EvidenceMalformed

INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x02, 0x03, 0x04, 0x05, 0x06
BOOLEAN, GENERALIZED_TIME, SEQUENCE, SET = 0x01, 0x18, 0x30, 0x31
CONTEXT_0, CONTEXT_0_PRIMITIVE = 0xA0, 0x80
_LONG_FORM = 0x80
_MAX_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One tag-length-value."""

    tag: int
    content: bytes
    raw: bytes
    """Header and content."""

    def children(self) -> tuple[Element, ...]:
        """The elements inside.

        Raises:
            EvidenceMalformed: the content is not a series of elements.
        """
        found = []
        rest = self.content
        while rest:
            element = _first(rest)
            found.append(element)
            rest = rest[len(element.raw) :]
        return tuple(found)

    def integer(self) -> int:
        """Value of an INTEGER.

        Raises:
            EvidenceMalformed: it is something else.
        """
        if self.tag != INTEGER or not self.content:
            raise EvidenceMalformed("DER: an INTEGER was expected")
        return int.from_bytes(self.content, "big", signed=True)


def parse(data: bytes) -> Element:
    """The one element that ``data`` is.

    Raises:
        EvidenceMalformed: truncated, followed by something, or not DER.
    """
    element = _first(data)
    if len(element.raw) != len(data):
        raise EvidenceMalformed("DER: bytes follow the element")
    return element


def _first(data: bytes) -> Element:
    if len(data) < 2:
        raise EvidenceMalformed("DER: truncated header")
    length, header = data[1], 2
    if length & _LONG_FORM:
        count = length & 0x7F
        if not 1 <= count <= _MAX_LENGTH_BYTES or len(data) < 2 + count:
            raise EvidenceMalformed("DER: bad length")
        length, header = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
    if len(data) < header + length:
        raise EvidenceMalformed("DER: truncated content")
    return Element(tag=data[0], content=data[header : header + length], raw=data[: header + length])


def encode(tag: int, *parts: bytes) -> bytes:
    """An element of that tag around the joined parts."""
    content = b"".join(parts)
    size = len(content)
    if size < _LONG_FORM:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, _LONG_FORM | len(length)]) + length + content


def integer(value: int) -> bytes:
    """An INTEGER, shortest form."""
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def set_of(values: Iterable[bytes], *, tag: int = SET) -> bytes:
    """SET OF in DER order."""
    return encode(tag, *sorted(values))


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    content = b""
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        content += bytes(reversed(groups))
    return encode(OID, content)


def generalized_time(at: datetime) -> bytes:
    """GeneralizedTime in UTC, whole seconds."""
    return encode(GENERALIZED_TIME, at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode())
