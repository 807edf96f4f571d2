"""Approvals last: cut off between two steps they go on; rebuilt, exported, imported, on PostgreSQL they stand."""

import shutil

import pytest

from domain.approvals import ApprovalState
from domain.errors import RequestRefused
from domain.evidence import Outcome
from domain.record import DocumentState
from pipeline.steps.approval_queue import open_rounds, waits_for
from pipeline.steps.approvals import decide, reopen, rounds, settle_all, submit
from pipeline.steps.verify import publish
from storage.archive import Archive
from storage.evidence.verify import Roots, verify_exported
from storage.export import export_bundle, import_bundle
from storage.objects.folder import FolderStore
from tests.support.approving import file_invoice, serial, staff
from tests.support.bundles import records, repair
from tests.support.desk import Desk


class CutOff(Exception):
    """The machine stops here."""


def open_desk(folder, stops, **settings):
    desk = Desk(folder, **settings)

    def at(place):
        if place in stops:
            stops.remove(place)
            raise CutOff

    object.__setattr__(desk.shoko, "at", at)
    return desk


@pytest.mark.parametrize("place", ["approve.recorded", "approve.frozen"])
@pytest.mark.parametrize("then", ["again", "nightly", "other"])
def test_cut_off_after_the_last_approval(tmp_path, place, then):
    desk = open_desk(tmp_path, [place])
    who = staff(desk.shoko)
    document = file_invoice(desk)
    submit(desk.shoko, document, by=who["keiri"])
    with pytest.raises(CutOff):
        decide(desk.shoko, document, approve=True, by=who["kacho"], seen=2)
    assert waits_for(desk.shoko, who["bucho"]) == ()
    if then == "again":
        assert decide(desk.shoko, document, approve=True, by=who["kacho"], seen=2).state is ApprovalState.APPROVED
    elif then == "nightly":
        assert settle_all(desk.shoko) == (place == "approve.recorded")
    else:
        with pytest.raises(RequestRefused):
            decide(desk.shoko, document, approve=True, by=who["bucho"])
    newest = desk.newest(document)
    assert (newest.state, newest.revision) == (DocumentState.APPROVED, 3)
    assert len(rounds(desk.shoko, document)[0].decisions) == 1
    assert settle_all(desk.shoko) == 0
    desk.is_sound(tmp_path)
    desk.shoko.close()


def test_cut_off_while_it_is_reopened(tmp_path):
    desk = open_desk(tmp_path, ["approve.reopened"])
    who = staff(desk.shoko)
    document = file_invoice(desk)
    submit(desk.shoko, document, by=who["keiri"])
    decide(desk.shoko, document, approve=True, by=who["kacho"])
    with pytest.raises(CutOff):
        reopen(desk.shoko, document, by=who["kacho"], words="誤り")
    assert desk.newest(document).state is DocumentState.APPROVED
    submit(desk.shoko, document, by=who["keiri"])  # goes on from where it stopped
    assert [one.state for one in rounds(desk.shoko, document)] == [ApprovalState.REOPENED, ApprovalState.IN_PROGRESS]
    assert desk.newest(document).reason == "誤り"
    desk.is_sound(tmp_path)
    desk.shoko.close()


def story(desk):
    """Two documents: one approved by two, one under way."""
    who = staff(desk.shoko)
    done, going = file_invoice(desk), file_invoice(desk, text="RECEIPT", name="b.pdf")
    serial(desk.shoko, who, "kacho", "bucho")
    for document in (done, going):
        submit(desk.shoko, document, by=who["keiri"])
        decide(desk.shoko, document, approve=True, by=who["kacho"])
    decide(desk.shoko, done, approve=True, by=who["bucho"])
    publish(desk.shoko)
    return who, done, going


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle")
    desk = Desk(folder)
    _, done, going = story(desk)
    made = {
        whole: export_bundle(
            desk.archive,
            desk.shoko.store,
            [done, going],
            folder / f"out-{whole}",
            signer=desk.shoko.signer,
            clock=desk.shoko.clock,
            whole=whole,
        ).folder
        for whole in (False, True)
    }
    yield desk, (done, going), made
    desk.shoko.close()


def names(report, outcome):
    return {check.name for check in report.checks if check.outcome is outcome}


@pytest.mark.parametrize("whole", [False, True])
def test_a_bundle_knows_its_approvals(bundle, whole):
    _, _, made = bundle
    report = verify_exported(made[whole], roots=Roots())
    assert not names(report, Outcome.FAILED)
    assert {"approval_digest", "approval_entitled", "approval_steps"} <= names(report, Outcome.PASSED)


def test_a_bundle_whose_approval_is_gone_is_found(bundle, tmp_path):
    _, _, made = bundle
    bag = tmp_path / "bag"
    shutil.copytree(made[True], bag)
    lines = {kind: records(bag, kind).read_bytes().split(b"\n") for kind in ("leaves", "manifests", "payloads")}
    gone = next(n for n, line in enumerate(lines["leaves"]) if b'"approval_given"' in line)
    for kind, content in lines.items():
        del content[gone]
        records(bag, kind).write_bytes(b"\n".join(content))
    repair(bag)
    assert "approval_steps" in names(verify_exported(bag, roots=Roots()), Outcome.FAILED)


def test_what_is_imported_is_approved_there_too(bundle, tmp_path):
    desk, (done, going), made = bundle
    store = FolderStore(tmp_path / "vault", clock=desk.shoko.clock)
    store.ensure_bucket("vault", versioned=True, object_lock=True)
    archive = Archive.open(f"sqlite:///{tmp_path}/copy.sqlite", store, client_id="default", clock=desk.shoko.clock)
    roots = Roots(log_key_sha256=desk.shoko.signer.fingerprint)
    import_bundle(archive, store, made[True], roots=roots, clock=desk.shoko.clock)
    assert archive.get_document(done).state is DocumentState.APPROVED
    for document in (done, going):
        assert archive.acts(document) == desk.archive.acts(document)
    archive.close()


@pytest.mark.postgres
def test_the_same_on_postgresql(tmp_path, postgres_url):
    desk = Desk(tmp_path, database_url=postgres_url)
    who, done, going = story(desk)
    assert desk.newest(done).state is DocumentState.APPROVED
    assert [one[0].document_id for one in open_rounds(desk.shoko)] == [going]
    assert [one[0].document_id for one in waits_for(desk.shoko, who["bucho"])] == [going]
    desk.shoko.close()
