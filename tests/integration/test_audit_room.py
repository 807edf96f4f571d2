"""The audit room on the real archive: verification in one go, bundles taken away, heads held against the log."""

import io
import threading
import zipfile
from dataclasses import replace
from datetime import date

import pytest

from app.web.auditing import AuditRoom
from app.web.respond import text
from domain.acts import ActKind
from domain.fields import DocumentType
from domain.people import Role
from domain.query import Query
from domain.visibility import Frame, Sight
from pipeline.steps import people
from pipeline.steps.access import lift_confidential, say_confidential
from pipeline.steps.auditing import Scope, anchors_given
from pipeline.steps.verify import log_head, publish, stamp_all_pending, verify_bundle_folder, write_anchors
from storage.search import search
from tests.support.accounts import add_people, open_seats
from tests.support.desk import Desk

PATIENCE = 60


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("home"))
    add_people(desk.shoko, kansa=(Role.AUDITOR,), gaibu=(Role.AUDITOR,), keiri=(Role.ACCOUNTANT,), scan=(Role.SCANNER,))
    for number in range(3):
        desk.file("INVOICE", f"Total {number},000")
    stamp_all_pending(desk.shoko)
    yield desk
    desk.shoko.close()


@pytest.fixture(scope="module")
def seat(desk):
    return open_seats(desk.shoko)


@pytest.fixture
def anchors(desk, tmp_path):
    return write_anchors(desk.shoko, tmp_path)


def begun(response):
    assert response.status_code == 303, response.text
    return response.headers["location"]


def finished(browser, address):
    """The job after its end: asked for again until it says so."""
    pause = threading.Event()
    for _ in range(PATIENCE * 20):
        job = browser.get(f"{address}.json").json()
        if job["state"] not in {"waiting", "running"}:
            return job
        pause.wait(0.05)
    raise AssertionError("the job does not end")


def verify(browser, files=None, **form):
    token = browser.csrf("/account")
    response = browser.post("/verify", data=form, files=files or {}, headers={"X-CSRF-Token": token})
    return begun(response)


def test_without_anchors_from_outside_nothing_passes_and_the_page_says_why(desk, seat):
    browser = seat("kansa")
    address = verify(browser, scope="period", date_from="2020/01/01", date_to="2099/12/31")
    job = finished(browser, address)
    result = job["result"]
    assert (job["state"], result["outcome"], result["by"]) == ("done", "indeterminate", "kansa")
    assert result["anchors_missing"] == ["roots", "log_key"]
    assert sum(one["passed"] for one in result["counts"]) > 20
    page = browser.get(address).text
    assert "trust anchor not supplied" in page
    assert "ルート証明書が指定されていません" in page
    report = browser.get(f"{address}/report.pdf")
    assert report.content.startswith(b"%PDF")
    assert "attachment" in report.headers["content-disposition"]


@pytest.mark.parametrize("scope", [{"scope": "everything"}, {"scope": "query", "q": "type=invoice"}])
def test_with_anchors_from_outside_it_passes(desk, seat, anchors, scope):
    browser = seat("kansa")
    files = {"roots": ("roots.pem", anchors.roots.read_bytes())}
    address = verify(browser, files=files, log_key=anchors.log_key.upper(), **scope)
    result = finished(browser, address)["result"]
    assert result["outcome"] == "passed", result["checks"]
    assert result["checks"] == []
    assert "すべての検査に合格しました" in browser.get(address).text


def test_what_was_altered_is_named_with_what_to_do(desk, seat, anchors):
    document = desk.file("RECEIPT", "Total 9,000")
    blob = desk.archive.unit_of_document(document)[0].blob
    path = next(
        one
        for one in (desk.shoko.settings.data_folder / "store").rglob("*")
        if one.is_file()
        and blob.digest.value in str(one)
        and one.read_bytes() == desk.shoko.store.get("vault", blob.key)
    )
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(b"x" + content[1:])
    browser = seat("keiri")
    try:
        address = verify(browser, scope="query", q="type=receipt", log_key=anchors.log_key)
        result = finished(browser, address)["result"]
    finally:
        path.write_bytes(content)
    assert result["outcome"] == "failed"
    assert any(check["outcome"] == "failed" and "HASH_FAILURE" in check["detail"] for check in result["checks"])
    page = browser.get(address).text
    assert "HASH_FAILURE" in page
    assert "対処" in page


