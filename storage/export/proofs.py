"""Every node of the log's hash tree that a bundle needs, written level by level with one level in memory.

The tree of RFC 9162 §2.1 is the same as this: on each level neighbours are hashed in pairs, and a last one without a
neighbour goes up as it is. So a path is "the neighbour on each level", which a shell script can follow.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator

from domain.merkle import HASH_BYTES
from storage.export.folder import BundleFolder

TREE = "data/log/tree"
"""Folder of the nodes: a file for each level, lines ``index hash``, in order of the index."""


def pair_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node (RFC 9162 §2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Peaks:
    """Root of the leaves so far in logarithmic memory: roots of earlier heads while the leaves pass by."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, value: bytes) -> None:
        """One more leaf hash."""
        width = 1
        while self._peaks and self._peaks[-1][0] == width:
            value = pair_hash(self._peaks.pop()[1], value)
            width *= 2
        self._peaks.append((width, value))

    def root(self) -> bytes:
        """Root over everything so far."""
        value = self._peaks[-1][1]
        for _, peak in reversed(self._peaks[:-1]):
            value = pair_hash(peak, value)
        return value


def read_level(hashes: Iterable[bytes], heads: frozenset[int]) -> tuple[bytearray, dict[int, bytes]]:
    """Leaf hashes one after the other, and the roots that the log had at these sizes."""
    level, roots, peaks = bytearray(), {}, Peaks()
    for value in hashes:
        level += value
        peaks.add(value)
        size = len(level) // HASH_BYTES
        if size in heads:
            roots[size] = peaks.root()
    return level, roots


def consistency_nodes(first: int, size: int) -> list[tuple[int, int]]:
    """(level, index) of the nodes of the proof that ``size`` leaves begin with ``first`` (RFC 9162 §2.1.4.1)."""
    path: list[tuple[int, int]] = []
    begin, end, whole = 0, size, True
    while first != end:
        middle = begin + (1 << ((end - begin - 1).bit_length() - 1))
        if first <= middle:
            path.append(_node(middle, end))
            end = middle
        else:
            path.append(_node(begin, middle))
            begin, whole = middle, False
    if not whole:
        path.append(_node(begin, end))
    return path[::-1]


def _node(begin: int, end: int) -> tuple[int, int]:
    level = (end - begin - 1).bit_length()
    return level, begin >> level


def write_tree(
    folder: BundleFolder, level: bytearray, leaves: Iterable[int], wanted: frozenset[tuple[int, int]]
) -> tuple[bytes, dict[tuple[int, int], bytes]]:
    """Write the neighbours on the way up from each leaf (ascending); gives the root and the ``wanted`` nodes."""
    known = array("Q", leaves)
    nodes: dict[tuple[int, int], bytes] = {}
    height = 0
    while True:
        count = len(level) // HASH_BYTES
        for at in (index for depth, index in wanted if depth == height):
            nodes[height, at] = bytes(level[at * HASH_BYTES : (at + 1) * HASH_BYTES])
        if count == 1:
            return bytes(level), nodes
        with folder.grow(f"{TREE}/{height:02d}.txt") as out:
            for index in _neighbours(known, count):
                out.write(b"%d %s\n" % (index, level[index * HASH_BYTES : (index + 1) * HASH_BYTES].hex().encode()))
        known = array("Q", _parents(known))
        level = _upper(level, count)
        height += 1


def _upper(level: bytearray, count: int) -> bytearray:
    upper = bytearray()
    width = 2 * HASH_BYTES
    for at in range(0, count // 2 * width, width):
        upper += hashlib.sha256(b"\x01" + level[at : at + width]).digest()
    if count % 2:
        upper += level[-HASH_BYTES:]
    return upper


def _neighbours(known: array[int], count: int) -> Iterator[int]:
    """Indices beside the known ones, ascending; a last one without a neighbour has none."""
    at = 0
    while at < len(known):
        index = known[at]
        both = index % 2 == 0 and at + 1 < len(known) and known[at + 1] == index + 1
        if both:
            yield from (index, index + 1)
        elif index ^ 1 < count:
            yield index ^ 1
        at += 2 if both else 1


def _parents(known: array[int]) -> Iterator[int]:
    last = -1
    for index in known:
        if index >> 1 != last:
            last = index >> 1
            yield last
