"""Where a person can go: the entries of the menu, grouped as a day goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.people import Permission
from domain.requests import RequestState

if TYPE_CHECKING:
    from app.web.people import Who
    from app.web.state import Web

GROUPS = ("day", "receive", "find", "keep", "manage", "help")
"""Headings of the menu in their order; the texts ``group_<name>``. The first and the last have no heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One entry of the menu."""

    key: str
    """Of the texts."""
    target: str
    """Path; shown as current below it."""
    needed: Permission
    """Shown only to those who may go there."""
    below: tuple[str, ...] = ()
    """Other paths that belong to it."""
    group: str = "keep"
    """Of ``GROUPS``."""
    icon: str = "page"
    """Of ``app.web.icons``."""
    thumb: int = 0
    """Rank in the bar at the bottom of a phone, 1 first; 0 stands in its menu only."""
    waiting: Callable[[Web, Who], int] | None = None
    """How much waits there for this person, of what they may see; kept for some seconds."""

    def is_current(self, path: str) -> bool:
        """True where ``path`` belongs to this entry."""
        return any(path == one or path.startswith(f"{one}/") for one in (self.target, *self.below))


def _in_review(web: Web, _: Who) -> int:
    return web.desk.in_review() if web.desk else 0


def _open_requests(web: Web, _: Who) -> int:
    found = web.desk.requests() if web.desk else ()
    return sum(one.state in (RequestState.REQUESTED, RequestState.APPROVED) for one in found)


def _my_approvals(web: Web, who: Who) -> int:
    return len(web.approvals.waiting(who.user)) if who.user and web.approvals else 0


ADMIN_PLACES = (
    ("/admin", "admin_home", Permission.ADMIN),
    ("/admin/people", "people", Permission.PEOPLE),
    ("/admin/departments", "admin_departments", Permission.PEOPLE),
    ("/admin/company", "admin_company", Permission.ADMIN),
    ("/admin/rules", "admin_rules", Permission.ADMIN),
    ("/admin/system", "admin_system", Permission.ADMIN),
    ("/admin/retention", "admin_retention", Permission.ADMIN),
    ("/admin/log", "admin_log", Permission.ADMIN),
)
"""Pages of administration: path, key of the texts, what it takes."""

PLACES = (
    Place(key="nav_home", target="/home", needed=Permission.DOCUMENTS, group="day", icon="home", thumb=1),
    Place(
        key="nav_upload",
        target="/intake",
        needed=Permission.INTAKE,
        below=("/upload", "/capture"),
        group="receive",
        icon="intake",
        thumb=3,
    ),
    Place(
        key="nav_search",
        target="/search",
        needed=Permission.DOCUMENTS,
        below=("/documents",),
        group="find",
        icon="search",
        thumb=2,
    ),
    Place(
        key="nav_review",
        target="/review",
        needed=Permission.REVIEW,
        group="find",
        icon="review",
        thumb=4,
        waiting=_in_review,
    ),
    Place(
        key="nav_approvals",
        target="/approvals",
        needed=Permission.REQUESTS,
        group="find",
        icon="seal",
        thumb=5,
        waiting=_my_approvals,
    ),
    Place(
        key="nav_requests",
        target="/requests",
        needed=Permission.REQUESTS,
        group="find",
        icon="request",
        waiting=_open_requests,
    ),
    Place(key="nav_papers", target="/papers", needed=Permission.DOCUMENTS, group="keep", icon="paper", thumb=6),
    Place(key="nav_law", target="/law", needed=Permission.DOCUMENTS, group="keep", icon="law"),
    Place(key="nav_verify", target="/verify", needed=Permission.VERIFY, group="keep", icon="shield"),
    Place(key="nav_audit", target="/audit", needed=Permission.AUDIT, below=("/jobs",), group="keep", icon="audit"),
    Place(key="nav_binder", target="/binder", needed=Permission.DOCUMENTS, group="keep", icon="binder"),
    Place(key="nav_admin", target="/admin", needed=Permission.ADMIN, group="manage", icon="people"),
    Place(key="nav_help", target="/help", needed=Permission.DOCUMENTS, group="help", icon="help"),
)
