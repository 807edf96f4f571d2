"""The manual: its contents, one section, or all of it for the printer; and what it says to a question."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from markupsafe import Markup
from starlette.responses import Response

from app import manual
from app.web.permissions import needs
from app.web.respond import render
from domain.people import Permission

router = APIRouter()
MOST_ASKED = 200
"""Longest question, in characters: what the sentence of a search may have."""


@router.get("/help")
@needs(Permission.DOCUMENTS)
def contents(request: Request, q: str = "", about: str = "") -> Response:
    """Contents, what a question finds, and the sections on the page that the reader came from."""
    asked = q.strip()[:MOST_ASKED]
    found = manual.find(asked) if asked else ()
    near = manual.sections_of(about) if about and not asked else ()
    context = {"asked": asked, "found": found, "near": near, "about": about[:MOST_ASKED], "sections": manual.sections()}
    return render(
        request,
        "help.html",
        context=context,
        payload={"asked": asked, "sections": [plain(one) for one in (found if asked else manual.sections())]},
    )


@router.get("/help/{slug}")
@needs(Permission.DOCUMENTS)
def read(request: Request, slug: str) -> Response:
    """One section, or ``all`` of them one below the other."""
    one = manual.section(slug)
    shown = manual.sections() if slug == "all" else (one,) if one else ()
    if not shown:
        raise HTTPException(status_code=404)
    every = manual.sections()
    place = every.index(one) if one else -1
    context = {
        "shown": [(section, Markup(section.html)) for section in shown],  # noqa: S704  # our own, made without HTML
        "whole": slug == "all",
        "sections": every,
        "before": every[place - 1] if place > 0 else None,
        "after": every[place + 1] if 0 <= place < len(every) - 1 else None,
    }
    return render(request, "help_section.html", context=context, payload={"sections": [plain(one) for one in shown]})


def plain(one: manual.Section) -> dict[str, Any]:
    """The plain JSON form."""
    return {
        "slug": one.slug,
        "title": {"ja": one.title[0], "en": one.title[1]},
        "summary": {"ja": one.summary[0], "en": one.summary[1]},
        "page": one.page,
        "text": one.text,
    }
