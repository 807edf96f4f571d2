"""What one may not see does not exist: departments, confidential documents and an auditor's frame, on every way in."""

import json
from datetime import date

import pytest
import sqlalchemy as sa

from domain.acts import ActKind
from domain.errors import AccessRefused
from domain.evidence import Outcome
from domain.people import Role
from domain.query import Query
from domain.record import Deposit
from domain.relations import Relation
from domain.requests import RequestKind
from domain.visibility import EVERYTHING, Access, Frame, Sight, visibility_of
from pipeline.batch import open_batch, run_plain
from pipeline.steps import access, people
from pipeline.steps.auditing import Scope, anchors_given, verify_scope
from pipeline.steps.books import say_no_book
from pipeline.steps.deposit import deposit
from pipeline.steps.exporting import export
from pipeline.steps.relations import relate
from pipeline.steps.requests import ask
from pipeline.steps.verify import FIRST_DAY, LAST_DAY, stamp_all_pending
from storage.archive import rebuild
from storage.archive.rebuildable import search_entry
from storage.evidence.verify import Roots, documents_of, units_of_period, verify_exported
from storage.search import search
from tests.support.accounts import PASSWORD, add_people, open_seats
from tests.support.archive_story import rows as all_rows
from tests.support.bundles import shell
from tests.support.commands import run_verb
from tests.support.desk import Desk
from tests.support.documents import text_pdf
from tests.support.records import make_draft, make_drop, open_archive

