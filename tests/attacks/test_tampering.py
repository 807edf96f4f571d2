"""Every kind of tampering that was thought of, tried on a whole archive by somebody who owns the machine.

Each kind names the check that finds it and why; none may pass. What stands outside (roots, log key, earlier heads) is
given to the verifier; ``test_without_anything_from_outside`` says what is left without it.
"""

import json
import shutil
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from domain import codec
from domain.errors import AppError
from domain.evidence import Outcome
from domain.ids import Digest
from storage.archive import Archive
from storage.archive.comparing import differences, rebuilt_copy
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.log import newest_head
from storage.evidence.signer import LogSigner
from storage.evidence.verify import EarlierHead, Roots, verify_all, verify_document
from storage.reconcile import reconcile
from tests.support.records import NOW
from tests.support.tampering import Hands, copied, earlier_heads, flip, flips, make_rich_world, opened, put_back

KINDS = {}
"""name → (function, check, reason)"""


def kind(check, reason):
    """Register a kind with the finding that it must cause."""

    def register(function):
        KINDS[function.__name__] = (function, check, reason)
        return function

    return register


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    world = make_rich_world(tmp_path_factory.mktemp("base"))
    yield world
    world.archive.close()


@pytest.fixture
def hands(base, tmp_path):
    hands = Hands(copied(base, tmp_path))
    yield hands
    hands.world.archive.close()


def trusted(world, base=None):
    return replace(world.roots, earlier_heads=earlier_heads(base or world))


# --- originals


@kind("original_digest", "HASH_FAILURE")
def changed_original(hands):
    path = hands.blob(hands.world.units[1])
    hands.write(path, hands.read(path) + b" ")


@kind("original_digest", "HASH_FAILURE")
def cut_off_original(hands):
    path = hands.blob(hands.world.units[1])
    hands.write(path, hands.read(path)[:-1])


@kind("original_digest", "HASH_FAILURE")
def swapped_originals(hands):
    hands.swap(hands.blob(hands.world.units[1]), hands.blob(hands.world.units[2]))


@kind("original_digest", "SIGNED_DATA_NOT_FOUND")
def removed_original(hands):
    hands.remove(hands.blob(hands.world.units[1]))


@kind("original_digest", "HASH_FAILURE")
def replaced_extract(hands):
    hands.write(hands.blob(hands.world.units[3]), b"another receipt")


@kind("object_known", "unexpected")
def inserted_original(hands):
    content = b"never dropped"
    name = Digest.of(content).value
    hands.write(f"blobs/sha256/{name[:2]}/{name}", content)


# --- records


@kind("payload_digest", "HASH_FAILURE")
def changed_amount(hands):
    hands.change(f"documents/{hands.world.documents[1]}/r000001.payload.json", b"128960", b"328960")


@kind("payload_digest", "HASH_FAILURE")
def swapped_payloads(hands):
    first, second = (f"documents/{d}/r000001.payload.json" for d in hands.world.documents[1:3])
    hands.swap(first, second)


@kind("payload_digest", "SIGNED_DATA_NOT_FOUND")
def removed_payload(hands):
    hands.remove(f"documents/{hands.world.documents[1]}/r000001.payload.json")


@kind("record_logged", "HASH_FAILURE")
def changed_revision(hands):
    hands.change(f"documents/{hands.world.documents[1]}/r000001.json", b'"important"', b'"general"')


@kind("record_form", "FORMAT_FAILURE")
def revision_in_another_form(hands):
    path = f"documents/{hands.world.documents[1]}/r000001.json"
    hands.write(path, json.dumps(hands.plain(path), indent=1).encode())


@kind("record_logged", "SIGNED_DATA_NOT_FOUND")
def removed_newest_revision(hands):
    for end in (".json", ".payload.json"):
        hands.remove(f"documents/{hands.world.documents[0]}/r000002{end}")


