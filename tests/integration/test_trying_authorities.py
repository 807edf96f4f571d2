"""Every authority of the settings is tried for a token, and what an administrator has to enter is said."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes

from app.cli.stamp_facts import tried_text
from domain.evidence import Outcome
from pipeline.steps.trying_authorities import try_authorities
from pipeline.wiring import open_shoko
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.settings import AuthoritySettings
from tests.integration.test_authorities import clock, served
from tests.integration.test_timestamps import POLICY
from tests.support.commands import run_verb
from tests.support.homes import quick_settings

LIST = """
version = "mine"
source = "the ministry"

[[service]]
id = "mic-test"
name = "試験時刻認証業務"
operator = "試験株式会社"
scheme = "mic"
valid_from = 2023-02-16
certificate_sha256 = ["{fingerprint}"]
status = "{status}"
"""


def opened(folder, *members, trust=None):
    evidence = {"authority": members[0], "fallbacks": members[1:], "trust_list_file": trust}
    return open_shoko(quick_settings(folder, evidence=evidence))


def test_the_certificate_that_signed_is_named_and_once_it_is_listed_the_token_counts(tmp_path):
    """Law: lt-tsa-facts, scan-timestamp. What the trial prints is what the list wants."""
    with served(tmp_path, "a") as (local, settings):
        shoko = opened(tmp_path / "before", settings)
        (before,) = try_authorities(shoko)
        assert (before.outcome, before.accredited, before.policy_oid) == (Outcome.INDETERMINATE, False, POLICY)
        assert abs(before.skew_seconds) < 60
        assert before.certificate_sha256 in tried_text(before)
        assert "認定なし" in tried_text(before)
        assert shoko.archive.log_size() == 0, "a trial leaves nothing behind"
        shoko.close()
        for status, counts in (("verify", False), ("listed", True)):
            trust = tmp_path / f"{status}.toml"
            trust.write_text(LIST.format(fingerprint=before.certificate_sha256, status=status), encoding="utf-8")
            shoko = opened(tmp_path / status, settings, trust=trust)
            (tried,) = try_authorities(shoko)
            assert tried.accredited is counts
            assert (tried.outcome is Outcome.PASSED) is counts
            shoko.close()
        assert "認定（試験時刻認証業務）" in tried_text(tried)
        assert local.roots[0].fingerprint(hashes.SHA256()).hex() != before.certificate_sha256


def test_all_are_tried_whatever_the_first_says(tmp_path):
    with served(tmp_path, "a") as (_, first), served(tmp_path, "b") as (_, second):
        other_root = second.model_copy(update={"name": "c", "roots_file": first.roots_file})
        down = first.model_copy(update={"name": "d", "url": "http://127.0.0.1:9/"})
        shoko = opened(tmp_path / "home", down, first, other_root)
        tried = {one.name: one for one in try_authorities(shoko)}
        assert list(tried) == ["d", "a", "c"]
        assert [one.outcome for one in tried.values()] == [
            Outcome.INDETERMINATE,
            Outcome.INDETERMINATE,
            Outcome.FAILED,  # its tokens lead to another root than the one that is trusted
        ]
        assert tried["d"].error
        assert "トークンを得られません" in tried_text(tried["c"])
        shoko.close()


def test_an_authority_whose_clock_is_wrong_fails(tmp_path):
    local = LocalAuthority.create_or_open(tmp_path / "a", clock=lambda: clock() + timedelta(hours=2), policy_oid=POLICY)
    with served(tmp_path, "a", reply=local.reply) as (_, settings):
        shoko = opened(tmp_path / "home", settings)
        (tried,) = try_authorities(shoko)
        assert tried.outcome is Outcome.FAILED
        shoko.close()


@pytest.mark.parametrize("kind", ["local"])
def test_on_the_command_line(tmp_path, kind):
    code, (found,) = run_verb(tmp_path, "doctor", "--self-test")
    assert code == 0
    (tried,) = found["authorities_tried"]
    assert (tried["name"], tried["accredited"], len(tried["certificate_sha256"])) == (
        AuthoritySettings(kind=kind).name,
        False,
        64,
    )
