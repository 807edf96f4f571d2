"""Known answers: the vectors that Certificate Transparency implementations share."""

import pytest

from domain import merkle

LEAVES = [
    b"",
    bytes.fromhex("00"),
    bytes.fromhex("10"),
    bytes.fromhex("2021"),
    bytes.fromhex("3031"),
    bytes.fromhex("40414243"),
    bytes.fromhex("5051525354555657"),
    bytes.fromhex("606162636465666768696a6b6c6d6e6f"),
]
"""The eight leaves of the reference tests of RFC 6962 implementations."""
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def hashes(count: int) -> list[bytes]:
    return [merkle.leaf_hash(leaf) for leaf in LEAVES[:count]]


@pytest.mark.parametrize("size", range(9))
def test_roots(size):
    assert merkle.root(hashes(size)).hex() == ROOTS[size]
    assert merkle.Tree(hashes(8)).root(size).hex() == ROOTS[size]


def test_inclusion_vectors():
    # RFC 9162 §2.1.5: PATH(0) of the seven-leaf tree is [b, h, l]; the single leaf's path is empty.
    assert [p.hex() for p in merkle.inclusion_proof(0, hashes(8))] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert merkle.inclusion_proof(0, hashes(1)) == ()


def test_consistency_vectors():
    assert merkle.consistency_proof(1, hashes(1)) == ()
    assert [p.hex() for p in merkle.consistency_proof(1, hashes(8))] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [p.hex() for p in merkle.consistency_proof(6, hashes(8))] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_what_is_not_there_is_refused():
    tree = merkle.Tree(hashes(3))
    for call in (
        lambda: tree.append(b"short"),
        lambda: tree.leaf(3),
        lambda: tree.root(4),
        lambda: tree.inclusion_proof(3),
        lambda: tree.consistency_proof(4),
        lambda: tree.tile(0, 0),
        lambda: tree.tile(5, 0),
        lambda: merkle.tile_hashes(b"x"),
    ):
        with pytest.raises(ValueError):
            call()
    leaf = tree.leaf(0)
    assert not merkle.verify_inclusion(leaf=leaf, index=3, size=3, proof=(), root=tree.root())
    assert not merkle.verify_inclusion(leaf=leaf, index=0, size=1, proof=(leaf,), root=leaf)
    assert not merkle.verify_consistency(first=2, second=3, first_root=tree.root(2), second_root=tree.root(), proof=())
    assert not merkle.verify_consistency(first=1, second=2, first_root=leaf, second_root=leaf, proof=(leaf, leaf, leaf))


def test_tiles_hold_the_nodes():
    tree = merkle.Tree(merkle.leaf_hash(i.to_bytes(4, "big")) for i in range(600))
    assert merkle.tile_hashes(tree.tile(0, 1)) == tuple(tree.leaf(i) for i in range(256, 512))
    assert list(merkle.full_tiles(600)) == [(0, 0), (0, 1)]
    assert list(merkle.full_tiles(65_536, since=65_535)) == [(0, 255), (1, 0)]
