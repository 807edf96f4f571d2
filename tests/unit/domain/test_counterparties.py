from datetime import UTC, datetime

import pytest

from domain.codec import dump, load
from domain.counterparties import (
    Counterparty,
    CounterpartyBatch,
    PartyFacts,
    PartySource,
    account_key,
    changes,
    folded,
    name_key,
    phone_key,
)
from domain.fields import BankAccount

SORA = "T7010705000725"
ACCOUNT = BankAccount(bank="みずほ銀行", branch="渋谷支店", type="普通", number="0123456")


def add(master, *facts, source=PartySource.LEARNED, number=1):
    entries = changes(master, facts, source=source, client_id="default", number=number)
    batch = CounterpartyBatch(
        client_id="default", number=number, source=source, entries=entries,
        recorded_at=datetime(2026, 11, 20, tzinfo=UTC), recorded_by="sato",
    )  # fmt: skip
    assert load(CounterpartyBatch, dump(batch)) == batch
    return folded([batch], master)


def test_the_same_said_twice_changes_nothing():
    said = PartyFacts(name="株式会社青空商事", registration_numbers=(SORA,), bank_accounts=(ACCOUNT,))
    master = add((), said)
    assert [one.name for one in master] == ["株式会社青空商事"]
    assert changes(master, [said, said], source=PartySource.LEARNED, client_id="default", number=2) == ()


def test_the_same_company_in_one_batch_is_one_counterparty():
    master = add((), PartyFacts(name="㈱青空商事"), PartyFacts(name="株式会社 青空商事", phones=("0312345678",)))
    assert len(master) == 1
    assert master[0].phones == ("0312345678",)
    assert master[0].variants == ()


def test_a_registration_number_names_its_owner_and_a_new_writing_becomes_a_variant():
    master = add((), PartyFacts(name="株式会社青空商事", registration_numbers=(SORA,)))
    learned = add(master, PartyFacts(name="スーパー青空", registration_numbers=(SORA,)), number=2)
    assert (learned[0].name, learned[0].variants) == ("株式会社青空商事", ("スーパー青空",))
    imported = add(
        learned, PartyFacts(name="スーパー青空", registration_numbers=(SORA,)), source=PartySource.IMPORTED, number=3
    )
    assert (imported[0].name, imported[0].variants) == ("スーパー青空", ("株式会社青空商事",))


def test_one_name_with_two_registration_numbers_is_two_companies():
    first = PartyFacts(name="株式会社山田", registration_numbers=(SORA,))
    second = PartyFacts(name="株式会社山田", registration_numbers=("T4011001098993",))
    master = add((), first, second)
    assert len({one.counterparty_id for one in master}) == 2


def test_the_place_of_the_legal_form_counts():
    assert len(add((), PartyFacts(name="株式会社甲"), PartyFacts(name="甲株式会社"))) == 2


def test_facts_with_an_id_replace_what_was_known():
    master = add((), PartyFacts(name="株式会社青空商事", registration_numbers=(SORA,), phones=("0312345678",)))
    said = PartyFacts(name="株式会社青空", counterparty_id=master[0].counterparty_id, closed=True)
    after = add(master, said, source=PartySource.IMPORTED, number=2)
    assert after == (Counterparty(counterparty_id=master[0].counterparty_id, name="株式会社青空", closed=True),)


def test_ids_tell_nothing_about_names_and_are_made_the_same_way_again():
    one, other = add((), PartyFacts(name="甲")), add((), PartyFacts(name="乙"))
    assert one[0].counterparty_id == other[0].counterparty_id
    assert one[0].counterparty_id != add((), PartyFacts(name="甲"), number=2)[0].counterparty_id


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("03-1234-5678", "0312345678"),
        ("（０３）１２３４−５６７８", "0312345678"),
        ("+81 3-1234-5678", "0312345678"),
        ("+81(0)3-1234-5678", "0312345678"),
        ("TEL 090 1234 5678", "09012345678"),
        ("1234-5678", None),
        ("", None),
    ],
)
def test_phone_numbers(text, key):
    assert phone_key(text) == key


def test_an_account_is_named_by_bank_branch_and_number():
    other = BankAccount(bank="みずほ", branch="渋谷", number="123456", holder="カ)アオゾラ")
    assert account_key(ACCOUNT) == account_key(other)
    assert account_key(BankAccount(bank="みずほ銀行", number="0123456")) is None


@pytest.mark.parametrize("other", ["㈱髙橋商店 御中", "(株)高橋商店", "株式会社　高橋商店"])
def test_writings_of_one_name(other):
    assert name_key(other) == name_key("株式会社高橋商店")
