"""A document is submitted, approved step by step, returned, withdrawn, reopened; each an act of a person.

The last approval is the act; freezing follows from it. Interrupted between the two, ``settle`` does what is left: on
the next look at the document by anybody who works on it, and every night.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from domain.acts import ActKind, ActRecord, FactValue
from domain.approval_rules import (
    Place,
    check_reopening,
    check_submission,
    check_withdrawal,
    may_freeze,
    may_thaw,
    must_have_place,
    submission_facts,
    submission_words,
    under_way,
)
from domain.approvals import PREFIX, ApprovalState, Round, approval_id, rounds_of
from domain.calendar import tokyo_day
from domain.errors import AccessRefused, RequestRefused, RevisionConflict
from domain.people import Permission
from domain.record import DocumentState
from domain.requests import REASON
from domain.seals import impression, impression_text
from pipeline.steps.access import department_of
from pipeline.steps.apiece import Apiece
from pipeline.steps.approval_people import delegators_of, seal_of
from pipeline.steps.approval_ways import way_of
from pipeline.steps.correct import lock_units
from pipeline.steps.relations import known_document

if TYPE_CHECKING:
    from domain.people import User
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

OPEN_ENDS = (ActKind.APPROVAL_SUBMITTED, ActKind.APPROVAL_GIVEN)
"""Acts after which a round may go on, or its document has to be frozen."""


def rounds(shoko: Shoko, document_id: str) -> tuple[Round, ...]:
    """Every round of a document, oldest first."""
    record = shoko.archive.get_document(document_id)
    return rounds_of(shoko.archive.acts_under(approval_id(document_id)), record) if record is not None else ()


def submit(shoko: Shoko, document_id: str, *, by: User, comment: str = "", seen: int | None = None) -> Round:
    """Put the newest revision of a document on its route.

    Args:
        shoko: the installation.
        document_id: the document.
        by: who submits.
        comment: for the approvers.
        seen: the revision that the person looked at; None: whatever is newest.

    Raises:
        ObjectMissing: no such document.
        RequestRefused: it is under way, approved, deleted or waits for review, or nobody could approve it.
        RevisionConflict: it was revised since the person looked.
    """
    _must(by, Permission.ASK)
    settle(shoko, document_id)
    record = known_document(shoko, document_id)
    if seen is not None and seen != record.revision:
        raise RevisionConflict(f"document {document_id} has revision {record.revision}, not {seen}")
    number = check_submission(shoko.archive.acts_under(approval_id(document_id)), record)
    way = way_of(shoko, record, by=by)

    def allowed(acts: tuple[ActRecord, ...]) -> None:
        newest = known_document(shoko, document_id)
        if newest.revision != record.revision or check_submission(acts, newest) != number:
            raise RevisionConflict(f"document {document_id} changed meanwhile")

    facts = submission_facts(
        number=number,
        revision=record.revision,
        digest=str(shoko.archive.manifest_digest(document_id, record.revision)),
        routes=way.table.version,
        route=way.route,
        steps=way.steps,
        by=by.user_id,
        barred=way.barred,
    )
    words = {**submission_words(way.route, way.steps, dict(way.names)), "name": by.name or by.login, REASON: comment}
    _record(shoko, ActKind.APPROVAL_SUBMITTED, record, by=by, facts=facts, personal=words, allowed=allowed)
    return rounds(shoko, document_id)[-1]


def decide(
    shoko: Shoko,
    document_id: str,
    *,
    approve: bool,
    by: User,
    words: str = "",
    seen: int | None = None,
    via: str = "page",
) -> Round:
    """Approve or return what waits; the last approval freezes the document.

    Args:
        shoko: the installation.
        document_id: the document.
        approve: or return, which wants words.
        by: who decides, in their own right or in the place of who lets them.
        words: comment, or why it is returned.
        seen: the revision that the person looked at.
        via: ``page`` or ``command``: where the person said so.

    Raises:
        ObjectMissing: no such document.
        RequestRefused: it does not wait, was revised, or this person may not decide; or a return without words.
    """
    _must(by, Permission.APPROVE)
    if not approve and not words.strip():
        raise RequestRefused("a return needs words", message_ja="差戻しには理由を入れてください")
    settle(shoko, document_id)
    record = known_document(shoko, document_id)
    known = rounds(shoko, document_id)
    if known and _is_mine(known[-1], by, approve=approve, seen=seen):
        return known[-1]  # this call, again
    principals = delegators_of(shoko, by.user_id)
    current = under_way(shoko.archive.acts_under(approval_id(document_id)), record, seen=seen)
    place = must_have_place(current, by, [user for user, _ in principals])

    def allowed(acts: tuple[ActRecord, ...]) -> None:
        now = under_way(acts, known_document(shoko, document_id), seen=current.revision)
        if must_have_place(now, by, [user for user, _ in principals]) != place:
            raise RevisionConflict(f"the approval of {document_id} went on meanwhile")

    facts, personal = _decision(shoko, current, place, by=by, words=words, via=via)
    if place.principal is not None:
        facts["delegation"] = next(one.number for user, one in principals if user.user_id == place.principal.user_id)
    if approve:
        look = seal_of(shoko, by.user_id)
        seal = impression(
            look,
            name=by.name or by.login,
            department=personal["department"],
            on=tokyo_day(shoko.clock()),
            for_another=place.principal is not None,
        )
        facts["look"], personal["seal"] = look.version, impression_text(seal)
    kind = ActKind.APPROVAL_GIVEN if approve else ActKind.APPROVAL_RETURNED
    _record(shoko, kind, record, by=by, facts=facts, personal=personal, allowed=allowed)
    shoko.at("approve.recorded")
    settle(shoko, document_id)
    return rounds(shoko, document_id)[-1]


def withdraw(shoko: Shoko, document_id: str, *, by: User, words: str = "") -> Round:
    """Take a submission back that is not decided yet.

    Raises:
        RequestRefused: it does not wait, or another person submitted it.
    """
    _must(by, Permission.ASK)
    settle(shoko, document_id)
    record = known_document(shoko, document_id)

    def allowed(acts: tuple[ActRecord, ...]) -> None:
        check_withdrawal(under_way(acts, known_document(shoko, document_id), seen=None), by.user_id)

    acts = shoko.archive.acts_under(approval_id(document_id))
    current = under_way(acts, record, seen=None)
    facts: dict[str, FactValue] = {"round": current.number, "revision": current.revision, "by": by.user_id}
    personal = {"name": by.name or by.login, REASON: words}
    _record(shoko, ActKind.APPROVAL_WITHDRAWN, record, by=by, facts=facts, personal=personal, allowed=allowed)
    return rounds(shoko, document_id)[-1]


def reopen(shoko: Shoko, document_id: str, *, by: User, words: str) -> Round:
    """Take an approval back, so that the document can be put right; its approvals stay visible as what they were.

    Raises:
        RequestRefused: it is not approved, or no reason is given.
    """
    _must(by, Permission.DECIDE)
    if not words.strip():
        raise RequestRefused("reopening needs a reason", message_ja="承認の取消しには理由を入れてください")
    settle(shoko, document_id)
    record = known_document(shoko, document_id)
    current = check_reopening(shoko.archive.acts_under(approval_id(document_id)), record)

    def allowed(acts: tuple[ActRecord, ...]) -> None:
        check_reopening(acts, known_document(shoko, document_id))

    facts: dict[str, FactValue] = {"round": current.number, "revision": record.revision, "by": by.user_id}
    personal = {"name": by.name or by.login, REASON: words}
    _record(shoko, ActKind.APPROVAL_REOPENED, record, by=by, facts=facts, personal=personal, allowed=allowed)
    shoko.at("approve.reopened")
    settle(shoko, document_id)
    return rounds(shoko, document_id)[-1]


def settle(shoko: Shoko, document_id: str) -> bool:
    """Do what follows from the acts and was cut off: freeze what is approved, thaw what was reopened.

    Gives whether there was anything to do.
    """
    acts = shoko.archive.acts_under(approval_id(document_id))
    newest = shoko.archive.get_document(document_id) if acts else None
    if newest is None:
        return False
    last = acts[-1]
    try:
        if may_freeze(acts, newest):
            shoko.archive.freeze(document_id, base_revision=newest.revision, recorded_by=last.recorded_by or "engine")
        elif may_thaw(acts, newest):
            shoko.archive.thaw(
                document_id,
                base_revision=newest.revision,
                recorded_by=last.recorded_by or "engine",
                reason=last.personal.get(REASON) or "承認の取消し",
            )
            return True
    except RevisionConflict:
        return False  # somebody revised it first: the round counts no more
    frozen = shoko.archive.get_document(document_id)
    if frozen is None or frozen.state is not DocumentState.APPROVED or frozen.revision == newest.revision:
        return False
    shoko.at("approve.frozen")
    lock_units(shoko, frozen)
    logger.info("approved: %s revision %d", document_id, frozen.revision)
    return True


def settle_all(shoko: Shoko) -> int:
    """The same for every document; gives how many were left half done.

    Raises:
        AppError: of the first that failed, after all others.
    """
    kinds, done, many = (*OPEN_ENDS, ActKind.APPROVAL_REOPENED), 0, Apiece("approvals")
    for subject in shoko.archive.subjects_ending_in(PREFIX, *kinds):
        with many.one():
            done += settle(shoko, subject.removeprefix(PREFIX))
    many.end()
    return done


def _is_mine(last: Round, by: User, *, approve: bool, seen: int | None) -> bool:
    """Whether the last decision is just this one."""
    if not last.decisions or last.decisions[-1].said.user_id != by.user_id or seen not in {None, last.revision}:
        return False
    ended = ApprovalState.APPROVED if approve else ApprovalState.RETURNED
    return last.state is ended


def _decision(
    shoko: Shoko, current: Round, place: Place, *, by: User, words: str, via: str
) -> tuple[dict[str, FactValue], dict[str, str]]:
    digest = str(shoko.archive.manifest_digest(current.document_id, current.revision))
    if digest != current.digest:
        raise RequestRefused(
            "the revision is not what was submitted",
            message_ja="申請された版の記録が申請時と一致しません。検証（shoko verify）をしてください",
        )
    facts: dict[str, FactValue] = {
        "round": current.number,
        "revision": current.revision,
        "digest": digest,
        "step": place.step,
        "seat": place.seat,
        "approver": by.user_id,
        "via": via,
    }
    personal = {"name": by.name or by.login, "department": department_of(shoko, by), REASON: words}
    if place.principal is not None:
        facts["principal"] = place.principal.user_id
        personal["principal_name"] = place.principal.name or place.principal.login
    return facts, personal


def _must(user: User, permission: Permission) -> None:
    if permission not in user.permissions:
        raise AccessRefused(f"{user.login} may not {permission.value}")


def _record(
    shoko: Shoko,
    kind: ActKind,
    record: ArchiveRecord,
    *,
    by: User,
    facts: Mapping[str, FactValue],
    personal: Mapping[str, str],
    allowed: Callable[[tuple[ActRecord, ...]], None],
) -> None:
    shoko.archive.record_act(
        kind,
        approval_id(record.document_id),
        recorded_by=by.login,
        about=(record.document_id, by.user_id),
        facts=facts,
        personal={name: words for name, words in personal.items() if words},
        retain_until=record.retain_until,
        allowed=allowed,
    )
    logger.info("%s: %s", kind.value, record.document_id)
