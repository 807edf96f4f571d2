"""Somebody with a shell on the store changes one thing. Every way of verifying notices."""

import json
import shutil
import sqlite3
from dataclasses import replace
from datetime import date

import pytest

from domain.errors import EvidenceMalformed
from domain.evidence import Outcome
from domain.page import PageRef
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.log import newest_head
from storage.evidence.signer import LogSigner
from storage.evidence.verify import EarlierHead, Roots, verify_all, verify_document, verify_period
from tests.support.evidence import make_world
from tests.support.records import NOW, make_draft, make_drop

PERIOD = {"start": date(2026, 11, 1), "end": date(2026, 11, 30)}


@pytest.fixture
def world(tmp_path):
    return make_world(tmp_path)


def rewrite(path, change):
    content = path.read_bytes()
    changed = change(content)
    assert changed != content
    path.parent.chmod(0o755)
    path.chmod(0o644)
    path.write_bytes(changed)


def flip(content):
    return content[:-1] + bytes([content[-1] ^ 1])


def reports(world, roots=None, number=1):
    trusted = roots or world.roots
    yield verify_all(world.archive, world.vault, roots=trusted)
    yield verify_period(world.archive, world.vault, **PERIOD, roots=trusted)
    yield verify_document(world.archive, world.vault, world.documents[number], roots=trusted)


def caught(world, name, reason, **more):
    for report in reports(world, **more):
        assert report.outcome is Outcome.FAILED
        failed = {(c.name, (c.detail or "").partition(":")[0]) for c in report.checks if c.outcome is Outcome.FAILED}
        assert (name, reason) in failed


def test_untouched_passes(world):
    for report in reports(world):
        assert report.outcome is Outcome.PASSED, [c for c in report.checks if c.outcome is not Outcome.PASSED]
    by_day = verify_period(world.archive, world.vault, **PERIOD, by="recorded", roots=world.roots)
    assert by_day.outcome is Outcome.PASSED
    nothing = verify_period(world.archive, world.vault, start=date(2020, 1, 1), end=date(2020, 1, 2), roots=world.roots)
    assert {c.name for c in nothing.more} == {"head_signature", "head_key_trusted"}
    assert nothing.checks == ()


def test_without_anchors_it_says_so_and_names_the_fingerprints(world):
    for report in reports(world, Roots()):
        assert report.outcome is Outcome.INDETERMINATE
        details = " ".join(c.detail or "" for c in report.checks)
        assert "trust anchor not supplied" in details
        assert world.signer.fingerprint in details


def original(world, number):
    digest = world.archive.get_unit(world.units[number]).blob.digest.value
    return world.vault_file(f"sha256/{digest[:2]}/{digest}")


def test_altered_byte_in_an_original(world):
    rewrite(original(world, 1), flip)
    caught(world, "original_digest", "HASH_FAILURE")


def test_swapped_originals(world):
    first, second = original(world, 1).read_bytes(), original(world, 2).read_bytes()
    rewrite(original(world, 1), lambda _: second)
    rewrite(original(world, 2), lambda _: first)
    caught(world, "original_digest", "HASH_FAILURE")


def test_removed_original(world):
    original(world, 1).parent.chmod(0o755)
    original(world, 1).unlink()
    caught(world, "original_digest", "SIGNED_DATA_NOT_FOUND")


def test_altered_amount_in_a_payload(world):
    path = world.vault_file(f"documents/{world.documents[1]}/r000001.payload.json")
    rewrite(path, lambda content: content.replace(b"128960", b"328960"))
    caught(world, "payload_digest", "HASH_FAILURE")


def test_altered_manifest(world):
    path = world.vault_file(f"documents/{world.documents[1]}/r000001.json")
    rewrite(path, lambda content: content.replace(b"2026-11-20", b"2026-11-19"))
    caught(world, "record_logged", "HASH_FAILURE")


def test_manifest_in_another_form(world):
    path = world.vault_file(f"documents/{world.documents[1]}/r000001.json")
    rewrite(path, lambda content: json.dumps(json.loads(content), indent=1).encode())
    caught(world, "record_form", "FORMAT_FAILURE")


def test_altered_leaf(world):
    sequence = world.archive.leaves_of(world.documents[1])[0].sequence
    rewrite(world.vault_file(f"log/leaves/{sequence:012d}.json"), lambda c: c.replace(b'"filed"', b'"dated"'))
    document = verify_document(world.archive, world.vault, world.documents[1], roots=world.roots)
    assert ("leaf_included", "proof_failure") in {(c.name, c.detail) for c in document.checks}
    everything = verify_all(world.archive, world.vault, roots=world.roots)
    assert ("head_root", "proof_failure") in {(c.name, c.detail) for c in everything.checks}


def test_foreign_token(world):
    """The token of one unit in the place of another's, leaf and all digests as they were."""
    source = world.vault_file(f"timestamps/{world.units[2]}/").read_bytes()
    rewrite(world.vault_file(f"timestamps/{world.units[1]}/"), lambda _: source)
    for report in reports(world):
        assert report.outcome is Outcome.FAILED