@kind("object_known", "unexpected")
def inserted_revision(hands):
    folder = f"documents/{hands.world.documents[1]}"
    hands.write(
        f"{folder}/r000002.json", hands.read(f"{folder}/r000001.json").replace(b'"revision":1', b'"revision":2')
    )


@kind("object_known", "unexpected")
def inserted_document(hands):
    source = f"documents/{hands.world.documents[1]}/r000001"
    for end in (".json", ".payload.json"):
        hands.write(f"documents/doc-{'0' * 32}/r000001{end}", hands.read(source + end))


@kind("record_logged", "unexpected")
def swapped_revisions(hands):
    folder = f"documents/{hands.world.documents[0]}"
    for end in (".json", ".payload.json"):
        hands.swap(f"{folder}/r000001{end}", f"{folder}/r000002{end}")


@kind("record_logged", "HASH_FAILURE")
def back_dated_receipt(hands):
    hands.change(f"drops/{hands.world.drops[1]}.json", b'"received_on":"2026-11-20"', b'"received_on":"2026-09-20"')


@kind("payload_digest", "HASH_FAILURE")
def changed_depositor(hands):
    hands.change(f"drops/{hands.world.drops[1]}.payload.json", b"tanaka", b"suzuki")


@kind("unit_agrees", "HASH_FAILURE")
def changed_unit(hands):
    hands.change(f"units/{hands.world.units[1]}.json", b"paper_received", b"self_generated")


@kind("unit_agrees", "SIGNED_DATA_NOT_FOUND")
def removed_unit(hands):
    hands.remove(f"units/{hands.world.units[1]}.json")


@kind("record_logged", "HASH_FAILURE")
def changed_lineage(hands):
    hands.change(f"units/{hands.world.units[3]}.json", hands.world.units[0].encode(), hands.world.units[1].encode())


@kind("record_logged", "HASH_FAILURE")
def changed_region(hands):
    hands.change(f"units/{hands.world.units[3]}.json", b'"left":10', b'"left":11')


@kind("record_logged", "HASH_FAILURE")
def swapped_pages(hands):
    hands.change(
        f"documents/{hands.world.documents[1]}/r000001.json",
        hands.world.units[1].encode(),
        hands.world.units[2].encode(),
    )


@kind("record_logged", "SIGNED_DATA_NOT_FOUND")
def dropped_outcome(hands):
    hands.remove(f"outcomes/{hands.world.drops[1]}.json")


@kind("record_logged", "HASH_FAILURE")
def changed_outcome(hands):
    hands.change(f"outcomes/{hands.world.drops[1]}.json", b'"state":"read"', b'"state":"refused"')


@kind("record_logged", "SIGNED_DATA_NOT_FOUND")
def removed_request(hands):
    hands.remove("acts/request-1/a000001.json")


@kind("payload_digest", "HASH_FAILURE")
def changed_reason_of_a_request(hands):
    hands.change("acts/request-1/a000001.payload.json", "二重".encode(), "誤送".encode())


@kind("record_logged", "SIGNED_DATA_NOT_FOUND")
def removed_export(hands):
    (path,) = [p for p in hands.paths("acts") if p.count("/") == 1]
    hands.remove(path)


@kind("payload_digest", "HASH_FAILURE")
def changed_counterparty(hands):
    hands.change("counterparties/b000001.payload.json", "青空".encode(), "青海".encode())


@kind("record_logged", "SIGNED_DATA_NOT_FOUND")
def changed_lesson(hands):
    hands.change("lessons/l000001.json", b'"revision":2', b'"revision":1')


# --- the log


@kind("head_root", "proof_failure")
def changed_entry(hands):
    hands.change(f"log/leaves/{hands.leaf_of('filed'):012d}.json", b'"filed"', b'"found"')


@kind("head_root", "proof_failure")
def back_dated_entry(hands):
    hands.change(f"log/leaves/{hands.leaf_of('filed'):012d}.json", b"2026-11-20T", b"2026-11-19T")