KINDS = ("public", "mine", "other", "secret")
SEES = {
    "keiri": {"public", "mine"},
    "eigyo": {"public", "other"},
    "shacho": {"public", "mine", "other", "secret"},
    "hosa": {"public", "mine", "other"},
    "jinji": {"public", "secret"},
    "kansa": {"mine"},
}
"""Login → the documents that they see."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("home"))
    for code, name in (("keiri", "経理部"), ("eigyo", "営業部"), ("jinji", "人事部")):
        access.name_department(desk.shoko, code, name, by="kanri")
    roles = (Role.ACCOUNTANT, Role.APPROVER)
    add_people(desk.shoko, keiri=roles, eigyo=roles, shacho=roles, hosa=roles, jinji=roles, kansa=(Role.AUDITOR,))
    for login in ("keiri", "eigyo", "jinji"):
        people.set_departments(desk.shoko, login, [login], by="kanri")
    people.set_sight(desk.shoko, "shacho", Sight(confidential=True), by="kanri")
    frame = Frame(received_from=date(2026, 10, 1), received_to=date(2026, 10, 31))
    people.set_sight(desk.shoko, "kansa", Sight(frame=frame), by="kanri")
    yield desk
    desk.shoko.close()


@pytest.fixture(scope="module")
def filed(desk):
    """One document of each kind by name; ``mine`` was dropped by a department, the others were said to be so."""
    shoko = desk.shoko
    words = {"public": "Alpha", "other": "Gamma", "secret": "Delta"}
    found = {
        kind: desk.file("INVOICE", f"{word} Trading", "Total 1,000", name=f"{kind}.pdf", day=date(2026, 11, 2))
        for kind, word in words.items()
    }
    with_folder = {"origin": desk.newest(found["public"]).origin, "received_on": date(2026, 10, 5)}
    content = text_pdf("INVOICE", "Beta Trading", "Total 1,000")
    deposit(shoko, content, name="mine.pdf", department="keiri", **with_folder)
    run_plain(open_batch(desk.resident))
    found["mine"] = desk.archive.drops(limit=1)[0].documents[0]
    access.say_department(shoko, [found["other"]], "eigyo", by="kanri", reason="営業の書類")
    access.say_confidential(shoko, [found["secret"]], departments=["jinji"], by="kanri", reason="給与")
    return found


@pytest.fixture(scope="module")
def seat(desk, filed):
    return open_seats(desk.shoko)


def as_seen(desk, login):
    return desk.shoko.seen_by(visibility_of(desk.shoko.people.find(login)))


def split(filed, login):
    return [filed[kind] for kind in KINDS if kind in SEES[login]], [
        filed[kind] for kind in KINDS if kind not in SEES[login]
    ]


@pytest.mark.parametrize("login", SEES)
def test_a_search_finds_and_counts_what_is_seen(desk, filed, login):
    seen, _ = split(filed, login)
    hits = search(as_seen(desk, login).archive, Query(include_deleted=True))
    assert hits.total == len(hits.hits)
    assert {hit.document_id for hit in hits.hits} & set(filed.values()) == set(seen)
    assert search(as_seen(desk, login).archive, Query(offset=900)).total == hits.total


@pytest.mark.parametrize("login", SEES)
def test_what_is_not_seen_is_nowhere_in_the_archive(desk, filed, login):
    archive = as_seen(desk, login).archive
    seen, hidden = split(filed, login)
    for document_id in hidden:
        record = desk.newest(document_id)
        unit_id = record.pages[0].unit_id
        drop_id = desk.archive.get_unit(unit_id).first_drop_id
        assert archive.get_document(document_id) is None
        assert archive.get_document(document_id, revision=1) is None
        assert archive.history(document_id) == archive.acts(document_id) == archive.unit_of_document(document_id) == ()
        assert archive.documents_of_unit(unit_id) == ()
        assert archive.get_unit(unit_id) is archive.get_drop(drop_id) is archive.drop_status(drop_id) is None
        assert document_id not in archive.documents_alike(record.text)
        assert not archive.sees_whole(unit_id)
    for document_id in seen:
        unit_id = desk.newest(document_id).pages[0].unit_id
        assert archive.get_document(document_id) == desk.newest(document_id)
        assert archive.get_unit(unit_id) is not None
        assert archive.sees_whole(unit_id)
    assert len(archive.drops(limit=1)) == 1
    shown = {one for status in archive.drops(limit=50) for one in status.documents}
    assert shown & set(filed.values()) == set(seen)
    said = archive.acts_of_kinds(ActKind.DEPARTMENT_SAID, ActKind.CONFIDENTIAL_SAID)
    told = {filed[one] for one in ("other", "secret") if one in SEES[login]}
    assert {act.subject_id for act in said} & set(filed.values()) == told


@pytest.mark.parametrize("login", SEES)
def test_every_page_of_a_hidden_document_is_missing(desk, seat, filed, login):
    browser = seat(login)
    token = browser.csrf("/account")
    seen, hidden = split(filed, login)
    paths = ("", ".json", "/pages/1.png", "/original", "/searchable.pdf")
    for document_id in seen:
        assert [browser.get(f"/documents/{document_id}{path}").status_code for path in paths] == [200] * len(paths)
    missing = {path: browser.get(f"/documents/doc-none{path}") for path in paths}
    for document_id in hidden:
        for path in paths:
            response = browser.get(f"/documents/{document_id}{path}")
            assert (response.status_code, response.headers["content-type"]) == (
                404,
                missing[path].headers["content-type"],
            )
        for step in ("verify", "correct", "acts"):
            sent = browser.post(
                f"/documents/{document_id}/{step}",
                data={"action": "no_book", "base_revision": "1"},
                headers={"X-CSRF-Token": token, "Accept": "application/json"},
            )
            other = browser.post(
                f"/documents/doc-none/{step}",
                data={"action": "no_book", "base_revision": "1"},
                headers={"X-CSRF-Token": token, "Accept": "application/json"},
            )
            assert (sent.status_code, sent.json()["error"]["code"]) == (
                other.status_code,
                other.json()["error"]["code"],
            )
            assert sent.status_code in {403, 404}
    kinds = [act.kind for one in hidden for act in desk.archive.acts(one)]
    assert ActKind.VIEWED not in kinds
    assert ActKind.NO_LEDGER_SAID not in kinds


@pytest.mark.parametrize("login", SEES)
def test_no_list_and_no_report_names_a_hidden_document(desk, seat, filed, login):
    ask(desk.shoko, RequestKind.CORRECTION, [filed["secret"], filed["public"]], by="jinji", reason="x")
    seen, hidden = split(filed, login)
    browser = seat(login)
    names = [f"{kind}.pdf" for kind in KINDS if kind not in SEES[login]]
    hidden_units = [desk.newest(one).pages[0].unit_id for one in hidden]
    for path in (
        "/search.json",
        "/search.csv",
        "/search",
        "/review.json",
        "/papers.json",
        "/law.json",
        "/intake.json",
        "/intake",
        "/requests.json?show=all",
        *(f"/documents/{one}.json" for one in seen),
    ):
        response = browser.get(path)
        if response.status_code == 403:
            continue
        assert response.status_code == 200, path
        for word in (*hidden, *names, *hidden_units):
            assert word not in response.text, (path, word)
    archive = as_seen(desk, login).archive
    units = units_of_period(archive, start=FIRST_DAY, end=LAST_DAY, by="recorded")
    assert not set(units) & set(hidden_units)
    assert set(documents_of(archive, units)) & set(filed.values()) == set(seen)
    report = verify_scope(as_seen(desk, login), Scope(), anchors_given())
    assert not {check.subject for check in report.checks} & {*hidden, *hidden_units}


def test_a_request_is_shown_to_those_who_see_all_of_it(desk, seat, filed):
    asked = ask(desk.shoko, RequestKind.CORRECTION, [filed["secret"], filed["other"]], by="shacho", reason="x")
    assert asked.request_id in seat("shacho").get("/requests.json").text
    for login in ("keiri", "eigyo", "jinji", "hosa"):
        browser = seat(login)
        assert asked.request_id not in browser.get("/requests.json?show=all").text
        refused = browser.submit(f"/requests/{asked.request_id}", action="approve")
        assert refused.status_code == 404


def test_what_was_dropped_belongs_to_the_department_of_who_dropped_it(desk, seat, filed):
    browser = seat("eigyo")
    token = browser.csrf("/account")
    sent = browser.post(
        "/upload",
        data={"origin": "paper_received", "received_on": "2026-11-03"},
        files={"files": ("営業の領収書.pdf", text_pdf("RECEIPT", "Epsilon"))},
        headers={"X-CSRF-Token": token, "Accept": "application/json"},
    )
    assert sent.json()["accepted"][0]["key"] == "@eigyo/paper/2026-11-03/営業の領収書.pdf"
    for login, expected in (("eigyo", True), ("hosa", True), ("keiri", False), ("kansa", False)):
        waiting = seat(login).get("/intake.json").json()["waiting"]
        assert bool(waiting) is expected, login
    run_plain(open_batch(desk.resident))
    (document_id,) = desk.archive.drops(limit=1)[0].documents
    record = desk.newest(document_id)
    assert (record.origin.value, record.received_on) == ("paper_received", date(2026, 11, 3))
    assert access.access_of_document(desk.shoko, document_id) == Access(department="eigyo")
    assert as_seen(desk, "keiri").archive.get_document(document_id) is None
    assert as_seen(desk, "eigyo").archive.get_document(document_id) == record
    access.say_department(desk.shoko, [document_id], "keiri", by="kanri", reason="経理の書類だった")
    assert as_seen(desk, "eigyo").archive.get_document(document_id) is None
    access.say_department(desk.shoko, [document_id], None, by="kanri", reason="全社")
    assert as_seen(desk, "keiri").archive.get_document(document_id) == record
    access.say_confidential(
        desk.shoko, [document_id], people=["hosa"], departments=["keiri"], by="kanri", reason="役員"
    )
    assert {login for login in SEES if as_seen(desk, login).archive.get_document(document_id)} == {
        "hosa",
        "keiri",
        "shacho",
    }


def test_who_may_see_documents_is_said_on_the_page_for_one_or_many(desk, seat, filed):
    names = {"one": "Zeta", "two": "Eta"}
    ids = [desk.file("INVOICE", word, name=f"{name}.pdf") for name, word in names.items()]
    browser = seat("keiri")
    page = browser.get("/access", params={"ids": ids})
    assert page.status_code == 200
    assert "人事部" in page.text
    form = {"ids": ids, "reason": "移管"}
    for wrong in (
        {},
        {"department": "nobody"},
        {"confidential": "yes"},
        {"confidential": "x"},
        {"department": "eigyo", "reason": ""},
    ):
        assert browser.submit("/access", **(form | wrong)).status_code == 422, wrong
    hidden = {"ids": [*ids, filed["secret"]], "department": "none", "reason": "x"}
    assert browser.submit("/access", **hidden).status_code == 404
    assert access.access_of_document(desk.shoko, ids[0]) == Access()
    sent = browser.submit("/access", **form, department="eigyo", confidential="yes", reader_department=["eigyo"])
    assert (sent.status_code, sent.headers["location"]) == (303, "/search")
    for one in ids:
        assert access.access_of_document(desk.shoko, one) == Access(department="eigyo", readers=("eigyo",))
        assert browser.get(f"/documents/{one}").status_code == 404
        assert {act.recorded_by for act in desk.archive.acts(one)} == {"keiri"}
    assert browser.get("/access.json", params={"ids": ids}).status_code == 404
    other = seat("eigyo")
    assert "閲覧制限" in other.get(f"/documents/{ids[0]}").text
    assert other.submit("/access", ids=ids[:1], confidential="no", reason="公開").status_code == 303
    assert access.access_of_document(desk.shoko, ids[0]) == Access(department="eigyo")


def test_departments_and_sights_on_the_command_line(tmp_path):
    home = tmp_path / "home"
    secret = tmp_path / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    assert run_verb(home, "departments") == (0, [])
    assert run_verb(home, "departments", "set", "経理", "経理部")[0] == 2
    assert run_verb(home, "departments", "set", "keiri", "経理部")[1] == [{"department": "keiri", "name": "経理部"}]
    add = ("users", "add", "kanri", "--role", "administrator", "--role", "auditor", "--password-file", secret)
    assert run_verb(home, *add, "--department", "keiri")[1][0]["departments"] == ["keiri"]
    assert run_verb(home, "users", "set-departments", "kanri")[1][0]["departments"] == []
    see = ("users", "set-sight", "kanri", "--see", "from=2026-04-01", "--see", "type=invoice", "--see", "confidential")
    sight = run_verb(home, *see)[1][0]["sight"]
    assert (sight["confidential"], sight["all_departments"]) == (True, False)
    assert (sight["frame"]["date_from"], sight["frame"]["document_types"]) == ("2026-04-01", ["invoice"])
    for wrong in ("from=x", "type=x", "nothing", "confidential=1"):
        assert run_verb(home, "users", "set-sight", "kanri", "--see", wrong)[0] == 2
    turned = ("users", "set-sight", "kanri", "--see", "from=2026-04-02", "--see", "to=2026-04-01")
    assert run_verb(home, *turned)[0] == 2
    assert run_verb(home, "access", "doc-none", "--department", "none", "--reason", "x")[0] != 0
    assert run_verb(home, "departments", "end", "keiri")[1] == []
    assert run_verb(home, "departments", "end", "keiri")[0] == 2


def test_an_original_that_shows_a_hidden_document_too_stays_hidden(desk, seat, filed, tmp_path):
    both = desk.file("INVOICE", "Theta", name="both.pdf", day=date(2026, 11, 9))
    unit_id = desk.newest(both).pages[0].unit_id
    other = desk.archive.file_document(make_draft(unit_id, ordinal=1, counterparty="人事")).document_id
    access.say_confidential(desk.shoko, [other], departments=["jinji"], by="kanri", reason="給与")
    paths = ("", "/pages/1.png", "/original")
    for login, codes in (("keiri", [200, 200, 404]), ("shacho", [200, 200, 200])):
        browser = seat(login)
        assert [browser.get(f"/documents/{both}{path}").status_code for path in paths] == codes
        assert login == "shacho" or other not in browser.get(f"/documents/{both}.json").text
        assert browser.get(f"/documents/{both}/original?unit={unit_id}").status_code == codes[-1]
    asked = Query(words=("theta",))
    with pytest.raises(AccessRefused):
        export(as_seen(desk, "keiri"), asked, tmp_path / "bundle")
    assert export(as_seen(desk, "shacho"), asked, tmp_path / "whole").documents == 1


def test_a_bundle_says_nothing_of_what_is_hidden_from_who_takes_it(desk, filed, tmp_path):
    """Not in a request, a relation or a batch of timestamps; what else is said of its documents comes along."""
    shoko, (mine, secret) = desk.shoko, (filed["public"], filed["secret"])
    both = ask(shoko, RequestKind.CORRECTION, [mine, secret], by="jinji", reason="両方")
    alone = ask(shoko, RequestKind.CORRECTION, [mine], by="keiri", reason="片方")
    relate(shoko, mine, Relation.SUPPLEMENTS, secret, by="jinji")
    say_no_book(shoko, [mine], by="keiri")
    hidden = [secret, desk.newest(secret).pages[0].unit_id, both.request_id]
    stamp_all_pending(shoko, close=True)
    told = {"keiri": ([], hidden), "shacho": (hidden, [])}
    for login, (there, missing) in told.items():
        folder = tmp_path / login
        export(as_seen(desk, login), Query(words=("alpha",)), folder)
        text = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file()).decode(errors="replace")
        assert [one in text for one in (*there, *missing)] == [True] * len(there) + [False] * len(missing), login
        assert alone.request_id in text
        assert "no_ledger_said" in text
        code, said = shell(folder)
        assert code == 3, said  # no anchors were given: nothing is worse than that
        assert verify_exported(folder, roots=Roots()).outcome is Outcome.INDETERMINATE


def test_parts_of_a_confidential_document_are_confidential(tmp_path):
    archive = open_archive(tmp_path)
    folder = Deposit(original_name="a.pdf", inbox_key="@jinji/paper/2026-11-02/a.pdf", deposited_by=None)
    drop = archive.record_drop(make_drop(archive.vault, deposit=folder))
    whole = archive.file_document(make_draft(drop.unit_id))
    archive.record_act(ActKind.CONFIDENTIAL_SAID, whole.document_id, recorded_by="x", facts={"readers": ("jinji",)})
    drafts = [make_draft(drop.unit_id, document_id=f"doc-part-{number}") for number in (1, 2)]
    parts = archive.regroup({whole.document_id: 1}, drafts, recorded_by="sato", reason="2件")
    assert [one.document_id for one in parts] == ["doc-part-1", "doc-part-2"]

    def rows():
        query = sa.select(search_entry.c.document_id, search_entry.c.department, search_entry.c.readers)
        return [tuple(row) for row in archive.rows(query.order_by(search_entry.c.document_id))]

    same = ("jinji", "|jinji|")
    assert rows() == [(whole.document_id, *same), ("doc-part-1", *same), ("doc-part-2", *same)]
    archive.record_act(ActKind.CONFIDENTIAL_SAID, "doc-part-1", recorded_by="x", facts={"readers": None})
    archive.record_act(ActKind.DEPARTMENT_SAID, "doc-part-1", recorded_by="x", facts={"department": "eigyo"})
    expected = [(whole.document_id, *same), ("doc-part-1", "eigyo", None), ("doc-part-2", *same)]
    assert rows() == expected
    archive.reindex()
    assert rows() == expected
    copy = f"sqlite:///{tmp_path}/copy.sqlite"
    rebuild(copy, archive.vault, clock=archive.clock)
    again = open_archive(tmp_path, url=copy, vault=archive.vault)
    assert all_rows(again) == all_rows(archive)
    again.close()
    archive.close()


def test_the_machine_itself_sees_everything(desk, filed):
    assert desk.archive.visibility == EVERYTHING
    assert set(filed.values()) <= {hit.document_id for hit in search(desk.archive, Query()).hits}


def test_manifests_hold_codes_alone(desk, filed):
    (act,) = desk.archive.acts(filed["secret"])[:1]
    assert dict(act.facts) == {"readers": ("jinji",)}
    assert dict(act.personal) == {"reason": "給与"}
    for listed in desk.shoko.store.list_latest("vault", prefix="default/acts/"):
        if not listed.key.endswith(".payload.json"):
            text = desk.shoko.store.get("vault", listed.key).decode()
            assert "部" not in text, text
            json.loads(text)
