"""Contracts, filled in and blank."""

from datetime import date

import pytest

from domain.engines import FieldContext
from domain.fields import DocumentType, value_to_plain
from extractors.fields import extract_fields

CONTEXT = FieldContext(today=date(2026, 11, 21), our_companies=("株式会社青空商事",))


@pytest.fixture
def contract(paper):
    return paper(
        [(500, "業務委託契約書", 56)],
        "株式会社青空商事(以下「甲」という。)と海山システム合同会社(以下「乙」という。)とは、",
        "甲の業務の委託に関し、以下のとおり契約を締結する。",
        "第1条(目的) 甲は本件業務を乙に委託し、乙はこれを受託する。",
        "第5条(委託料) 甲は乙に対し、委託料として金1,100,000円(税込)を支払う。",
        "第9条(有効期間) 本契約の有効期間は、2026年4月1日から1年間とする。ただし、期間満了の3か月前までに",
        "甲乙いずれからも書面による申し出がないときは、同一条件で更に1年間自動的に更新されるものとする。",
        "第12条(管轄) 本契約に関する紛争は東京地方裁判所を第一審の専属的合意管轄裁判所とする。",
        "本契約の成立を証するため本書2通を作成し、甲乙記名押印の上、各1通を保有する。",
        "令和8年3月20日",
        [(100, "甲"), (200, "東京都千代田区千代田1-1")],
        [(200, "株式会社青空商事")],
        [(200, "代表取締役 青空太郎")],
        [(100, "乙"), (200, "大阪府大阪市北区1-1")],
        [(200, "海山システム合同会社")],
    )


def plain(fields):
    return {f.name: value_to_plain(f.value) for f in fields.fields}


def test_a_contract(contract):
    got = plain(extract_fields(DocumentType.CONTRACT, (contract,), context=CONTEXT))
    assert got["title"] == "業務委託契約書"
    assert got["parties"] == [
        {"role": "甲", "name": "株式会社青空商事"},
        {"role": "乙", "name": "海山システム合同会社"},
    ]
    assert got["concluded_on"] == got["transaction_date"] == "2026-03-20"
    assert (got["effective_from"], got["effective_to"]) == ("2026-04-01", "2027-03-31")
    assert got["auto_renewal"] is True
    assert "3か月前" in got["renewal_notice"]
    assert got["amount"] == got["total_amount"] == 1100000
    assert got["jurisdiction"] == "東京地方裁判所"
    assert got["counterparty"] == "海山システム合同会社"


def test_without_our_name_nobody_is_the_other_party(contract):
    fields = extract_fields(DocumentType.CONTRACT, (contract,), context=FieldContext(today=date(2026, 11, 21)))
    assert fields.value("counterparty") is None


def test_a_blank_form_stays_blank(paper):
    page = paper(
        [(500, "建物賃貸借契約書", 56)],
        "賃借人(以下、「甲」という。)と賃貸人(以下、「乙」という。)は、以下のとおり建物賃貸借契約を締結する。",
        "賃貸借期間は20XX年XX月XX日より20XX年XX月XX日までの満2ヵ年とする。但し、期間満了の6ヵ月前までに、書面による",
        "解約の通知がなされないときは、本契約は期間満了から更に1ヵ年自動的に延長されるものとする。",
        "賃料は1ヶ月金XX万円とし、甲は乙の指定する銀行口座に振り込むものとする。",
        "20XX年XX月XX日",
        "甲",
        "住所:",
        "氏名:",
        "乙",
        "住所:",
        "氏名:",
    )
    got = plain(extract_fields(DocumentType.CONTRACT, (page,), context=CONTEXT))
    assert got["title"] == "建物賃貸借契約書"
    assert got["auto_renewal"] is True
    for name in (
        "parties",
        "concluded_on",
        "transaction_date",
        "effective_from",
        "effective_to",
        "amount",
        "counterparty",
    ):
        assert got[name] is None, name


def test_renewal_only_by_agreement_is_no_auto_renewal(paper):
    page = paper(
        [(500, "覚書", 56)], "本契約は、甲乙の合意により更に1年間更新することができる。自動更新はしないものとする。"
    )
    got = plain(extract_fields(DocumentType.CONTRACT, (page,), context=CONTEXT))
    assert got["auto_renewal"] is False


@pytest.mark.parametrize(
    ("worth", "read"), [("2,000円", 2000), ("10,000", 10000), ("200", 200), ("1,234", None), ("2026", None)]
)
def test_the_worth_of_a_revenue_stamp_needs_no_yen_where_stamps_are_printed_with_it(paper, worth, read):
    page = paper(
        [(100, "収入印紙")], [(100, worth)], [(500, "工事請負契約書", 56)], "注文者と請負人は次のとおり契約する。"
    )
    assert plain(extract_fields(DocumentType.CONTRACT, (page,), context=CONTEXT)).get("stamp_duty") == read


def test_a_party_whose_name_breaks_off_within_its_form_is_read_whole(paper):
    page = paper(
        [(500, "売買契約書", 56)],
        "契約締結日 令和7年4月17日",
        [(100, "甲")],
        [(100, "住所 岡山県岡山市北区試山町5-13-6")],
        [(100, "名称 グリーンリーフコンサルティング株式")],
        [(100, "会社")],
        [(100, "代表取締役社長 久保田徹")],
        [(100, "乙")],
        [(100, "住所 兵庫県神戸市中央区架空浜8-28-11")],
        [(100, "名称 株式会社青空商事")],
    )
    got = plain(extract_fields(DocumentType.CONTRACT, (page,), context=CONTEXT))
    assert got["parties"] == [
        {"role": "甲", "name": "グリーンリーフコンサルティング株式会社"},
        {"role": "乙", "name": "株式会社青空商事"},
    ]
    assert got["counterparty"] == "グリーンリーフコンサルティング株式会社"
