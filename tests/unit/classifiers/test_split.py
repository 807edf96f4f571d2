"""Borders between the documents of a stack."""

from dataclasses import replace

import pytest

from classifiers.page_signs import page_number, signs_of
from classifiers.split import PageGroup, SplitModel, features, split_pages
from domain.fields import DocumentType
from domain.geometry import Box
from domain.page import Line, Word
from tests.unit.classifiers.pages import page


def grouped(pages):
    return tuple(group.pages for group in split_pages(pages))


def test_pages_of_one_document_stay_together():
    pages = (
        page("請求書", "請求番号 A-100", "1/2", page_index=0, big="請求書"),
        page("請求書", "請求番号 A-100", "2/2", page_index=1, big="請求書"),
    )
    assert grouped(pages) == ((0, 1),)


def test_a_new_heading_begins_a_document_and_blank_pages_belong_to_none():
    pages = (
        page("請求書", "請求番号 A-100", page_index=0, big="請求書"),
        page(page_index=1),
        page("明細のつづき", page_index=2),
        page("領収書", "No. 55-1", "合計 ¥100", page_index=3, big="領収書"),
        page("領収書", "No. 55-2", page_index=4, big="領収書"),
    )
    assert grouped(pages) == ((0, 2), (3,), (4,))


def test_no_pages():
    assert grouped(()) == ()
    assert grouped((page(),)) == ()


def test_receipts_in_a_row_without_numbers():
    slips = tuple(page("みどりストア", "領収書", "合計 ¥100", page_index=i, big="領収書") for i in range(3))
    assert grouped(slips) == ((0,), (1,), (2,))


ROWS = tuple(f"コピー用紙A4 {n} 箱 1,200 {n * 1200:,}" for n in range(1, 18))
MORE_ROWS = tuple(
    f"{name} {n} 箱 1,300 {n * 1300:,}" for n, name in enumerate(("封筒", "用紙", "電池", "付箋") * 5, start=18)
)


def test_the_same_head_again_continues_and_another_number_begins():
    head = ("請求書", "株式会社みどり商事 御中", "請求番号 A-1001", "2026年10月31日", "株式会社青空商事")
    other = ("請求書", "株式会社みどり商事 御中", "請求番号 A-1002", "2026年11月30日", "株式会社青空商事")
    pages = (
        page(*head, *ROWS, page_index=0, big="請求書"),
        page(*head, *ROWS[:4], "合計 120,000円", page_index=1, big="請求書"),
        page(*other, *ROWS[:4], "合計 80,000円", page_index=2, big="請求書"),
    )
    assert grouped(pages) == ((0, 1), (2,))


@pytest.mark.parametrize("sheet", [{"codes": ("SHOKO:SPLIT",)}, {"rows": ("SHOKO:SPLIT", "SHOKO : SPLIT")}])
def test_a_separator_sheet_parts_and_belongs_to_nothing(sheet):
    rows = sheet.get("rows", ("SHOK0:SPL1T",))
    pages = (
        page("請求書", "1/2", page_index=0, big="請求書"),
        page(*rows, page_index=1, codes=sheet.get("codes", ())),
        page("請求書", "2/2", page_index=2, big="請求書"),
    )
    assert grouped(pages) == ((0,), (2,))


def test_a_foreign_code_parts_nothing():
    pages = (
        page("請求書", "1/2", page_index=0, big="請求書"),
        page("お支払いはこちら", "2/2", page_index=1, codes=("https://pay.example/1",)),
    )
    assert grouped(pages) == ((0, 1),)


def test_doubt_keeps_pages_together_and_says_so():
    model = SplitModel(weights={}, bias=-1.0, parts_from=0.5, joins_below=0.1, parts_surely_from=0.9)
    pages = (page("請求書", page_index=0), page("領収書", page_index=1))
    assert split_pages(pages, using=model) == (PageGroup(pages=(0, 1), doubtful=True),)


@pytest.mark.parametrize(("surely", "asked"), [(0.9, (True, True)), (0.7, (False, False))])
def test_documents_that_are_parted_in_doubt_both_say_so(surely, asked):
    model = SplitModel(weights={}, bias=1.0, parts_from=0.5, joins_below=0.1, parts_surely_from=surely)
    pages = (page("請求書", page_index=0), page("領収書", page_index=1))
    assert tuple(group.parted_in_doubt for group in split_pages(pages, using=model)) == asked


