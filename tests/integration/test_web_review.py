"""The review screens over a real installation: questions, answers, conflicts, taking back, and the words of a page."""

import re
from datetime import date

import pytest

from domain.acts import ActKind
from domain.ids import Origin
from domain.people import Role
from domain.record import DocumentState
from tests.support.accounts import add_people, open_seats
from tests.support.desk import Desk

DAY = date(2026, 11, 2)
DATA = Origin.ELECTRONIC_RECEIVED


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    add_people(desk.shoko, keiri=(Role.ACCOUNTANT,), hanako=(Role.ACCOUNTANT,), shonin=(Role.APPROVER,))
    yield desk
    desk.shoko.close()


@pytest.fixture
def seat(desk):
    return open_seats(desk.shoko)


@pytest.fixture
def waiting(desk):
    return [desk.file("hello", name, day=DAY, origin=DATA) for name in ("one", "two", "three")]


def order(page):
    return [item["document_id"] for item in page.get("/review.json").json()["items"]]


def answer(desk, page, document_id, *, json=False, **form):
    token = page.csrf("/account")
    headers = {"X-CSRF-Token": token} | ({"Accept": "application/json"} if json else {})
    known = {"base_revision": str(desk.newest(document_id).revision)}
    return page.post(f"/review/{document_id}", data=known | form, headers=headers)


def test_one_after_the_other_until_nothing_waits(desk, seat, waiting):
    page = seat("keiri")
    first, second, third = order(page)
    shown = page.get(f"/review/{first}").text
    assert "書類の種類に確信がありません" in shown
    assert f'data-next="{second}"' in shown
    assert "1 / 3 件" in shown
    assert f'data-next="{first}"' in page.get(f"/review/{third}").text  # behind the last comes what was skipped
    gone = answer(desk, page, first, next=second, **{"pick.document_type": "other"})
    assert gone.headers["location"] == f"/review/{second}?done={first}.2"
    record = desk.newest(first)
    assert (record.state, record.recorded_by) == (DocumentState.FILED, "keiri")
    said = page.get(gone.headers["location"]).text
    assert "を確定しました" in said
    assert f'action="/review/{first}/undo"' in said
    answer(desk, page, second, next=third, **{"pick.document_type": "other"})
    last = answer(desk, page, third, next="", **{"pick.document_type": "other"})
    assert last.headers["location"] == f"/review?done={third}.2"
    end = page.get(last.headers["location"]).text
    assert "確認待ちの書類はありません" in end
    assert "本日 3 件を確認しました（うち 0 件で値を訂正）" in end
    assert page.get("/review.json").json() == {"waiting": 0, "items": [], "done_today": 3}
    assert "確認済みです" in page.get(f"/review/{first}").text


def test_a_json_client_sees_the_questions_and_answers_them(desk, seat, waiting):
    page = seat("keiri")
    one = order(page)[0]
    plain = page.get(f"/review/{one}.json").json()
    (question,) = plain["questions"]
    assert (question["asked"], question["input"], question["proposal"]) == ("type", "document_type", "other")
    assert plain["next"] == order(page)[1]
    done = answer(desk, page, one, json=True, **{"pick.document_type": "invoice"}).json()
    assert done["state"] == "needs_review"
    fields = {reason["field"] for reason in done["again"]}
    assert {"total_amount", "transaction_date"} <= fields
    again = page.get(f"/review/{one}.json").json()
    missing = [q for q in again["questions"] if q["asked"] == "field" and not q["proposal"]]
    assert missing
    refused = answer(desk, page, one, json=True)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "correction_invalid")
    assert "選ぶか入力してください" in refused.json()["error"]["message"]
    typed = {q["input"]: "" for q in missing} | {f"pick.{q['input']}": "" for q in missing}
    typed |= {"field.total_amount": "1,100", "field.transaction_date": "令和8年10月30日", "field.counterparty": "青空"}
    done = answer(desk, page, one, json=True, **typed).json()
    assert (done["state"], done["again"]) == ("filed", [])
    record = desk.newest(one)
    assert record.fields.day("transaction_date") == date(2026, 10, 30)
    assert record.fields.text("counterparty") == "青空"


def test_what_was_typed_stays_on_the_screen_when_it_is_wrong(desk, seat, waiting):
    page = seat("keiri")
    one = order(page)[0]
    answer(desk, page, one, **{"pick.document_type": "invoice"})
    wrong = answer(desk, page, one, **{"field.transaction_date": "きのう", "field.counterparty": "青空"})
    assert wrong.status_code == 422
    assert 'value="きのう"' in wrong.text
    assert 'value="青空"' in wrong.text
    assert desk.newest(one).revision == 2


def test_who_comes_second_is_told_who_was_first_and_goes_on(desk, seat, waiting):
    mine, theirs = seat("keiri"), seat("hanako")
    first, second, _ = order(mine)
    assert answer(desk, theirs, first, **{"pick.document_type": "other"}).status_code == 303
    late = {"base_revision": "1", "next": second, "pick.document_type": "contract"}
    gone = mine.post(f"/review/{first}", data=late, headers={"X-CSRF-Token": mine.csrf("/account")})
    assert gone.headers["location"] == f"/review/{second}?taken={first}"
    assert "hanako さんが先に確定・訂正していました" in mine.get(gone.headers["location"]).text
    headers = {"X-CSRF-Token": mine.csrf("/account"), "Accept": "application/json"}
    told = mine.post(f"/review/{first}", data=late, headers=headers)
    assert told.status_code == 409
    assert told.json()["error"]["code"] == "revision_conflict"
    assert "hanako" in told.json()["error"]["message"]
    assert (desk.newest(first).revision, desk.newest(first).recorded_by) == (2, "hanako")


