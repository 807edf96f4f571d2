"""Kinds of tampering with originals and records."""

import json

from domain.ids import Digest
from tests.support.tampering_kinds import kind

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
