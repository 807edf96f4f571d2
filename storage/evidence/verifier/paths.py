"""Hash paths of RFC 9162, written from the definition rather than from the iterative algorithm that the writer uses."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf_digest(content: bytes) -> bytes:
    """MTH of one leaf."""
    return hashlib.sha256(b"\x00" + content).digest()


def _inner(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _left_size(size: int) -> int:
    """Size of the left subtree: the largest power of two below ``size``."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def proves_inclusion(leaf: bytes, *, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path (leaf upwards) leads from the leaf digest at ``index`` to the root of ``size`` leaves."""

    def climb(at: int, width: int, remaining: Sequence[bytes]) -> bytes | None:
        if width == 1:
            return leaf if not remaining else None
        if not remaining:
            return None
        left = _left_size(width)
        sibling, below = remaining[-1], remaining[:-1]
        if at < left:
            inside = climb(at, left, below)
            return None if inside is None else _inner(inside, sibling)
        inside = climb(at - left, width - left, below)
        return None if inside is None else _inner(sibling, inside)

    return 0 <= index < size and climb(index, size, list(path)) == root


def proves_consistency(
    *, first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the path shows that the log of ``second`` leaves begins with the log of ``first`` leaves."""
    if not 0 <= first <= second:
        return False
    if first == 0:
        return first_root == hashlib.sha256(b"").digest() and not path
    if first == second:
        return first_root == second_root and not path

    def both(old: int, width: int, remaining: Sequence[bytes], *, known: bool) -> tuple[bytes, bytes] | None:
        """Roots of the first ``old`` leaves of this subtree, and of all of it."""
        if old == width:
            if known:
                return (first_root, first_root) if not remaining else None
            return (remaining[0], remaining[0]) if len(remaining) == 1 else None
        if not remaining:
            return None
        left = _left_size(width)
        sibling, below = remaining[-1], remaining[:-1]
        if old <= left:
            inside = both(old, left, below, known=known)
            return None if inside is None else (inside[0], _inner(inside[1], sibling))
        inside = both(old - left, width - left, below, known=False)
        return None if inside is None else (_inner(sibling, inside[0]), _inner(sibling, inside[1]))

    return both(first, second, list(path), known=True) == (first_root, second_root)


class RunningRoot:
    """The root of leaf digests as they come, in logarithmic memory."""

    def __init__(self) -> None:
        """Start empty."""
        self._peaks: list[tuple[int, bytes]] = []
        self.size = 0

    def add(self, digest: bytes, *, width: int = 1) -> None:
        """One more leaf digest, or the root of a full subtree of ``width`` leaves that begins at a multiple of it."""
        self.size += width
        while self._peaks and self._peaks[-1][0] == width:
            digest = _inner(self._peaks.pop()[1], digest)
            width *= 2
        self._peaks.append((width, digest))

    def copy(self) -> RunningRoot:
        """The same state, to go on from apart."""
        other = RunningRoot()
        other._peaks, other.size = list(self._peaks), self.size
        return other

    def root(self) -> bytes:
        """Root over everything so far."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        value = self._peaks[-1][1]
        for _, peak in reversed(self._peaks[:-1]):
            value = _inner(peak, value)
        return value


def subtree_root(digests: bytes) -> bytes:
    """Root over a power of two of leaf digests, 32 bytes each."""
    level = [digests[at : at + 32] for at in range(0, len(digests), 32)]
    while len(level) > 1:
        level = [_inner(level[at], level[at + 1]) for at in range(0, len(level), 2)]
    return level[0]
