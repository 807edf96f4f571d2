"""Routes of approval as data: which documents take which steps, and who may sit in each seat of a step.

A table of routes holds from the act that sets it until the next one; the first route that fits a document wins. Steps
follow one another; the seats of one step are filled in any order. A step is done when as many of its seats are filled
as it needs: all of them, or any number of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.errors import CorrectionInvalid
from domain.fields import DocumentType
from domain.people import Permission, Role, User, permissions_of
from domain.text import search_key
from domain.visibility import check_department

_ROUTE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_USER_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
MOST_STEPS, MOST_SEATS, MOST_ROUTES = 8, 12, 200
"""More than any form of approval in paper has boxes for."""
MOST_DAYS = 366


class OwnSeat(StrEnum):
    """What becomes of a seat that names a person who entered, corrected or submitted the document."""

    SKIP = "skip"
    """It falls away; a step without any seat left is skipped."""
    REFUSE = "refuse"
    """The document cannot be submitted on this route."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Who may give one approval of a step: one person, or anybody of a role (in a department)."""

    user_id: str | None = None
    role: Role | None = None
    department: str | None = None
    """Only people of this department (its code); None: of any."""

    @property
    def code(self) -> str:
        """As it stands in a manifest: without names."""
        if self.user_id is not None:
            return f"user:{self.user_id}"
        role = (self.role or Role.APPROVER).value
        return f"role:{role}@{self.department}" if self.department else f"role:{role}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStep:
    """One step of a route."""

    label: str
    """As over its box: 確認, 承認, 課長."""
    seats: tuple[Seat, ...]
    need: int | None = None
    """How many seats have to be filled; None: all."""
    days: int | None = None
    """Days from its beginning to its deadline; None: no deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One row of the table. What is empty or None does not narrow."""

    route_id: str
    name: str
    steps: tuple[RouteStep, ...]
    priority: int = 100
    """The smallest is tried first; among equals the order of the table counts."""
    document_types: tuple[DocumentType, ...] = ()
    amount_from: Decimal | None = None
    """Lowest total in yen, inclusive."""
    amount_to: Decimal | None = None
    """Highest total in yen, inclusive."""
    departments: tuple[str, ...] = ()
    """Codes; any of these."""
    counterparties: tuple[str, ...] = ()
    """Parts of the counterparty's name, in any spelling."""
    once: bool = True
    """Nobody approves twice: a later seat that names who approved before counts as filled."""
    own: OwnSeat = OwnSeat.SKIP
    first_on: date | None = None
    """First day on which it is used."""
    last_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTable:
    """The routes in force, from an act until the next one."""

    version: int = 0
    """Number of the act that set it; 0 before the first."""
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteFacts:
    """What a route is chosen by."""

    document_type: DocumentType
    amount: Decimal | None
    """Total in yen without sign; None where there is none, or in another currency."""
    departments: tuple[str, ...]
    counterparty: str | None


DEFAULT_STEP = RouteStep(label="承認", seats=(Seat(role=Role.APPROVER),))
DEFAULT_ROUTE = Route(route_id="default", name="標準（承認者1名）", steps=(DEFAULT_STEP,))
"""Where no route fits: one approver other than who entered or submitted it."""


def choose(table: RouteTable, facts: RouteFacts, *, on: date) -> Route:
    """The route of a document that is submitted on a day: the first that fits, else the default."""
    for route in sorted(table.routes, key=lambda one: one.priority):  # stable: the table's order among equals
        if fits(route, facts, on=on):
            return route
    return DEFAULT_ROUTE


def fits(route: Route, facts: RouteFacts, *, on: date) -> bool:
    """Whether every condition of a route holds.

    A document without an amount in yen fits only where no upper end is asked for: what is not known may be any amount,
    and is not to slip through a route for small ones.
    """
    if (route.first_on and on < route.first_on) or (route.last_on and on > route.last_on):
        return False
    if route.document_types and facts.document_type not in route.document_types:
        return False
    if facts.amount is None:
        if route.amount_to is not None:
            return False
    elif (route.amount_from is not None and facts.amount < route.amount_from) or (
        route.amount_to is not None and facts.amount > route.amount_to
    ):
        return False
    if route.departments and not set(facts.departments) & set(route.departments):
        return False
    name = search_key(facts.counterparty or "")
    return not route.counterparties or any(key and key in name for key in map(search_key, route.counterparties))


