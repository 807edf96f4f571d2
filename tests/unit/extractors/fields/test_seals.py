"""A seal beside a name reads like the name's own characters in another order: it is no part of it, and no party."""

import pytest

from domain.fields import DocumentType, FieldStatus
from extractors.fields import extract_fields
from extractors.fields.names import clean_name, ends_in_seal, is_seal_of


@pytest.mark.parametrize(
    ("read", "name"),
    [
        ("ノースウインド本店株式会社ドウノ", "ノースウインド本店株式会社"),
        ("プラネットメディカル株式会社幸ッ", "プラネットメディカル株式会社"),
        ("(株)青空メディカル ルデ背", "(株)青空メディカル"),
        ("青空商事株式会社 本店", "青空商事株式会社 本店"),
        ("青空株式会社大阪支店", "青空株式会社大阪支店"),
        ("株式会社見本", "株式会社見本"),
        ("株式会社 北斗", "株式会社 北斗"),
    ],
)
def test_a_seal_behind_a_name_is_left_away(read, name):
    assert clean_name(read) == name


def test_characters_in_another_order_are_a_seal_and_a_part_of_the_name_is_none():
    assert is_seal_of("(株)アクシス電設", "設シ株")
    assert not is_seal_of("(株)アクシス電設", "電設")
    assert not is_seal_of("アクシス", "スア")
    assert ends_in_seal("(株)新栄サービス新")
    assert not ends_in_seal("(株)新栄サービス")
    assert ends_in_seal("株式会社栗林設備 奥")
    assert not any(map(ends_in_seal, ("株式会社 匠", "佐藤 学", "青空商事 株式会社")))


@pytest.mark.parametrize(
    ("rows", "issuer"),
    [
        ((["会社名", "設シ株"], [None, "(株)アクシス電設"]), "(株)アクシス電設"),
        (([None, "サンライズ鉄工所"], [None, "株式会社"], [None, "業務部請求係"]), "サンライズ鉄工所株式会社"),
        (([None, "差出人:瑞穂野印刷株式会社"],), "瑞穂野印刷株式会社"),
    ],
)
def test_who_made_it(paper, context, rows, issuer):
    cells = [[(x, t) for x, t in zip((800, 1000), row, strict=True) if t] for row in rows]
    page = paper(
        [(600, "請求書", 60)], "見本製作所株式会社 御中", *cells, [(1000, "〒746-6663 愛知県名古屋市中村区仮町8-8-12")]
    )
    got = extract_fields(DocumentType.INVOICE, (page,), context=context)
    assert got.text("issuer") == issuer


def test_a_mark_that_may_be_a_seal_sends_the_name_to_a_person(paper, context):
    page = paper(
        [(600, "請求書", 60)], [(1000, "(株)新栄サービス新")], [(1000, "〒746-6663 愛知県名古屋市中村区仮町8-8-12")]
    )
    field = extract_fields(DocumentType.INVOICE, (page,), context=context).get("issuer")
    assert field is not None
    assert field.status is FieldStatus.AMBIGUOUS
