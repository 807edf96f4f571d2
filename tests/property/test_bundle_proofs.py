"""The nodes that a bundle carries, against the reference tree; and the two ways in which they are followed."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from domain import merkle
from storage.evidence.verifier.nodes import path_holds, rebuild
from storage.export.folder import BundleFolder
from storage.export.proofs import TREE, consistency_nodes, read_level, write_tree


def leaves(size):
    return [hashlib.sha256(b"\x00%d" % n).digest() for n in range(size)]


def written(folder, size, known, wanted=frozenset()):
    bag = BundleFolder(folder)
    level, _ = read_level(leaves(size), frozenset())
    root, nodes = write_tree(bag, level, sorted(known), wanted)
    bag.close()
    found = {}
    for path in (folder / TREE).glob("*.txt"):
        lines = [line.split() for line in path.read_text().splitlines()]
        assert [int(index) for index, _ in lines] == sorted({int(index) for index, _ in lines})
        found[int(path.stem)] = {int(index): bytes.fromhex(value) for index, value in lines}
    return root, nodes, found


@given(size=st.integers(1, 70), data=st.data())
def test_root_and_single_paths(tmp_path_factory, size, data):
    known = data.draw(st.sets(st.integers(0, size - 1), min_size=1))
    root, _, found = written(tmp_path_factory.mktemp("bag"), size, known)
    tree = merkle.Tree(leaves(size))
    assert root == tree.root()
    listed = [found.get(level, {}) for level in range((size - 1).bit_length())]
    have = {index: leaves(size)[index] for index in known}
    assert rebuild(have, size, lambda level: found.get(level, {})) == (root, True)
    for index, value in have.items():
        assert path_holds(value, index, size, root, listed)
        assert not path_holds(bytes(32), index, size, root, listed)
    wrong = have | {min(known): bytes(32)}
    assert rebuild(wrong, size, lambda level: found.get(level, {}))[0] != root
    assert rebuild({size: bytes(32)}, size, lambda level: found.get(level, {})) == (None, True)


@given(size=st.integers(1, 70), data=st.data())
def test_consistency_is_made_of_the_same_nodes(tmp_path_factory, size, data):
    first = data.draw(st.integers(1, size))
    path = consistency_nodes(first, size)
    _, nodes, _ = written(tmp_path_factory.mktemp("bag"), size, {0}, frozenset(path))
    tree = merkle.Tree(leaves(size))
    assert tuple(nodes[node] for node in path) == tree.consistency_proof(first)


@given(size=st.integers(1, 70))
def test_roots_of_earlier_heads_come_by_the_way(size):
    tree = merkle.Tree(leaves(size))
    level, roots = read_level(leaves(size), frozenset(range(1, size + 1)))
    assert bytes(level) == b"".join(leaves(size))
    assert roots == {n: tree.root(n) for n in range(1, size + 1)}
