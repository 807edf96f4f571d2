"""The page as people work on it, over a real installation: papers, days of receipt, deletions, requests, books."""

import re

import pytest
from starlette.testclient import TestClient

from app.web.settings import WebSettings
from app.web.wired import application
from domain.ids import Origin
from domain.record import DocumentState
from domain.requests import RequestState
from pipeline.steps.requests import requests
from tests.support.desk import Desk
from tests.support.documents import ubl_invoice


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path, company={"names": ("株式会社みどり商事",), "electronic_rules_from": "2024-01-01"})
    yield desk
    desk.shoko.close()


@pytest.fixture
def page(desk):
    return TestClient(application(desk.shoko, WebSettings()), base_url="http://127.0.0.1:8710")


def send(page, address, back, **form):
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.get(back).text)[1]
    return page.post(address, data={"csrf_token": token, "by": "佐藤"} | form, follow_redirects=False)


def test_papers_are_checked_kept_and_said_why_in_bulk(page, desk):
    ids = [desk.file("INVOICE", str(number)) for number in range(2)]
    shown = page.get("/papers").text
    assert "同等確認をしていません" in shown
    assert "画像と紙を見比べて同等確認をしてください" in shown
    assert "Nobody has checked" in page.get("/papers?lang=en").text
    page.get("/papers?lang=ja")
    assert send(page, "/papers", "/papers", ids=ids, action="same", note="折れなし").status_code == 303
    send(page, "/papers", "/papers", ids=ids[:1], action="keep", place="棚3")
    shown = page.get("/papers").text
    assert "同等確認をしていません" not in shown
    assert shown.count("佐藤") == 2
    assert shown.count("棚3") == 1
    first = page.get("/papers.json").json()["papers"][0]
    assert (first["papers"][0]["same"], first["papers"][0]["place"]) == (True, "棚3")
    refused = send(page, "/papers", "/papers", ids=ids, action="discard")
    assert refused.status_code == 422
    assert "廃棄できません" in refused.text
    assert "該当する紙はありません" in page.get("/papers?show=may_go").text
    for wrong in ({"ids": ids, "by": " ", "action": "same"}, {"action": "same"}, {"ids": ids, "action": "burn"}):
        assert send(page, "/papers", "/papers", **wrong).status_code == 422
    assert page.post("/papers", data={"ids": ids, "action": "same", "by": "x"}).status_code == 403


def test_assumed_days_are_confirmed_from_the_intake_list(page, desk):
    ids = [desk.file("INVOICE", str(number)) for number in range(2)]
    assert "受領日を確認" in page.get("/intake").text
    assert send(page, "/received", "/intake", ids=ids, on="きのう").status_code == 422
    assert send(page, "/received", "/intake", on="2026/10/01").status_code == 422
    assert send(page, "/received", "/intake", ids=ids[:1], on="2026/10/01").status_code == 303
    assert send(page, "/received", "/intake", ids=ids).status_code == 303
    assert "受領日を確認" not in page.get("/intake").text
    records = [desk.newest(one) for one in ids]
    assert [record.received_on_assumed for record in records] == [False, False]
    assert records[0].received_on.isoformat() == "2026-10-01"
    history = page.get(f"/documents/{ids[0]}").text
    assert "（仮）" in history
    assert "2026/10/01" in history


def test_an_unknown_origin_is_corrected_in_the_form(page, desk):
    one = desk.file("INVOICE", origin=Origin.UNKNOWN)
    here = f"/documents/{one}"
    form = {"base_revision": "1", "origin": "paper_received", "received_confirmed": "1"}
    assert send(page, f"{here}/correct", here, **form).status_code == 303
    record = desk.newest(one)
    assert (record.origin, record.received_on_assumed) == (Origin.PAPER_RECEIVED, False)
    assert "受領方法が不明" in page.get(here).text  # what it was stands in the history
    wrong = {"base_revision": "2", "received_on": "いつか"}
    assert send(page, f"{here}/correct", here, **wrong).status_code == 422


