"""Japanese that is found: spellings, widths, variants, company forms and misreadings give one key."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain import text
from domain.text import nfkc, printable, search_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ｶﾞﾗｽ", "ガラス"),
        ("カ゛ラス", "ガラス"),
        ("ＡＢＣ　Ｃｏｒｐ", "abccorp"),
        ("請　求 書\n", "請求書"),
        ("髙橋", "高橋"),
        ("山﨑", "山崎"),
        ("濵田", "浜田"),
        ("濱田", "浜田"),
        ("渡邊", "渡辺"),
        ("渡邉", "渡辺"),
        ("齋藤", "斉藤"),
        ("斎藤", "斉藤"),
        ("𠮷野家", "吉野家"),
        ("廣澤", "広沢"),
        ("㈱青空商事", "株式会社青空商事"),
        ("(株)青空商事", "株式会社青空商事"),
        ("（株）青空商事", "株式会社青空商事"),
        ("( 株 ) 青空商事", "株式会社青空商事"),
        ("株式會社青空商事", "株式会社青空商事"),
        ("㈲山田", "有限会社山田"),
        ("コーヒー", "コ一ヒ一"),
        ("コーヒー", "コ-ヒ―"),
        ("コーヒー", "コ−ヒ─"),
        ("ロータリー", "口ータリー"),
        ("カード", "力ード"),
        ("ニコン", "二コン"),
        ("トヨタ", "卜ヨ夕"),
        ("エコ", "工コ"),
        ("キヤノン", "キャノン"),
        ("あおぞら", "アオゾラ"),
        ("霞ヶ関", "霞ケ関"),
        ("フォー・エム", "フォーエム"),
        ("128,960", "128960"),
        ("１２８，９６０", "128960"),
        ("葛\U000e0100城", "葛城"),
        ("soft\u00adware", "software"),
        ("Straße", "STRASSE"),
        ("Ｔ1234567890123", "t1234567890123"),
    ],
)
def test_spellings_of_one_thing_have_one_key(one, other):
    assert search_key(one) == search_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("青空", "青室"), ("ガラス", "カラス"), ("1,2", "12"), ("山田", "田山"), ("株", "式"), ("a", "b")],
)
def test_different_things_stay_different(one, other):
    assert search_key(one) != search_key(other)


def test_part_of_a_name_is_part_of_its_key():
    assert search_key("青空") in search_key("㈱ 青空 商事")
    assert search_key("株") in search_key("㈱青空商事")
    assert search_key("ー") in search_key("コーヒー")


def test_every_space_control_and_format_character_is_dropped():
    dropped = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}
    characters = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in dropped]
    assert [c for c in characters if search_key(f"a{c}b") != "ab"] == []


def test_every_variant_stands_for_another_character_that_stays():
    targets = {pair[1] for pair in text._VARIANTS.split()}
    assert all(len(pair) == 2 and pair[0] != pair[1] for pair in text._VARIANTS.split())
    assert [c for c in targets if search_key(c) != search_key(search_key(c))] == []


@given(st.text())
@example("(,株)")
@example("゛か゛")
@example("1,,000")
@example("ｶ ﾞ")
@example("ッ\u3099")
def test_a_key_is_its_own_key(value):
    assert search_key(search_key(value)) == search_key(value)


@given(st.text(), st.text(alphabet=st.characters(whitelist_categories=["Lo"], max_codepoint=0x9FFF)), st.text())
def test_a_word_of_kanji_and_kana_is_found_wherever_it_stands(before, word, after):
    assert search_key(word) in search_key(f"{before}\u3002{word}\u3002{after}")


def test_nfkc():
    assert nfkc("㈱ﾃｽﾄ１") == "(株)テスト1"


def test_what_no_database_takes_is_replaced():
    assert printable("a\x00b\ud800c") == "a\ufffdb\ufffdc"
    assert printable("普通\n") == "普通\n"