@kind("leaf_sequence", "SIGNED_DATA_NOT_FOUND")
def removed_entry(hands):
    hands.remove(f"log/leaves/{hands.leaf_of('filed'):012d}.json")


@kind("leaf_sequence", "SIGNED_DATA_NOT_FOUND")
def removed_newest_entry(hands):
    hands.remove(hands.paths("log/leaves")[-1])


def renumbered(hands, contents):
    """Entries anew, each with the number of its place."""
    for number, content in enumerate(contents):
        plain = json.loads(content) | {"sequence": number}
        hands.write(f"log/leaves/{number:012d}.json", codec.canonical(plain))


@kind("head_root", "proof_failure")
def removed_entry_and_closed_the_gap(hands):
    contents = [hands.read(path) for path in hands.paths("log/leaves")]
    hands.remove(hands.paths("log/leaves")[-1])
    renumbered(hands, [*contents[:3], *contents[4:]])


@kind("head_root", "proof_failure")
def inserted_entry(hands):
    contents = [hands.read(path) for path in hands.paths("log/leaves")]
    renumbered(hands, [*contents[:3], contents[2], *contents[3:]])


@kind("head_root", "proof_failure")
def reordered_entries(hands):
    contents = [hands.read(path) for path in hands.paths("log/leaves")]
    renumbered(hands, [*contents[:3], contents[4], contents[3], *contents[5:]])


@kind("head_root", "proof_failure")
def duplicated_entry(hands):
    contents = [hands.read(path) for path in hands.paths("log/leaves")]
    renumbered(hands, [*contents[:4], contents[3], *contents[5:]])


@kind("leaf_sequence", "unexpected")
def copied_entry_with_its_old_number(hands):
    hands.write("log/leaves/000000000004.json", hands.read("log/leaves/000000000003.json"))


@kind("object_known", "unexpected")
def entry_beyond_the_log(hands):
    number = len(hands.paths("log/leaves"))
    hands.write(f"log/leaves/{number + 1:012d}.json", hands.read("log/leaves/000000000003.json"))


@kind("leaf_order", "TIMESTAMP_ORDER_FAILURE")
def back_dated_act(hands):
    """With the archive's own code, the right key and a clock put back: the log is sound, its times are not."""
    hands.world.archive.close()
    past = NOW - timedelta(days=60)
    url = f"sqlite:///{hands.world.folder}/archive.sqlite"
    archive = Archive.open(url, hands.world.vault, client_id="default", clock=lambda: past)
    archive.append_act(kind="looked_at", subject_id="x")
    hands.world = replace(hands.world, archive=archive)
    hands.world.publish()


# --- heads and tiles


@kind("head_signature", "SIG_CRYPTO_FAILURE")
def changed_head(hands):
    hands.edit(hands.paths("log/heads")[0], lambda plain: plain["root"].update(value="0" * 64))


@kind("head_key_trusted", "SIG_CONSTRAINTS_FAILURE")
def head_signed_by_another_key(hands):
    path = hands.paths("log/heads")[-1]
    stranger = LogSigner.create_or_open(hands.world.folder / "stranger", clock=lambda: NOW)
    plain = hands.plain(path)
    root = Digest(value=plain["root"]["value"])
    head = stranger.sign_head(client_id="default", tree_size=plain["tree_size"], root=root)
    hands.write(path, codec.dump(head))


@kind("head_root", "proof_failure")
def forked_log(hands):
    """The right key has signed two logs of one size; the second stands in the first one's place."""
    path = hands.paths("log/heads")[0]
    size = hands.plain(path)["tree_size"]
    hands.write(
        path, codec.dump(hands.world.signer.sign_head(client_id="default", tree_size=size, root=Digest.of(b"other")))
    )


@kind("head_signature", "unexpected")
def head_under_another_size(hands):
    hands.write("log/heads/000000000002.json", hands.read(hands.paths("log/heads")[0]))


