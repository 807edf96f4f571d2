"""The table of routes: set whole by an administrator, each time an act, so that it can be said what held when."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain import codec
from domain.acts import ActKind
from domain.approval_routes import OwnSeat, Route, RouteStep, RouteTable, Seat, check_table
from domain.errors import AccessRefused, ConfigError, CorrectionInvalid
from domain.fields import DocumentType
from domain.ids import Digest
from domain.people import Permission, Role

if TYPE_CHECKING:
    from datetime import datetime

    from domain.acts import ActRecord
    from domain.people import User
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

SUBJECT = "approval-routes"
MOST_BYTES = 1_000_000


class SeatFile(BaseModel):
    """One seat in a file: ``login = "sato"`` or ``role = "approver"``, with ``department`` (its code) or without."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    login: str | None = None
    role: Role | None = None
    department: str | None = None


class StepFile(BaseModel):
    """One ``[[route.step]]``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = Field(default="承認", max_length=20)
    seats: tuple[SeatFile, ...]
    need: int | None = None
    days: int | None = None


class RouteFile(BaseModel):
    """One ``[[route]]``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str = Field(max_length=80)
    priority: int = 100
    types: tuple[DocumentType, ...] = ()
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    departments: tuple[str, ...] = ()
    counterparties: tuple[str, ...] = ()
    once: bool = True
    own: OwnSeat = OwnSeat.SKIP
    first_on: date | None = None
    last_on: date | None = None
    step: tuple[StepFile, ...]


class TableFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    route: tuple[RouteFile, ...] = ()


def routes_in_force(shoko: Shoko, *, at: datetime | None = None) -> RouteTable:
    """The table that is in force, or was at a moment."""
    acts = [act for act in shoko.archive.acts_under(SUBJECT) if at is None or act.recorded_at <= at]
    return table_of(acts[-1]) if acts else RouteTable()


def table_of(act: ActRecord) -> RouteTable:
    """The table of its act."""
    plain = act.personal.get("routes")
    routes = codec.load(tuple[Route, ...], plain) if plain is not None else ()
    return RouteTable(version=act.number, routes=routes)


def tables(shoko: Shoko) -> tuple[ActRecord, ...]:
    """The acts that set the table, oldest first."""
    return shoko.archive.acts_under(SUBJECT)


def set_routes(shoko: Shoko, routes: Iterable[Route], *, by: User, base: int | None = None) -> RouteTable:
    """Put another table in force; the same again changes nothing.

    Args:
        shoko: the installation.
        routes: all of them.
        by: an administrator.
        base: the version that the person looked at; None: whatever it is.

    Raises:
        AccessRefused: this person may not set routes, or a department is no code of one.
        CorrectionInvalid: it is no table, names somebody who has no account, or another was set meanwhile.
    """
    if Permission.ROUTES not in by.permissions:
        raise AccessRefused(f"{by.login} may not set routes", message_ja="承認経路を変更できるのは管理者だけです")
    checked = check_table(routes)
    known = {user.user_id for user in shoko.people.users()}
    for seat in (seat for route in checked for step in route.steps for seat in step.seats):
        if seat.user_id is not None and seat.user_id not in known:
            raise CorrectionInvalid("no such account", message_ja="経路の承認者に、登録されていない利用者がいます")
    content = codec.canonical(codec.to_plain(checked)).decode()

    def allowed(acts: tuple[ActRecord, ...]) -> None:
        if base is not None and len(acts) != base:
            raise CorrectionInvalid(
                "another table was set meanwhile",
                message_ja="他の人が先に承認経路を変更しました。画面を開き直してください",
            )

    shoko.archive.record_act(
        ActKind.APPROVAL_ROUTES_SET,
        SUBJECT,
        recorded_by=by.login,
        about=(by.user_id,),
        facts={
            "by": by.user_id,
            "routes": tuple(route.route_id for route in checked),
            "digest": str(Digest.of(content.encode())),
        },
        personal={"routes": content, "name": by.name or by.login},
        allowed=allowed,
    )
    logger.info("routes of approval: %d", len(checked))
    return routes_in_force(shoko)


def put_route(shoko: Shoko, route: Route, *, by: User, base: int) -> RouteTable:
    """Add a route, or put it in the place of the one with its id."""
    table = routes_in_force(shoko)
    kept = [route if one.route_id == route.route_id else one for one in table.routes]
    if route not in kept:
        kept.append(route)
    return set_routes(shoko, kept, by=by, base=base)


def end_route(shoko: Shoko, route_id: str, *, on: date, by: User, base: int) -> RouteTable:
    """Let a route end on a day: the row stays, and fits nothing after it."""
    table = routes_in_force(shoko)
    kept = [replace(one, last_on=on) if one.route_id == route_id else one for one in table.routes]
    return set_routes(shoko, kept, by=by, base=base)


def drop_route(shoko: Shoko, route_id: str, *, by: User, base: int) -> RouteTable:
    """Take a route out of the table; earlier tables keep it."""
    table = routes_in_force(shoko)
    return set_routes(shoko, [one for one in table.routes if one.route_id != route_id], by=by, base=base)


def parse_routes(content: bytes, *, people: Mapping[str, User]) -> tuple[Route, ...]:
    """Routes of a TOML file.

    Args:
        content: ``[[route]]`` with ``[[route.step]]``.
        people: accounts by login.

    Raises:
        ConfigError: it is not such a file, or names a login that nobody has.
    """
    if len(content) > MOST_BYTES:
        raise ConfigError("the file of routes is too large", message_ja="承認経路のファイルが大きすぎます")
    try:
        table = TableFile.model_validate(tomllib.loads(content.decode("utf-8")))
    except (ValueError, RecursionError) as error:  # of TOML, of UTF-8, of what it says
        where = ""
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            where = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise ConfigError(
            f"the file of routes: {where or error}",
            message_ja=f"承認経路のファイルに誤りがあります（{where or error}）",
        ) from error
    return check_table(_route(one, people) for one in table.route)


def routes_plain(routes: Sequence[Route]) -> list[dict[str, Any]]:
    """Routes as JSON values."""
    plain: list[dict[str, Any]] = codec.to_plain(tuple(routes))
    return plain


def _route(row: RouteFile, people: Mapping[str, User]) -> Route:
    return Route(
        route_id=row.id,
        name=row.name,
        priority=row.priority,
        document_types=row.types,
        amount_from=row.amount_from,
        amount_to=row.amount_to,
        departments=row.departments,
        counterparties=row.counterparties,
        once=row.once,
        own=row.own,
        first_on=row.first_on,
        last_on=row.last_on,
        steps=tuple(
            RouteStep(
                label=step.label,
                seats=tuple(_seat(seat, people) for seat in step.seats),
                need=step.need,
                days=step.days,
            )
            for step in row.step
        ),
    )


def _seat(row: SeatFile, people: Mapping[str, User]) -> Seat:
    if row.login is None:
        return Seat(role=row.role, department=row.department)
    user = people.get(row.login)
    if user is None:
        raise ConfigError(
            f"nobody has the login {row.login}",
            message_ja=f"承認経路のログイン名 {row.login[:40]} は登録されていません",
        )
    return Seat(user_id=user.user_id, role=row.role)
