"""Reading order."""

import random

import pytest

from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from extractors import order
from extractors.ocr.layout import piece_of, visual_rows
from extractors.order import in_reading_order

ENGINE = EngineId(name="test.v1", version="1")


def word(text, left, top, *, height=20, width=None):
    box = Box(left=left, top=top, right=left + (width or height * len(text)), bottom=top + height)
    return Word(text=text, box=box, confidence=0.9)


def spoken(words, *, rules=(), vertical=(), tilt=0.0, seed=1):
    """Texts of the lines, whatever order the engine found them in."""
    pieces = [piece_of([w]) for w in words] + [piece_of([w], vertical=True) for w in vertical]
    random.Random(seed).shuffle(pieces)
    lines = in_reading_order(visual_rows(pieces, tilt=tilt), tilt=tilt, rules=rules)
    return [line.text for line in lines]


RECIPIENT = [
    word("〒773-7122", 100, 200),
    word("福岡県福岡市博多区", 100, 230),
    word("株式会社灯台製作所御中", 100, 262, height=26),
]
ISSUER = [
    word("有限会社朝凪商事", 700, 202, height=23),
    word("〒912-8554", 700, 234),
    word("東京都千代田区北見本町", 700, 264),
    word("TEL06-0000-9762", 700, 294),
]


def test_the_block_on_the_left_comes_before_the_block_on_the_right():
    assert spoken([*RECIPIENT, *ISSUER]) == [
        "〒773-7122",
        "福岡県福岡市博多区",
        "株式会社灯台製作所御中",
        "有限会社朝凪商事",
        "〒912-8554",
        "東京都千代田区北見本町",
        "TEL06-0000-9762",
    ]


def test_a_heading_comes_first_and_what_stands_below_both_blocks_last():
    heading, below = word("請求書", 480, 100, height=40), word("下記の通りご請求申し上げます。", 100, 400)
    texts = spoken([below, *ISSUER, heading, *RECIPIENT])
    assert texts[0] == "請求書"
    assert texts[-1] == "下記の通りご請求申し上げます。"


def test_a_date_above_the_right_block_is_read_before_both_blocks():
    texts = spoken([word("2025年5月31日", 900, 150), *RECIPIENT, *ISSUER])
    assert texts[:2] == ["2025年5月31日", "〒773-7122"]


def table(top, rows):
    return [word(text, x, top + 40 * n) for n, row in enumerate(rows) for text, x in row]


ITEMS = [
    [("品名", 100), ("数量", 500), ("金額", 700)],
    [("名刺印刷両面カラー", 100), ("3", 510), ("5,700", 690)],
    [("来客用緑茶", 100), ("2", 510), ("1,106", 690)],
]


def test_a_table_is_read_row_by_row():
    assert spoken(table(100, ITEMS)) == ["品名数量金額", "名刺印刷両面カラー3 5,700", "来客用緑茶2 1,106"]


def test_labels_and_sums_stay_together():
    rows = [
        [("小計", 500), ("501,700円", 700)],
        [("消費税10%", 500), ("50,170円", 700)],
        [("合計", 500), ("551,870円", 700)],
    ]
    assert spoken(table(100, rows)) == ["小計501,700円", "消費税10% 50,170円", "合計551,870円"]


def test_a_receipt_is_read_row_by_row():
    rows = [
        [("2025年07月05日", 20), ("18:00", 500)],
        [("レジ0007", 20), ("No.97996", 450)],
        [("おにぎり鮭", 20), ("¥123", 520)],
        [("現金お預かり", 20), ("¥5,000", 480)],
    ]
    assert spoken(table(10, rows)) == [
        "2025年07月05日18:00",
        "レジ0007 No.97996",
        "おにぎり鮭¥123",
        "現金お預かり¥5,000",
    ]


def test_columns_of_prose_are_read_one_after_the_other():
    left = [word("左の段の本文がここに続いている行", 50, 100 + 30 * n) for n in range(8)]
    right = [word("右の段の本文がここに続いている行", 450, 100 + 30 * n) for n in range(8)]
    assert spoken([*left, *right]) == [w.text for w in (*left, *right)]


