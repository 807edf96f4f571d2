"""Bundles whose timestamps are missing or old, checked by the script and by the Python verifier."""

from datetime import timedelta

from domain.evidence import Outcome
from storage.evidence.verify import Policy, verify_exported
from storage.export import export_bundle
from tests.support.bundles import shell
from tests.support.evidence import make_world
from tests.support.records import NOW


def test_pending_timestamps_are_indeterminate(tmp_path):
    world = make_world(tmp_path, stamped=False)
    result = export_bundle(
        world.archive, world.vault, world.documents, tmp_path / "out", signer=world.signer, clock=lambda: NOW
    )
    assert result.pending_stamps == 3
    (tmp_path / "roots.pem").write_bytes(world.roots.roots_pem[0])
    code, output = shell(
        result.folder, "--roots", str(tmp_path / "roots.pem"), "--log-key-sha256", world.signer.fingerprint
    )
    assert code == 3
    assert "付与待ちの原本が 3 件" in output
    assert "外部の信頼の起点" not in output, "they were given: something else is open"
    assert "外部の信頼の起点" in shell(result.folder)[1]
    assert verify_exported(result.folder, roots=world.roots).outcome is Outcome.INDETERMINATE
    relaxed = Policy(require_timestamp=False)
    assert verify_exported(result.folder, roots=world.roots, policy=relaxed).outcome is Outcome.PASSED


def test_expired_at_the_tokens_time_and_expired_since(tmp_path):
    """A token made while the certificate lived stays good after its end; the script checks at the token's time."""
    long_ago = NOW - timedelta(days=20 * 365)
    world = make_world(tmp_path, clock=lambda: long_ago)
    result = export_bundle(
        world.archive, world.vault, world.documents, tmp_path / "out", signer=world.signer, clock=lambda: NOW
    )
    (tmp_path / "roots.pem").write_bytes(world.roots.roots_pem[0])
    code, output = shell(
        result.folder, "--roots", str(tmp_path / "roots.pem"), "--log-key-sha256", world.signer.fingerprint
    )
    assert code == 0, output
    assert verify_exported(result.folder, roots=world.roots).outcome is Outcome.PASSED
