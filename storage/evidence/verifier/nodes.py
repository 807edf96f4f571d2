"""The hash tree of a bundle (RFC 9162 §2.1), rebuilt once from the leaves that are there and the nodes that are not.

Level by level: neighbours are hashed in pairs, a last one without a neighbour goes up as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

Listed = Callable[[int], Mapping[int, bytes]]
"""Nodes of a level by their index, as a bundle lists them."""


def rebuild(leaves: Mapping[int, bytes], size: int, listed: Listed) -> tuple[bytes | None, bool]:
    """Root over ``size`` leaves, of which some are known, and whether every listed node agrees with what is computed.

    None where a node is missing, or an index lies outside.
    """
    if not leaves or not all(0 <= index < size for index in leaves):
        return None, True
    known, count, level, agree = dict(leaves), size, 0, True
    while count > 1:
        beside = listed(level)
        agree = agree and all(known.get(index, value) == value for index, value in beside.items())
        upper: dict[int, bytes] = {}
        for index, value in known.items():
            other = index ^ 1
            if other >= count:
                upper[index >> 1] = value
                continue
            if index & 1 and other in known:
                continue  # its left neighbour makes the pair
            neighbour = known.get(other, beside.get(other))
            if neighbour is None:
                return None, agree
            left, right = (neighbour, value) if index & 1 else (value, neighbour)
            upper[index >> 1] = hashlib.sha256(b"\x01" + left + right).digest()
        known, count, level = upper, (count + 1) // 2, level + 1
    return known.get(0), agree


def path_holds(leaf: bytes, index: int, size: int, root: bytes, nodes: list[Mapping[int, bytes]]) -> bool:
    """Whether this leaf leads to the root by the listed nodes alone."""
    value, count, level = leaf, size, 0
    while count > 1:
        other = index ^ 1
        if other < count:
            neighbour = nodes[level].get(other)
            if neighbour is None:
                return False
            left, right = (neighbour, value) if index & 1 else (value, neighbour)
            value = hashlib.sha256(b"\x01" + left + right).digest()
        index, count, level = index >> 1, (count + 1) // 2, level + 1
    return value == root
