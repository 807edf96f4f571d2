"""備付け書類: the papers that the law wants, as they stand now, to be read and printed (law: scan-docs)."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse, Response

from app.papers.render import plain, style_digest
from app.web.permissions import needs
from app.web.respond import render
from app.web.views.desk import DeskDep
from domain.people import Permission

router = APIRouter()


@router.get("/binder")
@needs(Permission.DOCUMENTS)
def binder(request: Request, desk: DeskDep) -> Response:
    """The list of papers."""
    made = desk.binder()
    return render(
        request, "binder.html", context={"papers": made}, payload={"papers": [plain(paper) for paper in made]}
    )


@router.get("/binder/{name}")
@needs(Permission.DOCUMENTS)
def paper(desk: DeskDep, name: str) -> Response:
    """One paper as it is printed; its own style and nothing else is allowed in it."""
    found = next((one for one in desk.binder() if one.edition.name == name), None)
    if found is None:
        raise HTTPException(status_code=404)
    policy = f"default-src 'none'; style-src '{style_digest()}'; base-uri 'none'; frame-ancestors 'none'"
    return HTMLResponse(found.edition.text or "", headers={"content-security-policy": policy})