def test_a_job_is_its_owners_alone(seat):
    browser, other = seat("kansa"), seat("keiri")
    address = verify(browser, scope="everything")
    finished(browser, address)
    for path in ("", ".json", "/report.pdf"):
        assert other.get(f"{address}{path}").status_code == 404
    assert other.submit(address, action="discard").status_code == 404
    assert address not in other.get("/audit").text
    assert address in browser.get("/audit").text
    assert browser.submit(address, action="discard").status_code == 303
    assert browser.get(address).status_code == 404


def test_what_cannot_be_read_is_refused_before_anything_begins(seat):
    browser = seat("kansa")
    token = browser.csrf("/account")

    def post(files=None, **form):
        answer = browser.post("/verify", data=form, files=files or {}, headers={"X-CSRF-Token": token})
        assert answer.status_code == 422, answer.text
        return answer.text

    assert "期間の始まりと終わり" in post(scope="period", date_from="x", date_to="2026/10")
    assert text("from_after_to", language="ja") in post(scope="period", date_from="2026/10/02", date_to="2026/10/01")
    assert "PEM" in post(scope="everything", files={"roots": ("r.pem", b"no certificate")})
    assert "16進64桁" in post(scope="everything", log_key="abc")
    assert "件数:ハッシュ値" in post(scope="everything", heads="12:zz")


def test_a_bundle_is_taken_away_and_that_is_written_down_first(desk, seat, anchors, tmp_path):
    browser = seat("kansa")
    assert browser.submit("/audit/export", q="", to="").status_code == 422
    for wrong in ("date_from=x", "type=invoice&counterparty=" + "x" * 201, "type=invoice&words=" + "x+" * 3000):
        assert browser.submit("/audit/export", q=wrong, to="青空税務署").status_code == 422  # never a wider selection
        assert browser.get(f"/audit/export?{wrong}").status_code == 422
        assert browser.get("/verify", params={"q": wrong}).status_code == 422
    assert browser.submit("/audit/export", q="", to="青" * 401).status_code == 422
    assert browser.submit("/audit/export", q="", to="青", ids=["doc-1"] * 501).status_code == 422
    assert "書類" in browser.get("/audit/export?type=invoice").text
    address = begun(browser.submit("/audit/export", q="type=invoice", to="青空税務署 山田様", deleted="1"))
    job = finished(browser, address)
    assert (job["state"], job["result"]["documents"], job["result"]["volumes"]) == ("done", 3, 1)
    assert job["result"]["log_key_sha256"] == anchors.log_key
    assert str(desk.shoko.settings.data_folder) not in str(job)
    before = desk.archive.acts_of_kinds(ActKind.HANDED_OVER)
    assert before == ()
    taken = browser.get(f"{address}/volumes/1.zip")
    assert taken.status_code == 200
    with zipfile.ZipFile(io.BytesIO(taken.content)) as bag:
        assert bag.testzip() is None
        assert {name.split("/")[1] for name in bag.namelist()} >= {"README.txt", "verify.sh", "bagit.txt"}
        bag.extractall(tmp_path)
    folder = next(tmp_path.glob("shoko-*"))
    assert verify_bundle_folder(folder, anchors.anchors).outcome == "passed"
    (act,) = desk.archive.acts_of_kinds(ActKind.HANDED_OVER)
    assert (act.recorded_by, act.personal["to"], act.facts["documents"]) == ("kansa", "青空税務署 山田様", 3)
    browser.get(f"{address}/volumes/1.zip")
    assert len(desk.archive.acts_of_kinds(ActKind.HANDED_OVER)) == 2  # every time
    assert browser.get(f"{address}/volumes/2.zip").status_code == 404
    assert seat("keiri").get(f"{address}/volumes/1.zip").status_code == 404
    listed = browser.get("/audit/handovers")
    assert "青空税務署 山田様" in listed.text
    assert act.facts["head"][:24] in listed.text
    assert len(browser.get("/audit/handovers.json").json()["exports"][0]["taken"]) == 2


