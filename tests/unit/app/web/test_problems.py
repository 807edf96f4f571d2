"""Pages of errors: what happened, what to do, what was typed, and a way out, in the reader's language."""

import re

import pytest
from starlette.requests import Request

from app.web.company_meanings import MEANINGS
from app.web.problems import came_from, may_be_sent_again
from app.web.security import HEADERS
from compliance.settings import CompanySettings
from domain.errors import RevisionConflict, StoreUnavailable

HTML = {"accept": "text/html"}
OURS = {"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}


def asked(path="/documents/doc-1/correct", method="POST", **headers):
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "path": path, "query_string": b"", "headers": pairs})


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (StoreUnavailable("down"), 503, ("数分おいて", "some minutes")),
        (RevisionConflict("late"), 409, ("ほかの人が先に変更", "Somebody else was first")),
        (RuntimeError("secret words"), 500, ("管理者に伝える番号", "Tell the administrator this number")),
    ],
)
def test_an_error_says_what_to_do_in_the_readers_language(page, services, error, status, words):
    def fail(_):
        raise error

    services.search = fail
    for language, said in zip(("ja", "en"), words, strict=True):
        response = page.get(f"/search?lang={language}", headers=HTML)
        assert response.status_code == status
        assert said in response.text
        assert 'href="/home"' in response.text
        assert "secret words" not in response.text


def test_the_number_of_an_error_stands_in_the_log_of_the_program(page, services, caplog):
    def fail(_):
        raise RuntimeError("secret words")

    services.search = fail
    number = re.search(r"管理者に伝える番号: ([0-9a-f]{8})", page.get("/search", headers=HTML).text)[1]
    assert number in caplog.text
    assert HEADERS.items() <= dict(page.get("/search", headers=HTML).headers).items()
    assert "secret words" not in caplog.text


def test_the_way_back_is_a_page_of_ours(page):
    for referer, back in (("http://127.0.0.1:8710/search?words=a%26b", True), ("http://evil.example/search", False)):
        text = page.get("/nothing", headers=HTML | {"referer": referer}).text
        assert ("data-go-back" in text) is back
        assert "evil.example" not in text
    assert came_from(asked(method="GET", host="a", referer="http://a//evil.example/x")) is None
    assert came_from(asked(path="/x", method="GET", host="a", referer="http://a/x")) is None
    assert came_from(asked(path="/x", method="POST", host="a", referer="http://a/x")) == "/x"


def test_a_form_with_an_old_token_can_be_sent_again(page, services, first_id):
    form = {"field.note": "<b>長い説明</b>", "by": "佐藤", "csrf_token": "0" * 64}
    page.csrf()
    refused = page.post(f"/documents/{first_id}/correct", data=form, headers=HTML | OURS)
    assert refused.status_code == 403
    assert "入力した内容で送り直す" in refused.text
    assert "画面が古くなっていた" in refused.text
    assert 'value="&lt;b&gt;長い説明&lt;/b&gt;"' in refused.text
    assert f'action="/documents/{first_id}/correct"' in refused.text
    assert ("0" * 64) not in refused.text
    fresh = re.search(r'name="csrf_token" value="([0-9a-f]+)"', refused.text)[1]
    again = page.post(f"/documents/{first_id}/correct", data=form | {"csrf_token": fresh}, headers=HTML | OURS)
    assert again.status_code != 403


@pytest.mark.parametrize(
    "headers",
    [
        OURS | {"sec-fetch-site": "cross-site"},
        {"content-type": OURS["content-type"]},
        OURS | {"content-type": "multipart/form-data; boundary=x"},
        OURS | {"hx-request": "true"},
        OURS | {"content-length": "200000"},
    ],
)
def test_what_another_site_sent_or_what_holds_files_is_not_offered_again(headers):
    assert not may_be_sent_again(
        asked(**{"content_length": "10"} | {k.replace("-", "_"): v for k, v in headers.items()})
    )


@pytest.mark.parametrize("path", ["/login", "/account/password", "/admin/people/keiri"])
def test_a_password_is_never_shown_again(path):
    ours = {name.replace("-", "_"): value for name, value in OURS.items()}
    assert not may_be_sent_again(asked(path, content_length="10", **ours))
    assert may_be_sent_again(asked("/papers", content_length="10", **ours))


def test_every_fact_about_the_company_is_explained_without_codes():
    assert set(MEANINGS) == set(CompanySettings.model_fields)
    for japanese, english in MEANINGS.values():
        assert not re.search(r"[a-z_]{4,}", japanese), japanese
        assert not re.search(r"[ぁ-ん一-龠]", english), english
