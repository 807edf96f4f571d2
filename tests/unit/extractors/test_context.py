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


def test_a_time_right_behind_a_date_is_a_word_of_its_own():
    assert breaks("2026-06-0920:17:36") == {10}
    assert breaks("2026-06-09 20:17") == set()
    assert breaks("0120-11-2233") == set()