def test_what_a_separator_sheet_parts_is_not_in_doubt():
    model = SplitModel(weights={}, bias=1.0, parts_from=0.5, joins_below=0.1, parts_surely_from=0.9)
    pages = (page("請求書", page_index=0), page("SHOKO:SPLIT", page_index=1), page("領収書", page_index=2))
    assert not any(group.parted_in_doubt or group.doubtful for group in split_pages(pages, using=model))


def test_dates_in_a_table_are_no_page_numbers():
    rows = tuple(f"10/{n} 配送料 1 回 1,200" for n in range(10, 16))
    line = page(*rows).rows[0]
    assert page_number(page(*rows).rows) == (None, None)
    assert page_number(page("納品書", *ROWS, "2/3").rows) == (2, 3)
    assert page_number(page("納品書", *ROWS, "- 2 -").rows) == (2, None)
    assert page_number(page("納品書", *ROWS, "3ページ(8ページ中)").rows) == (3, 8)
    assert page_number((line,)) == (None, None)


@pytest.mark.parametrize("printed", ["Page 2 of 3", "2/3", "見積書番号 18V-2024-4092 Page 2 of 3"])
def test_a_page_number_stands_beside_a_column_of_dates(printed):
    line = page("納品書").rows[0]
    dated = [
        replace(line, words=tuple(replace(line.words[0], text=text) for text in (f"8/{n}", "撮影費", "98,000円")))
        for n in (18, 19, 19, 20)
    ]
    assert page_number((*page(printed).rows, *dated)) == (2, 3)
    assert page_number(dated) == (None, None)


def test_a_number_that_was_read_in_part_is_the_same_number():
    head = ("見積書", "株式会社みどり商事 御中", "見積番号 INV-2024-4092", "株式会社青空商事")
    first = page(*head, *ROWS, page_index=0, big="見積書")
    misread = signs_of(page("見積書番号 18V-2024-4092", *MORE_ROWS, page_index=1))
    following = signs_of(page("見積書番号 INV-2024-4093", *MORE_ROWS, page_index=1))
    cut_off = signs_of(page("見積書 No.INV-2024", *MORE_ROWS, page_index=1))
    assert features([signs_of(first)], misread)["numbers_shared"] == 1.0
    assert features([signs_of(first)], cut_off)["numbers_shared"] == 1.0
    assert features([signs_of(first)], following)["numbers_differ"] == 1.0


def test_a_running_head_over_the_rows_of_a_table_begins_no_document():
    rows = [replace(line, words=_words(line)) for line in page(*ROWS).rows]
    over = replace(page(), lines=(page("様 注文書 No.1v3").rows[0], *rows[1:]))
    headed = replace(
        page(), lines=(page("様 注文書 No.1v3").rows[0], *page("品名 数量", "単価", "金額").rows, *rows[4:])
    )
    assert signs_of(over).begins_in_table
    assert not signs_of(headed).begins_in_table


def _words(line):
    return tuple(replace(line.words[0], text=text) for text in line.text.split())


def test_pages_numbered_by_themselves():
    pages = (
        page("Rechnung", "Seite 1", page_index=0, big="Rechnung"),
        page("Rechnung", "Seite 2", "Total EUR 34,73", page_index=1, big="Rechnung"),
        page("Rechnung", "Seite 1", "Total EUR 5,00", page_index=2, big="Rechnung"),
    )
    assert grouped(pages) == ((0, 1), (2,))


def test_till_slips_without_heading():
    rows = [f"ITEM {i} 1.00" for i in range(25)]
    slips = tuple(
        page("OGN GROUP SDN BHD", "24/06/2018 13:05", *rows, "TOTAL 52.40", "CASH 100.00", "CHANGE 47.60", page_index=i)
        for i in range(2)
    )
    assert grouped(slips) == ((0,), (1,))


@pytest.mark.parametrize(("words", "number"), [(("冷蔵配送料", "¥3,590", "P.2"), 2), (("原稿料", "12", "2頁"), None)])
def test_a_page_number_that_runs_into_a_row_is_one_where_it_says_so(words, number):
    """2頁 in a row may be a quantity."""
    lines = page("検収書", "税率10%", "小計", "合計", "以上").rows
    word = lines[1].words[0]
    row = replace(lines[1], words=tuple(replace(word, text=text) for text in words))
    assert page_number((lines[0], row, *lines[2:])) == (number, None)


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("ページ 2/3", (2, 3)),
        ("Page: 2 / 3", (2, 3)),
        ("3頁中2頁", (2, 3)),
        ("全3枚中2枚目", (2, 3)),
        ("2枚目/全3枚", (2, 3)),
        ("l/3", (1, 3)),
        ("ー2ー", (2, None)),
        ("-l-", (1, None)),
        ("第2頁", (2, None)),
        ("8/3", (None, None)),
        ("2024/3", (None, None)),
    ],
)
def test_page_numbers_as_they_are_printed_and_misread(printed, number):
    assert page_number(page("納品書", *ROWS, printed, "株式会社みどり商事").rows) == number


