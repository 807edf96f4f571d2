"""Reading DER with a cursor; a second reader, on purpose."""

from __future__ import annotations

from functools import lru_cache


class Cursor:
    """Takes elements from the front of some bytes."""

    def __init__(self, data: bytes | memoryview) -> None:
        """Stand at the beginning."""
        self._data = memoryview(data)
        self._at = 0

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._data)

    def peek(self) -> int | None:
        """Tag of the next element."""
        return None if self.done else self._data[self._at]

    def take(self, tag: int | None = None) -> tuple[bytes, bytes]:
        """(content, whole element) of the next element.

        Raises:
            ValueError: it has another tag, or is cut off.
        """
        data, start = self._data, self._at
        if len(data) - start < 2:
            raise ValueError("DER ends early")
        if tag is not None and data[start] != tag:
            msg = f"DER tag {data[start]:#x} where {tag:#x} belongs"
            raise ValueError(msg)
        at, length = start + 2, data[start + 1]
        if length == 0x80 or length > 0x84:
            raise ValueError("DER length form")
        if length > 0x80:
            width = length - 0x80
            length = int.from_bytes(data[at : at + width], "big")
            at += width
        if at + length > len(data):
            raise ValueError("DER ends early")
        self._at = at + length
        return bytes(data[at : at + length]), bytes(data[start : at + length])

    def inside(self, tag: int) -> Cursor:
        """A cursor inside the next element.

        Raises:
            ValueError: it has another tag.
        """
        return Cursor(self.take(tag)[0])

    def skip_if(self, *tags: int) -> None:
        """Pass over the next element if it has one of these tags."""
        if self.peek() in tags:
            self.take()

    def end(self) -> None:
        """Insist that nothing is left.

        Raises:
            ValueError: something is.
        """
        if not self.done:
            raise ValueError("DER goes on")


@lru_cache(maxsize=256)
def dotted(content: bytes) -> str:
    """Text of an OBJECT IDENTIFIER's content.

    Raises:
        ValueError: cut off.
    """
    arcs, value = [], 0
    if not content or content[-1] & 0x80:
        raise ValueError("OBJECT IDENTIFIER ends early")
    for byte in content:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))


def definite(data: bytes) -> bytes:
    """The same element with definite lengths: CMS may be in BER (RFC 5652 §2), what is signed in it is in DER.

    Only elements of indefinite length are written anew, and an OCTET STRING in pieces becomes one; all others stay as
    they are, byte by byte.

    Raises:
        ValueError: cut off, or nested too deep.
    """
    if len(data) < 2 or data[1] != _INDEFINITE:
        return data
    element, used = _rewritten(data, 0, 0)
    if used != len(data):
        raise ValueError("BER goes on")
    return element


_INDEFINITE, _MAX_DEPTH = 0x80, 32
_PIECES, _OCTETS = 0x24, 0x04


def _rewritten(data: bytes, start: int, depth: int) -> tuple[bytes, int]:
    """(element, where it ends) of the element at a place."""
    if depth > _MAX_DEPTH or start + 2 > len(data):
        raise ValueError("BER ends early, or is nested too deep")
    tag = data[start]
    if data[start + 1] != _INDEFINITE:
        _, raw = Cursor(memoryview(data)[start:]).take()
        return raw, start + len(raw)
    parts, at = [], start + 2
    while data[at : at + 2] != b"\0\0":
        part, at = _rewritten(data, at, depth + 1)
        parts.append(Cursor(part).take(_OCTETS)[0] if tag == _PIECES else part)
    content = b"".join(parts)
    return bytes([_OCTETS if tag == _PIECES else tag]) + definite_length(len(content)) + content, at + 2


def definite_length(size: int) -> bytes:
    """The length octets of DER."""
    if size < _INDEFINITE:
        return bytes([size])
    encoded = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([_INDEFINITE | len(encoded)]) + encoded