@kind("head_signature", "unexpected")
def head_of_another_client(hands):
    path = hands.paths("log/heads")[-1]
    plain = hands.plain(path)
    root = Digest(value=plain["root"]["value"])
    head = hands.world.signer.sign_head(client_id="other", tree_size=plain["tree_size"], root=root)
    hands.write(path, codec.dump(head))


@kind("head_root", "SIGNED_DATA_NOT_FOUND")
def head_of_a_longer_log(hands):
    head = hands.world.signer.sign_head(client_id="default", tree_size=999, root=Digest.of(b"later"))
    hands.write("log/heads/000000000999.json", codec.dump(head))


@kind("object_known", "unexpected")
def inserted_tile(hands):
    hands.write("log/tile/0/000000000", b"\0" * 8192)


@kind("token_imprint", "HASH_FAILURE")
def head_with_the_token_of_something_else(hands):
    token = hands.paths(f"timestamps/{hands.world.units[1]}")[0]
    hands.write(hands.paths("log/head-timestamps")[0], hands.read(token))


# --- tokens


@kind("record_logged", "HASH_FAILURE")
def swapped_tokens(hands):
    hands.swap(*(hands.paths(f"timestamps/{unit}")[0] for unit in hands.world.units[1:3]))


@kind("record_logged", "SIGNED_DATA_NOT_FOUND")
def removed_token(hands):
    hands.remove(hands.paths(f"timestamps/{hands.world.units[1]}")[0])


@kind("record_logged", "HASH_FAILURE")
def changed_token(hands):
    def cut(plain):
        plain["token_der"] = plain["token_der"][:-8] + "AAAAAAA="

    hands.edit(hands.paths(f"timestamps/{hands.world.units[1]}")[0], cut)


@kind("token_chain", "NO_CERTIFICATE_CHAIN_FOUND")
def foreign_token(hands):
    """Of an authority of the intruder's own, recorded as it should be."""
    forger = LocalAuthority.create_or_open(hands.world.folder / "forger", clock=lambda: NOW)
    unit = hands.world.archive.get_unit(hands.world.units[1])
    hands.world.archive.record_timestamp(unit.unit_id, forger.stamp(unit.blob.digest))
    hands.world.publish()


@kind("token_imprint", "HASH_FAILURE")
def token_over_other_bytes(hands):
    """The object says one digest, the token in it is over another; leaf and all digests fit."""
    unit = hands.world.archive.get_unit(hands.world.units[1])
    token = hands.world.authority.stamp(Digest.of(b"other bytes"))
    hands.world.archive.record_timestamp(unit.unit_id, replace(token, imprint=unit.blob.digest))
    hands.world.publish()


@kind("token_imprint", "HASH_FAILURE")
def token_of_another_unit(hands):
    """A sound token over another unit's bytes, logged for this one by a changed program."""
    first, second = hands.world.units[1:3]
    other = hands.world.archive.get_unit(second)
    token = hands.world.authority.stamp(other.blob.digest)
    changed = hands.sql(f"update stamp_request set imprint = '{other.blob.digest}' where unit_id = '{first}'")
    changed.archive.record_timestamp(first, token)
    changed.publish()


@kind("record_logged", "HASH_FAILURE")
def changed_hash_tree(hands):
    hands.edit("batches/batch-000001.json", lambda plain: plain["members"][0].__setitem__(1, "0" * 64))


@kind("record_logged", "HASH_FAILURE")
def member_taken_out_of_the_hash_tree(hands):
    hands.edit("batches/batch-000001.json", lambda plain: plain["members"].pop())


@kind("record_logged", "SIGNED_DATA_NOT_FOUND")
def removed_batch(hands):
    hands.remove("batches/batch-000001.json")


# --- the store beside its objects


