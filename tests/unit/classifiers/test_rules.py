import pytest

from classifiers.null import create as create_null
from classifiers.rules import create
from domain.fields import DocumentType
from tests.unit.classifiers.pages import page

T = DocumentType


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
