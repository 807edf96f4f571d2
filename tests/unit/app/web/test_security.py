import pytest

from app.web import WebSettings
from app.web.sessions import COOKIE
from app.web.views.login import safe_target
from domain.errors import ConfigError

TOKEN = "correct horse battery"
FILE = {"files": ("領収書.pdf", b"%PDF-1.7 x", "application/pdf")}
FORM = {"origin": "paper_received", "received_on": "2026/11/20"}


@pytest.mark.parametrize("address", ["/search", "/nothing", "/static/shoko.css", "/search.json", "/login"])
def test_every_answer_carries_the_headers(page, address):
    headers = page.get(address, follow_redirects=False).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


def test_pages_have_no_inline_script_or_style(page, first_id):
    for address in ("/search", f"/documents/{first_id}", "/upload", "/intake", "/verify"):
        text = page.get(address).text
        assert "<script>" not in text
        assert " style=" not in text
        assert " onclick=" not in text


def test_pages_are_not_cached_but_files_are(page):
    assert page.get("/search").headers["cache-control"] == "no-store"
    assert "immutable" in page.get("/static/shoko.css?v=1").headers["cache-control"]
    assert page.get("/static/../settings.py").status_code == 404


def test_upload_with_the_form(page, services):
    response = page.post("/upload", data={**FORM, "csrf_token": page.csrf()}, files=FILE)
    assert response.status_code == 201
    assert services.uploads == [("paper_received/2026-11-20/領収書.pdf", b"%PDF-1.7 x", "web@testclient")]
    assert "受け付けました" in response.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
    ],
)
def test_other_sites_may_not_post(page, services, headers):
    token = page.csrf()
    response = page.post("/upload", data={**FORM, "csrf_token": token}, files=FILE, headers=headers)
    assert response.status_code == 403
    assert "この画面からの操作" in response.text
    assert services.uploads == []


@pytest.mark.parametrize("token", [None, "", "0" * 64, "あ"])
def test_a_post_needs_the_token_of_its_session(page, services, token):
    page.csrf()
    data = FORM if token is None else {**FORM, "csrf_token": token}
    assert page.post("/upload", data=data, files=FILE).status_code == 403
    assert services.uploads == []


def test_the_token_of_another_session_is_refused(page, services):
    token = page.csrf()
    page.cookies.clear()
    page.csrf()
    assert page.post("/upload.json", data=FORM, files=FILE, headers={"X-CSRF-Token": token}).json() == {
        "error": {
            "code": "csrf_failed",
            "message": "この画面からの操作であることを確認できませんでした。ページを開き直してからやり直してください",
        }
    }
    assert services.uploads == []


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8710", "", "localhost@evil"])
def test_foreign_host_names_are_refused(page, host):
    assert page.get("/search", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:8710", "127.0.0.1", "[::1]:8710"])
def test_loopback_host_names_are_served(page, host):
    assert page.get("/search", headers={"host": host}).status_code == 200


def test_uploads_stop_at_the_limit(open_page, services):
    page = open_page(max_upload_bytes=1024)
    token = page.csrf()
    big = {"files": ("a.pdf", b"x" * 200_000, "application/pdf")}
    response = page.post("/upload.json", data=FORM, files=big, headers={"X-CSRF-Token": token})
    assert response.status_code == 413
    assert response.json()["error"]["code"] == "body_too_large"
    assert services.uploads == []


def test_uploads_stop_at_the_limit_while_streaming(open_page, services):
    page = open_page(max_upload_bytes=1024)
    token = page.csrf()
    sent = []

    def endless():
        yield b"--x\r\nContent-Disposition: form-data; name=files; filename=a\r\n\r\n"
        for _ in range(1000):
            sent.append(1)
            yield b"x" * 10_000

    response = page.post(
        "/upload.json",
        content=endless(),
        headers={"X-CSRF-Token": token, "content-type": "multipart/form-data; boundary=x"},
    )
    assert response.status_code == 413
    assert services.uploads == []


def test_uploads_may_be_larger_than_other_bodies(page, services):
    big = {"files": ("a.pdf", b"x" * 2_000_000, "application/pdf")}
    response = page.post("/upload.json", data=FORM, files=big, headers={"X-CSRF-Token": page.csrf()})
    assert response.status_code == 201
    assert len(services.uploads[0][1]) == 2_000_000


def test_other_bodies_are_small(page):
    response = page.post("/received.json", content=b"x" * 100_000, headers={"X-CSRF-Token": page.csrf()})
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"origin": "mars", "received_on": "2026/11/20"}, "bad_origin"),
        ({"origin": "unknown", "received_on": "2026/11/20"}, "bad_origin"),
        ({"origin": "paper_received", "received_on": "x"}, "bad_received_on"),
        ({"origin": "paper_received", "received_on": "2026/11/23"}, "received_on_future"),
    ],
)
def test_upload_forms_are_checked(page, services, form, code):
    response = page.post("/upload.json", data=form, files=FILE, headers={"X-CSRF-Token": page.csrf()})
    assert (response.status_code, response.json()["error"]["code"]) == (422, code)
    assert services.uploads == []


