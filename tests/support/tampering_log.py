"""Kinds of tampering with the log, its heads and tiles, tokens, and the store beside its objects."""

import json
from dataclasses import replace
from datetime import timedelta

from domain import codec
from domain.ids import Digest
from storage.archive import Archive
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.signer import LogSigner
from tests.support.records import NOW
from tests.support.tampering_kinds import kind

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
