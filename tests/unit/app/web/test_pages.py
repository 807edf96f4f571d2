import csv
import io
from dataclasses import replace

import pytest

from app.web.services import Standing
from app.web.views.document import MOST_TEXT
from domain.errors import RevisionConflict, StoreUnavailable


def test_the_start_page_is_the_search(page):
    response = page.get("/")
    assert response.url.path == "/search"
    assert "青空商事株式会社" in response.text
    assert "110,000" in response.text
    assert 'lang="ja"' in response.text


def test_results_alone_for_htmx_with_an_address_to_keep(page):
    response = page.get("/search?counterparty=青空&type=invoice&words=", headers={"HX-Request": "true"})
    assert "<html" not in response.text
    assert "青空商事株式会社" in response.text
    assert "喫茶さくら" not in response.text
    assert response.headers["hx-replace-url"] == "/search?counterparty=%E9%9D%92%E7%A9%BA&type=invoice"


def test_an_unreadable_day_is_said_and_kept_in_its_box(page, services):
    response = page.get("/search?date_from=きのう")
    assert response.status_code == 200
    assert "日付として読めません" in response.text
    assert 'value="きのう"' in response.text
    assert services.queries == []


def test_nothing_found_helps(page):
    assert "空欄のみ" in page.get("/search?amount_min=99999999").text


def test_an_empty_archive_points_to_the_upload(page, services):
    services.records.clear()
    assert 'href="/upload"' in page.get("/search").text


def test_deleted_ones_only_on_request(page):
    assert "東海建設工業" not in page.get("/search").text
    assert "東海建設工業" in page.get("/search?deleted=1").text


@pytest.mark.parametrize("address", ["/search.json?counterparty=青空", "/search?counterparty=青空"])
def test_search_has_a_json_twin(page, address):
    response = page.get(address, headers={"accept": "application/json"})
    assert response.json()["total"] == 1
    hit = response.json()["hits"][0]
    assert (hit["total_amount"], hit["transaction_date"]) == (110000, "2026-10-31")


def test_csv_is_for_spreadsheets_and_runs_nothing(page, services, first_id):
    evil = services.records[first_id][-1]
    from dataclasses import replace

    from domain.fields import Text

    party = replace(evil.fields.get("counterparty"), value=Text(text='=HYPERLINK("http://x")'))
    services.records[first_id].append(replace(evil, fields=evil.fields.replaced(party)))
    response = page.get("/search.csv")
    assert response.headers["content-disposition"].startswith("attachment")
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][:5] == ["書類 ID", "種類", "取引年月日", "取引金額", "通貨"]
    assert rows[1][5] == '\'=HYPERLINK("http://x")'
    assert rows[1][3] == "110000"
    assert len(rows) == 7


def test_csv_is_never_wider_than_what_was_asked_for(page, services):
    assert page.get("/search.csv?amount_min=abc").status_code == 422
    assert services.queries == []


def test_a_document_shows_fields_boxes_history_and_evidence(page, first_id):
    text = page.get(f"/documents/{first_id}").text
    assert "¥110,000" in text
    assert '<rect class="box" data-field="total_amount" x="120" y="420" width="300" height="50">' in text
    assert 'viewBox="0 0 1240 1754"' in text
    assert "第2版" in text
    assert "支払期限の読み落とし" in text
    assert "認定なし" in text
    assert "認定タイムスタンプなし" in text
    assert "42 / 全 1,204 件" in text
    assert "2034/05/31" in text


def test_review_reasons_say_what_to_do(page, services):
    waiting = next(i for i, v in services.records.items() if v[-1].review_reasons)
    text = page.get(f"/documents/{waiting}").text
    assert "取引先を確定できません" in text
    assert "実際に受け取った日を確かめてください" in text


def test_an_older_version_says_so(page, first_id):
    assert "これは過去の版です" in page.get(f"/documents/{first_id}?revision=1").text
    assert "これは過去の版です" not in page.get(f"/documents/{first_id}").text


def test_a_document_has_a_json_twin(page, first_id):
    plain = page.get(f"/documents/{first_id}.json").json()
    assert plain["document"]["fields"]["total_amount"]["value"] == 110000
    assert plain["document"]["fields"]["total_amount"]["places"] == [{"page": 1, "boxes": [[120, 420, 420, 470]]}]
    assert plain["document"]["fields"]["bank_account"] == {"value": None}
    assert [v["revision"] for v in plain["history"]] == [1, 2]
    assert plain["evidence"]["log_size"] == 1204


def test_page_pictures(page, first_id):
    response = page.get(f"/documents/{first_id}/pages/1.png")
    assert response.headers["content-type"] == "image/png"
    assert response.content.startswith(b"\x89PNG")
    assert page.get(f"/documents/{first_id}/pages/2.png").status_code == 404
    assert page.get(f"/documents/{first_id}/pages/0.png").status_code == 404


def test_a_searchable_copy_is_a_download(page, services, first_id):
    services.original_name = '"><script>.pdf'
    shown = page.get(f"/documents/{first_id}")
    assert "検索できるPDF" in shown.text
    assert f"/documents/{first_id}/searchable.pdf" in shown.text
    response = page.get(f"/documents/{first_id}/searchable.pdf")
    assert (response.status_code, response.headers["content-type"]) == (200, "application/pdf")
    assert response.headers["content-disposition"].startswith("attachment;")
    assert "<script>" not in response.headers["content-disposition"]
    assert response.content.startswith(b"%PDF")
    assert page.get("/documents/doc-none/searchable.pdf").status_code == 404


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/xhtml+xml"])
def test_originals_are_never_rendered(page, services, first_id, media_type):
    services.original_media, services.original_name = media_type, '"><script>.html'
    response = page.get(f"/documents/{first_id}/original")
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"].startswith("attachment;")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in response.headers["content-security-policy"]


