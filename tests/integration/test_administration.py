"""Administration on the page: accounts, what an auditor is given, holds, the log with proofs, what is in force."""

import re
import threading
from datetime import date, timedelta

import pytest

from domain.acts import ActKind
from domain.people import Role
from pipeline.steps.administering import log_page
from storage.people.totp import new_secret
from tests.support.accounts import PASSWORD, Clock, add_people, open_seats
from tests.support.desk import Desk

PATIENCE = 60


def furnished(folder, **settings):
    clock = Clock()
    desk = Desk(folder, clock=clock, **settings)
    desk.clock = clock
    add_people(desk.shoko, kansa=(Role.AUDITOR,), keiri=(Role.ACCOUNTANT,), shonin=(Role.APPROVER,))
    desk.documents = [desk.file("INVOICE", f"Total {number},000") for number in (1, 2)]
    return desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = furnished(tmp_path_factory.mktemp("home"))
    yield desk
    desk.shoko.close()


@pytest.fixture(scope="module")
def seat(desk):
    return open_seats(desk.shoko)


@pytest.fixture
def browser(seat):
    return seat("kanri")


def finished(browser, address):
    pause = threading.Event()
    for _ in range(PATIENCE * 20):
        job = browser.get(f"{address}.json").json()
        if job["state"] not in {"waiting", "running"}:
            return job
        pause.wait(0.05)
    raise AssertionError("the job does not end")


def test_a_person_is_added_changed_and_stopped_each_time_by_an_act(desk, seat, browser):
    added = browser.submit("/admin/people", login="hanako", name="監査 花子", role="scanner")
    assert added.status_code == 200
    drawn = re.search(r'class="mono secret">([^<]+)<', added.text)[1]
    assert drawn not in browser.get("/admin/people").text
    hers = seat()
    assert hers.log_in("hanako", drawn).status_code == 303
    assert hers.get("/search").headers["location"] == "/account"
    person = "/admin/people/hanako"
    assert browser.submit(person, action="roles", role="accountant").status_code == 303
    assert browser.submit(person, action="end-sessions").status_code == 303
    assert hers.get("/search.json").status_code == 401
    again = browser.submit(person, action="password", password="")
    other = re.search(r'class="mono secret">([^<]+)<', again.text)[1]
    assert seat().log_in("hanako", drawn).status_code == 401
    assert seat().log_in("hanako", other).status_code == 303
    token = browser.submit(person, action="token", scope="review", label="会計ソフト", days="30")
    secret = re.search(r'class="mono secret">([^<]+)<', token.text)[1]
    desk.shoko.people.change(desk.shoko.people.find("hanako").user_id, must_change=False)
    program = {"Authorization": f"Bearer {secret}"}
    assert seat().get("/review.json", headers=program).status_code == 200
    token_id = browser.get(f"{person}.json").json()["tokens"][0]["token_id"]
    assert browser.submit(person, action="revoke", token=token_id).status_code == 303
    assert seat().get("/review.json", headers=program).status_code == 401
    user = desk.shoko.people.find("hanako")
    desk.shoko.people.change(user.user_id, totp_secret=new_secret(desk.shoko.people.random_bytes), totp_step=0)
    assert browser.submit(person, action="totp-off").status_code == 303
    assert not desk.shoko.people.find("hanako").has_totp
    assert browser.submit(person, action="disable").status_code == 303
    assert seat().log_in("hanako", other).status_code == 401
    assert browser.submit(person, action="enable").status_code == 303
    acts = desk.archive.acts_under(user.user_id)
    assert {act.recorded_by for act in acts} == {"kanri"}
    changes = [act.facts["change"] for act in acts if act.kind is ActKind.USER_CHANGED]
    assert changes == ["added", "roles", "password", "totp_off", "disabled", "enabled"]
    assert drawn not in str(acts)


