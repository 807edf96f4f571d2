"""Every Language: entities in order with their places, for any text."""

import pytest

from domain.engines import Language
from extractors.language import GinzaLanguage, NoLanguage

TEXTS = (
    "",
    " ",
    "株式会社青空商事と海山物産有限会社は、東京都千代田区で契約した。",
    "abc 123",
    "𠮷野家" * 2000,
    "\x00\n",
)


@pytest.fixture(scope="module", params=[NoLanguage, pytest.param(GinzaLanguage, marks=pytest.mark.slow)])
def language(request):
    return request.param()


def test_protocol(language):
    assert isinstance(language, Language)


@pytest.mark.parametrize("text", TEXTS)
def test_entities_say_where_they_stand(language, text):
    found = language.entities(text)
    assert all(text[e.start : e.end] == e.text for e in found)
    assert [e.start for e in found] == sorted(e.start for e in found)


@pytest.mark.slow
def test_ginza_sees_a_company():
    names = {e.text for e in GinzaLanguage().entities("株式会社青空商事は代金を支払う。") if e.label == "Company"}
    assert names == {"株式会社青空商事"}
