"""Objects in the vault without a log entry, in the place of the next act: of something else, they are not adopted."""

import os
from dataclasses import replace

import pytest

from domain.acts import ActKind
from domain.counterparties import CounterpartyBatch, PartyFacts, PartySource
from domain.errors import DigestMismatch
from domain.page import Fault
from pipeline.steps.intake import find_claims, take
from storage.archive import keys, manifests
from tests.support.archive_story import a_lesson
from tests.support.faulty_store import Crash
from tests.support.homes import open_resident, quick_settings
from tests.support.records import (
    NOW,
    folder_vault,
    make_draft,
    make_drop,
    make_extract,
    make_outcome,
    no_salt,
    open_archive,
)

FAULT = Fault(code="torn", message="torn", message_ja="破れ")


def put(vault, key, content):
    vault.put_named("vault", key, content, media_type="application/json")


@pytest.fixture
def archive(tmp_path):
    archive = open_archive(tmp_path, vault=folder_vault(tmp_path / "vault"))
    yield archive
    archive.close()


def test_a_drop_of_other_bytes_is_not_recorded_for_these(archive):
    wanted = make_drop(archive.vault, b"ours", name="a.pdf")
    other = make_drop(archive.vault, b"theirs", name="a.pdf")
    assert other.drop_id == wanted.drop_id
    put(archive.vault, keys.drop_payload("default", wanted.drop_id), manifests.payload("drop", other, salt=no_salt(16)))
    with pytest.raises(DigestMismatch):
        archive.record_drop(wanted)
    assert archive.log_size() == 0


def test_records_of_something_else_are_not_adopted(archive):
    """Each lies where the next of its series would, whole, and speaks of another."""
    vault = archive.vault
    drop, second = (archive.record_drop(make_drop(vault, one, name=f"{one}.pdf")) for one in (b"one", b"two"))
    filed, other = (archive.file_document(make_draft(one.unit_id)) for one in (drop, second))

    def left(key, kind, value):
        put(vault, key, manifests.payload(kind, value, salt=no_salt(16)))

    def party(name):
        facts = [PartyFacts(name=name)]
        return archive.record_counterparties(facts, source=PartySource.IMPORTED, recorded_by="sato")

    def act(subject):
        return archive.record_act(ActKind.HELD, subject, recorded_by="sato", about=(), facts={}, personal={})

    made = archive.revise_document(
        other.document_id, base_revision=1, draft=make_draft(second.unit_id, amount="9"), recorded_by="sato", reason="x"
    )
    left(keys.revision_payload("default", filed.document_id, 2), "record", made)
    left(keys.act_payload("default", filed.document_id, 1), "act", act(other.document_id))
    batch = CounterpartyBatch(
        client_id="default",
        number=1,
        source=PartySource.IMPORTED,
        entries=party("青空"),
        recorded_at=NOW,
        recorded_by="sato",
    )
    left(keys.counterparty_payload("default", 2), "counterparties", batch)
    left(keys.lesson_payload("default", 2), "lesson", archive.record_lesson(a_lesson(filed.document_id)))
    cut = make_extract(vault, drop)
    put(
        vault,
        keys.unit_manifest("default", cut.unit_id),
        manifests.extract_manifest(make_extract(vault, drop, region=(1, 2, 3, 4))),
    )
    faulty = make_outcome(second, faults=[FAULT])
    left(keys.outcome_payload("default", drop.drop_id, 1), "outcome", faulty)
    size = archive.log_size()
    for attempt in (
        lambda: archive.revise_document(
            filed.document_id,
            base_revision=1,
            draft=make_draft(drop.unit_id, amount="9"),
            recorded_by="sato",
            reason="x",
        ),
        lambda: act(filed.document_id),
        lambda: party("みどり"),
        lambda: archive.record_lesson(a_lesson(other.document_id)),
        lambda: archive.record_extract(cut),
        lambda: archive.record_outcome(make_outcome(drop, faults=[FAULT])),
    ):
        with pytest.raises(DigestMismatch):
            attempt()
        assert archive.log_size() == size


def test_a_file_that_was_exchanged_under_its_name_and_time_is_not_deleted_for_the_one_before(tmp_path):
    """Same name, same second, same size: the inbox cannot tell, the bytes can."""
    resident = open_resident(quick_settings(tmp_path))
    shoko = resident.shoko
    path = shoko.settings.data_folder / "store" / "inbox" / "a.pdf"
    path.write_bytes(b"%PDF-1.7 first!")
    (claim,) = find_claims(shoko, limit=10)
    with pytest.raises(Crash):
        take(claim, replace(shoko, at=die_when_recorded))
    at = path.stat()
    path.write_bytes(b"%PDF-1.7 second")
    os.utime(path, ns=(at.st_atime_ns, at.st_mtime_ns))
    assert find_claims(shoko, limit=10) == (claim,)
    with pytest.raises(DigestMismatch):
        take(claim, shoko)
    assert path.read_bytes() == b"%PDF-1.7 second"
    shoko.close()


def die_when_recorded(boundary):
    if boundary == "take.recorded":
        raise Crash