def test_token_of_another_authority(world, tmp_path):
    """The intruder's own authority, same names; the archive is made to accept it."""
    forger = LocalAuthority.create_or_open(tmp_path / "forger", clock=lambda: NOW)
    unit = world.archive.get_unit(world.units[1])
    world.archive.record_timestamp(unit.unit_id, forger.stamp(unit.blob.digest))
    world.publish()
    caught(world, "token_chain", "NO_CERTIFICATE_CHAIN_FOUND")


def test_rewritten_log_with_another_key(world, tmp_path):
    """A whole new head, signed by the intruder."""
    forger = LogSigner.create_or_open(tmp_path / "forger", clock=lambda: NOW)
    head = newest_head(world.vault, "default")
    from domain import codec

    forged = forger.sign_head(client_id="default", tree_size=head.tree_size, root=head.root)
    rewrite(world.vault_file("log/heads/"), lambda _: codec.dump(forged))
    caught(world, "head_key_trusted", "SIG_CONSTRAINTS_FAILURE")
    rewrite(world.vault_file("log/heads/"), lambda _: codec.dump(replace(head, tree_size=head.tree_size - 1)))
    caught(world, "head_signature", "SIG_CRYPTO_FAILURE")
    with pytest.raises(EvidenceMalformed):
        world.publish()


def test_earlier_head_kept_outside(world):
    head = newest_head(world.vault, "default")
    kept = EarlierHead(tree_size=head.tree_size, root=head.root.raw)
    world.archive.append_act(kind="looked_at", subject_id="x")
    world.publish()
    for report in reports(world, replace(world.roots, earlier_heads=(kept,))):
        assert report.outcome is Outcome.PASSED
    caught(
        world,
        "head_consistent",
        "proof_failure",
        roots=replace(world.roots, earlier_heads=(replace(kept, root=b"\x01" * 32),)),
    )
    caught(
        world,
        "head_consistent",
        "proof_failure",
        roots=replace(world.roots, earlier_heads=(replace(kept, tree_size=999),)),
    )


def test_truncated_log(world):
    """The last leaves are gone from the vault and the database is rebuilt from it: the signed head tells."""
    sequence = world.archive.log_size() - 1
    path = world.vault_file(f"log/leaves/{sequence:012d}.json")
    path.parent.chmod(0o755)
    path.unlink()
    report = verify_all(world.archive, world.vault, roots=world.roots)
    assert ("head_root", Outcome.FAILED) in {(c.name, c.outcome) for c in report.checks}
    assert ("leaf_sequence", Outcome.FAILED) in {(c.name, c.outcome) for c in report.checks}


def test_altered_database(world):
    """Leaf hashes in the index changed under its own triggers: publishing refuses to sign that."""
    with sqlite3.connect(world.folder / "archive.sqlite") as connection:
        triggers = connection.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f'drop trigger "{name}"')
        connection.execute("update log_leaf set leaf_hash = zeroblob(32) where sequence = 2")
    world.archive.append_act(kind="looked_at", subject_id="x")
    with pytest.raises(EvidenceMalformed):
        world.publish()


def test_unknown_document(world):
    report = verify_document(world.archive, world.vault, "doc-none", roots=world.roots)
    assert [(c.name, c.outcome) for c in report.checks] == [("subject_known", Outcome.FAILED)]


def test_missing_token(world):
    shutil.rmtree(world.vault_file(f"timestamps/{world.units[1]}/").parent, ignore_errors=True)
    for report in reports(world):
        assert report.outcome is not Outcome.PASSED


def test_foreign_token_of_the_head(world):
    """The head carries the timestamp of something else."""
    from storage.evidence.log import publish_head

    publish_head(world.archive, world.vault, world.signer, authority=world.authority)
    assert verify_all(world.archive, world.vault, roots=world.roots).outcome is Outcome.PASSED
    other = world.vault_file(f"timestamps/{world.units[1]}/").read_bytes()
    rewrite(world.vault_file("log/head-timestamps/"), lambda _: other)
    caught(world, "token_imprint", "HASH_FAILURE")
    rewrite(world.vault_file("log/head-timestamps/"), lambda _: b"no json")
    caught(world, "token_form", "FORMAT_FAILURE")


def test_a_period_looks_at_all_that_its_documents_stand_on(world):
    """A document of the period has a page of a unit that came on another day: that unit is looked at too."""
    later = world.archive.record_drop(make_drop(world.vault, b"of another day", received_on=date(2027, 5, 5)))
    draft = make_draft(world.units[0])
    draft = replace(draft, reading=replace(draft.reading, pages=(PageRef(unit_id=later.unit_id, page_index=0),)))
    world.archive.revise_document(
        world.documents[0], base_revision=2, draft=draft, recorded_by="sato", reason="再読み取り"
    )
    world.stamp()
    world.publish()
    days = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}
    assert verify_period(world.archive, world.vault, **days, roots=world.roots).outcome is Outcome.PASSED
    digest = later.blob.digest.value
    rewrite(world.vault_file(f"sha256/{digest[:2]}/{digest}"), flip)
    assert verify_period(world.archive, world.vault, **days, roots=world.roots).outcome is Outcome.FAILED
