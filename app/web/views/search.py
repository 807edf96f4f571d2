"""検索: the start page, its live results and their CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from app.web import format as fmt
from app.web.permissions import needs, who_of
from app.web.queries import MAX_TEXT, Parsed, has_conditions, parse_query, query_string
from app.web.respond import Problem, language_of, problem_response, render, text, wants_json
from app.web.search_view import COLUMNS, FIXED, Doubt, address, chips_of, doubts_of, hidden_columns
from app.web.services import WebServices
from app.web.state import Web, WebDep
from app.web.tables import csv_line
from domain import labels
from domain.codec import to_plain
from domain.fields import Money, money_to_plain
from domain.people import Permission
from domain.query import Hit, Hits, Query
from domain.record import DocumentState
from domain.ways import WAY_OF, WAYS
from storage.people.saved import SavedSearch

router = APIRouter()
STATES = (DocumentState.NEEDS_REVIEW, DocumentState.FILED, DocumentState.APPROVED)
_CSV_BATCH = 500


@router.get("/search")
@needs(Permission.DOCUMENTS)
def search(request: Request, web: WebDep) -> Response:
    """The page, its results alone for htmx, or JSON."""
    pairs = request.query_params.multi_items()
    parsed = parse_query(pairs, page_size=web.settings.page_size)
    language = language_of(request)
    problems = {name: text(code, language=language) for name, code in parsed.problems.items()}
    # a page says how many there are beyond it once it stands: what is shown first need not wait for that
    counted = replace(parsed.query, count_limit=None if _wants_exact(request) else parsed.query.limit)
    hits = web.services.search(counted) if not problems else Hits(total=0, hits=())
    query = parsed.query
    hidden = hidden_columns(pairs)
    said = request.query_params.get("said", "")[:MAX_TEXT]
    page = query.offset // query.limit + 1
    context = {
        "query": query,
        "shown": _shown(request, parsed),
        "problems": problems,
        "hits": hits,
        "narrowed": has_conditions(query) or query.include_deleted,
        "page": page,
        "pages": max(page, -(-hits.total // query.limit)),
        "more": hits.at_least and page * query.limit >= hits.total,
        "states": STATES,
        "periods": periods(web.today()),
        "url": lambda **change: address(query, hidden, **change),
        "csv_url": f"/search.csv?{query_string(query, page=1)}",
        "totals_url": f"/search/totals?{query_string(query, page=1)}",
        "export_url": f"/audit/export?{query_string(query, page=1)}",
        "journal_url": f"/journal?{urlencode({'q': query_string(query, page=1)})}",
        "here": address(query, hidden).partition("?")[2],
        "empty_archive": hits.total == 0 and not problems and not has_conditions(query),
        "columns": COLUMNS,
        "hidden": hidden,
        "fixed": FIXED,
        "chips": chips_of(query, hidden, language=language),
        "said": said,
        "doubts": _doubts(web, said, language=language),
        "saved": _saved(request, web),
    }
    status = 422 if problems and wants_json(request) else 200
    headers = {"HX-Replace-Url": address(query, hidden)} if "hx-request" in request.headers else {}
    return render(
        request,
        "search.html",
        fragment="search_results.html",
        context=context,
        payload=lambda: _payload(parsed, hits, problems),
        status=status,
        headers=headers,
    )


def _wants_exact(request: Request) -> bool:
    """Programs are told the exact number unless they ask otherwise; people where they ask."""
    return request.query_params.get("count", "exact" if wants_json(request) else "") == "exact"


def _doubts(web: Web, said: str, *, language: str) -> tuple[Doubt, ...]:
    return doubts_of(web.finder.understand(said).pieces, language=language) if said and web.finder else ()


def _saved(request: Request, web: Web) -> tuple[SavedSearch, ...]:
    who = who_of(request)
    owner = who.user.user_id if who is not None and who.user is not None else ""
    return web.finder.saved(owner) if web.finder is not None else ()


@router.get("/search.csv")
@needs(Permission.DOCUMENTS)
def search_csv(request: Request, web: WebDep) -> Response:
    """Every hit as CSV for spreadsheets (UTF-8 with BOM, CRLF)."""
    parsed = parse_query(request.query_params.multi_items(), page_size=_CSV_BATCH)
    language = language_of(request)
    if parsed.problems:  # never a wider result than what was asked for
        name, code = next(iter(parsed.problems.items()))
        problem = Problem(code=code, message=f"{name}: {text(code, language=language)}")
        return problem_response(request, problem, status=422)
    name = f"shoko-{web.today():%Y%m%d}.csv"
    return StreamingResponse(
        csv_lines(web.services, replace(parsed.query, offset=0), language=language, most=web.settings.csv_rows),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": fmt.attachment(name)},
    )


def csv_lines(services: WebServices, query: Query, *, language: str, most: int) -> Iterator[bytes]:
    """The header and one line per hit, in the order of the page."""
    keys = ("document_id", "type", "date", "amount", "counterparty", "state", "timestamp", "received_on", "assumed")
    header = [text(key, language=language) for key in keys]
    header.insert(4, "通貨" if language == "ja" else "Currency")
    header += [text("origin", language=language), text("way", language=language)]
    yield b"\xef\xbb\xbf" + csv_line(header)
    for hit in islice(services.every_hit(query), most):
        yield csv_line(_csv_cells(hit, language=language))


def periods(today: date) -> tuple[tuple[str, date, date], ...]:
    """Shortcuts: (key of the texts, first day, last day)."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    after = (month + timedelta(days=31)).replace(day=1)
    year = today.replace(month=1, day=1)
    return (
        ("this_month", month, after - timedelta(days=1)),
        ("last_month", before.replace(day=1), before),
        ("this_year", year, today.replace(month=12, day=31)),
        ("last_year", year.replace(year=year.year - 1), year - timedelta(days=1)),
    )