def test_a_page_number_of_several_words_stands_alone_in_its_row():
    """- 2 - in a text layer: three words, in the second row."""
    lines = page("明細", "- 2 -", "株式会社みどり商事", *ROWS).rows
    word = lines[1].words[0]
    row = replace(lines[1], words=tuple(replace(word, text=text) for text in ("-", "2", "-")))
    assert page_number((lines[0], row, *lines[2:])) == (2, None)


@pytest.mark.parametrize(
    ("printed", "days"),
    [
        ("発行日 2026年6月5日", {"2026-6-5"}),
        ("2026-06-05", {"2026-6-5"}),
        ("令和8年6月5日", {"2026-6-5"}),
        ("R8.6.5", {"2026-6-5"}),
        ("令和八年六月五日", {"2026-6-5"}),
        ("令和元年12月31日", {"2019-12-31"}),
        ("Rechnungsdatum 05.06.2026", {"2026-6-5"}),
        ("Vor 8.0.20", set()),
        ("制定 令和4年4月1日", set()),
        ("2024年10月1日改定", set()),
    ],
)
def test_a_day_is_the_same_in_every_form_and_one_of_an_edition_is_none(printed, days):
    assert signs_of(page("請求書", printed, *ROWS)).days == days


def test_printed_terms_with_the_day_of_their_edition_belong_to_what_they_stand_behind():
    head = (
        "請求書",
        "株式会社みどり商事 御中",
        "請求番号 A-1001",
        "2026年10月31日",
        "株式会社青空商事 TEL 03-0000-1234",
    )
    clauses = tuple(f"({n}) 本書に記載の金額は、特に定めのない限り消費税を含みません。" for n in range(1, 6))
    pages = (
        page(*head, *ROWS, "合計 120,000円", page_index=0, big="請求書"),
        page("個人情報の取扱いについて", *clauses, "制定 令和4年4月1日", page_index=1),
    )
    assert grouped(pages) == ((0, 1),)


def test_a_page_that_says_the_same_day_in_another_form_goes_on():
    head = ("注文書", "株式会社みどり商事 御中", "注文番号 202606-5072", "2026年6月30日", "株式会社青空商事")
    pages = (
        page(*head, *ROWS, "合計 120,000円", page_index=0, big="注文書"),
        page("株式会社みどり商事御中 注文書番号 202606-5072", "2026-06-30 株式会社青空商事", *MORE_ROWS, page_index=1),
    )
    assert grouped(pages) == ((0, 1),)


def test_the_same_page_again_is_another_copy():
    head = (
        "返品伝票",
        "株式会社みどり商事 御中",
        "伝票番号 A-1001",
        "2026年10月31日",
        "株式会社青空商事",
        "TEL 03-0000-1234",
    )
    both = tuple(page(*head, *ROWS, "合計 120,000円", page_index=index, big="返品伝票") for index in range(2))
    assert grouped(both) == ((0,), (1,))
    goes_on = (both[0], page(*head, *MORE_ROWS, "合計 120,000円", page_index=1, big="返品伝票"))
    assert grouped(goes_on) == ((0, 1),)


def test_articles_that_somebody_signs_are_no_printed_terms():
    head = ("請求書", "株式会社みどり商事 御中", "請求番号 A-1001", "2026年10月31日", "株式会社青空商事")
    articles = tuple(f"第{n}条(条件) 本書に記載の金額は、特に定めのない限り消費税を含みません。" for n in range(1, 6))
    signed = ("甲 株式会社みどり商事", "代表取締役 森下宏 印", "乙 株式会社白樺", "代表取締役 柏木恵 印")
    first = page(*head, *ROWS, "合計 120,000円", page_index=0, big="請求書")
    assert grouped((first, page("確認票", *articles, page_index=1))) == ((0, 1),)
    assert grouped((first, page("確認票", *articles, *signed, page_index=1))) == ((0,), (1,))


