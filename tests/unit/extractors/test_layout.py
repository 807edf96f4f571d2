"""Words to lines."""

from domain.geometry import Box
from domain.page import Word
from extractors.ocr.layout import lines_from_pieces, piece_of, visual_rows


def piece(text, left, top, width=100, height=20, *, vertical=False):
    box = Box(left=left, top=top, right=left + width, bottom=top + height)
    return piece_of([Word(text=text, box=box, confidence=0.9)], vertical=vertical)


def texts(pieces):
    return [[w.text for w in line.words] for line in lines_from_pieces(pieces)]


def test_label_and_value_on_one_row_are_one_line():
    found = texts([piece("¥1,234", 500, 11), piece("合計", 20, 10), piece("小計", 20, 60), piece("¥1,122", 500, 60)])
    assert found == [["合計", "¥1,234"], ["小計", "¥1,122"]]


def test_rows_come_from_top_to_bottom_and_words_from_left_to_right():
    assert texts([piece("d", 300, 90), piece("c", 20, 90), piece("b", 300, 10), piece("a", 20, 10)]) == [
        ["a", "b"],
        ["c", "d"],
    ]


def test_a_tall_heading_does_not_swallow_two_rows_beside_it():
    heading = piece("請求書", 300, 10, 200, 60)
    right = [piece("No. 12", 600, 8, height=18), piece("2024年10月31日", 600, 50, height=18)]
    assert texts([heading, *right]) == [["請求書"], ["No. 12"], ["2024年10月31日"]]


def test_a_value_in_larger_print_stays_with_its_label():
    assert texts([piece("ご請求金額", 20, 20, height=20), piece("¥128,960", 200, 10, height=40)]) == [
        ["ご請求金額", "¥128,960"]
    ]


def test_a_slightly_turned_row_holds_together():
    row = [piece(str(n), 100 + 150 * n, 100 + 6 * n) for n in range(6)]
    below = [piece(chr(97 + n), 100 + 150 * n, 140 + 6 * n) for n in range(6)]
    rows = visual_rows(below + row)
    assert [[w.text for w in line.words] for line in rows] == [list("012345"), list("abcdef")]
    assert [w.text for line in lines_from_pieces(below + row, tilt=0.04) for w in line.words] == list("012345abcdef")


def test_overlapping_boxes_on_the_same_spot_are_not_joined():
    assert len(texts([piece("a", 100, 100, 100), piece("b", 120, 104, 100)])) == 2


def test_vertical_writing_is_a_line_of_its_own():
    column = piece("縦書き", 800, 100, 20, 300, vertical=True)
    lines = lines_from_pieces([column, piece("横", 20, 200)])
    assert [(line.text, line.vertical) for line in lines] == [("縦書き", True), ("横", False)]


def test_boxes_of_lines_are_around_their_words():
    (line,) = lines_from_pieces([piece("a", 10, 10), piece("b", 200, 14)])
    assert line.box == Box(left=10, top=10, right=300, bottom=34)


def test_nothing_gives_nothing():
    assert lines_from_pieces([]) == ()


def test_columns_are_read_from_right_to_left():
    columns = [
        piece(t, x, y, 30, h, vertical=True)
        for t, x, y, h in [("三列", 700, 60, 200), ("一列", 800, 50, 400), ("二列", 750, 52, 390)]
    ]
    lines = lines_from_pieces([piece("題", 20, 10), *columns, piece("末", 20, 600)])
    assert [line.text for line in lines] == ["題", "一列", "二列", "三列", "末"]


def test_a_single_narrow_character_is_no_vertical_writing():
    (line,) = lines_from_pieces([piece("数量", 20, 10), piece("1", 200, 8, 8, 26, vertical=True)])
    assert (line.text, line.vertical) == ("数量1", False)
