"""The ways in which Japanese contracts name their parties: every opening with every signature block."""

from datetime import date

import pytest

from domain.engines import FieldContext
from domain.fields import DocumentType, value_to_plain
from extractors.fields import extract_fields

CONTEXT = FieldContext(today=date(2026, 11, 21), our_companies=("海山システム株式会社",))
OPENINGS = {
    "defined": [
        "青空商事株式会社(以下「甲」という。)と海山システム株式会社(以下「乙」という。)は、次のとおり契約する。"
    ],
    "roles before": [
        "委託者 青空商事株式会社(以下「甲」という。)と受託者 海山システム株式会社(以下「乙」という。)とは契約する。"
    ],
    "roles joined": [
        "委託者青空商事株式会社(以下「甲」という。)及び受託者海山システム株式会社(以下「乙」という。)は次のとおり契約する。"
    ],
    "made": ["青空商事株式会社を甲とし、海山システム株式会社を乙として、甲乙間において次のとおり契約を締結する。"],
    "no quotes": [
        "青空商事株式会社(以下甲という。)と海山システム株式会社(以下乙という。)は、次のとおり契約を締結する。"
    ],
    "short": ["青空商事株式会社(甲)と海山システム株式会社(乙)は、次のとおり契約を締結する。"],
    "other roles": [
        "青空商事株式会社(以下、「発注者」という。)と、海山システム株式会社(以下、「受注者」という。)は次のとおり契約する。"
    ],
    "list": ["甲:青空商事株式会社", "乙:海山システム株式会社", "甲と乙は、次のとおり契約を締結する。"],
    "none": ["甲と乙は、次のとおり契約を締結する。"],
    "heads": ["注文者 青空商事株式会社", "請負人 海山システム株式会社", "上記当事者は次のとおり契約を締結する。"],
    "double quotes": [
        "青空商事株式会社(以下『甲』と称する。)と海山システム株式会社(以下『乙』と称する。)との間に次の契約を締結する。"
    ],
}
SIGNATURES = {
    "stacked": [
        "令和8年3月20日",
        [(100, "甲"), (200, "東京都千代田区1-1")],
        [(200, "青空商事株式会社")],
        [(200, "代表取締役 青空太郎 印")],
        [(100, "乙"), (200, "大阪市北区1-1")],
        [(200, "海山システム株式会社")],
    ],
    "side by side": [
        "2026年3月20日",
        [(100, "(甲) 住所 東京都千代田区1-1"), (800, "(乙) 住所 大阪市北区1-1")],
        [(160, "会社名 青空商事株式会社"), (860, "会社名 海山システム株式会社")],
    ],
    "roles": [
        "契約締結日 2026年3月20日",
        [(100, "委託者(甲)"), (400, "青空商事株式会社")],
        [(100, "受託者(乙)"), (400, "海山システム株式会社")],
    ],
    "in a row": [
        [(100, "締結年月日"), (400, "2026年3月20日")],
        "甲 青空商事株式会社 代表取締役 青空太郎",
        "乙 海山システム株式会社 代表取締役 海山次郎",
    ],
}


@pytest.mark.parametrize("opening", list(OPENINGS))
@pytest.mark.parametrize("signature", list(SIGNATURES))
def test_parties(paper, opening, signature):
    page = paper(
        [(500, "業務委託契約書", 56)],
        *OPENINGS[opening],
        "第1条(目的) 甲は本件業務を乙に委託し、乙はこれを受託する。委託料は金1,100,000円とする。",
        "第2条(期間) 本契約の有効期間は2026年4月1日から2027年3月31日までとする。",
        *SIGNATURES[signature],
    )
    fields = extract_fields(DocumentType.CONTRACT, (page,), context=CONTEXT)
    got = {f.name: value_to_plain(f.value) for f in fields.fields}
    assert got["counterparty"] == "青空商事株式会社"
    assert len(got["parties"]) == 2
    assert got["concluded_on"] == "2026-03-20"
    assert (got["effective_from"], got["effective_to"]) == ("2026-04-01", "2027-03-31")
    assert got["amount"] == 1100000
