"""Seals: what they show, and that everything stays inside of them."""

from datetime import date

import pytest

from domain.errors import CorrectionInvalid
from domain.seals import (
    SIZE,
    Era,
    Impression,
    SealLook,
    SealStyle,
    check_look,
    day_words,
    drawn,
    family_name,
    find_impression,
    impression,
    impression_text,
)

DAY = date(2026, 11, 22)
NAMES = ("森", "田中", "佐々木", "勅使河原", "Smith", "小鳥遊田中丸", "あいうえおかきくけこさし")
UPPERS = ("", "IT", "経理部", "株式会社灯台製作所", "東京本社経営企画管理部第一課二係担当")


@pytest.mark.parametrize("style", list(SealStyle))
@pytest.mark.parametrize("lower", NAMES)
@pytest.mark.parametrize("upper", UPPERS)
def test_every_character_stays_inside_and_apart(style, lower, upper):
    made = drawn(Impression(style=style, era=Era.WESTERN, upper=upper, lower=lower, on=DAY))
    for glyph in made.glyphs:
        assert glyph.size >= 30, glyph
        reach = glyph.size / 2 * 0.8  # a character's own ink is smaller than its cell
        if made.square:
            assert glyph.x - reach > 0
            assert glyph.x + reach < SIZE
        else:
            far = max(abs(glyph.x - 500) + reach * 0.6, 0) ** 2 + max(abs(glyph.y - 500) + reach * 0.6, 0) ** 2
            assert far < (500 - made.ring / 2) ** 2, glyph
    text = "".join(glyph.text for glyph in made.glyphs)
    assert lower in text
    assert (style is SealStyle.DATE) == ("2026.11.22" in text)
    if style is SealStyle.DATE:
        assert upper in text


def test_rows_do_not_run_into_one_another():
    made = drawn(Impression(style=SealStyle.DATE, era=Era.WESTERN, upper="経理部", lower="田中", on=DAY))
    (_, top, _, _), (_, bottom, _, _) = made.rules
    for glyph in made.glyphs:
        if glyph.text in "経理部":
            assert glyph.y + glyph.size / 2 < top
        if glyph.text in "田中":
            assert glyph.y - glyph.size / 2 > bottom


def test_days():
    assert day_words(DAY, Era.WESTERN) == "2026.11.22"
    assert day_words(DAY, Era.JAPANESE) == "令8.11.22"
    assert day_words(date(2019, 5, 1), Era.JAPANESE) == "令1.5.1"
    assert day_words(date(2019, 4, 30), Era.JAPANESE) == "2019.04.30"


def test_the_mark_of_a_delegate_stands_outside():
    plain = Impression(style=SealStyle.SQUARE, era=Era.WESTERN, upper="", lower="田中", on=DAY)
    marked = drawn(
        Impression(style=SealStyle.SQUARE, era=Era.WESTERN, upper="", lower="田中", on=DAY, for_another=True)
    )
    assert marked.glyphs[:-1] == drawn(plain).glyphs
    assert marked.glyphs[-1].text == "代"
    assert marked.glyphs[-1].x - marked.glyphs[-1].size / 2 >= SIZE
    assert marked.glyphs[-1].x + marked.glyphs[-1].size / 2 <= marked.width


@pytest.mark.parametrize(
    ("name", "shown"), [("田中 一郎", "田中"), ("田中　一郎", "田中"), ("佐々木恵", "佐々木恵"), ("", "")]
)
def test_family_names(name, shown):
    assert family_name(name) == shown


def test_what_is_left_empty_follows_from_the_person_and_comes_back():
    made = impression(SealLook(), name="田中 一郎", department="営業部", on=DAY)
    assert (made.upper, made.lower) == ("営業部", "田中")
    assert impression(SealLook(), name="", department="", on=DAY).lower == "印"
    own = impression(SealLook(upper="本社", lower="一"), name="田中", department="営業部", on=DAY, for_another=True)
    assert find_impression(impression_text(own)) == own
    for broken in (None, "", "[]", "{}", '{"style": "x"}'):
        assert find_impression(broken) is None


@pytest.mark.parametrize("look", [SealLook(upper="あ" * 21), SealLook(lower="あ" * 13), SealLook(lower="田\n中")])
def test_what_cannot_be_cut(look):
    with pytest.raises(CorrectionInvalid):
        check_look(look)
