"""The manual: its contents, one section, or all of it for the printer; and answers to questions."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from markupsafe import Markup
from starlette.responses import Response

from app import manual
from app.web.answers import ABOUT_IT, EXAMPLES
from app.web.permissions import needs, who_of
from app.web.respond import FOLDER, language_of, render
from app.web.search_view import chips_of
from app.web.state import WebDep
from domain.asking import MAX_CHARACTERS
from domain.people import Permission
from domain.ways import WAYS

router = APIRouter()
_PICTURES = FOLDER / "static" / "pictures"
"""A picture of the page that a section explains, by the name of the section; ``samples.pictures`` takes them."""
PICTURE_SIZES = {".webp": (1280, 800), ".phone.webp": (390, 844)}
"""Width and height in pixels, by the ending of the name."""
_DOCUMENT = "/documents/"
_MOST_PATH = 200


@router.get("/help")
@needs(Permission.DOCUMENTS)
def contents(request: Request, web: WebDep, q: str = "", about: str = "") -> Response:
    """Contents, the answer to a question, and the sections on the page that the reader came from (``about``)."""
    asked, about = q.strip()[:MAX_CHARACTERS], about[:_MOST_PATH]
    document_id = about.removeprefix(_DOCUMENT).partition("/")[0] if about.startswith(_DOCUMENT) else None
    said = None
    if asked and web.answers is not None:
        who = who_of(request)
        said = web.answers.say(asked, document_id=document_id, user=who.user if who else None)
    query = said.answer.query if said is not None else None
    context = {
        "asked": asked,
        "chips": chips_of(query, (), language=language_of(request)) if query is not None else (),
        "ways": WAYS,
        "said": said,
        "about": about,
        "document_id": document_id,
        "near": manual.sections_of(about) if about and not asked else (),
        "sections": manual.sections(),
        "examples": EXAMPLES,
        "about_it": ABOUT_IT,
    }
    payload = {
        "asked": asked,
        "answer": said.plain() if said else None,
        "sections": [plain(s) for s in manual.sections()],
    }
    return render(request, "help.html", fragment="help_answer.html" if said else None, context=context, payload=payload)


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
    pictured = {section.slug: _pictures(section.slug) for section in shown}
    context = {
        "pictures": pictured,
        "shown": [(section, Markup(section.html)) for section in shown],  # noqa: S704  # our own, made without HTML
        "whole": slug == "all",
        "sections": every,
        "before": every[place - 1] if place > 0 else None,
        "after": every[place + 1] if 0 <= place < len(every) - 1 else None,
    }
    return render(request, "help_section.html", context=context, payload={"sections": [plain(one) for one in shown]})


@lru_cache(maxsize=128)
def _pictures(slug: str) -> tuple[tuple[str, int, int], ...]:
    """Name of the file, width and height in pixels, of each: on a desk, then on a phone."""
    return tuple(
        (f"pictures/{slug}{ending}", *size)
        for ending, size in PICTURE_SIZES.items()
        if (_PICTURES / f"{slug}{ending}").exists()
    )


def plain(one: manual.Section) -> dict[str, Any]:
    """The plain JSON form."""
    return {
        "slug": one.slug,
        "title": {"ja": one.title[0], "en": one.title[1]},
        "summary": {"ja": one.summary[0], "en": one.summary[1]},
        "page": one.page,
        "text": one.text,
    }
