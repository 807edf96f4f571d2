import pytest

from classifiers.null import create as create_null
from classifiers.rules import create
from classifiers.split import split_pages
from domain.fields import DocumentType
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word

ENGINE = EngineId(name="null.v1", version="1")
T = DocumentType


def page(*rows, page_index=0, big=None):
    lines = []
    for index, text in enumerate(rows):
        tall = 60 if text == big else 30
        box = Box(left=100, top=100 + 50 * index, right=100 + tall * len(text), bottom=100 + 50 * index + tall)
        lines.append(Line(words=(Word(text=text, box=box, confidence=0.99),), box=box))
    return PageText(page_index=page_index, lines=tuple(lines), engine=ENGINE)


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("領収書", T.RECEIPT),
        ("領 収 証", T.RECEIPT),
        ("レシート", T.RECEIPT),
        ("お買上票", T.RECEIPT),
        ("請求書", T.INVOICE),
        ("御請求書", T.INVOICE),
        ("ご請求書", T.INVOICE),
        ("INVOICE", T.INVOICE),
        ("Rechnung", T.INVOICE),
        ("御見積書", T.QUOTATION),
        ("QUOTATION", T.QUOTATION),
        ("注文書", T.PURCHASE_ORDER),
        ("発注書", T.PURCHASE_ORDER),
        ("納品書", T.DELIVERY_NOTE),
        ("検収書", T.INSPECTION),
        ("支払通知書", T.PAYMENT_STATEMENT),
        ("適格返還請求書", T.CREDIT_NOTE),
        ("返還インボイス", T.CREDIT_NOTE),
        ("業務委託契約書", T.CONTRACT),
        ("覚書", T.CONTRACT),
        ("秘密保持契約書", T.CONTRACT),
        ("Mutual Non-Disclosure Agreement", T.CONTRACT),
    ],
)
def test_headings(title, label):
    got = create().classify((page("株式会社青空商事", title, "2026年11月21日", "合計 1,000円", big=title),))
    assert got.label is label
    assert got.confidence >= 0.8
    assert got.reasons[0].startswith("heading:")


def test_a_word_in_a_sentence_is_no_heading():
    got = create().classify((page("請求書は別途お送りします。", "よろしくお願いいたします。"),))
    assert got.confidence < 0.8


def test_nothing_to_go_by():
    assert create().classify((page("こんにちは"),)).label is T.OTHER
    empty = create().classify(())
    assert (empty.label, empty.confidence) == (T.OTHER, 0.0)


def test_a_till_slip_headed_tax_invoice_is_a_receipt():
    rows = ["OGN GROUP SDN BHD", "TAX INVOICE", "24/06/2018 13:05", *[f"ITEM {i}" for i in range(30)]]
    got = create().classify((page(*rows, "TOTAL 52.40", "CASH 100.00", "CHANGE 47.60"),))
    assert got.label is T.RECEIPT


def test_null_leaves_everything_to_people():
    got = create_null().classify((page("領収書"),))
    assert (got.label, got.confidence) == (T.OTHER, 0.0)


def test_pages_of_one_document_stay_together():
    pages = (
        page("請求書", "請求番号 A-100", "1/2", page_index=0, big="請求書"),
        page("請求書", "請求番号 A-100", "2/2", page_index=1, big="請求書"),
    )
    assert split_pages(pages) == ((0, 1),)


def test_a_new_heading_begins_a_document_and_blank_pages_belong_to_none():
    pages = (
        page("請求書", "請求番号 A-100", page_index=0, big="請求書"),
        page(page_index=1),
        page("明細のつづき", page_index=2),
        page("領収書", "No. 55-1", "合計 ¥100", page_index=3, big="領収書"),
        page("領収書", "No. 55-2", page_index=4, big="領収書"),
    )
    assert split_pages(pages) == ((0, 2), (3,), (4,))


def test_no_pages():
    assert split_pages(()) == ()
    assert split_pages((page(),)) == ()


def test_receipts_in_a_row_without_numbers():
    slips = tuple(page("みどりストア", "領収書", "合計 ¥100", page_index=i, big="領収書") for i in range(3))
    assert split_pages(slips) == ((0,), (1,), (2,))


def test_a_heading_repeated_before_the_total_continues():
    pages = (
        page("請求書", "品名 数量 金額", "コピー用紙 1 100", page_index=0, big="請求書"),
        page("請求書", "ボールペン 1 100", "合計 ¥200", page_index=1, big="請求書"),
    )
    assert split_pages(pages) == ((0, 1),)


def test_pages_numbered_by_themselves():
    pages = (
        page("Rechnung", "Seite 1", page_index=0, big="Rechnung"),
        page("Rechnung", "Seite 2", "Total EUR 34,73", page_index=1, big="Rechnung"),
        page("Rechnung", "Seite 1", "Total EUR 5,00", page_index=2, big="Rechnung"),
    )
    assert split_pages(pages) == ((0, 1), (2,))


def test_a_word_of_contracts_inside_an_unfinished_document_is_no_new_one():
    pages = (
        page("見積書", "コピー用紙 1 100", page_index=0, big="見積書"),
        page("覚書", "ボールペン 1 100", "合計 ¥200", page_index=1, big="覚書"),
        page("業務委託契約書", "第1条", page_index=2, big="業務委託契約書"),
    )
    assert split_pages(pages) == ((0, 1), (2,))


def test_till_slips_without_heading():
    rows = [f"ITEM {i} 1.00" for i in range(25)]
    slips = tuple(
        page("OGN GROUP SDN BHD", "24/06/2018 13:05", *rows, "TOTAL 52.40", "CASH 100.00", "CHANGE 47.60", page_index=i)
        for i in range(2)
    )
    assert split_pages(slips) == ((0,), (1,))
