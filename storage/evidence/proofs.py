"""Proofs of RFC 9162 on demand: that a log grew out of an earlier one, and that an entry is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.engines import ObjectStore
from domain.errors import ConfigError, ObjectMissing
from domain.merkle import Tree
from storage.archive import Archive
from storage.evidence.log import VAULT, load_tree
from storage.evidence.verifier import leaf_digest, proves_consistency, proves_inclusion


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsistencyProof:
    """That the log of ``second_size`` leaves begins with the log of ``first_size`` (RFC 9162 §2.1.4)."""

    first_size: int
    first_root: str
    """Hexadecimal."""
    second_size: int
    second_root: str
    path: tuple[str, ...]
    """Hashes, hexadecimal, in the order of the RFC."""
    holds: bool
    """Checked by the second implementation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionProof:
    """That an entry is in the log of ``tree_size`` leaves (RFC 9162 §2.1.3)."""

    sequence: int
    leaf: str
    """The leaf as stored: canonical JSON."""
    leaf_hash: str
    tree_size: int
    root: str
    path: tuple[str, ...]
    """Hashes, hexadecimal, leaf upwards."""
    holds: bool
    """Checked by the second implementation, from the stored leaf."""


def consistency_proof(archive: Archive, first: int, second: int | None = None) -> ConsistencyProof:
    """Prove that the log grew from ``first`` to ``second`` leaves (all of them by default).

    Raises:
        ConfigError: the log never had these sizes.
    """
    tree = load_tree(archive)
    size = tree.size if second is None else second
    if not 0 <= first <= size <= tree.size:
        raise _no_such_size(tree.size)
    return _proof(tree, first, size)


def consistency_proofs(archive: Archive, sizes: Sequence[int]) -> tuple[ConsistencyProof | None, ...]:
    """Proofs from several sizes to the log of now; None for one that the log never had."""
    tree = load_tree(archive)
    return tuple(_proof(tree, size, tree.size) if 0 <= size <= tree.size else None for size in sizes)


def _proof(tree: Tree, first: int, second: int) -> ConsistencyProof:
    path = tree.consistency_proof(first, second)
    first_root, second_root = tree.root(first), tree.root(second)
    return ConsistencyProof(
        first_size=first,
        first_root=first_root.hex(),
        second_size=second,
        second_root=second_root.hex(),
        path=tuple(one.hex() for one in path),
        holds=proves_consistency(first=first, first_root=first_root, second=second, second_root=second_root, path=path),
    )


def inclusion_proof(archive: Archive, vault: ObjectStore, sequence: int, size: int | None = None) -> InclusionProof:
    """Prove that an entry is in the log of ``size`` leaves (all of them by default).

    Raises:
        ConfigError: no such entry in a log of that size.
    """
    return inclusion_proofs(archive, vault, (sequence,), size)[0]


def inclusion_proofs(
    archive: Archive, vault: ObjectStore, sequences: Sequence[int], size: int | None = None
) -> tuple[InclusionProof, ...]:
    """The same for several entries, over one tree.

    Raises:
        ConfigError: one of them is not in a log of that size.
    """
    tree = load_tree(archive)
    wanted = tree.size if size is None else size
    if any(not 0 <= sequence < wanted for sequence in sequences) or wanted > tree.size:
        raise _no_such_size(tree.size)
    return tuple(_included(archive, vault, tree, sequence, wanted) for sequence in sequences)


def _included(archive: Archive, vault: ObjectStore, tree: Tree, sequence: int, wanted: int) -> InclusionProof:
    try:
        content = vault.get(VAULT, f"{archive.client_id}/log/leaves/{sequence:012d}.json")
    except ObjectMissing:
        content = b""
    path, root = tree.inclusion_proof(sequence, wanted), tree.root(wanted)
    digest = leaf_digest(content)
    return InclusionProof(
        sequence=sequence,
        leaf=content.decode("utf-8", "replace"),
        leaf_hash=digest.hex(),
        tree_size=wanted,
        root=root.hex(),
        path=tuple(one.hex() for one in path),
        holds=proves_inclusion(digest, index=sequence, size=wanted, path=path, root=root),
    )


def _no_such_size(size: int) -> ConfigError:
    return ConfigError(
        f"the log has {size} leaves", message_ja=f"ログは {size} 件です。0 以上 {size} 以下の件数で指定してください"
    )
