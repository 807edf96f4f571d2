"""Characters are judged against the print in their own place."""

import pytest

from extractors.ocr.training.matching import Glyph, ReadWord, aligned, judge

ROWS = (
    "株式会社青空商事御中",
    "合計金額¥1,280です",
    "お支払期限2026年11月30日",
    "登録番号T1234567890123",
    "小計¥1,180ほか",
    "備考欄なし",
    "下記の通り請求します",
    "東京都千代田区見本町",
)
SIDE = 0.03


def printed():
    return tuple(
        Glyph(text=c, x=0.1 + SIDE * n, y=0.1 + 0.1 * row, height=SIDE)
        for row, text in enumerate(ROWS)
        for n, c in enumerate(text)
    )


def read(rows, *, scale=1000.0, shift=0.0, tilt=0.0):
    """The rows on a picture: larger, moved and a little turned."""
    out = []
    for row, text in enumerate(rows):
        left, right = 0.1 - SIDE / 2, 0.1 - SIDE / 2 + SIDE * len(ROWS[row])
        y = 0.1 + 0.1 * row
        corners = (
            scale * left + shift,
            scale * (y - SIDE * 0.6 + tilt * left),
            scale * right + shift,
            scale * (y + SIDE * 0.6 + tilt * right),
        )
        out.append(ReadWord(text=text, corners=corners))
    return out


@pytest.mark.parametrize("picture", [{}, {"scale": 2300.0, "shift": 140.0}, {"tilt": 0.01}])
def test_the_same_text_is_right(picture):
    judged = judge(read(ROWS, **picture), printed())
    assert judged is not None
    assert all(j.whole for j in judged)


def test_an_amount_is_not_excused_by_the_same_amount_elsewhere():
    rows = list(ROWS)
    rows[1] = "合計金額¥1,180です"
    judged = judge(read(rows), printed())
    assert judged is not None
    assert [c for c, ok in zip(rows[1], judged[1].right, strict=True) if not ok] == ["1"]
    assert judged[1].right.index(False) == rows[1].index("1,1") + 2
    assert judged[4].whole


def test_a_missing_character_makes_no_other_wrong():
    rows = list(ROWS)
    rows[2] = "お支払期限2026年1月30日"
    judged = judge(read(rows), printed())
    assert judged is not None
    assert all(judged[2].right)
    assert judged[2].missed == 1
    assert not judged[2].whole


def test_text_from_elsewhere_cannot_be_laid_over_the_print():
    assert judge(read(["何か別の文書です", "まったく違う内容", "請求書ではない", "月日", "x", "y"]), printed()) is None


@pytest.mark.parametrize(
    ("text", "truth", "right", "missed"),
    [
        ("㈱青空", "(株)青空", (True, True, True), 0),
        ("１２８", "128", (True, True, True), 0),
        ("\\128", "¥128", (True, True, True, True), 0),
        ("158", "¥58", (False, True, True), 0),
        ("１２", "1280", (True, True), 2),
        ("abc", "", (False, False, False), 0),
    ],
)
def test_forms_count_as_the_same(text, truth, right, missed):
    assert aligned(text, [(c, True) for c in truth]) == (right, missed)


def test_neighbours_print_costs_nothing():
    assert aligned("合計", [("前", False), ("合", True), ("計", True), ("額", False)]) == ((True, True), 0)
