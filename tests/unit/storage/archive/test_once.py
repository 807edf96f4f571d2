"""What was read in a snapshot is not read again in it, is never older than it, and is nobody's beyond what they see."""

import threading

import pytest

from domain.visibility import NOTHING
from storage.archive import once as kept
from storage.archive.many import tokens_of
from tests.support.records import make_draft, make_drop, make_outcome, make_token, open_archive
from tests.support.statements import statements


@pytest.fixture
def archive(tmp_path):
    archive = open_archive(tmp_path)
    yield archive
    archive.close()


@pytest.fixture
def filed(archive):
    drop = archive.record_drop(make_drop(archive.vault))
    record = archive.file_document(make_draft(drop.unit_id))
    archive.record_outcome(make_outcome(drop, record.document_id))
    return record


def everything(archive, record):
    """What a page asks of a document."""
    (unit,) = archive.unit_of_document(record.document_id)
    return (
        archive.get_document(record.document_id),
        archive.history(record.document_id),
        unit,
        archive.drop_status(unit.first_drop_id),
        archive.timestamps(unit.unit_id),
        archive.unit_states((unit.unit_id,)),
        archive.leaves_of(record.document_id),
        archive.acts(record.document_id),
        archive.log_size(),
    )


def tombstone(archive, record):
    archive.tombstone(record.document_id, base_revision=record.revision, recorded_by="x", reason="x")


def test_the_same_question_is_asked_once_in_a_snapshot(archive, filed):
    alone = everything(archive, filed)
    with archive.at_once():
        assert everything(archive, filed) == alone
        assert statements(archive.database, lambda: everything(archive, filed)) == []
    assert statements(archive.database, lambda: everything(archive, filed)) != []


def test_nothing_kept_outlives_its_snapshot(archive, filed):
    with archive.at_once():
        before = archive.get_document(filed.document_id)
        writer = threading.Thread(target=tombstone, args=(archive, before))
        writer.start()
        writer.join()
        size = archive.log_size()
        assert archive.get_document(filed.document_id) == before
    assert archive.get_document(filed.document_id).revision == before.revision + 1
    assert archive.log_size() == size + 1
    assert len(archive.history(filed.document_id)) == before.revision + 1


def test_what_one_reads_another_does_not_see(archive, filed):
    stranger = archive.seen_by(NOTHING)
    with archive.at_once():
        everything(archive, filed)
        assert stranger.get_document(filed.document_id) is None
        assert stranger.history(filed.document_id) == ()
        assert stranger.unit_of_document(filed.document_id) == ()
        assert archive.get_document(filed.document_id) == filed


def test_only_what_is_not_known_is_asked(archive, filed):
    asked = []

    def ask(names):
        asked.append(names)
        return {name: name.upper() for name in names if name != "nothing"}

    with archive._read() as connection:
        assert kept.each(connection, ("q",), ("a", "nothing"), ask) == {"a": "A"}
        assert kept.each(connection, ("q",), ("b", "a", "nothing", "b"), ask) == {"b": "B", "a": "A"}
        assert kept.each(connection, ("q",), (), ask) == {}
        assert kept.each(connection, ("other",), ("a",), ask) == {"a": "A"}
    assert asked == [("a", "nothing"), ("b",), ("a",)]


def test_a_long_walk_keeps_a_bounded_number_of_answers(archive):
    with archive._read() as connection:
        for number in range(3 * kept._MOST):
            assert kept.once(connection, ("number", number), lambda number=number: number) == number
        assert len(connection.get_execution_options()[kept.KEPT]) <= kept._MOST
        wide = kept.each(connection, ("wide",), range(2 * kept._MOST), lambda some: {one: one for one in some})
        assert wide == {one: one for one in range(2 * kept._MOST)}


def test_tokens_of_one_unit_are_those_of_many(archive, filed):
    (unit,) = archive.unit_of_document(filed.document_id)
    archive.record_timestamp(unit.unit_id, make_token(unit.blob.digest))
    with archive.at_once():
        assert tokens_of(archive, (unit.unit_id,)) == {unit.unit_id: archive.timestamps(unit.unit_id)}
        assert len(archive.timestamps(unit.unit_id)) == 1
