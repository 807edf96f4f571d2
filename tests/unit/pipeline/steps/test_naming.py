from dataclasses import replace

import pytest

from domain.counterparties import Counterparty
from domain.fields import BankAccount, DocumentType, FieldStatus, Text
from domain.page import EngineId
from domain.record import ReviewReason
from extractors.parties.matching import PartyIndex
from pipeline.steps.naming import with_counterparty
from tests.support.records import PERSON, field, make_draft

NUMBER, OTHER = "T7010705000725", "T4011001098993"
SORA = Counterparty(counterparty_id="a", name="株式会社青空エンタープライズ", registration_numbers=(NUMBER,))
MIDORI = Counterparty(counterparty_id="b", name="合同会社みどり", registration_numbers=(OTHER,), phones=("0312345678",))
INDEX = PartyIndex((SORA, MIDORI))
OCR = EngineId(name="duo.v1", version="1")
UNSURE = ReviewReason(code="counterparty_unsure", field="counterparty")


def named(name, *, sure=0.6, engine=OCR, kind=DocumentType.INVOICE, index=INDEX, ours=False, status=None, **texts):
    reading = make_draft("unit-1", document_type=kind).reading
    value = Text(text=name) if name else None
    made = replace(field("counterparty", value, engine=engine, status=status), confidence=sure, raw_text=name)
    others = [field(n, Text(text=v)) if isinstance(v, str) else field(n, v) for n, v in texts.items()]
    reasons = (UNSURE,) if sure < 0.82 or not name else ()
    reading = replace(reading, fields=reading.fields.replaced(made, *others), review_reasons=reasons)
    return with_counterparty(reading, index=index, issued_by_us=ours, least_certain=0.82)


def told(document):
    found = document.fields.get("counterparty")
    check = [(c.outcome.value, c.detail) for c in document.checks if c.name == "counterparty_known"]
    return found.value.text if found.value else None, found.engine.name, check, UNSURE in document.review_reasons


def test_the_registration_number_names_its_owner():
    document = named("株式会社青空エソタ", registration_number=NUMBER)
    assert told(document) == (SORA.name, "parties.v1", [("passed", "registration_number")], False)
    assert document.fields.get("counterparty").raw_text == "株式会社青空エソタ"
    assert document.fields.get("counterparty").confidence == 0.98


def test_a_number_that_fails_its_check_digit_names_nobody():
    assert told(named("株式会社青空エソタ", registration_number="T7010705000726", sure=0.9))[1:3] == ("duo.v1", [])


def test_a_name_that_contradicts_its_number_goes_to_review_but_for_a_shop():
    document = named("合同会社みどり", sure=0.95, registration_number=NUMBER)
    assert told(document)[:2] == ("合同会社みどり", "duo.v1")
    assert [r.code for r in document.review_reasons] == ["counterparty_unsure"]
    assert document.checks[-1].outcome.value == "indeterminate"
    shop = named("スーパー太陽", sure=0.95, kind=DocumentType.RECEIPT, registration_number=NUMBER)
    assert (told(shop)[0], shop.review_reasons) == ("スーパー太陽", ())


def test_our_own_number_on_what_we_issue_says_nothing_of_the_recipient():
    assert told(named("株式会社太陽", sure=0.95, ours=True, registration_number=NUMBER))[0] == "株式会社太陽"


def test_a_missing_name_is_filled_from_the_number_and_still_looked_at():
    document = named(None, registration_number=NUMBER)
    assert told(document) == (SORA.name, "parties.v1", [], True)
    assert told(named(None))[0] is None


def test_a_known_name_read_with_doubt_is_certain_enough():
    assert told(named("合同会社みどり", sure=0.7)) == ("合同会社みどり", "duo.v1", [("passed", "name")], False)


@pytest.mark.parametrize("sure", [0.3, 0.6, 0.85])
def test_a_similar_name_is_taken_and_never_goes_straight_through(sure):
    told_of = told(named("株式会社青空エンタープラ", sure=sure))
    assert told_of == (SORA.name, "parties.v1", [("passed", "similar")], True)


def test_the_telephone_settles_a_misread_name():
    assert told(named("合同会社みとり", phone="03-1234-5678"))[:2] == (MIDORI.name, "parties.v1")


@pytest.mark.parametrize("engine", ["pdf-text.v1", "einvoice.v1"])
def test_text_that_came_as_data_stays_as_it_is(engine):
    document = named("株式会社青空エンタープラ", sure=0.9, engine=EngineId(name=engine, version="1"))
    assert told(document)[:2] == ("株式会社青空エンタープラ", engine)


def test_what_a_person_set_is_not_touched():
    document = named("株式会社青空エンタープラ", engine=PERSON, status=FieldStatus.CORRECTED)
    assert told(document)[:3] == ("株式会社青空エンタープラ", "person", [])


def test_without_a_master_only_the_legal_form_is_put_right():
    assert told(named("株式会社青空", index=None, sure=0.9)) == ("株式会社青空", "duo.v1", [], False)
    assert told(named("青空運輸株式会", index=None, sure=0.9)) == ("青空運輸株式会社", "parties.v1", [], True)


def test_an_account_of_two_companies_names_neither():
    account = BankAccount(bank="A銀行", branch="本店", number="1234567")
    index = PartyIndex((replace(SORA, bank_accounts=(account,)), replace(MIDORI, bank_accounts=(account,))))
    assert told(named("株式会社太陽", sure=0.9, index=index, bank_account=account))[0] == "株式会社太陽"
