"""What people settle for themselves about approvals: who approves in their place, and what their seal looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.acts import ActKind, FactValue
from domain.calendar import tokyo_day
from domain.delegations import DELEGATION_ACTS, Delegation, check_delegation, delegation_id, delegations_of
from domain.errors import RequestRefused
from domain.people import Permission
from domain.seals import Era, SealLook, SealStyle, check_look

if TYPE_CHECKING:
    from datetime import date

    from domain.acts import ActRecord
    from domain.people import User
    from pipeline.wiring import Shoko

_SEAL = "seal-"


def people_by_id(shoko: Shoko) -> dict[str, User]:
    """Everybody with an account."""
    return {user.user_id: user for user in shoko.people.users()}


def delegations(shoko: Shoko) -> tuple[Delegation, ...]:
    """Every delegation that was ever given, oldest first."""
    return delegations_of(shoko.archive.acts_of_kinds(*DELEGATION_ACTS))


def delegators_of(shoko: Shoko, user_id: str) -> tuple[tuple[User, Delegation], ...]:
    """In whose place a person may approve today."""
    today, people = tokyo_day(shoko.clock()), people_by_id(shoko)
    return tuple(
        (people[one.principal], one)
        for one in delegations(shoko)
        if one.delegate == user_id and one.holds(today) and one.principal in people
    )


def delegate(shoko: Shoko, *, by: User, to: User, first_on: date, last_on: date) -> Delegation:
    """Let another approve in one's place.

    Raises:
        RequestRefused: to oneself or to who may not approve, or the days make no period.
    """
    today = tokyo_day(shoko.clock())
    check_delegation(principal=by.user_id, delegate=to.user_id, first_on=first_on, last_on=last_on, today=today)
    for user in (by, to):
        if Permission.APPROVE not in user.permissions:
            raise RequestRefused(
                f"{user.login} may not approve", message_ja=f"{user.name or user.login} さんには承認の権限がありません"
            )
    facts: dict[str, FactValue] = {
        "principal": by.user_id,
        "delegate": to.user_id,
        "first_on": first_on.isoformat(),
        "last_on": last_on.isoformat(),
    }
    act = shoko.archive.record_act(
        ActKind.APPROVAL_DELEGATED,
        delegation_id(by.user_id),
        recorded_by=by.login,
        about=(by.user_id, to.user_id),
        facts=facts,
        personal={"name": by.name or by.login, "delegate_name": to.name or to.login},
    )
    return delegations_of([act])[0]


def end_delegation(shoko: Shoko, number: int, *, by: User) -> None:
    """Take a delegation of one's own back, from today on.

    Raises:
        RequestRefused: there is no such one that still holds.
    """
    today = tokyo_day(shoko.clock())

    def allowed(acts: tuple[ActRecord, ...]) -> None:
        found = next((one for one in delegations_of(acts) if one.number == number), None)
        if found is None or found.ended_on is not None or found.last_on < today:
            raise RequestRefused("no such delegation", message_ja="終了できる代理の設定がありません")

    shoko.archive.record_act(
        ActKind.DELEGATION_ENDED,
        delegation_id(by.user_id),
        recorded_by=by.login,
        about=(by.user_id,),
        facts={"number": number, "ended_on": today.isoformat()},
        allowed=allowed,
    )


def seal_of(shoko: Shoko, user_id: str) -> SealLook:
    """What a person's seal looks like now."""
    acts = shoko.archive.acts_under(_SEAL + user_id)
    if not acts:
        return SealLook()
    last = acts[-1]
    return SealLook(
        version=last.number,
        style=SealStyle(str(last.facts["style"])),
        era=Era(str(last.facts["era"])),
        upper=last.personal.get("upper", ""),
        lower=last.personal.get("lower", ""),
    )


def choose_seal(shoko: Shoko, look: SealLook, *, by: User) -> SealLook:
    """Give one's seal another look, from the next impression on.

    Raises:
        CorrectionInvalid: the text is too long or no text.
    """
    check_look(look)
    shoko.archive.record_act(
        ActKind.SEAL_CHOSEN,
        _SEAL + by.user_id,
        recorded_by=by.login,
        about=(by.user_id,),
        facts={"style": look.style.value, "era": look.era.value},
        personal={name: text for name, text in (("upper", look.upper), ("lower", look.lower)) if text},
    )
    return seal_of(shoko, by.user_id)
