"""The tree against a second, literal implementation of RFC 9162 §2.1, and every proof against tampering."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from domain import merkle


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1, word for word, over leaf contents."""
    n = len(leaves)
    if n == 0:
        return hashlib.sha256(b"").digest()
    if n == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < n:
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162 §2.1.3.1."""
    n = len(leaves)
    if n == 1:
        return []
    k = 1
    while k * 2 < n:
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], known: bool) -> list[bytes]:  # noqa: FBT001 - as in the RFC
    """SUBPROOF of RFC 9162 §2.1.4.1."""
    n = len(leaves)
    if m == n:
        return [] if known else [naive_root(leaves)]
    k = 1
    while k * 2 < n:
        k *= 2
    if m <= k:
        return [*naive_subproof(m, leaves[:k], known), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive_root(leaves[:k])]


contents = st.integers(min_value=1, max_value=130).map(lambda n: [i.to_bytes(2, "big") for i in range(n)])


def hashed(leaves: list[bytes]) -> list[bytes]:
    return [merkle.leaf_hash(leaf) for leaf in leaves]


@given(leaves=contents, data=st.data())
def test_inclusion(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    tree = merkle.Tree(hashed(leaves))
    assert tree.root() == naive_root(leaves)
    proof = tree.inclusion_proof(index)
    assert list(proof) == naive_path(index, leaves)
    given_all = {"leaf": merkle.leaf_hash(leaves[index]), "index": index, "size": len(leaves), "root": tree.root()}
    assert merkle.verify_inclusion(**given_all, proof=proof)
    other = data.draw(st.integers(0, len(leaves) - 1).filter(lambda i: i != index or len(leaves) == 1))
    if other != index:
        assert not merkle.verify_inclusion(**(given_all | {"index": other}), proof=proof)
        assert not merkle.verify_inclusion(**(given_all | {"leaf": tree.leaf(other)}), proof=proof)
    assert not merkle.verify_inclusion(**given_all, proof=(*proof, merkle.EMPTY_ROOT))
    if proof:
        assert not merkle.verify_inclusion(**given_all, proof=proof[:-1])
        broken = data.draw(st.integers(0, len(proof) - 1))
        flipped = bytes([proof[broken][0] ^ 1]) + proof[broken][1:]
        assert not merkle.verify_inclusion(**given_all, proof=(*proof[:broken], flipped, *proof[broken + 1 :]))


@given(leaves=contents, data=st.data())
def test_consistency(leaves, data):
    first = data.draw(st.integers(0, len(leaves)))
    tree = merkle.Tree(hashed(leaves))
    proof = tree.consistency_proof(first)
    if first:
        assert list(proof) == naive_subproof(first, leaves, True)
    roots = {"first_root": naive_root(leaves[:first]), "second_root": tree.root()}
    sizes = {"first": first, "second": len(leaves)}
    assert tree.root(first) == roots["first_root"]
    assert merkle.verify_consistency(**sizes, **roots, proof=proof)
    assert not merkle.verify_consistency(**sizes, **(roots | {"first_root": b"\x00" * 32}), proof=proof)
    assert not merkle.verify_consistency(**sizes, **roots, proof=(*proof, merkle.EMPTY_ROOT))
    if first not in {0, len(leaves)}:
        assert not merkle.verify_consistency(**sizes, **(roots | {"second_root": b"\x00" * 32}), proof=proof)
        assert not merkle.verify_consistency(**sizes, **roots, proof=proof[:-1])
        assert not merkle.verify_consistency(first=len(leaves), second=first, **roots, proof=proof)


@given(size=st.integers(0, 70_000), since=st.integers(0, 70_000))
def test_full_tiles_are_those_that_became_full(size, since):
    def all_full(n: int) -> set[tuple[int, int]]:
        return {(0, i) for i in range(n // 256)} | {(1, i) for i in range(n // 65536)}

    assert set(merkle.full_tiles(size)) == all_full(size)
    if since <= size:
        assert set(merkle.full_tiles(size, since=since)) == all_full(size) - all_full(since)
