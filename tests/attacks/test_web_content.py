"""What papers and people say is text wherever it is shown; and nobody reaches what they may not see by its id."""

import csv
import io
import json
import re
from datetime import date

import pytest

from app.web import openapi
from domain.people import Role
from domain.requests import RequestKind
from domain.visibility import Sight
from pipeline.steps import access, people
from pipeline.steps.paper import keep_paper
from pipeline.steps.requests import ask
from tests.support.accounts import add_people, open_seats
from tests.support.desk import Desk
from tests.support.documents import text_pdf

SCRIPT = "<script>alert(1)</script>"
BREAK = '"><img src=x onerror=alert(2)>'
QUOTE = "' onmouseover='alert(3)"
FORMULA = "=HYPERLINK(1)"
FILE = f'{BREAK}";x={SCRIPT[:8]}.pdf'.replace("/", "")
RAW = ("<script>alert", "<img src=x", "' onmouseover='alert", "<svg onload")
"""None of these may stand in a page as it was sent."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("home"))
    access.name_department(desk.shoko, "keiri", f"経理{BREAK}", by="kanri")
    access.name_department(desk.shoko, "jinji", "人事部", by="kanri")
    everything = tuple(role for role in Role if role is not Role.AUDITOR)
    users = add_people(desk.shoko, zenbu=everything, few=everything, kansa=(Role.AUDITOR,))
    desk.shoko.people.change(users["zenbu"].user_id, name=f"全部{SCRIPT}")
    people.set_sight(desk.shoko, "zenbu", Sight(confidential=True), by="kanri")
    yield desk
    desk.shoko.close()


@pytest.fixture(scope="module")
def seat(desk):
    return open_seats(desk.shoko)


@pytest.fixture(scope="module")
def document(desk, seat):
    """A paper that attacks: by its name, its text, and everything that people may write beside it."""
    made = desk.file("INVOICE", SCRIPT, BREAK, QUOTE, "Total 1,000", name=FILE, day=date(2026, 11, 2))
    browser = seat("zenbu")
    fields = {"counterparty": f"{BREAK}{SCRIPT}", "issuer": f"{QUOTE}{SCRIPT}", "document_number": FORMULA}
    fields |= {"total_amount": "1000", "transaction_date": "2026-11-02"}
    sent = browser.submit(
        f"/documents/{made}/correct",
        base_revision="1",
        reason=f"{SCRIPT}{BREAK}",
        **{f"field.{name}": value for name, value in fields.items()},
    )
    assert sent.status_code == 303, sent.text
    keep_paper(desk.shoko, [made], place=f"棚{BREAK}", by="zenbu")
    ask(desk.shoko, RequestKind.CORRECTION, [made], by="zenbu", reason=f"{SCRIPT}{QUOTE}", form={"title": BREAK})
    access.say_department(desk.shoko, [made], "keiri", by="zenbu", reason=BREAK)
    return made


@pytest.fixture(scope="module")
def secret(desk):
    made = desk.file("PAYROLL", "Delta", name="secret.pdf", day=date(2026, 11, 3))
    access.say_confidential(desk.shoko, [made], departments=["jinji"], by="kanri", reason="給与")
    return made


def pages(browser, document):
    """Every page that can be looked at, with a document in the place of ids."""
    for one in openapi.operations(browser.app.routes):
        if one.method == "GET" and one.media is None:
            names = dict.fromkeys(re.findall(r"\{(\w+)", one.path), "1") | {"document_id": document}
            yield one.path.format_map(names)


def test_nothing_that_was_written_becomes_markup(seat, document):
    browser = seat("zenbu")
    shown = 0
    extra = (
        f"/access?ids={document}",
        "/requests?show=all",
        f"/search?words={SCRIPT}",
        "/search?counterparty=" + BREAK,
    )
    for path in (*pages(browser, document), *extra):
        response = browser.get(path, headers={"Accept": "text/html"})
        assert response.status_code < 500, path
        if response.headers.get("content-type", "").startswith("text/html"):
            shown += "alert(" in response.text
            for raw in RAW:
                assert raw not in response.text, (path, raw)
    assert shown >= 5  # it does stand there, as text


def test_fragments_are_text_too(seat, document):
    browser = seat("zenbu")
    for path in ("/search", "/intake", "/papers", "/search?words=" + SCRIPT):
        text = browser.get(path, headers={"HX-Request": "true"}).text
        assert not [raw for raw in RAW if raw in text], path


def test_json_is_no_page_for_a_browser(seat, document):
    browser = seat("zenbu")
    for path in pages(browser, document):
        response = browser.get(path, headers={"Accept": "application/json"})
        if "location" in response.headers or path == "/healthz":
            continue
        assert response.headers["content-type"] == "application/json", path
        assert response.headers["x-content-type-options"] == "nosniff"
        json.loads(response.text)


def test_errors_repeat_nothing_as_markup(seat):
    browser = seat("zenbu")
    for path in (
        f"/documents/{SCRIPT}",
        f"/{SCRIPT}",
        f"/help/{BREAK}",
        f"/search?date_from={SCRIPT}",
        f"/jobs/{SCRIPT}",
    ):
        text = browser.get(path, headers={"Accept": "text/html"}).text
        assert not [raw for raw in RAW if raw in text], path


def test_a_spreadsheet_runs_nothing(desk, seat, document):
    browser = seat("zenbu")
    base = str(desk.newest(document).revision)
    form = {"base_revision": base, "reason": "x", "field.counterparty": f"{FORMULA},x"}
    assert browser.submit(f"/documents/{document}/correct", **form).status_code == 303
    text = browser.get("/search.csv").content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert f"'{FORMULA},x" in cells
    assert not [cell for cell in cells if cell[:1] in set("=+@\t\r")]


def test_a_download_has_one_harmless_name(seat, document):
    browser = seat("zenbu")
    for path in ("original", "searchable.pdf"):
        headers = browser.get(f"/documents/{document}/{path}").headers
        name = headers["content-disposition"]
        assert name.startswith("attachment;"), name
        assert not set(name) & set("\r\n<>"), name
        assert name.count('"') == 2, name
        assert "sandbox" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert not headers["content-type"].startswith(("text/html", "image/svg"))


def test_an_upload_cannot_name_a_header_or_a_folder(desk, seat):
    browser = seat("zenbu")
    for name in (
        "a\r\nSet-Cookie: a=b.pdf",
        "../../../etc/x.pdf",
        "/etc/x.pdf",
        "@jinji/paper/x.pdf",
        "status/x.json",
    ):
        sent = browser.post(
            "/upload",
            data={"origin": "paper_received", "received_on": "2026-11-03"},
            files={"files": (name, text_pdf("x"))},
            headers={"X-CSRF-Token": browser.csrf("/account"), "Accept": "application/json"},
        )
        assert sent.status_code == 201, sent.text
        (file,) = sent.json()["accepted"]
        assert file["key"].startswith("paper/2026-11-03/"), file
        assert ".." not in file["key"].split("/")
        assert file["key"].isprintable()
    assert "a=b" not in str(sent.headers)


def test_no_route_knows_a_hidden_document(desk, seat, secret):
    """Every route with a document in its path answers as for one that never was, for everybody who may not see it."""
    for login in ("few", "kansa"):
        browser = seat(login)
        headers = {"X-CSRF-Token": browser.csrf("/account"), "Accept": "application/json"}
        acts = len(desk.archive.acts(secret))
        tried = 0
        for one in openapi.operations(browser.app.routes):
            names = re.findall(r"\{(\w+)", one.path)
            if "document_id" not in names:
                continue
            tried += 1
            forms = {"action": "no_book", "base_revision": "1", "reason": "x", "day": "2026-11-03"}
            answers = []
            for document_id in (secret, "doc-" + "0" * 32):
                path = one.path.format_map(dict.fromkeys(names, "1") | {"document_id": document_id})
                form = {"data": forms} if one.method != "GET" else {}
                response = browser.request(one.method, path, headers=headers, **form)
                answers.append((response.status_code, response.text.replace(document_id, "doc")))
            assert answers[0] == answers[1], (login, one.method, one.path)
            assert answers[0][0] in {403, 404, 422}, (login, one.method, one.path, answers[0])
        assert tried >= 8
        assert len(desk.archive.acts(secret)) == acts


def test_no_form_takes_a_hidden_document(desk, seat, document, secret):
    browser = seat("few")
    acts = len(desk.archive.acts(secret))
    forms = (
        ("/papers", {"action": "keep", "ids": [secret], "place": "x"}),
        ("/papers", {"action": "same", "ids": [document, secret]}),
        ("/received", {"ids": [secret], "on": "2026-11-03"}),
        ("/access", {"ids": [secret], "confidential": "no", "reason": "x"}),
        (f"/documents/{document}/acts", {"action": "relate", "relation": "follows", "to_id": secret, "reason": "x"}),
        (f"/documents/{document}/acts", {"action": "rescan", "found_on": "2026-11-03", "to_id": secret, "reason": "x"}),
    )
    for path, form in forms:
        response = browser.submit(path, **form)
        assert response.status_code in {404, 422}, (path, form, response.status_code)
    assert len(desk.archive.acts(secret)) == acts
    assert secret not in browser.get("/search.json?deleted=1").text
    assert desk.newest(secret).received_on == date(2026, 11, 3)
