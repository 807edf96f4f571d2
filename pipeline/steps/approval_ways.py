"""The way that a document would go: its route, without seats of people who may not approve it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.approval_routes import DEFAULT_ROUTE, OwnSeat, Route, RouteFacts, RouteStep, RouteTable, Seat, choose, fills
from domain.approval_rules import entered_by, steps_on
from domain.approval_seats import step_without_people
from domain.calendar import tokyo_day
from domain.errors import RequestRefused
from domain.labels import ROLES
from domain.text import search_key
from domain.visibility import visibility_of
from pipeline.steps.access import departments
from pipeline.steps.approval_people import people_by_id
from pipeline.steps.approval_routes import routes_in_force

if TYPE_CHECKING:
    from domain.people import User
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The way that a document would go, or goes."""

    table: RouteTable
    route: Route
    steps: tuple[RouteStep, ...]
    """Without seats of people who may not approve."""
    barred: frozenset[str]
    names: Mapping[Seat, str]


def way_of(shoko: Shoko, record: ArchiveRecord, *, by: User) -> Way:
    """The way that a document would go if this person submitted it today.

    Raises:
        RequestRefused: nobody could sit in a seat, or the route refuses who entered it.
    """
    people = people_by_id(shoko)
    table = routes_in_force(shoko)
    route = choose(table, route_facts(shoko, record, by=by), on=tokyo_day(shoko.clock()))
    barred = barred_from(shoko.archive.history(record.document_id), people.values()) | {by.user_id}
    steps = steps_on(route, barred)
    if steps != route.steps and route.own is OwnSeat.REFUSE:
        raise RequestRefused(
            "the route names who entered or submitted it",
            message_ja=f"経路「{route.name}」の承認者に、入力・訂正・申請した本人が含まれています。"
            "別の人が申請するか、管理者に経路の変更を依頼してください",
        )
    if not steps:
        steps = DEFAULT_ROUTE.steps
    _must_be_fillable(steps, [one for one in people.values() if _could(shoko, one, record, steps, barred)], route)
    named = departments(shoko)
    names = {seat: seat_name(seat, people, named) for step in steps for seat in step.seats}
    return Way(table=table, route=route, steps=steps, barred=barred, names=names)


def route_facts(shoko: Shoko, record: ArchiveRecord, *, by: User) -> RouteFacts:
    """What a route is chosen by; a document that belongs to no department goes by those of who submits it."""
    own = shoko.archive.access_of(record.document_id).department
    total = record.fields.money("total_amount")
    in_yen = total is not None and total.currency == "JPY"
    return RouteFacts(
        document_type=record.classification.label,
        amount=abs(total.amount) if total is not None and in_yen else None,
        departments=(own,) if own is not None else by.departments,
        counterparty=record.fields.text("counterparty"),
    )


def barred_from(history: Sequence[ArchiveRecord], people: Iterable[User]) -> frozenset[str]:
    """Accounts that entered or corrected a document; a name that was typed before there were accounts counts too."""
    entered = {search_key(one) for one in entered_by(history)}
    return frozenset(
        user.user_id for user in people if entered & {search_key(user.login), search_key(user.name)} - {""}
    )


def seat_name(seat: Seat, people: Mapping[str, User], named: Mapping[str, str]) -> str:
    """A seat in words."""
    if seat.user_id is not None:
        user = people.get(seat.user_id)
        return (user.name or user.login) if user is not None else seat.user_id
    role = ROLES[seat.role][0] if seat.role is not None else ""
    return f"{named.get(seat.department, seat.department)}の{role}" if seat.department else role


def _could(shoko: Shoko, user: User, record: ArchiveRecord, steps: Sequence[RouteStep], barred: frozenset[str]) -> bool:
    """Whether a person could sit in some seat, and sees the document."""
    if user.user_id in barred or not any(fills(seat.code, user) for step in steps for seat in step.seats):
        return False
    return bool(shoko.seen_by(visibility_of(user)).archive.seen_documents([record.document_id]))


def _must_be_fillable(steps: Sequence[RouteStep], people: Sequence[User], route: Route) -> None:
    number = step_without_people(steps, people, once=route.once)
    if number is not None:
        raise RequestRefused(
            f"nobody can sit in step {number} of route {route.route_id}",
            message_ja=f"経路「{route.name}」の第{number}段（{steps[number - 1].label}）に、"
            "本人以外でこの書類を見て承認できる人が足りません。管理者に利用者または承認経路の設定を依頼してください",
        )
