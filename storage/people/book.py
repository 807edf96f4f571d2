"""Accounts, and the tokens of programs. What changes here is logged by who calls (``pipeline.steps.people``)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

import sqlalchemy as sa

from domain import codec
from domain.errors import AccessRefused, ObjectMissing
from domain.people import ApiToken, LoginSession, Permission, Role, User
from domain.visibility import Sight
from storage.archive import database
from storage.archive.people_tables import person, person_session, person_token
from storage.archive.settings import ArchiveSettings
from storage.people.passwords import Passwords
from storage.people.rows import codes, hashed, session_of, token_of, user_of
from storage.people.sealing import SEALED, Seal

TOKEN_BEGINS = "shoko_"  # noqa: S105  # how every token begins
"""So that a token that leaked is recognised for what it is."""


class PeopleBook:
    """The people of one client. Use from several threads."""

    def __init__(
        self,
        engine: sa.Engine,
        *,
        client_id: str,
        clock: Callable[[], datetime],
        settings: ArchiveSettings,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        passwords: Passwords | None = None,
        seal: Seal,
    ) -> None:
        """The engine's database is migrated already."""
        self.engine = engine
        self.client_id = client_id
        self.clock = clock
        self.settings = settings
        self.random_bytes = random_bytes
        self.passwords = passwords or Passwords()
        self.seal = seal

    @classmethod
    def open(
        cls, url: str, *, client_id: str, clock: Callable[[], datetime], settings: ArchiveSettings, seal: Seal
    ) -> Self:
        """Open the people of a database that an ``Archive`` was opened on before; what is not sealed yet is.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        engine = database.create_engine(url, settings)
        book = cls(engine, client_id=client_id, clock=clock, settings=settings, seal=seal)
        book._seal_all()
        return book

    def close(self) -> None:
        """Give database connections back."""
        self.engine.dispose()

    # --- accounts

    def users(self) -> tuple[User, ...]:
        """Every account, by login; not those whose first change is under way."""
        with database.reading(self.engine) as connection:
            query = sa.select(person).where(person.c.client_id == self.client_id, person.c.version > 0)
            return tuple(user_of(row) for row in connection.execute(query.order_by(person.c.login)))

    def has_users(self) -> bool:
        """True once somebody has an account; accounts are never deleted."""
        with database.reading(self.engine) as connection:
            query = sa.select(person.c.user_id).where(person.c.client_id == self.client_id, person.c.version > 0)
            return connection.execute(query.limit(1)).first() is not None

    def find(self, login: str) -> User | None:
        """The account of a login."""
        return self._one(person.c.login == login)

    def get(self, user_id: str) -> User | None:
        """The account of an id."""
        return self._one(person.c.user_id == user_id)

    def begin(self, login: str) -> User:
        """An account that nobody can use yet; the one under way where there is one of this login."""
        now = self.clock()
        with database.writing(self.engine, self._lock, self.settings) as connection:
            mine = sa.and_(person.c.client_id == self.client_id, person.c.login == login)
            if connection.execute(sa.select(person.c.user_id).where(mine)).first() is None:
                values: dict[str, Any] = {
                    "client_id": self.client_id,
                    "user_id": f"usr-{self.random_bytes(8).hex()}",
                    "login": login,
                    "name": "",
                    "roles": "[]",
                    "departments": "[]",
                    "must_change": False,
                    "totp_step": 0,
                    "recovery": "[]",
                    "disabled": True,
                    "version": 0,
                    "created_at": now,
                    "changed_at": now,
                }
                connection.execute(sa.insert(person).values(values))
            return user_of(connection.execute(sa.select(person).where(mine)).one())

    def change(
        self,
        user_id: str,
        *,
        name: str | None = None,
        roles: frozenset[Role] | None = None,
        departments: Sequence[str] | None = None,
        sight: Sight | None = None,
        disabled: bool | None = None,
        password: str | None = None,
        must_change: bool | None = None,
        totp_secret: str | None = None,
        totp_step: int = 0,
        recovery: Sequence[str] | None = None,
        external: Sequence[str] | None = None,
        mail: str | None = None,
    ) -> User:
        """Change an account: what is given takes the place of what was; an empty ``totp_secret`` takes it away.

        Raises:
            ObjectMissing: no such account.
        """
        values: dict[str, Any] = {"changed_at": self.clock(), "version": person.c.version + 1}
        given = {"name": name, "disabled": disabled, "must_change": must_change, "mail": mail}
        values |= {key: value for key, value in given.items() if value is not None}
        if roles is not None:
            values["roles"] = codes(roles)
        if departments is not None:
            values["departments"] = json.dumps(list(departments), ensure_ascii=False)
        if sight is not None:
            values["sight"] = codec.dump(sight).decode()
        if password is not None:
            values["password_hash"] = self.passwords.hash(password)
        if totp_secret is not None:
            sealed = self.seal.close(totp_secret, owner=user_id) if totp_secret else None
            values |= {"totp_secret": sealed, "totp_step": totp_step}
        if recovery is not None:
            values["recovery"] = json.dumps([hashed(code) for code in recovery])
        if external is not None:
            values["external"] = json.dumps(list(external), ensure_ascii=False)
        with database.writing(self.engine, self._lock, self.settings) as connection:
            mine = sa.and_(person.c.client_id == self.client_id, person.c.user_id == user_id)
            if connection.execute(sa.update(person).where(mine).values(values)).rowcount != 1:
                raise ObjectMissing("no such account", message_ja="利用者が見つかりません")
            return user_of(connection.execute(sa.select(person).where(mine)).one())

    def _seal_all(self) -> None:
        """Secrets from before there was a key."""
        open_ones = sa.and_(
            person.c.client_id == self.client_id,
            person.c.totp_secret.is_not(None),
            ~person.c.totp_secret.startswith(SEALED),
        )
        with database.reading(self.engine) as connection:
            if connection.execute(sa.select(person.c.user_id).where(open_ones).limit(1)).first() is None:
                return
        with database.writing(self.engine, self._lock, self.settings) as connection:
            for row in connection.execute(sa.select(person.c.user_id, person.c.totp_secret).where(open_ones)).all():
                mine = sa.and_(person.c.client_id == self.client_id, person.c.user_id == row.user_id)
                sealed = self.seal.close(row.totp_secret, owner=row.user_id)
                connection.execute(sa.update(person).where(mine).values(totp_secret=sealed))

    # --- sessions

    def sessions(self, user_id: str) -> tuple[LoginSession, ...]:
        """Sessions that have not ended, newest first."""
        table = person_session
        with database.reading(self.engine) as connection:
            query = sa.select(table).where(
                table.c.client_id == self.client_id,
                table.c.user_id == user_id,
                table.c.ended_at.is_(None),
                table.c.expires_at > self.clock(),
            )
            return tuple(session_of(row) for row in connection.execute(query.order_by(table.c.started_at.desc())))

    def end_sessions(self, user_id: str, *, only: str | None = None, but: str | None = None) -> int:
        """End sessions of a person: all, ``only`` the one of this hash, or all ``but`` one; gives how many."""
        table = person_session
        where = [table.c.client_id == self.client_id, table.c.user_id == user_id, table.c.ended_at.is_(None)]
        if only is not None:
            where.append(table.c.session_hash == only)
        if but is not None:
            where.append(table.c.session_hash != but)
        with database.writing(self.engine, self._lock, self.settings) as connection:
            return connection.execute(sa.update(table).where(*where).values(ended_at=self.clock())).rowcount

    # --- tokens

    def tokens(self, user_id: str | None = None) -> tuple[ApiToken, ...]:
        """Every token, of one person or of all, newest first."""
        table = person_token
        where = [table.c.client_id == self.client_id]
        if user_id is not None:
            where.append(table.c.user_id == user_id)
        with database.reading(self.engine) as connection:
            rows = connection.execute(sa.select(table).where(*where).order_by(table.c.created_at.desc()))
            return tuple(token_of(row) for row in rows)

    def draw_token(self) -> tuple[str, str]:
        """A new token's id and its secret."""
        return f"tok-{self.random_bytes(8).hex()}", TOKEN_BEGINS + self.random_bytes(32).hex()

    def keep_token(
        self,
        token_id: str,
        secret: str,
        *,
        user_id: str,
        label: str,
        scopes: frozenset[Permission],
        life: timedelta,
    ) -> ApiToken:
        """Keep the hash of a token."""
        now = self.clock()
        values = {
            "client_id": self.client_id,
            "token_id": token_id,
            "user_id": user_id,
            "token_hash": hashed(secret),
            "label": label,
            "scopes": codes(scopes),
            "created_at": now,
            "expires_at": now + life,
        }
        with database.writing(self.engine, self._lock, self.settings) as connection:
            connection.execute(sa.insert(person_token).values(values))
        return next(one for one in self.tokens(user_id) if one.token_id == token_id)

    def revoke_token(self, token_id: str) -> None:
        """A token that is worth nothing from now on.

        Raises:
            ObjectMissing: no such token.
        """
        table = person_token
        with database.writing(self.engine, self._lock, self.settings) as connection:
            mine = sa.and_(table.c.client_id == self.client_id, table.c.token_id == token_id)
            if connection.execute(sa.select(table.c.token_id).where(mine)).first() is None:
                raise ObjectMissing("no such token", message_ja="APIトークンが見つかりません")
            now = self.clock()
            connection.execute(sa.update(table).where(mine, table.c.revoked_at.is_(None)).values(revoked_at=now))

    @property
    def _lock(self) -> str:
        return f"{self.client_id}-people"

    def _one(self, *where: sa.ColumnElement[bool]) -> User | None:
        with database.reading(self.engine) as connection:
            query = sa.select(person).where(person.c.client_id == self.client_id, person.c.version > 0, *where)
            row = connection.execute(query).one_or_none()
        return user_of(row) if row is not None else None


def must_be(user: User | None) -> User:
    """The account.

    Raises:
        AccessRefused: there is none.
    """
    if user is None:
        raise AccessRefused("no such account", message_ja="利用者が見つかりません。ログイン名を確かめてください")
    return user