@kind("store_sound", "HASH_FAILURE")
def changed_side_file(hands):
    note = hands.file(hands.blob(hands.world.units[1]))
    note = note.with_name(note.name + ".json")
    content = note.read_bytes()
    note.unlink()
    assert b"application/pdf" in content
    note.write_bytes(content.replace(b"application/pdf", b"application/xml"))


@kind("store_sound", "unexpected")
def foreign_file_beside_an_object(hands):
    hands.file(hands.blob(hands.world.units[1])).with_name("notes.txt").write_bytes(b"")


@kind("original_digest", "HASH_FAILURE")
def overlaid_version(hands):
    key = f"default/{hands.blob(hands.world.units[1])}"
    hands.world.vault.put_named("vault", key, b"newer", media_type="application/pdf", if_absent=False)


@pytest.mark.parametrize("name", KINDS)
def test_it_is_found_and_the_reason_named(hands, base, name):
    attack, check, reason = KINDS[name]
    roots = trusted(hands.world, base)
    attack(hands)
    report = verify_all(hands.world.archive, hands.world.vault, roots=roots)
    assert report.outcome is Outcome.FAILED
    failed = {(c.name, (c.detail or "").partition(":")[0]) for c in report.checks if c.outcome is Outcome.FAILED}
    assert (check, reason) in failed


def test_there_are_enough_kinds():
    assert len(KINDS) >= 55


def test_untouched_it_passes(hands, base):
    report = verify_all(hands.world.archive, hands.world.vault, roots=trusted(hands.world, base))
    assert report.outcome is Outcome.PASSED, report.checks
    for document_id in hands.world.documents:
        report = verify_document(hands.world.archive, hands.world.vault, document_id, roots=hands.world.roots)
        assert report.outcome is Outcome.PASSED, report.checks


# --- the database: an index, so it is held against the vault


@pytest.mark.parametrize(
    "statement",
    [
        "update payload set content = replace(content, '128960', '328960') where kind = 'revision'",
        "update revision set importance = 'general'",
        "update drop_outcome set state = 'refused'",
        "delete from timestamp",
        "update \"drop\" set received_on = '2026-01-01'",
        "update unit_extract set page_index = 7",
        "delete from lesson",
        "delete from stamp_batch_member",
        "update log_leaf set recorded_at = '2026-01-01 00:00:00'",
    ],
)
def test_a_changed_row_is_found(hands, statement):
    world = hands.sql(statement)
    with rebuilt_copy(world.archive) as copy:
        assert differences(world.archive, copy)


def test_a_changed_leaf_hash_stops_signing_and_verifying(hands):
    world = hands.sql("update log_leaf set leaf_hash = zeroblob(32) where sequence = 2")
    report = verify_all(world.archive, world.vault, roots=world.roots)
    assert ("database_log", Outcome.FAILED) in {(c.name, c.outcome) for c in report.checks}
    world.archive.append_act(kind="looked_at", subject_id="x")
    with pytest.raises(AppError):
        world.publish()


def test_dropped_triggers_are_found(hands):
    hands.world.archive.close()
    with sqlite3.connect(hands.world.folder / "archive.sqlite") as connection:
        (name, *_), *_ = connection.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        connection.execute(f'drop trigger "{name}"')
    connection.close()
    hands.world = opened(hands.world, hands.world.folder)
    report = reconcile(hands.world.archive, hands.world.vault)
    assert ("append_only", Outcome.FAILED) in {(c.name, c.outcome) for c in report.checks}


