"""Requests of people: asked for, decided by another, carried out and reported (law: et-rules-template)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from domain.acts import ActKind, ActRecord, FactValue
from domain.errors import ObjectMissing, RequestRefused
from domain.ids import request_id_for
from domain.labels import DOCUMENT_TYPES, REQUEST_STATES
from domain.requests import (
    OPEN,
    OUTLIVING,
    REASON,
    REQUEST_ACTS,
    Request,
    RequestKind,
    RequestState,
    Step,
    check_step,
    request_of,
)

if TYPE_CHECKING:
    from datetime import date

    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)


def ask(
    shoko: Shoko,
    kind: RequestKind,
    subjects: Sequence[str],
    *,
    by: str,
    reason: str,
    facts: Mapping[str, FactValue] | None = None,
    form: Mapping[str, str] | None = None,
) -> Request:
    """Ask for something that another person has to approve; the same again gives the request that stands.

    Args:
        shoko: the installation.
        kind: what is asked for.
        subjects: documents, units or drops that it concerns, at least one.
        by: login of who asks.
        reason: why, in their words.
        facts: codes that say more exactly what (``revision``, ``count``).
        form: entries of the application form that differ from what the first document says; personal.

    Raises:
        ObjectMissing: no such document, unit or drop.
        RequestRefused: no reason is given, or another request for the same is open.
    """
    if not reason.strip() or not subjects:
        raise RequestRefused("a request needs a subject and a reason", message_ja="申請には対象と理由が必要です")
    known = tuple(dict.fromkeys(subjects))
    until = _retention(shoko, known)
    earlier = [one for one in requests_about(shoko, known[0]) if (one.kind, one.subjects) == (kind, known)]
    closed = sum(one.state not in OPEN for one in earlier)
    request_id = request_id_for(client_id=shoko.settings.client_id, kind=kind.value, subjects=known, ordinal=closed)
    shoko.archive.record_act(
        ActKind.REQUESTED,
        request_id,
        recorded_by=by,
        about=known,
        facts={**(facts or {}), "request": kind.value},
        personal={**_form(shoko, kind, known, by=by), **(form or {}), REASON: reason},
        retain_until=until,
        allowed=lambda acts: check_step(acts, ActKind.REQUESTED, by=by),
    )
    logger.info("requested: %s %s", kind.value, request_id)
    return find_request(shoko, request_id)


def _form(shoko: Shoko, kind: RequestKind, subjects: Sequence[str], *, by: str) -> dict[str, str]:
    """What fills the form by itself; nothing of the document where the request is to outlive it."""
    return {} if kind in OUTLIVING else application_form(shoko, subjects, by=by)


def decide(shoko: Shoko, request_id: str, *, approve: bool, by: str, reason: str = "") -> Request:
    """Approve or reject a request.

    Raises:
        ObjectMissing: no such request.
        RequestRefused: it is decided already, or ``by`` asked for it.
    """
    kind = ActKind.REQUEST_APPROVED if approve else ActKind.REQUEST_REJECTED
    return _step(shoko, request_id, kind, by=by, words=reason)


def take_back(shoko: Shoko, request_id: str, *, by: str, reason: str = "") -> Request:
    """Take back a request that is not decided yet.

    Raises:
        ObjectMissing: no such request.
        RequestRefused: it is decided, or another person asked for it.
    """
    return _step(shoko, request_id, ActKind.REQUEST_TAKEN_BACK, by=by, words=reason)


def report(
    shoko: Shoko, request_id: str, *, by: str, words: str, facts: Mapping[str, FactValue] | None = None
) -> Request:
    """Report that an approved request was carried out; with this it is closed.

    Raises:
        ObjectMissing: no such request.
        RequestRefused: it is not approved, or reported already; or a destruction that was not carried out.
    """
    found = find_request(shoko, request_id)
    if found.kind is RequestKind.DESTRUCTION and any(
        shoko.archive.destruction_of(one) is None for one in found.subjects
    ):
        raise RequestRefused(
            f"the destruction of {request_id} was not carried out",
            message_ja="廃棄はまだ実施されていません。「廃棄を実施する」を行うと自動で報告されます",
        )
    return _step(shoko, request_id, ActKind.REQUEST_REPORTED, by=by, words=words, facts=facts)


def application_form(shoko: Shoko, subjects: Sequence[str], *, by: str) -> dict[str, str]:
    """What the application form of the office rules names, from the first document (law: et-rules-template)."""
    record = shoko.archive.get_document(subjects[0])
    filled = {"person": by}
    if record is not None:
        filled["slip_number"] = record.fields.text("document_number") or ""
        filled["title"] = DOCUMENT_TYPES[record.classification.label][0]
        filled["counterparty"] = record.fields.text("counterparty") or ""
    return {name: value for name, value in filled.items() if value}


def find_request(shoko: Shoko, request_id: str) -> Request:
    """A request as it stands.

    Raises:
        ObjectMissing: no such request.
    """
    return request_of(_own(request_id, shoko.archive.acts(request_id)))


def approved(shoko: Shoko, request_id: str, kind: RequestKind) -> Request:
    """A request that may be carried out now.

    Raises:
        ObjectMissing: no such request.
        RequestRefused: it asks for something else, or is not approved (or reported already).
    """
    found = find_request(shoko, request_id)
    if found.kind is not kind or found.state is not RequestState.APPROVED:
        raise RequestRefused(
            f"request {request_id} is no approved request for {kind.value}",
            message_ja="承認済みの申請ではありません。申請の種類と状態を確かめてください",
        )
    return found


def requests(shoko: Shoko) -> tuple[Request, ...]:
    """Every request, in the order in which they were asked for."""
    by_id: dict[str, list[ActRecord]] = {}
    for act in shoko.archive.acts_of_kinds(*REQUEST_ACTS):
        by_id.setdefault(act.subject_id, []).append(act)
    return tuple(request_of(acts) for acts in by_id.values())


def requests_about(shoko: Shoko, subject_id: str) -> tuple[Request, ...]:
    """Requests that concern a document, a unit or a drop."""
    ids = [act.subject_id for act in shoko.archive.acts(subject_id) if act.kind is ActKind.REQUESTED]
    found = shoko.archive.acts_about(ids)
    return tuple(request_of(_own(one, found[one])) for one in ids)


def request_plain(request: Request) -> dict[str, Any]:
    """A request as JSON values."""
    return {
        "request_id": request.request_id,
        "kind": request.kind.value,
        "state": request.state.value,
        "state_ja": REQUEST_STATES[request.state][0],
        "subjects": list(request.subjects),
        "form": dict(request.form),
        "asked": _step_plain(request.asked),
        "decided": _step_plain(request.decided),
        "reported": _step_plain(request.reported),
    }


def _step_plain(step: Step | None) -> dict[str, str | None] | None:
    return None if step is None else {"by": step.by, "at": step.at.isoformat(), "words": step.words}


def _own(request_id: str, acts: Sequence[ActRecord]) -> tuple[ActRecord, ...]:
    return tuple(act for act in acts if act.subject_id == request_id and act.kind in REQUEST_ACTS)


def _step(
    shoko: Shoko,
    request_id: str,
    kind: ActKind,
    *,
    by: str,
    words: str,
    facts: Mapping[str, FactValue] | None = None,
) -> Request:
    request = find_request(shoko, request_id)
    shoko.archive.record_act(
        kind,
        request_id,
        recorded_by=by,
        about=request.subjects,
        facts=facts,
        personal={REASON: words},
        retain_until=_retention(shoko, request.subjects),
        allowed=lambda acts: check_step(acts, kind, by=by),
    )
    logger.info("%s: %s", kind.value, request_id)
    return find_request(shoko, request_id)


def _retention(shoko: Shoko, subjects: Sequence[str]) -> date | None:
    """The longest retention of what a request concerns."""
    days = []
    for subject in subjects:
        record = shoko.archive.get_document(subject)
        known = record or shoko.archive.get_unit(subject) or shoko.archive.get_drop(subject)
        if known is None and shoko.archive.destruction_of(subject) is None:
            raise ObjectMissing(
                f"no document, unit or drop {subject}",
                message_ja=f"{subject} は見つかりません。IDを確かめてください",
            )
        if record is not None and record.retain_until is not None:
            days.append(record.retain_until)
    return max(days, default=None)
