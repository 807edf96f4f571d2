"""Who is asking: a person who logged in, a program with a token, or whoever sits at a machine without accounts."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.web.own_mail import OwnMail
from domain.calendar import tokyo_day
from domain.people import Permission, User
from domain.visibility import EVERYTHING, Visibility, visibility_of
from pipeline.steps import identities, people
from storage.people import Logins
from storage.people.totp import new_secret, step_of

if TYPE_CHECKING:
    from app.web.sso import Identity
    from domain.people import ApiToken, LoginSession
    from pipeline.wiring import Shoko
    from storage.people import LoggedIn

_VIEWS_KEPT = 10_000
"""Views that need not be written down again; what falls out is at worst written twice."""

_QUERY_KEPT = 4000
"""Characters of a list's conditions that are written down: more than any form here sends."""
_PAGE_KEPT = 200
_NAMES_KEPT = timedelta(seconds=30)
"""How long a new name may take to appear beside what its owner did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who sends a request."""

    permissions: frozenset[Permission]
    user: User | None = None
    """None where nobody has an account: one person is alone with the page, or several share a password."""
    session: LoginSession | None = None
    token: ApiToken | None = None

    @property
    def visibility(self) -> Visibility:
        """What they may see; everything where nobody has an account."""
        return EVERYTHING if self.user is None else visibility_of(self.user)

    @property
    def login(self) -> str | None:
        """What stands beside this person's acts; None where they say it themselves."""
        return self.user.login if self.user else None


ALONE = Who(permissions=frozenset(Permission) - {Permission.PEOPLE})
"""Whoever uses a page without accounts."""


class People:
    """The people of one installation. Called in worker threads."""

    def __init__(self, shoko: Shoko) -> None:
        self._shoko = shoko
        self.logins = Logins(shoko.people)
        self._accounts = False
        self._viewed: OrderedDict[tuple[str, str, str], None] = OrderedDict()
        self._turn = threading.Lock()
        self.mail = OwnMail(shoko)
        self._names: tuple[datetime, dict[str, str]] | None = None

    def accounts_on(self) -> bool:
        """True once anybody has an account; there is no way back."""
        self._accounts = self._accounts or people.accounts_on(self._shoko)
        return self._accounts

    def name_of(self, login: str) -> str:
        """How a person is called on the pages: by name, with the login where two share it; else what was given."""
        now = self._shoko.clock()
        kept = self._names
        if kept is None or not kept[0] <= now < kept[0] + _NAMES_KEPT:
            users = self._shoko.people.users() if self.accounts_on() else ()
            shared = Counter(user.name for user in users)
            names = {u.login: u.name if shared[u.name] == 1 else f"{u.name}（{u.login}）" for u in users if u.name}
            self._names = kept = now, names
        return kept[1].get(login, login)

    def of_session(self, secret: str, *, idle: timedelta) -> Who | None:
        """Who is logged in."""
        found = self.logins.session(secret, idle=idle)
        return None if found is None else Who(user=found[0], session=found[1], permissions=self._permissions(found[0]))

    def of_token(self, secret: str) -> Who | None:
        """In whose name a program asks, and what it may: what both the person and the token may."""
        found = self.logins.token(secret)
        if found is None:
            return None
        user, token = found
        return Who(user=user, token=token, permissions=self._permissions(user) & token.scopes)

    def _permissions(self, user: User) -> frozenset[Permission]:
        """What the roles allow; after the last day of what was given only the own account."""
        over = user.sight.is_over(tokyo_day(self._shoko.clock()))
        return user.permissions & {Permission.ACCOUNT} if over else user.permissions

    def log_in(
        self, login: str, password: str, code: str, *, address: str, agent: str, life: timedelta
    ) -> LoggedIn | None:
        """See ``Logins.log_in``."""
        return self.logins.log_in(login, password, code, address=address, agent=agent, life=life)

    def log_in_by(self, identity: Identity, *, address: str, agent: str, life: timedelta) -> LoggedIn | None:
        """Begin a session of the account that an identity is linked to; None where none is, or it is disabled."""
        user = identities.linked(self._shoko, subject=identity.subject, email=identity.email)
        return self.logins.enter(user, address=address, agent=agent, life=life) if user is not None else None

    def log_out(self, session: LoginSession) -> None:
        """End a session at its own wish."""
        self._shoko.people.end_sessions(session.user_id, only=session.session_hash)

    def saw(self, who: Who, document_id: str) -> None:
        """Write down that somebody whose looking is logged opens a document, before it is shown."""
        if who.user is None or not who.user.is_watched:
            return
        ref = who.session.ref if who.session else who.token.token_id if who.token else ""
        day = tokyo_day(self._shoko.clock()).isoformat()
        key = (ref, document_id, day)
        with self._turn:
            if key in self._viewed:
                return
        if people.record_view(self._shoko.seen_by(who.visibility), document_id, by=who.user.login, session=ref):
            self._remember(key)

    def listed(self, who: Who, page: str, query: str) -> None:
        """Write down that somebody whose looking is logged asks for a list: each once in a session and day."""
        if who.user is None or not who.user.is_watched:
            return
        ref = who.session.ref if who.session else who.token.token_id if who.token else ""
        asked = query[:_QUERY_KEPT]
        key = (ref, f"{page}?{asked}", tokyo_day(self._shoko.clock()).isoformat())
        with self._turn:
            if key in self._viewed:
                return
        people.record_listing(self._shoko, who.user, page=page[:_PAGE_KEPT], query=asked, session=ref)
        self._remember(key)

    def _remember(self, key: tuple[str, str, str]) -> None:
        with self._turn:
            self._viewed[key] = None
            while len(self._viewed) > _VIEWS_KEPT:
                self._viewed.popitem(last=False)

    def users(self) -> tuple[User, ...]:
        """Everybody with an account."""
        return self._shoko.people.users()

    def sessions(self, user: User) -> tuple[LoginSession, ...]:
        """Where a person is logged in."""
        return self._shoko.people.sessions(user.user_id)

    def tokens(self, user: User) -> tuple[ApiToken, ...]:
        """Tokens of a person that are still worth something."""
        now = self._shoko.clock()
        found = self._shoko.people.tokens(user.user_id)
        return tuple(one for one in found if one.revoked_at is None and one.expires_at > now)

    def new_secret(self) -> str:
        """A secret for an authenticator app."""
        return new_secret(self._shoko.people.random_bytes)

    def change_password(self, user: User, password: str, *, session: LoginSession) -> None:
        """Set one's own password; the other sessions end."""
        people.set_password(self._shoko, user.login, password, by=user.login, keep_session=session.session_hash)

    def switch_totp_on(self, user: User, secret: str, code: str) -> tuple[str, ...] | None:
        """Ask for codes from now on, if this code is one; gives the recovery codes."""
        step = step_of(secret, code, now=self._shoko.clock(), after=0)
        if step is None:
            return None
        return people.switch_totp_on(self._shoko, user.login, secret, step=step, by=user.login)

    def switch_totp_off(self, user: User) -> None:
        """Ask for codes no more."""
        people.switch_totp_off(self._shoko, user.login, by=user.login)

    def end_sessions(self, user: User, *, only: str | None = None, but: str | None = None) -> None:
        """End one's own sessions: the one of this short name, or all but the one of this hash."""
        people.end_sessions(self._shoko, user.login, by=user.login, only=only, but=but)
