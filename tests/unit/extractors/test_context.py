"""Look-alikes are settled by their neighbours."""

import pytest

from extractors.ocr.context import breaks, settled


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        ("ノ一卜", "ノート"),
        ("八ナナ", "ハナナ"),
        ("ボイン卜", "ボイント"),
        ("コ一ヒ一", "コーヒー"),
        ("力一ド", "カード"),
        ("タク口一", "タクロー"),
        ("工アコン", "エアコン"),
        ("キ口", "キロ"),
        ("パ－ト", "パート"),
    ],
)
def test_inside_katakana(seen, meant):
    assert "".join(settled(list(seen))) == meant


@pytest.mark.parametrize(
    "text",
    [
        "カタログ一式",
        "入力フォーム",
        "ガス工事",
        "メンバー口座",
        "第一回",
        "三菱",
        "二八そば",
        "八百屋",
        "一",
        "トン二",
        "千円",
        "10－20",
        "夕食",
        "",
    ],
)
def test_kanji_stay(text):
    kept = "".join(settled(list(text)))
    assert kept == text or (text == "トン二" and kept == "トンニ")


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        ("株)富士見台テクノ", "㈱富士見台テクノ"),
        ("株大和田物産", "㈱大和田物産"),
        ("有）山本商店", "㈲山本商店"),
        ("大和田物産株)", "大和田物産㈱"),
        ("大和田物産(株", "大和田物産㈱"),
        ("(株)伊吹システム", "(株)伊吹システム"),
        ("大和田物産(株)", "大和田物産(株)"),
        ("株式会社青空商事", "株式会社青空商事"),
        ("株主総会", "株主総会"),
        ("有効期限", "有効期限"),
        ("株)", "株)"),
    ],
)
def test_company_marks_are_put_back(seen, meant):
    assert "".join(settled(list(seen))) == meant


def test_a_time_right_behind_a_date_is_a_word_of_its_own():
    assert breaks("2026-06-0920:17:36") == {10}
    assert breaks("2026-06-09 20:17") == set()
    assert breaks("0120-11-2233") == set()


@pytest.mark.parametrize(
    ("read", "settled_text"),
    [("03−1234−5678", "03-1234-5678"), ("−1,234", "−1,234"), ("１−２", "１−２"), ("10−", "10−")],
)
def test_a_minus_sign_between_digits_is_a_hyphen(read, settled_text):
    assert "".join(settled(list(read))) == settled_text


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        ("クラゥド会計", "クラウド会計"),
        ("カ)コハクッウショウ", "カ)コハクツウショウ"),
        ("カ)タカセウンュ", "カ)タカセウンユ"),
        ("フラァワー", "フラアワー"),
    ],
)
def test_small_kana_where_no_word_has_them_are_large(seen, meant):
    assert "".join(settled(list(seen))) == meant


@pytest.mark.parametrize(
    "text",
    [
        "プラネットショウジ",
        "シンニョウ",
        "ウェブサイト",
        "ファックス",
        "ディスプレイ",
        "フォトン",
        "トゥモロー",
        "ヴァイオリン",
        "スタッフ",
        "ビュッフェ",
        "ッ",
        "ァ",
        "ロボッ",
        "ナッッ",
        "チェック",
        "デュアル",
        "クォーツ",
        "グァバ",
        "えっャ",
    ],
)
def test_small_kana_of_words_stay(text):
    assert "".join(settled(list(text))) == text
