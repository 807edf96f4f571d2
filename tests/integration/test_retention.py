"""Locks follow the facts: all that a document consists of, the latest day of whoever shares it, never earlier."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.acts import ActKind
from domain.approval_routes import Route, RouteStep, Seat
from domain.calendar import end_of_tokyo_day
from domain.corrections import Correction
from domain.errors import ObjectMissing, RequestRefused
from domain.fields import CalendarDate, DocumentType
from domain.people import Role
from domain.record import DocumentState
from pipeline.batch import open_batch, run_plain
from pipeline.steps.approval_routes import set_routes
from pipeline.steps.correct import correct_document
from pipeline.steps.retention import extend_locks, hold, hold_of, is_held, lift, wanted_until
from pipeline.steps.scanners import record_chart_test
from pipeline.steps.verify import publish, stamp_all_pending
from storage.reconcile import reconcile
from tests.support.accounts import add_people
from tests.support.commands import run_verb
from tests.support.documents import text_pdf, ubl_invoice
from tests.support.homes import open_resident, quick_settings

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.fixture
def opened(tmp_path):
    """An installation with a filed invoice, as the company's facts then are."""
    inbox = tmp_path / "store" / "inbox" / "electronic" / "2026-11-02"
    inbox.mkdir(parents=True)
    (inbox / "a.xml").write_bytes(ubl_invoice("N-1"))
    homes = []

    def open_with(now=NOW, **company):
        facts = {"names": ("株式会社みどり商事",), "assume_loss_year": False} | company
        home = open_resident(quick_settings(tmp_path, company=facts), clock=lambda: now)
        homes.append(home)
        run_plain(open_batch(home))
        return home.shoko

    yield open_with
    for home in homes:
        home.shoko.close()


def the_document(shoko):
    return shoko.archive.drops(limit=1)[0].documents[0]


def locks(shoko, document_id):
    """Until when each object of a document is locked."""
    found = {}
    for key in shoko.archive.objects_of(document_id):
        version = shoko.store.stat("vault", key)
        if version is not None:
            found[key] = shoko.store.retention("vault", key, version_id=version.version_id)
    return found


def test_everything_of_a_document_is_locked_as_long_as_it_is_kept(opened):
    shoko = opened()
    stamp_all_pending(shoko)
    publish(shoko)
    document = the_document(shoko)
    record = shoko.archive.get_document(document)
    assert record.state is DocumentState.FILED
    until = end_of_tokyo_day(record.retain_until)
    before = locks(shoko, document)
    folders = {key.split("/")[1] for key in before}
    assert folders >= {"blobs", "drops", "units", "outcomes", "documents", "log"}
    assert min(before.values()) < until, "only some of it is locked to the end by filing"
    done = extend_locks(shoko)
    assert (done.documents, done.later) == (1, ())
    assert min(locks(shoko, document).values()) >= until
    assert extend_locks(shoko).documents == 0, "nothing changed, nothing is touched"
    assert extend_locks(shoko, full=True).documents == 1
    for folder in ("log/heads/", "batches/"):
        for found in shoko.store.list_latest("vault", prefix=f"default/{folder}"):
            assert shoko.store.retention("vault", found.key, version_id=found.version_id) >= until, found.key


def test_what_approvals_and_verdicts_stand_on_is_kept_as_long_as_the_documents(opened):
    """A table of routes says who might approve, years after it was replaced (law: ret-corp, scan-version-control)."""
    shoko = opened()
    record = shoko.archive.get_document(the_document(shoko))
    admin = add_people(shoko)["kanri"]
    route = Route(route_id="all", name="すべて", steps=(RouteStep(label="承認", seats=(Seat(role=Role.APPROVER),)),))
    set_routes(shoko, (route,), by=admin)
    record_chart_test(shoko, "複合機", profile="p", tested_on=date(2026, 11, 2), passed=True, by="kanri")
    keys = shoko.archive.standing_objects()
    assert {key.split("/")[2].split("-")[0] for key in keys} >= {"approval", "usr", "scanner"}
    until = end_of_tokyo_day(record.retain_until)

    def kept():
        versions = {key: shoko.store.stat("vault", key).version_id for key in keys}
        return min(shoko.store.retention("vault", key, version_id=version) for key, version in versions.items())

    assert kept() < until, "the provisional lock"
    extend_locks(shoko)
    assert kept() >= until
    longer = opened(assume_loss_year=True)
    extend_locks(longer)
    assert kept() >= end_of_tokyo_day(wanted_until(longer, longer.archive.get_document(record.document_id))) > until


def test_a_batch_stays_as_long_as_the_longest_kept_of_its_members(opened):
    shoko = opened()
    stamp_all_pending(shoko, close=True)
    document = the_document(shoko)
    key = "default/batches/batch-000001.json"
    assert key in shoko.archive.objects_of(document)
    kept = shoko.store.retention("vault", key, version_id=None)
    hold(shoko, [document], by="suzuki", reason="訴訟")
    assert shoko.store.retention("vault", key, version_id=None) >= max(
        kept, end_of_tokyo_day(shoko.archive.get_document(document).retain_until)
    ), "the hold moves it at once, not the nightly walk"


