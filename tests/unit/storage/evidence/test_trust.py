"""Accredited is what the dated list says of a token's certificates at the token's time, and nothing else."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from cryptography.hazmat.primitives import hashes

from domain.errors import ConfigError
from domain.ids import Digest
from storage.evidence.local_authority import LOCAL_POLICY_OID, LocalAuthority
from storage.evidence.settings import AuthoritySettings, EvidenceSettings
from storage.evidence.trust import AccreditedService, TrustList, load_trust_list
from storage.export.reading import Moment
from tests.support.records import NOW, folder_vault, make_drop, open_archive

POLICY = "1.3.6.1.4.1.99999.1"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tsa")
    return LocalAuthority.create_or_open(folder / "keys", clock=lambda: NOW, policy_oid=POLICY)


@pytest.fixture(scope="module")
def token(authority):
    return authority.stamp(Digest.of(b"x"))


def entry(authority, **facts):
    plain = {
        "id": "test",
        "name": "試験局",
        "operator": "試験",
        "scheme": "mic",
        "valid_from": date(2023, 2, 16),
        "status": "listed",
        "certificate_sha256": (authority.roots[0].fingerprint(hashes.SHA256()).hex(),),
    }
    return AccreditedService(**(plain | facts))


def listed(*services):
    return TrustList(version="test", services=services)


@pytest.mark.parametrize(
    ("facts", "at", "counts"),
    [
        ({}, NOW, True),
        ({}, datetime(2023, 2, 15, 14, 59, 59, tzinfo=UTC), False),  # the day before, in Tokyo
        ({}, datetime(2023, 2, 15, 15, 0, tzinfo=UTC), True),
        ({"valid_to": date(2026, 11, 20)}, NOW, True),
        ({"valid_to": date(2026, 11, 19)}, NOW, False),
        ({"status": "verify"}, NOW, False),
        ({"certificate_sha256": ("00" * 32,)}, NOW, False),
        ({"certificate_sha256": ()}, NOW, False),
        ({"policy_oids": (POLICY,)}, NOW, True),
        ({"policy_oids": ("1.2.3",)}, NOW, False),
        ({"scheme": "jadac", "valid_from": date(2005, 4, 1)}, datetime(2023, 7, 29, 14, 59, tzinfo=UTC), True),
        ({"scheme": "jadac", "valid_from": date(2005, 4, 1)}, datetime(2023, 7, 29, 15, 0, tzinfo=UTC), False),
    ],
)
def test_each_condition(authority, token, facts, at, counts):
    """law: scan-timestamp, lt-tsa-facts."""
    assert listed(entry(authority, **facts)).accredits(replace(token, gen_time=at)) is counts


def test_the_local_authority_never_counts(authority, token):
    trust = listed(entry(authority))
    assert trust.accredits(token)
    assert not trust.accredits(replace(token, policy_oid=LOCAL_POLICY_OID))
    assert trust.accredits_root(authority.roots, at=NOW)
    assert not trust.accredits_root((), at=NOW)


def test_what_is_shipped_names_services_and_lets_none_count_unverified():
    trust = load_trust_list()
    assert {service.id for service in trust.services} == {"mic-seiko", "mic-mind", "mic-amano-3161"}
    assert all(service.status == "verify" and service.valid_from >= date(2023, 2, 16) for service in trust.services)
    assert trust.certificates(at=NOW) == frozenset()


def test_an_administrators_file_replaces_by_id(tmp_path, authority, token):
    own = tmp_path / "own.toml"
    digest = authority.roots[0].fingerprint(hashes.SHA256()).hex()
    own.write_text(
        'version = "own"\nsource = "zip of the ministry"\n[[service]]\nid = "mic-seiko"\nname = "S"\noperator = "S"\n'
        f'scheme = "mic"\nvalid_from = 2023-02-16\nstatus = "listed"\ncertificate_sha256 = ["{digest}"]\n',
        encoding="utf-8",
    )
    trust = load_trust_list(own)
    assert trust.service_of(token).id == "mic-seiko"
    assert len(trust.services) == 3
    assert trust.certificates(at=NOW) == {digest}
    assert trust.version.endswith("+ own")


@pytest.mark.parametrize("content", ["x", 'version = "1"\nsource = ""\n[[service]]\nid = "a"', None])
def test_a_file_that_is_no_list_is_said_so(tmp_path, content):
    path = tmp_path / "own.toml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError):
        load_trust_list(path)


def test_a_fingerprint_that_is_none_is_said_so(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        'version = "1"\nsource = ""\n[[service]]\nid = "a"\nname = "a"\noperator = "a"\nscheme = "mic"\n'
        'valid_from = 2023-02-16\nstatus = "listed"\ncertificate_sha256 = ["AB:CD"]\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match="SHA-256"):
        load_trust_list(path)


def test_the_archive_says_what_the_list_in_force_says(tmp_path, authority):
    """A list that is completed later counts for tokens that came before, and what a token's record claims does not."""
    vault = folder_vault(tmp_path / "vault")
    archive = open_archive(tmp_path, vault=vault)
    drop = archive.record_drop(make_drop(vault))
    archive.record_timestamp(drop.unit_id, replace(authority.stamp(drop.blob.digest), accredited=True))
    for trust, counts in ((listed(), False), (listed(entry(authority)), True)):
        again = type(archive).open(
            f"sqlite:///{tmp_path}/archive.sqlite", vault, clock=lambda: NOW, accredits=trust.accredits
        )
        assert [one.accredited for one in again.timestamps(drop.unit_id)] == [counts]
        with ThreadPoolExecutor(1) as readers:
            moment = Moment(again, vault, log_size=again.log_size(), at=NOW, readers=readers)
            exported = moment.sources([drop.unit_id])[drop.unit_id]
        assert [one.accredited for one in exported.stamps.tokens] == [counts], "a bundle says the same"


def test_settings_cannot_claim_it_and_fallbacks_are_no_local_ones():
    with pytest.raises(ValueError, match="accredited"):
        AuthoritySettings(accredited=True)
    with pytest.raises(ValueError, match="fallbacks"):
        EvidenceSettings(fallbacks=(AuthoritySettings(),))
