"""The door: a login, a session, a token. What is wrong with a login is never said, and takes as long to find out."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from domain.people import ApiToken, LoginSession, User
from storage.archive import database
from storage.archive.people_tables import login_attempt, person, person_session, person_token
from storage.people import totp
from storage.people.book import PeopleBook
from storage.people.rows import hashed, session_of, token_of, user_of

LOGIN_FAILURES = 5
"""Wrong logins of one name until it is locked: 20 guesses an hour, far below the 100 of ASVS 2.2.1."""
ADDRESS_FAILURES = 30
"""The same of one network address: an office behind one address may have six people mistyping at once."""
WINDOW = timedelta(minutes=15)
"""Wrong logins are forgotten, and a lock ends, so long after the first of them."""
_TOUCH = timedelta(minutes=1)
"""How exactly the last use of a session or token is kept: not every request writes."""
_SESSIONS = 20
"""Open sessions of one person; the oldest ends where there would be more."""
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """A login that was right."""

    user: User
    secret: str
    """What the browser holds from now on."""


class Logins:
    """Checks who wants in. Use from several threads."""

    def __init__(self, book: PeopleBook) -> None:
        self._book = book
        self._lock = f"{book.client_id}-people"

    def is_locked(self, login: str, address: str) -> bool:
        """True where so many wrong logins came lately that even a right one is refused."""
        with database.reading(self._book.engine) as connection:
            return any(self._failures(connection, key) >= most for key, most in _keys(login, address))

    def log_in(
        self, login: str, password: str, code: str, *, address: str, agent: str, life: timedelta
    ) -> LoggedIn | None:
        """Begin a session; None where login, password or code is wrong, the account disabled, or the login locked.

        Every try counts before it is looked at, so that many at once are no way around the limit. The session's
        secret is always new: one that was planted in the browser before is worth nothing.
        """
        login = login.strip().casefold()
        if not self._count(login, address):
            return None
        with database.reading(self._book.engine) as connection:
            row = connection.execute(self._person(login)).one_or_none()
        right = self._book.passwords.matches(row.password_hash if row is not None else None, password)
        if not right or row is None or row.disabled:
            return None
        if row.totp_secret is not None and not self._second_factor(row.user_id, code):
            return None
        self._forget(login, address)
        return LoggedIn(user=user_of(row), secret=self._begin(row.user_id, address=address, agent=agent, life=life))

    def enter(self, user: User, *, address: str, agent: str, life: timedelta) -> LoggedIn | None:
        """Begin a session for whom somebody else vouches; None where the account is disabled."""
        if user.disabled:
            return None
        return LoggedIn(user=user, secret=self._begin(user.user_id, address=address, agent=agent, life=life))

    def knows_password(self, user: User, password: str, *, address: str) -> bool:
        """Whether a person who is logged in knows the password; wrong ones count as wrong logins."""
        if not self._count(user.login, address):
            return False
        with database.reading(self._book.engine) as connection:
            kept = connection.execute(self._person(user.login)).one().password_hash
        if not self._book.passwords.matches(kept, password):
            return False
        self._forget(user.login, address)
        return True

    def session(self, secret: str, *, idle: timedelta) -> tuple[User, LoginSession] | None:
        """Who is logged in with a secret; None where it is unknown, ended, too old or idle, or the account disabled."""
        table, now = person_session, self._book.clock()
        with database.reading(self._book.engine) as connection:
            mine = sa.and_(table.c.client_id == self._book.client_id, table.c.session_hash == hashed(secret))
            found = connection.execute(sa.select(table).where(mine, table.c.ended_at.is_(None))).one_or_none()
            if found is None or now >= found.expires_at or now - found.seen_at >= idle:
                return None
            owner = self._owner(connection, found.user_id)
        if owner is None:
            return None
        if now - found.seen_at >= _TOUCH:
            self._touch(sa.update(table).where(mine).values(seen_at=now))
        return owner, session_of(found)

    def token(self, secret: str) -> tuple[User, ApiToken] | None:
        """In whose name a program acts; None where its token is unknown, revoked or too old, or the person disabled."""
        table, now = person_token, self._book.clock()
        with database.reading(self._book.engine) as connection:
            mine = sa.and_(table.c.client_id == self._book.client_id, table.c.token_hash == hashed(secret))
            found = connection.execute(sa.select(table).where(mine, table.c.revoked_at.is_(None))).one_or_none()
            if found is None or now >= found.expires_at:
                return None
            owner = self._owner(connection, found.user_id)
        if owner is None:
            return None
        if found.used_at is None or now - found.used_at >= _TOUCH:
            self._touch(sa.update(table).where(mine).values(used_at=now))
        return owner, token_of(found)

    def unlock(self, login: str) -> None:
        """Forget the wrong logins of a name."""
        table, (key, _) = login_attempt, _keys(login, "")[0]
        self._touch(sa.delete(table).where(table.c.client_id == self._book.client_id, table.c.key == key))

    def _begin(self, user_id: str, *, address: str, agent: str, life: timedelta) -> str:
        secret, now, table = self._book.random_bytes(_SECRET_BYTES).hex(), self._book.clock(), person_session
        values = {
            "client_id": self._book.client_id,
            "session_hash": hashed(secret),
            "user_id": user_id,
            "started_at": now,
            "seen_at": now,
            "expires_at": now + life,
            "address": address[:64],
            "agent": agent[:200],
        }
        for old in self._book.sessions(user_id)[_SESSIONS - 1 :]:
            self._book.end_sessions(user_id, only=old.session_hash)
        with database.writing(self._book.engine, self._lock, self._book.settings) as connection:
            dead = sa.or_(table.c.ended_at.is_not(None), table.c.expires_at <= now)
            connection.execute(sa.delete(table).where(table.c.client_id == self._book.client_id, dead))
            connection.execute(sa.insert(table).values(values))
        return secret

    def _second_factor(self, user_id: str, typed: str) -> bool:
        """A code of the app that was not used yet, or a recovery code, which is used up."""
        code = unicodedata.normalize("NFKC", typed)
        with database.writing(self._book.engine, self._lock, self._book.settings) as connection:
            mine = sa.and_(person.c.client_id == self._book.client_id, person.c.user_id == user_id)
            row = connection.execute(sa.select(person).where(mine)).one()
            secret = self._book.seal.open(row.totp_secret, owner=user_id)
            step = totp.step_of(secret, code, now=self._book.clock(), after=row.totp_step)
            if step is not None:
                connection.execute(sa.update(person).where(mine).values(totp_step=step))
                return True
            left, used = json.loads(row.recovery), hashed(recovery_form(code))
            if used not in left:
                return False
            left.remove(used)
            connection.execute(sa.update(person).where(mine).values(recovery=json.dumps(left)))
            return True

    def _count(self, login: str, address: str) -> bool:
        """Count a try; False where there were too many."""
        table, now = login_attempt, self._book.clock()
        with database.writing(self._book.engine, self._lock, self._book.settings) as connection:
            mine = table.c.client_id == self._book.client_id
            connection.execute(sa.delete(table).where(mine, table.c.first_at <= now - WINDOW))
            if any(self._failures(connection, key) >= most for key, most in _keys(login, address)):
                return False
            for key, _ in _keys(login, address):
                more = sa.update(table).where(mine, table.c.key == key).values(failures=table.c.failures + 1)
                if connection.execute(more).rowcount == 0:
                    row = {"client_id": self._book.client_id, "key": key, "failures": 1, "first_at": now}
                    connection.execute(sa.insert(table).values(row))
        return True

    def _forget(self, login: str, address: str) -> None:
        """After a right login: the name starts anew, and the address has one try less against it."""
        table = login_attempt
        mine = table.c.client_id == self._book.client_id
        (name, _), (place, _) = _keys(login, address)
        with database.writing(self._book.engine, self._lock, self._book.settings) as connection:
            connection.execute(sa.delete(table).where(mine, table.c.key == name))
            less = sa.update(table).where(mine, table.c.key == place, table.c.failures > 0)
            connection.execute(less.values(failures=table.c.failures - 1))

    def _failures(self, connection: sa.Connection, key: str) -> int:
        table = login_attempt
        mine = sa.and_(table.c.client_id == self._book.client_id, table.c.key == key)
        lately = table.c.first_at > self._book.clock() - WINDOW
        return int(connection.execute(sa.select(table.c.failures).where(mine, lately)).scalar() or 0)

    def _person(self, login: str) -> sa.Select[tuple[object, ...]]:
        mine = sa.and_(person.c.client_id == self._book.client_id, person.c.login == login)
        return sa.select(person).where(mine, person.c.version > 0)

    def _owner(self, connection: sa.Connection, user_id: str) -> User | None:
        mine = sa.and_(person.c.client_id == self._book.client_id, person.c.user_id == user_id)
        user = user_of(connection.execute(sa.select(person).where(mine)).one())
        return None if user.disabled else user

    def _touch(self, statement: sa.Update | sa.Delete) -> None:
        with database.writing(self._book.engine, self._lock, self._book.settings) as connection:
            connection.execute(statement)


def recovery_form(code: str) -> str:
    """A recovery code as it is kept, however it was typed."""
    return "".join(one for one in code.upper() if one.isalnum())


def _keys(login: str, address: str) -> tuple[tuple[str, int], tuple[str, int]]:
    """What tries are counted under, with how many may be wrong; hashed, so that the table names nobody."""
    return (hashed(f"login {login}"), LOGIN_FAILURES), (hashed(f"address {address}"), ADDRESS_FAILURES)
