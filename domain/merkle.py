"""The hash tree of RFC 9162 §2.1 over SHA-256: roots, inclusion and consistency proofs, and the tiles it is stored in.

Pure. A tree is known by its leaf *hashes* in order; ``Tree`` keeps every complete node, so that a proof costs
logarithmic work. Tiles follow the layout of C2SP tlog-tiles: 256 hashes wide, level 0 over the leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of the tree without leaves (RFC 9162 §2.1.1)."""
TILE_HEIGHT = 8
"""Tree levels in one tile."""
TILE_WIDTH = 1 << TILE_HEIGHT
"""Hashes in one full tile."""


def leaf_hash(content: bytes) -> bytes:
    """Hash of one leaf: SHA-256(0x00 || content)."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A growing tree. ``append`` is amortised constant; roots and proofs of any earlier size stay available."""

    __slots__ = ("_levels",)

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        """Start from these leaf hashes."""
        self._levels: list[list[bytes]] = [[]]
        for value in leaf_hashes:
            self.append(value)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0])

    def append(self, value: bytes) -> None:
        """Add one leaf hash (32 bytes).

        Raises:
            ValueError: not 32 bytes.
        """
        if len(value) != HASH_BYTES:
            msg = f"a leaf hash is {HASH_BYTES} bytes, not {len(value)}"
            raise ValueError(msg)
        level = 0
        self._levels[0].append(value)
        while len(self._levels[level]) % 2 == 0:
            left, right = self._levels[level][-2:]
            level += 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(node_hash(left, right))

    def leaf(self, index: int) -> bytes:
        """Hash of one leaf.

        Raises:
            ValueError: no such leaf.
        """
        if not 0 <= index < self.size:
            msg = f"no leaf {index} in a tree of {self.size}"
            raise ValueError(msg)
        return self._levels[0][index]

    def root(self, size: int | None = None) -> bytes:
        """Root over the first ``size`` leaves (all of them by default).

        Raises:
            ValueError: the tree is smaller than that.
        """
        wanted = self._checked(size)
        return EMPTY_ROOT if wanted == 0 else self._subtree(0, wanted)

    def inclusion_proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Audit path of leaf ``index`` in the tree of ``size`` leaves, from the leaf up (RFC 9162 §2.1.3.1).

        Raises:
            ValueError: no such leaf in a tree of that size.
        """
        wanted = self._checked(size)
        if not 0 <= index < wanted:
            msg = f"no leaf {index} in a tree of {wanted}"
            raise ValueError(msg)
        path: list[bytes] = []
        begin, end = 0, wanted
        while end - begin > 1:
            middle = begin + _split(end - begin)
            if index < middle:
                path.append(self._subtree(middle, end))
                end = middle
            else:
                path.append(self._subtree(begin, middle))
                begin = middle
        return tuple(reversed(path))

    def consistency_proof(self, first: int, second: int | None = None) -> tuple[bytes, ...]:
        """Proof that the tree of ``second`` leaves starts with the tree of ``first`` (RFC 9162 §2.1.4.1).

        Empty where ``first`` is 0 or equals ``second``: there is nothing to prove then beyond the roots themselves.

        Raises:
            ValueError: ``first`` is larger than ``second``, or the tree is smaller.
        """
        wanted = self._checked(second)
        if not 0 <= first <= wanted:
            msg = f"{first} leaves are not a beginning of {wanted}"
            raise ValueError(msg)
        if first in {0, wanted}:
            return ()
        path: list[bytes] = []
        begin, end = 0, wanted
        whole = True  # the old tree fills this subtree from its beginning, so its root is known to the verifier
        while first != end:
            middle = begin + _split(end - begin)
            if first <= middle:
                path.append(self._subtree(middle, end))
                end = middle
            else:
                path.append(self._subtree(begin, middle))
                begin = middle
                whole = False
        if not whole:
            path.append(self._subtree(begin, end))
        return tuple(reversed(path))

    def tile(self, level: int, number: int) -> bytes:
        """A full tile: 256 hashes of tree level ``8 × level``, 8192 bytes.

        Raises:
            ValueError: that tile is not full yet.
        """
        height = level * TILE_HEIGHT
        nodes = self._levels[height] if height < len(self._levels) else []
        part = nodes[number * TILE_WIDTH : (number + 1) * TILE_WIDTH]
        if number < 0 or len(part) < TILE_WIDTH:
            msg = f"tile {level}/{number} is not full"
            raise ValueError(msg)
        return b"".join(part)

    def _checked(self, size: int | None) -> int:
        wanted = self.size if size is None else size
        if not 0 <= wanted <= self.size:
            msg = f"a tree of {self.size} leaves has no state of {wanted}"
            raise ValueError(msg)
        return wanted

    def _subtree(self, begin: int, end: int) -> bytes:
        """Hash over leaves [begin, end); begin is always a multiple of the power of two that covers the range."""
        width = end - begin
        if width & (width - 1) == 0:
            level = width.bit_length() - 1
            return self._levels[level][begin >> level]
        middle = begin + _split(width)
        return node_hash(self._subtree(begin, middle), self._subtree(middle, end))


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Root over leaf hashes."""
    return Tree(leaf_hashes).root()


def inclusion_proof(index: int, leaf_hashes: Sequence[bytes]) -> tuple[bytes, ...]:
    """Audit path of one leaf; for many proofs over one tree keep a ``Tree``."""
    return Tree(leaf_hashes).inclusion_proof(index)


def consistency_proof(first: int, leaf_hashes: Sequence[bytes]) -> tuple[bytes, ...]:
    """Proof that these leaves begin with the first ``first`` of them, as they stood then."""
    return Tree(leaf_hashes).consistency_proof(first)


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf hash stands at ``index`` in the tree of ``size`` leaves with that root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            value = node_hash(sibling, value)
            while not position & 1 and position != 0:
                position >>= 1
                last >>= 1
        else:
            value = node_hash(value, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and value == root


def verify_consistency(
    *, first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the tree of ``second`` leaves begins with the tree of ``first`` leaves (RFC 9162 §2.1.4.2)."""
    if not 0 <= first <= second:
        return False
    if first == 0:
        return not proof and first_root == EMPTY_ROOT
    if first == second:
        return not proof and first_root == second_root
    if not proof:
        return False
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    position, last = first - 1, second - 1
    while position & 1:
        position >>= 1
        last >>= 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old = node_hash(sibling, old)
            new = node_hash(sibling, new)
            while not position & 1 and position != 0:
                position >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and old == first_root and new == second_root


def full_tiles(size: int, *, since: int = 0) -> Iterator[tuple[int, int]]:
    """(level, number) of every tile that a tree of ``size`` leaves fills and one of ``since`` leaves did not."""
    level, now, before = 0, size // TILE_WIDTH, since // TILE_WIDTH
    while now:
        yield from ((level, number) for number in range(before, now))
        level, now, before = level + 1, now // TILE_WIDTH, before // TILE_WIDTH


def tile_hashes(content: bytes) -> tuple[bytes, ...]:
    """The hashes in a tile.

    Raises:
        ValueError: not a whole number of hashes.
    """
    if len(content) % HASH_BYTES:
        msg = f"a tile is a multiple of {HASH_BYTES} bytes"
        raise ValueError(msg)
    return tuple(content[i : i + HASH_BYTES] for i in range(0, len(content), HASH_BYTES))


def _split(width: int) -> int:
    """Largest power of two smaller than ``width`` (width > 1)."""
    return 1 << ((width - 1).bit_length() - 1)
