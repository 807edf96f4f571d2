"""The hash tree of RFC 4998 §4.2, and the reduced hash tree of a member.

Leaves in binary order, each once, are joined two by two: a node is the hash of its children in binary order, put
together. A node that is left over goes up as it is, so no hash is ever over a single one (readers disagree on whether
to hash a group of one again; here the question never arises). A tree of one leaf has that leaf as its root.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

ReducedTree = tuple[tuple[bytes, ...], ...]
"""Lists of hashes, each in binary order: the first holds the member itself and what it is joined with, each later one
what the hash over the list before is joined with. Empty where the member is the root."""


class HashTree:
    """A tree over digests; building is one hash for each leaf, a reduced tree costs logarithmic work."""

    __slots__ = ("_algorithm", "_levels", "_place")

    def __init__(self, digests: Iterable[bytes], *, algorithm: str = "sha256") -> None:
        """Build it.

        Raises:
            ValueError: no leaves, or one of another length than the hash's.
        """
        leaves = sorted(set(digests))
        size = hashlib.new(algorithm).digest_size
        if not leaves or any(len(leaf) != size for leaf in leaves):
            msg = f"a hash tree needs leaves of {size} bytes"
            raise ValueError(msg)
        self._algorithm = algorithm
        self._place = {leaf: index for index, leaf in enumerate(leaves)}
        self._levels = [leaves]
        while len(self._levels[-1]) > 1:
            self._levels.append(self._joined(self._levels[-1]))

    @property
    def root(self) -> bytes:
        """What the token is over."""
        return self._levels[-1][0]

    def reduced(self, digest: bytes) -> ReducedTree:
        """The reduced hash tree of a member (RFC 4998 §4.2).

        Raises:
            KeyError: it is no member.
        """
        index = self._place[digest]
        lists: list[tuple[bytes, ...]] = []
        for level in self._levels[:-1]:
            sibling = index ^ 1
            if sibling < len(level):
                pair = (level[sibling],) if lists else (digest, level[sibling])
                lists.append(tuple(sorted(pair)))
            index //= 2
        return tuple(lists)

    def _joined(self, level: list[bytes]) -> list[bytes]:
        above = []
        for index in range(0, len(level) - 1, 2):
            pair = sorted(level[index : index + 2])
            above.append(hashlib.new(self._algorithm, pair[0] + pair[1]).digest())
        if len(level) % 2:
            above.append(level[-1])
        return above
