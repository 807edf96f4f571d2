"""操作の記録: every act in the log, by who, what, when and about what, each with its proof."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import JSONResponse, Response

from app.web import codes
from app.web.permissions import needs
from app.web.queries import MAX_TEXT, find_day
from app.web.respond import language_of, render
from app.web.views.admin import AdminDep
from domain import labels
from domain.act_words import act_words
from domain.acts import ActKind
from domain.codec import to_plain
from domain.errors import ConfigError
from domain.labels import Label, label
from domain.people import Permission
from storage.archive.log_lines import LogLine

router = APIRouter()
_SHOWN = 50
_OTHERS: dict[str, Label] = {
    "store_tested": ("保存先の試験", "store tested"),
    "reconciled": ("突き合わせ", "reconciled"),
    "witnessed": ("外部の控えとの照合", "witnessed"),
    "stamping_watched": ("タイムスタンプの付与の途切れと回復", "stamping stopped or resumed"),
    "locks_extended": ("保存期間の固定の延長", "locks extended"),
    "repaired": ("修復", "repaired"),
    "imported": ("取り込み（移行）", "imported"),
}
_ID = re.compile(r"(?:approval-)?(?:doc|unit|drop|usr|request|batch|delegation|mail|paper)-[a-z0-9][a-z0-9-]{0,110}")
"""What people paste of an address or a file name, where it is an id."""
_SUBJECT = re.compile(r"[a-z0-9][a-z0-9-]{0,127}")
_NOTHING = frozenset[str]()


def kind_label(kind: str) -> Label:
    """What an entry is called."""
    if kind in {one.value for one in ActKind}:
        return labels.ACTS[ActKind(kind)]
    return codes.LOG_KINDS.get(kind) or _OTHERS.get(kind) or (kind, kind)


_KINDS = tuple(dict.fromkeys((*codes.LOG_KINDS, *_OTHERS, *(one.value for one in ActKind))))


@router.get("/admin/log")
@needs(Permission.ADMIN)
def log(  # noqa: PLR0917 - FastAPI calls it by name
    request: Request,
    admin: AdminDep,
    kind: Annotated[str, Query(max_length=64)] = "",
    who: Annotated[str, Query(max_length=64)] = "",
    subject: Annotated[str, Query(max_length=128)] = "",
    about: Annotated[str, Query(max_length=MAX_TEXT)] = "",
    first: Annotated[str, Query(alias="from", max_length=20)] = "",
    last: Annotated[str, Query(alias="to", max_length=20)] = "",
    below: Annotated[int | None, Query(ge=0, le=10**15)] = None,
) -> Response:
    """A page of the log, newest first; ``subject`` is an id, ``about`` says in words what entries speak of."""
    about, who = about.strip(), who.strip()
    if _ID.fullmatch(about):
        subject, about = about, ""
    subject = "" if about else subject.strip()
    named = admin.log_named(about) if about else None
    of_one = admin.log_about(subject) if _SUBJECT.fullmatch(subject) else _NOTHING if subject else None
    page = admin.log(
        kinds=frozenset({kind}) if kind else frozenset(),
        subjects=named.ids if named else of_one,
        who=admin.log_doers(who) if who else None,
        first=find_day(first) if first else None,
        last=find_day(last, end=True) if last else None,
        below=below,
        limit=_SHOWN,
    )
    pairs = [("kind", kind), ("who", who), ("subject", subject), ("about", about), ("from", first), ("to", last)]
    kept = [pair for pair in pairs if pair[1]]
    beside = [pair for pair in kept if pair[0] not in {"subject", "about"}]
    context = {
        "page": page,
        "asked": dict(pairs),
        "kinds": tuple((one, kind_label(one)) for one in _KINDS),
        "kind_label": kind_label,
        "words": _words,
        "subjects": admin.subjects((*(line.leaf.subject_id for line in page.lines), *([subject] if subject else []))),
        "named": named,
        "of_subject": lambda one: f"/admin/log?{urlencode([*beside, ('subject', one)])}",
        "any_subject": f"/admin/log?{urlencode(beside)}",
        "people": admin.accounts.users(),
        "next_url": f"/admin/log?{urlencode([*kept, ('below', str(page.below))])}" if page.below is not None else None,
        "first_page": below is None,
    }
    payload = {"size": page.size, "below": page.below, "entries": [_plain(one) for one in page.lines]}
    return render(request, "admin_log.html", context=context, payload=payload)


@router.get("/admin/log/choices")
@needs(Permission.ADMIN)
def choices(request: Request, admin: AdminDep, say: Annotated[str, Query(max_length=MAX_TEXT)] = "") -> Response:
    """What typed words may stand for: people, parts of the whole, documents and files."""
    language = language_of(request)
    plain = [
        {
            "id": one.subject_id,
            "name": label(one.name, language=language),
            "beside": label(one.beside, language=language),
            "picture": one.picture,
        }
        for one in admin.log_choices(say.strip())
    ]
    return JSONResponse({"subjects": plain}, headers={"cache-control": "private, no-store"})


@router.get("/admin/log/{sequence}")
@needs(Permission.ADMIN, Permission.AUDIT)
def proof(request: Request, admin: AdminDep, sequence: int) -> Response:
    """That an entry is in the log of now (RFC 9162 §2.1.3)."""
    if not 0 <= sequence < 10**15:
        raise HTTPException(status_code=404)
    try:
        found = admin.proof(sequence)
    except ConfigError as error:
        raise HTTPException(status_code=404) from error
    return render(request, "admin_proof.html", context={"proof": found}, payload=to_plain(found))


def _words(line: LogLine) -> Label:
    if line.act is not None:
        japanese, english = act_words(line.act)
        about = line.leaf.subject_id  # has its own column
        return japanese.replace(f"、{about}", ""), english.replace(f"; {about}", "")
    if line.revision is not None:
        return f"第 {line.revision} 版", f"revision {line.revision}"
    return "", ""


def _plain(line: LogLine) -> dict[str, Any]:
    return {
        "sequence": line.leaf.sequence,
        "kind": line.leaf.kind,
        "subject": line.leaf.subject_id,
        "recorded_at": line.leaf.recorded_at.isoformat(),
        "who": line.who,
        "words": _words(line)[0],
        "facts": dict(line.act.facts) if line.act is not None else None,
        "revision": line.revision,
    }
