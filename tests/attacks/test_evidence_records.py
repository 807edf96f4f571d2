"""Evidence records (RFC 4998) that somebody changed, or made up."""

import hashlib
import random

import pytest

from storage.evidence import der
from storage.evidence.batching import stamp_in_batches
from storage.evidence.evidence_record import ArchiveTimestamp, encode_record
from storage.evidence.settings import BatchSettings
from storage.evidence.unit_records import EvidenceRecords
from storage.evidence.verifier import Policy, Verdict, overall, verify_container, verify_evidence_record
from storage.evidence.verifier.evidence_record import parse_evidence_record
from storage.evidence.verifier.token import read_token_facts
from tests.support.evidence import make_world
from tests.support.records import NOW


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    world = make_world(tmp_path_factory.mktemp("world"), stamped=False, names=tuple(f"{n}.pdf" for n in range(5)))
    stamp_in_batches(world.archive, world.authority, settings=BatchSettings(), now=NOW)
    (chain,) = EvidenceRecords(world.archive, world.vault).chains(world.units[0])
    return world, chain[0]


def verdict(made, chains, content=b"scan 0"):
    world, _ = made
    record = chains if isinstance(chains, bytes) else encode_record(chains)
    return overall(
        verify_evidence_record(
            record,
            digest_of=lambda name: hashlib.new(name, content).digest(),
            anchors=world.roots,
            policy=Policy(),
            subject="x",
        )
    )


def again(stamp, **changes):
    facts = {"hash_algorithm": stamp.hash_algorithm, "reduced_tree": stamp.reduced_tree, "token_der": stamp.token_der}
    return ArchiveTimestamp(**(facts | changes))


def test_what_is_right_passes(made):
    _, stamp = made
    assert verdict(made, ((stamp,),)) is Verdict.PASSED
    assert verdict(made, ((stamp,),), b"other") is Verdict.FAILED


def changed_trees(tree):
    yield ()
    yield tree[1:]
    yield tree[:-1]
    yield tuple(reversed(tree))
    yield ((*tree[0], b"\0" * 32), *tree[1:])
    yield (*tree, (b"\0" * 32,))
    yield ((hashlib.sha256(b"scan 0").digest(),), *tree[1:])  # the sibling left out
    yield tuple((bytes(32),) for _ in tree)


def test_changed_trees_fail(made):
    _, stamp = made
    for tree in changed_trees(stamp.reduced_tree):
        assert verdict(made, ((again(stamp, reduced_tree=tree),),)) is Verdict.FAILED, tree


def test_chains_that_do_not_hang_together_fail(made):
    world, stamp = made
    fresh = world.authority.stamp(world.archive.get_unit(world.units[1]).blob.digest)
    bare = again(stamp, reduced_tree=(), token_der=fresh.token_der)
    assert verdict(made, ((stamp, bare),)) is Verdict.FAILED  # a renewal that is over something else
    assert verdict(made, ((stamp,), (bare,))) is Verdict.FAILED  # a hash-tree renewal that is
    assert verdict(made, ((stamp, stamp),)) is Verdict.FAILED
    assert verdict(made, ((bare, stamp),)) is Verdict.FAILED
    assert verdict(made, ((stamp, again(stamp, hash_algorithm="sha512")),)) is Verdict.FAILED


def empty(*parts):
    return der.encode(der.SEQUENCE, der.integer(1), der.encode(der.SEQUENCE), der.encode(der.SEQUENCE, *parts))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x30\x80",
        empty(),
        empty(der.encode(der.SEQUENCE)),
        empty(der.encode(der.SEQUENCE, der.encode(der.SEQUENCE))),
        empty(der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, der.encode(0xA2, der.encode(der.SEQUENCE))))),
        der.encode(der.SEQUENCE, der.integer(2)),
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x80" * 2000,
    ],
)
def test_what_is_no_record_is_refused(made, content):
    assert verdict(made, content) is Verdict.FAILED
    assert overall(verify_container(content, anchors=made[0].roots, policy=Policy())) is Verdict.FAILED


def test_a_flipped_bit_never_passes_as_another_claim(made):
    """What may change unseen is what nothing is claimed by: a copy of the root, the list of hash names."""
    _, stamp = made
    record = encode_record(((stamp,),))
    said = _claims(record)
    drawn = random.Random(4998)
    for _ in range(400):
        changed = bytearray(record)
        changed[drawn.randrange(len(record))] ^= 1 << drawn.randrange(8)
        if verdict(made, bytes(changed)) is Verdict.PASSED:
            assert _claims(bytes(changed)) == said


def _claims(record):
    (chain,) = parse_evidence_record(record).chains
    facts = read_token_facts(chain[0].token)
    return chain[0].lists, facts.imprint, facts.gen_time, facts.ends_at
