"""Somebody at the machine records approvals that nobody gave, or who may not; the log is sound, the approval is not."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import rfc8785

from domain.acts import ActKind
from domain.approval_routes import Seat
from domain.approvals import approval_id
from domain.calendar import tokyo_day
from domain.evidence import Outcome
from domain.ids import Digest
from domain.people import Role
from domain.record import DocumentState
from pipeline.steps import people
from pipeline.steps.approval_people import delegate, end_delegation
from pipeline.steps.approval_routes import set_routes
from pipeline.steps.approvals import decide, reopen, submit
from pipeline.steps.verify import publish, verify_documents
from storage.evidence.verify import Roots, verify_all
from tests.support.approving import file_invoice, route, serial, staff
from tests.support.desk import Desk


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.shoko.close()


@pytest.fixture
def who(desk):
    return staff(desk.shoko)


@pytest.fixture
def document(desk, who):
    document = file_invoice(desk)
    serial(desk.shoko, who, "kacho", "bucho")
    submit(desk.shoko, document, by=who["keiri"])
    return document


def found(desk, document):
    """Checks of approvals that failed, for the document alone and for the whole vault: they must agree."""
    one, whole = both(desk, document)
    assert one == whole
    return one


def both(desk, document):
    """What failed for the document alone, and for the whole vault."""
    publish(desk.shoko)
    reports = (
        verify_documents(desk.shoko, (document,), Roots()),
        verify_all(desk.archive, desk.shoko.store, roots=Roots()),
    )
    return [
        {(c.name, (c.detail or "").rpartition(": ")[2]) for c in report.checks if c.outcome is Outcome.FAILED}
        for report in reports
    ]


def forge(desk, document, *, approver, kind=ActKind.APPROVAL_GIVEN, by="forger", **facts):
    """An approval recorded past every check."""
    newest = desk.newest(document)
    said = {
        "round": 1,
        "revision": newest.revision,
        "digest": str(desk.archive.manifest_digest(document, newest.revision)),
        "step": 1,
        "seat": 1,
        "approver": approver.user_id,
        "via": "page",
        "look": 0,
    }
    desk.archive.record_act(
        kind, approval_id(document), recorded_by=by, about=(document, approver.user_id), facts=said | facts
    )


def test_what_people_really_did_passes(desk, who, document):
    assert found(desk, document) == set()
    decide(desk.shoko, document, approve=True, by=who["kacho"])
    today = tokyo_day(desk.shoko.clock())
    delegate(desk.shoko, by=who["bucho"], to=who["shacho"], first_on=today, last_on=today + timedelta(days=1))
    decide(desk.shoko, document, approve=True, by=who["shacho"])
    end_delegation(desk.shoko, 1, by=who["bucho"])
    assert desk.newest(document).state is DocumentState.APPROVED
    reopen(desk.shoko, document, by=who["shacho"], words="誤り")
    submit(desk.shoko, document, by=who["keiri"])
    decide(desk.shoko, document, approve=False, by=who["kacho"], words="戻す")
    people.set_roles(desk.shoko, "kacho", frozenset({Role.SCANNER}), by="test")  # roles of then count, not of now
    assert found(desk, document) == set()


def test_an_approval_of_other_bytes(desk, who, document):
    forge(desk, document, step=1, approver=who["kacho"], digest=str(Digest.of(b"another")))
    assert ("approval_digest", "HASH_FAILURE") in found(desk, document)


def test_an_approval_of_a_revision_that_never_was(desk, who, document):
    forge(desk, document, step=1, approver=who["kacho"], revision=9)
    assert ("approval_digest", "SIGNED_DATA_NOT_FOUND") in found(desk, document)


def test_an_approval_by_who_entered_it(desk, who, document):
    forge(desk, document, step=1, approver=who["keiri"])
    assert ("approval_entitled", "entered") in found(desk, document)


def test_an_approval_by_who_entered_it_under_another_name(desk, who, document):
    forge(desk, document, step=1, approver=who["kacho"], by="keiri")
    assert ("approval_entitled", "entered") in found(desk, document)


def test_an_approval_in_the_seat_of_another(desk, who, document):
    forge(desk, document, step=1, approver=who["shacho"])
    assert ("approval_entitled", "seat") in found(desk, document)


def test_an_approval_in_the_place_of_who_never_said_so(desk, who, document):
    forge(desk, document, step=1, approver=who["shacho"], principal=who["kacho"].user_id, delegation=1)
    assert ("approval_entitled", "delegation") in found(desk, document)


def test_a_delegation_that_was_over(desk, who, document):
    today = tokyo_day(desk.shoko.clock())
    delegate(desk.shoko, by=who["kacho"], to=who["shacho"], first_on=today, last_on=today)
    end_delegation(desk.shoko, 1, by=who["kacho"])
    forge(desk, document, step=1, approver=who["shacho"], principal=who["kacho"].user_id, delegation=1)
    assert ("approval_entitled", "delegation") in found(desk, document)


def test_a_step_before_its_turn(desk, who, document):
    forge(desk, document, step=2, approver=who["bucho"])
    assert ("approval_entitled", "order") in found(desk, document)


def test_the_same_person_twice(desk, who):
    document = file_invoice(desk, text="RECEIPT")
    serial(desk.shoko, who, "kacho", "bucho")
    submit(desk.shoko, document, by=who["keiri"])
    decide(desk.shoko, document, approve=True, by=who["kacho"])
    forge(desk, document, step=2, approver=who["kacho"], principal=who["bucho"].user_id, delegation=1)
    assert ("approval_entitled", "twice") in found(desk, document)


def test_an_approval_without_the_role(desk, who):
    document = file_invoice(desk, text="RECEIPT")
    submit(desk.shoko, document, by=who["keiri"])  # the default: any approver
    forge(desk, document, step=1, approver=who["kanri"])
    assert ("approval_entitled", "role") in found(desk, document)


def test_an_approval_from_another_department(desk, who):
    document = file_invoice(desk, text="RECEIPT")
    seat = Seat(role=Role.APPROVER, department="yakuin")
    set_routes(desk.shoko, [route([seat])], by=who["kanri"])
    submit(desk.shoko, document, by=who["keiri"])
    forge(desk, document, approver=who["kacho"])
    assert ("approval_entitled", "department") in found(desk, document)


def test_an_approval_after_the_right_was_taken(desk, who):
    document = file_invoice(desk, text="RECEIPT")
    submit(desk.shoko, document, by=who["keiri"])
    people.disable(desk.shoko, "kacho", by="test")
    forge(desk, document, step=1, approver=who["kacho"])
    assert ("approval_entitled", "role") in found(desk, document)


def freeze(desk, document):
    """A revision that calls itself approved, written past the archive."""
    record = desk.newest(document)
    forged = replace(
        record,
        revision=record.revision + 1,
        supersedes=record.revision,
        state=DocumentState.APPROVED,
        recorded_at=desk.shoko.clock(),
        recorded_by="forger",
        reason="x",
    )
    with desk.archive._write() as connection:
        desk.archive._sequencer.revision(connection, forged)


@pytest.mark.parametrize("given", [0, 1])
def test_a_document_that_skipped_a_step(desk, who, document, given):
    if given:
        decide(desk.shoko, document, approve=True, by=who["kacho"])
    freeze(desk, document)
    assert ("approval_steps", f"step {given + 1}") in found(desk, document)


def test_a_document_that_nobody_submitted(desk, who):
    document = file_invoice(desk, text="RECEIPT")
    freeze(desk, document)
    assert ("approval_steps", "SIGNED_DATA_NOT_FOUND") in found(desk, document)


def test_acts_that_make_no_sense_are_said_and_break_nothing(desk, who, document):
    for facts in ({"seat": 7}, {"step": "x"}, {"seat": None}):
        forge(desk, document, approver=who["kacho"], **facts)
    assert {name for name, _ in found(desk, document)} <= {"approval_steps", "approval_entitled"}
    assert found(desk, document)


def test_an_approval_that_lies_in_the_vault_and_in_no_log(desk, who, document):
    decide(desk.shoko, document, approve=True, by=who["kacho"])
    store, folder = desk.shoko.store, f"default/acts/{approval_id(document)}/a"
    plain = json.loads(store.get("vault", f"{folder}000002.json"))
    plain["number"] = 3
    plain["facts"] |= {"step": 2, "approver": who["bucho"].user_id}
    payload = store.get("vault", f"{folder}000002.payload.json")
    for name, content in (("000003.json", rfc8785.dumps(plain)), ("000003.payload.json", payload)):
        store.put_named("vault", folder + name, content, media_type="application/json")
    freeze(desk, document)
    assert [{name for name, _ in failed} for failed in both(desk, document)] == [{"record_logged"}, {"object_known"}]
