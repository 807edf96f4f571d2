"""Whose names stand on a paper: honorifics, seals, titles and torn names, each on the smallest paper that shows it."""

from datetime import date

import pytest

from domain.engines import FieldContext
from domain.fields import DocumentType, FieldStatus, value_to_plain
from extractors.fields import extract_fields

T = DocumentType


COMPANY = ([(1000, "株式会社青空商事", 36)], [(1000, "TEL 03-1234-5678")])


def read(page, kind=T.INVOICE, **context):
    fields = extract_fields(kind, (page,), context=FieldContext(today=date(2026, 11, 21), **context))
    return {f.name: value_to_plain(f.value) for f in fields.fields}, fields


@pytest.mark.parametrize("title", ["議事録", "営業会議議事録", "業務日報", "回覧"])
def test_the_title_of_a_paper_is_no_person(paper, title):
    page = paper([(600, title, 60)], "2025/07/28", "会場 東京都千代田区千代田1-1", "前回議事録の確認")
    assert read(page, T.OTHER)[0]["issuer"] is None


def test_the_only_person_on_a_paper_that_withholds_tax_sent_it(paper):
    def page(*sums):
        return paper(
            [(600, "請求書", 60)],
            [(100, "うみねこ精工株式会社 御中"), (1000, "請求日"), (1250, "2025/08/31")],
            [(1000, "久保田友里")],
            [(1000, "兵庫県神戸市中央区架空浜1-20-18")],
            "消費税(10%) 21,000",
            *sums,
            "ご請求合計額 ¥209,559-",
        )

    ours = ("うみねこ精工株式会社",)
    withheld = read(page("源泉徴収税(10.21%) ▲21,441"), our_companies=ours)[1].get("counterparty")
    plain = read(page(), our_companies=ours)[1].get("counterparty")
    assert (withheld.value.text, withheld.status) == ("久保田友里", FieldStatus.FOUND)
    assert plain.status is FieldStatus.AMBIGUOUS


def test_an_honorific_set_off_below_the_name_is_the_name_s(paper):
    page = paper(
        [(1100, "納品書", 60)],
        [(100, "新潟県新潟市中央区仮島7-11-6")],
        [(100, "有限会社黒部化学"), (1000, "納品日"), (1200, "2025.10.30")],
        [(100, "購買課")],
        [(420, "御中")],
        [(1000, "うみねこ精工株式会社")],
        [(1000, "静岡県静岡市葵区例屋町7-5-18")],
    )
    found = read(page, T.DELIVERY_NOTE, our_companies=("うみねこ精工株式会社",))[1].get("counterparty")
    assert (found.value.text, found.status) == ("有限会社黒部化学", FieldStatus.FOUND)


def test_a_name_of_a_text_layer_does_not_end_in_a_seal(paper):
    rows = ("グリーンリーフパーキング", "TEL 06-0000-3400", "領収証", "2026.09.11 19:00", "料金 3,600円")
    assert read(paper(*rows, confidence=1.0), T.RECEIPT)[1].get("counterparty").status is FieldStatus.FOUND
    assert read(paper(*rows), T.RECEIPT)[1].get("counterparty").status is FieldStatus.AMBIGUOUS


@pytest.mark.parametrize(("first", "rest"), [("株式会", "社"), ("株式", "会社"), ("合同", "会社"), ("有限会", "社")])
def test_a_name_that_is_broken_within_its_form_is_read_whole(paper, first, rest):
    def page(*below):
        return paper(
            [(600, "請求書", 60)],
            "株式会社灯台製作所 御中",
            [(1000, f"発行元:日向ソリューションズ{first}", 34)],
            *below,
            [(1000, "大阪市中央区見本町6-18-5")],
            [(1000, "TEL 03-0000-7871")],
            confidence=1.0,
        )

    assert read(page([(1000, rest, 34)]))[0]["counterparty"] == f"日向ソリューションズ{first}{rest}"
    if first != "合同":  # which may be a name's own last word
        assert read(page())[1].get("counterparty").status is not FieldStatus.FOUND


def test_a_day_beside_a_label_of_two_lines_and_the_honorific_of_another_column(paper):
    page = paper(
        [(600, "請求書", 60)],
        [(100, "うみねこ精工株式会社"), (900, "お支払い期日")],
        [(1250, "令和7年2月28日")],
        [(440, "御中")],
        pitch=0.75,
    )
    assert read(page)[0]["due_date"] == "2025-02-28"


def test_a_seal_beside_the_name(paper):
    page = paper([(600, "見積書", 60)], [(1000, "有限会社大和田文具 印文大", 36)], [(1000, "TEL 03-1234-5678")])
    assert read(page, T.QUOTATION)[0]["issuer"] == "有限会社大和田文具"


def test_a_legal_form_torn_from_its_name(paper):
    page = paper(
        [(300, "MPH BOOKSTORES", 40)], [(300, "SDN BHD", 40)], "Tel:03-77259003", *["STICKER"] * 6, "TOTAL RM 5.00"
    )
    assert read(page, T.RECEIPT)[0]["issuer"] == "MPH BOOKSTORES SDN BHD"


def test_honorifics(paper):
    person = paper([(600, "請求書", 60)], "海山物産株式会社", "経理部 山田太郎 様", *COMPANY)
    assert read(person)[0]["recipient"] == "海山物産株式会社"
    noisy = paper([(600, "請求書", 60)], "海山物産株式会社 御中白会左", *COMPANY)
    assert read(noisy)[0]["recipient"] == "海山物産株式会社"
    nobody = paper([(600, "領収書", 60)], "上様", *COMPANY)
    assert read(nobody, T.RECEIPT)[0]["recipient"] is None


def test_a_person_without_a_space_is_for_a_person_to_confirm(paper):
    page = paper([(600, "請求書", 60)], [(1000, "柏木健一")], [(1000, "〒181-1024 広島県広島市南区架空町1-10-16")])
    _, fields = read(page)
    assert fields.text("issuer") == "柏木健一"
    assert fields.get("issuer").status is FieldStatus.AMBIGUOUS