def test_english_on_request_and_remembered(page):
    assert "Search documents" in page.get("/search?lang=en").text
    assert "Search documents" in page.get("/search").text
    assert "書類の検索" in page.get("/search?lang=ja").text
    assert "書類の検索" in page.get("/search?lang=xx").text


def test_intake_lists_faults_in_japanese(page):
    text = page.get("/intake").text
    assert "もう一度スキャンしてください" in text
    assert "保存済み・読取待ち" in text
    assert "every 2s" in text
    assert page.get("/intake.json").json()["drops"][0]["documents"][0]["document_type"] == "invoice"


def test_verify_a_document(page, first_id):
    token = page.csrf("/upload")
    report = page.post(f"/documents/{first_id}/verify.json", headers={"X-CSRF-Token": token}).json()
    assert report["outcome"] == "indeterminate"


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/nothing.json", 404, "not_found"),
        ("/documents/doc-none.json", 404, "not_found"),
        ("/documents/doc-none/original.json", 404, "object_missing"),
        ("/search.json?date_from=x", 422, "bad_date"),
        ("/documents/x.json?revision=0", 422, "bad_request"),
        ("/documents/x.json?revision=99999999999999999999", 422, "bad_request"),
        ("/documents/%00.json", 404, "not_found"),
        ("/documents/..%2Fsettings.json", 404, "not_found"),
    ],
)
def test_every_error_has_one_shape(page, address, status, code):
    response = page.get(address)
    assert response.status_code == status
    assert set(response.json()) == {"error"}
    assert response.json()["error"]["code"] == code
    assert set(response.json()["error"]) == {"code", "message"}


def test_error_pages_are_japanese(page):
    response = page.get("/nothing", headers={"accept": "text/html"})
    assert response.status_code == 404
    assert "ページまたは書類が見つかりません" in response.text
    assert page.put("/search.json").json()["error"]["code"] in {"csrf_failed", "method_not_allowed"}


@pytest.mark.parametrize(
    ("error", "status"),
    [(StoreUnavailable("down"), 503), (RevisionConflict("late"), 409), (RuntimeError("secret words"), 500)],
)
def test_errors_below_become_errors_here(page, services, error, status):
    def fail(_):
        raise error

    services.search = fail
    response = page.get("/search.json")
    assert response.status_code == status
    assert "secret words" not in response.text
    assert page.get("/search", headers={"accept": "text/html"}).status_code == status


def test_a_document_says_how_it_could_be_booked(page, services, first_id):
    from dataclasses import replace

    from domain.evidence import Check, Outcome

    text = page.get(f"/documents/{first_id}").text
    assert "仕訳の提案" in text
    assert "税区分" in text
    plain = page.get(f"/documents/{first_id}", headers={"accept": "application/json"}).json()
    assert set(plain["suggestion"]) == {"account", "alternatives", "taxes", "deduction", "invoice"}
    ended = Check(name="issuer_registered", outcome=Outcome.FAILED, detail="ended: mirror 2026-11-19")
    services.records[first_id][-1] = replace(services.records[first_id][-1], checks=(ended,))
    text = page.get(f"/documents/{first_id}").text
    assert "登録番号の有効性" in text
    assert "取引日までに取消・失効" in text


def test_the_laws_verdict_says_what_to_do_and_by_when(page, first_id):
    text = page.get(f"/documents/{first_id}").text
    assert text.index("scan-timestamp") < text.index("regime-split"), "what is wrong comes first"
    assert "紙の原本を保存してください" in text
    assert "2026/12/01" in text
    assert "保存が必要です" in text
    plain = page.get(f"/documents/{first_id}", headers={"accept": "application/json"}).json()
    law = plain["evidence"]["compliance"]
    assert (law["verdict"], law["next_due"], law["paper"]["state"]) == ("not", "2026-12-01", "must_stay")
    page.get("/search?lang=en")
    assert "Keep the paper" in page.get(f"/documents/{first_id}").text


def test_an_alarm_of_the_store_stands_on_every_page(services, page):
    assert "警報" not in page.get("/intake").text
    alarm = ("保管庫で削除の操作がされています", "Someone deleted an object in the vault")
    services.standing = lambda: Standing(authority=None, write_once=False, alarms=(alarm,))
    for path in ("/search", "/intake", "/upload"):
        assert f"警報: {alarm[0]}" in page.get(path).text


def test_of_a_long_document_the_page_shows_the_beginning_and_opens_the_rest(page, services, first_id):
    words = "".join(f"第{n}条 " for n in range(4_000))
    assert len(words) > MOST_TEXT
    services.records[first_id] = [replace(one, text=words) for one in services.records[first_id]]
    text = page.get(f"/documents/{first_id}", headers={"accept": "text/html"}).text
    assert words[:MOST_TEXT] in text
    assert words not in text
    assert f"/documents/{first_id}/text.txt?revision=" in text
    whole = page.get(f"/documents/{first_id}/text.txt")
    assert whole.text == words
    assert whole.headers["content-type"] == "text/plain; charset=utf-8"
    assert page.get("/documents/doc-none/text.txt").status_code == 404
