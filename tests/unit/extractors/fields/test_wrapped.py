"""Names broken at their legal form are put together; neighbours that are no half of them stay away."""

import pytest

from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from extractors.fields.layout import build_layout
from extractors.fields.names import clean_name
from extractors.fields.recipients import find_ours, find_recipient
from extractors.fields.wrapped import whole_name


def layout(*rows):
    lines = []
    for number, text in enumerate(rows):
        box = Box(left=20, top=24 * number, right=20 + 20 * len(text), bottom=24 * number + 20)
        lines.append(Line(words=(Word(text=text, box=box, confidence=1.0),), box=box, row=number))
    page = PageText(page_index=0, lines=tuple(lines), engine=EngineId(name="x", version="1"), source="text_layer")
    return build_layout((page,))


@pytest.mark.parametrize(
    ("rows", "index", "name"),
    [
        (("株式会社", "山﨑文具", "〒206-6616"), 0, "株式会社山﨑文具"),
        (("株式会社", "山﨑文具", "〒206-6616"), 1, "株式会社山﨑文具"),
        (("日本海建設", "株式会社", "電話 03-0000-0000"), 0, "日本海建設株式会社"),
        (("日本海建設株式会社", "東京支店"), 0, "日本海建設株式会社"),
        (("日本海建設", "東京支店"), 0, "日本海建設"),
        (("合同会社みどり野設", "計事務所", "〒206-6616"), 0, "合同会社みどり野設計事務所"),
        (("合同会社みどり野設", "経理部"), 0, "合同会社みどり野設"),
        (("西陣ソリューションズ株式会", "社", "〒722-7893"), 0, "西陣ソリューションズ株式会社"),
        (("西陣ソリューションズ有限", "会社", "〒722-7893"), 0, "西陣ソリューションズ有限会社"),
        (("西陣ソリューションズ株式会", "営業部", "〒722-7893"), 0, "西陣ソリューションズ株式会"),
        (("検収確認書", "株式会社", "灯台製作所"), 1, "株式会社灯台製作所"),
        (("検収確認書", "株式会社", "灯台製作所"), 0, "検収確認書"),
    ],
)
def test_whole_names(rows, index, name):
    page = layout(*rows)
    segment = page.segments[index]
    assert whole_name(page, segment, clean_name(segment.text), segment.span()).name == name


def test_a_wrapped_recipient():
    assert (
        find_recipient(layout("株式会社", "灯台製作所 御中", "下記の通りご請求申し上げます。")).name
        == "株式会社灯台製作所"
    )
    assert find_recipient(layout("灯台製作所", "株式会社 御中", "下記の通り")).name == "灯台製作所株式会社"


def test_our_own_name_without_an_honorific():
    page = layout("請求書", "株式会社灯台製作所", "東京都港区架空台1-2-3")
    assert find_ours(page, ("㈱灯台製作所",)).name == "株式会社灯台製作所"
    assert find_ours(page, ("青空商事株式会社",)) is None
    assert find_ours(page, ()) is None


def test_a_label_before_the_first_half_is_no_part_of_the_name():
    page = layout("宛先:ナカムラ設計事務所", "株式会社御中", "〒322-4300")
    assert find_recipient(page).name == "ナカムラ設計事務所株式会社"