def test_what_may_not_be_is_refused_and_nothing_changes(desk, browser):
    def post(path, **form):
        answer = browser.submit(path, **form)
        assert answer.status_code == 422, answer.text
        return answer.text

    mine = "/admin/people/kanri"
    assert "最後の管理者" in post(mine, action="disable")
    assert "最後の管理者" in post(mine, action="roles", role="accountant")
    assert "役割を1つ以上" in post("/admin/people", login="jiro", password=PASSWORD)
    assert "既に使われています" in post("/admin/people", login="kanri", role="scanner")
    assert "12 文字以上" in post("/admin/people/keiri", action="password", password="short")
    assert "日付を読み取れません" in post("/admin/people/kansa", action="sight", date_from="いつか")
    post("/admin/people/kansa", action="token", scope="correct", label="x")
    post("/admin/people/kansa", action="explode")
    post("/admin/people/keiri", action="departments", department="nowhere")
    assert browser.get("/admin/people/nobody").status_code == 404
    assert Role.ADMINISTRATOR in desk.shoko.people.find("kanri").roles


def test_departments_are_named_given_and_ended(desk, browser):
    assert browser.submit("/admin/departments", action="name", code="eigyo", name="営業部").status_code == 303
    assert browser.submit("/admin/people/keiri", action="departments", department="eigyo").status_code == 303
    assert desk.shoko.people.find("keiri").departments == ("eigyo",)
    assert browser.get("/admin/departments.json").json() == {
        "departments": [{"code": "eigyo", "name": "営業部", "people": 1}]
    }
    assert "営業部" in browser.get("/admin/people").text
    assert browser.submit("/admin/people/keiri", action="departments").status_code == 303
    assert browser.submit("/admin/departments", action="end", code="eigyo").status_code == 303
    assert browser.submit("/admin/departments", action="name", code="営業", name="x").status_code == 422


def test_an_auditor_sees_what_was_given_until_the_last_day(desk, seat, browser):
    shown, hidden = desk.documents
    until = (desk.clock() + timedelta(days=2)).date().isoformat()
    form = {"action": "sight", "documents": shown, "until": until}
    assert browser.submit("/admin/people/kansa", **form).status_code == 303
    auditor = seat("kansa")
    assert auditor.get(f"/documents/{shown}").status_code == 200
    assert auditor.get(f"/documents/{hidden}").status_code == 404
    assert auditor.get("/search.json").json()["total"] == 1
    room = auditor.get("/audit").text
    assert "選ばれた書類" in room
    assert until.replace("-", "/") in room
    token = auditor.csrf("/account")
    begun = auditor.post("/verify", data={"scope": "everything"}, headers={"X-CSRF-Token": token})
    result = finished(auditor, begun.headers["location"])["result"]
    assert result["outcome"] != "failed", result["checks"]
    assert "閲覧できる範囲" in result["scope"]
    assert hidden not in str(result)
    begun = auditor.submit("/audit/export", q="", to="監査法人", deleted="1")
    bundle = finished(auditor, begun.headers["location"])
    assert bundle["result"]["documents"] == 1, bundle
    entry = browser.get(f"/admin/log.json?subject={hidden}").json()["entries"][0]
    assert auditor.get(f"/admin/log/{entry['sequence']}").status_code == 404
    desk.clock.ahead = timedelta(days=4)
    try:
        late = seat("kansa")
        assert late.get("/search.json").json()["error"]["code"] == "granted_over"
        assert "期限が過ぎました" in late.get("/audit").text
        assert late.get("/account").status_code == 200
    finally:
        desk.clock.ahead = timedelta(0)
    # sessions of those days ended with the clock
    assert seat("kanri").submit("/admin/people/kansa", action="sight").status_code == 303
    assert seat("kansa").get(f"/documents/{hidden}").status_code == 200


