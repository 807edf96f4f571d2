"""Departments, and who may see a document: said by people, each time an act on the document."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.acts import INSTALLATION, ActKind
from domain.errors import AccessRefused, CorrectionInvalid
from domain.visibility import EVERYTHING, Access, check_department, departments_named
from pipeline.steps.relations import known_document
from storage.people.book import must_be

if TYPE_CHECKING:
    from domain.people import User
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)


def departments(shoko: Shoko) -> Mapping[str, str]:
    """The company's departments: code → name, in the order in which they were named."""
    return departments_named(shoko.archive.acts_of_kinds(ActKind.DEPARTMENT_NAMED))


def name_department(shoko: Shoko, code: str, name: str, *, by: str) -> Mapping[str, str]:
    """Give a department its name, or another; gives all departments.

    Raises:
        AccessRefused: no code of a department, or no name.
    """
    check_department(code)
    words = " ".join(name.split())
    if not words:
        raise AccessRefused("a department needs a name", message_ja="部門名を入力してください")
    if departments(shoko).get(code) != words:
        _name(shoko, code, by=by, stands=True, personal={"name": words})
    return departments(shoko)


def end_department(shoko: Shoko, code: str, *, by: str) -> Mapping[str, str]:
    """A department that is no more: nothing is given to it from now on; what belongs to it stays as it is.

    Raises:
        AccessRefused: no such department.
    """
    if known_department(shoko, code):
        _name(shoko, code, by=by, stands=False, personal={})
    return departments(shoko)


def known_department(shoko: Shoko, code: str) -> str:
    """The code, if a department of the company has it.

    Raises:
        AccessRefused: none has.
    """
    if code not in departments(shoko):
        raise AccessRefused(
            f"no department {code[:40]!r}",
            message_ja="登録されていない部門です。先に部門を登録してください（shoko departments set コード 名前）",
        )
    return code


def department_of(shoko: Shoko, user: User) -> str:
    """The name of the department that a person belongs to first; empty where they belong to none."""
    return departments(shoko).get(user.departments[0], user.departments[0]) if user.departments else ""


def access_of_document(shoko: Shoko, document_id: str) -> Access:
    """To which department it belongs, and to whom it is confidential.

    Raises:
        ObjectMissing: no such document.
    """
    known_document(shoko, document_id)
    return shoko.archive.access_of(document_id)


def say_department(
    shoko: Shoko, document_ids: Sequence[str], department: str | None, *, by: str, reason: str
) -> tuple[str, ...]:
    """Say to which department documents belong, or (None) that they belong to none; gives those that changed.

    Raises:
        ObjectMissing: no such document; nothing is recorded.
        AccessRefused: no such department.
        CorrectionInvalid: no reason is given.
    """
    if department is not None:
        known_department(shoko, department)
    changed = [
        one for one in _known(shoko, document_ids, reason) if access_of_document(shoko, one).department != department
    ]
    return _say(shoko, changed, ActKind.DEPARTMENT_SAID, {"department": department}, by=by, reason=reason)


def say_confidential(
    shoko: Shoko,
    document_ids: Sequence[str],
    *,
    departments: Sequence[str] = (),
    people: Sequence[str] = (),
    by: str,
    reason: str,
) -> tuple[str, ...]:
    """Say who alone may see documents; gives those that changed.

    Args:
        shoko: the installation.
        document_ids: which.
        departments: codes.
        people: logins.
        by: login of who says so.
        reason: why, in their words.

    Raises:
        ObjectMissing: no such document; nothing is recorded.
        AccessRefused: nobody is named, or somebody whom there is not.
        CorrectionInvalid: no reason is given.
    """
    return _say_readers(shoko, document_ids, _readers(shoko, departments, people), by=by, reason=reason)


def lift_confidential(shoko: Shoko, document_ids: Sequence[str], *, by: str, reason: str) -> tuple[str, ...]:
    """Say that documents are not confidential any more; gives those that changed.

    Raises:
        ObjectMissing: no such document; nothing is recorded.
        CorrectionInvalid: no reason is given.
    """
    return _say_readers(shoko, document_ids, None, by=by, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChange:
    """What a person says of documents in one go."""

    moves: bool = False
    """Whether ``department`` is said; else it stays as it is."""
    department: str | None = None
    confidential: bool | None = None
    """None: as it is."""
    departments: tuple[str, ...] = ()
    """Who alone may see them: codes."""
    people: tuple[str, ...] = ()
    """And logins."""


def say_access(shoko: Shoko, document_ids: Sequence[str], change: AccessChange, *, by: str, reason: str) -> None:
    """Say both at once, also where the first hides the documents from who says it.

    What makes a document confidential comes before the move, what opens it after: broken off between them, nobody sees
    what they see neither before nor after.

    Raises:
        ObjectMissing: who asks sees no such document; nothing is recorded.
        AccessRefused: no such department or person, or nobody is named; nothing is recorded.
        CorrectionInvalid: no reason is given.
    """
    known = _known(shoko, document_ids, reason)
    readers = _readers(shoko, change.departments, change.people) if change.confidential else None
    if change.moves and change.department is not None:
        known_department(shoko, change.department)
    whole = shoko.seen_by(EVERYTHING)
    if change.confidential:
        _say_readers(whole, known, readers, by=by, reason=reason)
    if change.moves:
        say_department(whole, known, change.department, by=by, reason=reason)
    if change.confidential is False:
        _say_readers(whole, known, None, by=by, reason=reason)


def _readers(shoko: Shoko, departments: Sequence[str], people: Sequence[str]) -> tuple[str, ...]:
    users = [must_be(shoko.people.find(login)) for login in people]
    readers = {known_department(shoko, one) for one in departments} | {user.user_id for user in users}
    if not readers:
        raise AccessRefused("nobody is named", message_ja="閲覧できる部門か利用者を1つ以上指定してください")
    return tuple(sorted(readers))


def _say_readers(
    shoko: Shoko, document_ids: Sequence[str], readers: tuple[str, ...] | None, *, by: str, reason: str
) -> tuple[str, ...]:
    known = _known(shoko, document_ids, reason)
    changed = [one for one in known if access_of_document(shoko, one).readers != readers]
    return _say(shoko, changed, ActKind.CONFIDENTIAL_SAID, {"readers": readers}, by=by, reason=reason)


def _known(shoko: Shoko, document_ids: Sequence[str], reason: str) -> tuple[str, ...]:
    if not reason.strip() or not document_ids:
        raise CorrectionInvalid("no document or no reason", message_ja="書類と理由を指定してください")
    return tuple(known_document(shoko, one).document_id for one in dict.fromkeys(document_ids))


def _say(
    shoko: Shoko,
    document_ids: Sequence[str],
    kind: ActKind,
    facts: Mapping[str, str | tuple[str, ...] | None],
    *,
    by: str,
    reason: str,
) -> tuple[str, ...]:
    retained = {one: known_document(shoko, one).retain_until for one in document_ids}  # before the first is hidden
    for document_id, until in retained.items():
        shoko.archive.record_act(
            kind,
            document_id,
            recorded_by=by,
            facts=facts,
            personal={"reason": reason.strip()},
            retain_until=until,
        )
    logger.info("%s: %d documents", kind.value, len(document_ids))
    return tuple(document_ids)


def _name(shoko: Shoko, code: str, *, by: str, stands: bool, personal: Mapping[str, str]) -> None:
    shoko.archive.record_act(
        ActKind.DEPARTMENT_NAMED,
        INSTALLATION,
        recorded_by=by,
        facts={"department": code, "stands": stands},
        personal=personal,
    )