def test_a_database_rolled_back_is_said_and_made_whole(hands, base, tmp_path):
    """The vault is ahead: opening brings the database up to date, and verifying says that it was behind."""
    hands.world.archive.close()
    shutil.copy(hands.world.folder / "archive.sqlite", tmp_path / "old.sqlite")
    hands.world = opened(hands.world, hands.world.folder)
    for number in range(5):
        hands.world.archive.append_act(kind="looked_at", subject_id=f"x-{number}")
    hands.world.publish()
    hands.world.archive.close()
    for path in hands.world.folder.glob("archive.sqlite*"):
        path.unlink()
    shutil.copy(tmp_path / "old.sqlite", hands.world.folder / "archive.sqlite")
    hands.world = opened(hands.world, hands.world.folder)
    report = verify_all(hands.world.archive, hands.world.vault, roots=trusted(hands.world, base))
    assert report.outcome is Outcome.INDETERMINATE
    assert [(c.name, c.detail) for c in report.checks] == [("database_current", "the database was behind: 5 leaves")]
    with rebuilt_copy(hands.world.archive) as copy:
        assert differences(hands.world.archive, copy) == ()


# --- everything at once


def test_vault_and_database_rolled_back_together(hands, base):
    """An older, consistent state: only what somebody wrote down of the newer one tells."""
    ahead = make_later(base)
    roots = replace(hands.world.roots, earlier_heads=ahead)
    report = verify_all(hands.world.archive, hands.world.vault, roots=roots)
    assert ("head_consistent", "proof_failure") in {
        (c.name, (c.detail or "").partition(":")[0]) for c in report.checks if c.outcome is Outcome.FAILED
    }


def make_later(base):
    """Heads of the same log after more acts, as a witness has them."""
    size = newest_head(base.vault, "default").tree_size
    return (EarlierHead(tree_size=size + 5, root=b"\x07" * 32),)


@pytest.fixture(scope="module")
def forged(tmp_path_factory):
    """A whole archive made anew: consistent in itself, with keys and an authority of the forger's own."""
    world = make_rich_world(tmp_path_factory.mktemp("forged"), names=("x.pdf", "b.pdf", "c.pdf"))
    yield world
    world.archive.close()


def test_a_wholly_forged_archive_is_found_by_what_stands_outside(forged, base):
    report = verify_all(forged.archive, forged.vault, roots=trusted(base))
    failed = {(c.name, (c.detail or "").partition(":")[0]) for c in report.checks if c.outcome is Outcome.FAILED}
    assert {
        ("head_key_trusted", "SIG_CONSTRAINTS_FAILURE"),
        ("token_chain", "NO_CERTIFICATE_CHAIN_FOUND"),
        ("head_consistent", "proof_failure"),
    } <= failed


def test_stolen_keys_do_not_help_against_earlier_heads(forged, base):
    """Whoever has every key of the installation can make a consistent past, but not the one that was written down."""
    sound = verify_all(forged.archive, forged.vault, roots=forged.roots)
    assert sound.outcome is Outcome.PASSED
    report = verify_all(forged.archive, forged.vault, roots=trusted(forged, base))
    assert {c.name for c in report.checks if c.outcome is Outcome.FAILED} == {"head_consistent"}


def test_without_anything_from_outside(forged, base):
    for world in (forged, base):
        report = verify_all(world.archive, world.vault, roots=Roots())
        assert report.outcome is Outcome.INDETERMINATE
        assert {(c.detail or "").partition(":")[0] for c in report.checks} == {"trust anchor not supplied"}


def test_no_head_at_all_is_not_passed(hands):
    for path in hands.paths("log/heads"):
        hands.remove(path)
    report = verify_all(hands.world.archive, hands.world.vault, roots=hands.world.roots)
    assert report.outcome is not Outcome.PASSED


def test_no_flipped_bit_goes_unnoticed(hands, base):
    """Some of the many that ``shoko bench --evidence --measure flips`` tries."""
    roots = trusted(hands.world, base)
    for path, at, bit in flips(hands.world.folder / "vault" / "vault", seed=1, count=100):
        before = flip(path, at, bit)
        try:
            found = verify_all(hands.world.archive, hands.world.vault, roots=roots).outcome is not Outcome.PASSED
        except AppError:
            found = True
        assert found, (path, at, bit)
        put_back(path, before)