def test_two_signatures_side_by_side_are_read_one_after_the_other():
    left = [
        word(t, 100, 500 + 30 * n)
        for n, t in enumerate(("甲", "東京都千代田区北見本町一番", "株式会社灯台製作所", "代表取締役宮本直樹"))
    ]
    right = [
        word(t, 700, 500 + 30 * n)
        for n, t in enumerate(("乙", "福岡県福岡市博多区試通八番", "有限会社朝凪商事", "代表取締役小野寺陽子"))
    ]
    assert spoken([*left, *right]) == [w.text for w in (*left, *right)]


def level(left, right, top):
    return Box(left=left, top=top, right=right, bottom=top + 2)


def upright(left, top, bottom):
    return Box(left=left, top=top, right=left + 2, bottom=bottom)


def test_a_cell_with_several_lines_is_read_before_its_neighbour():
    """The key stands in the middle of its cell, beside three lines."""
    key, other = word("発注者", 100, 130), word("受注者", 100, 240)
    first = [word(t, 300, 100 + 30 * n) for n, t in enumerate(("東京都千代田区", "株式会社灯台製作所", "宮本直樹"))]
    second = [word(t, 300, 210 + 30 * n) for n, t in enumerate(("福岡県福岡市", "有限会社朝凪商事", "小野寺陽子"))]
    rules = [level(90, 700, y) for y in (92, 198, 306)] + [upright(x, 92, 308) for x in (90, 250, 700)]
    expected = [key, *first, other, *second]
    texts = spoken(expected, rules=rules)
    assert "".join(texts) == "".join(w.text for w in expected)


def test_a_rule_across_two_columns_makes_rows_of_them():
    left = [word("左の欄にある文がここに続く", 100, 100 + 30 * n) for n in range(5)]
    right = [word("右の欄にある文がここに続く", 600, 100 + 30 * n) for n in range(5)]
    rules = [level(90, 900, 95 + 30 * n) for n in range(6)]
    assert spoken([*left, *right], rules=rules)[0] == "左の欄にある文がここに続く右の欄にある文がここに続く"
    assert spoken([*left, *right])[0] == "左の欄にある文がここに続く"


def column(text, left, top, *, size=20):
    return Word(
        text=text, box=Box(left=left, top=top, right=left + size, bottom=top + size * len(text)), confidence=0.9
    )


def test_vertical_writing_is_read_from_right_to_left():
    columns = [
        column("本日のご案内", 900, 50, size=30),
        column("拝啓時下ますます", 820, 50),
        column("ご清栄のこと", 780, 50),
    ]
    columns += [column("敬具", 740, 400), column("株式会社灯台", 600, 300)]
    assert spoken([], vertical=columns) == [w.text for w in columns]


def test_two_tiers_of_vertical_writing():
    upper = [column("上の段の文章です", 900 - 40 * n, 50) for n in range(5)]
    lower = [column("下の段の文章です", 900 - 40 * n, 300) for n in range(5)]
    assert spoken([], vertical=[*upper, *lower]) == [w.text for w in (*upper, *lower)]


def test_a_vertical_address_is_one_block_of_a_level_page():
    address = [column("福岡県福岡市博多区", 300, 150), column("株式会社灯台製作所御中", 240, 170)]
    texts = spoken([word("請求書", 480, 60, height=40), *ISSUER, word("下記の通り", 100, 600)], vertical=address)
    assert texts == ["請求書", "福岡県福岡市博多区", "株式会社灯台製作所御中", *(w.text for w in ISSUER), "下記の通り"]


class Told:
    """Below a heading there is a level cut; where the heading is gone, an upright one is likelier."""

    def __init__(self, below):
        self.below = below

    def chances(self, cuts):
        level = [cut for cut in cuts if not cut.upright]
        if len(level) == 2:
            return [0.99 if cut is level[0] else self.below for cut in cuts]
        return [0.7 if cut.upright else 0.6 for cut in cuts]


