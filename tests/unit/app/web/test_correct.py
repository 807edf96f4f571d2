from datetime import date

import pytest

from domain.fields import CalendarDate, DocumentType, Text
from domain.record import DocumentState


def send(page, document_id, **form):
    token = page.csrf(f"/documents/{document_id}")
    data = {"csrf_token": token, "base_revision": "1", "by": "佐藤", "document_type": ""} | form
    return page.post(f"/documents/{document_id}/correct", data=data, follow_redirects=False)


def newest(services, document_id):
    return services.records[document_id][-1]


@pytest.fixture
def base(services, first_id):
    return str(newest(services, first_id).revision)


def test_the_form_shows_every_value_and_a_change_becomes_a_correction(page, services, first_id, base):
    shown = page.get(f"/documents/{first_id}").text
    assert 'name="field.counterparty" value="青空商事株式会社"' in shown
    response = send(
        page,
        first_id,
        base_revision=base,
        **{
            "field.counterparty": "青空商事㈱",
            "field.transaction_date": "令和8年10月30日",
            "field.total_amount": "110000",
            "reason": "名称",
        },
    )
    assert response.status_code == 303
    assert response.headers["location"] == f"/documents/{first_id}#history"
    (said,) = services.corrections
    assert dict(said.values) == {
        "counterparty": Text(text="青空商事(株)"),
        "transaction_date": CalendarDate(day=date(2026, 10, 30)),
    }
    assert (said.recorded_by, said.reason, said.document_type, said.reviewed) == ("佐藤", "名称", None, False)
    history = page.get(f"/documents/{first_id}").text
    assert "2026/10/31" in history
    assert "2026/10/30" in history
    assert "佐藤" in history


def test_the_class_and_the_whole_document_can_be_settled(page, services, first_id, base):
    send(page, first_id, base_revision=base, document_type="quotation", reviewed="1")
    (said,) = services.corrections
    assert said.document_type is DocumentType.QUOTATION
    assert newest(services, first_id).state is DocumentState.FILED


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"field.transaction_date": "きのう"}, "取引年月日を読み取れません"),
        ({"field.total_amount": "たくさん"}, "取引金額を読み取れません"),
        ({"by": "  "}, "訂正した人"),
        ({"base_revision": "x"}, "入力された値を読み取れません"),
        ({"document_type": "nothing"}, "入力された値を読み取れません"),
        ({"base_revision": "99"}, "先に訂正されています"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_changes(page, services, first_id, form, words):
    base = str(newest(services, first_id).revision)
    before = len(services.records[first_id])
    response = send(page, first_id, **({"base_revision": base} | form))
    assert response.status_code in {400, 409, 422}
    assert words in response.text
    assert len(services.records[first_id]) == before


def test_json_clients_get_the_new_revision(page, services, first_id, base):
    token = page.csrf(f"/documents/{first_id}")
    data = {"base_revision": base, "by": "api", "field.counterparty": "青空"}
    headers = {"accept": "application/json", "x-csrf-token": token}
    got = page.post(f"/documents/{first_id}/correct", data=data, headers=headers).json()
    assert got["document"]["recorded_by"] == "api"


def test_no_token_no_correction(page, services, first_id):
    response = page.post(f"/documents/{first_id}/correct", data={"by": "x", "field.counterparty": "y"})
    assert response.status_code == 403
    assert services.corrections == []


def test_an_unknown_document_is_not_found(page):
    token = page.csrf()
    assert page.post("/documents/doc-none/correct", data={"csrf_token": token, "by": "x"}).status_code == 404


def test_an_old_version_and_an_approved_document_have_no_form(page, services):
    approved = next(d for d, r in services.records.items() if r[-1].state is DocumentState.APPROVED)
    assert 'name="base_revision"' not in page.get(f"/documents/{approved}").text


def test_what_was_typed_too_late_is_not_lost(page, services, first_id, base):
    send(page, first_id, base_revision=base, **{"field.counterparty": "先の商店"})
    late = {"base_revision": base, "field.counterparty": "あとの<商店>", "field.total_amount": "110001"}
    for language, says in (
        ("ja", ("入力していた内容", "取引先", "最新の内容を開く")),
        ("en", ("What you had typed", "Counterparty")),
    ):
        page.get(f"/documents/{first_id}", params={"lang": language})
        response = send(page, first_id, **late)
        assert response.status_code == 409
        for words in (*says, "あとの&lt;商店&gt;", "110,001", f'href="/documents/{first_id}"'):
            assert words in response.text, words
    assert newest(services, first_id).fields.text("counterparty") == "先の商店"
