"""Delegation (代理): a person lets another approve in their place from one day to another. From acts alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from domain.acts import ActKind, ActRecord
from domain.errors import RequestRefused

PREFIX = "delegation-"
MOST_DAYS = 366
DELEGATION_ACTS = frozenset({ActKind.APPROVAL_DELEGATED, ActKind.DELEGATION_ENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """One permission to approve in another's place."""

    principal: str
    """Account of who lets another."""
    delegate: str
    first_on: date
    last_on: date
    """Inclusive."""
    number: int
    """Of its act among those of the principal."""
    ended_on: date | None = None
    """It was taken back on this day, and holds from then on no more."""
    principal_name: str = ""
    delegate_name: str = ""

    def holds(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.first_on <= on <= self.last_on and (self.ended_on is None or on < self.ended_on)


def delegation_id(user_id: str) -> str:
    """Under what the delegations of a person are kept."""
    return f"{PREFIX}{user_id}"


def delegations_of(acts: Iterable[ActRecord]) -> tuple[Delegation, ...]:
    """Every delegation in these acts, oldest first; several people's may be mixed."""
    found: dict[tuple[str, int], Delegation] = {}
    for act in acts:
        principal = act.subject_id.removeprefix(PREFIX)
        if act.kind is ActKind.APPROVAL_DELEGATED:
            found[principal, act.number] = Delegation(
                principal=principal,
                delegate=str(act.facts["delegate"]),
                first_on=date.fromisoformat(str(act.facts["first_on"])),
                last_on=date.fromisoformat(str(act.facts["last_on"])),
                number=act.number,
                principal_name=act.personal.get("name", ""),
                delegate_name=act.personal.get("delegate_name", ""),
            )
        elif act.kind is ActKind.DELEGATION_ENDED:
            key = (principal, int(str(act.facts["number"])))
            if key in found and found[key].ended_on is None:
                found[key] = replace(found[key], ended_on=date.fromisoformat(str(act.facts["ended_on"])))
    return tuple(found.values())


def check_delegation(*, principal: str, delegate: str, first_on: date, last_on: date, today: date) -> None:
    """Raises: RequestRefused: to oneself, upside down, over, or for longer than a year."""
    wrong = None
    if principal == delegate:
        wrong = "自分を代理にはできません"
    elif first_on > last_on:
        wrong = "代理の初日が末日より後です"
    elif last_on < today:
        wrong = "代理の期間が既に過ぎています"
    elif (last_on - first_on).days > MOST_DAYS:
        wrong = "代理の期間は1年までにしてください"
    if wrong is not None:
        raise RequestRefused("no such delegation", message_ja=wrong)
