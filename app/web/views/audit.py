"""監査室: what an auditor was given, verification, bundles to take away, and who took what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from app.cli.export import in_words
from app.web.auditing import EXPORT, VERIFY, Bundle, owner_of
from app.web.format import attachment, day_text
from app.web.permissions import needs, who_of
from app.web.queries import MOST_CONDITIONS, parse_query, query_string
from app.web.respond import language_of, render, text
from app.web.state import Web, WebDep, checked_form, web_of
from app.web.views.desk import chosen, line, refuse, who
from app.web.views.jobs import Shown, job_of, show_as, to_job
from app.web.views.search import periods
from app.web.views.verify import RoomDep
from app.web.zips import zip_stream
from domain.codec import to_plain
from domain.labels import DOCUMENT_TYPES, label
from domain.people import Permission
from domain.query import MAX_LIMIT, Query
from pipeline.steps.exporting import RENDITIONS

router = APIRouter()
_VOLUMES = {"": None, "650MB": 650 << 20, "4GB": 4 << 30, "25GB": 25 << 30}
"""What fits on a CD, a FAT-formatted stick or a DVD, a Blu-ray disc."""


@router.get("/audit")
@needs(Permission.AUDIT)
def room(request: Request, web: WebDep, audit: RoomDep) -> Response:
    """What there is, and this person's work."""
    jobs = web.jobs.of(owner_of(who_of(request)), VERIFY, EXPORT) if web.jobs else ()
    asking = who_of(request)
    watched = asking is not None and asking.user is not None and asking.user.is_watched
    context = {"jobs": jobs, "standing_now": audit.standing(), "granted": _granted(request), "watched": watched}
    sight = asking.user.sight if asking is not None and asking.user is not None else None
    payload = {**audit.standing(), "sight": to_plain(sight), "jobs": [job.plain() for job in jobs]}
    return render(request, "audit.html", context=context, payload=payload)


@router.get("/audit/export")
@needs(Permission.AUDIT)
def export_page(request: Request, web: WebDep, audit: RoomDep) -> Response:
    """The form: of a search (its conditions come along in the address) or a period."""
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] not in {"lang", "page"}]
    parsed = parse_query(pairs, page_size=MAX_LIMIT)
    if parsed.problems:
        return refuse(request, next(iter(parsed.problems.values())))
    query = parsed.query
    whole = _with_deleted(query, deleted=True)  # as the form offers it
    shortcuts = periods(web.today())
    jobs = web.jobs.of(owner_of(who_of(request)), EXPORT) if web.jobs else ()
    context = {
        "query": query,
        "found": web.services.search(_sized(whole, 1)).total,
        "conditions": in_words(whole),
        "search": query_string(query),
        "pairs": [pair for pair in pairs if pair[0] not in {"date_from", "date_to"}],
        "periods": shortcuts,
        "renditions": RENDITIONS,
        "volumes": tuple(_VOLUMES),
        "jobs": jobs,
        "standing_now": audit.standing(),
    }
    return render(request, "audit_export.html", context=context, payload={"jobs": [job.plain() for job in jobs]})


@router.post("/audit/export", dependencies=[Depends(checked_form)])
@needs(Permission.AUDIT)
async def export(request: Request, audit: RoomDep) -> Response:
    """Begin to write a bundle."""
    async with request.form() as form:
        by, to = who(request, form), line(form, "to")
        pairs = parse_qsl(line(form, "q", most=MOST_CONDITIONS))
        pairs += [(name, line(form, name)) for name in ("date_from", "date_to") if line(form, name)]
        parsed = parse_query(pairs, page_size=MAX_LIMIT)
        renditions, volume = line(form, "renditions") or "ready", line(form, "volume")
        deleted, picked = line(form, "deleted") != "", tuple(chosen(form))
    if not by:
        return refuse(request, "no_name")
    if not to:
        return refuse(request, "receiver_needed")
    if parsed.problems or renditions not in RENDITIONS or volume not in _VOLUMES:
        return refuse(request, next(iter(parsed.problems.values()), "bad_request"))
    query = _with_deleted(parsed.query, deleted=deleted)
    job = await run_in_threadpool(
        audit.export,
        who_of(request),
        query,
        words=f"検索画面で選んだ書類 {len(picked)} 件" if picked else in_words(query) or "すべての書類",
        picked=picked,
        to=to,
        by=by,
        renditions=renditions,
        volume_bytes=_VOLUMES[volume],
    )
    return to_job(request, job)