def test_deleting_a_paper_document_and_an_electronic_one(page, desk):
    paper = desk.file("INVOICE", "1")
    here = f"/documents/{paper}"
    assert send(page, f"{here}/acts", here, action="delete", base_revision="1", reason="二重").status_code == 303
    assert desk.newest(paper).reason == "二重"
    data = desk.file("INVOICE", "2", origin=Origin.ELECTRONIC_RECEIVED)
    here = f"/documents/{data}"
    assert "承認した申請が必要です" in page.get(here).text
    assert send(page, f"{here}/acts", here, action="delete", base_revision="1", reason="二重").status_code == 422
    entries = {"form.content": "全部の削除", "form.change_on": "2026-11-24", "form.other": "x"}
    send(page, f"{here}/acts", here, action="ask", kind="deletion", reason="誤送信", **entries)
    (asked,) = requests(desk.shoko)
    assert dict(asked.form) == {
        "person": "佐藤",
        "title": "請求書",
        "content": "全部の削除",
        "change_on": "2026-11-24",
    }
    assert "訂正・削除内容" in page.get("/requests").text
    assert "誤送信" in page.get("/requests").text
    step = f"/requests/{asked.request_id}"
    assert send(page, step, "/requests", action="approve").status_code == 422
    assert send(page, step, "/requests", action="approve", by="田中", reason="確認").status_code == 303
    assert send(page, step, "/requests", action="other", by="田中").status_code == 422
    assert "承認済みの申請により削除する" in page.get(here).text
    done = {"action": "delete", "base_revision": "1", "request_id": asked.request_id}
    assert send(page, f"{here}/acts", here, **done).status_code == 303
    assert desk.newest(data).state is DocumentState.TOMBSTONED
    assert requests(desk.shoko)[0].state is RequestState.REPORTED
    assert "決裁や報告を待つ申請はありません" in page.get("/requests").text
    assert "田中" in page.get("/requests?show=all").text
    history = page.get(here).text
    assert "申請の承認" in history
    assert page.get(f"{here}.json").json()["acts"][0]["kind"] == "request_reported"


def test_requests_are_rejected_taken_back_and_reported(page, desk):
    one = desk.file("INVOICE")
    here = f"/documents/{one}"
    for action, by, state in (("reject", "田中", "rejected"), ("take-back", "佐藤", "taken_back")):
        send(page, f"{here}/acts", here, action="ask", kind="correction", reason=action)
        newest = requests(desk.shoko)[-1]
        send(page, f"/requests/{newest.request_id}", here, action=action, by=by)
        assert requests(desk.shoko)[-1].state.value == state
    send(page, f"{here}/acts", here, action="ask", kind="correction", reason="金額")
    newest = requests(desk.shoko)[-1]
    for action, by in (("approve", "田中"), ("report", "佐藤")):
        send(page, f"/requests/{newest.request_id}", here, action=action, by=by, reason="直した")
    assert page.get("/requests.json?show=all").json()["requests"][0]["reported"]["words"] == "直した"
    assert page.get("/requests.json").json() == {"requests": []}


def test_a_bad_scan_is_noted_and_its_new_one_put_in_its_place(page, desk):
    bad, new = desk.file("INVOICE", "1"), desk.file("INVOICE", "1", "whole")
    here = f"/documents/{bad}"
    assert send(page, f"{here}/acts", here, action="rescan", found_on="2026/11/02", reason="折れ").status_code == 303
    assert "読み取りの不備の発見" in page.get(here).text
    send(page, f"{here}/acts", here, action="rescan", found_on="2026/11/02", reason="折れ", to_id=new)
    assert "whole" in desk.newest(bad).text
    assert desk.newest(new).state is DocumentState.TOMBSTONED
    assert "再読み取り" in page.get(here).text
    assert send(page, f"{here}/acts", here, action="rescan", found_on="", reason="折れ").status_code == 422
    assert send(page, "/papers", "/papers", ids=[bad], action="stamp", stamp="refund").status_code == 303
    assert "還付" in page.get("/papers").text


def test_data_without_pages_is_shown_as_a_form(page, desk):
    data = ubl_invoice("N-77", net=100_000)
    one = desk.file(content=data, name="invoice.xml", origin=Origin.ELECTRONIC_RECEIVED)
    shown = page.get(f"/documents/{one}").text
    assert 'class="form-sheet"' in shown
    for words in ("青空商事株式会社", "110,000", "T7010705000725", "保守料"):
        assert words in shown
    assert page.get(f"/documents/{one}/original").content == data


def test_books_and_relations_of_a_document(page, desk):
    one, two = desk.file("INVOICE", "1"), desk.file("INVOICE", "2")
    here = f"/documents/{one}"
    send(page, f"{here}/acts", here, action="no_book")
    assert "関連する帳簿の記載なし" in page.get(here).text
    send(page, f"{here}/acts", here, action="no_book_end")
    send(page, f"{here}/acts", here, action="link", book="仕訳帳", number="1204")
    assert "1204" in page.get(here).text
    assert page.get("/search.json?words=1204").json()["total"] == 1
    send(page, f"{here}/acts", here, action="unlink", book="仕訳帳", number="1204")
    send(page, f"{here}/acts", here, action="relate", relation="corrects", to_id=two, reason="再発行")
    assert "訂正後の書類" in page.get(f"/documents/{two}").text
    for wrong in (
        {"action": "relate", "relation": "is", "to_id": two},
        {"action": "delete", "base_revision": "x", "reason": "y"},
        {"action": "burn"},
        {"action": "no_book", "by": ""},
    ):
        assert send(page, f"{here}/acts", here, **wrong).status_code == 422
    assert send(page, "/documents/doc-none/acts", here, action="no_book").status_code == 404
