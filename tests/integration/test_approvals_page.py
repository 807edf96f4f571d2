"""Approvals on the page and on the command line: JSON twins, routes by form and by file, what is refused, the copy."""

import io

import numpy as np
import pikepdf
import pypdfium2
import pytest

from domain.approval_routes import RouteStep
from domain.approvals import ApprovalState
from domain.errors import ConfigError, RequestRefused
from domain.record import DocumentState
from extractors.searchable.sealed import find_font
from pipeline.steps.approval_routes import routes_in_force, set_routes
from pipeline.steps.approvals import rounds, submit
from pipeline.steps.approved_copy import approved_copy
from tests.support.accounts import open_seats
from tests.support.approving import file_invoice, of, route, staff
from tests.support.commands import run_verb
from tests.support.desk import Desk

ROUTES = """
[[route]]
id = "large"
name = "高額"
amount_from = 300000
types = ["invoice"]
[[route.step]]
label = "確認"
days = 2
need = 1
seats = [{ login = "kacho" }, { role = "approver", department = "eigyo" }]
[[route.step]]
label = "決裁"
seats = [{ login = "shacho" }]
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("home"))
    yield desk
    desk.shoko.close()


@pytest.fixture(scope="module")
def who(desk):
    return staff(desk.shoko)


@pytest.fixture(scope="module")
def seat(desk, who):
    return open_seats(desk.shoko)


@pytest.fixture(scope="module")
def documents(desk, who):
    return [file_invoice(desk, text=f"INVOICE {n}", name=f"{n}.pdf") for n in range(3)]


def test_submitted_in_bulk_with_who_fails_named(desk, seat, documents):
    keiri = seat("keiri")
    token = {"X-CSRF-Token": keiri.csrf("/account"), "Accept": "application/json"}
    answer = keiri.post("/approvals/submit", data={"ids": [documents[0], "doc-none"]}, headers=token).json()
    assert [(one["document_id"], one["error"] and one["error"]["code"]) for one in answer["results"]] == [
        (documents[0], None),
        ("doc-none", "object_missing"),
    ]
    page = keiri.submit("/approvals/submit", ids=documents[0])
    assert "1 件は処理できませんでした" in page.text
    assert "既に承認の途中です" in page.text
    assert keiri.submit("/approvals/submit").status_code == 422
    ready = keiri.get("/approvals/submit.json?words=INVOICE").json()["documents"]
    assert set(ready) == set(documents[1:])
    assert documents[1] in keiri.get("/approvals/submit").text
    assert keiri.get("/approvals/submit.json?words=nothing").json() == {"total": 0, "documents": []}
    assert "/approvals/submit?" in keiri.get("/search?words=INVOICE").text
    found = keiri.get("/approvals.json?show=submitted").json()["approvals"]
    assert [(one["document_id"], one["state"]) for one in found] == [(documents[0], "in_progress")]


def test_decided_on_the_page(desk, seat, documents):
    kacho = seat("kacho")
    assert [one["my_step"] for one in kacho.get("/approvals.json").json()["approvals"]] == [1]
    stale = kacho.submit("/approvals", ids=documents[0], seen=f"{documents[0]}@1", action="approve")
    assert "申請の後に書類が訂正された" in stale.text
    assert kacho.submit("/approvals", ids=documents[0], action="return").status_code == 422
    assert kacho.submit("/approvals", ids=documents[0], action="eat").status_code == 422
    assert kacho.submit("/approvals", action="approve").status_code == 422
    done = kacho.submit("/approvals", ids=documents[0], seen=f"{documents[0]}@2", action="approve")
    assert (done.status_code, "done=approve-1" in done.headers["location"]) == (303, True)
    assert desk.newest(documents[0]).state is DocumentState.APPROVED
    sheet = kacho.get(f"/documents/{documents[0]}/approval.json").json()
    assert (sheet["rounds"][0]["state"], sheet["may"]) == ("approved", ["reopen"])
    assert seat("keiri").get(f"/documents/{documents[0]}/approval.json").json()["may"] == []
    text = kacho.get(f"/documents/{documents[0]}/approval").text
    assert "印影は絵です" in text
    assert 'class="seal"' in text
    decided = kacho.get("/approvals.json?show=decided").json()["approvals"]
    assert [one["document_id"] for one in decided] == [documents[0]]


def test_steps_on_one_document(desk, seat, documents):
    keiri, kacho = seat("keiri"), seat("kacho")
    target = f"/documents/{documents[1]}/approval"
    assert keiri.submit(target, action="submit", revision="2", reason="急ぎです").status_code == 303
    assert keiri.submit(target, action="reopen", reason="x").status_code == 403
    assert kacho.submit(target, action="return").status_code == 422
    assert kacho.submit(target, action="withdraw").status_code == 422
    assert keiri.submit(target, action="withdraw", reason="やめます").status_code == 303
    assert rounds(desk.shoko, documents[1])[-1].state is ApprovalState.WITHDRAWN
    assert keiri.submit(target, action="jump").status_code == 422
    assert keiri.get("/documents/doc-none/approval").status_code == 404
    assert "やめます" in keiri.get(target).text


def test_routes_are_set_by_form(desk, seat, who):
    kanri = seat("kanri")
    form = {"action": "put", "base": "0", "route_id": "small", "name": "少額", "own": "skip", "once": "1"}
    form |= {"amount_to": "30,000", "types": "receipt", "seats.1": "role:approver@eigyo", "label.1": "承認"}
    form |= {"days.1": "3", "departments": "eigyo", "counterparties": "青空、みどり"}
    assert kanri.submit("/approvals/routes", **form).status_code == 303
    (one,) = routes_in_force(desk.shoko).routes
    assert (one.amount_to, one.counterparties, one.steps[0].days) == (30000, ("青空", "みどり"), 3)
    assert one.steps[0].seats[0].code == "role:approver@eigyo"
    page = kanri.get("/approvals/routes?edit=small").text
    assert "営業部の承認者" in page
    assert "少額" in page
    stale = kanri.submit("/approvals/routes", **form | {"name": "別名"})
    assert (stale.status_code, "他の人が先に" in stale.text) == (422, True)
    for wrong in ({"amount_to": "たくさん"}, {"first_on": "きょう"}, {"seats.1": ""}, {"own": "x"}):
        assert kanri.submit("/approvals/routes", **form | {"base": "1"} | wrong).status_code == 422
    assert kanri.submit("/approvals/routes", action="end", route_id="small", base="1").status_code == 303
    assert routes_in_force(desk.shoko).routes[0].last_on is not None
    assert kanri.submit("/approvals/routes", action="remove", route_id="small", base="2").status_code == 303
    assert routes_in_force(desk.shoko).routes == ()
    assert routes_in_force(desk.shoko).version == 3
    assert seat("kacho").get("/approvals/routes.json").json() == {"version": 3, "routes": []}


def test_seal_and_delegation_by_form(seat, who):
    kacho = seat("kacho")
    base = {"action": "seal", "style": "round", "era": "japanese", "upper": "", "lower": "田"}
    assert kacho.submit("/approvals/settings", **base).status_code == 303
    assert kacho.get("/approvals/settings.json").json()["seal"]["style"] == "round"
    assert kacho.submit("/approvals/settings", **base | {"lower": "あ" * 30}).status_code == 422
    days = {"first_on": "2026-11-22", "last_on": "2099-01-01"}
    assert kacho.submit("/approvals/settings", action="delegate", to="bucho", **days).status_code == 422
    assert kacho.submit("/approvals/settings", action="delegate", to="nobody", **days).status_code == 404
    assert kacho.submit("/approvals/settings", action="delegate", to="bucho", first_on="x").status_code == 422
    assert kacho.submit("/approvals/settings", action="end", number="7").status_code == 422


def test_without_accounts_the_page_says_what_is_missing(tmp_path):
    desk = Desk(tmp_path)
    browser = open_seats(desk.shoko)()
    assert "利用者の登録が必要です" in browser.get("/approvals").text
    assert browser.get("/approvals/settings").status_code == 200
    assert browser.submit("/approvals/submit", ids="doc-1").status_code == 422
    desk.shoko.close()


def test_on_the_command_line(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOKO_READING__ENGINE", "null.v1")
    desk = Desk(tmp_path)
    staff(desk.shoko)
    document = file_invoice(desk)
    desk.shoko.close()

    def run(*arguments):
        return run_verb(tmp_path, "approve", *arguments)

    assert run("submit", document)[0] == 2  # nobody has the login of this machine's user
    code, (plain,) = run("submit", document, "--by", "keiri", "--reason", "お願いします")
    assert (code, plain["state"], plain["submitted_by"]) == (0, "in_progress", "keiri")
    assert run("approve", document, "--by", "keiri")[1][0]["error"]["code"] == "request_refused"
    assert run("approve", document, "--by", "kacho", "--mail")[0] == 2  # mails nobody, approves nothing
    assert [one["document_id"] for one in run("list")[1]] == [document]
    assert [one["document_id"] for one in run("list", "--by", "kacho")[1]] == [document]
    assert run("list", "--due")[1] == []
    assert run("return", document, "--by", "kacho", "--reason", "金額")[1][0]["state"] == "returned"
    run("submit", document, "--by", "keiri")
    assert run("withdraw", document, "--by", "keiri")[1][0]["state"] == "withdrawn"
    run("submit", document, "--by", "keiri")
    assert run("approve", document, "--by", "kacho")[1][0]["state"] == "approved"
    assert run("reopen", document, "--by", "kacho", "--reason", "誤り")[1][0]["state"] == "reopened"
    given = run("delegate", "bucho", "--by", "kacho", "--from", "2026-11-22", "--to", "2027-01-10")
    assert given[1][0]["delegate"] == "bucho"
    assert run("delegate", "bucho", "--by", "kacho", "--from", "2026-11-22")[0] == 2
    file = tmp_path / "routes.toml"
    file.write_text(ROUTES, encoding="utf-8")
    assert run("routes", "--routes", str(file), "--by", "kacho")[0] == 2
    code, (table,) = run("routes", "--routes", str(file), "--by", "kanri")
    assert (code, table["version"], table["routes"][0]["steps"][0]["need"]) == (0, 1, 1)
    for wrong in ("[[route]]\nid = 1", "[", ROUTES.replace("kacho", "nobody"), ROUTES.replace("eigyo", "営業部")):
        file.write_text(wrong, encoding="utf-8")
        assert run("routes", "--routes", str(file), "--by", "kanri")[0] == 2
    assert run("submit")[0] == 2
    assert run("list", "--routes", str(file), "--by", "kanri")[0] == 2


def test_what_is_due_on_the_command_line_is_what_that_person_may_decide(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOKO_READING__ENGINE", "null.v1")
    desk = Desk(tmp_path)
    who = staff(desk.shoko)
    document = file_invoice(desk)
    step = RouteStep(label="承認", seats=(of(who["kacho"]),), days=1)
    set_routes(desk.shoko, [route(step)], by=who["kanri"])
    submit(desk.shoko, document, by=who["keiri"])
    desk.shoko.close()

    def due(*by):
        return [one["document_id"] for one in run_verb(tmp_path, "approve", "list", "--due", *by)[1]]

    assert due() == due("--by", "kacho") == [document]
    assert due("--by", "bucho") == []


def test_the_copy_shows_the_page_uncovered_with_a_strip_and_a_last_page(desk, who, documents, tmp_path):
    document = documents[0]
    record = desk.newest(document)
    pdf = approved_copy(desk.shoko, record)
    blob = desk.archive.unit_of_document(document)[0].blob
    with pikepdf.open(io.BytesIO(desk.shoko.store.get(blob.bucket, blob.key))) as plain:
        height = float(plain.pages[0].mediabox[3])
    opened = pypdfium2.PdfDocument(pdf)
    try:
        assert len(opened) == 2
        assert opened[0].get_size()[1] == pytest.approx(height + 96, abs=0.5)
        picture = opened[0].render(scale=1).to_pil().convert("RGB")
        strip = np.asarray(picture.crop((0, 0, picture.width, 96))).astype(int)
        reds = int(((strip[:, :, 0] > 150) & (strip[:, :, 1] < 120) & (strip[:, :, 2] < 120)).sum())
        assert reds > 100  # a seal stands in the strip
        assert opened[0].get_textpage().get_text_range().strip()  # and the page can still be searched
    finally:
        opened.close()
    with pytest.raises(RequestRefused):
        approved_copy(desk.shoko, desk.newest(documents[2]))
    with pytest.raises(ConfigError):
        find_font(tmp_path / "nothing.ttf")


def test_the_copy_on_the_page(seat, documents):
    answer = seat("keiri").get(f"/documents/{documents[0]}/approved.pdf")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert seat("keiri").get(f"/documents/{documents[2]}/approved.pdf").status_code == 422
    assert seat("keiri").get("/documents/doc-none/approved.pdf").status_code == 404