def test_a_person_is_asked_about_a_page_that_nothing_joins_to_those_before_it():
    head = ("請求書", "株式会社みどり商事 御中", "請求番号 A-1001", "2026年10月31日", "TEL 03-0000-1234")
    first = page(*head, *ROWS, "合計 120,000円", page_index=0, big="請求書")
    loose = page(
        "受付 承認 検印", "会場が混み合うことが予想されます。お早めにお越しください。", "担当 水野恵", page_index=1
    )
    assert all(group.doubtful or group.parted_in_doubt for group in split_pages((first, loose)))


def test_a_page_number_beside_a_number_of_a_document_is_no_part_of_it():
    line = page("請求書").rows[0]
    words = tuple(replace(line.words[0], text=text) for text in ("No.", "202310-9712", "02/02"))
    registered = replace(line, words=(replace(line.words[0], text="登録番号 T6-9999-0817-5052"),))
    text = replace(page("請求書"), lines=(replace(line, words=words), registered))
    assert signs_of(text).numbers == {"202310-9712"}


HEAD = (
    "請求書",
    "株式会社みどり商事 御中",
    "請求番号 20261031-048",
    "2026年10月31日",
    "株式会社青空商事 TEL 03-0000-1234",
)
ARTICLES = tuple(
    f"第{n}条(条件) 甲及び乙は、本契約に違反して相手方に損害を与えたときは賠償する。" for n in range(1, 12)
)


def cells(text, *rows):
    """Rows of several words each, below those that the page has; columns stand 200 pixels apart."""
    bottom = max((line.box.bottom for line in text.lines), default=100)
    lines = list(text.lines)
    for number, row in enumerate(rows, start=1):
        top = bottom + 50 * number
        words = tuple(
            Word(text=cell, box=Box(left=100 + 200 * i, top=top, right=250 + 200 * i, bottom=top + 30), confidence=1.0)
            for i, cell in enumerate(row.split())
        )
        lines.append(Line(words=words, box=Box(left=100, top=top, right=words[-1].box.right, bottom=top + 30)))
    return replace(text, lines=tuple(lines))


LISTED = tuple(f"{n} 品目{n} {n}個 {n * 300:,}" for n in range(1, 20))
FIRST = cells(page(*HEAD, page_index=0, big="請求書"), "番号 品名 数量 金額", *LISTED)
TAILS = {
    "sums": page("消費税額 567,217", "合計 6,239,391", "お問い合わせは担当までお願いします。", page_index=1),
    "a note": page("※納期:別途ご相談", page_index=1),
    "the head of its table": cells(page(page_index=1), "番号 品名 数量 金額", "2. 甲板 3枚 900"),
    "the next row": cells(page(page_index=1), "20 封筒 1個 400", "21 切手 3個 500"),
    "its number": page(
        "工程のご報告", "(20261031-048)", "現地の調査を行い、図面を整えたうえで施工した。", page_index=1
    ),
}


@pytest.mark.parametrize("tail", TAILS)
def test_a_page_that_only_goes_on_belongs_to_its_document_without_a_question(tail):
    assert split_pages((FIRST, TAILS[tail])) == (PageGroup(pages=(0, 1)),)


def test_signatures_alone_on_a_page_belong_to_the_articles_before_them():
    pages = (
        page(
            "物品売買契約書", *ARTICLES, "甲乙各自記名押印の上、各一通を保有する。", page_index=0, big="物品売買契約書"
        ),
        page("甲 乙", "住所 兵庫県 住所 岡山県", "代表取締役 久保田徹 代表取締役 神谷彩", page_index=1),
    )
    assert split_pages(pages) == (PageGroup(pages=(0, 1)),)


@pytest.mark.parametrize(("following", "groups"), [("3/3", ((0, 1, 2),)), ("2/2", ((0,), (1, 2)))])
def test_the_number_of_the_page_after_counts_a_page_whose_own_was_not_read(following, groups):
    first = page("納品書", "株式会社みどり商事 御中", "納品番号 A-100123", *ROWS, page_index=0, big="納品書")
    lost = page("納品書", "株式会社みどり商事 御中", *MORE_ROWS, page_index=1, big="納品書")
    last = page("納品書", *ROWS[:3], "合計 120,000円", following, page_index=2)
    assert grouped((first, lost, last)) == groups


