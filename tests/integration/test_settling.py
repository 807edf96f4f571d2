"""A person settles, takes back and puts aside: revisions, lessons and acts; nothing is erased."""

from datetime import date

import pytest

from domain.acts import ActKind
from domain.corrections import Correction, parse_value
from domain.errors import CorrectionInvalid, ObjectMissing, RevisionConflict
from domain.fields import DocumentType
from domain.ids import Origin
from domain.record import DocumentState
from pipeline.steps import settling
from pipeline.steps.alike import alike_groups, confirm_alike
from pipeline.steps.correct import correct_document
from pipeline.steps.review import ReviewBook, queue_of
from pipeline.steps.settling import park, parked_of, settle, undo, unpark
from tests.support.desk import Desk

DAY = date(2026, 11, 2)


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.shoko.close()


@pytest.fixture
def waiting(desk):
    return desk.file("hello", "world", day=DAY, origin=Origin.ELECTRONIC_RECEIVED)


def said(desk, document_id, **more):
    values = {name: parse_value(name, text) for name, text in more.pop("values", {}).items()}
    known = {"base_revision": desk.newest(document_id).revision, "recorded_by": "sato", "reason": "確認"}
    return Correction(values=values, **(known | more))


def test_confirming_without_a_change_is_the_persons_act(desk, waiting):
    before = desk.newest(waiting)
    assert before.state is DocumentState.NEEDS_REVIEW
    done = settle(desk.shoko, waiting, said(desk, waiting))
    assert done.again == ()
    assert (done.record.state, done.record.recorded_by, done.record.revision) == (DocumentState.FILED, "sato", 2)
    assert done.record.fields == before.fields
    (lesson,) = desk.archive.lessons()
    assert (lesson.document_id, lesson.recorded_by, lesson.type_settled) == (waiting, "sato", True)
    assert [leaf.kind for leaf in desk.archive.leaves_of(waiting)] == ["filed", "revised", "lesson"]
    assert settle(desk.shoko, waiting, said(desk, waiting, base_revision=1)).record == done.record  # the same again


def test_answers_that_raise_a_doubt_keep_it_waiting_once(desk, waiting):
    first = settle(desk.shoko, waiting, said(desk, waiting, values={"transaction_date": "2099-01-01"}))
    assert [reason.code for reason in first.again] == ["future_date"]
    assert first.record.state is DocumentState.NEEDS_REVIEW
    assert first.record.fields.day("transaction_date") == date(2099, 1, 1)
    second = settle(desk.shoko, waiting, said(desk, waiting, confirmed=frozenset({"transaction_date"})))
    assert (second.again, second.record.state) == ((), DocumentState.FILED)


def test_another_class_asks_for_what_it_needs(desk, waiting):
    done = settle(desk.shoko, waiting, said(desk, waiting, document_type=DocumentType.INVOICE))
    assert done.record.state is DocumentState.NEEDS_REVIEW
    assert {reason.field for reason in done.again} >= {"total_amount", "transaction_date"}


def test_who_comes_second_is_refused_and_nothing_changes(desk, waiting):
    mine = said(desk, waiting)
    settle(desk.shoko, waiting, said(desk, waiting, recorded_by="tanaka", values={"issuer": "A"}))
    with pytest.raises(RevisionConflict):
        settle(desk.shoko, waiting, mine)
    assert desk.newest(waiting).recorded_by == "tanaka"


def test_taking_back_is_a_revision_and_a_lesson_of_its_own(desk, waiting, tmp_path):
    before = desk.newest(waiting)
    settle(desk.shoko, waiting, said(desk, waiting, values={"issuer": "Wrong Ltd."}))
    back = undo(desk.shoko, waiting, revision=2, by="sato")
    assert (back.revision, back.state) == (3, DocumentState.NEEDS_REVIEW)
    assert back.fields == before.fields
    assert back.review_reasons == before.review_reasons
    assert back.classification == before.classification
    assert back.reason == settling.UNDONE.format(revision=2)
    history = desk.archive.history(waiting)
    assert history[1].fields.text("issuer") == "Wrong Ltd."  # nothing is erased
    first, second = desk.archive.lessons()
    assert [f.name for f in second.fields] == ["issuer"]
    assert (second.fields[0].read, second.fields[0].put) == (first.fields[0].put, first.fields[0].read)
    assert undo(desk.shoko, waiting, revision=2, by="sato") == back  # the same again
    assert len(desk.archive.lessons()) == 2
    desk.is_sound(tmp_path)


def test_only_ones_own_newest_revision_is_taken_back(desk, waiting):
    settle(desk.shoko, waiting, said(desk, waiting))
    for revision, by in ((2, "tanaka"), (1, "sato"), (1, "engine")):
        with pytest.raises(CorrectionInvalid):
            undo(desk.shoko, waiting, revision=revision, by=by)
    with pytest.raises(RevisionConflict):
        undo(desk.shoko, waiting, revision=7, by="sato")
    correct_document(desk.shoko, waiting, said(desk, waiting, values={"issuer": "B"}, recorded_by="tanaka"))
    with pytest.raises(RevisionConflict):
        undo(desk.shoko, waiting, revision=2, by="sato")
    with pytest.raises(ObjectMissing):
        undo(desk.shoko, "doc-none", revision=2, by="sato")


