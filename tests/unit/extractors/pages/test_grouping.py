"""Characters to lines: rows, columns of vertical writing, ruby, spaced-out headings, half-width kana."""

from extractors.ocr import null
from extractors.settings import ExtractorSettings
from extractors.text import read_text
from tests.support.pdf_pages import Sheet, helvetica


def lines(sheet, **options):
    content = sheet.save(**options)
    return read_text(content, file_name="a.pdf", settings=ExtractorSettings(), engine=null.create()).texts[0].lines


def texts(sheet, **options):
    return [line.text for line in lines(sheet, **options)]


def test_vertical_writing_runs_down_and_its_columns_from_right_to_left():
    sheet = Sheet(width=300, height=300)
    for at, column in enumerate(["拝啓", "時下ますますご清栄のこと", "とお慶び申し上げます", "令和六年十一月三日"]):
        sheet.boxes(column, 240 - 24 * at, 30, down=True, gap=1.1)
    found = lines(sheet)
    assert [line.text for line in found] == [
        "拝啓",
        "時下ますますご清栄のこと",
        "とお慶び申し上げます",
        "令和六年十一月三日",
    ]
    assert all(line.vertical for line in found)
    assert found[3].box.right < found[2].box.left


def test_vertical_writing_with_tight_columns():
    sheet = Sheet(width=300, height=300)
    for at, column in enumerate(["請求の内容は次のとおり", "であることを証明します", "昭和五十三年四月一日生"]):
        sheet.boxes(column, 240 - 13 * at, 30, down=True)
    assert texts(sheet)[2] == "昭和五十三年四月一日生"


def test_figures_set_level_inside_a_column_belong_to_it():
    sheet = Sheet(width=300, height=300)
    sheet.boxes("令和", 200, 30, down=True)
    sheet.boxes("12", 200, 54, gap=0.5, before="q 50 Tz", after="Q")
    sheet.boxes("年", 200, 66, down=True)
    sheet.boxes("11", 200, 78, gap=0.5, before="q 50 Tz", after="Q")
    sheet.boxes("月吉日", 200, 90, down=True)
    sheet.boxes("株式会社青空商事", 170, 30, down=True)
    assert texts(sheet) == ["令和12年11月吉日", "株式会社青空商事"]


def test_a_column_of_figures_in_a_table_is_no_vertical_writing():
    sheet = Sheet()
    for row in range(5):
        sheet.boxes("品目名称", 40, 40 + 13 * row).boxes(str(row + 1), 200, 40 + 13 * row)
    assert texts(sheet) == [f"品目名称{row + 1}" for row in range(5)]
    column = Sheet()
    column.boxes("13579", 200, 40, down=True)
    for row, name in enumerate(["ねじ大", "くぎ小", "びょう", "とめ金", "かすがい"]):
        column.boxes(name, 40, 40 + 12 * row)
    assert texts(column) == ["ねじ大1", "くぎ小3", "びょう5", "とめ金7", "かすがい9"]


def test_a_spaced_out_heading_is_one_line():
    sheet = Sheet().boxes("請求書", 100, 30, size=18, gap=2).boxes("下記の通りご請求申し上げます", 40, 80)
    assert texts(sheet) == ["請求書", "下記の通りご請求申し上げます"]


def test_ruby_does_not_break_its_base():
    sheet = Sheet().boxes("株式会社青空商事", 100, 60).boxes("あおぞら", 148, 53, size=6)
    found = texts(sheet)
    assert "株式会社青空商事" in found
    assert "あおぞら" in found


def test_ruby_beside_a_column_does_not_break_it():
    sheet = Sheet().boxes("株式会社青空商事", 100, 60, down=True).boxes("あおぞら", 113, 108, size=6, down=True)
    sheet.boxes("代表取締役", 80, 60, down=True)
    found = texts(sheet)
    assert "株式会社青空商事" in found
    assert "あおぞら" in found


def test_half_width_kana_keep_their_marks():
    assert texts(Sheet().boxes("ｶ)ｱｵｿﾞﾗｼｮｳｼﾞ", 40, 40, size=8)) == ["ｶ)ｱｵｿﾞﾗｼｮｳｼﾞ"]


def test_words_of_latin_text_are_split_at_spaces_and_gaps():
    sheet = Sheet()
    name = sheet.font(helvetica())
    sheet.raw(f"BT /{name} 12 Tf 40 200 Td (Invoice No. 42) Tj 200 0 Td (due 2024-10-31) Tj ET")
    (line,) = lines(sheet)
    assert [w.text for w in line.words] == ["Invoice", "No.", "42", "due", "2024-10-31"]


def test_a_word_drawn_in_pieces_and_out_of_order_is_one_word():
    sheet = Sheet()
    name = sheet.font(helvetica())
    sheet.raw(f"BT /{name} 12 Tf 1 0 0 1 64 200 Tm (OICE) Tj 1 0 0 1 300 100 Tm (x) Tj 1 0 0 1 40 200 Tm (INV) Tj ET")
    assert texts(sheet)[0] == "INVOICE"


def test_a_watermark_set_aslant_is_a_line_of_its_own():
    sheet = Sheet().boxes("下記の通りご請求申し上げます", 40, 40)
    name = sheet.font(helvetica())
    sheet.raw(f"BT /{name} 40 Tf 0.7 0.7 -0.7 0.7 100 60 Tm (COPY) Tj ET")
    assert sorted(texts(sheet)) == sorted(["下記の通りご請求申し上げます", "COPY"])


def test_a_day_in_figures_on_a_page_of_vertical_writing_is_one_column():
    sheet = Sheet(width=300, height=300)
    sheet.boxes("拝啓時下ますますご清栄のこととお慶び申し上げます", 240, 10, down=True)
    sheet.boxes("2024/06/15", 200, 30, down=True)
    sheet.boxes("令和12年7月3日", 170, 30, down=True)
    sheet.boxes("株式会社青空商事", 140, 30, down=True)
    found = texts(sheet)
    assert found[1:3] == ["2024/06/15", "令和12年7月3日"]


def test_a_mark_whose_box_hangs_low_does_not_end_its_column():
    sheet = Sheet(width=300, height=300)
    sheet.boxes("このたび", 240, 30, down=True).boxes("、", 240, 78).boxes("貴社の", 240, 85, down=True)
    sheet.boxes("担当者の変更", 200, 30, down=True)
    assert texts(sheet) == ["このたび、貴社の", "担当者の変更"]
