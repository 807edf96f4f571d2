"""The hash tree of RFC 4998 §4.2: writer and verifier agree, every member alone leads to the root, no other does."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.evidence.hash_tree import HashTree
from storage.evidence.verifier.batch import tree_root
from storage.evidence.verifier.evidence_record import leads_to

DIGESTS = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40)


@given(DIGESTS)
def test_every_member_leads_to_the_root_that_the_verifier_finds(digests):
    tree = HashTree(digests)
    assert tree_root(digests, "sha256") == tree.root
    for digest in digests:
        lists = tree.reduced(digest)
        assert leads_to(lists, digest, algorithm="sha256") == tree.root
        assert all(list(one) == sorted(one) for one in lists)
        assert bool(lists) is (len(set(digests)) > 1)


@given(DIGESTS, st.binary(min_size=32, max_size=32))
def test_what_is_no_member_leads_nowhere(digests, other):
    tree = HashTree(digests)
    if other in digests:
        return
    with pytest.raises(KeyError):
        tree.reduced(other)
    found = leads_to(tree.reduced(digests[0]), other, algorithm="sha256")
    assert found is None or (found == other and len(set(digests)) == 1)


@given(DIGESTS)
def test_order_and_repetition_do_not_matter(digests):
    assert HashTree(digests).root == HashTree([*reversed(digests), *digests]).root


def test_the_example_of_the_rfc():
    """RFC 4998 §4.2: three objects; a node is the hash of its children in binary order, put together."""
    one, two, three = sorted(hashlib.sha256(name).digest() for name in (b"d1", b"d2", b"d3"))
    inner = hashlib.sha256(one + two).digest()
    root = hashlib.sha256(b"".join(sorted((inner, three)))).digest()
    tree = HashTree((three, one, two))
    assert tree.root == root
    assert tree.reduced(one) == ((one, two), (three,))
    assert tree.reduced(three) == (tuple(sorted((three, inner))),)


@pytest.mark.parametrize("digests", [[], [b"short"], [b"x" * 64]])
def test_what_is_no_tree_is_refused(digests):
    with pytest.raises(ValueError, match="leaves"):
        HashTree(digests)