@router.get("/jobs/{job_id}/volumes/{number}.zip")
@needs(Permission.AUDIT)
def volume(request: Request, web: WebDep, audit: RoomDep, job_id: str, number: int) -> Response:
    """A volume as ZIP, written while it is sent; that it is taken away is in the log before the first byte leaves."""
    job = job_of(request, web, job_id)
    asking = who_of(request)
    bundle = job.result
    by = (asking.login if asking else None) or (bundle.by if isinstance(bundle, Bundle) else "")
    folder = audit.take(job, number, by=by)
    name = folder.name if len(bundle.result.volumes) == 1 else f"{bundle.result.folder.name}-{folder.name}"
    return StreamingResponse(
        zip_stream(folder, inside=name),
        media_type="application/zip",
        headers={"content-disposition": attachment(f"{name}.zip")},
    )


@router.get("/audit/handovers")
@needs(Permission.AUDIT)
def hand_overs(request: Request, audit: RoomDep) -> Response:
    """Who took what, when, with which head of the log."""
    found = audit.hand_overs(who_of(request))
    return render(
        request,
        "audit_handovers.html",
        context={"found": found},
        payload={"exports": [to_plain(one) for one in found]},
    )


def _granted(request: Request) -> tuple[tuple[str, str], ...]:
    """What limits what this person sees, in words; nothing where nothing does."""
    asking, language = who_of(request), language_of(request)
    if asking is None or asking.user is None:
        return ()
    seen, frame, until = asking.visibility, asking.visibility.frame, asking.user.sight.until
    desk = web_of(request).desk
    names = desk.departments() if desk is not None and seen.departments else {}
    types = "・".join(label(DOCUMENT_TYPES[one], language=language) for one in frame.document_types)
    rows = (
        ("granted_date", _span(frame.date_from, frame.date_to)),
        ("granted_received", _span(frame.received_from, frame.received_to)),
        ("granted_types", types),
        ("granted_counterparties", "、".join(frame.counterparties)),
        ("granted_documents", f"{len(frame.document_ids):,}" if frame.document_ids else ""),
        (
            "granted_departments",
            "" if seen.all_departments else "、".join(names.get(one, one) for one in seen.departments),
        ),
        ("granted_confidential", "" if seen.confidential else text("granted_named", language=language)),
        ("granted_until", day_text(until)),
    )
    return tuple((name, words) for name, words in rows if words)


def _span(first: date | None, last: date | None) -> str:
    return f"{day_text(first)} 〜 {day_text(last)}" if first or last else ""


def bundle_plain(bundle: Bundle) -> dict[str, Any]:
    """The plain JSON form; paths of this machine stay out."""
    result = bundle.result
    return {
        "export_id": result.export_id,
        "conditions": bundle.conditions,
        "to": bundle.to,
        "documents": result.documents,
        "units": result.units,
        "tokens": result.tokens,
        "pending_stamps": result.pending_stamps,
        "files": result.files,
        "size_bytes": result.size_bytes,
        "volumes": len(result.volumes),
        "log_head": f"{result.head.tree_size}:{result.head.root.value}",
        "log_key_sha256": result.log_key_sha256,
    }


def _context(request: Request, web: Web, bundle: Bundle) -> dict[str, Any]:
    del request, web
    return {"bundle": bundle, "result": bundle.result}


def _sized(query: Query, limit: int) -> Query:
    return replace(query, limit=limit, offset=0)


def _with_deleted(query: Query, *, deleted: bool) -> Query:
    return replace(query, include_deleted=deleted)


show_as(EXPORT, Shown(template="job_export.html", context=_context, plain=bundle_plain))