def _shown(request: Request, parsed: Parsed) -> dict[str, str]:
    """What stands in the boxes: what was typed where it could not be read, else one way of writing."""
    query = parsed.query
    amounts = {"amount_min": query.amount_min, "amount_max": query.amount_max}
    shown = {"date_from": fmt.day_text(query.date_from), "date_to": fmt.day_text(query.date_to)}
    shown |= {name: "" if amount is None else fmt.number_text(amount) for name, amount in amounts.items()}
    return shown | {
        name: request.query_params.get(name, "") for name in shown if name in parsed.problems and not shown[name]
    }


def _csv_cells(hit: Hit, *, language: str) -> list[str]:
    return [
        hit.document_id,
        labels.label(labels.DOCUMENT_TYPES[hit.document_type], language=language),
        fmt.day_text(hit.transaction_date),
        "" if hit.total_amount is None else format(hit.total_amount, "f"),
        (hit.currency or "") if hit.total_amount is not None else "",
        hit.counterparty or "",
        labels.label(labels.DOCUMENT_STATES[hit.state], language=language),
        labels.label(labels.UNIT_STATES[hit.unit_state], language=language),
        fmt.day_text(hit.received_on),
        text("assumed", language=language) if hit.received_on_assumed else "",
        labels.label(labels.ORIGINS[hit.origin], language=language),
        labels.label(WAYS[WAY_OF[hit.origin]], language=language),
    ]


def _payload(parsed: Parsed, hits: Hits, problems: dict[str, str]) -> dict[str, Any]:
    if problems:
        name, message = next(iter(problems.items()))
        return {"error": {"code": parsed.problems[name], "message": f"{name}: {message}"}}
    return {
        "query": to_plain(parsed.query),
        "total": hits.total,
        "at_least": hits.at_least,
        "limit": parsed.query.limit,
        "offset": parsed.query.offset,
        "hits": [hit_to_plain(hit) for hit in hits.hits],
    }


def hit_to_plain(hit: Hit) -> dict[str, Any]:
    """A hit as JSON: yen as integers."""
    plain: dict[str, Any] = to_plain(hit)
    if hit.total_amount is not None:
        plain["total_amount"] = money_to_plain(Money(amount=hit.total_amount, currency=hit.currency or "JPY"))
    return plain