def test_a_head_that_was_kept_is_proved_and_a_false_one_is_not(desk, seat, tmp_path):
    head = log_head(desk.shoko)
    kept = f"{head.tree_size}:{head.root.value}"
    desk.file("INVOICE", "Total 7,000")
    browser = seat("kansa")
    token = browser.csrf("/account")
    false, longer = f"{head.tree_size}:{'00' * 32}", f"999999:{'11' * 32}"

    def post(files=None, **form):
        return browser.post("/audit/heads.json", data=form, files=files or {}, headers={"X-CSRF-Token": token})

    right, wrong, none = post(heads=f"{kept}\n{false} {longer}").json()["heads"]
    assert (right["holds"], wrong["holds"], none["holds"]) == (True, False, False)
    assert right["proof"]["path"]
    assert right["proof"]["second_size"] > head.tree_size
    assert none["proof"] is None
    witness = desk.shoko.store.get("vault", f"{desk.archive.client_id}/log/heads/{head.tree_size:012d}.json") + b"\n"
    found = post(files={"witness": ("kept.txt", witness)}, log_key=desk.shoko.signer.fingerprint).json()
    assert ([one["holds"] for one in found["heads"]], found["lines"]) == ([True], [])
    other = post(files={"witness": ("kept.txt", witness)}, log_key="ab" * 32).json()
    assert other["lines"][0]["reason"] == "SIG_CONSTRAINTS_FAILURE"
    assert post().status_code == 422
    page = browser.post("/audit/heads", data={"heads": kept}, headers={"X-CSRF-Token": token}).text
    assert "今のログは、この控えの続きです" in page


def test_every_list_an_auditor_asks_for_is_written_down_once(desk, seat):
    def listed():
        return [act for act in desk.archive.acts_of_kinds(ActKind.LISTED) if act.recorded_by == "kansa"]

    browser, before = seat("kansa"), len(listed())
    for _ in range(2):
        assert browser.get("/search?words=青空").status_code == 200
    assert browser.get("/search.csv?words=青空").status_code == 200
    assert browser.get("/law").status_code == 200
    browser.get("/account")
    seat("keiri").get("/search?words=秘密")
    acts = listed()[before:]
    assert [act.facts["page"] for act in acts] == ["/search", "/search.csv", "/law"]
    assert "青空" not in str(acts[0].facts)
    assert len(acts[0].facts["query"]) == 64
    assert acts[0].personal["query"]


def test_a_bundle_is_not_handed_over_once_its_documents_are_hidden(desk, seat):
    """What was made while more was seen is no way around what is hidden since."""
    shoko, frame = desk.shoko, Frame(document_types=(DocumentType.INVOICE,))
    people.set_sight(shoko, "gaibu", Sight(frame=frame), by="kanri")
    browser = seat("gaibu")
    address = begun(browser.submit("/audit/export", q="type=invoice", to="監査法人", deleted="1"))
    assert finished(browser, address)["state"] == "done"
    taken = len(shoko.archive.acts_of_kinds(ActKind.HANDED_OVER))
    document = search(shoko.archive, Query(document_types=(DocumentType.INVOICE,))).hits[0].document_id
    say_confidential(shoko, [document], people=["keiri"], by="kanri", reason="役員")
    refused = browser.get(f"{address}/volumes/1.zip")
    assert refused.status_code == 422
    assert "閲覧範囲が変わったため、この書き出しは渡せません" in refused.text
    lift_confidential(shoko, [document], by="kanri", reason="公開")
    assert browser.get(f"{address}/volumes/1.zip").status_code == 200
    people.set_sight(shoko, "gaibu", Sight(frame=replace(frame, date_from=date(2026, 1, 1))), by="kanri")
    for path in ("", ".json", "/volumes/1.zip"):
        assert browser.get(f"{address}{path}").status_code == 422
    assert address not in browser.get("/audit").text
    assert len(shoko.archive.acts_of_kinds(ActKind.HANDED_OVER)) == taken + 1


class AtOnce:
    """Jobs that are done when they begin; something happens at their first step."""

    def __init__(self, meanwhile):
        self.meanwhile, self.result = meanwhile, None

    def begin(self, kind, owner, work, *, about, again):
        self.result = work(self)

    def progress(self, done, total=0):
        if self.meanwhile is not None:
            self.meanwhile()
            self.meanwhile = None


def test_a_report_names_the_head_that_was_there_before_it_began(desk):
    def meanwhile():
        desk.file("INVOICE", "Total 8,000")
        publish(desk.shoko)

    publish(desk.shoko)
    before, jobs = log_head(desk.shoko), AtOnce(meanwhile)
    AuditRoom(desk.shoko, jobs).verify(None, Scope(), anchors_given(), words="すべて", by="kansa")
    assert log_head(desk.shoko).tree_size > before.tree_size
    assert jobs.result.head == f"{before.tree_size}:{before.root.value}"
