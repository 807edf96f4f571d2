"""操作の記録: every act in the log, by who, what, when and about what, each with its proof."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import Response

from app.web import codes
from app.web.permissions import needs
from app.web.queries import find_day
from app.web.respond import render
from app.web.views.admin import AdminDep
from domain import labels
from domain.act_words import act_words
from domain.acts import ActKind
from domain.codec import to_plain
from domain.errors import ConfigError
from domain.labels import Label
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
_SUBJECT = re.compile(r"[a-z0-9][a-z0-9-]{0,127}")


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
    first: Annotated[str, Query(alias="from", max_length=20)] = "",
    last: Annotated[str, Query(alias="to", max_length=20)] = "",
    below: Annotated[int | None, Query(ge=0, le=10**15)] = None,
) -> Response:
    """A page of the log, newest first."""
    asked = subject.strip()
    page = admin.log(
        kinds=frozenset({kind}) if kind else frozenset(),
        subject=(asked if _SUBJECT.fullmatch(asked) else "-") if asked else None,
        who=who.strip() or None,
        first=find_day(first) if first else None,
        last=find_day(last, end=True) if last else None,
        below=below,
        limit=_SHOWN,
    )
    pairs = [("kind", kind), ("who", who), ("subject", subject), ("from", first), ("to", last)]
    kept = [pair for pair in pairs if pair[1]]
    context = {
        "page": page,
        "asked": dict(pairs),
        "kinds": tuple((one, kind_label(one)) for one in _KINDS),
        "kind_label": kind_label,
        "words": _words,
        "subjects": admin.subjects(page),
        "people": admin.accounts.users(),
        "next_url": f"/admin/log?{urlencode([*kept, ('below', str(page.below))])}" if page.below is not None else None,
        "first_page": below is None,
    }
    payload = {"size": page.size, "below": page.below, "entries": [_plain(one) for one in page.lines]}
    return render(request, "admin_log.html", context=context, payload=payload)


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
