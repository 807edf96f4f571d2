"""Every face of the page shows to who asks only what they may see."""

from dataclasses import fields
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