def fills(code: str, user: User) -> bool:
    """Whether a person may sit in a seat, by its code."""
    kind, _, rest = code.partition(":")
    if user.disabled or Permission.APPROVE not in user.permissions:
        return False
    if kind == "user":
        return user.user_id == rest
    role, _, department = rest.partition("@")
    return any(one.value == role for one in user.roles) and (not department or department in user.departments)


def check_table(routes: Iterable[Route]) -> tuple[Route, ...]:
    """The routes, if they are a table.

    Raises:
        CorrectionInvalid: an id is doubled or malformed; a route has no step, a step no seat, or needs more than it
            has; a range is upside down; or a role may not approve.
        AccessRefused: a department is no code of one.
    """
    checked = tuple(routes)
    if len(checked) > MOST_ROUTES:
        raise _wrong(f"経路は {MOST_ROUTES} 件までです")
    seen: set[str] = set()
    for route in checked:
        if not _ROUTE_ID.fullmatch(route.route_id) or route.route_id == DEFAULT_ROUTE.route_id:
            raise _wrong(f"経路のコード「{route.route_id[:40]}」は英小文字・数字・ハイフンで付けてください")
        if route.route_id in seen:
            raise _wrong(f"経路のコード「{route.route_id}」が重複しています")
        seen.add(route.route_id)
        _check_route(route)
    return checked


def _check_route(route: Route) -> None:
    name = route.name or route.route_id
    if not 1 <= len(route.steps) <= MOST_STEPS:
        raise _wrong(f"経路「{name}」の段階は 1〜{MOST_STEPS} 段にしてください")
    if None not in (route.amount_from, route.amount_to) and route.amount_from > route.amount_to:  # type: ignore[operator]  # both given
        raise _wrong(f"経路「{name}」の金額の下限が上限より大きくなっています")
    if route.first_on and route.last_on and route.first_on > route.last_on:
        raise _wrong(f"経路「{name}」の期間の初日が末日より後です")
    for code in (*route.departments, *(seat.department for step in route.steps for seat in step.seats)):
        if code is not None:
            check_department(code)
    for number, step in enumerate(route.steps, start=1):
        if not 1 <= len(step.seats) <= MOST_SEATS:
            raise _wrong(f"経路「{name}」の第{number}段には承認者を 1〜{MOST_SEATS} 人(枠)置いてください")
        if step.need is not None and not 1 <= step.need <= len(step.seats):
            raise _wrong(f"経路「{name}」の第{number}段の必要人数が承認者の数と合いません")
        if step.days is not None and not 0 <= step.days <= MOST_DAYS:
            raise _wrong(f"経路「{name}」の第{number}段の期限は 0〜{MOST_DAYS} 日にしてください")
        for seat in step.seats:
            _check_seat(seat, name=name, number=number)


def _check_seat(seat: Seat, *, name: str, number: int) -> None:
    if (seat.user_id is None) == (seat.role is None):
        raise _wrong(f"経路「{name}」の第{number}段: 承認者は人か役割のどちらかで指定してください")
    if seat.user_id is not None and not _USER_ID.fullmatch(seat.user_id):
        raise _wrong(f"経路「{name}」の第{number}段: 利用者の指定が不正です")
    if seat.role is not None and Permission.APPROVE not in permissions_of((seat.role,)):
        raise _wrong(f"経路「{name}」の第{number}段: この役割の人は承認できません（経理か承認者を指定してください）")


def _wrong(message_ja: str) -> CorrectionInvalid:
    return CorrectionInvalid("the table of routes is not one", message_ja=message_ja)
