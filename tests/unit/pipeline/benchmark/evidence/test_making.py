"""The quickly made archive is the one that the real writer makes."""

from domain.evidence import Outcome
from pipeline.benchmark.evidence.making import MADE_AT, make_archive
from pipeline.benchmark.evidence.rows import Bound, Row, Target
from storage.archive import Archive
from storage.evidence.certificates import to_pem
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.signer import LogSigner
from storage.evidence.verify import Roots, verify_all
from storage.reconcile import reconcile


def test_a_made_archive_rebuilds_verifies_and_reconciles(tmp_path):
    authority = LocalAuthority.create_or_open(tmp_path / "tsa", clock=lambda: MADE_AT)
    signer = LogSigner.create_or_open(tmp_path / "keys", clock=lambda: MADE_AT)
    made = make_archive(
        tmp_path / "store",
        units=3,
        unit_bytes=500,
        seed=1,
        signer=signer,
        authority=authority,
        policy="each",
        progress=lambda done, of: None,
    )
    archive = Archive.open(f"sqlite:///{tmp_path}/a.sqlite", made.store, client_id="default", clock=lambda: MADE_AT)
    try:
        counts = archive.counts()
        assert (counts.units, counts.documents, counts.log_size) == (3, 3, made.leaves)
        roots = Roots(roots_pem=(to_pem(authority.roots).encode(),), log_key_sha256=signer.fingerprint)
        assert verify_all(archive, made.store, roots=roots).outcome is Outcome.PASSED
        assert reconcile(archive, made.store, check_digests=True).outcome is Outcome.PASSED
    finally:
        archive.close()


def test_a_row_says_whether_it_reaches_its_target():
    row = Row(name="a", what="b", measured=3.0, unit="s", peer=2.0, peer_name="c")
    assert row.ratio == 1.5
    assert row.reached is None
    at_most = Target(value=1.5, bound=Bound.AT_MOST, of_ratio=True)
    at_least = Target(value=1500, bound=Bound.AT_LEAST)
    assert Row(name="a", what="b", measured=3.0, unit="s", peer=2.0, target=at_most).reached is True
    assert Row(name="a", what="b", measured=3.1, unit="s", peer=2.0, target=at_most).reached is False
    assert Row(name="a", what="b", measured=3.1, unit="s", target=at_most).reached is None
    assert Row(name="a", what="b", measured=1500, unit="/s", target=at_least).reached is True
    assert Row(name="a", what="b", measured=1499, unit="/s", target=at_least).reached is False
