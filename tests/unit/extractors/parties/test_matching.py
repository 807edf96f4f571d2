import random
from dataclasses import replace

import pytest

from domain.counterparties import Counterparty
from domain.fields import BankAccount
from extractors.parties.confusion import aligned, costs, distance, learn, similarity, writing
from extractors.parties.correcting import settle_name
from extractors.parties.forms import mended
from extractors.parties.matching import Evidence, PartyIndex
from extractors.parties.words import loose
from samples.generator.other_names import other_names

NUMBER = "T7010705000725"
ACCOUNT = BankAccount(bank="みずほ銀行", branch="渋谷支店", type="普通", number="0123456")
ODAWARA = Counterparty(
    counterparty_id="a", name="株式会社小田原エンジニアリング", variants=("小田原エンジ",),
    registration_numbers=(NUMBER,), phones=("0465830000",), bank_accounts=(ACCOUNT,),
)  # fmt: skip
MINAWA = Counterparty(counterparty_id="b", name="株式会社ミナワ")
OTHERS = tuple(
    Counterparty(counterparty_id=f"o{i}", name=name)
    for i, name in enumerate(other_names(random.Random(7), count=500, real=()))
)
INDEX = PartyIndex((ODAWARA, MINAWA, *OTHERS))


@pytest.mark.parametrize(
    "read",
    [
        "㈱小田原エンジニアリング", "株式会社 小田原エンジニアリング 御中", "(株)小田原ｴﾝｼﾞﾆｱﾘﾝｸﾞ",
        "株式会社小田原工ンジニアリング", "小田原エンジ", "株式会社小田原エンジニアリンクﾞ",
    ],
)  # fmt: skip
def test_other_writings_are_the_name_itself(read):
    match = INDEX.by_name(read)
    assert (match.party, match.by) == (ODAWARA, Evidence.NAME)


@pytest.mark.parametrize(
    "read",
    [
        "株式会社小田原エンジニアリ",
        "小田原エンジニアリング",
        "株式会社小田原エソジニアリング",
        "株式会祉小田原エンジニァリング",
    ],
)
def test_a_damaged_reading_is_put_right_and_keeps_that_it_was_one(read):
    settled = settle_name(read, confidence=0.6, index=INDEX)
    assert settled.name == ODAWARA.name
    assert settled.by is Evidence.SIMILAR or not settled.altered(read)
    assert 0.5 <= settled.probability < 1


def test_another_company_is_not_taken_for_one_that_is_known():
    for read in ("株式会社小田原商事", "株式会社ミナミ", "株式会社大田原運輸"):
        settled = settle_name(read, confidence=0.98, index=INDEX)
        assert (settled.name, settled.party) == (read, None)


def test_a_sure_reading_is_changed_less_readily_than_a_doubtful_one():
    read = "株式会社小田原エソジニアリソグ"
    sure, doubtful = (INDEX.by_name(read, confidence=c).probability for c in (0.99, 0.4))
    assert sure < 0.5 < doubtful


def test_text_that_came_as_data_is_changed_only_to_a_known_writing():
    cut = settle_name("株式会社小田原エンジニアリ", confidence=0.9, index=INDEX, misreadable=False)
    assert cut.name == "株式会社小田原エンジニアリ"
    assert settle_name("㈱小田原エンジニアリング", confidence=0.9, index=INDEX, misreadable=False).name == ODAWARA.name


def test_a_known_name_raises_confidence_and_a_near_one_lowers_it():
    assert settle_name(ODAWARA.name, confidence=0.8, index=INDEX).probability > 0.9
    near = settle_name("株式会社ミナミ", confidence=0.9, index=INDEX)
    assert near.party is None
    assert near.probability <= 0.9


def test_numbers_phones_and_accounts_name_their_only_owner():
    assert INDEX.by_number(NUMBER) == ODAWARA
    assert INDEX.by_phone("0465-83-0000") == ODAWARA
    assert INDEX.by_account(BankAccount(bank="みずほ", branch="渋谷", number="123456")) == ODAWARA
    assert INDEX.by_number("T4011001098993") is None
    assert INDEX.by_phone("") is None
    shared = PartyIndex((ODAWARA, Counterparty(counterparty_id="c", name="乙", phones=ODAWARA.phones)))
    assert shared.by_phone("0465830000") is None


