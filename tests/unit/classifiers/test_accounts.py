from decimal import Decimal

import pytest

from classifiers.accounts import account_table, guess_account
from domain.fields import DocumentType, FieldSet, LineItem, LineItems, Text
from tests.support.records import field


def guess(*items, shop=None, text="", kind=DocumentType.RECEIPT, confirmed=None, ours=False):
    rows = tuple(LineItem(description=d, amount=Decimal(a)) for d, a in items)
    fields = [field("line_items", LineItems(rows=rows))] if rows else []
    fields += [field("counterparty", Text(text=shop)), field("issuer", Text(text=shop))] if shop else []
    return guess_account(kind, FieldSet(fields=tuple(fields)), text=text, confirmed=confirmed, issued_by_us=ours)


@pytest.mark.parametrize(
    ("items", "shop", "title"),
    [
        ([("普通乗車券 東京→新大阪", 13_870)], "東海旅客鉄道株式会社", "旅費交通費"),
        ([("駐車料金", 800)], "タイムズ渋谷", "旅費交通費"),
        ([("ご宿泊代 1泊", 9_800)], "ビジネスホテルあおぞら", "旅費交通費"),
        ([("レギュラーガソリン", 5_400)], "あおぞら石油 渋谷SS", "車両費"),
        ([("通話料", 4_200), ("データ通信料", 3_000)], "あおぞらモバイル株式会社", "通信費"),
        ([("84円切手", 840)], "渋谷郵便局", "通信費"),
        ([("電気料金 10月分", 24_000)], "あおぞら電力株式会社", "水道光熱費"),
        ([("コピー用紙 A4 500枚", 2_980), ("ボールペン 黒", 330)], "文具のあおぞら", "事務用品費"),
        ([("トナーカートリッジ", 12_000)], "オフィスあおぞら", "消耗品費"),
        ([("生ビール", 1_800), ("コース料理", 20_000)], "居酒屋あおぞら", "接待交際費"),
        ([("ブレンドコーヒー", 900)], "カフェあおぞら", "会議費"),
        ([("税務顧問料 11月分", 50_000)], "あおぞら税理士法人", "支払報酬料"),
        ([("業務委託料 システム開発", 800_000)], "株式会社あおぞらソフト", "外注費"),
        ([("事務所賃料 12月分", 300_000)], "あおぞら不動産株式会社", "地代家賃"),
        ([("複合機リース料", 18_000)], "あおぞらリース株式会社", "リース料"),
        ([("リスティング広告運用", 200_000)], "株式会社あおぞらアド", "広告宣伝費"),
        ([("運送料 東京−大阪", 34_000)], "あおぞら運輸株式会社", "荷造運賃"),
        ([("火災保険料", 43_000)], "あおぞら損害保険株式会社", "保険料"),
        ([("収入印紙", 2_000)], "渋谷郵便局", "租税公課"),
        ([("健康診断料", 88_000)], "医療法人あおぞら会", "福利厚生費"),
        ([("ビジネスマナー研修", 66_000)], "株式会社あおぞら", "研修費"),
        ([("専門書 3冊", 9_900)], "あおぞら書店", "新聞図書費"),
        ([("エアコン修理", 33_000)], "株式会社あおぞら設備", "修繕費"),
        ([("鋼材 SS400", 450_000), ("ボルト", 12_000)], "あおぞら鋼業株式会社", "仕入高"),
    ],
)
def test_what_is_bought_says_the_title(items, shop, title):
    best, *_ = guess(*items, shop=shop)
    assert (best.title, best.reason) == (title, "words")
    assert best.words
    assert 0 < best.confidence < 1


def test_the_dearer_item_decides():
    best, *others = guess(("ボールペン", 300), ("書籍 経営入門", 9_000))
    assert best.title == "新聞図書費"
    assert [one.title for one in others] == ["事務用品費"]


def test_what_a_person_confirmed_before_goes_first():
    best, second, *_ = guess(("ボールペン", 300), confirmed="仕入高")
    assert (best.title, best.reason) == ("仕入高", "confirmed_before")
    assert second.title == "事務用品費"


def test_sales_and_what_is_not_booked():
    assert [g.title for g in guess(("運送料", 1_000), kind=DocumentType.INVOICE, ours=True)] == ["売上高"]
    assert guess(("運送料", 1_000), kind=DocumentType.QUOTATION) == ()
    assert guess(text="ありがとうございました") == ()


def test_the_table_is_sound():
    table = account_table()
    titles = [one.title for one in table.accounts]
    assert len(set(titles)) == len(titles)
    assert table.tax_of("租税公課") == "outside"
    assert table.tax_of("そのほか") is None
    assert all(len(key) >= 1 for key, _, _ in table.words)
