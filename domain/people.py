"""People at the page: who they are, what their roles let them do, and what a program may do in their name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.errors import AccessRefused
from domain.visibility import Sight


class Role(StrEnum):
    """What a person is here; one person may be several."""

    SCANNER = "scanner"
    ACCOUNTANT = "accountant"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What a route of the page asks for."""

    DOCUMENTS = "documents"
    """Search documents and look at them."""
    INTAKE = "intake"
    """See what became of drops."""
    DROP = "drop"
    """Put files into the inbox."""
    REVIEW = "review"
    """See what waits for a person."""
    CORRECT = "correct"
    """Say what is right: values, days of receipt, relations, books, deletion of what needs no request."""
    PAPER = "paper"
    """Say what became of papers: sameness, place, disposal."""
    REQUESTS = "requests"
    """See requests."""
    ASK = "ask"
    """Ask for something that another has to approve, take it back, report it as done."""
    DECIDE = "decide"
    """Approve or reject what another asked for."""
    APPROVE = "approve"
    """Sit in a seat of a route of approval, and decide there."""
    ROUTES = "routes"
    """Set the routes of approval."""
    VERIFY = "verify"
    """Have evidence checked."""
    AUDIT = "audit"
    """The audit room: take bundles away, see who took which."""
    ADMIN = "admin"
    """See and look after the installation: stores, authorities, rules, retention, the log of all acts."""
    PEOPLE = "people"
    """See who may do what."""
    ACCOUNT = "account"
    """One's own password, second factor and sessions."""


_LOOK = frozenset({Permission.DOCUMENTS, Permission.INTAKE, Permission.VERIFY, Permission.ACCOUNT})

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.SCANNER: _LOOK | {Permission.DROP, Permission.PAPER},
    Role.ACCOUNTANT: _LOOK
    | {
        Permission.DROP,
        Permission.REVIEW,
        Permission.CORRECT,
        Permission.PAPER,
        Permission.REQUESTS,
        Permission.ASK,
        Permission.AUDIT,
        Permission.APPROVE,
    },
    Role.APPROVER: _LOOK
    | {
        Permission.AUDIT,
        Permission.REVIEW,
        Permission.REQUESTS,
        Permission.ASK,
        Permission.DECIDE,
        Permission.APPROVE,
    },
    Role.AUDITOR: _LOOK | {Permission.REQUESTS, Permission.AUDIT},
    Role.ADMINISTRATOR: _LOOK
    | {Permission.PEOPLE, Permission.ROUTES, Permission.REQUESTS, Permission.AUDIT, Permission.ADMIN},
}
"""Role × permission. An auditor changes nothing; an administrator gives rights and decides nothing."""

TOKEN_SCOPES = frozenset(Permission) - {
    Permission.DECIDE,
    Permission.APPROVE,
    Permission.ROUTES,
    Permission.PEOPLE,
    Permission.ADMIN,
    Permission.ACCOUNT,
}
"""What a program may be allowed: a decision, and everything about people, takes a person who logged in."""

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
_NOT_PEOPLE = frozenset({"engine"})
"""Stands beside the acts of the system itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One person with an account."""

    user_id: str
    """Random; stands in the log, where the login does not."""
    login: str
    """What they type, and what stands beside their acts; never given to another."""
    name: str
    roles: frozenset[Role]
    departments: tuple[str, ...] = ()
    """Codes; a person of none sees what belongs to any."""
    sight: Sight = field(default_factory=Sight)
    """What they may see beyond that, or (an auditor) within which frame."""
    external: tuple[str, ...] = ()
    """Identities at the company's own sign-on: ``sub:…`` of the provider, or ``email:…`` until the first sign-on."""
    mail: str = ""
    """Where mail goes to, as they said and showed themselves; empty where they did not."""
    disabled: bool
    has_password: bool
    must_change: bool
    """The password was set by another: it has to be changed before anything else."""
    has_totp: bool
    recovery_left: int
    """Recovery codes that are not used yet."""
    version: int
    """Number of changes; 0 while the first is under way."""
    created_at: datetime
    changed_at: datetime

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the roles allow together; nothing where the account is disabled."""
        return frozenset() if self.disabled else permissions_of(self.roles)

    @property
    def is_watched(self) -> bool:
        """True where looking at a document is itself an act of the log."""
        return Role.AUDITOR in self.roles


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginSession:
    """One browser in which a person is logged in."""

    session_hash: str
    """SHA-256 of what the browser holds, in hex."""
    user_id: str
    started_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    """Network address at the login."""
    agent: str
    """What the browser calls itself."""

    @property
    def ref(self) -> str:
        """A short name that gives nothing away."""
        return self.session_hash[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """What a program shows instead of a login."""

    token_id: str
    user_id: str
    """In whose name it acts."""
    label: str
    scopes: frozenset[Permission]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """What several roles allow together."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))


def check_login(login: str) -> str:
    """The login, if it is one.

    Raises:
        AccessRefused: it is not 2 to 32 characters of a-z, 0-9, dot, hyphen and underscore, or means the system.
    """
    if not _LOGIN.fullmatch(login) or login in _NOT_PEOPLE:
        raise AccessRefused(
            "a login has 2 to 32 characters of a-z, 0-9, . - _",
            message_ja="ログイン名は英小文字・数字・. - _ の 2〜32 文字にしてください",
        )
    return login
