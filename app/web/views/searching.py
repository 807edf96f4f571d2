"""What the search page asks for while one works on it: sentences, names, totals, small pictures, saved searches."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.web import format as fmt
from app.web.finding import Finder
from app.web.permissions import needs, who_of
from app.web.queries import MAX_TEXT, parse_conditions, parse_query, query_string
from app.web.respond import error_response, language_of, render, wants_fragment, wants_json
from app.web.search_view import address, hidden_columns, sums_of, ways_in
from app.web.state import WebDep, checked_form
from app.web.views.document import DocumentId
from domain.codec import to_plain
from domain.errors import InputError
from domain.ids import Origin
from domain.labels import DOCUMENT_TYPES, label
from domain.people import Permission
from domain.query import Hit, Totals
from domain.ways import WAYS

router = APIRouter()
_PAGE = 50


def _finder(web: WebDep) -> Finder:
    if web.finder is None:
        raise HTTPException(status_code=404)
    return web.finder


FinderDep = Annotated[Finder, Depends(_finder)]


@router.get("/search/sentence")
@needs(Permission.DOCUMENTS)
def sentence(request: Request, finder: FinderDep) -> Response:
    """A sentence becomes the conditions of the search page; JSON says what each part became."""
    said = request.query_params.get("say", "").strip()
    if len(said) > MAX_TEXT:
        return error_response(request, code="too_long", status=422)
    understood = finder.understand(said)
    if wants_json(request):
        pieces = to_plain(understood)["pieces"]
        return JSONResponse({"query": query_string(understood.query), "pieces": pieces})
    target = address(understood.query, hidden_columns(request.query_params.multi_items()))
    return RedirectResponse(f"{target}{'&' if '=' in target else ''}{urlencode({'said': said})}", status_code=303)


@router.get("/search/suggestions")
@needs(Permission.DOCUMENTS)
def suggestions(request: Request, finder: FinderDep) -> Response:
    """Counterparties that fit what is typed."""
    found = finder.suggest(request.query_params.get("counterparty", "")[:MAX_TEXT])
    return JSONResponse({"names": [to_plain(one) for one in found]}, headers={"cache-control": "private, max-age=30"})


@router.get("/search/choices")
@needs(Permission.DOCUMENTS)
def choices(
    request: Request, finder: FinderDep, say: str = "", beside: str = "", origin: Origin | None = None
) -> Response:
    """Documents that fit what is typed where a form asks for one; ``beside`` is the one that it is about."""
    if len(say) > MAX_TEXT:
        return error_response(request, code="too_long", status=422)
    found = finder.choices(say.strip(), beside=beside[:MAX_TEXT], origin=origin)
    language = language_of(request)
    plain = [
        {
            "document_id": hit.document_id,
            "kind": label(DOCUMENT_TYPES[hit.document_type], language=language),
            "counterparty": hit.counterparty or "",
            "day": fmt.day_text(hit.transaction_date),
            "amount": _amount(hit),
            "received": fmt.day_text(hit.received_on),
        }
        for hit in found
    ]
    return JSONResponse({"documents": plain}, headers={"cache-control": "private, no-store"})


def _amount(hit: Hit) -> str:
    if hit.total_amount is None:
        return ""
    return ("¥" if hit.currency == "JPY" else "") + fmt.amount_text(hit.total_amount, hit.currency)


@router.get("/search/totals")
@needs(Permission.DOCUMENTS)
def search_totals(request: Request, web: WebDep, finder: FinderDep) -> Response:
    """What all hits come to, by currency and by class; with ``bounded`` only where they are not too many.

    A page that did not count its hits (``uncounted``) is given their number as well.
    """
    parsed = parse_query(request.query_params.multi_items(), page_size=_PAGE)
    if parsed.problems:
        return error_response(request, code="bad_request", status=422)
    bounded = request.query_params.get("bounded") == "1"
    found = finder.totals(parsed.query, most=web.settings.count_limit if bounded else None)
    hidden = hidden_columns(request.query_params.multi_items())
    context: dict[str, Any] = {
        "totals": found,
        "rows": sums_of(found, parsed.query, hidden),
        "ways": [WAYS[way] for way in ways_in(found)],
        "opened": not wants_fragment(request),
        "back": address(parsed.query, hidden),
        "query": parsed.query,
        "uncounted": request.query_params.get("uncounted") == "1" and wants_fragment(request),
        "totals_url": f"/search/totals?{query_string(parsed.query, page=1)}",
    }
    return render(
        request, "search_totals_page.html", fragment="search_totals.html", context=context, payload=_plain(found)
    )


def _plain(totals: Totals) -> dict[str, Any]:
    """Totals as JSON: amounts as decimal strings."""
    plain: dict[str, Any] = to_plain(totals)
    return plain | {
        "lines": [to_plain(one) | {"amount": _decimal(one.amount)} for one in totals.lines],
        "classes": [{"type": kind.value, "documents": count} for kind, count in totals.classes],
    }


def _decimal(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")


_NO_PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR4nGNgAAIAAAUAAXpeqz8AAAAASUVORK5CYII="
)
"""A PNG of one clear point: a list of e-invoices and letters is no list of errors."""


@router.get("/documents/{document_id}/thumbnail.png")
@needs(Permission.DOCUMENTS)
def document_thumbnail(finder: FinderDep, document_id: DocumentId) -> Response:
    """The first page, small; an empty picture of what has no pages that can be shown."""
    try:
        png = finder.thumbnail(document_id)
    except InputError:
        png = _NO_PICTURE
    return Response(png, media_type="image/png", headers={"cache-control": "private, max-age=86400"})


@router.get("/search/saved")
@needs(Permission.DOCUMENTS)
def saved(request: Request, finder: FinderDep) -> Response:
    """The searches that a person saved."""
    found = finder.saved(_owner(request))
    return render(
        request,
        "search_saved_page.html",
        context={"saved": found},
        payload={"saved": [to_plain(one) for one in found]},
    )


@router.post("/search/saved", dependencies=[Depends(checked_form)])
@needs(Permission.DOCUMENTS)
async def change_saved(request: Request, finder: FinderDep) -> Response:
    """Save a search under a name, or forget one; back to the search."""
    async with request.form() as form:
        name, query, forget = (str(form.get(one) or "") for one in ("name", "query", "forget"))
    owner = _owner(request)
    parsed = parse_conditions(query, page_size=_PAGE)
    if parsed.problems and not forget:  # another search than the one that was looked at
        return error_response(request, code=next(iter(parsed.problems.values())), status=422)
    kept = address(parsed.query, hidden_columns(parse_qsl(query)), page=1)
    if forget:
        await run_in_threadpool(finder.forget, owner, name=forget)
    else:
        await run_in_threadpool(finder.save, owner, name=name, query=kept.partition("?")[2])
    if wants_json(request):
        return JSONResponse({"saved": [to_plain(one) for one in await run_in_threadpool(finder.saved, owner)]})
    return RedirectResponse(kept, status_code=303)


def _owner(request: Request) -> str:
    who = who_of(request)
    return who.user.user_id if who is not None and who.user is not None else ""
