"""People at an installation who submit and approve."""

from __future__ import annotations

from datetime import date

from domain.acts import ActKind
from domain.approval_routes import DEFAULT_ROUTE, Route, RouteStep, Seat
from domain.approval_rules import submission_facts
from domain.approvals import approval_id
from domain.corrections import Correction
from domain.people import Role
from pipeline.steps import people
from pipeline.steps.access import name_department
from pipeline.steps.approval_routes import set_routes
from pipeline.steps.correct import correct_document
from storage.people import Passwords
from tests.support.accounts import PASSWORD

STAFF = {
    "kanri": ("管理 花", (Role.ADMINISTRATOR,), ()),
    "keiri": ("経理 太郎", (Role.ACCOUNTANT,), ("keiri",)),
    "kacho": ("田中 一郎", (Role.APPROVER,), ("eigyo",)),
    "bucho": ("佐々木 恵", (Role.APPROVER,), ("eigyo",)),
    "shacho": ("勅使河原 了", (Role.APPROVER,), ("yakuin",)),
}
DEPARTMENTS = {"keiri": "経理部", "eigyo": "営業部", "yakuin": "役員", "somu": "総務部"}


def staff(shoko, **more):
    """Accounts by login: one administrator, one accountant, three approvers; and more."""
    shoko.people.passwords = Passwords(time_cost=1, memory_kib=64, parallelism=1)
    for code, name in DEPARTMENTS.items():
        name_department(shoko, code, name, by="test")
    made = {}
    for login, (name, roles, departments) in (STAFF | more).items():
        user = people.add_user(
            shoko, login, name=name, roles=frozenset(roles), departments=departments, password=PASSWORD, by="test"
        )
        made[login] = shoko.people.change(user.user_id, must_change=False)
    return made


def route(*steps, route_id="route-1", **rest):
    """A route whose steps are given as lists of seats."""
    made = tuple(
        one if isinstance(one, RouteStep) else RouteStep(label=f"第{n}段", seats=tuple(one))
        for n, one in enumerate(steps, start=1)
    )
    return Route(route_id=route_id, name=rest.pop("name", "経路"), steps=made, **rest)


def of(user):
    return Seat(user_id=user.user_id)


def serial(shoko, who, *logins, **rest):
    """The only route: these people one after the other."""
    return set_routes(shoko, [route(*([of(who[login])] for login in logins), **rest)], by=who["kanri"])


def file_invoice(desk, *, by="keiri", text="INVOICE", name="a.pdf"):
    """An invoice that a person looked at, so that it is filed."""
    document = desk.file(text, "Total 1,000", day=date(2026, 11, 2), name=name)
    base = desk.newest(document)
    correct_document(
        desk.shoko,
        document,
        Correction(
            base_revision=base.revision,
            values={},
            received_on=base.received_on,
            recorded_by=by,
            reason="確認",
            reviewed=True,
        ),
    )
    return document


def approved(archive, document_id, *, by="bucho"):
    """A document that went through a round, in an archive alone: no people, no steps."""
    newest = archive.get_document(document_id)
    digest = str(archive.manifest_digest(document_id, newest.revision))
    said = submission_facts(
        number=1, revision=newest.revision, digest=digest, routes=0, route=DEFAULT_ROUTE, steps=DEFAULT_ROUTE.steps,
        by="usr-keiri", barred=(),
    )  # fmt: skip
    subject = approval_id(document_id)
    archive.record_act(ActKind.APPROVAL_SUBMITTED, subject, recorded_by="keiri", about=(document_id,), facts=said)
    given = {"round": 1, "revision": newest.revision, "digest": digest, "step": 1, "seat": 1, "approver": f"usr-{by}"}
    archive.record_act(ActKind.APPROVAL_GIVEN, subject, recorded_by=by, about=(document_id,), facts=given)
    return archive.freeze(document_id, base_revision=newest.revision, recorded_by=by)
