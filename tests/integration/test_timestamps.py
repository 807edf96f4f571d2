"""Real tokens over a real socket, checked by a second tool."""

import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes

from domain import codec
from domain.engines import TimestampAuthority
from domain.errors import ConfigError, TimestampUnavailable
from domain.evidence import TimestampToken
from domain.ids import Digest
from storage.evidence.local_authority import LOCAL_POLICY_OID, LocalAuthority
from storage.evidence.settings import AuthoritySettings
from storage.evidence.timestamp import HttpAuthority, open_authority
from storage.evidence.trust import AccreditedService, TrustList
from tests.services.timestamp import serve_timestamps

CONTENT = "領収書".encode()
POLICY = "1.3.6.1.4.1.99999.1"


def listing(root, **facts):
    """A trust list that has this root."""
    entry = {"id": "test", "name": "試験局", "operator": "試験", "scheme": "mic", "valid_from": date(2023, 2, 16)}
    found = {"status": "listed", "certificate_sha256": (root.fingerprint(hashes.SHA256()).hex(),)}
    return TrustList(version="test", services=(AccreditedService(**(entry | found | facts)),))


def clock() -> datetime:
    return datetime.now(UTC)


def openssl_accepts(folder: Path, token_der: bytes, content: bytes, root: Path) -> bool:
    (folder / "token.der").write_bytes(token_der)
    (folder / "content").write_bytes(content)
    command = ["openssl", "ts", "-verify", "-data", "content", "-in", "token.der", "-token_in", "-CAfile", str(root)]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, timeout=30).returncode == 0


def test_local_token_verifies_with_openssl(tmp_path):
    authority = LocalAuthority.create_or_open(tmp_path / "keys", clock=clock)
    token = authority.stamp(Digest.of(CONTENT))
    root = tmp_path / "keys" / "root.pem"
    assert openssl_accepts(tmp_path, token.token_der, CONTENT, root)
    assert not openssl_accepts(tmp_path, token.token_der, CONTENT + b"x", root)
    assert codec.load(TimestampToken, codec.dump(token)) == token
    assert not token.accredited
    assert token.policy_oid == LOCAL_POLICY_OID
    assert token.certificate_not_after > clock() + timedelta(days=3650)
    assert token.chain_pem.count("BEGIN CERTIFICATE") == 2
    assert "認定なし" in authority.authority.label_ja


def test_keys_are_private_and_stay(tmp_path):
    first = LocalAuthority.create_or_open(tmp_path / "keys", clock=clock)
    again = LocalAuthority.create_or_open(tmp_path / "keys", clock=clock)
    assert first.roots == again.roots
    assert {p.stat().st_mode & 0o777 for p in (tmp_path / "keys").iterdir()} == {0o600}
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0
    assert [p.name for p in tmp_path.iterdir()] == ["keys"]


def test_over_http(tmp_path):
    local = LocalAuthority.create_or_open(tmp_path / "keys", clock=clock, policy_oid=POLICY)
    with serve_timestamps(local.reply) as url:
        settings = AuthoritySettings(
            kind="http",
            name="試験局",
            url=url,
            roots_file=tmp_path / "keys" / "root.pem",
            policy_oids=(POLICY,),
        )
        with HttpAuthority(settings, clock=clock, trust=listing(local.roots[0])) as authority:
            assert isinstance(authority, TimestampAuthority)
            token = authority.stamp(Digest.of(CONTENT))
            assert authority.roots == local.roots
    assert token.accredited
    assert token.authority == "試験局"
    assert authority.authority.label_ja == "試験局"
    assert openssl_accepts(tmp_path, token.token_der, CONTENT, tmp_path / "keys" / "root.pem")
    with HttpAuthority(settings, clock=clock) as authority, pytest.raises(TimestampUnavailable):
        authority.stamp(Digest.of(CONTENT))  # nobody listens any more


def test_the_settings_choose(tmp_path):
    local = open_authority(AuthoritySettings(), key_folder=tmp_path, clock=clock)
    assert isinstance(local, LocalAuthority)
    settings = AuthoritySettings(
        kind="http", url="http://127.0.0.1:9/", roots_file=tmp_path / "timestamp-authority" / "root.pem"
    )
    authority = open_authority(settings, key_folder=tmp_path, clock=clock)
    assert isinstance(authority, HttpAuthority)
    assert "認定なし" in authority.authority.label_ja
    authority.close()
    with pytest.raises(ConfigError):
        open_authority(settings.model_copy(update={"roots_file": tmp_path / "none"}), key_folder=tmp_path, clock=clock)
    with pytest.raises(ConfigError):
        HttpAuthority(AuthoritySettings(), clock=clock)


@pytest.mark.parametrize("wrong", [{"kind": "http"}, {"accredited": True}, {"timeout_seconds": 0}, {"unknown": 1}])
def test_settings_that_contradict_are_refused(wrong):
    with pytest.raises(ValueError):
        AuthoritySettings(**wrong)


def test_a_folder_that_cannot_be_used_is_a_config_error(tmp_path):
    (tmp_path / "keys").mkdir()
    with pytest.raises(ConfigError):
        LocalAuthority.create_or_open(tmp_path / "keys", clock=clock)