def test_the_log_is_looked_through_and_every_entry_proved(desk, browser):
    assert log_page(desk.shoko, first=date.min, last=date.max).lines
    page = browser.get("/admin/log.json").json()
    assert page["size"] == desk.archive.log_size()
    assert [one["sequence"] for one in page["entries"]] == sorted(
        (one["sequence"] for one in page["entries"]), reverse=True
    )
    older = browser.get(f"/admin/log.json?below={page['below']}").json()["entries"] if page["below"] else []
    assert all(one["sequence"] < page["below"] for one in older)
    filed = browser.get("/admin/log.json?kind=filed").json()["entries"]
    assert {one["subject"] for one in filed} >= set(desk.documents)
    assert {one["who"] for one in browser.get("/admin/log.json?who=kanri").json()["entries"]} <= {"kanri"}
    assert browser.get("/admin/log.json?subject=<script>").json()["entries"] == []
    today = desk.clock().date()
    assert browser.get(f"/admin/log.json?to={today - timedelta(days=3)}").json()["entries"] == []
    proof = browser.get(f"/admin/log/{filed[0]['sequence']}.json").json()
    assert proof["holds"] is True
    assert browser.get("/admin/log/999999999").status_code == 404
    assert "利用者の変更" in browser.get("/admin/log").text


def test_holds_are_placed_and_lifted_with_their_reasons(desk, seat, browser):
    document = desk.documents[0]
    assert browser.submit("/admin/retention", action="hold", documents=document).status_code == 422
    assert browser.submit("/admin/retention", action="hold", documents="doc-none", reason="訴訟").status_code == 422
    held = browser.submit("/admin/retention", action="hold", documents=document, reason="訴訟 令8ワ1")
    assert held.status_code == 303
    assert "訴訟 令8ワ1" in browser.get("/admin/retention").text
    assert seat("keiri").submit("/admin/retention", action="lift", ids=document, reason="x").status_code == 403
    assert browser.submit("/admin/retention", action="lift", ids=document, reason="和解").status_code == 303
    assert browser.get("/admin/retention.json").json()["holds"] == []
    for wrong in ("date_from=x", "words=a&amount_min=1e9", f"counterparty={'あ' * 201}", "words=" + "a+" * 3001):
        assert browser.submit("/admin/retention", action="hold", q=wrong, reason="訴訟").status_code == 422
        assert browser.get("/admin/retention", params={"q": wrong}).status_code == 422
    many = " ".join([document] * 501)
    assert "500" in browser.submit("/admin/retention", action="hold", documents=many, reason="訴訟").text
    assert browser.get("/admin/retention.json").json()["holds"] == []
    begun = browser.submit("/admin/retention", action="look")
    assert finished(browser, begun.headers["location"])["result"] == []
    assert "満了した書類はありません" in browser.get(begun.headers["location"]).text
    assert browser.submit("/admin/retention", action="ask", ids=document, reason="x").status_code == 403
    refused = seat("keiri").submit("/admin/retention", action="ask", ids=document, reason="満了")
    assert refused.status_code == 422
    assert "保存" in refused.text


def test_a_document_to_be_held_is_found_or_chosen_and_never_typed_by_its_id(desk, seat, browser):
    first, second = desk.documents
    assert "hold-1" not in browser.get("/admin/retention").text
    shown = browser.get("/admin/retention", params={"find": "2,000"}).text
    assert f'value="{second}"' in shown
    assert f'value="{first}"' not in shown
    assert "見つかりません" in browser.get("/admin/retention", params={"find": "どこにもない"}).text
    assert f'value="{second}"' not in seat("keiri").get("/admin/retention", params={"find": "2,000"}).text
    assert 'name="action" value="hold"' in browser.get("/search").text
    assert 'name="action" value="hold"' not in seat("keiri").get("/search").text
    assert seat("keiri").submit("/search/chosen", action="hold", ids=second).status_code == 403
    chosen = browser.submit("/search/chosen", action="hold", ids=second)
    assert "選んだ 1 件に保存命令を掛けます" in chosen.text
    assert 'action="/admin/retention"' in chosen.text
    assert browser.submit("/admin/retention", action="hold", ids=second, reason="調査").status_code == 303
    held = browser.get("/admin/retention").text
    assert "調査" in held
    assert browser.submit("/admin/retention", action="lift", ids=second, reason="終了").status_code == 303


