"""Every word of the screens is said in one place, in both languages."""

import importlib
import re
from itertools import combinations
from pathlib import Path

import app.web
from app.web import texts

FOLDER = Path(app.web.__file__).parent


def lists():
    """The lists of words in each module beside ``texts``."""
    for path in sorted(FOLDER.glob("texts_*.py")):
        module = importlib.import_module(f"app.web.{path.stem}")
        for name, value in vars(module).items():
            own = name.isupper() and isinstance(value, dict) and f"\n{name}: dict" in path.read_text(encoding="utf-8")
            if own and name != "PEOPLE_AND_DESK":
                yield f"{path.stem}.{name}", value


def test_no_two_lists_share_a_key():
    """The one that is merged last would change the words of another page."""
    found = list(lists())
    assert len(found) > 5
    shared = {(a, b, key) for (a, one), (b, two) in combinations(found, 2) for key in one.keys() & two.keys()}
    assert shared == set()


def test_every_word_that_a_page_names_is_there():
    named = re.compile(r"\bt\('([a-z_0-9]+)'[,)]")
    for page in sorted((FOLDER / "templates").glob("*.html")):
        assert set(named.findall(page.read_text(encoding="utf-8"))) <= texts.TEXTS.keys(), page.name


def test_every_word_is_there_in_both_languages():
    assert all(len(pair) == len(texts.LANGUAGES) and all(pair) for pair in texts.TEXTS.values())