def test_a_table_with_another_head_is_another_table_wherever_its_columns_stand():
    ledger = cells(
        page("残高の推移", page_index=1), "日付 摘要 借方 残高", "8/15 名刺 72,859 90,000", "8/16 用紙 100 200"
    )
    assert signs_of(ledger).columns == pytest.approx(signs_of(FIRST).columns)
    assert all(group.doubtful or group.parted_in_doubt for group in split_pages((FIRST, ledger)))


def test_a_sheet_that_names_a_department_is_no_tail():
    assert all(
        group.doubtful or group.parted_in_doubt for group in split_pages((FIRST, page("経理部行き", page_index=1)))
    )


def test_a_title_in_two_lines_is_a_heading():
    title = [
        replace(line, box=replace(line.box, bottom=line.box.top + 60))
        for line in page("お届け明細書兼納", "品書").lines
    ]
    text = replace(page(), lines=(*title, *page(*ROWS).lines))
    assert signs_of(text).heading is DocumentType.DELIVERY_NOTE


def test_the_day_of_a_short_slip_is_read_below_its_head():
    slips = (
        "みどりストア",
        "仮町店",
        "〒680-8160",
        "長野県長野市",
        "合同会社望月堂",
        "領収書",
        "2026.09.20 11:07",
        "合計 100",
    )
    assert signs_of(page(*slips)).days == {"2026-9-20"}
    assert signs_of(page("領収証", "桜台交通", "'26/01/21 17:03", "合計 5,540円")).days == {"2026-1-21"}


@pytest.mark.parametrize(
    ("printed", "days"),
    [(("請求書", "作成日 2026年7月3日"), {"2026-7-3"}), (("単価一覧", "作成日 2026年7月3日"), set())],
)
def test_the_day_on_which_it_was_made_is_that_of_a_document_and_the_edition_of_a_list(printed, days):
    assert signs_of(page(*printed, *ROWS)).days == days


@pytest.mark.parametrize(
    "rows",
    [
        ("担当者変更のご挨拶", "2024年5月4日", "株式会社みどり商事 御中", "貴社の担当を変更いたします。"),
        ("株式会社みどり商事 御中", "拝啓 時下ますますご清栄のこととお慶び申し上げます。", "敬具", "株式会社青空商事"),
    ],
)
def test_a_letter_begins_a_document(rows):
    assert signs_of(page(*rows)).heading is DocumentType.OTHER
    assert split_pages((FIRST, page(*rows, page_index=1))) == (PageGroup(pages=(0,)), PageGroup(pages=(1,)))


def test_terms_that_are_asked_for_politely_are_no_letter():
    clauses = tuple(f"({n}) 梱包を解いたのちの返品は、お受けいたしかねますのでご了承ください。" for n in range(1, 6))
    terms = page("株式会社みどり商事 御中", "お客様へのお願い", *clauses)
    assert signs_of(terms).heading is None


def test_articles_that_give_both_parties_short_names_are_a_contract_whatever_its_title_says():
    rows = (
        "取引基本契約書(個別契約)",
        "白樺株式会社(以下、「売主」と称する。)と、株式会社灯台(以下、「買主」と称する。)は合意する。",
    )
    assert signs_of(page(*rows, *ARTICLES)).heading is DocumentType.CONTRACT


def test_a_second_copy_is_never_kept_with_the_first_without_a_question():
    ledger = ("残高の推移", "日付 摘要 借方 残高", *(f"8/{n} 名刺{n} 72,8{n} 90,0{n}" for n in range(11, 25)))
    both = tuple(cells(page(page_index=index), *ledger) for index in range(2))
    joins = SplitModel(weights={}, bias=-9.0, parts_from=0.5, joins_below=0.08, parts_surely_from=0.95)
    assert split_pages(both, using=joins) == (PageGroup(pages=(0, 1), doubtful=True),)


def test_a_title_above_the_rows_of_a_table_is_a_head():
    rows = ("8/15 名刺 72,859 90,000", "8/16 用紙 1,100 2,200", "8/17 切手 3,300 4,400")
    assert signs_of(cells(page(), *rows)).begins_in_table
    assert not signs_of(cells(page("残高確認書", "預金種目 普通"), *rows)).begins_in_table


def test_a_service_line_tells_no_sender_from_another():
    assert signs_of(page("お問い合わせ 0120-000-000", "TEL 03-0000-1234")).phones == {"03-0000-1234"}


def test_the_rest_of_a_word_is_no_number_of_a_document():
    assert signs_of(page("Technology", "Rechnungsnummer RE-2026-17", "Unsere Abteilung nummer eins")).numbers == {
        "re-2026-17"
    }