def test_the_log_names_what_it_speaks_of(desk, browser):
    document = desk.documents[0]
    page = browser.get("/admin/log", params={"subject": document}).text
    assert f'<a href="/documents/{document}">請求書' in page
    assert f"{document[:14]}…" in page
    english = browser.get("/admin/log?lang=en", params={"subject": document, "lang": "en"}).text
    assert f'<a href="/documents/{document}">Invoice' in english
    dropped = browser.get("/admin/log", params={"kind": "dropped", "lang": "ja"}).text
    assert "a.pdf" in dropped
    assert "/admin/log?subject=drop-" in dropped
    assert 'href="/admin/people/keiri"' in browser.get("/admin/log", params={"kind": "user_changed"}).text


def entries_about(browser, words, **more):
    return browser.get("/admin/log.json", params={"about": words, **more}).json()["entries"]


def test_the_log_is_asked_in_words(desk, browser):
    first, second = desk.documents
    record = desk.archive.get_document(second)
    party, unit = record.fields.text("counterparty"), record.pages[0].unit_id
    (drop,) = desk.archive.drops_of_unit(unit)
    name = desk.archive.get_drop(drop).deposit.original_name
    # 1. a document by what stands on it: what brought it, its original and its own entries, and nothing of others
    of_one = {one["subject"] for one in entries_about(browser, "2,000")}
    assert {second, drop} <= of_one
    assert first not in of_one
    assert of_one == {one["subject"] for one in browser.get(f"/admin/log.json?subject={second}").json()["entries"]}
    assert {first, second} <= {one["subject"] for one in entries_about(browser, party)}
    # 2. a file by a part of its name, in another spelling: with the documents that came of it
    assert name == "a.pdf"  # so are both called
    assert {drop, second, first} <= {one["subject"] for one in entries_about(browser, "ａ．ＰＤＦ")}
    # 3. a person by name, as what was done to the account and as who did something
    user = desk.shoko.people.find("keiri")
    desk.shoko.people.change(user.user_id, name="佐藤 真紀")
    assert {one["subject"] for one in entries_about(browser, "佐藤真紀")} == {user.user_id}
    did = browser.get("/admin/log.json", params={"who": "keiri"}).json()["entries"]
    assert browser.get("/admin/log.json", params={"who": "佐藤"}).json()["entries"] == did
    assert {one["who"] for one in browser.get("/admin/log.json?who=engine").json()["entries"]} == {"engine"}
    # 4. with another condition, an id that is pasted, the whole installation, and what nothing fits
    assert {one["kind"] for one in entries_about(browser, "2,000", kind="filed")} == {"filed"}
    assert {one["subject"] for one in entries_about(browser, second)} == of_one
    assert {one["subject"] for one in entries_about(browser, "書庫全体")} <= {"installation"}
    assert entries_about(browser, "どこにもない") == []
    assert entries_about(browser, "\0") == entries_about(browser, "<script>") == []
    assert browser.get("/admin/log.json", params={"subject": "\0"}).json()["entries"] == []
    page = browser.get("/admin/log", params={"about": "2,000"}).text
    assert "「2,000」に当てはまる対象の記録" in page
    assert f"/admin/log?subject={second}" in page
    assert "「どこにもない」に当てはまる書類" in browser.get("/admin/log", params={"about": "どこにもない"}).text
    assert "この対象の記録だけを表示しています" in browser.get("/admin/log", params={"subject": second}).text
    # 5. what the box offers while one types
    offered = {one["id"]: one for one in browser.get("/admin/log/choices?say=2,000").json()["subjects"]}
    assert offered[second]["picture"] == f"/documents/{second}/thumbnail.png"
    assert user.user_id in {one["id"] for one in browser.get("/admin/log/choices?say=佐藤").json()["subjects"]}
    assert drop in {one["id"] for one in browser.get(f"/admin/log/choices?say={name}").json()["subjects"]}
    assert browser.get("/admin/log/choices").json() == {"subjects": []}


