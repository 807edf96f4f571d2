"""Several authorities in order, over real sockets."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from domain.errors import TimestampRefused, TimestampUnavailable
from domain.ids import Digest
from storage.evidence.authorities import AuthorityChain, open_authorities
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.settings import AuthoritySettings, EvidenceSettings
from storage.evidence.timestamp import HttpAuthority
from storage.evidence.trust import TrustList
from tests.integration.test_timestamps import POLICY, listing
from tests.services.timestamp import serve_timestamps


def clock():
    return datetime.now(UTC)


@contextmanager
def served(folder, name, *, reply=None):
    local = LocalAuthority.create_or_open(folder / name, clock=clock, policy_oid=POLICY)
    with serve_timestamps(reply or local.reply) as url:
        roots = folder / name / "root.pem"
        yield local, AuthoritySettings(kind="http", name=name, url=url, roots_file=roots, timeout_seconds=5)


def test_the_next_is_asked_where_one_does_not_answer(tmp_path):
    with served(tmp_path, "a") as (_, first), served(tmp_path, "b") as (second_local, second):
        down = first.model_copy(update={"url": "http://127.0.0.1:9/"})
        settings = EvidenceSettings(authority=down, fallbacks=(second,))
        chain = open_authorities(settings, key_folder=tmp_path, clock=clock, trust=listing(second_local.roots[0]))
        token = chain.stamp(Digest.of(b"x"))
        assert (token.authority, token.accredited) == ("b", True)
        assert [one.name for one in chain.names] == ["a", "b"]
        assert chain.authority.name == "a"
        assert len(chain.roots) == 2
        chain.close()


def test_a_refusal_goes_on_to_the_next_and_all_down_is_an_outage(tmp_path):
    with served(tmp_path, "a", reply=lambda _: b"junk") as (_, first), served(tmp_path, "b") as (_, second):
        trust = TrustList(version="", services=())
        members = tuple(HttpAuthority(one, clock=clock, trust=trust) for one in (first, second))
        assert AuthorityChain(members, trust=trust).stamp(Digest.of(b"x")).authority == "b"
        with pytest.raises(TimestampRefused):
            AuthorityChain(members[:1], trust=trust).stamp(Digest.of(b"x"))
    with pytest.raises(TimestampUnavailable):  # nobody listens any more
        AuthorityChain(members, trust=trust).stamp(Digest.of(b"x"))


def test_a_token_that_does_not_count_never_stands_in_for_one_that_does(tmp_path):
    """Law: scan-timestamp. The unit would count as stamped, and nobody would ask for the real one again."""
    with served(tmp_path, "a") as (first_local, first), served(tmp_path, "b") as (_, second):
        trust = listing(first_local.roots[0])
        down = first.model_copy(update={"url": "http://127.0.0.1:9/"})
        members = tuple(HttpAuthority(one, clock=clock, trust=trust) for one in (down, second))
        with pytest.raises(TimestampUnavailable):
            AuthorityChain(members, trust=trust).stamp(Digest.of(b"x"))


def test_the_last_token_tells_what_the_roots_alone_did_not(tmp_path):
    """The list may name the authority's own certificate, which is not among the roots."""
    with served(tmp_path, "a") as (local, first):
        signer = local.stamp(Digest.of(b"y")).chain_pem
        from cryptography import x509

        trust = listing(x509.load_pem_x509_certificates(signer.encode())[0])
        authority = HttpAuthority(first, clock=clock, trust=trust)
        assert not authority.authority.accredited
        assert authority.stamp(Digest.of(b"x")).accredited
        assert authority.authority.accredited
        authority.close()


def test_longer_hashes_are_stamped_too(tmp_path):
    with served(tmp_path, "a") as (local, first), HttpAuthority(first, clock=clock) as authority:
        for name, digits in (("sha384", 96), ("sha512", 128)):
            imprint = Digest(algorithm=name, value="ab" * (digits // 2))
            assert authority.stamp(imprint).imprint == imprint
        assert not local.stamp(Digest(algorithm="sha512", value="0" * 128)).accredited
