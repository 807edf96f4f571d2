"""The characters a Japanese business document may hold."""

import pytest

from extractors.ocr.repertoire import select, wanted


@pytest.mark.parametrize("character", list("領収書髙﨑澤邊廣國齋藏㈱①〒円¥￥〜～ーｱ㎡々〆Aé€ß0,.-・「」"))
def test_wanted(character):
    assert wanted(character)


@pytest.mark.parametrize("character", [*"发业网增ΑВ│🚲한拔號樣卷陷", "", "ab"])
def test_not_wanted(character):
    assert not wanted(character)


def test_blank_and_space_stay_at_the_ends():
    indices, alphabet = select(["领", "領", "A"])
    assert indices == [0, 2, 3, 4]
    assert alphabet == ["", "領", "A", " "]