class PulledPlug(BaseException):
    pass


@pytest.mark.parametrize("point", ["record_lesson", "revise_document"])
def test_a_plug_pulled_while_taking_back(desk, waiting, monkeypatch, point):
    settle(desk.shoko, waiting, said(desk, waiting, values={"issuer": "Wrong Ltd."}))
    real = getattr(type(desk.archive), point)

    def pulled(self, *args, **kwargs):
        if point == "revise_document":
            real(self, *args, **kwargs)
        raise PulledPlug

    with monkeypatch.context() as patch:
        patch.setattr(type(desk.archive), point, pulled)
        with pytest.raises(PulledPlug):
            undo(desk.shoko, waiting, revision=2, by="sato")
    undo(desk.shoko, waiting, revision=2, by="sato")
    assert desk.newest(waiting).revision == 3
    assert len(desk.archive.lessons()) == 2


def test_what_is_put_aside_waits_behind_the_rest_until_it_changes(desk, waiting, tmp_path):
    other = desk.file("other", "paper", day=DAY, origin=Origin.ELECTRONIC_RECEIVED)
    book = ReviewBook()
    first = queue_of(desk.shoko, book=book).places[0].document_id
    second = ({waiting, other} - {first}).pop()
    park(desk.shoko, first, by="sato", note="営業に確認中")
    park(desk.shoko, first, by="sato", note="営業に確認中")
    assert desk.kinds(first) == [ActKind.PARKED]
    queue = queue_of(desk.shoko, book=book).places
    assert [place.document_id for place in queue] == [second, first]
    assert queue[1].parked.personal["reason"] == "営業に確認中"
    assert queue[0].parked is None
    unpark(desk.shoko, first, by="tanaka")
    unpark(desk.shoko, first, by="tanaka")
    assert len(desk.kinds(first)) == 2
    assert [place.document_id for place in queue_of(desk.shoko, book=book).places] == [first, second]
    park(desk.shoko, first, by="sato", note="x")
    correct_document(desk.shoko, first, said(desk, first, values={"issuer": "A"}))
    assert parked_of(desk.archive.acts(first), revision=desk.newest(first).revision) is None
    settle(desk.shoko, first, said(desk, first))
    with pytest.raises(CorrectionInvalid):
        park(desk.shoko, first, by="sato", note="x")
    desk.is_sound(tmp_path)


def test_days_of_receipt_of_papers_that_look_the_same_are_confirmed_together(desk):
    lines = ("INVOICE", "Blue Sky Ltd.", "Issued", "Due", "Item", "Total JPY", "Reckoning", "Remarks")

    def paper(number, *more, party="Blue Sky Ltd."):
        one = desk.file(*lines, f"No. {number}", *more)
        answers = {"counterparty": party, "transaction_date": "2026-10-30", "total_amount": "1,100"}
        settle(desk.shoko, one, said(desk, one, values=answers, document_type=DocumentType.INVOICE))
        settle(desk.shoko, one, said(desk, one))
        assert desk.newest(one).state is DocumentState.FILED
        return one

    same = [paper(number) for number in range(3)]
    paper(8, party="Red Sea Ltd.")
    layouts = {}
    (group,) = alike_groups(desk.shoko, layouts)
    assert sorted(record.document_id for record in group.records) == sorted(same)
    assert group.party == "Blue Sky Ltd."
    assert len(layouts) == 4
    # one gets another doubt meanwhile: it is left
    correct_document(desk.shoko, same[0], said(desk, same[0], values={"transaction_date": "2099-01-01"}))
    assert confirm_alike(desk.shoko, [*same, "doc-none"], by="sato") == (2, 2)
    assert [desk.newest(one).received_on_assumed for one in same] == [True, False, False]
    assert desk.newest(same[1]).recorded_by == "sato"
    assert confirm_alike(desk.shoko, same, by="sato") == (0, 3)
    assert alike_groups(desk.shoko, layouts) == ()
    # one is changed between the look at it and its turn: it is left, the others go on
    more = [paper(number) for number in (11, 12, 13)]
    real = type(desk.archive).revise_document

    def slow(self, document_id, **rest):
        if document_id == more[1]:
            patch.undo()
            correct_document(desk.shoko, more[1], said(desk, more[1], values={"issuer": "A"}, recorded_by="tanaka"))
            patch.setattr(type(desk.archive), "revise_document", slow)
        return real(self, document_id, **rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(desk.archive), "revise_document", slow)
        assert confirm_alike(desk.shoko, [*more, more[0]], by="sato") == (2, 1)
    assert [desk.newest(one).received_on_assumed for one in more] == [False, True, False]