def test_notes_on_what_is_missing_are_in_the_readers_language(browser):
    japanese, english = (browser.get("/admin", params={"lang": language}).text for language in ("ja", "en"))
    assert "保存先は書換え・削除を技術的に禁止していません" in japanese
    assert "The store does not prevent changes" in english
    notes = english.partition('<ul class="notes">')[2].partition("</ul>")[0]
    assert not re.search(r"[ぁ-ん]", notes)
    browser.get("/admin", params={"lang": "ja"})


def test_what_is_in_force_is_shown_with_where_it_comes_from(browser, monkeypatch):
    monkeypatch.setenv("SHOKO_COMPANY__NAMES", '["株式会社灯台製作所"]')
    found = browser.get("/admin/company.json").json()
    assert found["origins"]["names"] == "environment"
    assert found["origins"]["deadline_method"] == "default"
    assert "SHOKO_COMPANY__NAMES" in browser.get("/admin/company").text
    rules = browser.get("/admin/rules.json?on=2023-12-01").json()
    ids = {rule["id"] for rule in rules["rules"]}
    assert "scan.input.early" in ids
    assert any(rule["status"] == "verify" for rule in browser.get("/admin/rules.json?on=2028-01-01").json()["rules"])
    shown = browser.get("/admin/rules").text
    assert "これからの変更" in shown
    assert all(words in shown for words in ("確認済み", "要確認", "開始日は要確認", "出典は要確認", "法8⑤")), (
        "never as if read"
    )
    assert browser.get("/admin/system").status_code == 200
    assert "認定" in browser.get("/admin").text


def test_the_store_is_tried_from_the_page_and_the_log_remembers(desk, browser):
    for action in ("store_test", "reconcile"):
        begun = browser.submit("/admin/system", action=action)
        job = finished(browser, begun.headers["location"])
        assert job["state"] == "done", job
        assert job["result"]["checks"]
    looks = {one["kind"] for one in browser.get("/admin/system.json").json()["last_looks"]}
    assert looks == {"store_tested", "reconciled"}
    kinds = {one["kind"] for one in browser.get("/admin/log.json").json()["entries"]}
    assert {"store_tested", "reconciled"} <= kinds
    assert browser.submit("/admin/system", action="explode").status_code == 422


def test_the_log_and_grants_are_the_same_on_postgresql(tmp_path, postgres_url):
    desk = furnished(tmp_path, database_url=postgres_url)
    try:
        browser = open_seats(desk.shoko)("kanri")
        test_an_auditor_sees_what_was_given_until_the_last_day(desk, open_seats(desk.shoko), browser)
        test_the_log_is_looked_through_and_every_entry_proved(desk, open_seats(desk.shoko)("kanri"))
        test_the_log_is_asked_in_words(desk, open_seats(desk.shoko)("kanri"))
    finally:
        desk.shoko.close()


def test_every_document_is_judged_filtered_and_taken_along(desk, seat):
    browser = seat("keiri")
    begun = browser.submit("/law")
    address = begun.headers["location"]
    job = finished(browser, address)
    result = job["result"]
    assert (job["state"], result["total"]) == ("done", 2)
    assert sum(result["counts"].values()) == 2
    assert result["by_rule"]["scan-timestamp"] == 2
    verdict = result["documents"][0]["verdict"]
    page = browser.get(f"{address}?verdict={verdict}&rule=scan-timestamp&page=99").text
    assert all(document in page for document in desk.documents)
    table = browser.get(f"{address}/law.csv?rule=scan-timestamp")
    assert table.content.startswith(b"\xef\xbb\xbf")
    rows = table.content.decode("utf-8-sig").strip().split("\r\n")
    assert len(rows) == 3
    assert {row.split(",")[0] for row in rows[1:]} == set(desk.documents)
    assert "タイムスタンプ" in rows[1]
    assert seat("shonin").get(f"{address}/law.csv").status_code == 404
