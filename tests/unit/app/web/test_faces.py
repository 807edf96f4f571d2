"""Every face of the page shows to who asks only what they may see."""

from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

from app.web.state import Web

SHOW_NO_DOCUMENTS = {"settings", "sessions", "clock", "people", "sso", "jobs", "waiting"}
"""Parts of the page that documents are not reached through; jobs are kept under who began them."""


def test_every_face_can_be_bound_to_who_asks():
    hints = get_type_hints(Web)
    for one in fields(Web):
        if one.name not in SHOW_NO_DOCUMENTS:
            kinds = getattr(hints[one.name], "__args__", (hints[one.name],))
            assert any(hasattr(kind, "seen_by") for kind in kinds), f"{one.name} shows everything to everybody"


def test_whoever_asks_the_index_asks_as_somebody():
    """Statements over the search index stand in the archive, or take with them what who asks may see."""
    root = Path(__file__).parents[4]
    found = [*(root / "storage").glob("*.py"), *(root / "storage" / "search").glob("*.py")]
    asking = [path for path in found if "search_entry" in path.read_text(encoding="utf-8")]
    assert asking
    for path in asking:
        text = path.read_text(encoding="utf-8")
        assert "seen(" in text or "conditions(" in text, f"{path.name} shows everything to everybody"