@pytest.mark.parametrize(("below", "columns"), [(0.8, True), (0.95, False)])
def test_only_what_is_certain_is_cut_beside_the_best(monkeypatch, below, columns):
    """What is not is looked at again where less stands around it."""
    monkeypatch.setattr(order, "load_judge", lambda: Told(below))
    heading = word("大きな見出しが頁の端から端まで続く", 100, 50, height=40)
    left, right = [word("左上", 100, 200), word("左下", 100, 240)], [word("右上", 500, 200), word("右下", 500, 240)]
    said = "左上左下右上右下" if columns else "左上右上左下右下"
    assert "".join(spoken([*right, heading, *left])) == heading.text + said


HEAD = [
    word("有限会社朝凪商事御中", 100, 100, height=26),
    word("下記の通りお知らせいたします。", 100, 150),
    word("出荷案内書", 700, 96, height=34),
    word("総額48,200円", 720, 160, height=24),
    word("株式会社灯台製作所", 1240, 102),
    word("福岡県福岡市博多区試通8-1", 1240, 132),
    word("TEL092-000-1122", 1240, 162),
]
VALUES = [
    word("作成日2026/03/04", 100, 232),
    word("管理番号20260304-7", 460, 232),
    word("納入日2026/04/01", 860, 232),
]


def test_labelled_values_below_three_blocks_are_read_after_all_of_them():
    table = [
        word(t, x, y) for y, n in ((320, ""), (360, "一"), (400, "二")) for t, x in ((f"品{n}", 100), (f"数{n}", 900))
    ]
    rules = [level(90, 1600, y) for y in (310, 350, 390, 430)]
    texts = "".join(spoken([*HEAD, *VALUES, *table], rules=rules))
    assert texts.startswith("".join(w.text for w in (*HEAD, *VALUES)))


@pytest.mark.parametrize(("within_columns", "columns"), [(0.3, False), (0.95, True)])
def test_of_two_doubtful_cuts_the_one_is_made_after_which_the_parts_are_certain(monkeypatch, within_columns, columns):
    """Alone, the upright cut is a little likelier; its parts are pairs of columns again."""

    class Guessing:
        def chances(self, cuts):
            if sum(cut.upright for cut in cuts) > 1:
                return [0.6 if cut.upright and cut.at == 4 else 0.5 if not cut.upright else 0.1 for cut in cuts]
            return [within_columns if cut.upright else 0.1 for cut in cuts]

    monkeypatch.setattr(order, "load_judge", Guessing)
    places = [(left, top) for left in (100, 200, 600, 700) for top in (100, 200)]
    texts = dict(zip(places, "一二三四五六七八", strict=True))
    said = "".join(spoken([word(text, *place) for place, text in texts.items()]))
    assert said == ("一二三四五六七八" if columns else "一三五七二四六八")


def test_rows_are_what_stands_side_by_side():
    pieces = [piece_of([w]) for w in (*RECIPIENT, *ISSUER)]
    rows = visual_rows(pieces)
    page = PageText(page_index=0, lines=in_reading_order(rows), engine=ENGINE)
    assert [line.text for line in page.rows] == [line.text for line in rows]
    assert [line.box for line in page.rows] == [line.box for line in rows]
    assert page.text != "\n".join(line.text for line in rows)


def test_lines_without_rows_are_their_own_rows():
    lines = (Line(words=(word("a", 10, 10),), box=Box(left=10, top=10, right=30, bottom=30)),)
    assert PageText(page_index=0, lines=lines, engine=ENGINE).rows == lines


@pytest.mark.parametrize("count", [10, 400, 1600])
def test_no_word_is_lost_or_said_twice(count):
    rng = random.Random(count)
    words = [
        word(f"w{n}", rng.randrange(2000), rng.randrange(3000), height=rng.choice((12, 20, 40))) for n in range(count)
    ]
    rows = visual_rows([piece_of([w]) for w in words])
    lines = in_reading_order(rows, rules=[level(0, 2000, y) for y in range(0, 3000, 300)])
    assert sorted(w.text for line in lines for w in line.words) == sorted(w.text for w in words)