def test_an_upload_without_files_is_refused(page):
    response = page.post("/upload.json", data=FORM, headers={"X-CSRF-Token": page.csrf()})
    assert response.json()["error"]["code"] == "no_files"


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../../../etc/cron.d/x", "x"), ("..\\evil.pdf", "evil.pdf"), ("<b>.pdf", "_b_.pdf"), ("a\u202e.pdf", "a.pdf")],
)
def test_hostile_names_are_harmless(page, services, name, kept):
    files = {"files": (name, b"x", "text/html")}
    page.post("/upload.json", data=FORM, files=files, headers={"X-CSRF-Token": page.csrf()})
    assert services.uploads[0][0] == f"paper_received/2026-11-20/{kept}"
    text = page.get("/upload").text
    assert "<b>" not in text


def test_values_of_documents_are_escaped(page, services, first_id):
    from dataclasses import replace

    from domain.fields import Text

    newest = services.records[first_id][-1]
    party = replace(newest.fields.get("counterparty"), value=Text(text='"><script>alert(1)</script>'), raw_text='"><b>')
    services.records[first_id].append(replace(newest, fields=newest.fields.replaced(party)))
    for address in (f"/documents/{first_id}", "/search", "/intake"):
        assert "<script>alert" not in page.get(address).text
        assert '"><b>' not in page.get(address).text


# --- login


def test_beyond_loopback_a_token_is_required():
    with pytest.raises(ConfigError) as caught:
        WebSettings(host="0.0.0.0")
    assert "SHOKO_WEB_TOKEN" in caught.value.message_ja
    assert WebSettings(host="0.0.0.0", token=TOKEN).token is not None
    assert WebSettings(host="::1").token is None
    with pytest.raises(ConfigError):
        WebSettings(token="short")


@pytest.mark.parametrize("address", ["/search", "/documents/x", "/documents/x/original", "/intake", "/nothing"])
def test_nothing_is_shown_before_the_login(open_page, address):
    page = open_page(token=TOKEN)
    response = page.get(address, follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"].startswith("/login?next=%2F")
    assert page.get(f"{address}.json").json()["error"]["code"] == "unauthorized"
    assert page.get(address, headers={"HX-Request": "true"}).status_code == 401
    assert "青空" not in page.get(address).text


def test_login_logout_and_wrong_passwords(open_page):
    page = open_page(token=TOKEN)
    before = page.csrf("/login")
    wrong = page.post("/login", data={"csrf_token": before, "password": "guess", "next": "/intake"})
    assert wrong.status_code == 401
    assert "パスワードが違います" in wrong.text
    cookie = page.cookies[COOKIE]
    right = page.post("/login", data={"csrf_token": before, "password": TOKEN, "next": "/intake"})
    assert right.url.path == "/intake"
    assert page.cookies[COOKIE] != cookie
    assert "ログアウト" in right.text
    page.post("/logout", data={"csrf_token": page.csrf("/upload")})
    assert page.get("/search", follow_redirects=False).status_code == 303


def test_many_wrong_passwords_are_throttled(open_page):
    page = open_page(token=TOKEN)
    token = page.csrf("/login")
    for _ in range(10):
        page.post("/login", data={"csrf_token": token, "password": "guess"})
    response = page.post("/login", data={"csrf_token": token, "password": TOKEN})
    assert response.status_code == 429


def test_programs_send_the_token_itself(open_page, services):
    page = open_page(token=TOKEN)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert page.get("/search.json", headers=headers).json()["total"] == 6
    assert page.post("/upload.json", data=FORM, files=FILE, headers=headers).status_code == 201
    assert page.get("/search.json", headers={"Authorization": "Bearer no"}).status_code == 401


@pytest.mark.parametrize("value", ["", "x", "a.b.c", '{"in":true}'])
def test_forged_cookies_are_no_login(open_page, value):
    page = open_page(token=TOKEN)
    page.cookies.set(COOKIE, value)
    assert page.get("/search", follow_redirects=False).status_code == 303


def test_a_login_of_another_password_is_worth_nothing(open_page):
    one = open_page(token=TOKEN, secret_key="k")
    one.post("/login", data={"csrf_token": one.csrf("/login"), "password": TOKEN})
    other = open_page(token="another password", secret_key="k")
    other.cookies.set(COOKIE, one.cookies[COOKIE])
    assert other.get("/search", follow_redirects=False).status_code == 303
    same = open_page(token=TOKEN, secret_key="k")
    same.cookies.set(COOKIE, one.cookies[COOKIE])
    assert same.get("/search", follow_redirects=False).status_code == 200


@pytest.mark.parametrize(
    ("target", "safe"),
    [
        ("/documents/x?revision=1", "/documents/x?revision=1"),
        ("//evil.example", "/search"),
        ("/\\evil.example", "/search"),
        ("https://evil.example", "/search"),
        ("javascript:alert(1)", "/search"),
        ("/a\nb", "/search"),
        (None, "/search"),
        ("", "/search"),
    ],
)
def test_after_the_login_only_to_our_own_pages(target, safe):
    assert safe_target(target) == safe
