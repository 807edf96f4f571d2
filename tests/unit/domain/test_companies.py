import pytest

from domain.companies import company_key, has_company_form, same_company, similarity, split_company, strip_honorific


@pytest.mark.parametrize(
    ("name", "core", "form"),
    [
        ("㈱青空商事", "青空商事", "株式会社"),
        ("青空商事（株）", "青空商事", "株式会社"),
        ("株式会社 青空商事", "青空商事", "株式会社"),
        ("医療法人社団 さくら会", "さくら会", "医療法人社団"),
        ("合同会社みどり", "みどり", "合同会社"),
        ("OGN GROUP SDN BHD", "OGN GROUP", "SDN BHD"),
        ("e-Luscious Nederland B.V.", "e-Luscious Nederland", "B.V."),
        ("QualityHosting AG", "QualityHosting", "AG"),
        ("山田太郎", "山田太郎", None),
    ],
)
def test_split(name, core, form):
    company = split_company(name)
    assert (company.core, company.form) == (core, form)
    assert has_company_form(name) is (form is not None)


def test_honorifics():
    assert strip_honorific("株式会社青空商事 御中") == ("株式会社青空商事", "御中")
    assert strip_honorific("山田太郎　様") == ("山田太郎", "様")
    assert strip_honorific("みずほ銀行") == ("みずほ銀行", None)


def test_one_company_in_several_writings():
    assert company_key("㈱髙橋商店") == company_key("高橋商店 株式会社")
    assert same_company("株式会社青空商事", "青空商事㈱")
    assert same_company("天満フレッシュマーケット", "天満フレッシュマーケツト")
    assert not same_company("青空商事", "青山商事")
    assert not same_company("", "青空商事")


def test_similarity_knows_containment():
    assert similarity("クリーンスピン", "クリーンスピン朝霧台店") == 1.0
    assert similarity("青空商事", "海山物産") < 0.5
    assert similarity("", "x") == 0.0
