"""The frame of every page: menu, counts, brightness, and what holds without a script."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from app.web.icons import icon
from app.web.navigation import GROUPS, PLACES, Place
from app.web.people import ALONE, Who
from app.web.respond import FOLDER
from app.web.texts import TEXTS
from app.web.waiting import Menu, Waiting, menu_of
from domain.errors import StoreUnavailable
from domain.people import Permission
from domain.visibility import Sight


def web_with(numbers, clock=lambda: datetime(2026, 11, 22, tzinfo=UTC)):
    web = SimpleNamespace(waiting=Waiting(clock), desk=None, approvals=None, numbers=numbers)
    web.seen_by = lambda _: web
    return web


def place(count, **about):
    return Place(key="nav_review", target="/review", needed=Permission.REVIEW, waiting=count, **about)


@pytest.mark.parametrize("one", PLACES, ids=lambda one: one.key)
def test_every_entry_has_words_a_group_and_a_drawing(one):
    assert one.key in TEXTS
    assert one.group in GROUPS
    assert "<svg" in icon(one.icon)
    assert len(TEXTS[one.key][0]) <= 8, "the rail holds eight characters"


def test_every_group_with_a_heading_has_words():
    assert {f"group_{name}" for name in GROUPS[1:-1]} <= set(TEXTS)


def test_the_menu_shows_only_where_one_may_go():
    menu = menu_of(web_with({}), Who(permissions=frozenset({Permission.DOCUMENTS})), "/documents/doc-1")
    shown = [entry for _, entries in menu.groups for entry in entries]
    assert {entry.place.needed for entry in shown} == {Permission.DOCUMENTS}
    assert [entry.place.target for entry in shown if entry.current] == ["/search"]
    assert menu_of(web_with({}), None, "/login") == Menu()


def test_a_phone_has_four_entries_beside_its_menu_by_rank():
    menu = menu_of(web_with({}), ALONE, "/search")
    assert [entry.place.thumb for entry in menu.thumbs] == sorted(one.thumb for one in PLACES if one.thumb)[:4]


def test_counts_are_kept_for_seconds_for_each_person():
    now, asked = [datetime(2026, 11, 22, tzinfo=UTC)], []
    waiting = Waiting(lambda: now[0])
    counted = place(lambda _, who: asked.append(who) or len(asked))
    keiri = Who(
        permissions=frozenset(), user=SimpleNamespace(login="keiri", user_id="usr-1", departments=(), sight=Sight())
    )
    assert [waiting.count(web_with({}), ALONE, counted) for _ in range(3)] == [1, 1, 1]
    assert waiting.count(web_with({}), keiri, counted) == 2
    now[0] += timedelta(seconds=6)
    assert waiting.count(web_with({}), ALONE, counted) == 3


def test_a_count_that_cannot_be_asked_is_no_badge_and_is_asked_again():
    waiting = Waiting(lambda: datetime(2026, 11, 22, tzinfo=UTC))

    def fails(_web, _who):
        raise StoreUnavailable("down", message_ja="止まっています")

    assert waiting.count(web_with({}), ALONE, place(fails)) == 0
    assert waiting.count(web_with({}), ALONE, place(lambda *_: 7)) == 7


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_every_page_has_its_frame(page):
    tags = Tags(page.get("/intake").text).found
    assert [attrs["lang"] for tag, attrs in tags if tag == "html"] == ["ja"]
    assert sum(tag == "h1" for tag, _ in tags) == 1
    assert ("a", {"class": "skip", "href": "#main"}) in tags
    names = [attrs["aria-label"] for tag, attrs in tags if tag == "nav"]
    assert len(names) == len(set(names)) == 3
    assert any(tag == "input" and attrs.get("id") == "find" for tag, attrs in tags)
    assert not any("style" in attrs or any(name.startswith("on") for name in attrs) for _, attrs in tags)


def test_brightness_is_chosen_and_kept_without_a_script(page):
    assert 'data-theme="auto"' in page.get("/intake").text
    chosen = page.get("/intake?theme=dark")
    assert 'data-theme="dark"' in chosen.text
    assert 'data-theme="dark"' in page.get("/intake").text
    assert 'data-theme="dark"' in page.get("/intake?theme=%22%3E%3Cscript").text
    assert 'data-theme="auto"' in page.get("/intake?theme=auto").text


def test_the_other_language_and_brightness_keep_the_address(page):
    text = page.get("/search?words=%22a%26b").text
    assert 'href="?words=%22a%26b&amp;lang=en"' in text
    assert 'href="?words=%22a%26b&amp;theme=dark"' in text


def test_before_the_login_there_is_no_menu(open_page):
    text = open_page(token="correct horse battery").get("/login").text
    assert "<nav" not in text
    assert 'id="find"' not in text


COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^(]*\{)|\brgba?\(|\bhsla?\(")


@pytest.mark.parametrize("sheet", sorted((FOLDER / "static").glob("*.css")), ids=lambda path: path.name)
def test_colours_stand_in_one_place_and_no_sheet_is_long(sheet):
    lines = sheet.read_text().splitlines()
    assert len(lines) < 400
    for line in lines if sheet.name != "shoko.css" else ():
        assert not COLOUR.search(line.partition("{")[2]), line
