import pytest

from domain.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ABC", "ABC"),
        ("￥１，２３４－", "¥1,234-"),
        ("ｶﾞｷﾞ", "ガギ"),
        ("㈱青空", "(株)青空"),
        ("㋿8年", "令和8年"),
        ("⻘⿊⻄", "青黒西"),
        ("か\u3099", "が"),
    ],
)
def test_folded(text, folded):
    assert fold(text).text == folded


def test_the_way_back():
    folded = fold("㈱ｱｵｿﾞﾗ １２３")
    at = folded.text.index("123")
    assert folded.raw(at, at + 3) == "１２３"
    assert folded.raw(0, 3) == "㈱"
    assert folded.raw(1, 1) == ""
    assert folded.span(3, 7) == (1, 6)
