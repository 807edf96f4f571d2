"""Receipts in the wordings that shops, forms and machines use."""

from datetime import date
from itertools import product

import pytest

from classifiers.rules import create
from domain.engines import FieldContext
from domain.fields import DocumentType, value_to_plain
from extractors.fields import extract_fields

CONTEXT = FieldContext(today=date(2026, 11, 21), our_companies=("海山システム株式会社",))
TOTALS = (
    "合計", "お会計", "御会計", "お買上合計", "お買上げ金額", "税込合計", "総合計", "合計(税込)", "お支払金額",
    "ご請求額",
    "お買上計", "合 計 金 額", "領収金額", "総額", "現計",
)  # fmt: skip
DATES = ("2026/11/18(水) 14:05", "2026年11月18日(水)14時05分", "R08.11.18 14:05", "26/11/18 14:05", "令和8年11月18日")
AMOUNTS = ("金 39,636円也", "金額 ¥39,636-", "¥39,636※", "金参万九千六百参拾六円也", "￥39,636.-", "合計金額 39,636円")
FARES = ("駐車料金", "料金", "領収額", "お支払額", "運賃", "利用料", "通行料金", "精算額", "お支払")


def read(page):
    classification = create().classify((page,))
    assert classification.label is DocumentType.RECEIPT
    fields = extract_fields(classification.label, (page,), context=CONTEXT)
    return {f.name: value_to_plain(f.value) for f in fields.fields}


@pytest.mark.parametrize(("total", "day"), [*product(TOTALS, DATES[:1]), *product(TOTALS[:1], DATES)])
def test_till_slips(paper, total, day):
    page = paper(
        [(150, "みどりストア", 50)],
        "TEL 03-1234-5678",
        day,
        [(100, "コーヒー"), (500, "¥450")],
        [(100, "サンドイッチ"), (500, "¥550")],
        [(100, "小計"), (500, "¥1,000")],
        [(100, "消費税"), (500, "¥100")],
        [(100, total), (500, "¥1,100")],
        [(100, "お預り"), (500, "¥2,000")],
        [(100, "お釣り"), (500, "¥900")],
    )
    got = read(page)
    assert (got["transaction_date"], got["total_amount"]) == ("2026-11-18", 1100)
    assert got["counterparty"] == "みどりストア"


@pytest.mark.parametrize("amount", AMOUNTS)
@pytest.mark.parametrize("issuer", ["株式会社みどり商会", "みどり商会", "みどりデザイン事務所 代表 緑川太郎"])
def test_written_forms(paper, amount, issuer):
    page = paper(
        [(600, "領 収 書", 56), (1300, "No. 1234")],
        [(1200, "令和8年9月5日")],
        [(170, "海山システム株式会社 様", 38)],
        [(600, amount, 52)],
        [(200, "但し 書籍代として")],
        [(100, "消費税額等(10%)"), (400, "¥3,603")],
        [(900, issuer)],
        [(900, "〒100-0001 東京都千代田区千代田1-1")],
        [(900, "登録番号 T7010705000725")],
    )
    got = read(page)
    assert (got["transaction_date"], got["total_amount"]) == ("2026-09-05", 39636)
    assert got["counterparty"] == issuer
    assert got["recipient"] == "海山システム株式会社"


@pytest.mark.parametrize("fare", FARES)
def test_tickets(paper, fare):
    page = paper(
        [(200, "領収書", 40)],
        [(60, "三日月パーキング", 34)],
        "入庫 2026年01月20日 16:18",
        "精算 2026年01月20日 18:35",
        [(60, fare), (400, "2,900円")],
        "株式会社三日月システム",
        "TEL 06-0000-0868",
    )
    got = read(page)
    assert (got["transaction_date"], got["total_amount"]) == ("2026-01-20", 2900)
    assert got["counterparty"] == "三日月パーキング"
    assert got["issuer_company"] == "株式会社三日月システム"


def test_what_a_narrow_slip_breaks_into_two_lines_is_read_whole(paper):
    page = paper(
        [(200, "領収書", 40)],
        [(60, "三日月パーキング", 34)],
        [(60, "三日月ロジスティクス株式会")],
        [(60, "社")],
        "入庫 2026年01月20日(火)",
        "16:18",
        "出庫精算 2026年01月20日(火)",
        "18:35",
        [(60, "料金"), (400, "2,900円")],
    )
    got = read(page)
    assert (got["transaction_date"], got["time"]) == ("2026-01-20", "18:35")
    assert (got["issuer"], got["issuer_company"]) == ("三日月パーキング", "三日月ロジスティクス株式会社")


def test_a_company_whose_name_ends_like_a_branch_is_none_and_the_day_of_sale_is_no_day_of_supply(paper):
    page = paper(
        [(200, "領収書", 40)],
        [(60, "そば処藤代", 34)],
        [(60, "(株)桜台本店")],
        "TEL 052-000-1179",
        "売上日 2026年6月20日 20時31分",
        [(60, "枝豆"), (500, "¥355")],
        [(60, "小計"), (500, "¥355")],
        [(60, "合計"), (500, "¥355")],
    )
    got = read(page)
    assert (got["transaction_date"], got["total_amount"]) == ("2026-06-20", 355)
    assert got["issuer_branch"] is None
    assert (got.get("supply_from"), got.get("supply_to")) == (None, None)


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        (("〒821-7237 福岡県福岡市博多区試通6-5-18 第4千", "鳥ビル"), "福岡県福岡市博多区試通6-5-18"),
        (("〒821-7237 福岡県福岡市博多区試通6-5-18", "第4千鳥ビル"), "福岡県福岡市博多区試通6-5-18"),
        (("福岡県福岡市博多区試通6-5-18 第4千鳥ビル", "TEL 092-000-1234"), "福岡県福岡市博多区試通6-5-18 第4千鳥ビル"),
    ],
)
def test_the_name_of_a_house_that_breaks_off_is_left_out_of_the_address(paper, lines, address):
    rows = ("領収書", "¥2,900-", "上記正に領収いたしました", "株式会社三日月システム", *lines)
    assert read(paper(*rows, pitch=1.3))["issuer_address"] == address


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("新潟県新潟市中央区仮島4-5-7 印果見", "新潟県新潟市中央区仮島4-5-7"),
        ("新潟県新潟市中央区仮島5-17-15印学", "新潟県新潟市中央区仮島5-17-15"),
        ("新潟県新潟市中央区仮島5-17-15 見本館", "新潟県新潟市中央区仮島5-17-15 見本館"),
        ("新潟県新潟市中央区仮島5-17-15 見本ビル", "新潟県新潟市中央区仮島5-17-15 見本ビル"),
        ("新潟県新潟市中央区仮島5丁目", "新潟県新潟市中央区仮島5丁目"),
        ("新潟県新潟市中央区仮島15番地", "新潟県新潟市中央区仮島15番地"),
    ],
)
def test_characters_of_a_seal_are_no_part_of_the_address(paper, line, address):
    rows = ("領収書", "¥2,900-", "上記正に領収いたしました", "株式会社三日月システム", line)
    assert read(paper(*rows))["issuer_address"] == address