def test_a_loss_year_that_is_known_later_extends_every_lock_and_says_so(opened):
    shoko = opened()
    extend_locks(shoko)
    document = the_document(shoko)
    first = shoko.archive.get_document(document).retain_until
    shoko.close()
    shoko = opened(loss_years=(2027,))
    done = extend_locks(shoko)
    later = wanted_until(shoko, shoko.archive.get_document(document))
    assert later > first
    assert done.later == (document,)
    assert min(locks(shoko, document).values()) >= end_of_tokyo_day(later)
    (act,) = [a for a in shoko.archive.acts(document) if a.kind is ActKind.RETENTION_EXTENDED]
    assert act.facts == {"until": later.isoformat()}
    shoko.close()
    shoko = opened()
    assert extend_locks(shoko).later == ()
    assert wanted_until(shoko, shoko.archive.get_document(document)) == later, "a year less does not shorten it"


def test_another_end_of_a_contract_extends_its_locks_and_an_earlier_one_shortens_nothing(opened):
    """Law: ret-other: ten years after the contract ends, as it is known by now."""
    shoko = opened()
    document = the_document(shoko)

    def correct(**said):
        base = shoko.archive.get_document(document).revision
        return correct_document(
            shoko, document, Correction(base_revision=base, recorded_by="sato", reason="契約", **{"values": {}} | said)
        )

    def ends(day):
        return correct(values={"effective_to": CalendarDate(day=day)}, reviewed=True)

    correct(document_type=DocumentType.CONTRACT, reviewed=True)
    first = ends(date(2028, 3, 31))
    assert first.retain_until == date(2038, 3, 31)
    extend_locks(shoko)
    assert min(locks(shoko, document).values()) >= end_of_tokyo_day(date(2038, 3, 31))
    renewed = ends(date(2030, 3, 31))
    assert renewed.retain_until == date(2040, 3, 31)
    extend_locks(shoko)
    until = end_of_tokyo_day(date(2040, 3, 31))
    assert min(locks(shoko, document).values()) >= until
    ended_early = ends(date(2027, 3, 31))
    assert ended_early.retain_until == date(2040, 3, 31), "never shortened"
    extend_locks(shoko)
    assert min(locks(shoko, document).values()) >= until
    misread = ends(date(2090, 3, 31))
    assert misread.retain_until == date(2040, 3, 31), "further ahead than any contract of the company"


def test_a_hold_is_set_and_lifted_with_reason_and_person(opened):
    shoko = opened()
    document = the_document(shoko)
    record = shoko.archive.get_document(document)
    with pytest.raises(RequestRefused):
        hold(shoko, [document], by="kanri", reason=" ")
    with pytest.raises(ObjectMissing):
        hold(shoko, ["doc-x"], by="kanri", reason="訴訟")
    with pytest.raises(RequestRefused, match="not held"):
        lift(shoko, [document], by="kanri", reason="和解")
    hold(shoko, [document], by="kanri", reason="訴訟")
    standing = hold_of(shoko, document)
    assert (standing.recorded_by, standing.personal["reason"]) == ("kanri", "訴訟")
    assert is_held(shoko, record)
    lift(shoko, [document], by="kanri", reason="和解")
    assert not is_held(shoko, record)
    hold(shoko, [document], by="kanri", reason="控訴")
    assert is_held(shoko, record)
    assert reconcile(shoko.archive, shoko.store).outcome.value == "passed"


def test_a_hold_moves_on_as_long_as_it_stands(opened):
    shoko = opened()
    document = the_document(shoko)
    hold(shoko, [document], by="kanri", reason="訴訟")
    shoko.close()
    shoko = opened(now=NOW + timedelta(days=20 * 366))
    assert extend_locks(shoko).later == (document,)
    assert min(locks(shoko, document).values()) >= end_of_tokyo_day(date(2047, 12, 31))


def test_what_waits_for_review_keeps_its_provisional_lock_until_little_is_left_of_it(opened, tmp_path):
    (tmp_path / "store" / "inbox" / "somewhere").mkdir(parents=True)
    (tmp_path / "store" / "inbox" / "somewhere" / "b.pdf").write_bytes(text_pdf("LETTER"))
    shoko = opened()
    (document,) = shoko.archive.drops(limit=1)[0].documents
    if shoko.archive.get_document(document).state is not DocumentState.NEEDS_REVIEW:
        (document,) = shoko.archive.drops(limit=2)[1].documents
    record = shoko.archive.get_document(document)
    assert record.state is DocumentState.NEEDS_REVIEW
    extend_locks(shoko)
    provisional = NOW + timedelta(days=shoko.settings.archive.provisional_lock_days, minutes=1)
    waiting = {key: until for key, until in locks(shoko, document).items() if "/log/" not in key}
    assert max(waiting.values()) <= provisional, "log entries hold nothing personal, and stay"
    shoko.close()
    shoko = opened(now=NOW + timedelta(days=61))
    extend_locks(shoko)
    assert min(locks(shoko, document).values()) >= end_of_tokyo_day(record.retain_until)


def test_on_the_command_line(opened, tmp_path):
    shoko = opened()
    document = the_document(shoko)
    code, said = run_verb(tmp_path, "hold", document, "--reason", "訴訟", "--by", "kanri")
    assert (code, said[0]["kind"]) == (0, "held")
    code, said = run_verb(tmp_path, "hold")
    assert (code, said[0]["documents"]) == (0, 1)
    assert run_verb(tmp_path, "destroy", "--list") == (0, [])
    assert run_verb(tmp_path, "destroy", document, "--ask")[0] == 2