def test_closed_counterparties_are_not_found():
    index = PartyIndex((replace(ODAWARA, closed=True), MINAWA))
    assert len(index) == 1
    assert index.by_number(NUMBER) is None
    found = index.by_name(ODAWARA.name)
    assert found is None or found.party != ODAWARA


def test_two_companies_of_one_name_are_not_told_apart_by_it():
    index = PartyIndex((MINAWA, Counterparty(counterparty_id="c", name="株式会社ミナワ")))
    assert index.by_name("株式会社ミナワ").probability == 0.5


@pytest.mark.parametrize("read", ["", " ", "御中", "株式会社", "!?", "あ" * 400])
def test_odd_readings_name_nobody_and_never_raise(read):
    match = INDEX.by_name(read)
    assert match is None or match.probability < 0.5
    assert settle_name(read, confidence=None, index=INDEX).party is None


@pytest.mark.parametrize(
    ("read", "name"),
    [
        ("青空急便株式会", "青空急便株式会社"), ("青空電装有限", "青空電装有限会社"),
        ("青空印刷株式会關", "青空印刷株式会社"),
        ("青空自動車有限会陆", "青空自動車有限会社"), ("青空運送事業株式会社_", "青空運送事業株式会社"),
        ("青空法人飛驒会", "青空法人飛騨会"), ("青空運林式会社", "青空運株式会社"),
        ("一般社団法人青空協会边", "一般社団法人青空協会"),
        ("青空運輸株系社", "青空運輸株式会社"), ("青空石油株式会社社", "青空石油株式会社"),
        ("青空エンジン東京会社", "青空エンジン東京株式会社"), ("青空運送式会社", "青空運送株式会社"),
        ("式会社青空商事", "株式会社青空商事"), ("有限青空板金工業", "有限会社青空板金工業"),
        ("青空倉庫株", "青空倉庫(株)"), ("青空倉庫(株", "青空倉庫(株)"), ("株)青空倉庫", "(株)青空倉庫"),
        ("株青空倉庫", "(株)青空倉庫"), ("(有青空商店", "(有)青空商店"), ("青空商店有)", "青空商店(有)"),
    ],
)  # fmt: skip
def test_legal_forms_are_put_right_without_a_master(read, name):
    assert mended(read) == name


@pytest.mark.parametrize(
    "name",
    [
        "青空商事", "株式会社髙島屋", "青空株式會社", "株式", "有限", "業式会社", "Ａｏｚｏｒａ", "㈱青空", "株主総会",
        "有田陶器", "三国有", "保険会社", "会社", "有限責任事業組合青空", "青空合同会社", "青空持株",
        "株式会社社楽", "青空集团",
    ],
)  # fmt: skip
def test_names_in_which_nothing_is_certain_stay(name):
    assert mended(name) == name


def test_old_forms_of_characters_are_the_same_name():
    index = PartyIndex((Counterparty(counterparty_id="h", name="株式会社青空舎"), *OTHERS))
    assert settle_name("株式会社青空舍", confidence=0.9, index=index).name == "株式会社青空舎"


def test_words_are_told_from_what_is_none():
    assert loose("日本技術貿易株式会社") == 0
    assert loose("日本技術等毒株式会社") > 0.3
    assert loose("株式会社") == loose("") == 0


def test_a_reading_that_is_no_word_is_taken_for_the_name_that_it_is_near_to():
    known = Counterparty(counterparty_id="t", name="日本食品貿易株式会社")
    index = PartyIndex((known, *OTHERS))
    torn, other = (
        settle_name(read, confidence=None, index=index) for read in ("日本食品等毒株式会社", "日本食品運輸株式会社")
    )
    assert (torn.name, torn.by) == (known.name, Evidence.SIMILAR)
    assert (other.name, other.party) == ("日本食品運輸株式会社", None)


def test_confusions_are_learned_from_pairs_that_are_nearly_right():
    assert aligned("東京商工子", "東京商工リサーチ") == (("チ", "子"),)
    counts = learn([("日本通連", "日本通運"), ("日本通連", "日本通運"), ("口口口口", "日本通運")])
    assert counts == {"運連": 2}
    table = costs(counts)
    read, true = writing("日本通連"), writing("日本通運")
    assert distance(read, true, table) < distance(read, true, {})
    assert similarity(true, true, table) == 1.0
    assert similarity(writing(""), true, table) < 0.5
