"""A made company at its desks: people, departments, routes, and what they left for one another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from domain.approval_routes import Route, RouteStep, Seat
from domain.calendar import tokyo_day
from domain.fields import DocumentType
from domain.people import Role
from domain.query import Query
from domain.record import DocumentState
from domain.requests import RequestKind
from pipeline.steps import people
from pipeline.steps.access import name_department
from pipeline.steps.approval_routes import set_routes
from pipeline.steps.approvals import decide, submit
from pipeline.steps.requests import ask
from storage.search import search

if TYPE_CHECKING:
    from domain.people import User
    from pipeline.wiring import Shoko

PASSWORD = "写真のための七つの海の小舟"  # noqa: S105  # of made people in a made company
DEPARTMENTS = {"keiri": "経理部", "eigyo": "営業部", "koubai": "購買部", "yakuin": "役員室", "somu": "総務部"}
PEOPLE = {
    "kanri": ("高橋 花", (Role.ADMINISTRATOR,), ("somu",)),
    "keiri": ("佐藤 真紀", (Role.ACCOUNTANT,), ("keiri",)),
    "scan": ("鈴木 走", (Role.SCANNER,), ("somu",)),
    "kacho": ("田中 一郎", (Role.APPROVER,), ("eigyo",)),
    "bucho": ("佐々木 恵", (Role.APPROVER,), ("eigyo",)),
    "shacho": ("勅使河原 了", (Role.APPROVER,), ("yakuin",)),
    "kansa": ("監査 太郎", (Role.AUDITOR,), ()),
}
_SUBMITTED, _SEEN = 12, 5
_LARGE = Decimal(300_000)
"""From which the head of the department decides as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The people by their logins, and documents in the middle of something."""

    users: dict[str, User]
    approved: str
    """A document with both seals."""
    waiting: tuple[str, ...]
    """Documents that wait for the first approver."""


def open_office(shoko: Shoko) -> Office:
    """Give the installation people, routes, approvals under way and requests."""
    for code, name in DEPARTMENTS.items():
        name_department(shoko, code, name, by="kanri")
    users = {}
    for login, (name, roles, departments) in PEOPLE.items():
        user = people.add_user(
            shoko,
            login,
            name=name,
            roles=frozenset(roles),
            departments=departments,
            password=PASSWORD,
            by="kanri",
        )
        users[login] = shoko.people.change(user.user_id, must_change=False)
    set_routes(shoko, _routes(users), by=users["kanri"])
    approved, *waiting = _submitted(shoko, users)
    for login in ("kacho", "bucho"):
        decide(shoko, approved, by=users[login], approve=True)
    for document_id in waiting[:_SEEN]:
        decide(shoko, document_id, by=users["kacho"], approve=True)
    ask(shoko, RequestKind.DELETION, [waiting[-1]], by="keiri", reason="同じ請求書を二重に取り込んだため")
    return Office(users=users, approved=approved, waiting=tuple(waiting))


def _routes(users: dict[str, User]) -> tuple[Route, ...]:
    def step(label: str, login: str, days: int) -> RouteStep:
        return RouteStep(label=label, seats=(Seat(user_id=users[login].user_id),), days=days)

    first, second = step("確認", "kacho", 3), step("承認", "bucho", 5)
    return (
        Route(
            route_id="shiharai-kogaku",
            name="高額の支払",
            priority=10,
            document_types=(DocumentType.INVOICE,),
            amount_from=_LARGE,
            steps=(first, second),
        ),
        Route(route_id="keiyaku", name="契約書", priority=20, document_types=(DocumentType.CONTRACT,),
              steps=(second, step("決裁", "shacho", 7))),
        Route(route_id="futsu", name="そのほかの書類", priority=100, steps=(first,)),
    )  # fmt: skip


def _submitted(shoko: Shoko, users: dict[str, User]) -> list[str]:
    """Recent invoices, sent on their way by the accountant; the first is a large one."""
    newest = tokyo_day(shoko.clock())
    wanted = Query(
        document_types=(DocumentType.INVOICE,),
        states=(DocumentState.FILED,),
        received_from=newest - timedelta(days=90),
        limit=_SUBMITTED,
        order="-total_amount",
    )
    found = [hit.document_id for hit in search(shoko.archive, wanted).hits]
    for place, document_id in enumerate(found):
        submit(shoko, document_id, by=users["keiri"], comment="" if place % 3 else "今月末の支払です")
    return found
