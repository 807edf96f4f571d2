"""会計ソフトへの仕訳: what would be handed over, the file itself, and the tie to the books afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from app.web import format as fmt
from app.web.desk import Desk
from app.web.document_view import title_of
from app.web.permissions import needs
from app.web.queries import MOST_CONDITIONS, parse_conditions, query_string
from app.web.respond import language_of, render
from app.web.state import checked_form
from app.web.views.desk import DeskDep, line, refuse, who
from domain.journal import DOUBTS, LEFT_OUT
from domain.labels import DEDUCTIONS
from domain.numbers import whole_in
from domain.people import Permission
from domain.query import Query
from pipeline.journal import PRODUCTS, Product
from pipeline.journal.products import Written
from pipeline.steps.journal import journal_plain

router = APIRouter()
_NAMED = 100
"""Documents without an entry that the page names; JSON has them all."""
MOST = 2_000
"""Documents at one time: a busy month of a small company, made in seconds."""
_AT_ONCE = 500
_MOST_NUMBER = 999_999


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    product: Product
    first: int
    query: Query

    @property
    def address(self) -> str:
        """What was asked for, as parameters."""
        return urlencode(
            {"product": self.product.name, "first": self.first, "q": query_string(replace(self.query, offset=0))}
        )


@router.get("/journal")
@needs(Permission.CORRECT)
def journal(request: Request, desk: DeskDep) -> Response:
    """The entries of what a search (``q``) finds, and which documents have none and why."""
    asked = _asked(dict(request.query_params))
    if asked is None:
        return refuse(request, "bad_request")
    done = _done(desk, asked)
    tied = request.query_params.get("tied", "")
    named = desk.records(one.document_id for one in done.left_out[:_NAMED])
    context: dict[str, Any] = {
        "asked": asked,
        "q": query_string(replace(asked.query, offset=0)),
        "products": PRODUCTS.values(),
        "done": done,
        "digest": done.digest,
        "doubts": DOUBTS,
        "deductions": DEDUCTIONS,
        "why": LEFT_OUT,
        "left_out": done.left_out[:_NAMED],
        "named": {one: title_of(record, language=language_of(request)) for one, record in named.items()},
        "tied": whole_in(tied) or 0,
        "most_number": _MOST_NUMBER,
    }
    payload = {"product": asked.product.name, "digest": done.digest, **journal_plain(done)}
    return render(request, "journal.html", context=context, payload=payload)


@router.get("/journal/file")
@needs(Permission.CORRECT)
def journal_file(request: Request, desk: DeskDep) -> Response:
    """The file, where it still is what was shown (``digest``)."""
    asked = _asked(dict(request.query_params))
    if asked is None:
        return refuse(request, "bad_request")
    done = _done(desk, asked)
    if done.digest != request.query_params.get("digest"):
        return refuse(request, "journal_changed")
    return Response(
        done.content,
        media_type="text/csv",
        headers={"content-disposition": fmt.attachment(f"shoko-{asked.product.name}-{asked.first}.csv")},
    )


@router.post("/journal", dependencies=[Depends(checked_form)])
@needs(Permission.CORRECT)
async def tie(request: Request, desk: DeskDep) -> Response:
    """Tie the documents that were shown, or those of a file that was taken in, to their numbers in the books."""
    async with request.form() as form:
        by, digest, file = who(request, form), line(form, "digest"), form.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
        names = ("product", "first", "q")
        asked = _asked({name: line(form, name, most=MOST_CONDITIONS) for name in names})
    if not by:
        return refuse(request, "no_name")
    if asked is None:
        return refuse(request, "bad_request")
    if content:
        done = await run_in_threadpool(desk.hand_over_file, content, asked.product, by=by, most=MOST)
    else:
        done = await run_in_threadpool(_done, desk, asked, file=digest)
        if done.digest != digest:
            return refuse(request, "journal_changed")
        await run_in_threadpool(desk.hand_over, done, asked.product, by=by)
    last, _ = done.entries[-1] if done.entries else (asked.first - 1, None)
    after = replace(asked, first=min(last + 1, _MOST_NUMBER))
    return RedirectResponse(f"/journal?{after.address}&tied={len(done.entries)}", status_code=303)


def _asked(given: dict[str, str]) -> _Asked | None:
    name, first = given.get("product") or "yayoi", given.get("first") or "1"
    number = whole_in(first, least=1, most=_MOST_NUMBER)
    if name not in PRODUCTS or number is None:
        return None
    parsed = parse_conditions(given.get("q", ""), page_size=_AT_ONCE)
    return None if parsed.problems else _Asked(product=PRODUCTS[name], first=number, query=parsed.query)


def _done(desk: Desk, asked: _Asked, *, file: str = "") -> Written:
    return desk.journal(asked.query, asked.product, first=asked.first, most=MOST, file=file)
