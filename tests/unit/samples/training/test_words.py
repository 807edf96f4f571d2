"""Texts that the recogniser is trained on."""

import random

from samples.generator import held_back
from samples.training.lines import FONTS
from samples.training.words import half_width, make_text


def test_the_same_seed_gives_the_same_texts():
    first, second = (random.Random(7) for _ in range(2))
    assert [make_text(first) for _ in range(200)] == [make_text(second) for _ in range(200)]


def test_texts_are_single_lines_without_double_spaces():
    rng = random.Random(8)
    for _ in range(500):
        text = make_text(rng)
        assert text
        assert len(text) <= 60
        assert text == " ".join(text.split())


def test_what_the_published_network_confuses_comes_often():
    rng = random.Random(9)
    together = "".join(make_text(rng) for _ in range(4000))
    for character in "乙土〒※ー㎡抜号":
        assert character in together


def test_half_width():
    assert half_width("カ)ギンガ ポー") == "ｶ)ｷﾞﾝｶﾞ ﾎﾟｰ"


def test_no_held_back_font_is_trained_on():
    files = " ".join(name for name, _ in FONTS).replace("-", "").casefold()
    for family in (*held_back.GOTHIC, *held_back.MINCHO):
        assert family.replace(" ", "").removesuffix("JP").casefold() not in files
    assert not any(part in files for part in ("mplus", "vlgothic", "vlpgothic", "notoserif"))