def test_the_last_one_is_taken_back_by_who_settled_it(desk, seat, waiting):
    mine, theirs = seat("keiri"), seat("hanako")
    one = order(mine)[0]
    answer(desk, mine, one, **{"pick.document_type": "other"})
    assert theirs.submit(f"/review/{one}/undo", revision="2").status_code == 422
    assert mine.submit(f"/review/{one}/undo", revision="x").status_code == 422
    back = mine.submit(f"/review/{one}/undo", revision="2")
    assert back.headers["location"] == f"/review/{one}"
    assert desk.newest(one).state is DocumentState.NEEDS_REVIEW
    assert mine.submit("/review/doc-none/undo", revision="2").status_code == 404
    assert "取消（第2版を元に戻す）" in mine.get(f"/documents/{one}").text
    assert mine.get("/review.json").json()["done_today"] == 0
    # in whose name: never what the form says
    assert desk.newest(one).recorded_by == "keiri"


def test_a_document_is_put_aside_with_a_note(desk, seat, waiting):
    page = seat("keiri")
    first, second, third = order(page)
    gone = page.submit(f"/review/{first}/park", note="営業に確認中", next=second)
    assert gone.headers["location"] == f"/review/{second}"
    assert order(page) == [second, third, first]
    assert "営業に確認中" in page.get("/review").text
    assert desk.kinds(first) == [ActKind.PARKED]
    assert "確認の保留" in page.get(f"/documents/{first}").text
    assert page.submit(f"/review/{first}/park", ends="1").headers["location"] == f"/review/{first}"
    assert order(page)[0] == first
    assert page.submit("/review/doc-none/park", note="x").status_code == 404


def test_an_approver_looks_and_settles_nothing(desk, seat, waiting):
    page = seat("shonin")
    one = order(page)[0]
    shown = page.get(f"/review/{one}").text
    assert 'id="settle"' not in shown
    assert answer(desk, page, one, **{"pick.document_type": "other"}).status_code == 403
    assert page.get("/review/doc-none").status_code == 404
    assert page.get("/review/..%2Fx").status_code == 404


def test_marks_in_the_address_say_nothing_that_is_not_so(desk, seat, waiting):
    page = seat("keiri")
    one = order(page)[0]
    for mark in ("done=doc-none.1", f"done={one}.7", "done=%3Cscript%3E", "taken=../../etc", "done=x.y"):
        shown = page.get(f"/review/{one}?{mark}")
        assert shown.status_code == 200
        assert "を確定しました" not in shown.text
        assert "<script>" not in shown.text


def test_without_accounts_the_name_is_typed(tmp_path):
    desk = Desk(tmp_path)
    page = open_seats(desk.shoko)()
    one = desk.file("hello", day=DAY, origin=DATA)
    form = {"base_revision": "1", "pick.document_type": "other"}
    headers = {"X-CSRF-Token": page.csrf("/account")}
    assert page.post(f"/review/{one}", data=form, headers=headers).status_code == 422
    assert page.post(f"/review/{one}", data=form | {"by": "佐藤"}, headers=headers).status_code == 303
    assert desk.newest(one).recorded_by == "佐藤"
    desk.shoko.close()


def test_the_words_of_a_page_have_boxes_on_it(desk, seat, waiting):
    page = seat("keiri")
    one = desk.file("INVOICE", "Total JPY 1,100", day=DAY, origin=DATA)
    plain = page.get(f"/documents/{one}/words/1.json").json()
    assert (plain["page"], plain["engine"] is not None) == (1, True)
    assert [word["text"] for word in plain["words"]][:2] == ["INVOICE", "Total"]
    assert [word["line"] for word in plain["words"]] == sorted(word["line"] for word in plain["words"])
    for word in plain["words"]:
        left, top, right, bottom = word["box"]
        assert 0 <= left < right <= plain["width_px"]
        assert 0 <= top < bottom <= plain["height_px"]
    for wrong in ("2", "0", "-1"):
        assert page.get(f"/documents/{one}/words/{wrong}.json").status_code == 404
    assert page.get("/documents/doc-none/words/1.json").status_code == 404
    assert page.get(f"/documents/{one}/words/1.json?revision=7").status_code == 404
    assert seat().get(f"/documents/{one}/words/1.json").status_code == 401


def test_small_pictures_of_pages(desk, seat, waiting):
    page = seat("keiri")
    picture = page.get(f"/documents/{waiting[0]}/pages/1.png?width=120")
    assert re.fullmatch(rb"\x89PNG.{12}(....).*", picture.content, re.DOTALL)[1] == (120).to_bytes(4, "big")
    assert page.get(f"/documents/{waiting[0]}/pages/1.png?width=20").status_code == 422
