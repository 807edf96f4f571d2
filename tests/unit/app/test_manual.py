"""The manual: every section is whole, its links lead somewhere, and what people ask finds it."""

import re

import pytest

from app import manual
from app.web.application import create_app
from app.web.settings import WebSettings
from tests.integration.test_access import routes

SECTIONS = manual.sections()
PATHS = {call.path for call, _ in routes(create_app(None, settings=WebSettings()).routes) if call.method == "GET"}


@pytest.mark.parametrize("one", SECTIONS, ids=lambda one: one.slug)
def test_a_section_is_whole_short_and_leads_somewhere(one):
    assert re.fullmatch(r"[a-z-]+", one.slug)
    assert all((*one.title, *one.summary, one.words))
    assert 60 < len(one.text) < 1500, "a section is read in two minutes"
    assert "<h1" not in one.html
    known = {*PATHS, *(f"/help/{section.slug}" for section in SECTIONS)}
    for link in re.findall(r'href="([^"]+)"', one.html):
        assert link.partition("#")[0].partition("?")[0] in known, link
    assert any(path == one.page or path.startswith(f"{one.page}/") for path in PATHS)


def test_every_place_of_the_menu_is_explained():
    from app.web.navigation import PLACES

    pages = {one.page for one in SECTIONS} | {"/"}
    unexplained = [place.target for place in PLACES if not pages & {place.target, *place.below}]
    assert unexplained == []


def test_sections_have_names_of_their_own():
    assert len({one.slug for one in SECTIONS}) == len({one.title for one in SECTIONS}) == len(SECTIONS) > 15


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("この領収書の紙は捨てていい？", "papers"),
        ("保存期間は何年ですか", "retention"),
        ("どうやって取り込むの", "upload"),
        ("金額を直したい", "correct"),
        ("パスワードを忘れた", "account"),
        ("「認定なし」と出るのはなぜ", "timestamps"),
        ("税務署に渡すデータは", "audit"),
        ("暗い画面にしたい", "keys"),
        ("間違えて登録した書類を消したい", "delete"),
        ("ﾊﾟｽﾜｰﾄﾞ", "account"),
        ("theme", "keys"),
        ("forgot my password", "account"),
        ("電子印で承認するには", "approvals"),
        ("受付不可と出た", "intake"),
        ("二要素認証の設定方法", "account"),
        ("承認の取り消し方は？", "approvals"),
        ("監査法人にデータを渡したい", "audit"),
    ],
)
def test_what_people_ask_finds_its_section(question, slug):
    assert manual.find(question)[0].slug == slug


@pytest.mark.parametrize(
    "question", ["", "   ", "今日の天気は", "カレーの作り方", "🍛", "How many invoices last month?", "What is it?"]
)
def test_what_the_manual_does_not_speak_of_finds_nothing(question):
    assert manual.find(question) == ()


def test_a_page_has_its_sections():
    assert [one.slug for one in manual.sections_of("/papers")] == ["papers"]
    assert "document" in {one.slug for one in manual.sections_of("/documents/doc-1")}
    assert manual.sections_of("/nowhere") == ()


def test_marks_of_html_are_words():
    assert "<script" not in manual.sections()[0].html
    assert all(set(re.findall(r"<(\w+)", one.html)) <= ALLOWED for one in SECTIONS)


ALLOWED = {"p", "h2", "h3", "ul", "ol", "li", "strong", "em", "code", "a", "table", "thead", "tbody", "tr", "th", "td"}


def test_the_pages_of_the_manual(tmp_path):
    from tests.support.accounts import open_seats
    from tests.support.desk import Desk

    desk = Desk(tmp_path)
    browser = open_seats(desk.shoko)()
    index = browser.get("/help").text
    assert all(f'href="/help/{one.slug}"' in index for one in SECTIONS)
    assert "この画面について" in browser.get("/help?about=/papers").text
    assert "分かりません" in browser.get("/help?q=カレーの作り方").text
    assert 'href="/help/account"' in browser.get("/help?q=パスワードを忘れた").text.split('class="answer', 1)[1]
    assert browser.get("/help/papers").text.count("<h1") == 1
    whole = browser.get("/help/all")
    assert whole.text.count("<article") == len(SECTIONS)
    assert browser.get("/help/nothing").status_code == 404
    assert browser.get("/help/..%2f..%2fetc").status_code == 404
    plain = browser.get("/help.json").json()
    assert (plain["answer"], len(plain["sections"])) == (None, len(SECTIONS))
    english = browser.get("/help/papers?lang=en").text
    assert "May the paper go?" in english
    assert "The text is in Japanese" in english
    desk.shoko.close()


def test_pictures_show_the_pages_they_stand_beside(tmp_path):
    from PIL import Image

    from app.web.respond import FOLDER
    from app.web.views.manual import PICTURE_SIZES
    from samples.pictures.scenes import SCENES
    from tests.support.accounts import open_seats
    from tests.support.desk import Desk

    found = {path.name: path for path in (FOLDER / "static" / "pictures").iterdir()}
    assert set(found) == {f"{one.name}{'.phone' if one.phone else ''}.webp" for one in SCENES}
    assert sum(path.stat().st_size for path in found.values()) < 1_500_000
    desk = Desk(tmp_path)
    browser = open_seats(desk.shoko)()
    for one in SCENES:
        ending = ".phone.webp" if one.phone else ".webp"
        with Image.open(found[one.name + ending]) as picture:
            assert picture.size == PICTURE_SIZES[ending]
        about = manual.section(one.name)
        for language, title in zip(("ja", "en"), about.title, strict=True):
            page = browser.get(f"/help/{one.name}?lang={language}").text
            shown = re.findall(r"<img[^>]*>", page)
            assert len(shown) == sum(name.split(".")[0] == one.name for name in found)  # on a desk, on a phone
            (this,) = (img for img in shown if f"/static/pictures/{one.name}{ending}" in img)
            assert title in re.search(r'alt="([^"]*)"', this)[1]
    assert "<img" not in browser.get("/help/keys?lang=ja").text
    desk.shoko.close()
