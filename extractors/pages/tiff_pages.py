"""Pages of a TIFF in a file of their own: directories written anew, image data copied byte for byte (TIFF 6.0)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import DamagedDocument

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
"""Bytes of one value by type (TIFF 6.0, section 2)."""
_STRIPS, _STRIP_BYTES = 273, 279
_TILES, _TILE_BYTES = 324, 325
_POINTERS = frozenset({330, 513, 514, 34665, 34853, 40965})
"""Tags that point to further data elsewhere in the file (subdirectories, JPEG of the old kind): not copied."""
_MOST_ENTRIES = 500
_MOST_DIRECTORIES = 2_000
_MOST_PARTS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    tag: int
    kind: int
    count: int
    data: bytes


def tiff_with_pages(content: bytes, pages: Sequence[int]) -> bytes:
    """A TIFF of some pages (from 0) of another.

    Raises:
        DamagedDocument: it is no classic TIFF, is broken, or a page points to data that cannot be copied with it.
    """
    order = {b"II": "<", b"MM": ">"}.get(content[:2])
    if order is None or struct.unpack_from(order + "H", content, 2)[0] != 42:
        raise _broken("no classic TIFF")
    try:
        return _written(content, order, _directories(content, order), pages)
    except (struct.error, IndexError) as error:
        raise _broken(type(error).__name__) from error


def _directories(content: bytes, order: str) -> list[int]:
    found: list[int] = []
    (offset,) = struct.unpack_from(order + "I", content, 4)
    while offset:
        if offset in found or len(found) >= _MOST_DIRECTORIES:
            raise _broken("a chain of directories without end")
        found.append(offset)
        (count,) = struct.unpack_from(order + "H", content, offset)
        (offset,) = struct.unpack_from(order + "I", content, offset + 2 + 12 * count)
    return found


def _entries(content: bytes, order: str, offset: int) -> list[_Entry]:
    (number,) = struct.unpack_from(order + "H", content, offset)
    if number > _MOST_ENTRIES:
        raise _broken("too many entries")
    entries = []
    for index in range(number):
        place = offset + 2 + 12 * index
        tag, kind, count = struct.unpack_from(order + "HHI", content, place)
        size = _SIZES.get(kind, 0) * count
        if tag in _POINTERS or not size:
            raise _broken(f"tag {tag} cannot be copied")
        start = place + 8 if size <= 4 else struct.unpack_from(order + "I", content, place + 8)[0]
        if start + size > len(content):
            raise _broken("an entry reaches beyond the end")
        entries.append(_Entry(tag=tag, kind=kind, count=count, data=content[start : start + size]))
    return entries


def _written(content: bytes, order: str, directories: list[int], pages: Sequence[int]) -> bytes:
    out = bytearray(content[:4] + bytes(4))
    link = 4
    for index in pages:
        entries = {entry.tag: entry for entry in _entries(content, order, directories[index])}
        for offsets, sizes in ((_STRIPS, _STRIP_BYTES), (_TILES, _TILE_BYTES)):
            if offsets in entries:
                entries[offsets] = _copied(content, order, entries[offsets], entries[sizes], out)
        placed = []
        for entry in sorted(entries.values(), key=lambda one: one.tag):
            value = entry.data.ljust(4, b"\0")
            if len(entry.data) > 4:
                out += b"\0" * (len(out) % 2)
                value = struct.pack(order + "I", len(out))
                out += entry.data
            placed.append(struct.pack(order + "HHI", entry.tag, entry.kind, entry.count) + value)
        out += b"\0" * (len(out) % 2)
        struct.pack_into(order + "I", out, link, len(out))
        out += struct.pack(order + "H", len(placed)) + b"".join(placed)
        link = len(out)
        out += bytes(4)
    return bytes(out)


def _copied(content: bytes, order: str, offsets: _Entry, sizes: _Entry, out: bytearray) -> _Entry:
    """Strips or tiles appended to ``out``; gives the entry with their new places."""
    places, lengths = _numbers(order, offsets), _numbers(order, sizes)
    if len(places) != len(lengths) or len(places) > _MOST_PARTS:
        raise _broken("strips and their sizes do not agree")
    if sum(lengths) > len(content):
        raise _broken("strips overlap")
    moved = []
    for place, length in zip(places, lengths, strict=True):
        if place + length > len(content):
            raise _broken("a strip reaches beyond the end")
        out += b"\0" * (len(out) % 2)
        moved.append(len(out))
        out += content[place : place + length]
    return _Entry(tag=offsets.tag, kind=4, count=len(moved), data=struct.pack(f"{order}{len(moved)}I", *moved))


def _numbers(order: str, entry: _Entry) -> tuple[int, ...]:
    letter = {3: "H", 4: "I"}.get(entry.kind)
    if letter is None:
        raise _broken("places are no numbers")
    return struct.unpack(f"{order}{entry.count}{letter}", entry.data)


def _broken(why: str) -> DamagedDocument:
    return DamagedDocument(f"pages of this TIFF cannot be copied: {why}")
